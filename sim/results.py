"""A question answered: paired runs over the same members, and what is read from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from sim.arrays import Arrays
from sim.aside import aside
from sim.base_year import World
from sim.drivers import Drivers
from sim.ensemble import BLOCK, Block, Watch, blocks, joined, simulate
from sim.measures import measured
from sim.moments import Moment, disturbance, moments, month_names
from sim.month import at_rest
from sim.region import Region
from sim.scenario import Scenario
from sim.situation import RECORDED, decisions
from sim.timeline import drivers as drivers_of

RUNS = ("baseline", "imposed", "scenario")
"""The baseline; the scenario with decisions held at the baseline's; the scenario."""

CHANGES = ("difference", "imposed", "chosen")
"""Scenario less baseline, and its exact parts: what moved with decisions held, and the rest."""


@dataclass(frozen=True)
class Results:
    """The runs of one scenario (or of one of its arms) and its baseline, member by member."""

    region: Region
    scenario: Scenario
    blocks: tuple[Block, ...]
    runs: dict[str, Arrays]  # each array (month, member, *axes)
    drivers: dict[str, tuple[Drivers, ...]]  # baseline and scenario, block by block
    moments: tuple[Moment, ...]
    differs: np.ndarray  # (month,): the drivers differ
    shocks: bool = True  # monthly shocks were on

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
        return worlds[0] if len(worlds) == 1 else _side_by_side(worlds)

    @cached_property
    def base(self) -> Arrays:
        """The base year of every member, arrays (member, *axes)."""
        return at_rest(self.world)

    @cached_property
    def measures(self) -> dict[str, Arrays]:
        """Every measure of hedging in every run, arrays (month, member, *axes)."""
        return {name: measured(self.world, run) for name, run in self.runs.items()}

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
        source = self.measures if name in self.measures["baseline"] else self.runs
        if run in RUNS:
            return source[run][name]
        ends = {
            "difference": ("scenario", "baseline"),
            "imposed change": ("imposed", "baseline"),
            "chosen change": ("scenario", "imposed"),
        }
        after, before = ends[run]
        return source[after][name] - source[before][name]

    def at(self, run: str, name: str, moment: Moment) -> np.ndarray:
        """Return a quantity or measure at one date, shape (member, *axes); levels in the base
        year for a level before the first month, and 0 for a change."""
        if moment.place >= 0:
            return self.of(run, name)[moment.place]
        level = self.base_measures if name in self.base_measures else self.base
        return level[name] if run in RUNS else np.zeros_like(level[name])


def band(members: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return median, 5th and 95th percentile over the members (the 90% band)."""
    low, middle, high = np.percentile(members, (5, 50, 95), axis=axis)
    return middle, low, high


def _side_by_side(worlds: list[World]) -> World:
    first = worlds[0]

    def join(parts: list[Arrays]) -> Arrays:
        names = parts[0]
        return Arrays({n: np.concatenate([p[n] for p in parts]) for n in names}, names.axes)

    return World(
        first.region,
        first.geography,
        join([w.members for w in worlds]),
        join([w.base for w in worlds]),
    )


def first_difference(before: Drivers, after: Drivers) -> int:
    """Return the first month in which two runs can differ; the number of months if none."""
    differs = np.flatnonzero(disturbance(before, after))
    return int(differs[0]) if len(differs) else after.months


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
) -> Results:
    """Return the runs of a scenario and its baseline, member by member.

    Three runs of every block: the baseline; the scenario with decisions held at the baseline's
    (what moves was imposed); the scenario (what moves beyond that was chosen). Arms of one
    question share their baseline: `alike` is an arm that was run before. The last run can be
    computed meanwhile in a `second` process; the numbers are the same.
    """
    kept = RECORDED
    runs: dict[str, list[Arrays]] = {name: [] for name in RUNS}
    drivers: dict[str, list[Drivers]] = {"baseline": [], "scenario": []}
    without = scenario.baseline or scenario
    some = alike.blocks if alike else tuple(blocks(region, scenario, shocks, BLOCK))
    for place, block in enumerate(some):
        after = drivers_of(scenario, region, block.draws)
        if alike:
            before = alike.drivers["baseline"][place]
            baseline = members_of(alike.runs["baseline"], block)
            watch(block.count * scenario.months)
        else:
            before = drivers_of(without, region, block.draws)
            baseline = simulate(block, before, kept, watch=watch)
        first = first_difference(before, after)
        runs["baseline"].append(baseline)
        freely = partial(simulate, block, after, kept, before=baseline, first=first)
        with aside(freely, second) as scenario_run:
            held = decisions(baseline)
            imposed = simulate(block, after, kept, held, watch, baseline, first)
            runs["imposed"].append(imposed)
            runs["scenario"].append(scenario_run())
        watch(block.count * scenario.months)
        drivers["baseline"].append(before)
        drivers["scenario"].append(after)
    read_at, differs = dates(region, scenario)
    return Results(
        region=region,
        scenario=scenario,
        blocks=some,
        runs={name: joined(parts) for name, parts in runs.items()},
        drivers={name: tuple(parts) for name, parts in drivers.items()},
        moments=read_at,
        differs=differs,
        shocks=shocks,
    )


def members_of(run: Arrays, block: Block) -> Arrays:
    """Return the part of a run that belongs to a block of members."""
    some = slice(block.first, block.first + block.count)
    return Arrays({name: array[:, some] for name, array in run.items()}, run.axes)
