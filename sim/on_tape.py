"""Months played from tape: the numbers of `sim.month`, to the bit, in a fraction of the time."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from types import ModuleType
from typing import Any

import numpy as np

from sim.arrays import Arrays
from sim.base_year import World
from sim.drivers import DRIVER_AXES, Drivers
from sim.month import month
from sim.noting import Marked, Note, Notebook, NotRecordable, rests_on
from sim.rules.solving import compiled
from sim.shocks import at_month
from sim.situation import RECORDED, SITUATION_AXES
from sim.tape import Tape

Inputs = dict[tuple[str, str], np.ndarray]

KINDS, EACH = 8, 4
"""How many kinds of tapes wait to be used again, and how many of a kind: one for each thread."""

Kind = tuple[Any, ...]
"""What two months must share to be played from one tape."""

_waiting: OrderedDict[Kind, list[Player]] = OrderedDict()
_lock = Lock()


@dataclass
class Player:
    """A month on tape for blocks of one size: in short, and in full for months kept whole."""

    short: Tape
    full: Tape
    fixed: dict[str, np.ndarray]  # outputs that are the same for all members in all months


def months_played(
    world: World,
    before: Arrays,
    drivers: Drivers,
    shocks: Arrays,
    held: Arrays | None,
    months: Collection[int],
    wanted: Collection[str],
    whole: Collection[int],
) -> Iterator[tuple[int, Arrays]]:
    """Yield the situation of each month, to be read before the next one.

    It holds the quantities that are wanted, and all of them in the months that are kept whole.
    Raises NotRecordable at once where a month asks what a tape cannot answer.
    """
    steps = compiled()
    if steps is None:
        raise NotRecordable("numba is missing")
    some = any(place in whole for place in months)
    key = kind_of(world, drivers, shocks, held, wanted, some)
    one = waiting(key) or made(world, before, drivers, shocks, held, wanted, some, steps)
    return _played(key, one, standing(world), before, (drivers, shocks, held), months, whole)


def _played(
    key: Kind,
    one: Player,
    stands: Inputs,
    before: Arrays,
    outside: tuple[Drivers, Arrays, Arrays | None],
    months: Collection[int],
    whole: Collection[int],
) -> Iterator[tuple[int, Arrays]]:
    one.short.begin(stands)
    if any(place in whole for place in months):
        one.full.begin(stands)
    now: Mapping[str, np.ndarray] = before
    for place in months:
        tape = one.full if place in whole else one.short
        tape.put_in(moving(*outside, place))
        tape.put_in({("before", name): array for name, array in now.items()})
        tape.play()
        now = {**one.fixed, **tape.outputs}
        yield place, Arrays(now, SITUATION_AXES)
    wait(key, one)


def moving(drivers: Drivers, shocks: Arrays, held: Arrays | None, place: int) -> Inputs:
    """Return what is put into a month from outside."""
    groups = {"drivers": drivers.arrays, "shocks": shocks, "held": held or {}}
    return {
        (group, name): array[place]
        for group, arrays in groups.items()
        for name, array in arrays.items()
    }


def standing(world: World) -> Inputs:
    """Return what stays the same in all months of a block."""
    groups = {"members": world.members, "base": world.base}
    return {(group, name): a for group, arrays in groups.items() for name, a in arrays.items()}


def waiting(key: Kind) -> Player | None:
    """Return a player of a kind that waits to be used again, if there is one."""
    with _lock:
        ready = _waiting.get(key)
        return ready.pop() if ready else None


def wait(key: Kind, one: Player) -> None:
    """Let a player wait to be used again; those of the kind used longest ago are let go."""
    with _lock:
        ready = _waiting.setdefault(key, [])
        _waiting.move_to_end(key)
        if len(ready) < EACH:
            ready.append(one)
        while len(_waiting) > KINDS:
            _waiting.popitem(last=False)


def kind_of(
    world: World,
    drivers: Drivers,
    shocks: Arrays,
    held: Arrays | None,
    wanted: Collection[str],
    some_whole: bool,
) -> Kind:
    """Return what two months must share to be played from one tape."""
    fixed = hashlib.blake2b(digest_size=16)
    for name, array in {**shared(standing(world)), **constant(drivers)}.items():
        fixed.update(repr((name, array.shape)).encode() + array.tobytes())
    shapes = tuple(array.shape[1:] for array in drivers.arrays.values())
    noise = tuple(array.shape[1:] for array in shocks.values())
    count = len(world.members.share_floor)
    return count, fixed.digest(), shapes, noise, held is None, tuple(sorted(wanted)), some_whole


def shared(arrays: Inputs) -> Inputs:
    """Return the arrays in which all members are alike, cut down to one of them."""
    return {key: a[:1] for key, a in arrays.items() if (a == a[:1]).all()}


def constant(drivers: Drivers) -> Inputs:
    """Return the drivers that are the same in all months and for all members, (1, *axes)."""
    return {
        ("drivers", name): array[0]
        for name, array in drivers.arrays.items()
        if array.shape[1] == 1 and (array == array[:1]).all()
    }


def made(
    world: World,
    before: Arrays,
    drivers: Drivers,
    shocks: Arrays,
    held: Arrays | None,
    wanted: Collection[str],
    some_whole: bool,
    steps: ModuleType,
) -> Player:
    """Return a player: the first of these months is run, and noted."""
    count = len(world.members.share_floor)
    book = Notebook(count)
    stands = standing(world)
    fixed = {**shared(stands), **constant(drivers)}

    def marked(group: str, arrays: Arrays, monthly: bool = True) -> Arrays:
        found: dict[str, Any] = {
            name: array if (group, name) in fixed else book.put_in((group, name), array, monthly)
            for name, array in arrays.items()
        }
        return Arrays(found, arrays.axes)

    noted = World(
        world.region,
        world.geography,
        marked("members", world.members, False),
        marked("base", world.base, False),
    )
    with np.errstate(all="ignore"):
        now = month(
            noted,
            marked("before", before),
            marked("drivers", Arrays(drivers.at(0), DRIVER_AXES)),
            marked("shocks", at_month(shocks, 0)),
            marked("held", at_month(held, 0)) if held else None,
        )
    outputs: dict[str, Any] = {name: now[name] for name in RECORDED}
    notes = {name: one.note for name, one in outputs.items() if isinstance(one, Marked)}
    fixed_ones = {name: one for name, one in outputs.items() if name not in notes}
    short = handed_on(notes, {*wanted, *(needed(notes.values()) if some_whole else ())})
    return Player(
        Tape(count, {name: notes[name] for name in short}, steps),
        Tape(count, notes, steps),
        fixed_ones,
    )


def handed_on(notes: Mapping[str, Note], wanted: Collection[str]) -> list[str]:
    """Return the quantities that are wanted, or that a month needs of the last one for them."""
    found: list[str] = []
    left = [name for name in wanted if name in notes]
    while left:
        name = left.pop()
        if name in found:
            continue
        found.append(name)
        left += [before for before in needed([notes[name]]) if before in notes]
    return found


def needed(notes: Iterable[Note]) -> set[str]:
    """Return the quantities of the month before that notes rest on."""
    inputs = [note.key for note in rests_on(notes) if note.kind == "input"]
    return {name for group, name in inputs if group == "before"}
