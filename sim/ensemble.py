"""The ensemble: many members at once, time the only loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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


@dataclass(frozen=True)
class Kept:
    """What to keep of a run: some quantities of every month, and the whole of a few months."""

    quantities: Sequence[str] = RECORDED
    whole: frozenset[int] = frozenset()

    def beside(self, more: Sequence[str], *places: int) -> Kept:
        """Return the same with more quantities, and more months kept whole."""
        return Kept(tuple(dict.fromkeys((*self.quantities, *more))), self.whole | set(places))


@dataclass(frozen=True)
class Course:
    """A run, as far as it is kept."""

    months: Arrays  # each array (month, member, *axes)
    whole: dict[int, Arrays]  # by month: the situation, each array (member, *axes)

    def start(self, first: int) -> int:
        """Return the latest month with which a run may begin that differs from `first` on."""
        return max((place + 1 for place in self.whole if place < first), default=0)

    def at(self, place: int) -> Arrays:
        """Return the situation of a month: all of it where it was asked for, else what is kept."""
        return self.whole[place] if place in self.whole else at_month(self.months, place)


def simulate(
    block: Block,
    drivers: Drivers,
    keep: Iterable[str] = RECORDED,
    held: Arrays | None = None,
    watch: Watch = lambda done: None,
) -> Arrays:
    """Return what was kept of every month, each array (month, member, *axes).

    `held` are decisions kept from another run of the same block.
    """
    return course(block, drivers, Kept(tuple(keep)), held, watch).months


def course(
    block: Block,
    drivers: Drivers,
    keep: Kept,
    held: Arrays | None = None,
    watch: Watch = lambda done: None,
    before: Course | None = None,
    start: int = 0,
) -> Course:
    """Return the course of a run.

    A run may go on from another with which it shares its first months: `before` is that run,
    `start` the month to begin with.
    """
    shared = before if before is not None and start > 0 else None
    now = shared.whole[start - 1] if shared else at_rest(block.world)
    kept = {name: np.empty((drivers.months, *now[name].shape)) for name in keep.quantities}
    few = {place: s for place, s in shared.whole.items() if place < start} if shared else {}
    if shared:
        for name, months in kept.items():
            months[:start] = shared.months[name][:start]
        watch(block.count * start)
    for place in range(start, drivers.months):
        decided = at_month(held, place) if held else None
        noise = at_month(block.shocks, place)
        now = month(block.world, now, drivers_at(drivers, place), noise, decided)
        for name, months in kept.items():
            months[place] = now[name]
        if place in keep.whole:
            few[place] = Arrays({name: now[name] for name in RECORDED}, SITUATION_AXES)
        watch(block.count)
    return Course(Arrays(kept, SITUATION_AXES), few)


def side_by_side(parts: Sequence[Arrays], axis: int) -> Arrays:
    """Return the same arrays of several groups of members put side by side."""
    first = parts[0]
    if len(parts) == 1:
        return first
    joined = {name: np.concatenate([part[name] for part in parts], axis=axis) for name in first}
    return Arrays(joined, first.axes)


def repeated(arrays: Arrays, times: int, axis: int = 0) -> Arrays:
    """Return arrays with their members repeated."""
    return side_by_side([arrays] * times, axis)


def repeated_world(one: World, times: int) -> World:
    """Return a world with its members repeated."""
    members, base = (repeated(arrays, times) for arrays in (one.members, one.base))
    return World(one.region, one.geography, members, base)


def joined(parts: Sequence[Course]) -> Course:
    """Return blocks of members put side by side."""
    everywhere = set.intersection(*(set(part.whole) for part in parts))
    return Course(
        side_by_side([part.months for part in parts], axis=1),
        {at: side_by_side([part.whole[at] for part in parts], axis=0) for at in everywhere},
    )


def part_of(whole: Course, block: Block) -> Course:
    """Return the part of a course that belongs to a block of members."""
    some = slice(block.first, block.first + block.count)

    def cut(arrays: Arrays, axis: int) -> Arrays:
        place = (slice(None),) * axis + (some,)
        return Arrays({name: array[place] for name, array in arrays.items()}, arrays.axes)

    few = {place: cut(situation, axis=0) for place, situation in whole.whole.items()}
    return Course(cut(whole.months, axis=1), few)
