"""Many runs at once: each point of a study for the same members, paired with its own baseline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sim import members as members_of
from sim.arrays import Arrays
from sim.base_year import World, world
from sim.drivers import Drivers
from sim.ensemble import (
    Block,
    Course,
    Kept,
    course,
    noise_of,
    repeated,
    repeated_world,
    side_by_side,
)
from sim.measures import measured
from sim.members import row_name
from sim.on_tape import varying_in
from sim.region import Region
from sim.results import first_difference
from sim.rules.sums import add_up_over
from sim.scenario import Event, Scenario
from sim.study.outcomes import Outcome
from sim.study.settings import Setting, as_set
from sim.timeline import Varied
from sim.timeline import drivers as drivers_of

ABREAST = 1024
"""Columns (points times members) that are run together; numbers do not depend on it."""


@dataclass(frozen=True)
class Study:
    """A scenario with what is varied, what is read, and for which members."""

    region: Region
    scenario: Scenario
    settings: tuple[Setting, ...]
    outcomes: tuple[Outcome, ...]
    shocks: bool = True
    drawn_in: tuple[Region, ...] = ()
    """The regions whose numbers members draw, one a point, where only their numbers differ."""
    runs: int = 0
    """Runs of the whole job, where it is done in parts: whether machine code pays hangs on all."""

    @cached_property
    def kept(self) -> Kept:
        """What has to be kept of a run, in which months."""
        names = dict.fromkeys(name for one in self.outcomes for name in one.reads)
        months = sorted({month for one in self.outcomes for month in one.months})
        return Kept(tuple(names), months=tuple(months))

    @cached_property
    def of_members(self) -> tuple[Setting, ...]:
        """The settings that make members other ones."""
        return tuple(one for one in self.settings if one.kind in ("ledger", "rank"))

    @cached_property
    def in_baseline(self) -> bool:
        """Whether anything is varied that the baseline has too."""
        base = self.scenario.baseline or self.scenario
        known = {event.id for event in base.events}
        before = known - set(self.scenario.own_events)
        rest = [one for one in self.settings if one not in self.of_members]
        return bool(self.of_members or self.drawn_in) or any(
            one.event in before or one.name == "shocks" for one in rest
        )


def levels(study: Study, points: np.ndarray, first: int, count: int) -> np.ndarray:
    """Return outcomes of the scenario and of its baseline, (2, point, member, outcome)."""
    each = max(1, ABREAST // count)
    if count <= ABREAST:
        parts = [
            _levels(study, points[k : k + each], first, count) for k in range(0, len(points), each)
        ]
        return np.concatenate(parts, axis=1)
    some = [
        levels(study, points, first + k, min(ABREAST, count - k)) for k in range(0, count, ABREAST)
    ]
    return np.concatenate(some, axis=2)


def played(
    region: Region,
    scenario: Scenario,
    settings: Sequence[Setting],
    points: np.ndarray,
    first: int,
    count: int,
    outcomes: Sequence[Outcome],
    shocks: bool = True,
) -> np.ndarray:
    """Return outcomes as they are asked for, as levels or differences, (point, member, outcome)."""
    study = Study(region, scenario, tuple(settings), tuple(outcomes), shocks)
    return asked_for(study, levels(study, points, first, count))


def asked_for(study: Study, found: np.ndarray) -> np.ndarray:
    """Return outcomes as they are asked for, from both levels (2, ..., outcome)."""
    level = np.array([one.of == "level" for one in study.outcomes])
    return np.where(level, found[0], found[0] - found[1])


def _levels(study: Study, points: np.ndarray, first: int, count: int) -> np.ndarray:
    """Return outcomes of some points that are run together, (2, point, member, outcome)."""
    drawn, whole, before, after = at_points(study, points, first, count)
    start = first_difference(before, after)
    keep = study.kept.beside((), *([start - 1] if start > 0 else []))
    alone = before if study.in_baseline else _first(before, count)
    differ = varying_in(before, after)
    runs = study.runs
    baseline = course(drawn, alone, keep, varying=differ, runs=runs)
    if not study.in_baseline:
        baseline = repeated_baseline(baseline, len(points))
    begun = baseline.start(start)
    run = course(whole, after, study.kept, before=baseline, start=begun, varying=differ, runs=runs)
    return _read(study, whole.world, run, baseline).reshape(
        2, len(points), count, len(study.outcomes)
    )


def at_points(
    study: Study, points: np.ndarray, first: int, count: int
) -> tuple[Block, Block, Drivers, Drivers]:
    """Return what some points are run with, side by side.

    The members of the baseline (of one point only, where nothing in it is varied) and of all
    points; the drivers of the baseline and of the scenario.
    """
    scenario, region = study.scenario, study.region
    drawn = _block(study, points if study.in_baseline else points[:1], first, count)
    whole = drawn if study.in_baseline else _repeated(drawn, len(points))
    varied = _varied(study, points, count)
    draws = _draws(scenario.seed, first, count, len(points))
    of_both = {name: own for name, own in varied.items() if name not in scenario.own_events}
    before = drivers_of(scenario.baseline or scenario, region, draws, of_both)
    after = drivers_of(scenario, region, draws, varied)
    return drawn, whole, before, after


def _block(study: Study, points: np.ndarray, first: int, count: int) -> Block:
    """Return the members of each point, side by side."""
    scenario, region = study.scenario, study.region
    drawn = [
        members_of.draw(one, scenario.seed, first, count) for one in study.drawn_in or [region]
    ]
    noise = noise_of(region, scenario.seed, first, count, scenario.months, study.shocks)
    wide = side_by_side(drawn if study.drawn_in else drawn * len(points), axis=0)
    for place, setting in enumerate(study.settings):
        column = np.repeat(points[:, place], count)
        if setting in study.of_members:
            wide = wide.replaced(**_as_set(region, wide, setting, column))
        elif setting.name == "shocks":
            noise = repeated(noise, len(points), axis=1)
            noise = Arrays(
                {k: a * column.reshape(1, -1, *(1,) * (a.ndim - 2)) for k, a in noise.items()},
                noise.axes,
            )
    if study.shocks and len(points) > 1 and noise.price.shape[1] == count:
        noise = repeated(noise, len(points), axis=1)
    return Block(first, world(region, wide), noise, scenario.seed)


def _as_set(
    region: Region, members: Arrays, setting: Setting, column: np.ndarray
) -> dict[str, np.ndarray]:
    """Return an attribute with numbers of the ledger set, by member."""
    name = setting.name.partition("/")[0]
    array = members[name].copy()
    axes = region.attributes[name].axes
    for row in region.ledger:
        if row.attribute == name and setting.name in (name, row_name(row)):
            found = zip(axes, row.keys, strict=True)
            place: Any = (slice(None), *(region.axes[a].index(key) for a, key in found))
            by_rank = setting.kind == "rank"
            array[place] = (
                members_of.within(row.low, row.central, row.high, column) if by_rank else column
            )
    return {name: array}


def _varied(study: Study, points: np.ndarray, count: int) -> Varied:
    """Return the varied events as each column has them."""
    found: dict[str, list[Event | None]] = {}
    events = {event.id: event for event in study.scenario.events}
    for place, setting in enumerate(study.settings):
        if setting.event:
            own = found.setdefault(setting.event, [events[setting.event]] * len(points))
            for k, number in enumerate(points[:, place]):
                event = own[k]
                own[k] = None if event is None else as_set(event, setting.field, float(number))
    return {name: [event for event in own for _ in range(count)] for name, own in found.items()}


def _draws(seed: int, first: int, count: int, times: int) -> Callable[[str], np.ndarray]:
    def draws(name: str) -> np.ndarray:
        return np.tile(members_of.uniform(seed, f"event/{name}", first, count), times)

    return draws


def _repeated(block: Block, times: int) -> Block:
    noise = block.shocks if block.shocks.price.shape[1] == 1 else repeated(block.shocks, times, 1)
    return Block(block.first, repeated_world(block.world, times), noise, block.seed)


def _first(drivers: Drivers, count: int) -> Drivers:
    return drivers.some(slice(0, count))


def repeated_baseline(one: Course, times: int) -> Course:
    """Return the course of a baseline that so many points share, once for each of them."""
    whole = {place: repeated(situation, times) for place, situation in one.whole.items()}
    return Course(repeated(one.months, times, axis=1), whole)


def _read(study: Study, of: World, run: Course, baseline: Course) -> np.ndarray:
    """Return the outcomes of a run and of its baseline, shape (2, column, outcome)."""
    both = [_all_quantities(study, of, one) for one in (run, baseline)]
    standing = study.kept.places(study.scenario.months)
    found = []
    for one in study.outcomes:
        rows = [standing[month] for month in one.months]
        place: Any = (slice(None), slice(None), *one.place)
        found.append(_at(one.when, *(quantities[one.quantity][place][rows] for quantities in both)))
    return np.stack(found, axis=-1) + 0.0  # no zero is negative


def _at(when: str, path: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return one number each of two paths (month, column), at the time that is asked for."""
    if when == "mean":
        return np.stack([add_up_over(one, 0) / len(one) for one in (path, other)])
    if when == "worst":
        farthest = np.abs(path - other).argmax(axis=0)[None]
        return np.stack([np.take_along_axis(one, farthest, 0)[0] for one in (path, other)])
    return np.stack([path[0], other[0]])


def _all_quantities(study: Study, of: World, run: Course) -> Arrays:
    if any(one.measured for one in study.outcomes):
        return run.months.replaced(**measured(of, run.months))
    return run.months
