"""What a study reads of a run: a quantity of a state at a time, or its difference from before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sim.errors import InputError, Problem
from sim.measures import MEASURES
from sim.moments import Moment, month_names
from sim.region import Region
from sim.results import MEASURED_FROM, dates
from sim.scenario import Scenario
from sim.situation import RECORDED, SITUATION

WHENS = ("end", "mean", "worst")
"""Times that every run has: its last month, all of them, and the one farthest from the baseline."""

DEFAULT = (
    "breadth", "deliberate", "two_sidedness", "ambiguity", "lean", "gdp_gap", "threat", "pressure",
)  # fmt: skip
"""What is read of every state if nothing is asked for."""

UNITLESS = ("", "ratio", "index")
"""Units that say nothing beside a number."""

SCALE = re.compile(r"0-[0-9]+")
"""Units that are a scale: "0-3". It stands with the quantity's name, not with each number."""


@dataclass(frozen=True)
class Outcome:
    """One number of a run."""

    name: str  # as asked: KAZ.threat.RUS@end
    quantity: str
    place: tuple[int, ...]  # along the quantity's axes
    when: str
    months: tuple[int, ...]
    unit: str
    words: str
    of: str = "difference"  # or "level"

    @property
    def measured(self) -> bool:
        return self.quantity in MEASURES

    @property
    def reads(self) -> tuple[str, ...]:
        """What has to be kept of a run to tell it."""
        return MEASURED_FROM if self.measured else (self.quantity,)


def told_in(unit: str, of: str) -> tuple[float, str]:
    """Return by what a number is multiplied to be told, and its unit then.

    Shares and parts of a whole are told in per cent, and differences of them in percentage points.
    """
    if unit == "share" or unit.startswith("share of"):
        return 100.0, "%" if of == "level" else "percentage points"
    if unit in UNITLESS or SCALE.fullmatch(unit):
        return 1.0, ""
    return 1.0, unit


def with_unit(number: str, unit: str) -> str:
    """Return a number as it is written with the unit that it is told in: "1 percentage point"."""
    if unit == "percentage points" and number == "1":
        return "1 percentage point"
    return f"{number}{unit}" if unit.startswith("%") else f"{number} {unit}".rstrip()


def outcomes_of(
    region: Region, scenario: Scenario, asked: Sequence[str] | None = None
) -> tuple[Outcome, ...]:
    """Return the outcomes that were asked for, or those that are always read; or refuse."""
    moments, _ = dates(region, scenario)
    texts = list(asked) if asked else _default(region, moments)
    problems: list[Problem] = []
    found = []
    for text in texts:
        try:
            found.append(_outcome(region, scenario, moments, text))
        except InputError as wrong:
            problems += wrong.problems
    if problems:
        raise InputError("The outcome", problems)
    return tuple(dict.fromkeys(found))


def _default(region: Region, moments: Sequence[Moment]) -> list[str]:
    times = [moment.key for moment in moments if moment.place >= 0 and moment.key != "before"]
    first_label = {"lean": "-".join(region.powers[:2]), "threat": region.powers[0]}
    first_label["pressure"] = region.powers[0]
    return [
        ".".join(filter(None, (state, name, first_label.get(name, "")))) + f"@{time}"
        for time in dict.fromkeys((*times, "end"))
        for state in region.states
        for name in DEFAULT
    ]


def _refuse(message: str) -> InputError:
    return InputError("The outcome", [Problem(message)])


def quantities() -> dict[str, tuple[tuple[str, ...], str, str]]:
    """Return every quantity of a state that can be read: its axes, unit and meaning."""
    known = {name: SITUATION[name] for name in RECORDED} | MEASURES
    return {name: told for name, told in known.items() if told[0][:1] == ("state",)}


def _outcome(region: Region, scenario: Scenario, moments: Sequence[Moment], text: str) -> Outcome:
    plain, _, of = text.partition(":")
    what, _, when = plain.partition("@")
    state, _, rest = what.partition(".")
    name, _, label = rest.partition(".")
    if of not in ("", "level", "difference"):
        raise _refuse(f"'{text}': after the colon stands level or difference")
    if state not in region.states:
        raise _refuse(
            f"'{text}': '{state}' is no state; write STATE.QUANTITY, as KAZ.breadth, with a state "
            f"of {', '.join(region.states)}"
        )
    if name not in quantities():
        near = get_close_matches(name, quantities(), n=2)
        meant = (
            f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(quantities())}"
        )
        raise _refuse(f"'{text}': '{name}' is no quantity of a state. {meant}")
    axes, unit, meaning = quantities()[name]
    place = (region.states.index(state), *_label(region, text, name, axes[1:], label))
    when = when or "end"
    return Outcome(
        text, name, place, when, _months(scenario, moments, text, when), unit, meaning,
        of or "difference",
    )  # fmt: skip


def _label(
    region: Region, text: str, name: str, axes: Sequence[str], label: str
) -> tuple[int, ...]:
    given = [part for part in label.split(".") if part]
    known = [labels_of(region, axis) for axis in axes]
    if len(given) != len(axes):
        each = ".".join(labels[0] for labels in known)
        want = f"needs {' and '.join(axes)}: {name}.{each}" if axes else "has no label after it"
        raise _refuse(f"'{text}': {name} {want}")
    for part, axis, labels in zip(given, axes, known, strict=True):
        if part not in labels:
            raise _refuse(f"'{text}': '{part}' is no {axis}; there are {', '.join(labels)}")
    return tuple(labels.index(part) for part, labels in zip(given, known, strict=True))


def labels_of(region: Region, axis: str) -> list[str]:
    """Return the labels of an axis of a quantity or measure."""
    if axis == "rival":
        return list(region.powers)
    if axis == "pair":
        powers = region.powers
        return [f"{one}-{other}" for k, one in enumerate(powers) for other in powers[k + 1 :]]
    return list(region.axes[axis])


def _months(scenario: Scenario, moments: Sequence[Moment], text: str, when: str) -> tuple[int, ...]:
    """Return the months of which an outcome is made."""
    names = month_names(scenario.start, scenario.months)
    keys = {moment.key: moment.place for moment in moments if moment.place >= 0}
    if when in ("mean", "worst"):
        return tuple(range(scenario.months))
    if when == "end":
        return (scenario.months - 1,)
    if when in keys:
        return (keys[when],)
    if when in names:
        return (names.index(when),)
    known = ", ".join((*WHENS, *(key for key in keys if key != "end")))
    span = f"a month from {names[0]} to {names[-1]}"
    raise _refuse(f"'{text}': '{when}' is no time; use {known}, or {span}")
