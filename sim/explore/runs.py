"""Whole courses of the points of a grid, and of them the numbers that a page shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.answer.cells import with_sign_of
from sim.arrays import Arrays
from sim.attribution import channel_parts
from sim.base_year import World
from sim.drivers import Drivers, apart
from sim.ensemble import Kept
from sim.measures import triangle
from sim.observables import bands as bands_of
from sim.on_tape import varying_in
from sim.region import Region
from sim.results import MEASURED_FROM, Results, first_difference, measured_course
from sim.rules.sums import add_up
from sim.situation import DECISIONS, decisions
from sim.study.play import Study, at_points, repeated_baseline

PERCENT = 100.0

READ = ("gdp_gap", "netback", "remittances", "threat", "ties", "pooled", "flow", "served")
"""What is kept of every month."""

LENSES = ("breadth", "two_sidedness", "ambiguity", "deliberate")

CUT = 0.9
"""A link of which less than this part is left, against the baseline, counts as closed or cut."""

Numbers = dict[str, np.ndarray]


@dataclass(frozen=True)
class Paths:
    """The three runs of one point, arrays (month, member, *axes), and what is left of links."""

    world: World
    baseline: Arrays
    imposed: Arrays
    scenario: Arrays
    left: tuple[np.ndarray, np.ndarray]  # baseline and scenario, (month, member or 1, link)
    differs: np.ndarray  # (month,): something is supposed that the baseline does not have


def paths_of(results: Results) -> Paths:
    """Return the runs of a scenario as `run.py` has them."""
    runs = results.runs
    left = tuple(
        np.concatenate([one.arrays["capacity_factor"] for one in results.drivers[name]], axis=1)
        for name in ("baseline", "scenario")
    )
    return Paths(
        results.world, runs["baseline"], runs["imposed"], runs["scenario"], (left[0], left[1]),
        results.differs,
    )  # fmt: skip


def paths_at(study: Study, points: np.ndarray, members: int) -> Iterator[Paths]:
    """Yield the three runs of every point, run side by side, the same members in each."""
    drawn, whole, before, after = at_points(study, points, 0, members)
    start, differ = first_difference(before, after), varying_in(before, after)
    keep = Kept(READ)
    alone = before if study.in_baseline else before.some(slice(0, members))
    eve = [start - 1] if start > 0 else []
    baseline = measured_course(
        drawn, alone, keep.beside((*DECISIONS, *MEASURED_FROM), *eve), varying=differ
    )
    if not study.in_baseline:
        baseline = repeated_baseline(baseline, len(points))
    held, begun = decisions(baseline.months), baseline.start(start)
    imposed, scenario = (
        measured_course(whole, after, keep, decided, before=baseline, start=begun, varying=differ)
        for decided in (held, None)
    )
    for k in range(len(points)):
        some = slice(k * members, (k + 1) * members)
        base, held_back, free = (
            run.months.some(some, axis=1) for run in (baseline, imposed, scenario)
        )
        yield Paths(
            whole.world.some(some), base, held_back, free,
            (_left(before, some), _left(after, some)),
            differing(before.some(some), after.some(some)),
        )  # fmt: skip


def differing(before: Drivers, after: Drivers) -> np.ndarray:
    """Return in which months two sets of drivers differ at all, (month,)."""
    found = [one.reshape(len(one), -1).any(axis=1) for one in apart(before, after).values()]
    return np.any(found, axis=0) if found else np.zeros(after.months, dtype=bool)


def _left(drivers: Drivers, some: slice) -> np.ndarray:
    factor = drivers.arrays["capacity_factor"]
    return factor if factor.shape[1] == 1 else factor[:, some]


# What is shown of them ------------------------------------------------------------------------


def series_names(region: Region) -> list[str]:
    """Return what `series` gives, in its order: by state, then what each stream sends."""
    powers, partners = region.powers, region.partners
    each = [
        "gdp", "earnings", "remittances", *(f"threat_{power}" for power in powers), *LENSES,
        *(f"share_{partner}" for partner in partners),
    ]  # fmt: skip
    by_state = [f"{name}.{state}" for state in region.states for name in each]
    return [*by_state, *(f"sent.{stream.code}" for stream in region.streams)]


def series(region: Region, run: Arrays) -> np.ndarray:
    """Return the numbers of a run that are told by their band, (month, member, series)."""
    powers = len(region.powers)
    each = [
        PERCENT * run.gdp_gap[..., None],
        run.netback[..., None],
        add_up(run.remittances)[..., None],
        PERCENT * run.threat[..., :powers],
        *(run[name][..., None] for name in LENSES),
        PERCENT * run.pooled,
    ]
    by_state = np.concatenate(each, axis=-1)
    return np.concatenate([by_state.reshape(*by_state.shape[:2], -1), run.served], axis=-1)


def in_parts(run: Arrays) -> np.ndarray:
    """Return what is split into imposed and chosen, (month, member, state, part).

    The share of each partner in points, breadth, and GDP in %.
    """
    parts = [PERCENT * run.pooled, run.breadth[..., None], PERCENT * run.gdp_gap[..., None]]
    return np.concatenate(parts, axis=-1)


def shown(
    region: Region, one: Paths, without: np.ndarray | None = None, split: bool = True
) -> Numbers:
    """Return the numbers of a point that a page shows, months last.

    Bands (series, 3, month) of the scenario and of what differs, run by run; in how many runs the
    difference has its median's sign; imposed and chosen means (state, part, 2, month); channels of
    the change of breadth (state, domain, partner, month); places in the triangle; means of flows;
    and which links are shut or cut (0 or 1). `without` is `series` of the baseline, where it is
    known. Where it is not to be `split`, imposed, chosen and channels are left at 0.
    """
    mine = series(region, one.scenario)
    other = series(region, one.baseline) if without is None else without
    change = mine - other
    apart = bands(change)
    return {
        "level": bands(mine),
        "difference": apart,
        "agree": np.round(PERCENT * agreed_by_month(change, apart)).T,
        **(parted(one) if split else unparted(region, one)),
        "triangle": in_triangle(region, one.scenario),
        "flow": one.scenario.flow.mean(axis=1).T,
        "shut": shut(one.left).T,
        "differs": one.differs.astype(float),
    }


def parted(one: Paths) -> Numbers:
    """Return what was imposed and what chosen, and the channels of the change of breadth."""
    wholly, held, base = (in_parts(run) for run in (one.scenario, one.imposed, one.baseline))
    weight = one.world.base.domain_weight[:, None, :]
    first = int(one.differs.argmax()) if one.differs.any() else len(one.differs)
    before, after = one.baseline.ties[first:], one.scenario.ties[first:]  # alike until then
    way = channel_parts(before, after, weight).mean(axis=1)
    ways = np.concatenate([np.zeros((first, *way.shape[1:])), way])
    return {
        "parts": months_last(np.stack([(held - base).mean(1), (wholly - held).mean(1)], axis=-1)),
        "channels": months_last(ways),
    }


def unparted(region: Region, one: Paths) -> Numbers:
    """Return the same arrays as `parted`, of nothing."""
    months, states, partners = len(one.differs), len(region.states), len(region.partners)
    domains = one.baseline.ties.shape[-2]
    return {
        "parts": np.zeros((states, partners + 2, 2, months)),
        "channels": np.zeros((states, domains, partners, months)),
    }


def shown_without(region: Region, baseline: Arrays) -> Numbers:
    """Return the numbers of a baseline's run that a page shows, as `shown` does."""
    return {
        "level": bands(series(region, baseline)),
        "triangle": in_triangle(region, baseline),
        "flow": baseline.flow.mean(axis=1).T,
    }


def bands(members: np.ndarray) -> np.ndarray:
    """Return median, 5th and 95th percentile of (month, member, series): (series, 3, month)."""
    low, middle, high = bands_of(members)
    return np.stack([middle, low, high]).transpose(2, 0, 1)


def agreed_by_month(members: np.ndarray, banded: np.ndarray) -> np.ndarray:
    """Return the share of (month, member, series) with the median's sign: (month, series).

    `banded` are the members' bands (series, 3, month). By the rule that every answer has.
    """
    middle, low, high = banded.transpose(1, 2, 0)[:, :, None]
    return with_sign_of(members, middle, low, high, axis=1)


def months_last(array: np.ndarray) -> np.ndarray:
    return np.moveaxis(array, 0, -1)


def in_triangle(region: Region, run: Arrays) -> np.ndarray:
    """Return each state's median place among the powers, in %: (state, power, month)."""
    among = PERCENT * triangle(run.pooled, len(region.powers))
    return months_last(np.median(among, axis=1))


def shut(left: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Return which links are shut or cut against the baseline, 0 or 1, (month, link)."""
    without, with_it = (np.median(each, axis=1) for each in left)
    return (with_it < CUT * without).astype(float)
