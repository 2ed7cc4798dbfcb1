"""`run.py tipping`: how large, how long or how late an event has to be to cross a line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sim.claims import listed
from sim.compare import date_in_words, describe
from sim.errors import InputError, Problem
from sim.region import Region
from sim.scenario import Scenario
from sim.study.findings import Findings, Picture, Table
from sim.study.settings import Setting, settings_of
from sim.study.tipping import Asked, Tipping, band, crossed_by, lattice, tipping
from sim.studying.common import about_the_runs, one_arm
from sim.studying.lines import (
    Crossing,
    Pilot,
    about,
    clause,
    concluded,
    crossing,
    event_named,
    field_named,
    line_arguments,
    numbered,
    on_the_scenario,
    past_the_line,
    percent,
    subject,
)
from sim.timeline import EFFECTS, month_after, month_number, sort_of, span

MEMBERS = 100
"""Runs from which the band is told, if nothing is asked for."""

NEARLY_ALL = 0.95
"""Share of runs from which no threshold is told but that there is none, or one at once."""


LONGEST = 24
"""Months up to which a length is sought where no range is asked for."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Write the command's own arguments into its parser."""
    about_the_runs(parser)
    line_arguments(parser)


def studied(crossed: Crossing, setting: Setting, members: int) -> Findings:
    """Return where each member crosses the line, told."""
    on = lattice(setting.low, setting.high, setting.whole)
    found = tipping(remembered(crossed, setting, members), members, on)
    return findings(crossed, setting, found)


# What is varied ---------------------------------------------------------------------------------


def varied(region: Region, scenario: Scenario, asked: Sequence[str]) -> tuple[Setting, list[str]]:
    """Return the one setting that is varied, and a sentence on it where it had to be chosen."""
    if asked:
        return only_setting(region, scenario, asked), []
    name = by_default(scenario)
    if not name:
        message = (
            "the scenario has no event of its own with a length or size; name what to vary, as "
            "--vary EVENT.months=1:24 or --vary cut_threat (a number of the ledger)"
        )
        raise InputError("What is to be varied", [Problem(message)])
    setting = only_setting(region, scenario, [name])
    return setting, [
        f"What is varied was chosen: --vary {name}; for another: --vary NAME=LOW:HIGH."
    ]


def ends_of(setting: Setting) -> Pilot:
    """Return runs at both ends of a range."""
    return Pilot((setting,), np.array([[setting.low], [setting.high]]), ends=True)


def by_default(scenario: Scenario) -> str:
    """Return what is varied where nothing is asked for.

    The length of the own event that lasts longest among those that pass; where none passes, the
    size of the first own event that has one, from nothing to the most that is written.
    """
    own = [event for event in scenario.events if event.id in scenario.own_events]
    begun = month_number(scenario.start)
    passing = [
        event
        for event in own
        if event.shape in ("step", "pulse")
        and (event.end or event.months)
        and span(event)[1] - begun <= scenario.months
    ]
    if passing:
        event = max(passing, key=lambda one: span(one)[1] - span(one)[0])
        left = scenario.months - int(month_number(event.start[:7]) - begun)
        return f"{event.id}.months=1:{min(LONGEST, left)}" if left > 1 else ""
    for event in own:
        nothing = 1.0 if EFFECTS[sort_of(event)][0].how == "factor" else 0.0
        ends = sorted({nothing, event.size.low, event.size.high})
        if len(ends) > 1:
            return f"{event.id}.size={ends[0]:g}:{ends[-1]:g}"
    return ""


def only_setting(region: Region, scenario: Scenario, asked: Sequence[str]) -> Setting:
    """Return the one setting that is varied, or refuse."""
    if len(asked) != 1:
        message = "vary exactly one thing, as --vary EVENT.months=1:24"
        raise InputError("What is to be varied", [Problem(message)])
    (setting,) = settings_of(region, scenario, asked)
    if setting.kind == "switch":
        message = f"{setting.name} is on or off and has no size; vary a size, length or date"
        raise InputError("What is to be varied", [Problem(message)])
    return setting


def remembered(crossed: Crossing, setting: Setting, members: int) -> Asked:
    """Return the model of all members in which no number is run twice.

    Runs of all members at one number are made together, as that costs little more than one.
    """
    known: dict[float, np.ndarray] = {}

    def asked(sizes: np.ndarray, of: np.ndarray) -> np.ndarray:
        new = [size for size in np.unique(sizes).tolist() if size not in known]
        if new:
            margins = crossed.margins([setting], np.array(new)[:, None], 0, members)
            known.update(zip(new, margins, strict=True))
        pairs = zip(sizes.tolist(), of.tolist(), strict=True)
        return np.stack([known[size][member] for size, member in pairs])

    return asked


# Told -----------------------------------------------------------------------------------------


def findings(crossed: Crossing, setting: Setting, found: Tipping) -> Findings:
    """Return the tipping points in sentences, a table and a figure."""
    members = len(found.threshold)
    return Findings(
        kind="tipping",
        title=f"{crossed.scenario.title}: where it tips",
        question=f"{question_of(crossed, setting)}?",
        sentences=tuple(told(crossed, setting, found)),
        tables=(table(crossed, setting, found),),
        pictures=(picture(crossed, setting, found),),
        about=about(crossed, members, varied=setting.name, low=setting.low, high=setting.high),
    )


def question_of(crossed: Crossing, setting: Setting) -> str:
    """Return the question that the study answers."""
    one = crossed.outcomes[0]
    line = clause(crossed, one)
    if len(crossed.outcomes) > 1:
        line = f"a state's {shared(crossed)} {past_the_line(crossed, one)}"
    event = event_named(setting.event)
    if setting.field == "months":
        return f"How long does {event} have to last before {line}"
    if setting.field == "start":
        return f"When does {event} have to begin before {line}"
    return f"What does {named(setting)} have to be before {line}"


def shared(crossed: Crossing) -> str:
    """Return what is read of every state alike."""
    return subject(crossed, crossed.outcomes[0], owned=False)


def named(setting: Setting) -> str:
    """Return what is varied, as a subject."""
    if setting.event:
        return field_named(setting)
    return f"'{setting.name}'"


MORE = {
    (False, False): "More", (False, True): "Less", (True, False): "Later", (True, True): "Earlier",
}  # fmt: skip
"""The way to the line, by whether it is one of dates and leads from above."""


LEAST, MOST = {False: "least", True: "most"}, {False: "most", True: "least"}
"""How the near and the far end of a range are called, by whether the line is met from above."""


def told(crossed: Crossing, setting: Setting, found: Tipping) -> list[str]:
    """Return the sentences about all outcomes: those that cross, then those that do not."""
    places = range(len(crossed.outcomes))
    none = [place for place in places if found.never[place] == 1.0]
    some = [place for place in places if place not in none]
    sentences = [s for place in some for s in told_of(crossed, setting, found, place)]
    if none:
        sentences.append(not_at_all(crossed, setting, found, none))
    return [*sentences, *as_written(crossed, setting), *crossed.chosen]


def as_written(crossed: Crossing, setting: Setting) -> list[str]:
    """Return what the event that is varied supposes as it is written."""
    events = [event for event in crossed.scenario.events if event.id == setting.event]
    return [
        f"As written, {event_named(event.id)} is: {describe(event, crossed.region)}"
        for event in events
    ]


def not_at_all(crossed: Crossing, setting: Setting, found: Tipping, places: Sequence[int]) -> str:
    """Return that some outcomes do not cross in any run."""
    outcomes = [crossed.outcomes[place] for place in places]
    names = [crossed.region.actor(one.name.partition(".")[0]).name for one in outcomes]
    far = at(crossed, setting, setting.high)
    if len(outcomes) == 1:
        return f"In no run is {far} enough for this: {clause(crossed, outcomes[0])}."
    return (
        f"In no run is {far} enough for the {shared(crossed)} of {listed(names)}: nowhere in the "
        f"range {past_the_line(crossed, outcomes[0])}."
    ).replace("range is", "range is it")


def told_of(crossed: Crossing, setting: Setting, found: Tipping, place: int) -> list[str]:
    """Return the sentences about one outcome that crosses in some runs."""
    line = clause(crossed, crossed.outcomes[place])
    never, falling = float(found.never[place]), bool(found.from_above[place])
    far = at(crossed, setting, setting.low if falling else setting.high)
    if never >= NEARLY_ALL:
        return [f"Only in {percent(1.0 - never)} of runs is {far} enough for this: {line}."]
    sentences = [main(crossed, setting, found, place, line)]
    near = at(crossed, setting, setting.high if falling else setting.low)
    if 0.0 < found.at_once[place] < NEARLY_ALL:
        already = percent(float(found.at_once[place]))
        sentences.append(f"In {already} of runs {near} is enough, the {LEAST[falling]} tried.")
    if never > 0.0:
        sentences.append(
            f"In {percent(never)} of runs even {far} is not enough, the {MOST[falling]} tried."
        )
    if not found.one_way[place]:
        more = MORE[setting.field == "start", falling]
        sentences.append(
            f"{more} is not always further: in {percent(float(found.straying[place]))} of runs the "
            "line is left again on the way; told is the first crossing found on a coarse look."
        )
    return sentences


def main(crossed: Crossing, setting: Setting, found: Tipping, place: int, line: str) -> str:
    """Return the sentence with the tipping point."""
    falling = bool(found.from_above[place])
    middle, first, last = band(found.threshold[:, place], falling)
    least = "at most" if falling else "at least"
    if found.at_once[place] >= NEARLY_ALL:
        near = at(crossed, setting, setting.high if falling else setting.low)
        return (
            f"{upper(near)} is enough already in {percent(float(found.at_once[place]))} of "
            f"runs for this: {line}."
        )
    if not np.isfinite(middle):
        some = 1.0 - float(found.never[place])
        own = found.threshold[np.isfinite(found.threshold[:, place]), place]
        middle, first, last = band(own, falling)
        which = f"In {percent(some)} of runs only, where "
        return f"{which}{needed(crossed, setting, least, middle, first, last)}, {line}."
    return f"{upper(needed(crossed, setting, least, middle, first, last))} before {line}."


def needed(
    crossed: Crossing, setting: Setting, least: str, middle: float, first: float, last: float
) -> str:
    """Return what an event has to be: "'x' has to last at least 5 months (90%: 4 to 8)"."""
    low, high = (bound(crossed, setting, end) for end in (first, last))
    spread = f"90% of runs: {low}" if low == high else f"90% of runs: {low} to {high}"
    if setting.field == "months":
        months = f"{middle:.0f} month{'' if middle == 1 else 's'}"
        return f"{event_named(setting.event)} has to last {least} {months} ({spread})"
    if setting.field == "start":
        when = "no later than" if least == "at most" else "no earlier than"
        month = bound(crossed, setting, middle)
        return f"{event_named(setting.event)} has to begin {when} {month} ({spread})"
    unit = setting.unit if setting.unit not in ("", "rank") else ""
    number = f"{numbered(setting, middle)} {unit}".rstrip()
    return f"{named(setting)} has to be {least} {number} ({spread})"


def bound(crossed: Crossing, setting: Setting, number: float) -> str:
    """Return a number of the setting in words, or that it is beyond the range."""
    if not np.isfinite(number):
        return beyond(setting, number > 0.0)
    if setting.field == "start":
        return month_of(crossed, setting, number)
    return numbered(setting, number)


def beyond(setting: Setting, above: bool) -> str:
    """Return that a number lies beyond the range."""
    if setting.field == "start":
        return "not within the range"
    side, end = ("more", setting.high) if above else ("less", setting.low)
    return f"{side} than {numbered(setting, end)}"


def month_of(crossed: Crossing, setting: Setting, number: float) -> str:
    """Return the month in which an event begins so many months later than written."""
    (event,) = (one for one in crossed.scenario.events if one.id == setting.event)
    return date_in_words(month_after(event.start[:7], round(number)))


def at(crossed: Crossing, setting: Setting, number: float) -> str:
    """Return an end of the range as what happens there."""
    if setting.field == "months":
        return f"a length of {number:.0f} month{'' if number == 1 else 's'}"
    if setting.field == "start":
        return f"a beginning in {month_of(crossed, setting, number)}"
    if setting.field == "size":
        return f"a size of {numbered(setting, number)}"
    return f"{numbered(setting, number)} {setting.unit}".rstrip() + f" for {named(setting)}"


def upper(text: str) -> str:
    """Return a text with a capital at its beginning; what is in quotes stays as it is."""
    return text[:1].upper() + text[1:]


def table(crossed: Crossing, setting: Setting, found: Tipping) -> Table:
    """Return the tipping points by outcome."""
    rows: list[tuple[Any, ...]] = []
    for place, outcome in enumerate(crossed.outcomes):
        numbers = band(found.threshold[:, place], bool(found.from_above[place]))
        rows.append((
            subject(crossed, outcome, timed=False),
            *(bound(crossed, setting, number) for number in numbers),
            percent(float(found.never[place])),
            percent(float(found.at_once[place])),
            "yes" if found.one_way[place] else f"not in {percent(float(found.straying[place]))}",
        ))  # fmt: skip
    return Table(
        name="thresholds",
        caption=upper(f"{setting.words} at which runs first cross the line{unit_of(setting)}"),
        columns=("outcome", "median", "5%", "95%", "never", "at once", "more goes further"),
        rows=tuple(rows),
    )


def picture(crossed: Crossing, setting: Setting, found: Tipping) -> Picture:
    """Return the figure: how many runs have crossed at each number."""
    from sim.report.figures.tipping import Panel
    from sim.report.figures.tipping import tipping as drawn

    panels = []
    for place, outcome in enumerate(crossed.outcomes):
        settings, share = crossed_by(found, place)
        panels.append(Panel(
            title=crossed.region.actor(outcome.name.partition(".")[0]).name,
            settings=settings,
            share=share,
            band=band(found.threshold[:, place], bool(found.from_above[place])),
            looked=found.looked,
            past=found.past[:, place],
            one_way=bool(found.one_way[place]),
        ))  # fmt: skip
    one = crossed.outcomes[0]
    caption = (
        f"Share of runs in which {subject(crossed, one).partition(' ')[2]} "
        f"{past_the_line(crossed, one)}, by {setting.words}."
    )
    dates = beginnings(crossed, setting) if setting.field == "start" else ()
    below = "month in which it begins" if dates else f"{setting.words}{unit_of(setting)}"
    return Picture("tipping", caption, lambda figure: drawn(figure, panels, below, dates))


def unit_of(setting: Setting) -> str:
    """Return a setting's unit in brackets, unless it is one of an event's dates or lengths."""
    said = setting.field in ("months", "start") or setting.unit in ("", "rank")
    return "" if said else f" ({setting.unit})"


def beginnings(crossed: Crossing, setting: Setting) -> tuple[str, ...]:
    """Return the months in which an event begins, over the range."""
    (event,) = (one for one in crossed.scenario.events if one.id == setting.event)
    later = range(round(setting.low), round(setting.high) + 1)
    return tuple(month_after(event.start[:7], months) for months in later)


def run(asked: argparse.Namespace) -> int:
    """Do the command: read, study, write, print."""
    from sim.asking import scenario_of

    region, whole = scenario_of(asked.scenario)
    suits = (lambda arm: True) if asked.vary else (lambda arm: bool(by_default(arm)))
    scenario = one_arm(whole, asked.arm, suits).resized(None, asked.months, asked.seed)
    setting, why = varied(region, scenario, asked.vary)
    crossed = crossing(region, scenario, asked, pilot=ends_of(setting))
    why = [*crossed.chosen, *why, *on_the_scenario(scenario, asked.arm)]
    crossed = replace(crossed, chosen=tuple(why))
    return concluded(asked, "tipping", lambda one, members: studied(one, setting, members),
                     crossed, MEMBERS)  # fmt: skip
