"""The report in a reader's language: one page beside report.html, and its headline for a terminal.

Its sentences, tables and figures are made from the one catalogue of texts; what is supposed, the
evidence and the sources stand in English and are marked as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.answer import NOTHING_TESTED
from sim.answer.movement import LEAST_SENT
from sim.answer.verdict import headline_moment, headline_state
from sim.claims import EVERY_RUN, FREQUENCIES, SIZE_WORDS, SIZES
from sim.claims import size as size_of
from sim.report import palette
from sim.report.changes import KINDS, at_date, change, chief, dates_read, most, wider
from sim.report.drawings import Over, bars, fan, limits, stacked
from sim.report.facts import Footnotes, cited, numbers
from sim.report.tables import rounded
from sim.results import Results
from sim.telling import (
    ENGLISH,
    Change,
    change_sentence,
    frequency,
    how,
    joined,
    listed,
    month,
    named,
    of_partner,
    of_state,
    own_point,
    parts_sentence,
    scenario_text,
    sent_sentence,
    text,
)
from sim.texts import catalogue

if TYPE_CHECKING:
    from rich.console import Console

    from sim.moments import Moment
    from sim.question import Answered, Run
    from sim.scenario import Scenario

Record = dict[str, Any]

HERE = Path(__file__).resolve().parent

PERCENT = 100.0

MOST_CHANNELS = 6
"""Channels that have a row; the rest is summed."""

LEAST_CHANNEL = 0.001
"""Effective partners below which a part of a change of breadth has no row of its own."""

SPLIT = ("share", "breadth", "gdp")
"""Kinds of which the imposed and chosen parts are told in sentences."""

SIZED = {"breadth": 1.0, "gdp": 1.0, "share": 100.0, "lens": 1.0, "lost": 100.0}
"""What sizes are told of, and what of the unit that is read is one of `sim.claims.SIZES`."""

UNIT_OF = {"gas": "bcm"}
"""Commodities that are not told by weight."""


def file_name(language: str) -> str:
    """Return the name of the page in a language."""
    return f"report.{language}.html"


def write(run: Run, manifest: Record, folder: Path, language: str) -> None:
    """Write the page in a language into a folder."""
    told = page(run, manifest, language)
    (folder / file_name(language)).write_text(told, encoding="utf-8")


def show(run: Run, language: str, console: Console) -> None:
    """Print the headline in a language, arm by arm, and which of the files told is its page."""
    from rich.text import Text

    console.print()
    console.print(Text(title_of(run.scenario, language), style="bold"))
    console.print(Text(text(language, "tag"), style="italic"))
    for one in run.arms:
        console.print()
        if len(run.arms) > 1:
            console.print(Text(title_of(one.results.scenario, language), style="bold"))
        for place, sentence in enumerate(headline(one, language)):
            console.print(Text(sentence, style="bold" if place == 0 else ""))
    console.print()
    told = text(language, "report.file", file=file_name(language))
    console.print(Text(told, style="bold"))


# Sentences ------------------------------------------------------------------------------------


def title_of(scenario: Scenario, language: str) -> str:
    """Return the title of a scenario or an arm in a language, where it is as shipped."""
    return scenario_text(language, scenario.name, scenario.arm or "", "title", scenario.title)


def headline(one: Answered, language: str) -> list[str]:
    """Return what the answer says first: ties, breadth, the hedge, GDP and exports.

    Of the state whose ties move most and the date at which they do, as in the English answer.
    """
    results = one.results
    if not results.differs.any():
        tested = one.answer["lead"] != NOTHING_TESTED
        return [text(language, f"report.nothing_{'supposed' if tested else 'tested'}")]
    place = headline_state(results)
    at = headline_moment(results, place)
    changes = at_date(results, place, at)
    first, *rest = (most(changes, kind) for kind in ("share", "breadth", "deliberate", "gdp"))
    if first is not None and first.told:
        whose = named(language, "whose", results.region.states[place])
        lead = text(language, "report.most", whose=whose, month=month(language, first.date))
    else:
        lead = text(language, "report.none")
    return [
        lead,
        *(whole_sentence(language, one) for one in (first, *rest) if one is not None),
        *hedging(one, place, at, language),
        *sent(one, language),
    ]


def whole_sentence(language: str, one: Change) -> str:
    """Return the sentence on a change and, where it is told, on its imposed and chosen parts."""
    said = [change_sentence(language, one)]
    if one.told and one.kind in SPLIT:
        said += parts_sentence(language, one)
    return joined(language, said)


def hedging(one: Answered, place: int, at: Moment, language: str) -> list[str]:
    """Return what may be said of hedging: that it rose or fell, or why wider ties are none."""
    state = one.results.region.states[place]
    found = one.answer["states"][state]["verdict"][at.key]
    if found["hedging"] == "rose":
        cases = of_state(language, state) | of_partner(language, found["against"])
        return [text(language, "report.hedging_rose", **cases)]
    said = [text(language, "report.hedging_fell")] if found["hedging"] == "fell" else []
    if wider(one.results, place, at):
        said.append(text(language, f"report.not_hedging_{why_not(found)}"))
    return said


def why_not(verdict: Record) -> str:
    """Return why wider ties are not called hedging, in the order of the English answer."""
    asked = {"chosen": "chosen_up", "risk": "risk_up", "purpose": "deliberate_up"}
    return next((why for why, sign in asked.items() if not verdict[sign]), "lenses")


def sent(one: Answered, language: str) -> list[str]:
    """Return what is sent less or more over the whole run, of the two streams that move most."""
    said = []
    for row in one.answer["streams"]:
        part = row["part_of_year"][0]
        if abs(part) < LEAST_SENT or not row["state"]:
            continue
        word = size_of(np.array([part]), "lost")
        ending = how(language, word, row["share_of_runs"], one.results.members)
        unit = unit_of(one.results, row["stream"])
        said.append(
            sent_sentence(
                language, row["stream"], unit, row["change_total"], PERCENT * part, ending
            )
        )
    least = own_point(language, f"{PERCENT * LEAST_SENT:g}")
    return said[:2] or [text(language, "report.sent_nothing", part=least)]


def unit_of(results: Results, stream: str) -> str:
    """Return by which unit of the catalogue a stream is told."""
    commodity = next(s.commodity for s in results.region.streams if s.code == stream)
    return UNIT_OF.get(commodity, "mt")


# The page -------------------------------------------------------------------------------------


def page(run: Run, manifest: Record, language: str) -> str:
    """Return the page in a language as text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    scenarios = [one.results.scenario for one in run.arms]
    answers = [one.answer for one in run.arms]
    notes = Footnotes(run.region)
    counted = numbers(run.region, answers, scenarios, notes)
    facts = [(fact, notes.number(fact.source)) for fact in cited(run.region, scenarios)]
    room = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    about, whole = answers[0]["about"], run.scenario
    asked = {
        field: scenario_text(language, whole.name, "", field, getattr(whole, field))
        for field in ("title", "question", "beyond")
    }
    own = {field: language != ENGLISH and asked[field] == getattr(whole, field) for field in asked}
    sizes_of = [
        (kind, [f"{scale * one:g}" for one in SIZES[kind]]) for kind, scale in SIZED.items()
    ]
    words = {word: text(language, f"size.{word}") for word in SIZE_WORDS}
    members = run.results.members
    return room.get_template("in_language.html").render(
        lang=language,
        t=partial(text, language),
        headed=partial(headed, language),
        css="".join((HERE / name).read_text("utf-8") for name in ("page.css", "in_language.css")),
        asked=asked,
        own=own,
        alike=[*about.get("off", []), *([about["ruled"]] if about["ruled"] else [])],
        basis=text(
            language, "report.basis",
            members=members, months=whole.months, month=month(language, whole.start),
        ),
        arms=[arm(one, language) for one in run.arms],
        glossary=glossary(language),
        reading=[
            text(language, f"report.reading_{k}", members=members) for k in (1, 2, 3)
        ],
        frequencies=frequencies(language),
        size_heads=[
            *(text(language, "report.below", word=words[word]) for word in SIZE_WORDS[:-1]),
            text(language, "report.from", word=words[SIZE_WORDS[-1]]),
        ],
        sizes=[
            (text(language, f"sizes.{kind}"),
             [own_point(language, one) for one in (*limits, limits[-1])])
            for kind, limits in sizes_of
        ],
        left_out=left_out(language),
        facts=facts,
        numbers=counted,
        footnotes=notes.listed(),
        command=f"{manifest['command']} --lang {language}",
    )  # fmt: skip


def headed(language: str, key: str, arm: Record) -> str:
    """Return a heading, with the arm that it is about where there are several."""
    head = text(language, key)
    return text(language, "report.of_arm", head=head, arm=arm["title"]) if arm["title"] else head


def left_out(language: str) -> list[tuple[str, str]]:
    """Return what the model leaves out: heads and sentences."""
    heads = [key for key in catalogue(language) if key.startswith("left_out.") and "head" in key]
    return [(text(language, key), text(language, key.removesuffix(".head"))) for key in heads]


def glossary(language: str) -> list[tuple[str, str, str]]:
    """Return the words of the page: in its language, in English, and what they mean here."""
    keys = [key for key in catalogue(language) if key.startswith("word.") and key.count(".") == 1]
    return [
        (text(language, key), text(ENGLISH, key), text(language, f"{key}.means")) for key in keys
    ]


def frequencies(language: str) -> list[tuple[str, str]]:
    """Return the phrases for how many runs agree, and for which share of runs each is said."""
    bounds = [round(PERCENT * least) for least, _ in FREQUENCIES]
    spans = [f"{low}–{high}%" for low, high in zip(bounds, [100, *bounds], strict=False)]
    names = ("nearly_all", "most", "more", "divided", "fewer", "few")
    between = [
        (text(language, f"frequency.{name}"), span) for name, span in zip(names, spans, strict=True)
    ]
    return [
        (text(language, "frequency.every"), f"100%, n ≥ {EVERY_RUN}"),
        *between,
        (text(language, "frequency.hardly"), f"0–{bounds[-1]}%"),
        (text(language, "frequency.none"), "0%"),
    ]


def arm(one: Answered, language: str) -> Record:
    """Return what the page says of one arm."""
    results = one.results
    scenario = results.scenario
    found: Record = {
        "title": title_of(scenario, language) if scenario.arm else "",
        "mark": f"-{scenario.arm}" if scenario.arm else "",
        "headline": headline(one, language),
        "supposed": one.answer["about"]["supposed"],
        "states": [], "still": "", "table": [], "why": None, "figures": [],
    }  # fmt: skip
    if not results.differs.any():
        return found
    dates = dates_read(results)
    by_state = [
        [at_date(results, place, moment) for moment in dates]
        for place in range(len(results.region.states))
    ]
    place = headline_state(results)
    at = headline_moment(results, place)
    return found | {
        "states": states(results, by_state, language),
        "still": still(results, by_state, language),
        "table": table(results, by_state, language),
        "why": why(one, place, at, language),
        "figures": figures(one, place, at, language),
    }


def heading(results: Results, moment: Moment, language: str) -> str:
    """Return a date with what date it is."""
    kind = moment.key
    if kind == "during":
        kind = f"during_{'first' if moment.label.startswith('first') else 'last'}"
    date = month(language, results.months[moment.place])
    return text(language, f"moment.{kind}", month=date)


def states(
    results: Results, by_state: Sequence[Sequence[Sequence[Change]]], language: str
) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """Return the sentences on each state of which something can be told, by date."""
    found = []
    for code, by_date in zip(results.region.states, by_state, strict=True):
        dates = []
        for moment, changes in zip(dates_read(results), by_date, strict=True):
            said = [whole_sentence(language, one) for one in chief(changes) if one.told]
            if said:
                dates.append((heading(results, moment, language), said))
        if dates:
            found.append((named(language, "state", code), dates))
    return found


def still(results: Results, by_state: Sequence[Sequence[Sequence[Change]]], language: str) -> str:
    """Return the sentence on the states of which nothing is told; empty where there is none."""
    names = [
        named(language, "state", code)
        for code, by_date in zip(results.region.states, by_state, strict=True)
        if not any(one.told for changes in by_date for one in chief(changes))
    ]
    return text(language, "report.still", states=listed(language, names)) if names else ""


def table(
    results: Results, by_state: Sequence[Sequence[Sequence[Change]]], language: str
) -> list[tuple[str, list[tuple[str, list[Record]]]]]:
    """Return the rows of all that can be told from nothing at one of the dates, by state."""
    found = []
    for code, by_date in zip(results.region.states, by_state, strict=True):
        rows = [
            (label(same[0], language), [row(one, language) for one in same])
            for same in zip(*by_date, strict=True)
            if any(one.told for one in same)
        ]
        if rows:
            found.append((named(language, "state", code), rows))
    return found


def label(one: Change, language: str) -> str:
    """Return what a row is of, with its unit."""
    own = f"row.{one.kind}"
    key = own if own in catalogue(language) else f"quantity.{one.kind}"
    return text(language, key, **of_partner(language, one.partner))


def row(one: Change, language: str) -> Record:
    """Return one line of the table of changes."""
    least = KINDS[one.kind].least

    def told(number: float) -> str:
        figure = rounded(number, least)
        return own_point(language, f"+{figure}" if number > 0 and figure != "0" else figure)

    middle, low, high = (told(number) for number in one.band)
    return {
        "series": f"{one.kind}{f'_{one.partner}' if one.partner else ''}.{one.state}",
        "month": one.date,
        "date": month(language, one.date, "short"),
        "range": low if low == high else text(language, "report.range", low=low, high=high),
        "median": middle,
        "imposed": told(one.imposed),
        "chosen": told(one.chosen),
        "size": text(language, f"size.{one.size}") if one.size else "",
        "often": frequency(language, one.share_of_runs, one.members) if one.told else
        text(language, "report.untold"),
    }  # fmt: skip


# Why it moved ---------------------------------------------------------------------------------


def why(one: Answered, place: int, at: Moment, language: str) -> Record:
    """Return the split of the change of breadth by channel and by event, for the headline state."""
    results = one.results
    code = results.region.states[place]
    state = one.answer["states"][code]
    when = [moment for moment in results.moments if moment.place >= 0]
    date = "" if at.place < 0 else results.months[at.place]
    cases = of_state(language, code) | {"month": month(language, date)}
    heads = [text(language, f"col.{name}") for name in ("domain", "whole", "imposed", "chosen")]
    return {
        "change": whole_sentence(language, change(results, ("breadth", ""), place, at)),
        "by_channel": text(language, "why.channels", **cases),
        "channel_heads": heads,
        "channels": channels(state["channels"][at.key], language),
        "by_event": text(language, "why.events", members=one.answer["attribution"]["members"]),
        "event_heads": [
            text(language, "col.event"),
            *(month(language, results.months[moment.place], "short") for moment in when),
        ],
        "events": events(state["events"].get("breadth", {}), [m.key for m in when], language),
    }


Line = tuple[str, bool, list[str]]
"""A row of a ledger: its name, whether that is the file's own, and its cells."""


def part(number: float, language: str) -> str:
    """Return a part of a change of breadth with its sign."""
    figure = rounded(number, LEAST_CHANNEL)
    return own_point(language, f"+{figure}" if number > 0 and figure != "0" else figure)


def channels(found: Sequence[Record], language: str) -> list[Line]:
    """Return the channels with the largest parts, and all others together."""
    ranked = sorted(found, key=lambda one: -abs(one["mean"]))
    kept = [one for one in ranked[:MOST_CHANNELS] if abs(one["mean"]) >= LEAST_CHANNEL]
    rest = ranked[len(kept) :]
    parts = ("mean", "imposed", "chosen")
    lines = [
        (
            text(
                language,
                "row.channel",
                partner=named(language, "partner", one["partner"]),
                domain=named(language, "domain", one["domain"]),
            ),
            False,
            [part(one[name], language) for name in parts],
        )
        for one in kept
    ]
    sums = [part(sum(one[name] for one in rest), language) for name in parts]
    return [*lines, (text(language, "report.rest"), False, sums)]


def events(found: Record, keys: Sequence[str], language: str) -> list[Line]:
    """Return each event's part at every date, where any of them is as large as can be told."""
    if not found:
        return []
    names = [one["event"] for one in found[keys[0]]]
    means = np.array([[found[key][k]["mean"] for key in keys] for k in range(len(names))])
    return [
        (name, True, [part(float(number), language) for number in means[k]])
        for k, name in enumerate(names)
        if np.abs(means[k]).max() >= LEAST_CHANNEL
    ]


# Figures --------------------------------------------------------------------------------------


def figures(one: Answered, place: int, at: Moment, language: str) -> list[Record]:
    """Return the figures of an arm: shares, imposed and chosen parts, breadth, exports."""
    results = one.results
    partners = results.region.partners
    first = most(at_date(results, place, at), "share")
    partner = first.partner if first is not None else partners[0]
    inside = np.flatnonzero(results.differs)
    over = Over(
        results.months,
        None if len(inside) == len(results.months) else (int(inside[0]), int(inside[-1])),
        text(language, "number.point"),
        text(language, "fan.difference"),
    )
    cases = of_partner(language, partner)
    return [
        {
            "caption": text(language, "report.figure_share", **cases),
            "drawings": fans(one, over, ("share", partner), at, language),
            "legend": fan_legend(over, language),
        },
        parts_figure(results, partner, at, language),
        {
            "caption": text(language, "report.figure_breadth"),
            "drawings": fans(one, over, ("breadth", ""), at, language),
            "legend": fan_legend(over, language),
        },
        *exports(one, over, language),
    ]


def fan_legend(over: Over, language: str) -> list[tuple[str, str, str]]:
    """Return the legend of a figure over the months: sign, colour, words."""
    shade = [("patch", palette.WINDOW, text(language, "fan.window"))] if over.window else []
    return [
        ("solid", palette.RUNS["scenario"].colour, text(language, "run.scenario")),
        ("dashed", palette.RUNS["baseline"].colour, text(language, "run.baseline")),
        *shade,
        ("", "", text(language, "fan.band")),
    ]


def fans(one: Answered, over: Over, key: tuple[str, str], at: Moment, language: str) -> list[str]:
    """Return one quantity over the months, a panel a state; differences share one scale."""
    results, kind = one.results, KINDS[key[0]]
    axis = () if not key[1] else (results.region.partners.index(key[1]),)
    bands = {
        run: np.percentile(
            kind.factor * results.of(run, kind.quantity)[(..., *axis)], (5, 50, 95), axis=1
        )
        for run in ("scenario", "baseline", "difference")
    }
    least = 10 * kind.least
    apart = limits(list(bands["difference"]), least, zero=True)
    made = []
    for place, code in enumerate(results.region.states):
        runs = {run: tuple(band[..., place]) for run, band in bands.items()}
        told = change_sentence(language, change(results, key, place, at))
        made.append(fan(over, named(language, "state", code), told, runs, least, apart))
    return made


def parts_figure(results: Results, partner: str, at: Moment, language: str) -> Record:
    """Return the figure of imposed and chosen parts of a share's change, by state."""
    found = [
        change(results, ("share", partner), place, at)
        for place in range(len(results.region.states))
    ]
    date = "" if at.place < 0 else results.months[at.place]
    caption = text(
        language, "report.figure_parts",
        month=month(language, date), **of_partner(language, partner),
    )  # fmt: skip
    picture = bars(
        joined(language, [whole_sentence(language, one) for one in found]),
        [named(language, "state", one.state) for one in found],
        [one.imposed for one in found],
        [one.chosen for one in found],
        text(language, "number.point"),
        1.0,
    )
    looks = palette.PARTS
    legend = [("patch", looks[name].colour, text(language, f"parts.{name}")) for name in looks]
    return {"caption": caption, "drawings": [picture], "legend": legend}


def exports(one: Answered, over: Over, language: str) -> list[Record]:
    """Return the figure of the stream that moves most, by route; none where none moves."""
    results, region = one.results, one.results.region
    moved = [row for row in one.answer["streams"] if abs(row["part_of_year"][0]) >= LEAST_SENT]
    if not moved:
        return []
    code = moved[0]["stream"]
    place = [stream.code for stream in region.streams].index(code)
    routes = np.flatnonzero(region.stream_of_route == place)
    flows = {
        run: results.of(run, "flow")[:, :, routes].mean(axis=1).T
        for run in ("scenario", "baseline")
    }
    kept = [k for k in range(len(routes)) if flows["scenario"][k].max() >= 0.005]
    before = flows["baseline"].sum(axis=0)
    unit = text(language, f"unit.{unit_of(results, code)}")
    caption = text(
        language, "report.figure_exports", stream=named(language, "stream", code), unit=unit
    )
    legend = [
        ("patch", palette.route_look(n).colour,
         named(language, "route", region.routes[int(routes[k])].code))
        for n, k in enumerate(kept)
    ]  # fmt: skip
    return [
        {
            "caption": caption,
            "drawings": [stacked(over, caption, flows["scenario"][kept], before)],
            "legend": [*legend, ("dashed", palette.INK, text(language, "exports.before"))],
        }
    ]
