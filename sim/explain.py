"""What a name means: a word of the answer, a code, a number, a kind of event, a fact or a source.

For `python run.py explain NAME`: the meaning and unit, the figures with their ranges and sources,
and the rules that use them. Plain text, so that it can be searched and piped.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from textwrap import fill
from typing import Any

from sim.drivers import DRIVERS
from sim.errors import InputError, Problem
from sim.glossary import WORDS, Word
from sim.measures import MEASURES
from sim.names import kind_schemas
from sim.region import Actor, Commodity, LedgerRow, Link, Mechanism, Region, Route, Source, Stream
from sim.situation import SITUATION

WIDTH = 100
SHOWN = 8
"""Most figures that are listed one by one, unless all are asked for; more are summed up."""


@dataclass(frozen=True)
class Card:
    """What is said of one name: what it is, what it means, facts, and the figures about it."""

    name: str
    kind: str
    meaning: str
    facts: dict[str, str]
    rows: tuple[LedgerRow, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One thing that has a name, and how to tell what it is."""

    name: str
    also: tuple[str, ...]  # other names by which it is found
    text: Callable[[], Card]


def explain(name: str, region: Region, whole: bool = False) -> str:
    """Return what a name means, in every sense that it has; refuse a name that has none.

    Many figures are summed up, unless the whole is asked for.
    """
    wanted = name.casefold()
    known = list(entries(region))
    found = [e for e in known if wanted in (e.name.casefold(), *(n.casefold() for n in e.also))]
    if not found:
        raise InputError(name, [Problem(unknown(name, known))])
    return "\n\n".join(dict.fromkeys(on_page(e.text(), region, whole) for e in found))


def unknown(name: str, known: Iterable[Entry]) -> str:
    """Return that a name is not known, and what may have been meant."""
    names = {spelling.casefold(): e.name for e in known for spelling in (e.name, *e.also)}
    near = get_close_matches(name.casefold(), names, n=3, cutoff=0.55)
    inside = sorted({written for spelling, written in names.items() if name.casefold() in spelling})
    meant = list(dict.fromkeys([*(names[word] for word in near), *inside[:5]]))
    if meant:
        return f"nothing here has this name. Did you mean {' or '.join(map(repr, meant))}?"
    return (
        "nothing here has this name. Try a word of the answer (premium, imposed), a quantity "
        "(threat), a code (CPC, KAZ, CSTO), a kind of event (link_closed), a fact (WSJ-056)."
    )


def entries(region: Region) -> Iterator[Entry]:
    """Yield everything that has a name in an answer, in a region and in the model."""
    for word in WORDS:
        yield Entry(word.name, word.also, partial(of_word, word))
    for kind, schema in kind_schemas().items():
        yield Entry(kind, (spoken(kind),), partial(of_kind, kind, schema))
    yield from coded(region)
    yield from counted(region)


def coded(region: Region) -> Iterator[Entry]:
    """Yield everything that has a code in a region."""
    for actor in region.actors:
        yield Entry(
            actor.code, (actor.name, actor.statistics_code), partial(of_actor, actor, region)
        )
    for body in region.bodies:
        yield Entry(body, (), partial(of_body, body, region))
    for stream in region.streams:
        yield Entry(stream.code, (stream.name,), partial(of_stream, stream, region))
    for route in region.routes:
        yield Entry(route.code, (route.name,), partial(of_route, route, region))
    for corridor in dict.fromkeys(route.corridor for route in region.routes):
        yield Entry(corridor, (), partial(of_corridor, corridor, region))
    for link in region.links:
        yield Entry(link.code, (link.name,), partial(of_link, link, region))
    for cargo in region.commodities:
        yield Entry(cargo.code, (cargo.name,), partial(of_commodity, cargo, region))
    for one in region.mechanisms:
        yield Entry(one.name, (spoken(one.name),), partial(of_mechanism, one))
    for source in region.sources:
        yield Entry(source.code, (), partial(of_source, source, region))
    for fact, claim in region.facts.items():
        yield Entry(fact, (), partial(of_fact, fact, claim, region))


def counted(region: Region) -> Iterator[Entry]:
    """Yield everything that is a number: attributes, quantities, measures and drivers."""
    for name in region.attributes:
        yield Entry(name, (spoken(name),), partial(of_attribute, name, region))
    for name, about in MEASURES.items():
        yield Entry(name, (spoken(name),), partial(of_measure, name, *about))
    for name, about in SITUATION.items():
        yield Entry(name, (spoken(name),), partial(of_quantity, name, about, region))
    for name, driver in DRIVERS.items():
        yield Entry(name, (spoken(name),), partial(of_driver, name, *driver))


def spoken(name: str) -> str:
    """Return a name as it would be said."""
    return name.replace("_", " ")


# Each sort of thing -------------------------------------------------------------------------


def of_attribute(name: str, region: Region) -> Card:
    """Return what an attribute or parameter means, its figures, and the rules that use it."""
    told = region.attributes[name]
    rows = tuple(row for row in region.ledger if row.attribute == name)
    absent = "where no figure is given it is 0: there is no such tie" if told.sparse else ""
    return Card(
        name,
        f"attribute of the {told.group}"
        if told.group == "base year"
        else f"number of {told.group}",
        told.meaning,
        {
            "unit": " or ".join(told.units),
            "by": ", ".join(told.axes) or "one number for the whole region",
            "bounds": f"{told.minimum:g} to {told.maximum:g}",
            "rules": ", ".join(told.rules),
            "note": absent,
        },
        rows,
    )


ACTORS = {
    "state": "one of the states whose ties the model is about",
    "power": "which spends effort on the states, minds what its rivals do, and can press",
    "partner": "a passive partner: it decides nothing by itself, events move what it does",
}
"""What each kind of actor does."""


def of_actor(actor: Actor, region: Region) -> Card:
    """Return who an actor is, and the figures that are about it."""
    keeps = [link.name for link in region.links if link.gatekeeper == actor.code]
    rows = tuple(row for row in region.ledger if row.keys and row.keys[0] == actor.code)
    return Card(
        actor.code,
        actor.kind,
        f"{actor.name}, {ACTORS[actor.kind]}",
        {"in statistics": actor.statistics_code, "keeps the gates of": "; ".join(keeps)},
        rows,
    )


def of_body(body: str, region: Region) -> Card:
    """Return what a body is, by its members and what it does in the model."""
    rows = tuple(row for row in region.ledger if body in row.keys)
    members = [row.keys[0] for row in rows if row.attribute == "membership" and row.central > 0]
    return Card(
        body,
        "body",
        "",
        {"members": ", ".join(members)},
        rows,
    )


def of_stream(stream: Stream, region: Region) -> Card:
    """Return what a stream is and by which routes it can go."""
    routes = [f"{r.code} ({r.name})" for r in region.routes if r.stream == stream.code]
    return Card(
        stream.code,
        "stream",
        stream.name,
        {
            "of": stream.state or "transit, no state's own",
            "carries": stream.commodity,
            "market": stream.market,
            "routes": "; ".join(routes),
        },
    )


def of_route(route: Route, region: Region) -> Card:
    """Return what a route is: its links with their keepers, and its flow in the base year."""
    links = [link for link in region.links if link.code in route.links]
    chain = [f"{k.code} (kept by {k.gatekeeper or 'no power'})" for k in links]
    rows = tuple(row for row in region.ledger if row.keys[:1] == (route.code,))
    return Card(
        route.code,
        "route",
        route.name,
        {
            "stream": route.stream,
            "market": route.market,
            "corridor": route.corridor,
            "links": ", then ".join(chain),
        },
        rows,
    )


def of_corridor(corridor: str, region: Region) -> Card:
    """Return which routes make up a corridor."""
    routes = [f"{r.code} ({r.name})" for r in region.routes if r.corridor == corridor]
    return Card(corridor, "corridor", "A family of routes", {"routes": "; ".join(routes)})


def of_link(link: Link, region: Region) -> Card:
    """Return what a link is, who can shut it, and what it can carry."""
    routes = [route.code for route in region.routes if link.code in route.links]
    rows = tuple(row for row in region.ledger if row.keys[:1] == (link.code,))
    return Card(
        link.code,
        "link",
        link.name,
        {
            "kept by": link.gatekeeper or "no power: the state's own or a neighbour's",
            "opened": link.opened,
            "routes": ", ".join(routes),
            "note": link.note,
        },
        rows,
    )


def of_commodity(cargo: Commodity, region: Region) -> Card:
    """Return what is carried under a name, and the figures about it."""
    rows = tuple(row for row in region.ledger if row.keys[:1] == (cargo.code,))
    streams = [stream.code for stream in region.streams if stream.commodity == cargo.code]
    facts = {"unit": cargo.unit, "streams": ", ".join(streams)}
    return Card(cargo.code, "commodity", cargo.name, facts, rows)


def of_word(word: Word) -> Card:
    """Return what a word of the answer means."""
    return Card(word.name, "word of the answer", word.meaning, {"also": ", ".join(word.also)})


COMMON = ("id", "kind", "role", "start", "end", "months", "shape", "because", "note", "theme")
"""Fields that every event has."""


def of_kind(kind: str, schema: dict[str, Any]) -> Card:
    """Return what a kind of event supposes, and its own fields."""
    fields = {
        f"field {name}": field.get("description", "")
        for name, field in schema["properties"].items()
        if name not in COMMON
    }
    more = {"of every event": ", ".join(COMMON), "more": f"docs/scenarios.md#{kind}"}
    return Card(kind, "kind of event", schema["description"], {**fields, **more})


def of_mechanism(one: Mechanism) -> Card:
    """Return what is so while a mechanism is off, what switches it off, and who reports it."""
    numbers = {f"number {name}": f"{value:g}" for name, value in one.numbers.items()}
    events = {f"event {kind}": " ".join(labels) or "none" for kind, labels in one.events}
    more = {
        "reported in": ", ".join(one.facts),
        "switch": f"python run.py SCENARIO --without {one.name}",
        "more": f"docs/mechanisms.md#{one.name}",
    }
    return Card(
        one.name, "mechanism", f"While it is off, {one.says}", {**numbers, **events, **more}
    )


def of_fact(fact: str, claim: str, region: Region) -> Card:
    """Return what an article reports, and the figures that rest on it."""
    rows = tuple(row for row in region.ledger if fact in row.place or fact in row.note)
    where = {"in full": f"docs/evidence.md#{fact.casefold()}"}
    return Card(fact, "fact of an article", claim, where, rows)


def of_measure(name: str, axes: tuple[str, ...], unit: str, meaning: str) -> Card:
    """Return what a measure of hedging means."""
    by = ", ".join(("month", "member", *axes))
    return Card(name, "measure of hedging", meaning, {"unit": unit, "by": by})


RANGES = {"share": "0 to 1", "index": "0 and more", "units/y": "0 and more"}
"""What a quantity of a unit can be."""


def of_quantity(name: str, about: tuple[tuple[str, ...], str, str], region: Region) -> Card:
    """Return what a quantity of the months means, where it is made, and the rules about it."""
    axes, unit, meaning = about
    parts = [told for told in region.attributes.values() if name in told.name.split("_")]
    begins = tuple(row for row in region.ledger if row.attribute in (name, f"{name}_base"))
    return Card(
        name,
        "quantity of the months",
        meaning,
        {
            "unit": unit,
            "can be": RANGES.get(unit, "") if name not in SIGNED else "below 0, too",
            "by": ", ".join(("month", "member", *axes)),
            "in the base year": spread(begins),
            "made in": made_in(name),
            "rules": ", ".join(dict.fromkeys(rule for told in parts for rule in told.rules)),
            "numbers about it": ", ".join(told.name for told in parts),
        },
    )


SIGNED = ("gdp_gap",)
"""Shares that are changes, and so can be below 0."""

STAGES = Path(__file__).resolve().parent / "stages"


def made_in(quantity: str) -> str:
    """Return the function of a month's stages that returns a quantity, with its first line."""
    for file in sorted(STAGES.glob("*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and quantity in returned(node):
                says = (ast.get_docstring(node) or "").partition("\n")[0]
                return f"sim/stages/{file.name}, {node.name}: {says.removeprefix('Return ')}"
    return ""


def returned(function: ast.FunctionDef) -> set[str]:
    """Return the names of the quantities that a stage returns."""
    dicts = [node for node in ast.walk(function) if isinstance(node, ast.Dict)]
    keys = [key.value for d in dicts for key in d.keys if isinstance(key, ast.Constant)]
    return {key for key in keys if isinstance(key, str)}


def of_driver(name: str, axes: tuple[str, ...], neutral: float, meaning: str) -> Card:
    """Return what a driver means: what events set, month by month."""
    by = ", ".join(("month", *axes))
    return Card(name, "driver, set by events", meaning, {"by": by, "at rest": f"{neutral:g}"})


def of_source(source: Source, region: Region) -> Card:
    """Return a source in full, and the figures that rest on it."""
    rows = tuple(row for row in region.ledger if row.source == source.code)
    return Card(source.code, source.kind, source.citation, {}, rows)


# On the page --------------------------------------------------------------------------------


def on_page(card: Card, region: Region, whole: bool) -> str:
    """Return a card as text; many figures summed up, unless the whole is asked for."""
    lines = [f"{card.name}: {card.kind}"]
    if card.meaning:
        lines.append(indented(f"{card.meaning[0].upper()}{card.meaning[1:].rstrip('.')}.", 2))
    lines += [indented(f"{label}: {fact}", 2) for label, fact in card.facts.items() if fact]
    if len(card.rows) > SHOWN and not whole:
        how = f"  each with its source: python run.py explain {card.name} --all"
        return "\n".join([*lines, *summary(card), how])
    return "\n".join([*lines, *figures(card, region)])


def summary(card: Card) -> list[str]:
    """Return many figures in short: those of one attribute without sources, others by attribute."""
    attributes = dict.fromkeys(row.attribute for row in card.rows)
    if list(attributes) == [card.name]:
        listed = [indented(f"{' '.join(row.keys)}: {number(row)}", 4) for row in card.rows]
        return ["  figures (central, range):", *listed]
    lines = [f"  figures: {len(card.rows)}, of which"]
    for attribute in attributes:
        rows = tuple(row for row in card.rows if row.attribute == attribute)
        count = f" ({len(rows)} figures)" if len(rows) > 1 else ""
        lines.append(indented(f"{attribute}{count}: {spread(rows)}", 4))
    return lines


def spread(rows: tuple[LedgerRow, ...]) -> str:
    """Return the least and the most of some figures, or the one with its range."""
    if not rows:
        return ""
    if len(rows) == 1:
        return number(rows[0])
    least, most = min(row.central for row in rows), max(row.central for row in rows)
    return f"{least:g} to {most:g}{unit_of(rows[0])}"


def number(row: LedgerRow) -> str:
    """Return a figure with its range and unit."""
    return f"{row.central:g} ({row.low:g} to {row.high:g}){unit_of(row)}"


def unit_of(row: LedgerRow) -> str:
    """Return a figure's unit as it is written after it."""
    return "" if row.unit in ("1", "share", "index") else f" {row.unit}"


def figures(card: Card, region: Region) -> list[str]:
    """Return figures with range, method, source, key phrase and note, a few lines each."""
    if not card.rows:
        return []
    sources = [source for source in region.sources if source.code != card.name]
    citations = {source.code: f", {source.citation}" for source in sources}
    named = any(row.attribute != card.name for row in card.rows)
    lines = ["  figures (central, range):"]
    for row in card.rows:  # each source is cited in full once
        lines += figure(row, citations.pop(row.source, ""), named)
    return lines


def figure(row: LedgerRow, citation: str, named: bool) -> list[str]:
    """Return one figure: the number first, then where it comes from."""
    keys = " ".join(((row.attribute,) if named else ()) + row.keys)
    when = f", {row.period}" if row.period else ""
    phrase = f" “{row.key_phrase}”" if row.key_phrase else ""
    place = f", {row.place}" if row.place else ""
    origin = f"{row.method}: {row.source}{citation}{place}{phrase}"
    lines = [indented(f"{keys}{': ' if keys else ''}{number(row)}{when}", 4), indented(origin, 8)]
    return [*lines, indented(row.note, 8)] if row.note else lines


def indented(text: str, by: int) -> str:
    """Return text wrapped to the width of a page, its further lines set in."""
    margin = " " * by
    return fill(text, WIDTH, initial_indent=margin, subsequent_indent=margin + "  ")
