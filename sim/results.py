"""A question answered: paired runs over the same members, and what is read from them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from sim.arrays import Arrays
from sim.aside import aside
from sim.base_year import World
from sim.drivers import Drivers, apart
from sim.ensemble import (
    BLOCK,
    Block,
    Course,
    Kept,
    Watch,
    blocks,
    course,
    joined,
    part_of,
    side_by_side,
)
from sim.measures import MEASURES, measured
from sim.moments import Moment, disturbance, moments, month_names
from sim.month import at_rest
from sim.on_tape import Varying, varying_in
from sim.region import Region
from sim.scenario import Scenario
from sim.situation import DECISIONS, RECORDED, decisions
from sim.timeline import drivers as drivers_of

RUNS = ("baseline", "imposed", "scenario")
"""The baseline; the scenario with decisions held at the baseline's; the scenario."""

CHANGES = ("difference", "imposed", "chosen")
"""Scenario less baseline, and its exact parts: what moved with decisions held, and the rest."""


HANDED_ON = (
    "effort", "engagement", "restraint", "friction", "reference", "leverage", "debt", "distrust",
    "insecurity", "habit", "route_choice", "ready", "shadow_price", "building", "invested",
    "access", "usable", "transit", "dearer_routes", "sales_change", "energy_elsewhere", "aligned",
    "trade_ties", "hardship", "target", "unafraid",
)  # fmt: skip
"""What a month hands on to the next, and what is asked for at a few dates only."""

REPORTED = tuple(name for name in RECORDED if name not in HANDED_ON)
"""What tables and figures tell of every month."""

MEASURED_FROM = ("ties", "pooled", "target", "unafraid", "membership")
"""What the measures of hedging are read from."""

DRIVERS_TOLD = (
    "capacity_factor", "capacity_added", "link_cost", "sanctions", "price", "gdp_trend",
)  # fmt: skip
"""The drivers that tables, figures and insurance need after the runs."""

ENDS = {
    "difference": ("scenario", "baseline"),
    "imposed change": ("imposed", "baseline"),
    "chosen change": ("scenario", "imposed"),
}
"""Which run less which is each change."""


@dataclass(frozen=True)
class Results:
    """The runs of one scenario (or of one of its arms) and its baseline, member by member."""

    region: Region
    scenario: Scenario
    blocks: tuple[Block, ...]
    courses: dict[str, Course]
    drivers: dict[str, tuple[Drivers, ...]]  # baseline and scenario, block by block
    moments: tuple[Moment, ...]
    differs: np.ndarray  # (month,): the drivers differ
    shocks: bool = True  # monthly shocks were on

    @cached_property
    def runs(self) -> dict[str, Arrays]:
        """What is kept of every month, and the measures: arrays (month, member, *axes)."""
        return {name: run.months for name, run in self.courses.items()}

    @property
    def months(self) -> list[str]:
        return month_names(self.scenario.start, self.scenario.months)

    @property
    def members(self) -> int:
        return self.scenario.members

    @cached_property
    def world(self) -> World:
        """All members as one world."""
        worlds = [block.world for block in self.blocks]
        return worlds[0] if len(worlds) == 1 else _joined(worlds)

    @cached_property
    def base(self) -> Arrays:
        """The base year of every member, arrays (member, *axes)."""
        return at_rest(self.world)

    @cached_property
    def base_measures(self) -> Arrays:
        """Every measure of hedging in the base year, arrays (member, *axes)."""
        year = Arrays({name: array[None] for name, array in self.base.items()}, self.base.axes)
        found = measured(self.world, year)
        return Arrays({name: array[0] for name, array in found.items()}, found.axes)

    def of(self, run: str, name: str) -> np.ndarray:
        """Return a quantity or measure in a run or change, shape (month, member, *axes).

        `run` is one of RUNS, or "difference", "imposed change" or "chosen change".
        """
        if run in RUNS:
            return self.runs[run][name]
        after, before = ENDS[run]
        return self.runs[after][name] - self.runs[before][name]

    def situation(self, run: str, moment: Moment) -> Arrays:
        """Return everything at one date of a run, arrays (member, *axes)."""
        return self.base if moment.place < 0 else self.courses[run].at(moment.place)

    def at(self, run: str, name: str, moment: Moment) -> np.ndarray:
        """Return a quantity or measure at one date, shape (member, *axes); levels in the base
        year for a level before the first month, and 0 for a change."""
        if run in RUNS:
            return self._level(run, name, moment)
        after, before = ENDS[run]
        return self._level(after, name, moment) - self._level(before, name, moment)

    def _level(self, run: str, name: str, moment: Moment) -> np.ndarray:
        if name not in MEASURES:
            return self.situation(run, moment)[name]
        if moment.place < 0:
            return self.base_measures[name]
        return self.runs[run][name][moment.place]


def band(members: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return median, 5th and 95th percentile over the members (the 90% band)."""
    low, middle, high = np.percentile(members, (5, 50, 95), axis=axis)
    return middle, low, high


def _joined(worlds: list[World]) -> World:
    """Return the worlds of blocks of members as one."""
    first = worlds[0]
    return World(
        first.region,
        first.geography,
        side_by_side([w.members for w in worlds], axis=0),
        side_by_side([w.base for w in worlds], axis=0),
    )


def first_difference(before: Drivers, after: Drivers) -> int:
    """Return the first month in which two runs can differ; the number of months if none."""
    found = apart(before, after).values()
    months = np.stack([one.reshape(len(one), -1).any(axis=1) for one in found]).any(axis=0)
    return int(months.argmax()) if months.any() else after.months


def dates(region: Region, scenario: Scenario) -> tuple[tuple[Moment, ...], np.ndarray]:
    """Return the dates at which to read a scenario, and in which months it differs at all."""
    without = scenario.baseline or scenario
    size = disturbance(drivers_of(scenario, region, None), drivers_of(without, region, None))
    return moments(size, scenario.start), size > 0


def compare(
    region: Region,
    scenario: Scenario,
    shocks: bool = True,
    watch: Watch = lambda done: None,
    alike: Results | None = None,
    second: bool = False,
    keep: Sequence[str] = RECORDED,
    places: Collection[int] = (),
) -> Results:
    """Return the runs of a scenario and its baseline, member by member.

    Of every month `keep` is kept; everything is of the months in `places` and of those at which
    the scenario is read. Arms of one question share their baseline: `alike` is an arm that was
    run before. The last run can be computed meanwhile in a `second` process; the numbers are the
    same.
    """
    read_at, differs = dates(region, scenario)
    some = alike.blocks if alike else tuple(blocks(region, scenario, shocks, BLOCK))
    before = drivers_of_each(scenario.baseline or scenario, some)
    after = drivers_of_each(scenario, some)
    baseline = alike.courses["baseline"] if alike else None
    kept = Kept(keep, frozenset({*places, *(moment.place for moment in read_at)}))
    runs = [
        three_runs(block, one, other, kept, part_of(baseline, block) if baseline else None, watch,
                   second)
        for block, one, other in zip(some, before, after, strict=True)
    ]  # fmt: skip
    return Results(
        region=region,
        scenario=scenario,
        blocks=some,
        courses=by_run(runs, () if scenario.arm else (*keep, *MEASURES)),
        drivers={"baseline": told(before), "scenario": told(after)},
        moments=read_at,
        differs=differs,
        shocks=shocks,
    )


def drivers_of_each(scenario: Scenario, some: Sequence[Block]) -> tuple[Drivers, ...]:
    """Return the drivers of a scenario, block by block."""
    return tuple(drivers_of(scenario, block.world.region, block.draws) for block in some)


def by_run(runs: Sequence[tuple[Course, ...]], names: Sequence[str]) -> dict[str, Course]:
    """Return the courses of all members by run, with some quantities alone where they are named.

    Of an arm everything stays, as the next arm goes on from all that the baseline kept.
    """
    found = {name: joined([three[k] for three in runs]) for k, name in enumerate(RUNS)}
    return {name: only(run, names) if names else run for name, run in found.items()}


def only(run: Course, names: Sequence[str]) -> Course:
    """Return a course with some of its quantities alone."""
    months = {name: array for name, array in run.months.items() if name in names}
    return replace(run, months=Arrays(months, run.months.axes))


def told(drivers: Sequence[Drivers]) -> tuple[Drivers, ...]:
    """Return the drivers that are asked for after the runs, block by block."""
    return tuple(one.only(DRIVERS_TOLD) for one in drivers)


def three_runs(
    block: Block,
    before: Drivers,
    after: Drivers,
    kept: Kept,
    baseline: Course | None,
    watch: Watch,
    second: bool,
) -> tuple[Course, Course, Course]:
    """Return the three runs of a block, as in RUNS.

    The baseline; the scenario with decisions held at the baseline's (what moves was imposed); the
    scenario (what moves beyond that was chosen).
    """
    first, varying = first_difference(before, after), varying_in(before, after)
    if baseline:
        watch(block.count * before.months)
    else:
        baseline = measured_course(
            block, before, kept.beside((*DECISIONS, *MEASURED_FROM), first - 1), watch=watch,
            varying=varying,
        )  # fmt: skip
    start = baseline.start(first)
    freely = partial(
        measured_course, block, after, kept, before=baseline, start=start, varying=varying
    )
    with aside(freely, second) as scenario_run:
        held = decisions(baseline.months)
        imposed = measured_course(block, after, kept, held, watch, baseline, start, varying)
        watch(block.count * after.months)
        return baseline, imposed, scenario_run()


def measured_course(
    block: Block,
    drivers: Drivers,
    kept: Kept,
    held: Arrays | None = None,
    watch: Watch = lambda done: None,
    before: Course | None = None,
    start: int = 0,
    varying: Varying | None = None,
) -> Course:
    """Return the course of a run with the measures of hedging beside what is kept of a month."""
    run = course(block, drivers, kept.beside(MEASURED_FROM), held, watch, before, start, varying)
    measures = measured(block.world, run.months)
    months = {name: run.months[name] for name in kept.quantities} | dict(measures)
    return replace(run, months=Arrays(months, {**run.months.axes, **measures.axes}))
