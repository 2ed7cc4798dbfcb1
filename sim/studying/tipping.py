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
from sim.study.outcomes import with_unit
from sim.study.settings import Setting, settings_of
from sim.study.tipping import Asked, Tipping, band, crossed_by, lattice, tipping
from sim.studying.common import about_the_runs, having, one_arm
from sim.studying.lines import (
    Crossing,
    Pilot,
    about,
    any_clause,
    any_subject,
    clause,
    concluded,
    crossing,
    definition,
    event_named,
    field_named,
    line_arguments,
    meanings,
    numbered,
    on_the_scenario,
    past_the_line,
    percent,
    state_of,
    subject,
    too_long,
)
from sim.timeline import EFFECTS, month_after, month_number, sort_of, span

MEMBERS = 100
"""Runs from which the band is told, if nothing is asked for."""

NEARLY_ALL = 0.95
"""Share of runs from which no threshold is told but that there is none, or one at once."""

NO_MATTER = 0.8
"""Share of runs past the line everywhere or nowhere, from which no threshold is told either."""

LONGEST = 24
"""Months up to which a length is sought where no range is asked for."""


Known = dict[float, np.ndarray]
"""Both levels of all members' outcomes, (2, member, outcome), by the number at which they were run.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Write the command's own arguments into its parser."""
    about_the_runs(parser)
    line_arguments(parser)


def studied(crossed: Crossing, setting: Setting, members: int) -> Findings:
    """Return where each member crosses the line, told."""
    setting = measured(crossed, setting)
    on = lattice(setting.low, setting.high, setting.whole)
    known: Known = {}
    found = tipping(remembered(crossed, setting, members, known), members, on)
    return findings(crossed, setting, found, known)


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
    if setting.named or setting.steps:
        message = (
            f"{setting.name}: give its range as LOW:HIGH; which numbers between are tried is "
            "found by halving"
        )
        raise InputError("What is to be varied", [Problem(message)])
    return setting


MEASURED_IN = {
    "link_slowed": "of the cargo's worth",
    "unrest": "log points",
    "insecurity": "log points",
    "intervention": "thousand men",
    "aid": "bn USD a year",
    "investment": "bn USD a year",
    "investment_trend": "bn USD a year",
    "visit": "times a month",
    "summit": "times a month",
    "sanctions": "of full",
    "enforcement": "of full",
    "crackdown": "of full",
    "arrivals": "thousand people",
    "hardship": "of GDP",
    "trend": "log points a year",
    "defence_budget": "% of GDP",
}
"""Units of the sizes of events, by kind; links have their own, and factors none."""


def measured(crossed: Crossing, setting: Setting) -> Setting:
    """Return a setting with its unit, where it is the size of an event that has one."""
    if setting.field != "size":
        return setting
    (event,) = (one for one in crossed.scenario.events if one.id == setting.event)
    unit = MEASURED_IN.get(event.kind, "")
    if event.kind in ("link_opened", "link_enlarged") and not event.what.get("by_factor"):
        links = crossed.region.links
        unit = next(link.unit for link in links if link.code in event.what["links"])
    return replace(setting, unit=unit)


def remembered(crossed: Crossing, setting: Setting, members: int, known: Known) -> Asked:
    """Return the model of all members in which no number is run twice; `known` keeps the runs.

    A number that any member asks for is run for all: a call of one run costs half as much as one
    of a thousand, so that a call for each member's own numbers would take longer.
    """

    def asked(sizes: np.ndarray, of: np.ndarray) -> np.ndarray:
        new = [size for size in np.unique(sizes).tolist() if size not in known]
        if new:
            found = crossed.runs([setting], np.array(new)[:, None], 0, members)
            known.update(zip(new, np.moveaxis(found, 0, 1), strict=True))
        pairs = zip(sizes.tolist(), of.tolist(), strict=True)
        return crossed.past(np.stack([known[size][:, member] for size, member in pairs], axis=1))

    return asked


def idle(known: Known) -> bool:
    """Return whether nothing that is read differs between any two of the numbers that were run."""
    first, *others = known.values()
    return all(np.array_equal(first, other) for other in others)


# Told -----------------------------------------------------------------------------------------


def findings(crossed: Crossing, setting: Setting, found: Tipping, known: Known) -> Findings:
    """Return the tipping points in sentences, a table and a figure."""
    members = len(found.threshold)
    nothing = changes_nothing(crossed, setting) if idle(known) else []
    return Findings(
        kind="tipping",
        title=f"{crossed.scenario.title}: where it tips",
        question=f"{question_of(crossed, setting)}?",
        sentences=(*nothing, *told(crossed, setting, found)),
        tables=(table(crossed, setting, found),),
        pictures=(picture(crossed, setting, found),),
        about=about(
            crossed, members, varied=setting.name, low=setting.low, high=setting.high,
            runs=len(known) * members,
        ),
        notes=crossed.chosen,
    )  # fmt: skip


def changes_nothing(crossed: Crossing, setting: Setting) -> list[str]:
    """Return that what is varied makes no difference."""
    return [f"Nothing that is read changes with {named(setting)}, {over(crossed, setting)}."]


def question_of(crossed: Crossing, setting: Setting) -> str:
    """Return the question that the study answers."""
    line = any_clause(crossed)
    event = event_named(setting.event)
    if setting.field == "months":
        return f"How long does {event} have to last before {line}"
    if setting.field == "start":
        return f"When does {event} have to begin so that {line}"
    if setting.kind == "rank":
        return f"How high in its range does {named(setting)} have to be before {line}"
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
    (False, False): "more", (False, True): "less", (True, False): "later", (True, True): "earlier",
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
    return [*sentences, *as_written(crossed, setting), *meanings([setting]), *definition(crossed)]


def as_written(crossed: Crossing, setting: Setting) -> list[str]:
    """Return what the event that is varied supposes as it is written, and what beside it stays."""
    scenario = crossed.scenario
    others = len([name for name in scenario.own_events if name != setting.event])
    stay = {0: "", 1: " The scenario's other event stays as written."}.get(
        others, f" The scenario's {others} other events stay as written."
    )
    return [
        f"As written, {event_named(event.id)} is: {describe(event, crossed.region)}{stay}"
        for event in scenario.events
        if event.id == setting.event
    ]


def not_at_all(crossed: Crossing, setting: Setting, found: Tipping, places: Sequence[int]) -> str:
    """Return that some outcomes do not cross in any run."""
    outcomes = [crossed.outcomes[place] for place in places]
    names = [state_of(crossed.region, one) for one in outcomes]
    where = f"There is no run in which, {over(crossed, setting)}, "
    if len(outcomes) == 1:
        return f"{where}{clause(crossed, outcomes[0])}."
    return (
        f"{where}the {shared(crossed)} of any of {listed(names)} "
        f"{past_the_line(crossed, outcomes[0])}."
    )


def over(crossed: Crossing, setting: Setting) -> str:
    """Return where was looked: "anywhere from a length of 1 month to one of 24"."""
    if setting.kind == "rank":
        whole = setting.low <= 0.0 and setting.high >= 1.0
        low, high = (numbered(setting, end) for end in (setting.low, setting.high))
        part = "in" if whole else f"from {low} to {high} up"
        return f"anywhere {part} the range of {named(setting)}"
    first = at(crossed, setting, setting.low)
    if setting.field == "start":
        return f"anywhere from {first} to one in {month_of(crossed, setting, setting.high)}"
    if setting.field == "months":
        return f"anywhere from {first} to one of {numbered(setting, setting.high)}"
    if setting.field == "size":
        return f"anywhere from {first} to one of {in_unit(setting, setting.high)}"
    return f"anywhere from {numbered(setting, setting.low)} to {at(crossed, setting, setting.high)}"


def told_of(crossed: Crossing, setting: Setting, found: Tipping, place: int) -> list[str]:
    """Return the sentences about one outcome that crosses in some runs."""
    line = clause(crossed, crossed.outcomes[place])
    never, falling = float(found.never[place]), bool(found.from_above[place])
    far = at(crossed, setting, setting.low if falling else setting.high)
    if never >= NEARLY_ALL:
        return [f"Only in {percent(1.0 - never)} of runs is {far} enough for this: {line}."]
    if hardly(found, place):
        return [hardly_depends(crossed, setting, found, place, line)]
    sentences = [main(crossed, setting, found, place, line)]
    near = at(crossed, setting, setting.high if falling else setting.low)
    state = state_of(crossed.region, crossed.outcomes[place])
    if 0.0 < found.at_once[place] < NEARLY_ALL:
        already = percent(float(found.at_once[place]))
        sentences.append(
            f"For {state}, in {already} of runs {near}, the {LEAST[falling]} tried, is enough."
        )
    if never > 0.0:
        sentences.append(
            f"For {state}, in {percent(never)} of runs even {far}, the {MOST[falling]} tried, is "
            "not enough."
        )
    if not found.one_way[place]:
        more = MORE[setting.field == "start", falling]
        sentences.append(
            f"For {state}, {more} is not always further: in "
            f"{percent(float(found.straying[place]))} of runs the line is left again on the way; "
            "told is the first crossing found on a coarse look."
        )
    return sentences


def hardly(found: Tipping, place: int) -> bool:
    """Return whether most runs are past the line everywhere in the range, or nowhere."""
    at_once, never = float(found.at_once[place]), float(found.never[place])
    one_of_them = max(at_once, never) >= NEARLY_ALL
    return bool(found.one_way[place]) and not one_of_them and at_once + never >= NO_MATTER


def hardly_depends(
    crossed: Crossing, setting: Setting, found: Tipping, place: int, line: str
) -> str:
    """Return that an outcome hardly depends on what is varied, and in how many runs it does."""
    at_once, never = float(found.at_once[place]), float(found.never[place])
    what, one = depends_on(setting)
    tried = f"{one} tried, {range_in_words(crossed, setting)},"
    shares = [f"in {percent(at_once)} of runs any {tried} is enough"] if at_once else []
    if never:
        none = "none" if at_once else f"of runs no {tried} is enough"
        shares.append(f"in {percent(never)} {none}")
    rest = round((1.0 - at_once - never) * len(found.threshold)) / len(found.threshold)
    shares[-1] += f"; {f'only in {percent(rest)}' if rest else 'in no run'} does it depend on that"
    return f"Whether {line} hardly depends on {what}: {', '.join(shares)}."


def depends_on(setting: Setting) -> tuple[str, str]:
    """Return on what of a setting an outcome may depend, and what one number of it is."""
    if setting.field == "months":
        return f"how long {event_named(setting.event)} lasts", "length"
    if setting.field == "start":
        return f"when {event_named(setting.event)} begins", "beginning"
    if setting.kind == "rank":
        return f"where in its range {named(setting)} is", "place"
    return named(setting), "size" if setting.field == "size" else "number"


def range_in_words(crossed: Crossing, setting: Setting) -> str:
    """Return the range that is tried: "1 to 24 months", "0% to 100% up its range"."""
    low, high = (bound(crossed, setting, end) for end in (setting.low, setting.high))
    if setting.field == "start":
        return f"{low} to {high}"
    return f"{low} to {with_unit(high, 'up its range' if setting.kind == 'rank' else setting.unit)}"


def main(crossed: Crossing, setting: Setting, found: Tipping, place: int, line: str) -> str:
    """Return the sentence with the tipping point."""
    falling = bool(found.from_above[place])
    middle, first, last = band(found.threshold[:, place], falling)
    least = "at most" if falling else "at least"
    then = "so that" if setting.field == "start" else "before"
    if found.at_once[place] >= NEARLY_ALL:
        near = at(crossed, setting, setting.high if falling else setting.low)
        return (
            f"{upper(near)} is enough already in {percent(float(found.at_once[place]))} of "
            f"runs for this: {line}."
        )
    if not np.isfinite(middle):
        some = 1.0 - float(found.never[place])
        own = found.threshold[np.isfinite(found.threshold[:, place]), place]
        need = needed(crossed, setting, least, band(own, falling), "of these runs")
        return f"Only {percent(some)} of runs cross the line; in these {need} {then} {line}."
    need = needed(crossed, setting, least, (middle, first, last), "of runs")
    return f"{upper(need)} {then} {line}."


def needed(
    crossed: Crossing,
    setting: Setting,
    least: str,
    numbers: tuple[float, float, float],
    of_which: str,
) -> str:
    """Return what an event has to be: "'x' has to last at least 5 months (90% of runs: 4 to 8)"."""
    middle, first, last = numbers
    low, high = ends_of_band(crossed, setting, first, last)
    spread = f"90% {of_which}: {low}" if low == high else f"90% {of_which}: {low} to {high}"
    if setting.field == "months":
        months = f"{middle:.0f} month{'' if middle == 1 else 's'}"
        return f"{event_named(setting.event)} has to last {least} {months} ({spread})"
    if setting.field == "start":
        when = "no later than" if least == "at most" else "no earlier than"
        month = bound(crossed, setting, middle)
        return f"{event_named(setting.event)} has to begin {when} {month} ({spread})"
    if setting.kind == "rank":
        up = f"{least} {numbered(setting, middle)} up its range"
        return f"{named(setting)} has to be {up} ({spread})"
    return f"{named(setting)} has to be {least} {in_unit(setting, middle)} ({spread})"


def in_unit(setting: Setting, number: float) -> str:
    """Return a setting's number with its unit, if it has one."""
    return with_unit(numbered(setting, number), setting.unit)


def ends_of_band(crossed: Crossing, setting: Setting, near: float, far: float) -> tuple[str, str]:
    """Return the ends of a band in words, the lower first, from whichever side it is met."""
    low, high = (bound(crossed, setting, end) for end in sorted((near, far)))
    return low, high


def bound(crossed: Crossing, setting: Setting, number: float) -> str:
    """Return a number of the setting in words, or that it is beyond the range."""
    if not np.isfinite(number):
        return beyond(crossed, setting, number > 0.0)
    if setting.field == "start":
        return month_of(crossed, setting, number)
    return numbered(setting, number)


def beyond(crossed: Crossing, setting: Setting, above: bool) -> str:
    """Return that a number lies beyond the range."""
    end = setting.high if above else setting.low
    if setting.field == "start":
        return f"{'later' if above else 'earlier'} than {month_of(crossed, setting, end)}"
    return f"{'more' if above else 'less'} than {numbered(setting, end)}"


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
        return f"a size of {in_unit(setting, number)}"
    if setting.kind == "rank":
        ends = {0.0: "at the bottom of", 1.0: "at the top of"}
        return f"{named(setting)} {ends.get(number, f'{numbered(setting, number)} up')} its range"
    return f"{in_unit(setting, number)} for {named(setting)}"


def upper(text: str) -> str:
    """Return a text with a capital at its beginning; what is in quotes stays as it is."""
    return text[:1].upper() + text[1:]


NO_MEDIAN = "hardly depends"
"""What stands for a median that would say nothing, as most runs lie beyond the ends."""


def table(crossed: Crossing, setting: Setting, found: Tipping) -> Table:
    """Return the tipping points by outcome."""
    rows: list[tuple[Any, ...]] = []
    for place, outcome in enumerate(crossed.outcomes):
        middle, near, far = band(found.threshold[:, place], bool(found.from_above[place]))
        rows.append((
            state_of(crossed.region, outcome),
            NO_MEDIAN if hardly(found, place) else bound(crossed, setting, middle),
            *ends_of_band(crossed, setting, near, far),
            percent(float(found.never[place])),
            percent(float(found.at_once[place])),
            "yes" if found.one_way[place] else f"not in {percent(float(found.straying[place]))}",
        ))  # fmt: skip
    return Table(
        name="thresholds",
        caption=(
            f"Where runs first cross the line: {on_the_axis(setting)}. Median and 90% are of all "
            "runs, those that never cross counted as beyond the range"
        ),
        columns=("state", "median", "90% from", "to", "never", "at once", "one way"),
        rows=tuple(rows),
    )


def picture(crossed: Crossing, setting: Setting, found: Tipping) -> Picture:
    """Return the figure: how many runs have crossed at each number."""
    from sim.report.figures.tipping import Panel
    from sim.report.figures.tipping import tipping as drawn

    panels = []
    for place, outcome in enumerate(crossed.outcomes):
        settings, share = crossed_by(found, place)
        middle, first, last = band(found.threshold[:, place], bool(found.from_above[place]))
        panels.append(Panel(
            title=state_of(crossed.region, outcome),
            settings=settings,
            share=share,
            band=(np.nan if hardly(found, place) else middle, first, last),
            looked=found.looked,
            past=found.past[:, place],
            one_way=bool(found.one_way[place]),
        ))  # fmt: skip
    one = crossed.outcomes[0]
    caption = (
        f"Share of runs in which {any_subject(crossed)} "
        f"{past_the_line(crossed, one)}, by {on_the_axis(setting)}."
    )
    dates = beginnings(crossed, setting) if setting.field == "start" else ()
    below = on_the_axis(setting)
    return Picture(
        "tipping", caption, lambda figure: drawn(figure, panels, below, dates, setting.whole)
    )


def on_the_axis(setting: Setting) -> str:
    """Return what is varied and how it is measured, as it stands below a figure."""
    if setting.field == "months":
        return f"length of {event_named(setting.event)} in months"
    if setting.field == "start":
        return f"month in which {event_named(setting.event)} begins"
    if setting.kind == "rank":
        return f"{named(setting)} in its range, from the bottom (0) to the top (1)"
    unit = f"share {setting.unit}" if setting.unit.startswith("of ") else setting.unit
    return f"{named(setting)} ({unit})" if unit else named(setting)


def beginnings(crossed: Crossing, setting: Setting) -> tuple[str, ...]:
    """Return the months in which an event begins, over the range."""
    (event,) = (one for one in crossed.scenario.events if one.id == setting.event)
    later = range(round(setting.low), round(setting.high) + 1)
    return tuple(month_after(event.start[:7], months) for months in later)


def run(asked: argparse.Namespace) -> int:
    """Do the command: read, study, write, print."""
    from sim.asking import scenario_of

    region, whole = scenario_of(asked.scenario)
    suits = having(asked.vary) if asked.vary else (lambda arm: bool(by_default(arm)))
    scenario = one_arm(whole, asked.arm, suits).resized(None, asked.months, asked.seed)
    setting, why = varied(region, scenario, asked.vary)
    crossed = crossing(region, scenario, asked, pilot=ends_of(setting))
    why = [*crossed.chosen, *why, *on_the_scenario(scenario, asked.arm)]
    why += too_long(scenario, [setting])
    crossed = replace(crossed, chosen=tuple(why))
    return concluded(asked, "tipping", lambda one, members: studied(one, setting, members),
                     crossed, MEMBERS)  # fmt: skip
