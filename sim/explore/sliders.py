"""What a page lets its reader move: up to four settings, and at which steps they are computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import inf

import numpy as np

from sim.drivers import apart
from sim.errors import InputError, Problem
from sim.members import row_name
from sim.region import LedgerRow, Region
from sim.scenario import Event, Scenario, Size
from sim.study.settings import Setting, fields_of, settings_of
from sim.timeline import EFFECTS, month_number, sort_of, with_events
from sim.timeline import drivers as drivers_of

Record = dict[str, object]

MOST_SLIDERS = 4
MOST_POINTS = 125
"""Points of a grid; more are no page that a stick or a mail carries."""

STEPS_OF_FEW, STEPS_OF_MANY, FEW = 5, 3, 2
"""Steps of a slider where there are up to two of them, and where there are more."""

LATEST = 12
"""Months by which the date is moved at most, if nothing is asked for."""

STOPS = ("start", "on", "shocks")
"""Fields that stop at what was computed: half-way between two dates lies no third date."""


@dataclass(frozen=True)
class Slider:
    """One setting with the values at which it is computed, in order."""

    setting: Setting
    steps: tuple[float, ...]
    written: float | None  # what the scenario says, where that is one number

    @property
    def stops(self) -> bool:
        """Whether nothing is shown between two steps."""
        return self.setting.kind == "switch" or self.setting.field in STOPS


def sliders_of(
    region: Region, scenario: Scenario, asked: Sequence[str], chief: Sequence[Record]
) -> tuple[Slider, ...]:
    """Return the sliders that were asked for, or those that suit the scenario; or refuse.

    `chief` are the uncertain numbers that the headline goes with most, as `rests_on` has them.
    """
    wanted = list(asked) or by_itself(region, scenario, chief)
    settings = settings_of(region, scenario, wanted)
    if not settings:
        message = "it supposes nothing that could be moved; name what to move: --vary NAME=LOW:HIGH"
        raise InputError(scenario.file or scenario.name, [Problem(message)])
    if len(settings) > MOST_SLIDERS:
        message = f"{len(settings)} sliders are too many for a page; name {MOST_SLIDERS} at most"
        raise InputError("What is to be varied", [Problem(message)])
    count = STEPS_OF_FEW if len(settings) <= FEW else STEPS_OF_MANY
    made = tuple(slider(region, scenario, one, count) for one in settings)
    points = int(np.prod([len(one.steps) for one in made]))
    if points > MOST_POINTS:
        message = f"{points} points are too many for a page; {MOST_POINTS} at most: fewer steps"
        raise InputError("What is to be varied", [Problem(message)])
    return made


def grid(sliders: Sequence[Slider]) -> np.ndarray:
    """Return every combination of the sliders' steps, shape (point, slider), the last fastest."""
    return np.array(list(product(*(one.steps for one in sliders))), dtype=float)


def slider(region: Region, scenario: Scenario, setting: Setting, count: int) -> Slider:
    """Return a setting with its steps: as named, or so many with what is written among them."""
    written = as_written(region, scenario, setting)
    if setting.named:
        return Slider(setting, tuple(sorted(setting.named)), written)
    if setting.kind == "switch":
        return Slider(setting, (0.0, 1.0), written)
    steps = np.linspace(setting.low, setting.high, setting.steps or count)
    middle = central(region, setting) if written is None else written
    if not setting.steps and setting.low < middle < setting.high:
        half = count // 2 + 1
        below, above = (np.linspace(*ends, half) for ends in
                        ((setting.low, middle), (middle, setting.high)))  # fmt: skip
        steps = np.concatenate([below, above[1:]])
    told = np.round(steps) if setting.whole else np.array([float(f"{one:.4g}") for one in steps])
    return Slider(setting, tuple(float(one) for one in np.unique(told)), written)


def central(region: Region, setting: Setting) -> float:
    """Return the ledger's central number of a setting, or the middle of its range."""
    row = row_of(region, setting)
    return row.central if row else (setting.low + setting.high) / 2


def row_of(region: Region, setting: Setting) -> LedgerRow | None:
    """Return the row of the ledger that a setting sets, if it sets one."""
    rows = (row for row in region.ledger if row_name(row) == setting.name)
    return next(rows, None)


def as_written(region: Region, scenario: Scenario, setting: Setting) -> float | None:
    """Return what the scenario itself says of a setting; None where members draw their own."""
    if setting.name == "shocks" or setting.field == "on":
        return 1.0
    if not setting.event:
        row = row_of(region, setting)
        return row.central if row and row.low == row.high else None
    event = next(one for one in scenario.events if one.id == setting.event)
    return number_of(event, setting.field)


def number_of(event: Event, field: str) -> float | None:
    """Return the one number that a file gives for a field of an event; None for a range."""
    if field == "start":
        return 0.0
    if field == "months":
        return event.months or length(event)
    size = event.size if field in ("size", "left") else event.what[field]
    if not isinstance(size, Size):
        return float(size)
    if size.low != size.high:
        return None
    return 1.0 - size.low if field == "left" else size.low


def length(event: Event) -> float | None:
    """Return how many months an event lasts by its last month, where it has one."""
    if event.end is None:
        return 1.0 if event.shape == "pulse" else None
    whole = month_number(event.end[:7]) - month_number(event.start[:7]) + 1.0
    return whole if len(event.end) == len(event.start) == len("2022-01") else None


# Where nothing is asked for -------------------------------------------------------------------


def by_itself(region: Region, scenario: Scenario, chief: Sequence[Record]) -> list[str]:
    """Return what is varied if nothing is asked for.

    Fields of the main event, which is that of the scenario's own which by itself is in force
    longest, the first of them; and the uncertain number that the headline goes with most.
    """
    event = main_event(region, scenario)
    fields = [] if event is None else fields_with_ranges(region, scenario, event)
    named = [name for record in chief if (name := setting_name(region, scenario, record))]
    taken = {text.partition("=")[0] for text in fields}
    fresh = [name for name in named if name not in taken][: MOST_SLIDERS - len(fields)]
    return [*fields, *fresh[:1]]


def main_event(region: Region, scenario: Scenario) -> Event | None:
    """Return the scenario's own event that by itself is in force in most months, the first."""
    own = [event for event in scenario.events if event.id in scenario.own_events]
    return max(own, key=lambda event: months_in_force(region, scenario, event), default=None)


def months_in_force(region: Region, scenario: Scenario, event: Event) -> int:
    """Return in how many months the drivers differ for one of the scenario's own events."""
    with_it, without = (
        drivers_of(with_events(scenario, names), region, None) for names in ((event.id,), ())
    )
    found = apart(without, with_it).values()
    differ = [one.reshape(len(one), -1).any(axis=1) for one in found]
    return int(np.any(differ, axis=0).sum()) if differ else 0


def fields_with_ranges(region: Region, scenario: Scenario, event: Event) -> list[str]:
    """Return size, length and date of an event with a range each, as far as it has them."""
    asked = [
        _size_range(event),
        _months_range(event),
        _start_range(scenario, event),
    ]
    return [text for text in asked if text and accepted(region, scenario, text)]


def accepted(region: Region, scenario: Scenario, text: str) -> bool:
    """Return whether a scenario's file could say this."""
    try:
        settings_of(region, scenario, [text])
    except InputError:
        return False
    return True


def _size_range(event: Event) -> str:
    """Return the range of the file, or from half of the size to half as much again.

    A factor is halved in its distance from 1, at which it does nothing; a cut is told by what is
    left, and ends at all or nothing.
    """
    low, high = event.size.low, event.size.high
    how = EFFECTS[sort_of(event)][0].how
    if low == high:
        rest = 1.0 if how == "factor" else 0.0
        low, high = sorted((rest + 0.5 * (low - rest), rest + 1.5 * (high - rest)))
    if how == "cut" and "left" in fields_of(event):
        return f"{event.id}.left={max(1.0 - high, 0.0):g}:{1.0 - low:g}" if low < high else ""
    return f"{event.id}.size={max(low, 0.0) if how == 'factor' else low:g}:{high:g}"


def _months_range(event: Event) -> str:
    months = number_of(event, "months")
    if months is None or months == inf:
        return ""
    whole = round(months)
    return f"{event.id}.months={max(round(whole / 2), 1)}:{max(2 * whole, 2)}"


def _start_range(scenario: Scenario, event: Event) -> str:
    first = round(month_number(event.start[:7]) - month_number(scenario.start))
    later = min(LATEST, (scenario.months - first) // 3)
    return f"{event.id}.start=0:{later}" if later > 0 else ""


def setting_name(region: Region, scenario: Scenario, record: Record) -> str:
    """Return under which name an uncertain number of an answer is varied; "" if it cannot be."""
    for event in scenario.events:
        for field in fields_of(event):
            if record["attribute"] == f"{field} of “{event.id}”":
                return f"{event.id}.{field}"
    same = (record["attribute"], list(record["keys"]))  # type: ignore[call-overload]
    for row in region.ledger:
        if (row.attribute, list(row.keys)) == same:
            return row_name(row)
    return ""
