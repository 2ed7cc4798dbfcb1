"""Formulas over quantities of runs: what a pattern measures, written where one can read it.

A term is a quantity, labels for its axes, a time, and a run where it is not the first one:
`ties.KAZ.security.RUS@2023-02`, `flow.*_NORTH@base`, `threat.*.RUS@2022-01..2022-12/no_war`. A
label may be several (`KAZ|KGZ`) or a pattern of names (`*`); labels left out are all. A term is an
array: member, month where the time is a span, then an axis for every label that is several.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np

from sim.errors import InputError, Problem
from sim.measures import MEASURES
from sim.region import Region
from sim.situation import RECORDED, SITUATION
from sim.study.outcomes import labels_of

MONTH = r"\d{4}-(?:0[1-9]|1[0-2])"

TERM = re.compile(
    r"(?P<name>[a-z_]+)(?P<labels>(?:\.[A-Za-z0-9_+*|-]+)*)"
    rf"@(?P<time>base|{MONTH}(?:\.\.{MONTH})?)(?:/(?P<run>[a-z_]+))?(?![\w.-])"
)

BASE = "base"
"""The time of the base year."""

READABLE = {name: SITUATION[name] for name in RECORDED} | MEASURES
"""Every quantity that a formula can read: its axes, unit and meaning."""


def _last(fold: Callable[..., np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    def folded(array: np.ndarray) -> np.ndarray:
        if array.ndim < 2:
            raise ValueError("there is only one number a member; nothing to fold")
        return fold(array, axis=-1)

    return folded


def _every(array: np.ndarray) -> np.ndarray:
    return np.asarray(array.reshape(len(array), -1).all(axis=1))


def _over_time(array: np.ndarray) -> np.ndarray:
    return _last(np.mean)(np.moveaxis(array, min(1, array.ndim - 1), -1))


FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "mean": _last(np.mean),
    "total": _last(np.sum),
    "most": _last(np.max),
    "least": _last(np.min),
    "over_time": _over_time,
    "all": _every,
    "abs": np.abs,
}
"""What can be asked of an array: the first four fold its last axis, over_time takes the mean of
its months, all asks whether every number is true."""

STEPS: dict[type[ast.AST], Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.BitAnd: np.logical_and,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
}


@dataclass(frozen=True)
class Term:
    """A quantity at a time in a run: which places of its axes, and which of them are several."""

    name: str
    places: tuple[tuple[int, ...], ...]  # by axis
    several: tuple[bool, ...]  # by axis
    time: str  # base, a month, or first..last
    run: str  # "" for the first one

    def of(self, array: np.ndarray) -> np.ndarray:
        """Return the asked-for places of an array (..., *axes): one place takes its axis away."""
        first = array.ndim - len(self.places)
        for axis, (places, several) in reversed(
            [*enumerate(zip(self.places, self.several, strict=True))]
        ):
            array = array.take(places if several else places[0], axis=first + axis)
        return array


@dataclass(frozen=True)
class Formula:
    """A formula as written, its terms, and the tree of its steps."""

    text: str
    terms: tuple[Term, ...]
    tree: ast.expr

    def value(self, read: Callable[[Term], np.ndarray]) -> np.ndarray:
        """Return what it is for every member, shape (member,); NaN where it divides by nothing."""
        names = {f"_{k}": read(term) for k, term in enumerate(self.terms)}
        with np.errstate(all="ignore"):
            found = _value(self.tree, names)
        if found.ndim != 1:
            raise ValueError("it gives several numbers a member; fold them: mean, total, all ...")
        return np.where(np.isfinite(found), found.astype(float), np.nan)


def formula(text: str, region: Region, runs: Sequence[str]) -> Formula:
    """Return a formula as it was read, or refuse it with what is wrong."""
    terms: list[Term] = []

    def taken(found: re.Match[str]) -> str:
        term = _term(found, region, runs)
        if term not in terms:
            terms.append(term)
        return f"_{terms.index(term)}"

    plain = TERM.sub(taken, text)
    if "@" in plain:
        raise _refused(text, "a term is QUANTITY.LABELS@TIME, as ties.KAZ.security.RUS@2023-02")
    try:
        tree = ast.parse(plain, mode="eval").body
    except SyntaxError:
        raise _refused(text, "it cannot be read as a formula") from None
    _check(text, tree)
    made = Formula(text, tuple(terms), tree)
    try:
        made.value(lambda term: _empty(term, region))
    except ValueError as wrong:
        raise _refused(text, str(wrong)) from None
    return made


def _value(tree: ast.AST, names: Mapping[str, np.ndarray]) -> np.ndarray:
    match tree:
        case ast.Constant(value=int() | float() as number):
            return np.full(1, float(number))
        case ast.Name(id=name):
            return names[name]
        case ast.UnaryOp(operand=one):
            return -_value(one, names)
        case ast.Call(func=ast.Name(id=name), args=[one]):
            return FUNCTIONS[name](_value(one, names))
        case ast.BinOp(left=one, op=op, right=other):
            return STEPS[type(op)](*_aligned(_value(one, names), _value(other, names)))
        case ast.Compare(left=one, ops=[op], comparators=[other]):
            return STEPS[type(op)](*_aligned(_value(one, names), _value(other, names)))
    raise AssertionError(ast.dump(tree))


def _aligned(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return two arrays with as many axes: what has no month or label is the same for all."""
    most = max(one.ndim, other.ndim)
    wide = [a.reshape(len(a), *(1,) * (most - a.ndim), *a.shape[1:]) for a in (one, other)]
    return wide[0], wide[1]


def _check(text: str, tree: ast.AST) -> None:
    """Refuse a step that formulas do not have."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=int() | float()) | ast.Load() | ast.operator() | ast.cmpop():
                known = not isinstance(node, ast.operator | ast.cmpop) or type(node) in STEPS
            case ast.Name(id=name):
                known = name in FUNCTIONS or name.startswith("_")
            case ast.Call(func=ast.Name(id=name), args=[_], keywords=[]):
                known = name in FUNCTIONS
            case ast.UnaryOp(op=ast.USub()) | ast.USub() | ast.BinOp():
                known = True
            case ast.Compare(ops=[_], comparators=[_]):
                known = True
            case _:
                known = False
        if not known:
            has = ", ".join(FUNCTIONS)
            raise _refused(text, f"a formula has + - * / & > >= < <=, numbers, and {has}")


def _term(found: re.Match[str], region: Region, runs: Sequence[str]) -> Term:
    text, name, run = found.group(0), found["name"], found["run"] or ""
    if name not in READABLE:
        raise _refused(text, f"'{name}' is no quantity")
    if run and run not in runs:
        raise _refused(text, f"'{run}' is no run; there are {', '.join(runs)}")
    axes = READABLE[name][0]
    labels = found["labels"].split(".")[1:]
    if len(labels) > len(axes):
        raise _refused(text, f"{name} has the axes {', '.join(axes) or 'none'}")
    labels += ["*"] * (len(axes) - len(labels))
    places, several = [], []
    for label, axis in zip(labels, axes, strict=True):
        known = labels_of(region, axis)
        here = tuple(
            k for part in label.split("|") for k, one in enumerate(known) if fnmatchcase(one, part)
        )
        if not here:
            raise _refused(text, f"'{label}' is no {axis}; there are {', '.join(known[:12])}")
        places.append(here)
        several.append("|" in label or "*" in label)
    return Term(name, tuple(places), tuple(several), found["time"], run)


def _empty(term: Term, region: Region) -> np.ndarray:
    """Return an array of ones in the shape that a term has."""
    own = [len(places) for places, many in zip(term.places, term.several, strict=True) if many]
    return np.ones((2, *((3,) if ".." in term.time else ()), *own))


def _refused(text: str, message: str) -> InputError:
    return InputError("The formula", [Problem(f"'{text}': {message}")])
