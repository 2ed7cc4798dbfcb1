"""The ensemble: many members at once, time the only loop."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from sim import members as members_of
from sim.arrays import Arrays
from sim.base_year import World, first_guess, world
from sim.drivers import DRIVER_AXES, Drivers, neutral
from sim.exponentials import logarithm
from sim.month import at_rest, month
from sim.noting import NotRecordable
from sim.on_tape import Varying, months_played
from sim.region import Region
from sim.rules.sums import add_up_over
from sim.scenario import Scenario
from sim.shocks import at_month, draw_shocks, no_shocks
from sim.situation import RECORDED, SITUATION_AXES
from sim.vocabulary import PORTFOLIO, RANDOM_WALK

BLOCK = 200
"""Members drawn and kept together."""

TILE = 512
"""Members played together from tape: enough to amortise calls, few enough for the cache."""

RECORDING_PAYS = 4_000
"""Member-months from which on a month is recorded before it is played."""

QUIET_MONTHS = 25
"""Months of the quiet world in which it is measured how fast ties drift."""

REST_MONTHS, NO_DATE = 2, "0000-01"
"""Quiet months after which the base year is at rest; they have no date."""

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
    noise = noise_of(region, seed, first, count, months, shocks)
    return Block(first, world(region, drawn), noise, seed)


def noise_of(
    region: Region, seed: int, first: int, count: int, months: int, shocks: bool = True
) -> Arrays:
    """Return the shocks of members as they hit: standard normal, but for a random walk's drift."""
    if not shocks:
        return no_shocks(region, months)
    drawn = draw_shocks(region, seed, first, count, months)
    if region.rule != RANDOM_WALK:
        return drawn
    return drawn.replaced(drift=drawn.drift * quiet_spread(region, seed, first, count))


def quiet_spread(region: Region, seed: int, first: int, count: int) -> np.ndarray:
    """Return how far the ties that the portfolio wishes for stand from those held, month by month.

    Root mean square in log points over the first months of a quiet world, for each member, state,
    domain and partner: what a random walk needs to drift as fast.
    """
    usual = replace(region, rule=PORTFOLIO)
    quiet = Drivers(NO_DATE, QUIET_MONTHS, neutral(usual, NO_DATE, QUIET_MONTHS))
    one = block(usual, seed, first, count, QUIET_MONTHS)
    run = simulate(one, quiet, ("target", "aligned", "trade_ties"))
    held = np.stack([run.aligned, run.trade_ties], axis=-2)[:-1]
    wished = run.target[1:, ..., : held.shape[-2], :]
    apart = logarithm(wished / held)
    return np.sqrt(add_up_over(apart * apart, 0) / len(apart))


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
    months: tuple[int, ...] | None = None  # those of which quantities are kept; None: all

    def beside(self, more: Sequence[str], *places: int) -> Kept:
        """Return the same with more quantities, and more months kept whole."""
        names = tuple(dict.fromkeys((*self.quantities, *more)))
        return replace(self, quantities=names, whole=self.whole | set(places))

    def places(self, months: int) -> dict[int, int]:
        """Return where each month stands that quantities are kept of."""
        kept = range(months) if self.months is None else self.months
        return {place: k for k, place in enumerate(kept)}


@dataclass(frozen=True)
class Course:
    """A run, as far as it is kept."""

    months: Arrays  # each array (month kept, member, *axes)
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
    varying: Varying | None = None,
    runs: int = 0,
) -> Course:
    """Return the course of a run.

    A run may go on from another with which it shares its first months: `before` is that run,
    `start` the month to begin with. `varying` names drivers that differ in another run of the same
    study, so that both are played from the same tapes. `runs` are those of the whole job, if this
    is a part of one.
    """
    recorded = max(block.count, runs) * (drivers.months - start) >= RECORDING_PAYS
    shared = before if before is not None and start > 0 else None
    now = shared.whole[start - 1] if shared else rested(block.world, recorded, varying)
    standing = keep.places(drivers.months)
    kept = {
        name: np.empty((len(standing), block.count, *now[name].shape[1:]))
        for name in keep.quantities
    }
    ends = {place: s for place, s in shared.whole.items() if place < start} if shared else {}
    if shared:
        before_it = [k for place, k in standing.items() if place < start]
        for name, months in kept.items():
            months[before_it] = shared.months[name][before_it]
        watch(block.count * start)
    wholly = {
        place: {name: np.empty((block.count, *now[name].shape[1:])) for name in RECORDED}
        for place in keep.whole
        if start <= place < drivers.months
    }
    to_come = range(start, drivers.months)
    wanted = {*standing, *wholly} & {*to_come}
    for some in tiles(block.count, recorded):
        tile = Tile(
            block.world.some(some), now.some(some), drivers.some(some),
            block.shocks.some(some, axis=1), held.some(some, axis=1) if held else None, varying,
        )  # fmt: skip
        done = start
        for place, here in _months(tile, to_come, wanted, recorded):
            if place in standing:
                for name, array in kept.items():
                    array[standing[place], some] = here[name]
            for name, array in wholly.get(place, {}).items():
                array[some] = here[name]
            watch(tile.members * (place + 1 - done))
            done = place + 1
        watch(tile.members * (drivers.months - done))
    ends |= {place: Arrays(arrays, SITUATION_AXES) for place, arrays in wholly.items()}
    return Course(Arrays(kept, SITUATION_AXES), ends)


@dataclass(frozen=True)
class Tile:
    """So many members as fit the cache, with all that their months are made of."""

    world: World
    before: Arrays
    drivers: Drivers
    shocks: Arrays
    held: Arrays | None
    varying: Varying | None = None

    @property
    def members(self) -> int:
        return len(self.before.threat)


def tiles(count: int, recorded: bool) -> list[slice]:
    """Return members in groups to be computed together: alike in size, to be played from tape."""
    size = -(-count // -(-count // TILE)) if recorded else count
    return [slice(first, min(first + size, count)) for first in range(0, count, size)]


def _months(
    tile: Tile, months: range, wanted: Collection[int], recorded: bool
) -> Iterator[tuple[int, Mapping[str, np.ndarray]]]:
    """Yield the situation of each month that is wanted, to be read before the next one."""
    if recorded:
        with suppress(NotRecordable):
            return months_played(
                tile.world, tile.before, tile.drivers, tile.shocks, tile.held, months, wanted,
                tile.varying,
            )  # fmt: skip
    return _as_written(tile, months)


def _as_written(tile: Tile, months: range) -> Iterator[tuple[int, Arrays]]:
    """Yield the same by the rules as they are written."""
    now = tile.before
    for place in months:
        drivers, noise = drivers_at(tile.drivers, place), at_month(tile.shocks, place)
        held = at_month(tile.held, place) if tile.held else None
        now = month(tile.world, now, drivers, noise, held)
        yield place, now


def rested(world: World, recorded: bool, varying: Varying | None = None) -> Arrays:
    """Return the base year at rest, as `month.at_rest` does, of however many members."""
    if not recorded:
        return at_rest(world)
    some = tiles(len(world.members.share_floor), recorded)
    return side_by_side([_rested(world.some(members), varying) for members in some], axis=0)


def _rested(world: World, varying: Varying | None) -> Arrays:
    months = range(REST_MONTHS)
    quiet = Drivers(NO_DATE, REST_MONTHS, neutral(world.region, NO_DATE, REST_MONTHS))
    tile = Tile(
        world, first_guess(world), quiet, no_shocks(world.region, REST_MONTHS), None, varying
    )
    for _, last in _months(tile, months, months[-1:], recorded=True):
        shape = {name: (tile.members, *last[name].shape[1:]) for name in RECORDED}
        found = {name: np.broadcast_to(last[name], shape[name]).copy() for name in RECORDED}
    return Arrays(found, SITUATION_AXES)


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

    few = {place: situation.some(some) for place, situation in whole.whole.items()}
    return Course(whole.months.some(some, axis=1), few)
