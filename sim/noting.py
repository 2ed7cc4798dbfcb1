"""Noting what a month does with arrays while it runs once.

An array that is `Marked` does what rules do with arrays, and writes it down in a notebook. Two
operations that are the same are noted once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.solving import State, Step, repeated
from sim.steps import ADD, STEP_OF


class NotRecordable(Exception):
    """The month asked something of an array that a tape cannot ask again."""


@dataclass(eq=False)
class Note:
    """One operation, or an array that is put in from outside."""

    place: int  # in the order of noting
    kind: str  # input | step | view | reshape | pick | where | join | loop | part
    call: Any
    inputs: tuple[Any, ...]  # notes, arrays and numbers
    seen: np.ndarray  # what it gave when it was recorded
    monthly: bool  # False: the same in all months of a block
    by_member: bool
    key: tuple[Any, ...] = ()  # the quantity put in, or what else the call is told

    @property
    def own(self) -> tuple[int, ...]:
        return self.seen.shape[1:]

    def notes(self) -> list[Note]:
        return [one for one in self.inputs if isinstance(one, Note)]


@dataclass
class Notebook:
    """All that was noted, with what is done twice noted once."""

    members: int
    notes: list[Note] = field(default_factory=list)
    known: dict[tuple[Any, ...], Note] = field(default_factory=dict)

    def put_in(self, key: tuple[str, str], array: np.ndarray, monthly: bool) -> Marked:
        note = Note(
            len(self.notes), "input", None, (), array, monthly, len(array) == self.members, key
        )
        self.notes.append(note)
        return Marked(self, note)

    def note(
        self, kind: str, call: Any, inputs: Sequence[Any], seen: np.ndarray, *told: Any
    ) -> Marked:
        """Return the result of an operation, noted."""
        plain = tuple(one.note if isinstance(one, Marked) else one for one in inputs)
        key = (kind, call, *(_identity(one) for one in plain), *map(_identity, told))
        if key not in self.known:
            above = [one for one in plain if isinstance(one, Note)]
            monthly = any(one.monthly for one in above)
            by_member = any(one.by_member for one in above)
            made = Note(len(self.notes), kind, call, plain, seen, monthly, by_member, told)
            self.known[key] = made
            self.notes.append(made)
        return Marked(self, self.known[key])


def _identity(one: Any) -> Any:
    """Return what makes two inputs the same."""
    if isinstance(one, np.ndarray):
        return one.shape, one.dtype.str, one.tobytes()
    if isinstance(one, tuple):
        return tuple(map(_identity, one))
    if isinstance(one, slice):
        return "slice", one.start, one.stop, one.step
    return one


def _seen(one: Any) -> Any:
    return one.note.seen if isinstance(one, Marked) else one


class Marked(np.lib.mixins.NDArrayOperatorsMixin):
    """An array whose use is noted. It does what rules do with arrays, and nothing else."""

    __slots__ = ("book", "note")

    def __init__(self, book: Notebook, note: Note) -> None:
        self.book = book
        self.note = note

    __class__ = property(lambda self: np.ndarray)  # for who checks what a rule is given
    shape = property(lambda self: self.note.seen.shape)
    ndim = property(lambda self: self.note.seen.ndim)
    dtype = property(lambda self: self.note.seen.dtype)

    def __len__(self) -> int:
        return len(self.note.seen)

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        raise NotRecordable("an array was asked for its numbers")

    def __bool__(self) -> bool:
        raise NotRecordable("a branch depends on a number")

    def any(self, axis: int | None = None) -> Any:
        """Return where any is, along an axis; True for all: what is not there may be next month."""
        if axis is not None:
            return self._along(np.logical_or, axis)
        if not self.note.monthly:
            raise NotRecordable("a branch depends on the members")
        return True

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **told: Any) -> Marked:
        if method != "__call__" or told:
            raise NotRecordable(f"{ufunc.__name__}.{method} with {sorted(told)}")
        if ufunc not in STEP_OF:
            raise NotRecordable(f"numpy.{ufunc.__name__}")
        return self.book.note("step", STEP_OF[ufunc], inputs, ufunc(*map(_seen, inputs)))

    def __array_function__(
        self, function: Callable[..., Any], _: Any, inputs: tuple[Any, ...], told: dict[str, Any]
    ) -> Marked:
        if function not in RECORDED_FUNCTIONS:
            raise NotRecordable(f"numpy.{function.__name__}")
        made: Marked = RECORDED_FUNCTIONS[function](self.book, *inputs, **told)
        return made

    def __getitem__(self, place: Any) -> Marked:
        places = place if isinstance(place, tuple) else (place,)
        seen = self.note.seen[places]
        if not any(isinstance(one, np.ndarray | list) for one in places):
            return self._view(lambda array: array[places], "of", places)
        leading, picked = places[:-1], np.asarray(places[-1])
        if picked.ndim != 1 or any(not _whole(one) for one in leading) or not leading:
            raise NotRecordable("picked along another axis than the last")
        axis = self.ndim - 1 if Ellipsis in leading else len(leading)
        if picked.dtype == bool:
            picked = np.flatnonzero(picked)
        return self.book.note("pick", None, (self,), seen, axis, picked % self.shape[axis])

    def _view(self, look: Callable[[np.ndarray], np.ndarray], *told: Any) -> Marked:
        return self.book.note("view", _Look(look, told), (self,), look(self.note.seen))

    def noted_step(self, function: Callable[..., Any]) -> Marked:
        """Return a function of each number, noted as one step."""
        return self.book.note("step", STEP_OF[function], (self,), function(self.note.seen))

    def noted_loop(
        self, step: Step, state: State, fixed: State, most: int, what: str
    ) -> tuple[Marked, ...]:
        """Return what a state has become after a repeated step, noted as a loop."""
        return _loop(self.book, step, state, fixed, most, what)

    def reshape(self, *shape: Any) -> Marked:
        """Return the same numbers with own axes put together or apart."""
        asked = shape[0] if isinstance(shape[0], tuple) else shape
        seen = self.note.seen.reshape(asked)
        own = seen.shape[1:]
        if self.note.kind == "view":  # its numbers may not lie side by side
            return self.book.note("reshape", None, (self,), seen)
        return self._view(lambda array: array.reshape(len(array), *own), "reshape", own)

    def astype(self, kind: type) -> Marked:
        if kind is not float:
            raise NotRecordable(f"numbers cannot be noted as {kind}")
        return self.book.note("step", ADD, (self, 0.0), self.note.seen.astype(kind))

    def copy(self) -> Marked:
        return self

    def max(self, axis: int, keepdims: bool = False) -> Any:
        """Return the largest along an axis, compared from first to last."""
        largest = self._along(np.maximum, axis)
        return np.expand_dims(largest, axis % self.ndim) if keepdims else largest

    def _along(self, function: Callable[..., Any], axis: int) -> Any:
        """Return what a function of two gives along an axis, from first to last."""
        along = axis % self.ndim
        parts = [self[(*(slice(None),) * along, k)] for k in range(self.shape[along])]
        found: Any = parts[0]
        for part in parts[1:]:
            found = function(found, part)
        return found


@dataclass(frozen=True)
class _Look:
    """A way to look at an array; alike if it was told alike."""

    look: Callable[[np.ndarray], np.ndarray] = field(compare=False)
    told: tuple[Any, ...]

    def __hash__(self) -> int:
        return hash(_identity(self.told))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Look) and _identity(self.told) == _identity(other.told)


def _whole(place: Any) -> bool:
    return place is Ellipsis or (isinstance(place, slice) and place == slice(None))


def _where(book: Notebook, condition: Any, one: Any, other: Any) -> Marked:
    inputs = (condition, one, other)
    return book.note("where", None, inputs, np.where(*map(_seen, inputs)))


def _concatenate(book: Notebook, parts: Sequence[Any], axis: int = 0) -> Marked:
    arrays = [_seen(part) for part in parts]
    members = max(map(len, arrays))
    wide = [np.broadcast_to(array, (members, *array.shape[1:])) for array in arrays]
    seen = np.concatenate(wide, axis=axis)
    return book.note("join", None, parts, seen, axis % seen.ndim)


def _stack(book: Notebook, parts: Sequence[Any], axis: int = 0) -> Marked:
    dimensions = max(_seen(part).ndim for part in parts) + 1
    wide = [np.expand_dims(part, axis % dimensions) for part in parts]
    return _concatenate(book, wide, axis % dimensions)


def _moveaxis(book: Notebook, array: Marked, source: int, goal: int) -> Marked:
    return array._view(lambda a: np.moveaxis(a, source, goal), "moveaxis", source, goal)


def _expand_dims(book: Notebook, array: Marked, axis: int) -> Marked:
    return array._view(lambda a: np.expand_dims(a, axis), "expand", axis)


def _broadcast_to(book: Notebook, array: Marked, shape: tuple[int, ...]) -> Marked:
    own = shape[1:]

    def look(a: np.ndarray) -> np.ndarray:
        return np.broadcast_to(a, (len(a), *own))

    seen = array.note.seen
    return book.note("view", _Look(look, ("broadcast", own)), (array,), look(seen))


def _clip(book: Notebook, array: Any, low: Any, high: Any) -> Any:
    return np.minimum(np.maximum(array, low), high)


RECORDED_FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.where: _where,
    np.concatenate: _concatenate,
    np.stack: _stack,
    np.moveaxis: _moveaxis,
    np.expand_dims: _expand_dims,
    np.broadcast_to: _broadcast_to,
    np.clip: _clip,
    np.zeros_like: lambda _, like: np.zeros_like(like.note.seen),
    np.ones_like: lambda _, like: np.ones_like(like.note.seen),
}
"""What a month may do with arrays beside arithmetic."""


# A step that is repeated ----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Loop:
    """A step that is repeated: what goes in, in a notebook of its own, and what comes out."""

    inputs: tuple[Note, ...]  # the state, then what is fixed
    outputs: tuple[Any, ...]  # the state after the step
    most: int
    what: str  # told if something is left after that


def _loop(
    book: Notebook, step: Step, state: State, fixed: State, most: int, what: str
) -> tuple[Marked, ...]:
    """Return what a state has become after a repeated step: one note, and a part for each."""
    inputs = (*state, *fixed)
    there = repeated(step, [_seen(one) for one in state], [_seen(one) for one in fixed], most, what)
    inside = Notebook(book.members)
    marked = [
        inside.put_in(("loop", str(k)), np.asarray(_seen(one)), True)
        for k, one in enumerate(inputs)
    ]
    made: tuple[Any, ...] = step(*marked)
    after = tuple(one.note if isinstance(one, Marked) else one for one in made)
    loop = Loop(tuple(one.note for one in marked), after, most, what)
    whole = book.note("loop", loop, inputs, there[0])
    parts = [book.note("part", None, (whole,), seen, k) for k, seen in enumerate(there) if k]
    return whole, *parts


def rests_on(outputs: Iterable[Note]) -> list[Note]:
    """Return all notes that these rest on, in the order in which they were made."""
    found: dict[int, Note] = {}
    left = list(outputs)
    while left:
        note = left.pop()
        if id(note) not in found:
            found[id(note)] = note
            left.extend(note.notes())
    return sorted(found.values(), key=lambda note: note.place)
