"""Counting what the rules ask for: a month run once with numbers that know how they came about.

Every number of the month has a place in a list. Numbers that are the same in all members and
months are constants, and what follows from them is one too; what follows from a member alone is
there before the first month. The rest is counted, each operation once: what is asked twice, what
is multiplied by 0 or 1, and what nobody asks for is not counted.

A rule that solves for something is one operation here; what happens inside is counted by
`Tallied`, as often as it really happens.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, ClassVar
from unittest.mock import patch

import numpy as np

ADD, MULTIPLY, DIVIDE, COMPARE, SQRT, EXP, LOG = KINDS = (
    "add", "multiply", "divide", "compare", "sqrt", "exp", "log",
)  # fmt: skip
"""Kinds of operations. Subtracting is adding; comparing is also choosing, and what is done with
true and false."""

KIND_OF: dict[np.ufunc, str] = {
    np.add: ADD, np.subtract: ADD, np.negative: ADD, np.absolute: ADD,
    np.multiply: MULTIPLY, np.square: MULTIPLY,
    np.divide: DIVIDE, np.reciprocal: DIVIDE,
    np.sqrt: SQRT,
    np.exp: EXP, np.expm1: EXP, np.exp2: EXP, np.power: EXP, np.tanh: EXP,
    np.log: LOG, np.log1p: LOG,
    np.maximum: COMPARE, np.minimum: COMPARE, np.sign: COMPARE,
    np.greater: COMPARE, np.greater_equal: COMPARE, np.less: COMPARE, np.less_equal: COMPARE,
    np.equal: COMPARE, np.not_equal: COMPARE,
    np.logical_and: COMPARE, np.logical_or: COMPARE, np.logical_not: COMPARE,
    np.bitwise_and: COMPARE, np.bitwise_or: COMPARE, np.invert: COMPARE, np.isfinite: COMPARE,
}  # fmt: skip
"""What is counted, and as what. Another function is refused: nothing goes uncounted."""

CHOOSE = "choose"
MEMBER, MONTH = 1, 2
"""What a number depends on: the member, the month, both (3), or neither (0)."""

Operations = Counter[str]


class NotCounted(Exception):
    """The rules asked for something that is counted as nothing yet."""


def kind_of(function: np.ufunc) -> str:
    """Return as what a function is counted; refuse one that has no kind."""
    if function not in KIND_OF:
        raise NotCounted(f"{function.__name__} has no kind: add it to KIND_OF")
    return KIND_OF[function]


class Ledger:
    """All numbers of a month: how each came about, and what it depends on."""

    def __init__(self) -> None:
        self.made_by: list[tuple[Any, ...]] = []  # (operation, numbers ...); () for what is put in
        self.depends: list[int] = []
        self.constants: dict[str, int] = {}
        self.fixed: dict[int, float] = {}
        self.known: dict[tuple[Any, ...], int] = {}

    def new(self, depends: int, made_by: tuple[Any, ...] = ()) -> int:
        self.made_by.append(made_by)
        self.depends.append(depends)
        return len(self.depends) - 1

    def constant(self, number: float) -> int:
        key = float(number).hex()
        if key not in self.constants:
            self.constants[key] = self.new(0)
            self.fixed[self.constants[key]] = float(number)
        return self.constants[key]

    def constants_of(self, array: np.ndarray) -> np.ndarray:
        """Return the places of the numbers of an array of constants."""
        distinct, places = np.unique(np.asarray(array, dtype=float), return_inverse=True)
        found = np.array([self.constant(one) for one in distinct.tolist()], dtype=np.int64)
        return found[places].reshape(np.shape(array))

    def put_in(self, array: np.ndarray, depends: np.ndarray) -> Counted:
        """Return an array from outside; where it depends on nothing, its numbers are constants."""
        on = np.broadcast_to(depends, array.shape)
        places = np.array(
            [
                self.new(of) if of else self.constant(number)
                for number, of in zip(array.ravel().tolist(), on.ravel().tolist(), strict=True)
            ],
            dtype=np.int64,
        )
        return Counted(self, array, places.reshape(array.shape))

    def operation(self, what: Any, *inputs: int, number: float) -> int:
        """Return the place of what an operation gives, noted if it is new and does something."""
        key = (what, *inputs)
        if key not in self.known:
            on = 0
            for one in inputs:
                on |= self.depends[one]
            same = self._same(what, inputs) if on else self.constant(number)
            self.known[key] = self.new(on, key) if same is None else same
        return self.known[key]

    def _same(self, what: Any, inputs: tuple[int, ...]) -> int | None:
        """Return the number that an operation leaves as it is, if it does."""
        told = [self.fixed.get(one) for one in inputs]
        found: int | None = None
        if what is CHOOSE:
            known = told[0] is not None or inputs[1] == inputs[2]
            found = inputs[2 if told[0] == 0.0 else 1] if known else None
        elif what is np.multiply and 0.0 in told:
            found = self.constant(0.0)
        elif what in (np.add, np.multiply):
            nothing = 0.0 if what is np.add else 1.0
            left = [other for one, other in ((0, 1), (1, 0)) if told[one] == nothing]
            found = inputs[left[0]] if left else None
        elif what is np.divide and told[0] == 0.0:
            found = self.constant(0.0)
        elif told[-1] == {np.subtract: 0.0, np.divide: 1.0}.get(what, np.nan):
            found = inputs[0]
        return found

    def leading_to(self, wanted: Sequence[int]) -> set[int]:
        """Return all numbers that these rest on, and themselves."""
        found: set[int] = set()
        left = list(wanted)
        while left:
            one = left.pop()
            if one not in found:
                found.add(one)
                left += [of for of in self.made_by[one][1:] if isinstance(of, int)]
        return found

    def operations(self, numbers: set[int]) -> Operations:
        """Return the operations a run and month that make these numbers, by kind.

        What a member alone or a month alone implies is made once, for all.
        """
        found: Operations = Counter()
        for one in numbers:
            what = self.made_by[one][:1]
            if what and self.depends[one] == MEMBER | MONTH and what[0] is not SOLVED:
                found[COMPARE if what[0] is CHOOSE else kind_of(what[0])] += 1
        return found


SOLVED = "solved"
"""Stands for a rule that solves for something: its inside is counted apart."""


class Counted(np.lib.mixins.NDArrayOperatorsMixin):
    """An array with the place of each of its numbers in a ledger."""

    __slots__ = ("ledger", "places", "seen")
    __class__ = property(lambda self: np.ndarray)  # for who checks what a rule is given
    shape = property(lambda self: self.seen.shape)
    ndim = property(lambda self: self.seen.ndim)
    size = property(lambda self: self.seen.size)
    dtype = property(lambda self: self.seen.dtype)
    T = property(lambda self: self.moved(np.transpose))

    def __init__(self, ledger: Ledger, seen: np.ndarray, places: np.ndarray) -> None:
        self.ledger = ledger
        self.seen = seen
        self.places = places

    def __len__(self) -> int:
        return len(self.seen)

    def __bool__(self) -> bool:
        return bool(self.seen)

    def moved(self, function: Callable[..., Any], *told: Any, **more: Any) -> Counted:
        """Return the same numbers in other places."""
        seen, places = (function(one, *told, **more) for one in (self.seen, self.places))
        return Counted(self.ledger, np.asarray(seen), np.asarray(places))

    def places_of(self, one: Any) -> np.ndarray:
        return one.places if type(one) is Counted else self.ledger.constants_of(np.asarray(one))

    def applied(self, what: Any, seen: np.ndarray, inputs: Sequence[Any]) -> Counted:
        """Return what an operation gives for each number."""
        along = np.broadcast_arrays(*map(self.places_of, inputs))
        each = zip(*(one.ravel().tolist() for one in along), seen.ravel().tolist(), strict=True)
        places = [self.ledger.operation(what, *of, number=number) for *of, number in each]
        return Counted(self.ledger, seen, np.array(places, dtype=np.int64).reshape(seen.shape))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **told: Any) -> Counted:
        if method != "__call__" or told:
            raise NotCounted(f"{ufunc.__name__}.{method} with {sorted(told)}")
        kind_of(ufunc)
        return self.applied(ufunc, np.asarray(ufunc(*map(_seen, inputs))), inputs)

    def __array_function__(
        self, function: Callable[..., Any], _: Any, inputs: Any, told: dict[str, Any]
    ) -> Any:
        if function is np.where:
            return self.applied(CHOOSE, np.where(*map(_seen, inputs)), inputs)
        if function is np.clip:
            array, low, high = inputs
            at_least: Any = np.maximum(array, low)
            return np.minimum(at_least, high)
        if function in (np.zeros_like, np.ones_like, np.full_like):
            return function(_seen(inputs[0]), *inputs[1:], **told)
        if function in (np.concatenate, np.stack):
            seen, places = (
                function([of(one) for one in inputs[0]], *inputs[1:], **told)
                for of in (_seen, self.places_of)
            )
            return Counted(self.ledger, seen, places)
        if function in MOVES:
            return self.moved(function, *inputs[1:], **told)
        raise NotCounted(f"numpy.{function.__name__} is neither counted nor a move")

    def __getitem__(self, place: Any) -> Counted:
        return self.moved(lambda one: one[place])

    def reshape(self, *shape: Any) -> Counted:
        return self.moved(lambda one: one.reshape(*shape))

    def take(self, *told: Any, **more: Any) -> Counted:
        return self.moved(np.take, *told, **more)

    def copy(self) -> Counted:
        return self

    def astype(self, kind: type) -> Counted:
        return Counted(self.ledger, self.seen.astype(kind), self.places)

    def any(self) -> bool:
        return bool(self.seen.any())

    def all(self) -> bool:
        return bool(self.seen.all())

    def max(self, axis: int, keepdims: bool = False) -> Any:
        parts: list[Any] = [self.moved(np.take, k, axis=axis) for k in range(self.shape[axis])]
        largest = parts[0]
        for part in parts[1:]:
            largest = np.maximum(largest, part)
        return np.expand_dims(largest, axis) if keepdims else largest

    def noted_whole(self, rule: Callable[..., Any], *inputs: Any) -> Any:
        """Return what a rule gives that solves for something: new numbers that rest on all."""
        found = rule(*map(_seen, inputs))
        rests = {int(p) for one in inputs if type(one) is Counted for p in one.places.ravel()}
        on = 0
        for one in rests:
            on |= self.ledger.depends[one]

        def counted(seen: np.ndarray) -> Counted:
            made = partial(self.ledger.new, on, (SOLVED, *sorted(rests)))
            places = np.array([made() for _ in range(seen.size)], dtype=np.int64)
            return Counted(self.ledger, seen, places.reshape(seen.shape))

        return tuple(map(counted, found)) if isinstance(found, tuple) else counted(found)


MOVES = (np.moveaxis, np.expand_dims, np.broadcast_to, np.transpose, np.reshape, np.take)


def _seen(one: Any) -> Any:
    return one.seen if type(one) is Counted else one


# What happens inside a rule --------------------------------------------------------------------


class Tallied(np.ndarray):
    """An array of which every operation is counted as it happens, once for each number."""

    tally: ClassVar[Operations] = Counter()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **told: Any) -> Any:
        out = told.get("out")
        if out is not None:
            told["out"] = tuple(map(_plain, out))
        found = getattr(ufunc, method)(*map(_plain, inputs), **told)
        if method == "reduce":
            done = np.size(inputs[0]) - np.size(found)
        elif method in ("__call__", "accumulate"):
            done = np.size(found)
        else:
            raise NotCounted(f"{ufunc.__name__}.{method}")
        Tallied.tally[kind_of(ufunc)] += done
        return out[0] if out is not None else _tallied(found)

    def __array_function__(
        self, function: Callable[..., Any], types: Any, inputs: Any, told: Mapping[str, Any]
    ) -> Any:
        found = super().__array_function__(function, types, inputs, told)
        if function is np.where:
            Tallied.tally[COMPARE] += np.size(found)
        elif function is np.argsort:
            Tallied.tally[COMPARE] += int(np.size(found) * np.log2(max(np.shape(found)[-1], 1)))
        return _tallied(found)


def _plain(one: Any) -> Any:
    return one.view(np.ndarray) if isinstance(one, Tallied) else one


def _tallied(one: Any) -> Any:
    plain = isinstance(one, np.ndarray) and one.dtype.kind in "fb"
    return one.view(Tallied) if plain else one


@contextmanager
def tallying() -> Iterator[Operations]:
    """Count what is done with arrays that are made meanwhile, and with those made `Tallied`."""
    Tallied.tally = Counter()
    names = ("zeros", "empty", "ones", "full")

    def making(maker: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *shape, **told: _tallied(maker(*shape, **told))

    with ExitStack() as patched:
        for name in names:
            patched.enter_context(patch.object(np, name, making(getattr(np, name))))
        yield Tallied.tally


def tallied(rule: Callable[..., Any], *inputs: Any) -> tuple[Any, Operations]:
    """Return what a rule gives, and the operations that it took for it."""
    with tallying() as tally:
        found = rule(*map(_tallied, inputs))
    plain = tuple(map(_plain, found)) if isinstance(found, tuple) else _plain(found)
    return plain, Counter(tally)


class Watched(np.ndarray):
    """An array that passes through a month as any other, and has rules that solve counted."""

    tally: ClassVar[Operations] = Counter()

    def noted_whole(self, rule: Callable[..., Any], *inputs: Any) -> Any:
        plain = [one.view(np.ndarray) if isinstance(one, Watched) else one for one in inputs]
        found, tally = tallied(rule, *plain)
        Watched.tally.update(tally)
        made = found if isinstance(found, tuple) else (found,)
        again = tuple(one.view(Watched) for one in made)
        return again if isinstance(found, tuple) else again[0]
