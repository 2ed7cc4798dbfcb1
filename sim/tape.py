"""A month recorded once and played many times: the same operations, in the same order, to the bit.

The rules are written once, for arrays of any size. Played as written, they spend most of their
time on what does not change from month to month, on what nobody asks for, and on making room for
every step. A tape does away with that: the month runs once while every operation is noted
(`sim.noting`); what follows from the members alone is then computed once for all months, what is
not wanted is left out, what only moves numbers about costs nothing, and the rest is machine code
(`sim.machine`) for a few members side by side, whose numbers of a month fit the cache.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.machine import LANES, ROW, Lines, Program, Writer, function, looped
from sim.noting import Loop, Note, NotRecordable, rests_on
from sim.solving import NotConverged
from sim.steps import ADD, CHOOSE, DIVIDE, MULTIPLY, SUBTRACT

Numbers = np.ndarray
"""Which number of the month stands at each place of an array, shape (1, *own)."""


@dataclass(frozen=True, eq=False)
class Call:
    """A loop: what goes in, numbers of the tape, and what comes out; and the step repeated."""

    loop: Loop
    inside: Score
    inputs: tuple[Numbers, ...]
    outputs: tuple[Numbers, ...]
    monthly: bool


class Score:
    """The numbers of a month, each known by its place in a list, and how they come about."""

    def __init__(self) -> None:
        self.steps: list[tuple[Any, ...] | None] = []  # None: put in, fixed, or made by a loop
        self.monthly: list[bool] = []
        self.fixed: dict[int, float] = {}
        self.known: dict[tuple[Any, ...], int] = {}
        self.of_note: dict[int, Numbers] = {}
        self.inputs: dict[tuple[Any, ...], Numbers] = {}
        self.calls: list[Call] = []
        self.made_by: dict[int, tuple[Numbers, ...]] = {}  # by the note of a loop

    def write(self, note: Note) -> None:
        """Add what a note stands for."""
        if note.kind == "part":
            self.of_note[id(note)] = self.made_by[id(note.inputs[0])][note.key[0]]
        else:
            self.of_note[id(note)] = getattr(self, f"_{note.kind}")(note)

    def new(self, monthly: bool, step: tuple[Any, ...] | None = None) -> int:
        self.steps.append(step)
        self.monthly.append(monthly)
        return len(self.steps) - 1

    def some(self, shape: tuple[int, ...], monthly: bool) -> Numbers:
        """Return new numbers that are put in or made by a call, for an array of own shape."""
        count = int(np.prod(shape))
        return np.array([self.new(monthly) for _ in range(count)], dtype=np.int64).reshape(
            (1, *shape)
        )

    def constant(self, number: float) -> int:
        key = ("fixed", number.hex())
        if key not in self.known:
            self.known[key] = self.new(False)
            self.fixed[self.known[key]] = number
        return self.known[key]

    def numbers(self, one: Any, dimensions: int) -> Numbers:
        """Return the numbers of an input, with so many dimensions."""
        if isinstance(one, Note):
            found = self.of_note[id(one)]
        else:
            array = np.asarray(one, dtype=float)
            if array.ndim == dimensions and array.ndim and len(array) > 1:
                if not (array == array[:1]).all():
                    raise NotRecordable("an array by member that is no input")
                array = array[:1]
            distinct, places = np.unique(array, return_inverse=True)
            numbers = np.array([self.constant(float(x)) for x in distinct], dtype=np.int64)
            found = numbers[places].reshape(array.shape)
        return found.reshape((1,) * (dimensions - found.ndim) + found.shape)

    def step(self, what: str, *inputs: int) -> int:
        """Return the number that a step gives; one that is there already where it is the same."""
        same = self._same(what, inputs)
        if same is not None:
            return same
        key = (what, *inputs)
        if key not in self.known:
            monthly = any(self.monthly[one] for one in inputs)
            self.known[key] = self.new(monthly, key)
        return self.known[key]

    def _same(self, what: str, inputs: tuple[int, ...]) -> int | None:
        """Return a number that a step leaves as it is (but for the sign of a zero), or None."""
        told = [self.fixed.get(one) for one in inputs]
        if what in (ADD, MULTIPLY):
            nothing = 0.0 if what == ADD else 1.0
            for one, other in ((0, 1), (1, 0)):
                if told[one] == nothing:
                    return inputs[other]
                if what == MULTIPLY and told[one] == 0.0:
                    return self.constant(0.0)
        if (what == SUBTRACT and told[1] == 0.0) or (what == DIVIDE and told[1] == 1.0):
            return inputs[0]
        if what == CHOOSE and told[0] is not None:
            return inputs[1] if told[0] else inputs[2]
        return None

    def inputs_of(self, number: int) -> tuple[int, ...]:
        """Return the numbers that a step is made of."""
        step = self.steps[number]
        return step[1:] if step else ()

    def loops_for(self, wanted: Iterable[int]) -> list[Call]:
        """Return the loops whose outcome is needed for some numbers."""
        made_by = {number: call for call in self.calls for number in flat(call.outputs)}
        found: dict[int, Call] = {}
        seen: set[int] = set()
        left = list(wanted)
        while left:
            number = left.pop()
            if number in seen:
                continue
            seen.add(number)
            left += self.inputs_of(number)
            if number in made_by and id(made_by[number]) not in found:
                call = made_by[number]
                found[id(call)] = call
                left += flat(call.inputs)
        return list(found.values())

    def outputs(self, loop: Loop) -> list[Numbers]:
        """Return the state after a step of a loop that was written here."""
        pairs = zip(loop.outputs, loop.inputs, strict=False)
        return [np.broadcast_to(self.numbers(one, of.seen.ndim), (1, *of.own)) for one, of in pairs]

    def _input(self, note: Note) -> Numbers:
        self.inputs[note.key] = self.some(note.own, note.monthly)
        return self.inputs[note.key]

    def _step(self, note: Note) -> Numbers:
        inputs = np.broadcast_arrays(*(self.numbers(i, note.seen.ndim) for i in note.inputs))
        flat = zip(*(array.ravel().tolist() for array in inputs), strict=True)
        made = [self.step(note.call, *together) for together in flat]
        return np.array(made, dtype=np.int64).reshape(inputs[0].shape)

    def _view(self, note: Note) -> Numbers:
        found: Numbers = note.call.look(self.of_note[id(note.inputs[0])])
        return found

    def _reshape(self, note: Note) -> Numbers:
        return self.of_note[id(note.inputs[0])].reshape(1, *note.own)

    def _pick(self, note: Note) -> Numbers:
        axis, picked = note.key
        return self.of_note[id(note.inputs[0])].take(picked, axis=axis)

    def _where(self, note: Note) -> Numbers:
        inputs = np.broadcast_arrays(*(self.numbers(i, note.seen.ndim) for i in note.inputs))
        flat = zip(*(array.ravel().tolist() for array in inputs), strict=True)
        made = [self.step(CHOOSE, *together) for together in flat]
        return np.array(made, dtype=np.int64).reshape(inputs[0].shape)

    def _join(self, note: Note) -> Numbers:
        parts = [self.numbers(part, note.seen.ndim) for part in note.inputs]
        return np.concatenate(parts, axis=note.key[0])

    def _loop(self, note: Note) -> Numbers:
        loop: Loop = note.call
        inside = Score()
        for one in rests_on([*loop.inputs, *(o for o in loop.outputs if isinstance(o, Note))]):
            inside.write(one)
        inputs = tuple(
            np.broadcast_to(self.numbers(one, of.seen.ndim), (1, *of.own))
            for one, of in zip(note.inputs, loop.inputs, strict=True)
        )
        monthly = any(self.monthly[k] for array in inputs for k in array.ravel().tolist())
        outputs = tuple(self.some(of.own, monthly) for of in loop.inputs[: len(loop.outputs)])
        self.calls.append(Call(loop, inside, inputs, outputs, monthly))
        self.made_by[id(note)] = outputs
        return outputs[0]


# What is done, in which order -----------------------------------------------------------------

CHUNK = 400
"""Steps in one function: longer ones take LLVM more than their share of time."""


@dataclass
class Chunk:
    """Some steps, then rows that are filled with numbers, then a loop, if there is one."""

    steps: list[int]
    fills: tuple[tuple[int, int], ...] = ()  # numbers, and the rows into which they are written
    loop: Loop_ | None = None


@dataclass(frozen=True)
class Loop_:
    """A loop whose numbers stand in rows from the first on: its state, then what is fixed."""

    call: Call
    first: int


class Rows:
    """Rows that are given out; single ones are given again when they are free."""

    def __init__(self) -> None:
        self.height = 0
        self.free: list[int] = []

    def some(self, count: int) -> int:
        """Return the first of so many rows, one after another."""
        self.height += count
        return self.height - count

    def one(self) -> int:
        return self.free.pop() if self.free else self.some(1)


class Order:
    """What is done, in order, to get from numbers that stand in rows to others."""

    def __init__(self, score: Score, row: dict[int, int], rows: Rows) -> None:
        self.score = score
        self.row = row
        self.rows = rows
        self.chunks: list[Chunk] = []
        self.done: set[int] = set()

    def fill(
        self, wanted: Sequence[int], first: int, lasting: dict[int, None] | None = None
    ) -> None:
        """Do what leads to numbers, and write them into rows from the first on."""
        steps = self.leading_to(wanted, lasting)
        parts = [steps[k : k + CHUNK] for k in range(0, len(steps), CHUNK)] or [[]]
        self.chunks += [Chunk(part) for part in parts]
        self.chunks[-1].fills = tuple(zip(wanted, range(first, first + len(wanted)), strict=True))

    def call(self, call: Call, lasting: dict[int, None] | None = None) -> None:
        """Do what leads to a loop, and the loop."""
        wanted = flat(call.inputs)
        first = self.rows.some(len(wanted))
        self.fill(wanted, first, lasting)
        self.chunks[-1].loop = Loop_(call, first)
        self.row |= zip(flat(call.outputs), range(first, first + len(wanted)), strict=False)

    def leading_to(
        self, wanted: Sequence[int], lasting: dict[int, None] | None = None
    ) -> list[int]:
        """Return the steps that lead to numbers, each as late as can be, as far as still to do.

        Those that are the same in all months are put into `lasting` instead, if it is given.
        """
        score, steps = self.score, []
        left = [(number, False) for number in reversed(wanted)]
        while left:
            number, ready = left.pop()
            step = score.steps[number]
            if step is None or number in self.done:
                continue
            if lasting is not None and not score.monthly[number]:
                lasting[number] = None
            elif ready:
                self.done.add(number)
                steps.append(number)
            else:
                left.append((number, True))
                left += [(one, False) for one in reversed(step[1:])]
        return steps


def flat(arrays: Iterable[Numbers]) -> list[int]:
    """Return the numbers of arrays, one after another."""
    return [number for array in arrays for number in array.ravel().tolist()]


# As text --------------------------------------------------------------------------------------


class Text:
    """The functions of a tape, as text."""

    def __init__(self) -> None:
        self.functions: list[str] = []
        self.flags: dict[str, list[int]] = {}  # what may not settle, and the rows that tell

    def ordered(self, name: str, order: Order) -> list[str]:
        """Write functions for what is in order, and return their names.

        What one of them makes and a later one asks for is given a row.
        """
        last: dict[int, int] = {}
        for k, chunk in enumerate(order.chunks):
            asked = [one for number in chunk.steps for one in order.score.inputs_of(number)]
            last |= dict.fromkeys((*asked, *(number for number, _ in chunk.fills)), k)
        row, names = dict(order.row), []
        free_after: list[list[int]] = [[] for _ in order.chunks]
        for k, chunk in enumerate(order.chunks):
            for number in chunk.steps:
                if number not in row and last[number] > k:
                    row[number] = order.rows.one()
                    free_after[last[number]].append(row[number])
            names.append(self.steps(f"{name}_{k}", order.score, row, chunk))
            if chunk.loop:
                names.append(self.loop(f"{names[-1]}_loop", chunk.loop, order.rows))
            order.rows.free += free_after[k]
        return names

    def steps(self, name: str, score: Score, row: Mapping[int, int], chunk: Chunk) -> str:
        """Write the function that does the steps of a chunk and fills its rows."""
        writer = Writer(row, score.fixed)
        goals: dict[int, list[int]] = {}
        for number, goal in chunk.fills:
            goals.setdefault(number, []).append(goal)
        for number in chunk.steps:
            what, *inputs = score.steps[number] or ()
            writer.step(number, what, inputs)
            kept = [row[number]] if number in row else []
            writer.store(number, {*kept, *goals.pop(number, [])})
        for number, rows in goals.items():
            writer.store(number, rows)
        self.functions.append(function(name, writer.lines))
        return name

    def loop(self, name: str, place: Loop_, rows: Rows) -> str:
        """Write the function that repeats a step until nothing is left to do."""
        loop, inside = place.call.loop, place.call.inside
        known = flat(inside.inputs["loop", str(k)] for k in range(len(loop.inputs)))
        order = Order(
            inside,
            dict(zip(known, range(place.first, place.first + len(known)), strict=True)),
            rows,
        )
        for nested in inside.calls:
            order.call(nested)
        after = flat(inside.outputs(loop))
        room = rows.some(len(after))
        order.fill(after, room)
        body = self.ordered(name, order)
        body.append(self.copied(f"{name}_next", [(room, place.first, len(after))]))
        flag, left = rows.some(1), place.call.outputs[0].size
        self.functions.append(
            looped(f"{name}_all", body, range(place.first, place.first + left), loop.most, flag)
        )
        if loop.what:
            self.flags.setdefault(loop.what, []).append(flag)
        return f"{name}_all"

    def called(self, name: str, functions: Sequence[str]) -> None:
        """Write a function that calls others, one after another."""
        self.functions.append(function(name, [f"  call void @{o}(ptr %rows)" for o in functions]))

    def copied(self, name: str, pairs: Iterable[tuple[int, int, int]]) -> str:
        """Write a function that copies rows: from, to, how many."""
        lines = Lines()
        for source, goal, count in pairs:
            places = [
                lines.new(f"getelementptr {ROW}, ptr %rows, i64 {at}") for at in (goal, source)
            ]
            size = count * LANES * 8
            told = f"ptr {places[0]}, ptr {places[1]}, i64 {size}, i1 0"
            lines.do(f"call void @llvm.memcpy.p0.p0.i64({told})")
        self.functions.append(function(name, lines.lines))
        return name


BEGIN = """
define void @begin(ptr %table, i64 %blocks) {{
  br label %head
head:
  %k = phi i64 [0, %0], [%k1, %body]
  %more = icmp ult i64 %k, %blocks
  br i1 %more, label %body, label %end
body:
  %offset = mul i64 %k, {height}
  %rows = getelementptr {row}, ptr %table, i64 %offset
  call void @once(ptr %rows)
  %k1 = add i64 %k, 1
  br label %head
end:
  ret void
}}
"""

PLAY = """
define void @{name}(ptr %table, ptr %own, ptr %common, i64 %blocks, i64 %months, i64 %goes_on) {{
  br label %head
head:
  %k = phi i64 [0, %0], [%k1, %next]
  %more = icmp ult i64 %k, %blocks
  br i1 %more, label %block, label %end
block:
  %offset = mul i64 %k, {height}
  %rows = getelementptr {row}, ptr %table, i64 %offset
  %size = mul i64 %months, {own}
  %skipped = mul i64 %k, %size
  %of_block = getelementptr {row}, ptr %own, i64 %skipped
  %rows_common = getelementptr {row}, ptr %rows, i64 {own}
  br label %month
month:
  %m = phi i64 [0, %block], [%m1, %played]
  %any = icmp ult i64 %m, %months
  br i1 %any, label %turning, label %next
turning:
  %later = or i64 %m, %goes_on
  %turns = icmp ne i64 %later, 0
  br i1 %turns, label %turned, label %played
turned:
  call void @turn(ptr %rows)
  br label %played
played:
  %at = mul i64 %m, {own}
  %put = getelementptr {row}, ptr %of_block, i64 %at
  call void @llvm.memcpy.p0.p0.i64(ptr %rows, ptr %put, i64 {own_bytes}, i1 0)
  %common_at = mul i64 %m, {common}
  %put_common = getelementptr {row}, ptr %common, i64 %common_at
  call void @llvm.memcpy.p0.p0.i64(ptr %rows_common, ptr %put_common, i64 {common_bytes}, i1 0)
  call void @{month}(ptr %rows)
  %m1 = add i64 %m, 1
  br label %month
next:
  %k1 = add i64 %k, 1
  br label %head
end:
  ret void
}}
"""
"""Blocks of members one after another, each through all its months while its rows are at hand."""


# Played ---------------------------------------------------------------------------------------

Key = tuple[str, str]

OUTSIDE, BEFORE = ("drivers", "shocks", "held"), "before"
"""What is put in every month; and what the month before has left."""


@dataclass(frozen=True)
class Layout:
    """Which rows hold what, as it may be kept in a file."""

    put_in: dict[Key, tuple[int, tuple[int, ...]]]  # first row, own shape
    made: dict[str, tuple[int, tuple[int, ...]]]
    own: int  # rows that are put in every month for each member: the first ones
    common: int  # rows that are put in every month for all alike: the next ones
    height: int  # all rows
    flags: dict[str, list[int]]  # what may not settle, and the rows that tell

    def kept(self) -> list[Any]:
        """Return all of it in lists, for a file."""
        put_in = [[*key, *place] for key, place in self.put_in.items()]
        sizes = self.own, self.common, self.height
        return [put_in, list(self.made.items()), sizes, self.flags]

    @staticmethod
    def read(kept: Sequence[Any]) -> Layout:
        """Return a layout as it was kept."""
        put_in, made, (own_rows, common, height), flags = kept
        return Layout(
            {(group, name): (first, tuple(own)) for group, name, first, own in put_in},
            {name: (first, tuple(own)) for name, (first, own) in made},
            own_rows, common, height, flags,
        )  # fmt: skip


def written(
    outputs: Mapping[str, Any], handed_on: Collection[str] = (), own: Collection[Key] = ()
) -> tuple[Layout, str]:
    """Return a month that makes some outputs (notes, or arrays that are fixed): rows and text.

    Those that are handed on can be made alone, for months in which nothing else is asked for.
    `own` names what is put in every month for each member, not for all alike.
    """
    score = Score()
    for note in rests_on(one for one in outputs.values() if isinstance(one, Note)):
        score.write(note)
    wanted = {name: score.numbers(one, _ndim(one)) for name, one in outputs.items()}
    rows, row = Rows(), dict[int, int]()
    put_in: dict[Key, tuple[int, tuple[int, ...]]] = {}
    sizes = {"own": 0, "common": 0, "before": 0}
    kinds = {
        key: "before" if key[0] not in OUTSIDE else "own" if key in own else "common"
        for key in score.inputs
    }
    for key in sorted(score.inputs, key=lambda key: (list(sizes).index(kinds[key]), key)):
        numbers = score.inputs[key]
        put_in[key[0], key[1]] = rows.some(numbers.size), numbers.shape[1:]
        row |= zip(flat([numbers]), range(rows.height - numbers.size, rows.height), strict=True)
        sizes[kinds[key]] += numbers.size
    made = {name: (rows.some(one.size), one.shape[1:]) for name, one in wanted.items()}
    text, lasting = Text(), dict[int, None]()
    orders = {}
    for name, some in (("month", list(wanted)), ("bare", [n for n in wanted if n in handed_on])):
        orders[name] = order = Order(score, dict(row), rows)
        asked = score.loops_for(flat(wanted[one] for one in some))
        for call in score.calls:
            if call.monthly and call in asked:
                order.call(call, lasting)
        for one in some:
            order.fill(flat([wanted[one]]), made[one][0], lasting)
    once = Order(score, row, rows)
    asked = score.loops_for(lasting)
    for call in score.calls:
        if not call.monthly and (call in asked):
            once.call(call)
    first = rows.some(len(lasting))
    stand = dict(zip(lasting, range(first, rows.height), strict=True))
    once.row |= stand
    once.fill(list(lasting), first)
    for order in orders.values():
        order.row |= {**stand, **{n: once.row[n] for n in once.row if n not in order.row}}
    text.called("once", text.ordered("first", once))
    for name, order in orders.items():
        text.called(name, text.ordered(f"{name}_part", order))
    text.copied("turn", [
        (made[name][0], put_in[BEFORE, name][0], one.size)
        for name, one in wanted.items() if (BEFORE, name) in put_in and name in handed_on
    ])  # fmt: skip
    own_rows, common = sizes["own"], sizes["common"]
    drivers = [
        PLAY.format(
            name=name, month=month, height=rows.height, row=ROW, own=own_rows, common=common,
            own_bytes=own_rows * LANES * 8, common_bytes=common * LANES * 8,
        )
        for name, month in (("play", "month"), ("play_bare", "bare"))
    ]  # fmt: skip
    layout = Layout(put_in, made, own_rows, common, rows.height, text.flags)
    begin = BEGIN.format(height=rows.height, row=ROW)
    return layout, "\n".join([*text.functions, begin, *drivers])


class Tape:
    """A month as machine code, ready to be played for any number of members."""

    def __init__(self, layout: Layout, code: bytes) -> None:
        self.layout = layout
        self._program = Program(code)
        self._begin = self._program.function("begin", 1, 1)
        self._play, self._bare = (
            self._program.function(name, 3, 3) for name in ("play", "play_bare")
        )
        self.table = np.empty((0, layout.height, LANES))
        self.members = 0
        self._rooms: dict[str, np.ndarray] = {}

    def begin(self, arrays: Mapping[Key, np.ndarray], members: int) -> None:
        """Take in what stays the same in all months of some members, and what follows from it."""
        self.members = members
        blocks = -(-members // LANES)
        if len(self.table) != blocks:
            self.table = aligned((blocks, self.layout.height, LANES))
        self.put_in(arrays)
        self._begin(self.table.ctypes.data, blocks)

    def put_in(self, arrays: Mapping[Key, np.ndarray]) -> None:
        """Take in arrays (member or 1, *own) from outside, as far as they are asked for."""
        for key, array in arrays.items():
            if key in self.layout.put_in:
                first, own = self.layout.put_in[key]
                count = int(np.prod(own))
                self.table[:, first : first + count] = in_lanes(
                    array.reshape(len(array), count), self.members
                )

    def play(
        self, outside: Mapping[Key, np.ndarray], months: int, goes_on: bool, bare: bool = False
    ) -> None:
        """Do some months, with what is put in every month: arrays (month, member or 1, *own).

        `goes_on`: from where the last months ended; else from what was put in. `bare`: make only
        what the next month needs.
        """
        blocks, own = len(self.table), self.layout.own
        each = self._room("each", (blocks, months, own, LANES))
        alike = self._room("alike", (months, self.layout.common, LANES))
        for key, array in outside.items():
            if key in self.layout.put_in:
                first, shape = self.layout.put_in[key]
                count = int(np.prod(shape))
                by_month = array.reshape(months, array.shape[1], count)
                if first < own:
                    wide = in_lanes(np.moveaxis(by_month, 0, 1), self.members)
                    each[:, :, first : first + count] = wide
                else:
                    alike[:, first - own : first - own + count] = np.moveaxis(by_month, 1, -1)
        do = self._bare if bare else self._play
        places = (array.ctypes.data for array in (self.table, each, alike))
        do(*places, blocks, months, int(goes_on))
        for what, rows in self.layout.flags.items():
            if self.table[:, rows].any():
                raise NotConverged(f"{what} did not settle")

    def _room(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        """Return room that is used again, as it was left."""
        size = int(np.prod(shape))
        if name not in self._rooms or self._rooms[name].size < size:
            self._rooms[name] = aligned((size,))
        return self._rooms[name][:size].reshape(shape)

    def output(self, name: str) -> np.ndarray:
        """Return what has been made, shape (member, *own)."""
        first, own = self.layout.made[name]
        rows = self.table[:, first : first + int(np.prod(own))]
        return np.moveaxis(rows, -1, 1).reshape(-1, *own)[: self.members]


def in_lanes(array: np.ndarray, members: int) -> np.ndarray:
    """Return an array (member or 1, ...) in blocks with members side by side: (block, ..., lane).

    The last block is filled up with its last member.
    """
    if len(array) == 1:
        return array[..., None]
    missing = -members % LANES
    if missing:
        array = np.concatenate([array, np.broadcast_to(array[-1:], (missing, *array.shape[1:]))])
    return np.moveaxis(array.reshape(-1, LANES, *array.shape[1:]), 1, -1)


def aligned(shape: tuple[int, ...]) -> np.ndarray:
    """Return room for numbers that begins at a cache line."""
    count = int(np.prod(shape))
    room = np.zeros(count + LANES)
    skipped = -(room.ctypes.data // 8) % LANES
    return room[skipped : skipped + count].reshape(shape)


def _ndim(one: Any) -> int:
    return one.seen.ndim if isinstance(one, Note) else np.ndim(one)
