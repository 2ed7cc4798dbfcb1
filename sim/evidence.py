"""The tables of the pages: the region's numbers, names and words, between the marks in docs/.

A page holds `<!-- table: NAME words -->` and `<!-- end of table -->`; `python -m sim.evidence`
writes what belongs between them. The words of a page are people's; its tables are the ledger's,
and what the commands `list` and `explain` say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sim.drivers import DRIVERS
from sim.glossary import WORDS
from sim.measures import MEASURES
from sim.members import row_name
from sim.names import LISTS
from sim.reading.csv_lines import Line, read_table
from sim.reading.tables import COLUMNS, read_region, region_folder
from sim.region import Attribute, LedgerRow, Mechanism, Region, Source
from sim.situation import SITUATION
from sim.study.pattern_table import read_patterns
from sim.study.patterns import HELD_BACK, NOT_SCORED, TO_FIT
from sim.vocabulary import METHODS, SUBMODELS

DOCS = Path(__file__).parent.parent / "docs"

MARKED = re.compile(
    r"(?P<open><!-- table: (?P<name>\S+)(?P<words>[^>]*?) -->\n)"
    r"(?P<old>.*?)"
    r"(?P<close><!-- end of table -->)",
    re.DOTALL,
)
"""A marked place of a page: a table's name, the words it is asked with, what stands there."""

FACT = re.compile(r"\b[A-Z][A-Z0-9]{2}-\d{3}\b")
"""How a fact of the articles is cited."""

FEW = 3
"""Most figures of an attribute that a short table shows one by one."""

Words = Sequence[str]


def filled(page: str, region: Region) -> str:
    """Return a page with every marked table as the region has it now."""

    def written(found: re.Match[str]) -> str:
        now = TABLES[found["name"]](region, found["words"].split())
        return f"{found['open']}\n{now}\n\n{found['close']}"

    return MARKED.sub(written, page)


def pages(folder: Path = DOCS) -> list[Path]:
    """Return the pages of a folder that have marked tables."""
    return [page for page in sorted(folder.glob("*.md")) if MARKED.search(page.read_text("utf-8"))]


# Markdown -----------------------------------------------------------------------------------


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell(text) for text in line)} |" for line in lines)


def cell(text: str) -> str:
    """Return text that stays within its cell."""
    return text.replace("|", "\\|").replace("\n", " ").strip() or " "


def anchored(name: str) -> str:
    """Return a name in a table as something that other pages can link to."""
    return f'<a id="{name.lower()}"></a>`{name}`'


def linked(name: str) -> str:
    """Return a name as a link to its place among the evidence."""
    return f"[`{name}`](evidence.md#{name.lower()})"


def figure(amount: float) -> str:
    """Return a number as people write it."""
    return f"{amount:.6g}".replace("-", "−")


def span(rows: Sequence[LedgerRow]) -> str:
    """Return the range over some rows of the ledger; "fixed" where there is none."""
    low, high = min(row.low for row in rows), max(row.high for row in rows)
    return "fixed" if low == high else f"{figure(low)} to {figure(high)}"


# Numbers ------------------------------------------------------------------------------------


def rows_of(name: str, region: Region) -> list[LedgerRow]:
    """Return the rows of the ledger of an attribute."""
    return [row for row in region.ledger if row.attribute == name]


def submodel(region: Region, words: Words) -> str:
    """Return every number of a section of the model's page: of what it means, what it rests on."""
    told = [one for one in region.attributes.values() if set(words) & set(sections(one))]
    header = ("name", "meaning", "unit", "central", "range", "evidence")
    return table(header, [number(attribute, region) for attribute in told])


def sections(told: Attribute) -> tuple[str, ...]:
    """Return the sections of the model's page that an attribute belongs to, by its rules."""
    return tuple(dict.fromkeys(SUBMODELS[rule] for rule in told.rules))


def number(told: Attribute, region: Region) -> tuple[str, ...]:
    """Return one row of a section's table; of many figures only between what they lie."""
    rows = rows_of(told.name, region)
    by = f" (by {', '.join(told.axes)})" if told.axes else ""
    unit = " or ".join(told.units)
    if not rows:
        return linked(told.name), told.meaning + by, unit, "none given", "", ""
    return (
        linked(told.name),
        told.meaning + by,
        unit,
        centrals(rows),
        span(rows),
        kinds(rows, region),
    )


def kinds(rows: Sequence[LedgerRow], region: Region) -> str:
    """Return how the figures of an attribute came to the ledger, and what each kind rests on."""
    assumed = {source.code for source in region.sources if source.kind == "assumption"}
    page = {True: "assumptions.md", False: "evidence.md"}
    found = []
    for method in METHODS:
        alike = [row for row in rows if row.method == method]
        if alike:
            of = f"{len(alike)} {method}" if len(rows) > 1 else method
            codes = dict.fromkeys(row.source for row in alike)
            links = [f"[{code}]({page[code in assumed]}#{code.lower()})" for code in codes]
            found.append(f"{of}: {', '.join(links)}")
    return "; ".join(found)


def centrals(rows: Sequence[LedgerRow]) -> str:
    """Return the central figures of an attribute, or how many there are and between what."""
    if len(rows) > FEW:
        least, most = min(row.central for row in rows), max(row.central for row in rows)
        between = f", {figure(least)} to {figure(most)}" if least < most else f", {figure(least)}"
        return f"{len(rows)} figures{between}"
    return "; ".join(f"{' '.join((*row.keys, ''))}{figure(row.central)}" for row in rows)


def figures(region: Region, words: Words) -> str:
    """Return the rows of the ledger whose names begin as asked, such as trade_busd/KAZ."""
    rows = [row for row in region.ledger for word in words if begins(row_name(row), word)]
    header = ("figure", "unit", *EVIDENCE)
    return table(
        header,
        [
            (f"`{row.attribute}` {' '.join(row.keys)}", row.unit, *evidence(row, region))
            for row in rows
        ],
    )


EVIDENCE = ("central", "range", "method", "source", "why")


def evidence(row: LedgerRow, region: Region) -> tuple[str, ...]:
    """Return what a row of the ledger says and what it rests on."""
    found = figure(row.central), span([row]), row.method
    return *found, source_of(row, region), reason(row)


def begins(name: str, word: str) -> bool:
    """Return whether a row is the one asked for, or belongs to it."""
    return name == word or name.startswith(f"{word}/")


def source_of(row: LedgerRow, region: Region) -> str:
    """Return the source of a row as a link, with the place in it."""
    kinds = {source.code: source.kind for source in region.sources}
    page = "assumptions.md" if kinds[row.source] == "assumption" else ""
    link = f"[{row.source}]({page}#{row.source.lower()})"
    if row.place in region.facts:
        return f"{link}, [{row.place}](#{row.place.lower()})"
    return ", ".join(filter(None, (link, row.place)))


def reason(row: LedgerRow) -> str:
    """Return the key phrase and the note of a row."""
    return " ".join(filter(None, (f"“{row.key_phrase}”" if row.key_phrase else "", row.note)))


def ledger(region: Region, words: Words) -> str:
    """Return every number of a group: first those that stand alone, then attribute by attribute."""
    group = " ".join(words)
    told = [attribute for attribute in region.attributes.values() if attribute.group == group]
    alone = [attribute for attribute in told if not attribute.axes]
    many = [attribute for attribute in told if attribute.axes]
    parts = [singles(alone, region)] if alone else []
    return "\n\n".join([*parts, *(several(attribute, region) for attribute in many)])


def singles(told: Sequence[Attribute], region: Region) -> str:
    """Return one table of the attributes that are one number for the whole region."""
    header = ("name", "meaning", "unit", *EVIDENCE)
    return table(
        header,
        [
            (anchored(attribute.name), attribute.meaning, row.unit, *evidence(row, region))
            for attribute in told
            for row in rows_of(attribute.name, region)
        ],
    )


def several(told: Attribute, region: Region) -> str:
    """Return the numbers of one attribute under a heading of its own."""
    rows = rows_of(told.name, region)
    absent = " Where no figure is given it is 0: there is no such tie." if told.sparse else ""
    units = " or ".join(told.units)
    intro = f"{told.meaning}. Unit: {units}. By {', '.join(told.axes)}.{absent}"
    header = ("of", *EVIDENCE)
    body = [(" ".join(row.keys), *evidence(row, region)) for row in rows]
    return "\n\n".join([f"#### {told.name}", intro, *([table(header, body)] if body else [])])


# Sources, assumptions and facts -------------------------------------------------------------


def in_order(source: Source) -> tuple[int, str]:
    """Return the place of an assumption in their list: A2 before A10."""
    return int(re.sub(r"\D", "", source.code) or 0), source.code


def sources(region: Region, words: Words) -> str:
    """Return the sources of some kinds, and how many numbers rest on each."""
    told = [source for source in region.sources if source.kind in words]
    return table(
        ("code", "what it is", "numbers"),
        [(anchored(s.code), s.citation, str(len(resting_on(s.code, region)))) for s in told],
    )


def resting_on(code: str, region: Region) -> list[LedgerRow]:
    """Return the rows of the ledger that rest on a source."""
    return [row for row in region.ledger if row.source == code]


def lines_of(name: str, region: Region) -> tuple[Line, ...]:
    """Return the rows of one of the region's tables as they are written."""
    return read_table(region_folder(region.name) / f"{name}.csv", COLUMNS[name]).lines


def assumptions(region: Region, words: Words) -> str:
    """Return the assumptions behind judged numbers, and how each could be wrong."""
    doubts = {line["code"]: line["note"] for line in lines_of("sources", region)}
    told = sorted((s for s in region.sources if s.kind == "assumption"), key=in_order)
    header = ("no.", "we assume", "how it could be wrong", "numbers that rest on it")
    return table(
        header,
        [
            (anchored(s.code), s.citation, doubts[s.code], judged_numbers(s.code, region))
            for s in told
        ],
    )


def judged_numbers(code: str, region: Region) -> str:
    """Return how many numbers rest on a source, and of which attributes."""
    rows = resting_on(code, region)
    names = dict.fromkeys(row.attribute for row in rows)
    return f"{len(rows)}: {', '.join(linked(name) for name in names)}"


def facts(region: Region, words: Words) -> str:
    """Return what some articles report, under the code by which each fact is cited."""
    return table(
        ("fact", "when", "what is reported", "key phrase"),
        [
            (anchored(line["code"]), line["when"], line["claim"], line["key_phrase"])
            for line in lines_of("facts", region)
            if line["source"] in words
        ],
    )


# Patterns -----------------------------------------------------------------------------------


def shared(region: Region, words: Words) -> str:
    """Return how many patterns are of facts that also gave a reason for a number of the ledger."""
    given = {fact for row in region.ledger for fact in FACT.findall(f"{row.place} {row.note}")}
    halves: dict[str, list[frozenset[str]]] = {TO_FIT: [], HELD_BACK: [], NOT_SCORED: []}
    for one in read_patterns(region):
        halves[one.half].append(frozenset(one.facts))
    header = ("patterns", "in all", "some of whose facts gave a reason", "all of whose facts did")
    return table(
        header,
        [
            (
                half,
                str(len(alike)),
                str(sum(bool(facts & given) for facts in alike)),
                str(sum(facts <= given for facts in alike)),
            )
            for half, alike in halves.items()
        ],
    )


# What the model keeps -----------------------------------------------------------------------


def situation(region: Region, words: Words) -> str:
    """Return the state variables: everything that changes from month to month."""
    return kept(SITUATION)


def measures(region: Region, words: Words) -> str:
    """Return the measures of hedging."""
    return kept(MEASURES)


def kept(quantities: dict[str, tuple[tuple[str, ...], str, str]]) -> str:
    """Return a table of quantities with their axes, unit and meaning."""
    return table(
        ("name", "meaning", "by", "unit"),
        [
            (f"`{name}`", meaning, ", ".join(axes), unit)
            for name, (axes, unit, meaning) in quantities.items()
        ],
    )


def drivers(region: Region, words: Words) -> str:
    """Return the drivers: what events act on, and the figure at which each does nothing."""
    return table(
        ("name", "meaning", "by", "does nothing at"),
        [
            (f"`{name}`", meaning, ", ".join(axes) or "the world", figure(neutral))
            for name, (axes, neutral, meaning) in DRIVERS.items()
        ],
    )


def actors(region: Region, words: Words) -> str:
    """Return who is in the region."""
    return table(("code", "name", "kind"), [(f"`{a.code}`", a.name, a.kind) for a in region.actors])


def links(region: Region, words: Words) -> str:
    """Return the links of the region and who keeps each of them."""
    return table(
        ("link", "what it is", "gatekeeper", "opened"),
        [(f"`{k.code}`", k.name, k.gatekeeper or "none", k.opened) for k in region.links],
    )


def routes(region: Region, words: Words) -> str:
    """Return the routes of the region: what each carries, over which links, to which market."""
    return table(
        ("route", "what it is", "stream", "market", "links"),
        [
            (f"`{r.code}`", r.name, r.stream, r.market, ", ".join(f"`{k}`" for k in r.links))
            for r in region.routes
        ],
    )


def counts(region: Region, words: Words) -> str:
    """Return how many numbers there are, by how they came to the ledger."""
    methods = [row.method for row in region.ledger]
    ranged = sum(row.low < row.high for row in region.ledger)
    header = ("numbers", "quoted", "derived", "judged", "with a range", "attributes", "facts")
    found = [str(methods.count(method)) for method in header[1:4]]
    ends = [str(ranged), str(len(region.attributes)), str(len(region.facts))]
    return table(header, [(str(len(methods)), *found, *ends)])


def listed(region: Region, words: Words) -> str:
    """Return one of the lists of names that a scenario can use, as `list` prints it."""
    heads, *rows = LISTS[" ".join(words)](region)
    return table(heads, [(f"`{code}`", *rest) for code, *rest in rows])


def mechanisms(region: Region, words: Words) -> str:
    """Return every mechanism: what is so while it is off, what sets it so, and who reports it."""
    return table(
        ("mechanism", "while it is off", "switched off by", "reported in"),
        [
            (anchored(one.name), one.says, switches(one), ", ".join(cited(f) for f in one.facts))
            for one in region.mechanisms
        ],
    )


def switches(one: Mechanism) -> str:
    """Return the numbers and events by which a mechanism is switched off."""
    numbers = [f"{linked(name)} = {figure(value)}" for name, value in one.numbers.items()]
    events = [
        f"no event `{' '.join(kind_and_labels)}`"
        for kind_and_labels in ((kind, *labels) for kind, labels in one.events)
    ]
    return ", ".join((*numbers, *events))


def cited(fact: str) -> str:
    """Return a fact as a link to what is reported."""
    return f"[{fact}](evidence.md#{fact.lower()})"


def glossary(region: Region, words: Words) -> str:
    """Return the words of an answer with what each means, as `explain` says it."""
    return table(("word", "means here"), [(word.name, word.meaning) for word in WORDS])


TABLES: dict[str, Callable[[Region, Words], str]] = {
    "submodel": submodel,
    "figures": figures,
    "ledger": ledger,
    "sources": sources,
    "assumptions": assumptions,
    "facts": facts,
    "situation": situation,
    "measures": measures,
    "drivers": drivers,
    "actors": actors,
    "links": links,
    "routes": routes,
    "counts": counts,
    "list": listed,
    "mechanisms": mechanisms,
    "glossary": glossary,
    "shared": shared,
}
"""Every table that a page can ask for."""


def main() -> None:
    """Write the tables of every page anew."""
    region = read_region()
    for page in pages():
        page.write_text(filled(page.read_text("utf-8"), region), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
