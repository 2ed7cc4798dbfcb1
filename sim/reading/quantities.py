"""Numbers with units as a user writes them: 0.3, "30 %", "1.25 bn USD", [0.2, 0.5]."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_plain_validator_function

from sim.scenario import Size

UNITS: dict[str, dict[str, float]] = {
    "share": {"%": 0.01, "percent": 0.01, "share": 1.0},
    "factor": {"%": 0.01, "percent": 0.01, "times": 1.0, "x": 1.0},
    "bn USD/y": {
        "bn USD/y": 1.0,
        "bn USD a year": 1.0,
        "bn USD": 1.0,
        "mn USD/y": 1e-3,
        "mn USD a year": 1e-3,
        "mn USD": 1e-3,
    },
    "Mt/y": {"Mt/y": 1.0, "Mt a year": 1.0, "Mt": 1.0, "kt/y": 1e-3},
    "bcm/y": {"bcm/y": 1.0, "bcm a year": 1.0, "bcm": 1.0},
    "thousand men": {"thousand men": 1.0, "thousand": 1.0, "men": 1e-3, "troops": 1e-3},
    "thousand people": {"thousand people": 1.0, "thousand": 1.0, "people": 1e-3},
    "share of worth": {"%": 0.01, "% of worth": 0.01, "share of worth": 1.0},
    "share of GDP": {"% of GDP": 0.01, "share of GDP": 1.0},
    "% of GDP": {"% of GDP": 1.0, "%": 1.0},
    "a year": {"a year": 1.0, "/y": 1.0},
    "log points": {"log points": 1.0},
    "per month": {"per month": 1.0, "/month": 1.0, "a month": 1.0},
}
"""Units that each quantity may be written in, and how many of its own unit one of them is."""

UNITS["Mt/y or bcm/y"] = {**UNITS["Mt/y"], **UNITS["bcm/y"]}

_WRITTEN = re.compile(r"\s*([-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)\s*(.*?)\s*")


OTHER_BASE = re.compile(r"\s*[-+]?0[xXoObB][0-9a-fA-F]")
"""A number that is not written in tens: 0x10."""

LONGEST_SHOWN = 60
"""Letters of a wrong word that are told again."""


@dataclass(frozen=True)
class Amount:
    """A size as written: its range in the unit of the field, and the unit that was named."""

    low: float
    high: float
    named: str | None = None

    @property
    def size(self) -> Size:
        return Size(self.low, self.high)


@dataclass(frozen=True)
class Quantity:
    """Marks a field as a number in a unit, or a range of it, within bounds (for pydantic).

    `percent="change"` reads "+25 %" as the factor 1.25; `percent="growth"` reads "4 % a year" as
    the change in logs that it is.
    """

    unit: str
    minimum: float
    maximum: float
    percent: str = "scale"

    def read(self, written: Any) -> Amount:
        """Return the range that was written, in the field's unit, or say what is wrong with it."""
        if isinstance(written, Amount):
            return written
        return _amount(written, self.unit, self.minimum, self.maximum, self.percent)

    def __get_pydantic_core_schema__(self, *_: Any) -> CoreSchema:
        return no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, *_: Any) -> dict[str, Any]:
        return _schema(self.unit, self.minimum, self.maximum)


def _schema(unit: str, minimum: float, maximum: float) -> dict[str, Any]:
    number: dict[str, Any] = {"type": "number", "minimum": minimum}
    if math.isfinite(maximum):
        number["maximum"] = maximum
    text = {"type": "string", "pattern": r"^\s*[-+]?[0-9.]"}
    one = [number, text]
    ends = {"type": "array", "minItems": 2, "maxItems": 2, "items": {"anyOf": one}}
    return {"anyOf": [*one, ends], "x-unit": unit}


def _amount(written: Any, unit: str, minimum: float, maximum: float, percent: str) -> Amount:
    ends = written if isinstance(written, list) else [written, written]
    if len(ends) != 2:
        raise ValueError(f"a range has two ends, [low, high]; here are {len(ends)}")
    read = [_number(end, unit, percent) for end in ends]
    low, high = read[0][0], read[1][0]
    for number in (low, high):
        if not minimum <= number <= maximum:
            raise ValueError(_outside(number, unit, minimum, maximum))
    if low > high:
        raise ValueError(f"the range begins at {low:g} and ends below it, at {high:g}")
    return Amount(low, high, read[0][1] or read[1][1])


def _outside(number: float, unit: str, minimum: float, maximum: float) -> str:
    if not math.isfinite(maximum):
        return f"{number:g} is below {minimum:g} ({unit})"
    return f"{number:g} is outside {minimum:g} to {maximum:g} ({unit})"


def _number(written: Any, unit: str, percent: str) -> tuple[float, str | None]:
    if isinstance(written, bool) or not isinstance(written, int | float | str):
        raise ValueError(f"a number is expected ({unit}), or a range [low, high] of it")
    if isinstance(written, int | float):
        return _finite(float(written)), None
    if OTHER_BASE.match(written):
        raise ValueError(f"'{shortened(written)}': numbers are written in tens ({unit})")
    match = _WRITTEN.fullmatch(written)
    if match is None:
        raise ValueError(f"'{shortened(written)}' is no number; write a number in {unit}")
    number, named = _finite(float(match[1])), match[2]
    if percent != "scale" and named.split(" ")[0] in ("%", "percent"):
        return _percent_change(number, percent, unit), unit
    return number * _scale(named, unit), named or None


def shortened(written: object) -> str:
    """Return what was written, or the beginning of it where it is long."""
    text = str(written)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."


def _percent_change(number: float, percent: str, unit: str) -> float:
    if number <= -100.0:
        raise ValueError(f"a change of {number:g} % leaves nothing ({unit})")
    grown = 1.0 + number / 100.0
    return math.log(grown) if percent == "growth" else grown


def _scale(named: str, unit: str) -> float:
    known = UNITS[unit]
    for name, scale in known.items():
        if named.casefold() == name.casefold():
            return scale
    if not named:
        return 1.0
    raise ValueError(
        f"'{shortened(named)}' is the wrong unit; it is in {unit} ({_examples(known)})"
    )


def _examples(known: dict[str, float]) -> str:
    return "written: " + ", ".join(list(known)[:4])


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError("a finite number is expected, not infinity or nan")
    return number
