"""Months played from tape: the numbers of `sim.month`, to the bit, in a fraction of the time."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from dataclasses import fields
from importlib.util import find_spec
from itertools import groupby
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import base_year, shelf
from sim.arrays import Arrays
from sim.base_year import World
from sim.drivers import DRIVER_AXES, Drivers
from sim.members import draw
from sim.month import month
from sim.noting import Marked, Note, Notebook, NotRecordable, rests_on
from sim.region import Region
from sim.shocks import at_month
from sim.situation import RECORDED

if TYPE_CHECKING:
    from sim.tape import Tape

NUMPY_ONLY = "HEDGING_NUMPY_ONLY"
"""Set to 1 in the environment, nothing is compiled."""

KINDS = 16
"""How many kinds of tapes wait to be used again; of each as many as threads have used at once."""

FEW = 2
"""Members with which a month is noted: what all share is told from what each has."""

ANSWERING_PAYS = 100
"""Members from which on a rule alone is answered in machine code."""

BEFORE = "before"
"""What is put in once, and then comes from the month before."""

Inputs = dict[tuple[str, str], np.ndarray]

Notes = dict[str, Any]
"""Every quantity of a month as it was noted; an array where it is the same for all members."""

_waiting: OrderedDict[str, list[Tape]] = OrderedDict()
_coded: dict[str, bytes] = {}
_waits, _makes = Lock(), Lock()


def months_played(
    world: World,
    before: Arrays,
    drivers: Drivers,
    shocks: Arrays,
    held: Arrays | None,
    months: Sequence[int],
    wanted: Collection[int],
    varying: Varying | None = None,
) -> Iterator[tuple[int, Mapping[str, np.ndarray]]]:
    """Yield the situation of the months that are wanted, each to be read before the next one.

    `varying` tells which drivers are not the same in other runs of a study, beside those of this
    one: runs with as many in common share a tape. Raises NotRecordable at once where a month asks
    what a tape cannot answer.
    """
    if not playable():
        raise NotRecordable("nothing is to be compiled, or llvmlite is missing")
    fixed = {
        **shared(world),
        **constant(drivers, varying_in(drivers) | (varying or set())),
    }
    key = shelf.key_of(kind_of(world, fixed, drivers, shocks, held))

    def note() -> Notes:
        return noted(world, before, drivers, shocks, held, fixed)

    tape = tape_of(key, note)
    return _played(key, tape, world, before, (drivers, shocks, held), months, wanted)


def playable() -> bool:
    """Return whether months can be compiled here."""
    return os.environ.get(NUMPY_ONLY) != "1" and find_spec("llvmlite") is not None


def _played(
    key: str,
    tape: Tape,
    world: World,
    before: Arrays,
    outside: tuple[Drivers, Arrays, Arrays | None],
    months: Sequence[int],
    wanted: Collection[int],
) -> Iterator[tuple[int, Mapping[str, np.ndarray]]]:
    tape.begin(standing(world), len(before.threat))
    tape.put_in({(BEFORE, name): array for name, array in before.items()})
    for some in stretches(months, wanted):
        put, entries = moving(*outside, slice(some[0], some[-1] + 1))
        goes_on, bare = some[0] > months[0], some[-1] not in wanted
        tape.play(put, len(some), goes_on, bare, entries)
        if some[-1] in wanted:
            yield some[-1], Made(tape)
    wait(key, tape)


Rule = Callable[..., tuple[np.ndarray, ...]]


def answered(rule: Rule, named: str, *arrays: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return what a rule gives for arrays (member, *own), in machine code where that pays.

    `named` tells the rule from all others, with all that it holds beside the arrays.
    """
    members = len(arrays[0])
    if members < ANSWERING_PAYS or not playable():
        return rule(*arrays)
    from sim.machine import kind_of_machine

    def note() -> Notes:
        book = Notebook(FEW)
        marked = [book.put_in((BEFORE, str(k)), a[:FEW], True) for k, a in enumerate(arrays)]
        found: tuple[Any, ...] = rule(*marked)
        return {str(k): one.note for k, one in enumerate(found)}

    key = shelf.key_of(kind_of_machine(), named, [array.shape[1:] for array in arrays])
    try:
        tape = tape_of(key, note)
    except NotRecordable:
        return rule(*arrays)
    tape.begin({(BEFORE, str(k)): array for k, array in enumerate(arrays)}, members)
    tape.play({}, 1, goes_on=False)
    made = tuple(tape.output(name) for name in sorted(tape.layout.made, key=int))
    wait(key, tape)
    return made


def stretches(months: Sequence[int], wanted: Collection[int]) -> list[tuple[int, ...]]:
    """Return the months that are wanted one by one, those between them together."""
    together = groupby(months, lambda month: month if month in wanted else -1)
    return [tuple(some) for _, some in together]


class Made(Mapping[str, np.ndarray]):
    """What a tape has made, each array (member, *own) put together when it is asked for."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape

    def __getitem__(self, name: str) -> np.ndarray:
        return self._tape.output(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._tape.layout.made)

    def __len__(self) -> int:
        return len(self._tape.layout.made)


def moving(
    drivers: Drivers, shocks: Arrays, held: Arrays | None, months: slice
) -> tuple[Inputs, dict[tuple[str, str, tuple[int, ...]], np.ndarray]]:
    """Return what is put into some months from outside.

    Arrays (month, member or 1, *own), and the entries (month, member) that stand in their place.
    """
    groups = {"drivers": drivers.shared, "shocks": shocks, "held": held or {}}
    whole = {
        (group, name): array[months]
        for group, arrays in groups.items()
        for name, array in arrays.items()
    }
    return whole, {("drivers", *entry): array[months] for entry, array in drivers.own.items()}


def standing(world: World) -> Inputs:
    """Return what stays the same in all months of a block."""
    groups = {"members": world.members, "base": world.base}
    return {(group, name): a for group, arrays in groups.items() for name, a in arrays.items()}


def shared(world: World) -> Inputs:
    """Return the arrays in which all members there could be are alike, cut down to one of them.

    Not what only these have in common, as one member does at many points: it would be compiled anew
    for the next.
    """
    never_drawn = alike_in(world.region)
    return {
        key: a[:1]
        for key, a in standing(world).items()
        if key in never_drawn and (a == a[:1]).all()
    }


def alike_in(region: Region) -> frozenset[tuple[str, str]]:
    """Return the arrays that no two members of a region differ in."""
    own = region.__dict__
    if "_alike" not in own:
        two = standing(base_year.world(region, draw(region, 0, 0, FEW)))
        own["_alike"] = frozenset(key for key, a in two.items() if (a == a[:1]).all())
    found: frozenset[tuple[str, str]] = own["_alike"]
    return found


Varying = Set[str]
"""Drivers that are not the same in all months, or not for all members."""


def constant(drivers: Drivers, varying: Varying) -> Inputs:
    """Return the drivers that are the same in all months and for all members, (1, *axes)."""
    arrays = drivers.shared.items()
    return {("drivers", name): array[0, :1] for name, array in arrays if name not in varying}


def varying_in(*runs: Drivers) -> Varying:
    """Return the drivers that vary in any of some runs, or between them."""
    first = runs[0].shared
    found = {name for one in runs for name, _ in one.own}
    return frozenset(found).union(
        name
        for one in runs
        for name, array in one.shared.items()
        if (array != first[name][:1, :1]).any()
    )


# Tapes ----------------------------------------------------------------------------------------


def tape_of(key: str, note: Callable[[], Notes]) -> Tape:
    """Return a tape: one that waits, else one that was kept, else one made of a month noted now."""
    found = waiting(key)
    if found is None:
        with _makes:  # one thread makes what the others wait for
            found = waiting(key) or made(key, note)
    return found


def made(key: str, note: Callable[[], Notes]) -> Tape:
    """Return a tape of machine code that was kept, or that is made now and kept."""
    from sim.tape import MAIN, Layout, Tape, written

    kept = shelf.get(key)
    if kept is not None:
        about, _, main = kept.partition(b"\n")
        layout = Layout.read(json.loads(about))
        codes = [coded(name) for name in layout.loops]
        if None not in codes:
            return Tape(layout, [main, *(code for code in codes if code)])
    notes = note()
    layout, texts = written(notes, handed_on(notes))
    made_of = {name: coded(name, text) or b"" for name, text in texts.items()}
    about = json.dumps(layout.kept()).encode()
    shelf.put(key, about + b"\n" + made_of[MAIN])
    return Tape(layout, [made_of[name] for name in (MAIN, *layout.loops)])


def coded(name: str, text: str | None = None) -> bytes | None:
    """Return the machine code of a text; of a loop, which is named by its text, as it was kept."""
    from sim.machine import compiled, kind_of_machine
    from sim.tape import MAIN

    if name == MAIN:
        return compiled(text) if text else None
    key = shelf.key_of(kind_of_machine(), name)
    code = _coded.get(key) or shelf.get(key)
    if code is None and text is not None:
        code = compiled(text)
        shelf.put(key, code)
    if code is not None:
        _coded[key] = code
    return code


def waiting(key: str) -> Tape | None:
    """Return a tape that waits to be used again, if there is one."""
    with _waits:
        ready = _waiting.get(key)
        return ready.pop() if ready else None


def wait(key: str, tape: Tape) -> None:
    """Let a tape wait to be used again; those of the kind used longest ago are let go."""
    with _waits:
        _waiting.setdefault(key, []).append(tape)
        _waiting.move_to_end(key)
        while len(_waiting) > KINDS:
            _waiting.popitem(last=False)


def kind_of(
    world: World, fixed: Inputs, drivers: Drivers, shocks: Arrays, held: Arrays | None
) -> str:
    """Return all that a tape depends on, but for what is wanted of it and who compiled it."""
    from sim.machine import kind_of_machine

    digest = hashlib.blake2b(fingerprint(world.region), digest_size=16)
    for key, array in sorted(fixed.items()):
        digest.update(repr((key, array.shape)).encode() + array.tobytes())
    outside = {**drivers.shared, **shocks, **(held or {})}
    shapes = [(name, array.shape[2:]) for name, array in outside.items()]
    return f"{kind_of_machine()} {digest.hexdigest()} {shapes} {held is None}"


def fingerprint(region: Region) -> bytes:
    """Return a digest of a region as it is, whatever tables it was read from."""
    own = region.__dict__
    if "_fingerprint" not in own:
        held = pickle.dumps([getattr(region, one.name) for one in fields(region)])
        own["_fingerprint"] = hashlib.blake2b(held, digest_size=16).digest()
    found: bytes = own["_fingerprint"]
    return found


def noted(
    world: World,
    before: Arrays,
    drivers: Drivers,
    shocks: Arrays,
    held: Arrays | None,
    fixed: Inputs,
) -> Notes:
    """Return every quantity of a month as it was noted: the first one, run for a few members."""
    count = min(FEW, len(before.threat))
    book = Notebook(count)

    def marked(group: str, arrays: Arrays, monthly: bool = True) -> Arrays:
        found: dict[str, Any] = {
            name: fixed[group, name]
            if (group, name) in fixed
            else book.put_in((group, name), array[:count], monthly)
            for name, array in arrays.items()
        }
        return Arrays(found, arrays.axes)

    there = World(
        world.region,
        world.geography,
        marked("members", world.members, False),
        marked("base", world.base, False),
    )
    with np.errstate(all="ignore"):
        now = month(
            there,
            marked(BEFORE, before),
            marked("drivers", Arrays(drivers.at(0), DRIVER_AXES)),
            marked("shocks", at_month(shocks, 0)),
            marked("held", at_month(held, 0)) if held else None,
        )
    outputs: dict[str, Any] = {name: now[name] for name in RECORDED}
    return {n: one.note if isinstance(one, Marked) else one for n, one in outputs.items()}


def handed_on(notes: Notes) -> set[str]:
    """Return the quantities that a month needs of the last one."""
    every = rests_on(one for one in notes.values() if isinstance(one, Note))
    inputs = [note.key for note in every if note.kind == "input"]
    return {name for group, name in inputs if group == BEFORE}
