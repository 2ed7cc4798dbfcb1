"""What a study varies: uncertain numbers of the ledger, fields of events, and switches."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from math import inf
from typing import Any, get_args

from sim.errors import InputError, Problem
from sim.members import row_name
from sim.reading.kinds import KINDS
from sim.reading.quantities import Quantity
from sim.region import Region
from sim.scenario import LIMITS, Event, Scenario, Size
from sim.timeline import EFFECTS, lasting, month_number, shifted, sort_of

EVENT_FIELDS = ("size", "left", "start", "months", "on")
"""What can be varied of any event; and any of its own fields that is a number or a range."""

SWITCHES = ("on", "shocks")


@dataclass(frozen=True)
class Setting:
    """One thing that a study varies, and its range."""

    name: str
    low: float
    high: float
    kind: str  # ledger | rank | event | switch
    unit: str
    words: str
    event: str = ""  # the event's id, and which of its fields
    field: str = ""
    named: tuple[float, ...] = ()  # values that were asked for: NAME=A,B,C
    steps: int = 0  # or how many, evenly spaced: NAME=LOW:HIGH:STEPS

    @property
    def whole(self) -> bool:
        """Whether only whole numbers make sense: months and switches."""
        return self.kind == "switch" or self.field in ("start", "months", "on")


def settings_of(region: Region, scenario: Scenario, asked: Sequence[str]) -> tuple[Setting, ...]:
    """Return the settings that were asked for, or refuse.

    NAME, NAME=LOW:HIGH, NAME=LOW:HIGH:STEPS or NAME=A,B,C.
    """
    problems: list[Problem] = []
    found = []
    for text in asked:
        name, _, given = text.partition("=")
        try:
            found.append(_setting(region, scenario, name.strip(), given.strip()))
        except InputError as wrong:
            problems += wrong.problems
    names = [text.partition("=")[0].strip() for text in asked]
    twice = sorted({name for name in names if names.count(name) > 1})
    problems += [Problem(f"{name} is varied twice") for name in twice]
    problems += [Problem(told) for told in _the_same({one.name: one for one in found})]
    if problems:
        raise InputError("What is to be varied", problems)
    return tuple(found)


def _the_same(known: dict[str, Setting]) -> list[str]:
    """Return what is wrong where two settings would set the same number."""
    both = [
        f"{one.event}.left and {one.event}.size are one number (left is 1 less size); vary one"
        for one in known.values()
        if one.field == "left" and f"{one.event}.size" in known
    ]
    both += [
        f"{one.name} is one of the numbers of {whole}, which is varied, too; vary one of the two"
        for one in known.values()
        if one.kind == "ledger" and (whole := one.name.partition("/")[0]) in known
        if whole != one.name
    ]
    return both


def _refuse(message: str) -> InputError:
    return InputError("What is to be varied", [Problem(message)])


def _setting(region: Region, scenario: Scenario, name: str, given: str) -> Setting:
    if name == "shocks":
        return _ranged(Setting(name, 0.0, 1.0, "switch", "", "monthly random shocks"), given)
    event, dot, field = name.partition(".")
    known = {one.id: one for one in scenario.events}
    if dot and event in known:
        return _of_event(scenario, known[event], field, given)
    return _of_ledger(region, scenario, name, given)


def _of_ledger(region: Region, scenario: Scenario, name: str, given: str) -> Setting:
    """Return an uncertain number of the ledger, or all numbers of an attribute by their rank."""
    rows = {row_name(row): row for row in region.ledger}
    if name in rows:
        row = rows[name]
        attribute = region.attributes[row.attribute]
        made = Setting(name, row.low, row.high, "ledger", row.unit, attribute.meaning)
        if not given and row.low == row.high:
            raise _refuse(f"{name}: the ledger gives it no range; write {name}=LOW:HIGH")
        made = _ranged(made, given)
        least, most = attribute.minimum, attribute.maximum
        if made.low < least or made.high > most:
            raise _refuse(f"{name}: {made.low:g} to {made.high:g} is not within {least} and {most}")
        return made
    if name in region.attributes:
        meaning = f"{region.attributes[name].meaning} (all of them, by rank in their ranges)"
        made = _ranged(Setting(name, 0.0, 1.0, "rank", "rank", meaning), given)
        if made.low < 0.0 or made.high > 1.0:
            raise _refuse(f"{name}: a rank is between 0 (all lowest) and 1 (all highest)")
        return made
    names = [*rows, *region.attributes, "shocks"]
    names += [f"{one.id}.{field}" for one in scenario.events for field in fields_of(one)]
    near = get_close_matches(name, [*dict.fromkeys(names)], n=2)
    meant = f" Did you mean {' or '.join(near)}?" if near else ""
    raise _refuse(f"'{name}' is no number of the ledger and no field of an event.{meant}")


def fields_of(event: Event) -> tuple[str, ...]:
    """Return what can be varied of an event."""
    own = [key for key, given in event.what.items() if isinstance(given, Size | int | float)]
    cut = ("left",) if EFFECTS[sort_of(event)][0].how == "cut" else ()
    return ("size", *cut, "start", "months", "on", *own)


def _of_event(scenario: Scenario, event: Event, field: str, given: str) -> Setting:
    if field not in fields_of(event):
        near = get_close_matches(field, fields_of(event), n=1)
        meant = f" Did you mean {event.id}.{near[0]}?" if near else ""
        can = ", ".join(fields_of(event))
        raise _refuse(f"{event.id} has no field '{field}' to vary; it has {can}.{meant}")
    name = f"{event.id}.{field}"
    if field == "on":
        made = Setting(name, 0.0, 1.0, "switch", "", f"{event.id} happens", event.id, field)
        return _ranged(made, given)
    unit = "months later" if field == "start" else "months" if field == "months" else ""
    words = f"{field} of {event.id}"
    written = _written(event, field)
    made = Setting(name, *written, "event", unit, words, event.id, field)
    if field == "start":
        given = DATE.sub(lambda date: _later(event, date[0]), given)
    if not given and made.low == made.high:
        raise _refuse(f"{name}: it is one number in the file; write {name}=LOW:HIGH")
    return _within(scenario, event, _ranged(made, given))


def _later(event: Event, date: str) -> str:
    """Return how many months later than written a date is."""
    return str(round(month_number(date) - month_number(event.start[:7])))


def _written(event: Event, field: str) -> tuple[float, float]:
    """Return what the file says of a field, as a range."""
    if field == "start":
        return 0.0, 0.0
    if field == "months":
        length = event.months or 1.0
        return length, length
    size = event.size if field in ("size", "left") else event.what[field]
    if not isinstance(size, Size):
        return float(size), float(size)
    return (1.0 - size.high, 1.0 - size.low) if field == "left" else (size.low, size.high)


def _within(scenario: Scenario, event: Event, made: Setting) -> Setting:
    """Refuse what no file could say of an event."""
    cut = made.field == "size" and EFFECTS[sort_of(event)][0].how == "cut"
    share = cut or made.field == "left"
    if made.field == "months" and not 1.0 <= made.low <= made.high <= LONGEST:
        raise _refuse(f"{made.name}: an event lasts at least 1 month, and {LONGEST} at most")
    if made.field == "months" and event.end is None and event.months is None:
        if event.shape != "step":
            raise _refuse(f"{made.name}: it has no length in the file")
    elif made.field == "start":
        first = month_number(event.start) - month_number(scenario.start)
        if first + made.low < 0 or first + made.high >= scenario.months:
            raise _refuse(f"{made.name}: it would begin outside the run")
    elif made.field != "months":
        least, most = (0.0, 1.0) if share else _bounds(event, made.field)
        if not least <= made.low <= made.high <= most:
            range_told = f"{least:g} or more" if most == inf else f"between {least:g} and {most:g}"
            raise _refuse(f"{made.name}: it is {range_told} in a scenario's file")
    return made


def _bounds(event: Event, field: str) -> tuple[float, float]:
    """Return what a scenario's file may say of a field at least and at most."""
    model = KINDS[event.kind]
    enlarged = {True: "factor", False: "added"}[bool(event.what.get("by_factor"))]
    size = enlarged if event.kind == "link_enlarged" else model.size_field
    kept = model.model_fields.get(size if field == "size" else field)
    for mark in _marks(kept):
        if isinstance(mark, Quantity):
            return mark.minimum, mark.maximum
    return (-1.0, 1.0) if field == "size" else (0.0, float("inf"))


def _marks(kept: Any) -> tuple[Any, ...]:
    """Return what is noted of a field, and of the type of one that may be left out."""
    parts = get_args(kept.annotation) if kept else ()
    inner = [mark for part in parts for mark in getattr(part, "__metadata__", ())]
    return (*(kept.metadata if kept else ()), *inner)


FORMS = "write LOW:HIGH, as 0.5:1.5; LOW:HIGH:STEPS; or A,B,C"

NUMBER = re.compile(r"\s*[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\s*")
DATE = re.compile(r"\b[0-9]{4}-(0[1-9]|1[0-2])\b")

LONGEST = LIMITS["months"][1]
"""Months that an event may last: as many as a run has at most."""

MOST_STEPS = 10_000
"""Values of one setting; more are no grid that anybody reads."""


def _ranged(made: Setting, given: str) -> Setting:
    """Return a setting with the range or the values that were given, if any were."""
    if not given:
        return made
    if "," in given:
        named = tuple(_number(made, given, part) for part in given.split(","))
        if len(set(named)) < len(named):
            raise _refuse(f"{made.name}: '{given}' names a number twice")
        ranged = replace(made, low=min(named), high=max(named), named=named)
    else:
        ends = given.split(":")
        if len(ends) not in (2, 3):
            raise _refuse(f"{made.name}: '{given}' is no range; {FORMS}")
        low, high = (_number(made, given, end) for end in ends[:2])
        if low >= high:
            raise _refuse(f"{made.name}: '{given}' is no range; LOW is to be below HIGH")
        ranged = replace(made, low=low, high=high, steps=_steps(made, ends))
    whole = all(number == round(number) for number in (*ranged.named, ranged.low, ranged.high))
    if made.kind == "switch" and {ranged.low, ranged.high, *ranged.named} - {0.0, 1.0}:
        raise _refuse(f"{made.name}: a switch is 0 (off) or 1 (on)")
    if made.whole and not whole:
        raise _refuse(f"{made.name}: '{given}' is in whole months")
    return ranged


def _number(made: Setting, given: str, text: str) -> float:
    if not NUMBER.fullmatch(text) or abs(float(text)) == float("inf"):
        wrong = "" if text == given else f", as '{text.strip()}' is no number"
        raise _refuse(f"{made.name}: '{given}' is no range{wrong}; {FORMS}")
    return float(text)


def _steps(made: Setting, ends: Sequence[str]) -> int:
    """Return how many values of a range were asked for, 0 if nothing was said."""
    if len(ends) == 2:
        return 0
    text = ends[2].strip()
    if not re.fullmatch("[0-9]{1,9}", text) or not 2 <= int(text) <= MOST_STEPS:
        raise _refuse(
            f"{made.name}: '{text}' is no number of steps from 2 to {MOST_STEPS:,}; "
            "write LOW:HIGH:STEPS, as 0:1:5"
        )
    return int(text)


def as_set(event: Event, field: str, number: float) -> Event | None:
    """Return an event with one of its fields set; None where it is switched off."""
    if field == "on":
        return event if number >= 0.5 else None
    if field == "start":
        return shifted(event, round(number))
    if field == "months":
        return lasting(event, round(number))
    if field == "left":
        return replace(event, size=Size(1.0 - number, 1.0 - number))
    if field == "size":
        return replace(event, size=Size(number, number))
    given = Size(number, number) if isinstance(event.what[field], Size) else number
    return replace(event, what={**event.what, field: given})
