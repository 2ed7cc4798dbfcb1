"""The line that an outcome crosses: below or above a number, or a part of its baseline."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import InputError, Problem
from sim.region import Region

PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*%")


@dataclass(frozen=True)
class Line:
    """What has to be crossed: a number in the outcome's unit, or a part of the same baseline."""

    at: float  # a number, or 0.1 for 10 % of the baseline
    above: bool
    of_baseline: bool = False


def line_of(below: str | None, above: str | None) -> Line:
    """Return the line that was asked for, of which there is one."""
    if (below is None) == (above is None):
        message = "give the line as --below X or as --above X, and one of the two"
        raise InputError("The line", [Problem(message)])
    text = (below if below is not None else above or "").strip()
    option = "--below" if below is not None else "--above"
    if part := PERCENT.fullmatch(text):
        return Line(float(part[1]) / 100.0, above is not None, of_baseline=True)
    number = _number(text)
    if number is None:
        message = f"{option} '{text}' is no number; write 2.5, or 10% for a tenth of the baseline"
        raise InputError("The line", [Problem(message)])
    return Line(number, above is not None)


def _number(text: str) -> float | None:
    """Return a number as written, or None."""
    try:
        number = float(text.replace("\N{MINUS SIGN}", "-"))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def margin(line: Line, outcome: np.ndarray, level: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Return how far past the line an outcome is: above 0 where it is crossed.

    `level` and `change` are the outcome's level and its difference from the baseline, of which the
    line's part of the baseline is taken.
    """
    sign = 1.0 if line.above else -1.0
    if line.of_baseline:
        return np.asarray(sign * change - line.at * np.abs(level - change))
    return np.asarray(sign * (outcome - line.at))


def refuse_crossed_by_nothing(line: Line, name: str, of: str) -> None:
    """Refuse a line for a difference that no difference at all is past already."""
    if line.of_baseline or of != "difference":
        return
    if (line.at < 0.0) if line.above else (line.at > 0.0):
        side = "above" if line.above else "below"
        message = (
            f"{name} is a difference from the baseline, and no difference at all is {side} "
            f"{_plain(line.at)} already. Did you mean '{name}:level'?"
        )
        raise InputError("The line", [Problem(message)])


def in_words(line: Line, unit: str, of: str) -> str:
    """Return what crossing the line is, as the end of a sentence whose subject is the outcome."""
    if line.of_baseline:
        side = "above" if line.above else "below"
        return f"is more than {_plain(100 * line.at)}% {side} the baseline"
    if of == "difference":
        return _apart(line, unit)
    return f"is {'above' if line.above else 'below'} {_with_unit(line.at, unit)}"


def _apart(line: Line, unit: str) -> str:
    """Return a line for a difference in words."""
    side = "above" if line.above else "below"
    if line.at == 0.0:
        return f"is {side} the baseline"
    if (line.at > 0.0) == line.above:
        return f"is more than {_with_unit(abs(line.at), unit)} {side} the baseline"
    raise AssertionError("a line that nothing crosses is refused before it is told")


def _with_unit(size: float, unit: str) -> str:
    """Return a number as it was given, with its unit if it has one."""
    if unit == "share" or unit.startswith("share of"):
        return f"{_plain(100.0 * size)} percentage points"
    unit = "" if unit[:1].isdigit() or unit == "ratio" else unit
    return f"{_plain(size)}{unit if unit.startswith('%') else f' {unit}'}".rstrip()


def _plain(number: float) -> str:
    """Return a number as it was given, with a true minus sign."""
    return f"{number:.6g}".replace("-", "\N{MINUS SIGN}")


def by_state(region: Region, asked: Sequence[str]) -> tuple[str, ...]:
    """Return outcomes with those that name no state asked for every state."""
    states = tuple(region.states)
    return tuple(
        name
        for given in asked
        for name in (
            (given,) if _names_a_state(given, states) else [f"{s}.{given}" for s in states]
        )
    )


def _names_a_state(given: str, states: Sequence[str]) -> bool:
    """Return whether an outcome begins with something written as a state is."""
    head = given.partition(".")[0].partition("@")[0]
    return "." in given and (head in states or head.isupper())
