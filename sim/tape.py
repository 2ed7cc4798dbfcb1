"""A month recorded once and played many times: the same operations, in the same order, to the bit.

The rules are written once, for arrays of any size. Played as written, they spend most of their
time on what does not change from month to month, on what nobody asks for, and on making room for
every step. A tape does away with that: the month runs once while every operation is noted
(`sim.noting`); what follows from the members alone is then computed once for all months, what is
not wanted is left out, and what only moves numbers about costs nothing.

On a tape every number of the month has a row, one place for each member. Exactly rounded
arithmetic runs over rows in compiled code (`sim.rows`); exponentials, logarithms and the rules
that solve for something are called as the month itself calls them, as another exponential would
differ in the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from sim import rows
from sim.noting import Note, NotRecordable, rests_on

Numbers = np.ndarray
"""Which number of the month stands at each place of an array, shape (1, *own)."""


@dataclass(frozen=True)
class Call:
    """A function that is called with numbers as they are there, and fills others."""

    function: Callable[..., Any]
    inputs: tuple[Numbers, ...]
    outputs: tuple[Numbers, ...]
    elementwise: bool
    monthly: bool


class Score:
    """The numbers of a month, each known by its place in a list, and how they come about."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, ...] | None] = []  # None: put in, fixed, or made by a call
        self.monthly: list[bool] = []
        self.fixed: dict[int, float] = {}
        self.known: dict[tuple[Any, ...], int] = {}
        self.of_note: dict[int, Numbers] = {}
        self.inputs: dict[tuple[Any, ...], Numbers] = {}
        self.calls: list[Call] = []
        self.made_by: dict[int, tuple[Numbers, ...]] = {}  # by the note of a rule

    def write(self, note: Note) -> None:
        """Add what a note stands for."""
        if note.kind == "part":
            self.of_note[id(note)] = self.made_by[id(note.inputs[0])][note.key[0]]
        else:
            self.of_note[id(note)] = getattr(self, f"_{note.kind}")(note)

    def new(self, monthly: bool, step: tuple[int, ...] | None = None) -> int:
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

    def step(self, what: int, *inputs: int) -> int:
        """Return the number that a step gives; one that is there already where it is the same."""
        same = self._same(what, inputs)
        if same is not None:
            return same
        key = (what, *inputs)
        if key not in self.known:
            monthly = any(self.monthly[one] for one in inputs)
            self.known[key] = self.new(monthly, key)
        return self.known[key]

    def _same(self, what: int, inputs: tuple[int, ...]) -> int | None:
        """Return a number that a step leaves as it is (but for the sign of a zero), or None."""
        told = [self.fixed.get(one) for one in inputs]
        if what in (rows.ADD, rows.MULTIPLY):
            nothing = 0.0 if what == rows.ADD else 1.0
            for one, other in ((0, 1), (1, 0)):
                if told[one] == nothing:
                    return inputs[other]
                if what == rows.MULTIPLY and told[one] == 0.0:
                    return self.constant(0.0)
        if (what == rows.SUBTRACT and told[1] == 0.0) or (what == rows.DIVIDE and told[1] == 1.0):
            return inputs[0]
        if what == rows.CHOOSE and told[0] is not None:
            return inputs[1] if told[0] else inputs[2]
        return None

    def _input(self, note: Note) -> Numbers:
        self.inputs[note.key] = self.some(note.own, note.monthly)
        return self.inputs[note.key]

    def _ufunc(self, note: Note) -> Numbers:
        inputs = np.broadcast_arrays(*(self.numbers(i, note.seen.ndim) for i in note.inputs))
        what = rows.STEP_OF.get(note.call)
        if what is None:
            return self._called(note.call, inputs)
        flat = zip(*(array.ravel().tolist() for array in inputs), strict=True)
        made = [self.step(what, *together) for together in flat]
        return np.array(made, dtype=np.int64).reshape(inputs[0].shape)

    def _called(self, function: np.ufunc, inputs: Sequence[Numbers]) -> Numbers:
        """Return what a function gives that is no step: called once for all new numbers."""
        asked = list(zip(*(array.ravel().tolist() for array in inputs), strict=True))
        new = [key for key in dict.fromkeys(asked) if (function, *key) not in self.known]
        for monthly in (False, True):
            some = [key for key in new if any(self.monthly[one] for one in key) is monthly]
            if some:
                outputs = self.some((len(some),), monthly)
                arrays = tuple(np.array([column]) for column in zip(*some, strict=True))
                self.calls.append(Call(function, arrays, (outputs,), True, monthly))
                self.known |= {
                    (function, *key): int(k) for key, k in zip(some, outputs[0], strict=True)
                }
        made = [self.known[function, *key] for key in asked]
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
        made = [self.step(rows.CHOOSE, *together) for together in flat]
        return np.array(made, dtype=np.int64).reshape(inputs[0].shape)

    def _join(self, note: Note) -> Numbers:
        parts = [self.numbers(part, note.seen.ndim) for part in note.inputs]
        return np.concatenate(parts, axis=note.key[0])

    def _rule(self, note: Note) -> Numbers:
        inputs = tuple(self.numbers(one, _ndim(one)) for one in note.inputs)
        monthly = any(self.monthly[k] for array in inputs for k in array.ravel().tolist())
        outputs = tuple(self.some(shape, monthly) for shape in note.call.shapes)
        self.calls.append(Call(note.call.found, inputs, outputs, False, monthly))
        self.made_by[id(note)] = outputs
        return outputs[0]


def _ndim(one: Any) -> int:
    return one.seen.ndim if isinstance(one, Note) else one.ndim


Stretch = tuple[list[tuple[int, ...]], Call | None, tuple[slice, ...]]
"""Steps [what, to, from ...], the call after them, and the rows from which it is called."""

LaidOut = tuple[np.ndarray, Call | None, tuple[slice, ...]]
"""The same with rows in place of numbers: a table (step, [what, to, from, from, from])."""


class Layout:
    """Where every number of a tape stands, and what is done in which order."""

    def __init__(self, score: Score, outputs: Sequence[Numbers]) -> None:
        self.score = score
        self.row: dict[int, int] = {}  # of numbers that keep their row
        self.height = 0
        made = [array for call in score.calls for array in call.outputs]
        for array in (*score.inputs.values(), *made):
            self.place(array)
        for number in score.fixed:
            self.row[number] = self.new_row()
        self.done_once: set[int] = set()
        self.done_monthly: set[int] = set()
        self.free: list[int] = []  # rows that may be used again
        self.lasting: dict[int, None] = {}  # steps done once that a month asks for
        self.outputs: list[slice] = []
        monthly = [self.before(call) for call in score.calls if call.monthly]
        monthly.append(self.at_the_end(outputs))
        once = [self.before(call) for call in score.calls if not call.monthly]
        once.append((self.leading_to(list(self.lasting), once=True), None, ()))
        for number in self.lasting:
            self.row[number] = self.new_row()
        self.passes = tuple(self.with_rows(stretches) for stretches in (once, monthly))

    def new_row(self) -> int:
        self.height += 1
        return self.height - 1

    def place(self, array: Numbers) -> None:
        """Give the numbers of an array rows one after another."""
        for number in array.ravel().tolist():
            self.row[number] = self.new_row()

    def before(self, call: Call) -> Stretch:
        """Return what is to be done before a call."""
        steps: list[tuple[int, ...]] = []
        places = tuple(self.together(array, steps, not call.monthly) for array in call.inputs)
        return steps, call, places

    def at_the_end(self, outputs: Sequence[Numbers]) -> Stretch:
        """Return what is to be done after the last call, and where outputs are then found."""
        steps: list[tuple[int, ...]] = []
        self.outputs = [self.together(array, steps, False, alone=True) for array in outputs]
        return steps, None, ()

    def together(
        self, array: Numbers, steps: list[tuple[int, ...]], once: bool, alone: bool = False
    ) -> slice:
        """Return rows one after another in which the numbers of an array stand after the steps."""
        flat = array.ravel().tolist()
        steps += self.leading_to(flat, once)
        stands = [self.row.get(number, -1) for number in flat]
        if (
            not alone
            and stands == list(range(stands[0], stands[0] + len(stands)))
            and stands[0] >= 0
        ):
            return slice(stands[0], stands[0] + len(stands))
        first = self.height
        for number in flat:
            copy = self.score.new(monthly=not once)
            self.row[copy] = self.new_row()
            steps.append((rows.COPY, copy, number))
        return slice(first, self.height)

    def leading_to(self, wanted: Sequence[int], once: bool) -> list[tuple[int, ...]]:
        """Return the steps that lead to numbers, each as late as can be, as far as still to do."""
        score, steps = self.score, []
        left = [(number, False) for number in reversed(wanted)]
        done = self.done_once if once else self.done_monthly
        while left:
            number, ready = left.pop()
            step = score.steps[number]
            if step is None or number in done:
                continue
            if not once and not score.monthly[number]:
                self.lasting[number] = None
            elif ready:
                done.add(number)
                steps.append((step[0], number, *step[1:]))
            else:
                left.append((number, True))
                left += [(one, False) for one in reversed(step[1:])]
        return steps

    def with_rows(self, stretches: Sequence[Stretch]) -> list[LaidOut]:
        """Return the steps of stretches with rows for numbers; free rows are used again."""
        last: dict[int, int] = {}
        at = 0
        for steps, _, _ in stretches:
            for step in steps:
                last |= dict.fromkeys(step[2:], at)
                at += 1
        row, free, at = dict(self.row), self.free, 0
        laid_out = []
        for steps, call, places in stretches:
            table = np.zeros((len(steps), 5), dtype=np.int32)
            for k, (what, to, *inputs) in enumerate(steps):
                if to not in row:
                    row[to] = free.pop() if free else self.new_row()
                table[k, : 2 + len(inputs)] = what, row[to], *(row[one] for one in inputs)
                gone = {one for one in inputs if last[one] == at and one not in self.row}
                free += [row[one] for one in gone]
                at += 1
            laid_out.append((table, call, places))
        return laid_out


class Tape:
    """The steps of a month laid out on rows, ready to be done again for a block of members."""

    def __init__(self, members: int, outputs: Mapping[str, Note], steps: ModuleType) -> None:
        self.steps = steps
        score = Score()
        for note in rests_on(outputs.values()):
            score.write(note)
        wanted = [score.of_note[id(note)] for note in outputs.values()]
        layout = Layout(score, wanted)
        self.table = np.zeros((layout.height, members))
        for number, fixed in score.fixed.items():
            self.table[layout.row[number]] = fixed
        self.inputs = {
            key: self.array(layout.row[int(numbers.flat[0])], numbers.shape[1:])
            for key, numbers in score.inputs.items()
        }
        self.outputs = {
            name: self.array(place.start, numbers.shape[1:])
            for name, place, numbers in zip(outputs, layout.outputs, wanted, strict=True)
        }
        self.once, self.monthly = (
            [(table, self.calling(layout, call, places)) for table, call, places in stretches]
            for stretches in layout.passes
        )

    def array(self, first: int, own: tuple[int, ...]) -> np.ndarray:
        """Return rows as an array, shape (member, *own)."""
        rows_of = self.table[first : first + int(np.prod(own))]
        return np.moveaxis(rows_of.reshape(*own, -1), -1, 0)

    def calling(
        self, layout: Layout, call: Call | None, places: Sequence[slice]
    ) -> Callable[[], Any] | None:
        """Return a call with the rows that it reads and fills."""
        if call is None:
            return None
        first = [layout.row[int(numbers.flat[0])] for numbers in call.outputs]
        if call.elementwise:
            out = self.table[first[0] : first[0] + call.outputs[0].size]
            return partial(call.function, *(self.table[place] for place in places), out=out)
        inputs = [
            self.array(place.start, numbers.shape[1:])
            for place, numbers in zip(places, call.inputs, strict=True)
        ]
        outputs = [
            self.array(row, numbers.shape[1:])
            for row, numbers in zip(first, call.outputs, strict=True)
        ]
        return partial(_fill, call.function, inputs, outputs)

    def begin(self, arrays: Mapping[tuple[str, str], np.ndarray]) -> None:
        """Take in what stays the same in all months of a block, and what follows from it."""
        self.put_in(arrays)
        self._do(self.once)

    def put_in(self, arrays: Mapping[tuple[str, str], np.ndarray]) -> None:
        """Take in arrays from outside, as far as they are asked for."""
        for key, array in arrays.items():
            if key in self.inputs:
                np.copyto(self.inputs[key], array)

    def play(self) -> None:
        """Do a month."""
        self._do(self.monthly)

    def _do(self, stretches: Sequence[tuple[np.ndarray, Callable[[], Any] | None]]) -> None:
        for steps, call in stretches:
            self.steps.play(steps, self.table)
            if call:
                call()


def _fill(
    rule: Callable[..., tuple[np.ndarray, ...]],
    inputs: Sequence[np.ndarray],
    outputs: Sequence[np.ndarray],
) -> None:
    """Write what a rule gives to where it belongs."""
    for room, found in zip(outputs, rule(inputs), strict=True):
        np.copyto(room, found)
