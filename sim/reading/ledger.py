"""The ledger: every number has a key, a range within bounds, a unit, and a source that bears it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from sim.errors import Problem
from sim.reading.csv_lines import Line, Table, empty, listed, meant, number, refuse, unknown
from sim.reading.network import network_problems
from sim.region import Attribute, LedgerRow, Region
from sim.vocabulary import METHODS

LONGEST_PHRASE = 60
"""A key phrase finds a place in an article; more would copy it."""
SHOWN = 5
"""Missing rows named in one message before the rest is counted."""


@dataclass(frozen=True)
class Known:
    """All that a row of the ledger may refer to."""

    attributes: dict[str, Attribute]
    axes: dict[str, tuple[str, ...]]
    units: dict[tuple[str, str], str]  # (axis, label) -> the unit that its flows are counted in
    source_kinds: dict[str, str]
    fact_sources: dict[str, str]


def read_ledger(table: Table, region: Region, facts: Table) -> tuple[LedgerRow, ...]:
    """Return the rows of the ledger, each of which has a range and a source."""
    known = known_of(region, facts)
    refuse(table.file, (p for line in table.lines for p in row_problems(line, known)))
    rows = tuple(ledger_row(line) for line in table.lines)
    refuse(table.file, [*repeated(rows), *absent(rows, known)])
    refuse(table.file, network_problems(rows, region))
    return rows


def known_of(region: Region, facts: Table) -> Known:
    """Return all that a row of the ledger may refer to."""
    commodity_units = {c.code: c.unit for c in region.commodities}
    streams = {s.code: commodity_units[s.commodity] for s in region.streams}
    units = {("link", one.code): one.unit for one in region.links}
    units |= {("route", one.code): streams[one.stream] for one in region.routes}
    return Known(
        attributes=region.attributes,
        axes=region.axes,
        units=units,
        source_kinds={one.code: one.kind for one in region.sources},
        fact_sources={line["code"]: line["source"] for line in facts.lines},
    )


def row_problems(line: Line, known: Known) -> Iterator[Problem]:
    """Yield all that is wrong with one row of the ledger."""
    if line["attribute"] not in known.attributes:
        names = known.attributes
        yield from unknown(line, "attribute", names, "attribute of the dictionary")
    else:
        meaning = known.attributes[line["attribute"]]
        yield from key_problems(line, meaning, known)
        yield from size_problems(line, meaning)
        yield from unit_problems(line, meaning, known)
    yield from source_of_number_problems(line, known)


def key_problems(line: Line, meaning: Attribute, known: Known) -> Iterator[Problem]:
    """Yield keys that are too few, too many, or name nothing of this region."""
    keys = keys_of(line)
    if len(keys) != len(meaning.axes):
        needs = listed(meaning.axes) or "none"
        yield line.problem(f"{meaning.name} has {len(keys)} keys and needs: {needs}")
        return
    for axis, key in zip(meaning.axes, keys, strict=True):
        if key not in known.axes[axis]:
            yield line.problem(
                f"{meaning.name}: {key!r} is no {axis} of this region{meant(key, known.axes[axis])}"
            )


def size_problems(line: Line, meaning: Attribute) -> Iterator[Problem]:
    """Yield a number without a range, out of it, or out of the dictionary's bounds."""
    blank = list(empty(line, ("central", "low", "high")))
    low, central, high = (number(line[column]) for column in ("low", "central", "high"))
    if blank:
        yield from blank
    elif math.isnan(low + central + high):
        yield line.problem(f"{meaning.name}: central, low and high are not all finite numbers")
    elif not low <= central <= high:
        yield line.problem(f"{meaning.name}: low {low} <= central {central} <= high {high} fails")
    elif not (meaning.minimum <= low and high <= meaning.maximum):
        bounds = f"{meaning.minimum} to {meaning.maximum}"
        yield line.problem(f"{meaning.name}: {low} to {high} is out of its bounds, {bounds}")


def unit_problems(line: Line, meaning: Attribute, known: Known) -> Iterator[Problem]:
    """Yield a unit that is not the attribute's, or not that of the link or route."""
    unit = line["unit"]
    if unit not in meaning.units:
        units = " or ".join(meaning.units)
        yield line.problem(f"{meaning.name}: unit {unit!r} is not that of the dictionary, {units}")
    elif len(meaning.units) > 1:
        own = known.units.get((meaning.axes[0], line["key1"]), unit)
        if unit != own:
            yield line.problem(f"{meaning.name}: {line['key1']} is counted in {own}, not {unit}")


def source_of_number_problems(line: Line, known: Known) -> Iterator[Problem]:
    """Yield a number without a source, or with one that cannot bear it."""
    yield from empty(line, ("source",))
    yield from unknown(line, "method", METHODS, "method")
    kind = known.source_kinds.get(line["source"])
    if line["source"] and not kind:
        yield from unknown(line, "source", known.source_kinds, "source of this region")
    if kind == "article":
        yield from citation_problems(line, known)
    if kind == "assumption" and not line["note"]:
        yield line.problem(f"{line['attribute']}: an assumption needs a note that says why")
    if kind and (line["method"] == "judged") != (kind == "assumption"):
        yield line.problem(
            f"{line['attribute']}: a judged number rests on an assumption and no other does, but"
            f" {line['source']} is of kind {kind} and the method is {line['method']!r}"
        )


def citation_problems(line: Line, known: Known) -> Iterator[Problem]:
    """Yield an article cited without fact or key phrase, or for a fact of another article."""
    place, phrase = line["place"], line["key_phrase"]
    if not place:
        yield line.problem("an article is cited without the fact (place)")
    elif place not in known.fact_sources:
        yield from unknown(line, "place", known.fact_sources, "fact of facts.csv")
    elif known.fact_sources[place] != line["source"]:
        yield line.problem(f"place: {place} is from {known.fact_sources[place]}")
    if not phrase:
        yield line.problem("an article is cited without a key phrase")
    if len(phrase) > LONGEST_PHRASE:
        yield line.problem(f"key_phrase is longer than {LONGEST_PHRASE} characters")


def repeated(rows: Iterable[LedgerRow]) -> Iterator[Problem]:
    """Yield every number that was given before."""
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        name = (row.attribute, *row.keys)
        if name in seen:
            yield Problem(f"{' '.join(name)} is already on line {seen[name]}", row.line)
        seen.setdefault(name, row.line)


def absent(rows: Iterable[LedgerRow], known: Known) -> Iterator[Problem]:
    """Yield the attributes for which rows are missing; a sparse one needs a row at least."""
    given: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for row in rows:
        given[row.attribute].add(row.keys)
    for name, meaning in known.attributes.items():
        if meaning.sparse and not given[name]:
            yield Problem(f"{name} has no row at all")
        if not meaning.sparse:
            yield from gaps(meaning, given[name], known)


def gaps(meaning: Attribute, given: set[tuple[str, ...]], known: Known) -> Iterator[Problem]:
    """Yield the entries that an attribute needs and does not have."""
    wanted = product(*(known.axes[axis] for axis in meaning.axes))
    missing = [" ".join(keys) for keys in wanted if keys not in given]
    if missing and not meaning.axes:
        yield Problem(f"{meaning.name} has no row")
    elif missing:
        more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
        yield Problem(f"{meaning.name} has no row for {listed(missing[:SHOWN])}{more}")


def ledger_row(line: Line) -> LedgerRow:
    """Return one number with its range and its source."""
    return LedgerRow(
        attribute=line["attribute"],
        keys=keys_of(line),
        period=line["period"],
        central=float(line["central"]),
        low=float(line["low"]),
        high=float(line["high"]),
        unit=line["unit"],
        method=line["method"],
        source=line["source"],
        place=line["place"],
        key_phrase=line["key_phrase"],
        note=line["note"],
        line=line.number,
    )


def keys_of(line: Line) -> tuple[str, ...]:
    """Return the keys of a row, in the order of the attribute's axes."""
    return tuple(key for key in (line["key1"], line["key2"], line["key3"]) if key)
