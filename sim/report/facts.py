"""The evidence behind an answer: the numbers it rests on, the facts it cites, and their sources."""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.region import LedgerRow, Region
from sim.scenario import Event, Scenario

Record = dict[str, Any]

REGIONS = Path(__file__).resolve().parents[1] / "data"

MOST_NUMBERS = 24
"""Most ledger rows shown of the links that events are about."""

METHODS = {"quoted": "quoted", "derived": "derived", "judged": "assumed"}


@dataclass(frozen=True)
class Fact:
    """One thing that an article reports."""

    code: str
    source: str
    outlet: str
    date: str
    claim: str
    phrase: str


@dataclass(frozen=True)
class Number:
    """One number of the ledger as the page shows it."""

    meaning: str
    of: str
    central: str
    spread: str
    unit: str
    method: str
    footnote: int
    phrase: str
    why: str


@dataclass(frozen=True)
class Footnote:
    """One source, and for an assumption how it could be wrong."""

    number: int
    code: str
    citation: str
    doubt: str


class Footnotes:
    """Sources in the order in which they are first cited."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.codes: list[str] = []

    def number(self, code: str) -> int:
        """Return the number of a source, a new one the first time."""
        if code not in self.codes:
            self.codes.append(code)
        return self.codes.index(code) + 1

    def listed(self) -> list[Footnote]:
        """Return the footnotes in their order."""
        known = {source.code: source for source in self.region.sources}
        doubts = read_doubts(self.region.name)
        return [
            Footnote(place, code, known[code].citation, doubts.get(code, ""))
            for place, code in enumerate(self.codes, 1)
        ]


def table(region: str, name: str) -> list[dict[str, str]]:
    """Return the rows of one of a region's tables."""
    file = REGIONS / region / name
    if not file.is_file():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@functools.cache
def read_facts(region: str) -> dict[str, Fact]:
    """Return what the articles report, by code."""
    return {
        row["code"]: Fact(
            row["code"], row["source"], row["outlet"], row["date"], row["claim"], row["key_phrase"]
        )
        for row in table(region, "facts.csv")
    }


@functools.cache
def read_doubts(region: str) -> dict[str, str]:
    """Return how each assumption could be wrong, by its code."""
    return {row["code"]: row.get("note", "") for row in table(region, "sources.csv")}


# ---------------------------------------------------------------- facts


def own(scenario: Scenario) -> list[Event]:
    """Return the events that the scenario itself adds, changes or removes."""
    named = set(scenario.own_events)
    return [event for event in (*scenario.events, *scenario.removed) if event.id in named]


def cited(region: Region, scenarios: Iterable[Scenario]) -> list[Fact]:
    """Return the facts that the scenarios and their own events cite, each once."""
    known = read_facts(region.name)
    codes = [
        code
        for scenario in scenarios
        for code in (*scenario.sources, *(c for event in own(scenario) for c in event.because))
    ]
    return [known[code] for code in dict.fromkeys(codes) if code in known]


def words(region: Region, reasons: Iterable[str]) -> list[str]:
    """Return the reasons that are words and no facts."""
    known = read_facts(region.name)
    return [reason for reason in reasons if reason not in known]


# ---------------------------------------------------------------- numbers


def numbers(
    region: Region, answers: Iterable[Record], scenarios: Iterable[Scenario], notes: Footnotes
) -> list[Number]:
    """Return the numbers that an answer goes with most, then those of what its events touch."""
    chief = [
        (row["attribute"], tuple(row["keys"])) for found in answers for row in found["rests_on"]
    ]
    touched = [row for scenario in scenarios for row in of_links(region, links_of(scenario))]
    rows = [*(row for key in chief for row in region.ledger if same(row, key)), *touched]
    unique = {(row.attribute, row.keys): row for row in rows}
    return [number(region, row, notes) for row in list(unique.values())[:MOST_NUMBERS]]


def same(row: LedgerRow, key: tuple[str, tuple[str, ...]]) -> bool:
    return (row.attribute, row.keys) == key


def links_of(scenario: Scenario) -> list[str]:
    """Return the links that the scenario's own events are about."""
    return [link for event in own(scenario) for link in event.what.get("links", ())]


def of_links(region: Region, links: list[str]) -> Iterator[LedgerRow]:
    """Yield the ledger rows of links, and of the routes that use them."""
    routes = {route.code for route in region.routes if set(route.links) & set(links)}
    for row in region.ledger:
        axes = region.attributes[row.attribute].axes
        places = dict(zip(axes, row.keys, strict=True))
        if places.get("link") in links or places.get("route") in routes:
            yield row


def number(region: Region, row: LedgerRow, notes: Footnotes) -> Number:
    """Return a ledger row as it is shown."""
    return Number(
        meaning=region.attributes[row.attribute].meaning,
        of=", ".join(named(region, key) for key in row.keys),
        central=f"{row.central:.4g}",
        spread="" if row.low == row.high else f"{row.low:.4g} to {row.high:.4g}",
        unit=row.unit,
        method=METHODS[row.method],
        footnote=notes.number(row.source),
        phrase=row.key_phrase,
        why=row.note,
    )


def named(region: Region, key: str) -> str:
    """Return what a key of the ledger stands for, by name where it has one."""
    actors = {actor.code: actor.name for actor in region.actors}
    links = {link.code: link.name for link in region.links}
    routes = {route.code: route.name for route in region.routes}
    streams = {stream.code: stream.name for stream in region.streams}
    return (actors | links | routes | streams).get(key, key.replace("_", " "))
