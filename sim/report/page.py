"""The report as one page that needs nothing else: text, tables, figures and evidence."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.aside import aside
from sim.claims import SIZE_WORDS, SIZES
from sim.compare import describe
from sim.errors import InputError, Problem
from sim.glossary import WORDS
from sim.report.facts import Footnotes, cited, numbers, own, words
from sim.report.pictures import Picture, pictures
from sim.report.tables import (
    RULE_REMARK,
    Row,
    Section,
    change,
    costs_of_powers,
    later,
    nothing,
    rounded,
    rules_of,
    sections,
    under_rules,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.question import Answered, Run
    from sim.region import Region
    from sim.scenario import Scenario

Record = dict[str, Any]

HERE = Path(__file__).resolve().parent

LEFT_OUT = (
    (
        "Not in the model at all",
        "debt dynamics, gas reversal, uranium markets, digital ties, elite money, water and border "
        "fights, leadership change, India as a player, escalation over Kazakhstan.",
    ),
    (
        "States are not persons",
        "A state here is one decision maker with a portfolio of ties; publics, firms and elites "
        "enter as a few numbers.",
    ),
    (
        "The base year is at rest",
        "The model starts from 2021 as if nothing were moving. That is a device: trends that began "
        "earlier are put in as named drifts of the baseline.",
    ),
    (
        "Runs are not chances",
        "“In most runs” counts runs of this model over the ranges of its numbers. It says nothing "
        "of how often a thing happens in the world.",
    ),
    (
        "Many numbers are assumptions",
        "They carry wide ranges and say how they could be wrong; another rule could turn a small "
        "difference around.",
    ),
    (
        "Breadth is not virtue",
        "More effective partners is not better: a hedge has a premium, and a cut pipeline also "
        "raises breadth.",
    ),
)
"""What the model leaves out and what its results cannot bear."""

FIGURES_AFTER = {
    "Tonnes, money and threat": ("map", "exports_"),
    "Ties: each partner's share over all domains, in points": ("imposed", "ties_", "triangle"),
    "Three lenses, division of labour, deliberate hedge": ("breadth", "lenses"),
    "Insurance value and premium, % of GDP": ("insurance",),
}
"""Which figures follow which table, by the beginnings of their names."""


SIZED = {
    "breadth": ("breadth, effective partners", 1),
    "gdp": ("GDP, %", 1),
    "share": ("shares of ties and threat, points", 100),
    "lens": ("the other two lenses, points", 100),
    "lost": ("exports, % of a year's", 100),
}
"""What sizes are told of, and how many of the unit that is read are one of `sim.claims.SIZES`."""


def figure(one: Answered, name: str) -> Figure:
    """Return one of the report's figures by name."""
    known = pictures(one)
    if not isinstance(name, str) or name not in known:
        message = f"there is no figure {name!r}; there are {', '.join(known)}"
        raise InputError(one.results.scenario.name, [Problem(message)])
    return known[name].draw()


def write(run: Run, manifest: Record, folder: Path, second: bool = False) -> None:
    """Write report.html and figures/ into a folder.

    Half of the figures can be drawn meanwhile by a `second` process; the bytes are the same.
    """
    wanted = {
        f"{prefix(one)}{name}": picture
        for one in run.arms
        for name, picture in pictures(one).items()
    }
    drawn(wanted, folder / "figures", second)
    shown = {name: inline(folder / "figures", name, wanted[name]) for name in wanted}
    (folder / "report.html").write_text(page(run, manifest, shown), encoding="utf-8")


def prefix(one: Answered) -> str:
    """Return what the names of an arm's figures begin with."""
    arm = one.results.scenario.arm
    return f"{arm}_" if arm else ""


# ---------------------------------------------------------------- figures


def drawn(wanted: dict[str, Picture], folder: Path, second: bool) -> None:
    """Draw and save figures, half of them meanwhile in a `second` process; the bytes are equal."""
    folder.mkdir(parents=True, exist_ok=True)
    names = list(wanted)
    with aside(partial(save, wanted, names[1::2], folder), second) as others:
        save(wanted, names[0::2], folder)
        others()


def save(wanted: dict[str, Picture], names: Sequence[str], folder: Path) -> None:
    """Draw and save some of the figures."""
    from sim.report.figures.canvas import save as save_figure

    for name in names:
        save_figure(wanted[name].draw(), folder, name)


def inline(folder: Path, name: str, picture: Picture) -> Record:
    """Return a figure for the page: its drawing as text of its own, and its caption."""
    drawing = (folder / f"{name}.svg").read_text(encoding="utf-8")
    return {
        "name": name,
        "caption": picture.caption,
        "svg": embedded(drawing, name, picture.caption),
    }


def embedded(drawing: str, name: str, caption: str) -> str:
    """Return a drawing fit to stand in a page: no prologue, names of its own, fewer decimals."""
    body = drawing[drawing.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.S)
    body = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", body, count=1)
    body = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", body, count=1)
    body = re.sub(r'(\sid="|url\(#|href="#)', rf"\1{name}-", body)
    body = re.sub(r'\sd="[^"]*"', lambda found: shortened(found.group(0)), body)
    label = html.escape(caption, quote=True)
    return body.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)


def shortened(path: str) -> str:
    """Return the text of a path with its numbers at one decimal: a tenth of a point."""
    return re.sub(r"(\.\d)\d+", r"\1", path).replace(" \n", " ")


# ---------------------------------------------------------------- the page


@dataclass(frozen=True)
class Block:
    """One table of the page with the figures that follow it."""

    section: Section
    still: str
    heads: list[tuple[str, str]]
    rows: list[tuple[str, list[tuple[str, bool, list[tuple[str, str]]]]]]
    figures: list[Record]


def page(run: Run, manifest: Record, shown: dict[str, Record]) -> str:
    """Return the page as text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    scenarios = [one.results.scenario for one in run.arms]
    answers = [one.answer for one in run.arms]
    notes = Footnotes(run.region)
    counted = numbers(run.region, answers, scenarios, notes)
    facts = [(fact, notes.number(fact.source)) for fact in cited(run.region, scenarios)]
    room = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return room.get_template("page.html").render(
        css=(HERE / "page.css").read_text(encoding="utf-8"),
        about=answers[0]["about"],
        title=run.scenario.title,
        across=run.answer.get("across", []),
        arms=[arm(one, run.region, shown) for one in run.arms],
        numbers=counted,
        facts=facts,
        footnotes=notes.listed(),
        baseline=baseline_events(scenarios[0].baseline, run.region),
        glossary=word_list(page_words(answers)),
        size_words=SIZE_WORDS[:-1],
        sizes=sizes(),
        left_out=LEFT_OUT,
        manifest=manifest,
    )


def arm(one: Answered, region: Region, shown: dict[str, Record]) -> Record:
    """Return what the page says of one arm."""
    answer, lead = one.answer, prefix(one)
    mine = {name: shown[f"{lead}{name}"] for name in pictures(one)}
    return {
        "name": answer["about"]["arm"],
        "title": answer["about"]["title"],
        "supposed": answer["about"]["supposed"],
        "events": events(one, region),
        "lead": answer["lead"],
        "told": told(answer),
        "blocks": [
            block(section, answer, mine)
            for section in (*sections(answer), *costs_of_powers(answer))
        ],
        "why": [mine["why"]] if "why" in mine else [],
        "attribution": answer["attribution"],
        "rules": rules(answer),
    }


def rules(answer: Record) -> Record | None:
    """Return what the page says of other rules, where they were asked for."""
    if "under_rules" not in answer:
        return None
    return {
        "sentences": answer["under_rules"]["sentences"],
        "heads": rules_of(answer),
        "rows": under_rules(answer),
        "remark": RULE_REMARK,
    }


HEADINGS = {
    1: ("",),
    2: ("What moves", "Why, and what it rests on"),
    3: ("What moves", "Why", "What it rests on"),
}


def told(answer: Record) -> list[tuple[str, list[str]]]:
    """Return the sentences below the lead, by heading."""
    paragraphs = [paragraph for paragraph in answer["paragraphs"] if paragraph]
    headings = HEADINGS.get(len(paragraphs), ("",) * len(paragraphs))
    rest = [[said for said in paragraph if said != answer["lead"]] for paragraph in paragraphs]
    return [pair for pair in zip(headings, rest, strict=True) if pair[1]]


def events(one: Answered, region: Region) -> list[Record]:
    """Return the scenario's own events: what each supposes, and what it rests on."""
    scenario = one.results.scenario
    gone = {event.id for event in scenario.removed}
    return [
        {
            "id": event.id,
            "removed": event.id in gone,
            "sentence": describe(event, region),
            "role": event.role,
            "note": event.note,
            "facts": [code for code in event.because if code not in words(region, event.because)],
            "words": words(region, event.because),
        }
        for event in own(scenario)
    ]


def baseline_events(baseline: Scenario | None, region: Region) -> list[tuple[str, str, str]]:
    """Return what happens in the baseline too: each event with what it supposes and its role."""
    if baseline is None:
        return []
    return [(event.id, describe(event, region), event.role) for event in baseline.events]


# ---------------------------------------------------------------- words


def page_words(answers: Sequence[Record]) -> str:
    """Return the sentences of answers, and the heads and rows of their tables, in small letters."""
    said: list[str] = []
    for answer in answers:
        said += answer["sentences"]
        for section in (*sections(answer), *costs_of_powers(answer)):
            lines = [line.label for _, rows in section.groups for line in rows]
            said += [section.title, section.remark, *lines]
    return " ".join(said).casefold()


def word_list(said: str) -> list[tuple[str, str]]:
    """Return the words that are explained where they are used; sizes have a table of their own."""
    listed = []
    for word in WORDS:
        used = [name for name in (word.name, *word.also) if uses(said, name)]
        if used and word.name not in SIZE_WORDS:
            also = [name for name in used if name not in word.name and word.name not in name]
            listed.append((", ".join([word.name, *also]), word.meaning))
    return listed


def uses(said: str, name: str) -> bool:
    """Return whether a text in small letters holds a word, or several, whole."""
    return re.search(rf"\b{re.escape(name.casefold())}\b", said) is not None


def sizes() -> list[tuple[str, list[str]]]:
    """Return below which limits each size is told, by what it is told of."""
    return [
        (told, [f"{limit * scale:g}" for limit in SIZES[kind]])
        for kind, (told, scale) in SIZED.items()
    ]


def block(section: Section, answer: Record, mine: dict[str, Record]) -> Block:
    """Return one table with its dates, and the figures that belong to it."""
    there = {key for _, rows in section.groups for line in rows for key in line.changes}
    when = [key for key in later(answer) if key in there]
    labels = {m["key"]: m["label"].partition(", ")[::2] for m in answer["moments"]}
    begins = FIGURES_AFTER.get(section.title, ())
    return Block(
        section,
        nothing(section, answer),
        [labels[key] for key in when],
        [
            (name, [(line.label, line.inner, cells(line, when)) for line in lines])
            for name, lines in section.groups
        ],
        [mine[name] for start in begins for name in mine if name.startswith(start)],
    )


def cells(line: Row, when: Sequence[str]) -> list[tuple[str, str]]:
    """Return the cells of a line: level before, then changes; median and band apart."""
    before = "" if line.before is None else rounded(line.before, line.least)
    changes = [change(line.changes[key], line.least) if key in line.changes else "" for key in when]
    return [(before, ""), *(split(text) for text in changes)]


def split(text: str) -> tuple[str, str]:
    """Return "median [band]" as median and band."""
    middle, bracket, rest = text.partition(" [")
    return middle, bracket.strip() + rest
