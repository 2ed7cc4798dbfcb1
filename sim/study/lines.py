"""The line that an outcome crosses: below or above a number, or a part of its baseline."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.claims import FREQUENCIES, SIZES, direction
from sim.errors import InputError, Problem
from sim.region import Region
from sim.study.outcomes import SCALE, Outcome, told_in, with_unit

PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*%")


@dataclass(frozen=True)
class Line:
    """What has to be crossed: a number in the outcome's unit, or a part of the same baseline."""

    at: float  # a number, or 0.1 for 10 % of the baseline
    above: bool
    of_baseline: bool = False
    anew: bool = False  # crossed only where the same baseline is short of it


# Lines that have a name -------------------------------------------------------------------------


@dataclass(frozen=True)
class NamedLine:
    """A line that is asked for by name, for one state."""

    quantity: str  # and when it is read
    line: Line
    words: str  # after whose it is


NAMED = {
    "hedge_ends": NamedLine(
        "deliberate@end:level", Line(SIZES["breadth"][0], above=False, anew=True), "hedge ends"
    ),
    "hedge_halved": NamedLine(
        "deliberate@worst", Line(0.5, above=False, of_baseline=True, anew=True), "hedge is halved"
    ),
    "hedge_weakens": NamedLine(
        "deliberate@worst", Line(0.1, above=False, of_baseline=True, anew=True), "hedge weakens"
    ),
}
"""What may become of a state's hedge. The hedge is the deliberate one: ties wider than the same
state would choose if it did not mind risk, the only hedge here that is on purpose. It ends where at
the end of the run less than a slight breadth of it (0.05 effective partners) is left; it is halved,
or weakens, where half or a tenth of the baseline's is gone in the month in which it is farthest
from the baseline. A state that had none cannot lose it."""

LIMITS = {
    "effective partners": SIZES["breadth"],
    "0-1": SIZES["lens"],
    "0-3": SIZES["lens"],
    "share": SIZES["share"],
}
"""Where slight ends, small ends and moderate ends, by unit: lines that need no asking."""

GDP = tuple(limit / 100.0 for limit in SIZES["gdp"])
"""The same for income against its trend, which is kept as a share."""


def limits_of(quantity: str, unit: str) -> tuple[float, ...]:
    """Return where slight, small and moderate differences of a quantity end; none if unknown."""
    return GDP if quantity == "gdp_gap" else LIMITS.get(unit, ())


TINY = 0.1
"""Part of what counts as slight, below which a change cannot be told from nothing."""


def tiny_of(quantity: str, unit: str) -> float:
    """Return how large a difference has to be to be told from nothing; 0 if that is unknown."""
    limits = limits_of(quantity, unit)
    return TINY * limits[0] if limits else 0.0


def can_be_told(one: Outcome, changes: np.ndarray) -> bool:
    """Return whether an outcome's changes (member,) can be told from nothing.

    They have one sign in more runs than not, and their median is not tiny for the quantity.
    """
    sign, share = direction(changes)
    enough = abs(float(np.median(changes))) >= tiny_of(one.quantity, one.unit)
    return sign != 0 and share >= FREQUENCIES[2][0] and enough


def telling_line(changes: np.ndarray, limits: Sequence[float]) -> Line:
    """Return the line at a size word's limit that tells most of some runs (point, member).

    On the side to which the point that moves the median run most moves it. Of the limits, the one
    that parts the points most: that is passed in most more runs at one than at another. Where
    there is one point only, the one that is passed in nearest to half of its runs. The lowest of
    equals.
    """
    middle = np.median(changes, axis=1)
    above = bool(middle[np.abs(middle).argmax()] >= 0.0)
    passed = [((changes if above else -changes) > limit).mean(axis=1) for limit in limits]
    parted = [-abs(p[0] - 0.5) if len(p) == 1 else p.max() - p.min() for p in passed]
    limit = limits[int(np.argmax(parted))]
    return Line(limit if above else -limit, above)


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


def read(line: Line, outcome: np.ndarray, level: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Return what is held against the line: the outcome, or its change in parts of the baseline.

    `level` and `change` are the outcome's level and its difference from the baseline. Where the
    baseline is 0, any change is taken for all of it.
    """
    if not line.of_baseline:
        return outcome
    baseline = np.abs(level - change)
    some = baseline > 0.0
    return np.asarray(np.where(some, change / np.where(some, baseline, 1.0), np.sign(change)))


def room(line: Line, level: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Return how far short of the line the baseline is: nothing is left to cross where not > 0."""
    baseline = level - change
    if line.of_baseline:
        return baseline
    return np.asarray(line.at - baseline if line.above else baseline - line.at)


def margin(line: Line, outcome: np.ndarray, level: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Return how far past the line an outcome is: above 0 where it is crossed.

    Of a line that has to be crossed anew no run is past whose baseline leaves nothing to cross:
    it is as far from it as its baseline, whatever happens.
    """
    sign = 1.0 if line.above else -1.0
    held = sign * read(line, outcome, level, change)
    past = held - (line.at if line.of_baseline else sign * line.at)
    if not line.anew:
        return np.asarray(past)
    left = room(line, level, change)
    return np.asarray(np.where(left > 0.0, past, -np.abs(left)))


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


SIGNED = ("access", "deliberate", "deliberate_domain", "division_of_labour", "gdp_gap")
"""Quantities that are differences themselves, and so can be below 0."""


def reach(outcome: Outcome, region: Region) -> tuple[float, float] | None:
    """Return the least and the most that an outcome can be; None where nothing bounds it.

    Income is held to be within twice its trend: what is beyond is no share that anybody meant.
    """
    partners = {"effective partners": len(region.partners), "effective powers": len(region.powers)}
    low, high = 0.0, 1.0
    if outcome.unit in partners:
        low, high = 1.0, float(partners[outcome.unit])
    elif SCALE.fullmatch(outcome.unit):
        high = float(outcome.unit.partition("-")[2])
    elif not is_share(outcome.unit):
        return None
    span = high - low
    if outcome.quantity in SIGNED:
        low, high = -span, span
    if outcome.of == "level":
        return low, high
    return (-1.0, 1.0) if is_share(outcome.unit) else (low - high, high - low)


def is_share(unit: str) -> bool:
    """Return whether a unit is a share, or a part of something."""
    return told_in(unit, "level")[1] == "%"


def refuse_out_of_reach(line: Line, outcome: Outcome, region: Region) -> None:
    """Refuse a line beyond all that an outcome can be: every run or no run would cross it."""
    within = reach(outcome, region)
    if within is None:
        return
    wrong = no_part(line, outcome) if line.of_baseline else no_number(line, outcome, within)
    if wrong:
        raise InputError("The line", [Problem(f"{outcome.name} {wrong}")])


def no_part(line: Line, outcome: Outcome) -> str:
    """Return why nothing falls by such a part of its baseline; nothing where it can."""
    if line.above or line.at < 1.0 or outcome.quantity in SIGNED:
        return ""
    return f"is never below 0, and so never more than {_plain(100.0 * line.at)}% below its baseline"


def no_number(line: Line, outcome: Outcome, within: tuple[float, float]) -> str:
    """Return why a number is out of reach, and what may be meant; nothing where it is not."""
    low, high = within
    never = line.at >= high if line.above else line.at <= low
    always = line.at < low if line.above else line.at > high
    if not (never or always):
        return ""
    side = f"{'above' if line.above else 'below'} {_plain(line.at)}"
    read_as = "" if outcome.of == "level" else "as a difference from the baseline "
    why = f"{read_as}it lies between {_plain(low)} and {_plain(high)}"
    return f"{'cannot be' if never else 'is always'} {side}: {why}.{meant(line, outcome, within)}"


def meant(line: Line, outcome: Outcome, within: tuple[float, float]) -> str:
    """Return which line may be meant by one that is out of reach; nothing where none is near."""
    low, high = within
    share = is_share(outcome.unit)
    hundredth = line.at / 100.0
    if share and abs(line.at) > 1.0 and low < hundredth < high:
        told = _with_unit(abs(hundredth), outcome.unit, outcome.of)
        return f" A line is given in shares: did you mean {_plain(hundredth)}, which is {told}?"
    if outcome.of == "level" and line.at < 0.0 <= low:
        return f" Did you mean '{outcome.name.removesuffix(':level')}', the difference?"
    return " A line is given in shares, as 0.2." if share else ""


def in_words(line: Line, unit: str, of: str) -> str:
    """Return what crossing the line is, as the end of a sentence whose subject is the outcome."""
    if line.of_baseline:
        side = "above" if line.above else "below"
        return f"is more than {_plain(100 * line.at)}% {side} the baseline"
    if of == "difference":
        return _apart(line, unit)
    return f"is {'above' if line.above else 'below'} {_with_unit(line.at, unit, of)}"


def _apart(line: Line, unit: str) -> str:
    """Return a line for a difference in words."""
    side = "above" if line.above else "below"
    if line.at == 0.0:
        return f"is {side} the baseline"
    if (line.at > 0.0) == line.above:
        return f"is more than {_with_unit(abs(line.at), unit, 'difference')} {side} the baseline"
    raise AssertionError("a line that nothing crosses is refused before it is told")


def reached_in_words(line: Line, number: float, unit: str, of: str) -> str:
    """Return where a number that is read against a line lies, and the line.

    As "0.06 effective partners above the baseline (the line: 0.15 above)".
    """
    near, at = float(f"{number:.2g}"), scaled(line, line.at, unit)
    if of == "level" and not line.of_baseline:
        return f"{_with_unit(near, unit, of)} (the line: {_plain(at)})"
    part = "%" if line.of_baseline else ""
    lies = f"{_plain(abs(100.0 * near))}%" if part else _with_unit(abs(near), unit, of)
    side = "above" if number > 0.0 else "below"
    where = f"{lies} {side} the baseline" if number else "as in the baseline"
    return f"{where} (the line: {_plain(abs(at))}{part} {'above' if line.above else 'below'})"


def scaled(line: Line, number: float, unit: str) -> float:
    """Return a number as it is told: shares, and parts of the baseline, in hundredths."""
    return 100.0 * number if line.of_baseline else told_in(unit, "level")[0] * number


def unit_told(line: Line, unit: str, of: str) -> str:
    """Return in what a number is told that is read against a line, for the head of a table."""
    if line.of_baseline:
        return "% from the baseline"
    told = told_in(unit, of)[1]
    if unit[:1].isdigit():
        told = f"on a scale of {unit.replace('-', ' to ')}"
    return told if of == "level" else f"{told} from the baseline".strip()


def _with_unit(size: float, unit: str, of: str) -> str:
    """Return a number as it was given, with its unit if it has one."""
    scale, told = told_in(unit, of)
    return with_unit(_plain(scale * size), told)


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
