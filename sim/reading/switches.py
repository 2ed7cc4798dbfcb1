"""The table of mechanisms: what switches each off, what is so then, and who reports it.

A row names an attribute and the value at which it does nothing, or a kind of event (`event:KIND`)
that does not happen then; its value may narrow that to events with some labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim.errors import Problem
from sim.reading.csv_lines import Line, Table, empty, not_within, refuse, split, unknown
from sim.region import Mechanism, Region
from sim.vocabulary import DOMAINS

SWITCH_COLUMNS = ("mechanism", "attribute", "value", "says", "facts")

EVENT = "event:"
"""How an attribute begins that is no number but a kind of event."""

NAME = re.compile(r"[a-z][a-z0-9_]*")


def read_mechanisms(table: Table, region: Region) -> tuple[Mechanism, ...]:
    """Return the mechanisms of a region, or say all that is wrong with their table."""
    refuse(table.file, (p for line in table.lines for p in row_problems(line, region)))
    refuse(table.file, [*repeated(table), *at_odds(table)])
    names = dict.fromkeys(line["mechanism"] for line in table.lines)
    return tuple(
        mechanism(name, [line for line in table.lines if line["mechanism"] == name])
        for name in names
    )


def row_problems(line: Line, region: Region) -> Iterator[Problem]:
    """Yield all that is wrong with one row."""
    yield from empty(line, ("mechanism", "attribute", "says", "facts"))
    if line["mechanism"] and not NAME.fullmatch(line["mechanism"]):
        yield line.problem(
            f"mechanism: {line['mechanism']!r} is no name: small letters, digits and _ only"
        )
    if line["attribute"].startswith(EVENT):
        yield from event_problems(line, region)
    elif line["attribute"]:
        yield from number_problems(line, region)
    for fact in split(line["facts"], ";"):
        if fact not in region.facts:
            yield from unknown(fact_alone(line, fact), "facts", region.facts, "fact of facts.csv")


def fact_alone(line: Line, fact: str) -> Line:
    """Return a row as if it cited one fact only."""
    return Line(line.number, {**line.cells, "facts": fact})


def number_problems(line: Line, region: Region) -> Iterator[Problem]:
    """Yield an attribute that is none, and a value that it cannot have."""
    name = line["attribute"]
    if name not in region.attributes:
        yield from unknown(line, "attribute", region.attributes, "attribute of the dictionary")
        return
    meaning = region.attributes[name]
    yield from not_within(line, "value", meaning.minimum, meaning.maximum)
    if not any(row.attribute == name for row in region.ledger):
        yield line.problem(f"attribute: {name} has no row in the ledger that could be set")


def event_problems(line: Line, region: Region) -> Iterator[Problem]:
    """Yield a kind of event that is none, and labels that no event can have."""
    from sim.reading.kinds import KINDS

    kind = line["attribute"].removeprefix(EVENT)
    yield from unknown(
        Line(line.number, {**line.cells, "attribute": kind}), "attribute", KINDS, "kind of event"
    )
    known = (*region.partners, *region.states, *DOMAINS)
    for label in line["value"].split():
        yield from unknown(
            Line(line.number, {**line.cells, "value": label}), "value", known,
            "partner, state or domain",
        )  # fmt: skip


def repeated(table: Table) -> Iterator[Problem]:
    """Yield every row that sets what its mechanism sets above already."""
    seen: dict[tuple[str, ...], int] = {}
    for line in table.lines:
        value = line["value"] if line["attribute"].startswith(EVENT) else ""
        name = (line["mechanism"], line["attribute"], value)
        if name in seen:
            yield line.problem(f"{' '.join(name).strip()} is already on line {seen[name]}")
        seen.setdefault(name, line.number)


def at_odds(table: Table) -> Iterator[Problem]:
    """Yield an attribute that two mechanisms set to different values: both can be off at once."""
    seen: dict[str, Line] = {}
    for line in table.lines:
        name = line["attribute"]
        if name.startswith(EVENT):
            continue
        above = seen.setdefault(name, line)
        if float(above["value"]) != float(line["value"]):
            yield line.problem(
                f"{name}: {line['value']} here and {above['value']} on line {above.number}; "
                "mechanisms that set the same attribute set it to the same value"
            )


def mechanism(name: str, lines: list[Line]) -> Mechanism:
    """Return one mechanism from its rows."""
    events = [line for line in lines if line["attribute"].startswith(EVENT)]
    numbers = [line for line in lines if line not in events]
    facts = dict.fromkeys(fact for line in lines for fact in split(line["facts"], ";"))
    return Mechanism(
        name=name,
        off=tuple(dict.fromkeys(line["says"] for line in lines)),
        facts=tuple(facts),
        numbers={line["attribute"]: float(line["value"]) for line in numbers},
        events=tuple(
            (line["attribute"].removeprefix(EVENT), tuple(line["value"].split())) for line in events
        ),
    )
