"""A month recorded once and played many times: the same operations, in the same order, to the bit.

The rules are written once, for arrays of any size. Played as written, they spend most of their
time on what does not change from month to month, on what nobody asks for, and on making room for
every step. A tape does away with that: the month runs once while every operation is noted
(`sim.noting`); what follows from the members alone is then computed once for all months, what is
not wanted is left out, what only moves numbers about costs nothing, and the rest is machine code
(`sim.machine`) for a few members side by side, whose numbers of a month fit the cache.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.machine import LANES, ROOM, ROW, Lines, Program, Writer, call_on, function, looped
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
    loop: tuple[Function, int] | None = None  # and the first row of its own


@dataclass(frozen=True)
class Function:
    """A function that repeats a step: it is the same wherever its rows are."""

    name: str
    room: int  # rows that it needs beside its own: those of its state, and of what is fixed
    what: str  # told if something is left in the end; the row behind its own says so


class Rows:
    """Rows that are given out; single ones are given again when they are free."""

    def __init__(self, first: int = 0) -> None:
        self.height = first
        self.free: list[int] = []

    def some(self, count: int) -> int:
        """Return the first of so many rows, one after another."""
        self.height += count
        return self.height - count

    def one(self) -> int:
        return self.free.pop() if self.free else self.some(1)


class Order:
    """What is done, in order, to get from numbers that stand in rows to others."""

    def __init__(self, text: Text, score: Score, row: dict[int, int], rows: Rows) -> None:
        self.text = text
        self.score = score
        self.row = row
        self.rows = rows
        self.chunks: list[Chunk] = []
        self.flags: dict[str, list[int]] = {}  # what may not settle, and the rows that tell
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
        first = self.rows.some(len(wanted) + 1)
        self.fill(wanted, first, lasting)
        self.chunks[-1].loop = self.text.loop(call), first
        if call.loop.what:
            self.flags.setdefault(call.loop.what, []).append(first + len(wanted))
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


Called = tuple[str, int, int]
"""A function, the first row of its own, and the first of the room that it may use."""


class Text:
    """The functions of a tape, as text; loops are texts of their own, as other tapes have them."""

    def __init__(self) -> None:
        self.functions: list[str] = []
        self.loops: dict[str, str] = {}
        self.written: dict[int, Function] = {}

    def ordered(self, name: str, order: Order) -> list[list[Called]]:
        """Write functions for what is in order; return those of each chunk.

        What one of them makes and a later one asks for is given a row. A loop may use the rows
        behind all others.
        """
        last: dict[int, int] = {}
        for k, chunk in enumerate(order.chunks):
            asked = [one for number in chunk.steps for one in order.score.inputs_of(number)]
            last |= dict.fromkeys((*asked, *(number for number, _ in chunk.fills)), k)
        row, found = dict(order.row), list[list[Called]]()
        free_after: list[list[int]] = [[] for _ in order.chunks]
        for k, chunk in enumerate(order.chunks):
            for number in chunk.steps:
                if number not in row and last[number] > k:
                    row[number] = order.rows.one()
                    free_after[last[number]].append(row[number])
            found.append([(self.steps(f"{name}_{k}", order.score, row, chunk), 0, ROOM)])
            if chunk.loop:
                found[-1].append((chunk.loop[0].name, chunk.loop[1], BEHIND))
            order.rows.free += free_after[k]
        return found

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

    def loop(self, call: Call) -> Function:
        """Write the function that repeats a step until nothing is left to do."""
        if id(call) not in self.written:
            inside = Text()
            made, text = inside.repeated(call)
            self.written[id(call)] = made
            self.loops |= {**inside.loops, made.name: text}
        return self.written[id(call)]

    def repeated(self, call: Call) -> tuple[Function, str]:
        """Return a loop as a function, and its text; what it writes down is in its room."""
        loop, inside, rows = call.loop, call.inside, Rows(ROOM)
        known = flat(inside.inputs["loop", str(k)] for k in range(len(loop.inputs)))
        order = Order(self, inside, dict(zip(known, range(len(known)), strict=True)), rows)
        for nested in inside.calls:
            order.call(nested)
        after = flat(inside.outputs(loop))
        next_state = rows.some(len(after))
        order.fill(after, next_state)
        body = [one for some in self.ordered("part", order) for one in some]
        body.append((self.copied("turned", [(next_state, 0, len(after))]), 0, ROOM))
        nested_ones = [chunk.loop[0] for chunk in order.chunks if chunk.loop]
        if any(one.what for one in nested_ones):
            raise NotRecordable("a loop within a loop that must settle")
        room = rows.height - ROOM + max((one.room for one in nested_ones), default=0)
        body = [(n, own, rows.height if at == BEHIND else at) for n, own, at in body]
        left, flag = range(call.outputs[0].size), len(known)
        self.functions.append(looped("LOOP", body, left, loop.most, flag))
        declared = [f"declare void @{one.name}(ptr, ptr)" for one in dict.fromkeys(nested_ones)]
        text = "\n".join([*declared, *self.functions])
        name = f"loop_{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}"
        text = text.replace("internal void @LOOP(", f"void @{name}(")
        return Function(name, room, loop.what), text

    def called(self, name: str, functions: Iterable[Called], behind: int) -> None:
        """Write a function that calls others, one after another."""
        lines = Lines()
        for other, own, room in functions:
            call_on(lines, other, own, behind if room == BEHIND else 0)
        self.functions.append(function(name, lines.lines))

    def copied(self, name: str, pairs: Iterable[tuple[int, int, int]]) -> str:
        """Write a function that copies rows: from, to, how many."""
        lines = Lines()
        for source, goal, count in pairs:
            size = count * LANES * BYTES
            told = f"ptr {lines.place(goal)}, ptr {lines.place(source)}, i64 {size}, i1 0"
            lines.do(f"call void @llvm.memcpy.p0.p0.i64({told})")
        self.functions.append(function(name, lines.lines))
        return name


BEHIND = -1
"""Stands for the rows behind all others, where a loop finds room for the while."""

BYTES = 8
"""Bytes of a number."""

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
  call void @once(ptr %rows, ptr %rows)
  %k1 = add i64 %k, 1
  br label %head
end:
  ret void
}}
"""

PLAY = """
define void @{name}(ptr %table, ptr %alike, ptr %each, ptr %places, i64 %own, i64 %blocks,
                    i64 %months, i64 %goes_on) {{
  br label %head
head:
  %k = phi i64 [0, %0], [%k1, %next]
  %more = icmp ult i64 %k, %blocks
  br i1 %more, label %block, label %end
block:
  %offset = mul i64 %k, {height}
  %rows = getelementptr {row}, ptr %table, i64 %offset
  %size = mul i64 %months, %own
  %skipped = mul i64 %k, %size
  %of_block = getelementptr {row}, ptr %each, i64 %skipped
  br label %month
month:
  %m = phi i64 [0, %block], [%m1, %played]
  %any = icmp ult i64 %m, %months
  br i1 %any, label %turning, label %next
turning:
  %later = or i64 %m, %goes_on
  %turns = icmp ne i64 %later, 0
  br i1 %turns, label %turned, label %putting
turned:
  call void @turn(ptr %rows, ptr %rows)
  br label %putting
putting:
  %alike_at = mul i64 %m, {monthly}
  %put_alike = getelementptr double, ptr %alike, i64 %alike_at
  %at = mul i64 %m, %own
  %put_each = getelementptr {row}, ptr %of_block, i64 %at
  br label %alike_head
alike_head:
  %a = phi i64 [0, %putting], [%a1, %alike_body]
  %a_more = icmp ult i64 %a, {monthly}
  br i1 %a_more, label %alike_body, label %each_head
alike_body:
  %a_from = getelementptr double, ptr %put_alike, i64 %a
  %number = load double, ptr %a_from
  %in_one = insertelement {row} undef, double %number, i32 0
  %in_all = shufflevector {row} %in_one, {row} undef, <{lanes} x i32> zeroinitializer
  %a_to = getelementptr {row}, ptr %rows, i64 %a
  store {row} %in_all, ptr %a_to
  %a1 = add i64 %a, 1
  br label %alike_head
each_head:
  %e = phi i64 [0, %alike_head], [%e1, %each_body]
  %e_more = icmp ult i64 %e, %own
  br i1 %e_more, label %each_body, label %played
each_body:
  %e_from = getelementptr {row}, ptr %put_each, i64 %e
  %numbers = load {row}, ptr %e_from
  %place_at = getelementptr i64, ptr %places, i64 %e
  %place = load i64, ptr %place_at
  %e_to = getelementptr {row}, ptr %rows, i64 %place
  store {row} %numbers, ptr %e_to
  %e1 = add i64 %e, 1
  br label %each_head
played:
  call void @{month}(ptr %rows, ptr %rows)
  %m1 = add i64 %m, 1
  br label %month
next:
  %k1 = add i64 %k, 1
  br label %head
end:
  ret void
}}
"""
"""Blocks of members one after another, each through all its months while its rows are at hand.

Every month what is put in is first the same for all members, then what each has for itself.
"""


# Played ---------------------------------------------------------------------------------------

Key = tuple[str, str]

OUTSIDE, BEFORE = ("drivers", "shocks", "held"), "before"
"""What is put in every month; and what the month before has left."""


@dataclass(frozen=True)
class Layout:
    """Which rows hold what, as it may be kept in a file."""

    put_in: dict[Key, tuple[int, tuple[int, ...]]]  # first row, own shape
    made: dict[str, tuple[int, tuple[int, ...]]]
    monthly: int  # rows that are put in every month: the first ones
    height: int  # all rows
    flags: dict[str, list[int]]  # what may not settle, and the rows that tell
    loops: list[str]  # the texts that it needs beside its own

    def kept(self) -> list[Any]:
        """Return all of it in lists, for a file."""
        put_in = [[*key, *place] for key, place in self.put_in.items()]
        sizes = self.monthly, self.height
        return [put_in, list(self.made.items()), sizes, self.flags, self.loops]

    @staticmethod
    def read(kept: Sequence[Any]) -> Layout:
        """Return a layout as it was kept."""
        put_in, made, (monthly, height), flags, loops = kept
        return Layout(
            {(group, name): (first, tuple(own)) for group, name, first, own in put_in},
            {name: (first, tuple(own)) for name, (first, own) in made},
            monthly, height, flags, loops,
        )  # fmt: skip


def written(
    outputs: Mapping[str, Any], handed_on: Collection[str] = ()
) -> tuple[Layout, dict[str, str]]:
    """Return a month that makes some outputs (notes, or arrays that are fixed): rows and texts.

    Those that are handed on can be made alone, for months in which nothing else is asked for.
    """
    score = Score()
    for note in rests_on(one for one in outputs.values() if isinstance(one, Note)):
        score.write(note)
    wanted = {name: score.numbers(one, _ndim(one)) for name, one in outputs.items()}
    rows, row = Rows(), dict[int, int]()
    put_in: dict[Key, tuple[int, tuple[int, ...]]] = {}
    monthly_rows = 0
    for key in sorted(score.inputs, key=lambda key: (key[0] not in OUTSIDE, key)):
        numbers = score.inputs[key]
        put_in[key[0], key[1]] = rows.some(numbers.size), numbers.shape[1:]
        row |= zip(flat([numbers]), range(rows.height - numbers.size, rows.height), strict=True)
        monthly_rows += numbers.size if key[0] in OUTSIDE else 0
    made = {name: (rows.some(one.size), one.shape[1:]) for name, one in wanted.items()}
    text, lasting = Text(), dict[int, None]()
    monthly = Order(text, score, row, rows)
    some = [name for name in wanted if name in handed_on]
    needed = score.loops_for(flat(wanted[name] for name in some))
    bare = 0
    for names in (some, [name for name in wanted if name not in handed_on]):
        for call in score.calls:
            if call.monthly and (call in needed) == (names is some):
                monthly.call(call, lasting)
        for name in names:
            monthly.fill(flat([wanted[name]]), made[name][0], lasting)
        bare = bare or len(monthly.chunks)
    once = Order(text, score, row, rows)
    for call in score.calls:
        if not call.monthly:
            once.call(call)
    first = rows.some(len(lasting))
    row |= zip(lasting, range(first, rows.height), strict=True)
    once.fill(list(lasting), first)
    of_once, of_month = text.ordered("first", once), text.ordered("every", monthly)
    behind = rows.height
    for name, parts in (("once", of_once), ("bare", of_month[:bare]), ("month", of_month)):
        text.called(name, [one for part in parts for one in part], behind)
    loops = [chunk.loop[0] for order in (once, monthly) for chunk in order.chunks if chunk.loop]
    rows.some(max((one.room for one in loops), default=0))
    text.copied("turn", [
        (made[name][0], put_in[BEFORE, name][0], one.size)
        for name, one in wanted.items() if (BEFORE, name) in put_in and name in handed_on
    ])  # fmt: skip
    drivers = [
        PLAY.format(
            name=name, month=month, height=rows.height, row=ROW, lanes=LANES, monthly=monthly_rows
        )
        for name, month in (("play", "month"), ("play_bare", "bare"))
    ]
    begin = BEGIN.format(height=rows.height, row=ROW)
    declared = [f"declare void @{name}(ptr, ptr)" for name in {one.name: None for one in loops}]
    texts = {MAIN: "\n".join([*declared, *text.functions, begin, *drivers]), **text.loops}
    flags = {
        what: [*once.flags.get(what, []), *monthly.flags.get(what, [])]
        for what in dict.fromkeys((*once.flags, *monthly.flags))
    }
    layout = Layout(put_in, made, monthly_rows, rows.height, flags, sorted(text.loops))
    return layout, texts


NOTHING: Mapping[tuple[str, str, tuple[int, ...]], np.ndarray] = {}
"""No entries."""

MAIN = "main"
"""The name of the text that is a tape's own."""


class Tape:
    """A month as machine code, ready to be played for any number of members."""

    def __init__(self, layout: Layout, code: Sequence[bytes]) -> None:
        self.layout = layout
        self._program = Program(code)
        self._begin = self._program.function("begin", 1, 1)
        self._play, self._bare = (
            self._program.function(name, 4, 4) for name in ("play", "play_bare")
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
        self.table[:, [row for rows in self.layout.flags.values() for row in rows]] = 0.0
        self.put_in(arrays)
        self._begin(self.table.ctypes.data, blocks)
        self._told()

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
        self,
        outside: Mapping[Key, np.ndarray],
        months: int,
        goes_on: bool,
        bare: bool = False,
        entries: Mapping[tuple[str, str, tuple[int, ...]], np.ndarray] = NOTHING,
    ) -> None:
        """Do some months, with what is put in every month: arrays (month, member or 1, *own).

        `goes_on`: from where the last months ended; else from what was put in. `bare`: make only
        what the next month needs. `entries` (month, member), by key and place, stand in the place
        of those in the arrays.
        """
        blocks = len(self.table)
        alike = self._room("alike", (months, self.layout.monthly))
        own: list[tuple[int, np.ndarray]] = []  # first row, and numbers (member, month, row)
        for key, array in outside.items():
            if key in self.layout.put_in:
                first, shape = self.layout.put_in[key]
                numbers = array.reshape(months, array.shape[1], -1)
                if array.shape[1] == 1:
                    alike[:, first : first + numbers.shape[-1]] = numbers[:, 0]
                else:
                    own.append((first, numbers.transpose(1, 0, 2)))
        for (group, name, place), numbers in entries.items():
            if (group, name) in self.layout.put_in:
                first, shape = self.layout.put_in[group, name]
                row = first + int(np.ravel_multi_index(place, shape)) if place else first
                own.append((row, numbers.T[..., None]))  # after the arrays: the last one counts
        each = self._room("each", (blocks, months, sum(n.shape[2] for _, n in own), LANES))
        places = np.concatenate(
            [np.empty(0, np.int64), *(row + np.arange(n.shape[2]) for row, n in own)]
        )
        done = 0
        for _, numbers in own:
            count = numbers.shape[2]
            each[:, :, done : done + count] = in_lanes(numbers, self.members)
            done += count
        do = self._bare if bare else self._play
        put = (array.ctypes.data for array in (self.table, alike, each, places))
        do(*put, len(places), blocks, months, int(goes_on))
        self._told()

    def _told(self) -> None:
        """Raise NotConverged where a loop has said that something is left."""
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
        return rows.transpose(0, 2, 1).reshape(-1, *own)[: self.members]


def in_lanes(array: np.ndarray, members: int) -> np.ndarray:
    """Return an array (member or 1, ...) in blocks with members side by side: (block, ..., lane).

    The last block is filled up with its last member.
    """
    if len(array) == 1:
        return array[..., None]
    missing = -members % LANES
    if missing:
        array = np.concatenate([array, np.broadcast_to(array[-1:], (missing, *array.shape[1:]))])
    return array.reshape(-1, LANES, *array.shape[1:]).transpose(0, *range(2, array.ndim + 1), 1)


def aligned(shape: tuple[int, ...]) -> np.ndarray:
    """Return room for numbers that begins at a cache line."""
    count = int(np.prod(shape))
    room = np.zeros(count + LANES)
    skipped = -(room.ctypes.data // 8) % LANES
    return room[skipped : skipped + count].reshape(shape)


def _ndim(one: Any) -> int:
    return one.seen.ndim if isinstance(one, Note) else np.ndim(one)
