"""What of a composed scenario can be moved, each with its range, and where it stands."""

from __future__ import annotations

from math import ceil, inf
from typing import Any

from sim.answer.causes import rests_on
from sim.answer.verdict import headline_state
from sim.compare import describe
from sim.explore.payload import told_of
from sim.explore.sliders import (
    Slider,
    as_written,
    central,
    fields_with_ranges,
    main_event,
    row_of,
    setting_name,
)
from sim.members import row_name
from sim.region import LedgerRow, Region
from sim.results import Results
from sim.scenario import Scenario
from sim.study.settings import Setting, settings_of
from sim.timeline import EFFECTS, month_number, sort_of, span

Record = dict[str, Any]

STEPS = 40
"""Steps of a slider that moves a number that is not whole."""

MOST_EVENTS, MOST_NUMBERS = 4, 3
"""Own events, and uncertain numbers by themselves, that are offered to be moved."""


def handles(region: Region, scenario: Scenario, results: Results) -> list[Record]:
    """Return what can be moved: fields of own events, the main one first, and uncertain numbers.

    Of the ledger those with which the result goes most, within the range that their evidence
    leaves; and those that the scenario sets.
    """
    asked = [
        *event_fields(region, scenario),
        *chief_numbers(region, scenario, results),
    ]
    return [handle(region, scenario, one) for one in settings_of(region, scenario, asked)]


def event_fields(region: Region, scenario: Scenario) -> list[str]:
    """Return fields of the scenario's own events with a range each."""
    first = main_event(region, scenario)
    own = [one for one in scenario.events if one.id in scenario.own_events]
    ordered = sorted(own, key=lambda one: one is not first)[:MOST_EVENTS]
    return [text for one in ordered for text in fields_with_ranges(region, scenario, one)]


def chief_numbers(region: Region, scenario: Scenario, results: Results) -> list[str]:
    """Return the uncertain numbers that the headline goes with most, and those that are set."""
    rows = {row_name(row): row for row in region.ledger}
    chief = [
        setting_name(region, scenario, record)
        for record in rests_on(results, headline_state(results))
    ]
    of_ledger = [name for name in chief if name in rows and rows[name].low < rows[name].high]
    named = list(dict.fromkeys([*of_ledger[:MOST_NUMBERS], *dict(scenario.numbers)]))
    return [f"{name}={low:g}:{high:g}" for name in named for low, high in [reach(rows, name)]]


def reach(rows: dict[str, Any], name: str) -> tuple[float, float]:
    """Return between which ends a number of the ledger is moved: the range of its evidence."""
    row = rows[name]
    if row.low < row.high:
        return row.low, row.high
    return min(0.0, 2.0 * row.central), max(2.0 * row.central, 1e-6)


def handle(region: Region, scenario: Scenario, setting: Setting) -> Record:
    """Return one thing that can be moved: its ends, where it stands, and what that rests on."""
    stands = dict(scenario.numbers).get(setting.name)
    if stands is None:
        stands = as_written(region, scenario, setting)
    middle = central(region, setting)
    found = told_of(region, scenario, Slider(setting, ends(scenario, setting), stands))
    found["whole"] = setting.whole
    found["step"] = 1 if setting.whole else (setting.high - setting.low) / STEPS
    found["stands"] = middle if stands is None else stands
    found["drawn"] = stands is None
    found["of_ledger"] = row_of(region, setting) is not None
    return found


def ends(scenario: Scenario, setting: Setting) -> tuple[float, float]:
    """Return between which numbers a slider moves: not as far as where its event does nothing."""
    low, high = setting.low, setting.high
    event = next((one for one in scenario.events if one.id == setting.event), None)
    if event is None or setting.field not in ("size", "left"):
        return low, high
    how = EFFECTS[sort_of(event)][0].how
    nothing = 1.0 if how == "factor" or setting.field == "left" else 0.0
    step = (high - low) / STEPS
    return low + step * (low == nothing), high - step * (high == nothing)


def handle_of_number(region: Region, row: LedgerRow) -> Record:
    """Return a number of the ledger that every member draws, with the range of its evidence."""
    attribute = region.attributes[row.attribute]
    return {
        "name": row_name(row),
        "event": "",
        "field": "ledger",
        "how": "",
        "date": "",
        "meaning": attribute.meaning,
        "unit": row.unit,
        "steps": [row.low, row.high],
        "written": None,
        "stops": False,
        "whole": False,
        "step": (row.high - row.low) / STEPS,
        "stands": row.central,
        "drawn": True,
        "of_ledger": True,
    }


def timeline(region: Region, scenario: Scenario) -> list[Record]:
    """Return every event with the months in which it is in force, those of the file itself first.

    Months count from the run's first; an event that does not happen is there too.
    """
    begins = month_number(scenario.start)
    gone = {event.id for event in scenario.removed}
    found = []
    for event in (*scenario.events, *scenario.removed):
        first, last = span(event)
        found.append({
            "id": event.id,
            "kind": event.kind,
            "own": event.id in scenario.own_events,
            "removed": event.id in gone,
            "first": int(first - begins),
            "last": scenario.months if last == inf else ceil(last - begins) - 1,
            "sentence": describe(event, region),
        })  # fmt: skip
    return sorted(found, key=lambda one: (not one["own"], one["first"], one["id"]))
