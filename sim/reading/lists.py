"""Checks of a region's lists: who and what there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sim.errors import Problem
from sim.reading.csv_lines import (
    Line,
    Table,
    doubled,
    empty,
    meant,
    not_within,
    number,
    refuse,
    split,
    unknown,
)
from sim.reading.network import UNBUILT
from sim.vocabulary import AXES, SUBMODELS

KINDS = ("state", "power", "partner")
SOURCE_KINDS = ("article", "statistic", "assumption", "literature")
GROUPS = ("base year", "routes", "behaviour", "measure")
UNITS = ("Mt/y", "bcm/y")


def check_lists(tables: dict[str, Table]) -> None:
    """Raise InputError for the first table but the ledger in which something is wrong."""
    for name, table in tables.items():
        if name in LIST_CHECKS:
            found = [p for line in table.lines for p in LIST_CHECKS[name](line, tables)]
            key = "attribute" if name == "dictionary" else "code"
            refuse(table.file, [*doubled(table, key), *found])
    refuse(tables["actors"].file, cast_problems(tables["actors"]))
    refuse(tables["routes"].file, idle_problems(tables))


def dictionary_problems(line: Line, tables: dict[str, Table]) -> Iterator[Problem]:
    """Yield what is wrong with the definition of an attribute."""
    yield from empty(line, ("attribute", "units", "meaning"))
    for axis in split(line["axes"], ";"):
        if axis not in AXES:
            yield line.problem(f"axes: {axis!r} is no axis{meant(axis, AXES)}")
    lowest, highest = number(line["minimum"]), number(line["maximum"])
    if not lowest <= highest:
        yield line.problem("minimum and maximum are not two numbers in this order")
    yield from unknown(line, "sparse", ("yes", "no"), "yes or no")
    yield from unknown(line, "group", GROUPS, "group")
    for rule in split(line["rules"], ";"):
        if rule not in SUBMODELS:
            yield line.problem(f"rules: {rule!r} is no rule{meant(rule, SUBMODELS)}")
    if not split(line["rules"], ";"):
        yield line.problem(f"{line['attribute']} is used by no rule; name the rule or drop it")


def actor_problems(line: Line, tables: dict[str, Table]) -> Iterator[Problem]:
    """Yield what is wrong with a state, a power or a partner."""
    yield from empty(line, ("code", "statistics_code", "name"))
    yield from unknown(line, "kind", KINDS, "kind of actor")
    yield from not_within(line, "latitude", -90, 90)
    yield from not_within(line, "longitude", -180, 180)


def body_problems(line: Line, tables: dict[str, Table]) -> Iterator[Problem]:
    """Yield what is wrong with a body of states."""
    yield from empty(line, ("code", "name"))
    yield from unknown(line, "leader", coded(tables, "power"), "power")


def commodity_problems(line: Line, tables: dict[str, Table]) -> Iterator[Problem]:
    """Yield what is wrong with a commodity."""
    yield from empty(line, ("code", "name"))
    yield from unknown(line, "unit", UNITS, "unit of flow")


def stream_problems(line: Line, tables: dict[str, Table]) -> Iterator[Problem]:
    """Yield what is wrong with a stream; transit has no state."""
    yield from empty(line, ("code", "name"))
    if line["state"]:
        yield from unknown(line, "state", coded(tables, "state"), "state")
    yield from unknown(line, "commodity", tables["commodities"].codes(), "commodity")
    yield from unknown(line, "market", coded(tables, "power", "partner"), "partner")


def link_problems(line: Line, tables: dict[str, Table]) -> Iterator[Problem]:
    """Yield what is wrong with a link; one kept by no partner has no gatekeeper."""
    yield from empty(line, ("code", "name"))
    yield from unknown(line, "unit", UNITS, "unit of flow")
    if line["gatekeeper"]:
        yield from unknown(line, "gatekeeper", coded(tables, "power", "partner"), "partner")
    if line["opened"] != UNBUILT and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", line["opened"]):
        yield line.problem(f"opened: {line['opened']!r} is neither a month (YYYY-MM) nor {UNBUILT}")
    if not re.fullmatch(r"\s*-?[\d.]+ -?[\d.]+(\s*;\s*-?[\d.]+ -?[\d.]+)+\s*", line["path"]):
        yield line.problem("path is no list of two points or more, 'longitude latitude; ...'")


def route_problems(line: Line, tables: dict[str, Table]) -> Iterator[Problem]:
    """Yield what is wrong with a route, whose links must carry what the stream sends."""
    yield from empty(line, ("code", "name", "links", "corridor"))
    yield from unknown(line, "stream", tables["streams"].codes(), "stream")
    yield from unknown(line, "market", coded(tables, "power", "partner"), "partner")
    known = {other["code"]: other["unit"] for other in tables["links"].lines}
    unit = stream_units(tables).get(line["stream"])
    for code in split(line["links"], ";"):
        if code not in known:
            yield line.problem(f"links: {code!r} is no link of this region{meant(code, known)}")
        elif unit and known[code] != unit:
            yield line.problem(f"links: {code!r} carries {known[code]}, the stream sends {unit}")


def source_problems(line: Line, tables: dict[str, Table]) -> Iterator[Problem]:
    """Yield what is wrong with a source; an assumption says how it could be wrong."""
    yield from empty(line, ("code", "citation"))
    yield from unknown(line, "kind", SOURCE_KINDS, "kind of source")
    if line["kind"] == "assumption" and not line["note"]:
        yield line.problem(f"assumption {line['code']} does not say how it could be wrong (note)")


def fact_problems(line: Line, tables: dict[str, Table]) -> Iterator[Problem]:
    """Yield what is wrong with a fact read in an article."""
    yield from empty(line, ("code", "outlet", "date", "claim", "key_phrase"))
    yield from unknown(line, "source", tables["sources"].codes(), "source")


ListCheck = Callable[[Line, dict[str, Table]], Iterator[Problem]]
LIST_CHECKS: dict[str, ListCheck] = {
    "dictionary": dictionary_problems,
    "actors": actor_problems,
    "bodies": body_problems,
    "commodities": commodity_problems,
    "streams": stream_problems,
    "links": link_problems,
    "routes": route_problems,
    "sources": source_problems,
    "facts": fact_problems,
}


def cast_problems(actors: Table) -> Iterator[Problem]:
    """Yield the kinds of actor that nobody plays."""
    present = {line["kind"] for line in actors.lines}
    for kind in KINDS:
        if kind not in present:
            yield Problem(f"names no {kind}")


def idle_problems(tables: dict[str, Table]) -> Iterator[Problem]:
    """Yield streams without a route and links that no route uses."""
    taken = {line["stream"] for line in tables["routes"].lines}
    used = {code for line in tables["routes"].lines for code in split(line["links"], ";")}
    for code in tables["streams"].codes():
        if code not in taken:
            yield Problem(f"stream {code!r} has no route")
    for code in tables["links"].codes():
        if code not in used:
            yield Problem(f"link {code!r} is used by no route")


def coded(tables: dict[str, Table], *kinds: str) -> tuple[str, ...]:
    """Return the codes of the actors of these kinds."""
    return tuple(line["code"] for line in tables["actors"].lines if line["kind"] in kinds)


def stream_units(tables: dict[str, Table]) -> dict[str, str]:
    """Return the unit in which each stream is counted."""
    units = {line["code"]: line["unit"] for line in tables["commodities"].lines}
    return {line["code"]: units.get(line["commodity"], "") for line in tables["streams"].lines}
