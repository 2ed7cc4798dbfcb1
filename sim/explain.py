"""What a name means: an attribute, route, link, actor, body, measure, quantity, driver or source.

For `python run.py explain NAME`: the meaning and unit, the figures with their ranges and sources,
and the rules that use them. Plain text, so that it can be searched and piped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from textwrap import fill

from sim.drivers import DRIVERS
from sim.errors import InputError, Problem
from sim.measures import MEASURES
from sim.region import Actor, Commodity, LedgerRow, Link, Region, Route, Source, Stream
from sim.situation import SITUATION

WIDTH = 100
SHOWN = 40
"""Most figures that are listed of one attribute or actor before the rest is only counted."""


@dataclass(frozen=True)
class Entry:
    """One thing that has a name, and how to tell what it is."""

    name: str
    also: tuple[str, ...]  # other names by which it is found
    text: Callable[[], str]


def explain(name: str, region: Region) -> str:
    """Return what a name means, in every sense that it has; refuse a name that has none."""
    wanted = name.casefold()
    known = list(entries(region))
    found = [e for e in known if wanted in (e.name.casefold(), *(n.casefold() for n in e.also))]
    if not found:
        raise InputError(name, [Problem(unknown(name, known))])
    return "\n\n".join(dict.fromkeys(entry.text() for entry in found))


def unknown(name: str, known: Iterable[Entry]) -> str:
    """Return that a name is not known, and what may have been meant."""
    names = {spelling.casefold(): e.name for e in known for spelling in (e.name, *e.also)}
    near = get_close_matches(name.casefold(), names, n=3, cutoff=0.55)
    inside = sorted({written for spelling, written in names.items() if name.casefold() in spelling})
    meant = list(dict.fromkeys([*(names[word] for word in near), *inside[:5]]))
    if meant:
        return f"nothing here has this name. Did you mean {' or '.join(map(repr, meant))}?"
    return (
        "nothing here has this name. Names are those of attributes, routes, links, actors, bodies, "
        "measures, quantities, drivers and sources: try threat, CPC, KAZ, CSTO or breadth."
    )


def entries(region: Region) -> Iterator[Entry]:
    """Yield everything that has a name in a region and in the model."""
    for actor in region.actors:
        yield Entry(actor.code, (actor.name, actor.data_code), partial(of_actor, actor, region))
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
    for name in region.attributes:
        yield Entry(name, (spoken(name),), partial(of_attribute, name, region))
    for kind, table in (("measure of hedging", MEASURES), ("quantity of the months", SITUATION)):
        for name, told in table.items():
            yield Entry(name, (spoken(name),), partial(of_quantity, name, kind, *told))
    for name, driver in DRIVERS.items():
        yield Entry(name, (spoken(name),), partial(of_driver, name, *driver))
    for source in region.sources:
        yield Entry(source.code, (), partial(of_source, source, region))


def spoken(name: str) -> str:
    """Return a name as it would be said."""
    return name.replace("_", " ")


# Each sort of thing -------------------------------------------------------------------------


def of_attribute(name: str, region: Region) -> str:
    """Return what an attribute or parameter means, its figures, and the rules that use it."""
    told = region.attributes[name]
    rows = [row for row in region.ledger if row.attribute == name]
    absent = "where no figure is given it is 0: there is no such tie" if told.sparse else ""
    return card(
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
        figures(rows, region),
    )


def of_actor(actor: Actor, region: Region) -> str:
    """Return who an actor is, and the figures that are about it."""
    keeps = [link.name for link in region.links if link.gatekeeper == actor.code]
    rows = [row for row in region.ledger if row.keys and row.keys[0] == actor.code]
    return card(
        actor.code,
        actor.kind,
        actor.name,
        {"in statistics": actor.data_code, "keeps the gates of": "; ".join(keeps)},
        figures(rows, region, named=True),
    )


def of_body(body: str, region: Region) -> str:
    """Return what a body is, by its members and what it does in the model."""
    rows = [row for row in region.ledger if body in row.keys]
    members = [row.keys[0] for row in rows if row.attribute == "membership" and row.central > 0]
    return card(
        body, "body", "", {"members": ", ".join(members)}, figures(rows, region, named=True)
    )


def of_stream(stream: Stream, region: Region) -> str:
    """Return what a stream is and by which routes it can go."""
    routes = [f"{r.code} ({r.name})" for r in region.routes if r.stream == stream.code]
    return card(
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


def of_route(route: Route, region: Region) -> str:
    """Return what a route is: its links with their keepers, and its flow in the base year."""
    links = [link for link in region.links if link.code in route.links]
    chain = [f"{k.code} (kept by {k.gatekeeper or 'no power'})" for k in links]
    rows = [row for row in region.ledger if row.keys[:1] == (route.code,)]
    return card(
        route.code,
        "route",
        route.name,
        {
            "stream": route.stream,
            "market": route.market,
            "corridor": route.corridor,
            "links": ", then ".join(chain),
        },
        figures(rows, region, named=True),
    )


def of_corridor(corridor: str, region: Region) -> str:
    """Return which routes make up a corridor."""
    routes = [f"{r.code} ({r.name})" for r in region.routes if r.corridor == corridor]
    return card(corridor, "corridor", "A family of routes", {"routes": "; ".join(routes)})


def of_link(link: Link, region: Region) -> str:
    """Return what a link is, who can shut it, and what it can carry."""
    routes = [route.code for route in region.routes if link.code in route.links]
    rows = [row for row in region.ledger if row.keys[:1] == (link.code,)]
    return card(
        link.code,
        "link",
        link.name,
        {
            "kept by": link.gatekeeper or "no power: the state's own or a neighbour's",
            "opened": link.opened,
            "routes": ", ".join(routes),
            "note": link.note,
        },
        figures(rows, region, named=True),
    )


def of_commodity(cargo: Commodity, region: Region) -> str:
    """Return what is carried under a name, and the figures about it."""
    rows = [row for row in region.ledger if row.keys[:1] == (cargo.code,)]
    streams = [stream.code for stream in region.streams if stream.commodity == cargo.code]
    facts = {"unit": cargo.unit, "streams": ", ".join(streams)}
    return card(cargo.code, "commodity", cargo.name, facts, figures(rows, region, named=True))


def of_quantity(name: str, kind: str, axes: tuple[str, ...], unit: str, meaning: str) -> str:
    """Return what a quantity of the months, or a measure of hedging, means."""
    return card(name, kind, meaning, {"unit": unit, "by": ", ".join(("month", "member", *axes))})


def of_driver(name: str, axes: tuple[str, ...], neutral: float, meaning: str) -> str:
    """Return what a driver means: what events set, month by month."""
    by = ", ".join(("month", *axes))
    return card(name, "driver, set by events", meaning, {"by": by, "at rest": f"{neutral:g}"})


def of_source(source: Source, region: Region) -> str:
    """Return a source in full, and the figures that rest on it."""
    rows = [row for row in region.ledger if row.source == source.code]
    listed = figures(rows, region, named=True, cited=False)
    return card(source.code, source.kind, source.citation, {}, listed)


# On the page --------------------------------------------------------------------------------


def card(
    name: str, kind: str, meaning: str, facts: dict[str, str], listed: Iterable[str] = ()
) -> str:
    """Return one entry as text: a title, what it means, facts, and figures."""
    lines = [f"{name}: {kind}"]
    if meaning:
        lines.append(indented(f"{meaning.rstrip('.')}.", 2))
    lines += [indented(f"{label}: {fact}", 2) for label, fact in facts.items() if fact]
    return "\n".join([*lines, *listed])


def figures(
    rows: list[LedgerRow], region: Region, named: bool = False, cited: bool = True
) -> list[str]:
    """Return figures with range, method, source, key phrase and note, a few lines each."""
    if not rows:
        return []
    citations = {source.code: f", {source.citation}" for source in region.sources if cited}
    lines = ["  figures (central, range):"]
    for row in rows[:SHOWN]:  # each source is cited in full once
        lines += figure(row, citations.pop(row.source, ""), named)
    if len(rows) > SHOWN:
        lines.append(f"    ... and {len(rows) - SHOWN} more")
    return lines


def figure(row: LedgerRow, citation: str, named: bool) -> list[str]:
    """Return one figure: the number first, then where it comes from."""
    keys = " ".join(((row.attribute,) if named else ()) + row.keys)
    unit = "" if row.unit in ("1", "share", "index") else f" {row.unit}"
    number = f"{row.central:g} ({row.low:g} to {row.high:g}){unit}"
    when = f", {row.period}" if row.period else ""
    phrase = f" “{row.key_phrase}”" if row.key_phrase else ""
    place = f", {row.place}" if row.place else ""
    origin = f"{row.method}: {row.source}{citation}{place}{phrase}"
    lines = [indented(f"{keys}{': ' if keys else ''}{number}{when}", 4), indented(origin, 8)]
    return [*lines, indented(row.note, 8)] if row.note else lines


def indented(text: str, by: int) -> str:
    """Return text wrapped to the width of a page, its further lines set in."""
    margin = " " * by
    return fill(text, WIDTH, initial_indent=margin, subsequent_indent=margin + "  ")
