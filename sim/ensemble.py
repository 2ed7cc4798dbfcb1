"""The ensemble: many members at once, time the only loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from sim import members as members_of
from sim.arrays import Arrays
from sim.base_year import World, world
from sim.drivers import DRIVER_AXES, Drivers
from sim.month import at_rest, month
from sim.region import Region
from sim.scenario import Scenario
from sim.shocks import at_month, draw_shocks, no_shocks
from sim.situation import RECORDED, SITUATION_AXES
from sim.timeline import drivers as drivers_of

BLOCK = 200
"""Members computed together: enough to amortise numpy's calls, few enough for the cache."""

Watch = Callable[[int], None]
"""Told after each month how many member-months have been computed."""


@dataclass(frozen=True)
class Block:
    """Some members, with everything drawn for them before the first month."""

    first: int
    world: World
    shocks: Arrays
    seed: int

    @property
    def count(self) -> int:
        return len(self.world.members.share_floor)

    def draws(self, event: str) -> np.ndarray:
        """Return the uniform number of each member for an event whose size is a range."""
        return members_of.uniform(self.seed, f"event/{event}", self.first, self.count)


def block(
    region: Region, seed: int, first: int, count: int, months: int, shocks: bool = True
) -> Block:
    """Return members `first` to `first + count`, ready to run."""
    drawn = members_of.draw(region, seed, first, count)
    noise = draw_shocks(region, seed, first, count, months) if shocks else no_shocks(region, months)
    return Block(first, world(region, drawn), noise, seed)


def blocks(
    region: Region, scenario: Scenario, shocks: bool = True, size: int = BLOCK
) -> Iterator[Block]:
    """Return all members of a scenario, block by block."""
    for first in range(0, scenario.members, size):
        count = min(size, scenario.members - first)
        yield block(region, scenario.seed, first, count, scenario.months, shocks)


def drivers_at(drivers: Drivers, place: int) -> Arrays:
    """Return the drivers of one month with their axes."""
    return Arrays(drivers.at(place), DRIVER_AXES)


def simulate(
    block: Block,
    drivers: Drivers,
    keep: Iterable[str] = RECORDED,
    held: Arrays | None = None,
    watch: Watch = lambda done: None,
    before: Arrays | None = None,
    first: int = 0,
) -> Arrays:
    """Return what was kept of every month, each array (month, member, *axes).

    `held` are decisions kept from another run of the same block. A run may go on from another
    with which it shares its first months: `before` is that run, `first` the month to begin with.
    """
    now = at_rest(block.world)
    kept = {name: np.empty((drivers.months, *now[name].shape)) for name in keep}
    if before is not None and first > 0:
        now = at_month(before, first - 1)
        for name, months in kept.items():
            months[:first] = before[name][:first]
        watch(block.count * first)
    for place in range(first, drivers.months):
        decided = at_month(held, place) if held else None
        noise = at_month(block.shocks, place)
        now = month(block.world, now, drivers_at(drivers, place), noise, decided)
        for name, months in kept.items():
            months[place] = now[name]
        watch(block.count)
    return Arrays(kept, SITUATION_AXES)


def run_of(
    block: Block,
    scenario: Scenario,
    keep: Iterable[str] = RECORDED,
    held: Arrays | None = None,
    watch: Watch = lambda done: None,
) -> Arrays:
    """Return the run of a scenario's events over a block of members."""
    drivers = drivers_of(scenario, block.world.region, block.draws)
    return simulate(block, drivers, keep, held, watch)


def joined(parts: Iterable[Arrays]) -> Arrays:
    """Return blocks of members put side by side."""
    runs = list(parts)
    if len(runs) == 1:
        return runs[0]
    names = runs[0]
    return Arrays(
        {name: np.concatenate([run[name] for run in runs], axis=1) for name in names},
        runs[0].axes,
    )
