"""What a scenario can name: links, routes, kinds of event, states, partners, mechanisms ..."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from textwrap import wrap
from typing import Any

from sim.region import LedgerRow, Region

Table = list[tuple[str, ...]]
"""Rows of texts, the heads first."""


def links(region: Region) -> Table:
    """Return every link by its code, with what it can carry and who keeps it."""
    carries = {row.keys[0]: row for row in region.ledger if row.attribute == "capacity"}
    rows = [
        (
            link.code,
            capacity(carries[link.code]) if link.opened != "unbuilt" else "not built",
            link.gatekeeper or "",
            link.name,
        )
        for link in region.links
    ]
    return [("link", "can carry", "kept by", "name"), *rows]


def capacity(row: LedgerRow) -> str:
    """Return what a link can carry, with unit."""
    return f"{row.central:g} {row.unit}"


def routes(region: Region) -> Table:
    """Return every route by its code, what goes on it, its market and links."""
    rows = [
        (r.code, r.corridor, r.stream, r.market, f"{r.name}: {', '.join(r.links)}")
        for r in region.routes
    ]
    return [("route", "corridor", "stream", "market", "name: links"), *rows]


def kinds(_: Region) -> Table:
    """Return every kind of event with what it supposes."""
    rows = [(kind, schema["description"]) for kind, schema in kind_schemas().items()]
    return [("kind", "what it supposes"), *rows]


@cache
def kind_schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of every kind of event, by its name."""
    from sim.reading.schema import json_schema

    schemas = json_schema()["$defs"].values()
    named = {
        schema["properties"]["kind"]["const"]: schema
        for schema in schemas
        if "const" in schema["properties"].get("kind", {})
    }
    return dict(sorted(named.items()))


def states(region: Region) -> Table:
    """Return the states by their codes."""
    return [("state", "name"), *((code, region.actor(code).name) for code in region.states)]


def partners(region: Region) -> Table:
    """Return the partners by their codes: the powers, which act, and the passive ones."""
    rows = [(code, region.actor(code).kind, region.actor(code).name) for code in region.partners]
    return [("partner", "is a", "name"), *rows]


def bodies(region: Region) -> Table:
    """Return the bodies that a state can join or leave, with their members of the base year."""
    rows = [row for row in region.ledger if row.attribute == "membership" and row.central > 0]
    members = {
        body: " ".join(r.keys[0] for r in rows if r.keys[1] == body) for body in region.bodies
    }
    return [("body", "members"), *members.items()]


def mechanisms(region: Region) -> Table:
    """Return every mechanism that can be switched off, with what is so then."""
    return [
        ("mechanism", "while it is off"),
        *((one.name, one.says) for one in region.mechanisms),
    ]


LISTS: dict[str, Callable[[Region], Table]] = {
    "links": links,
    "routes": routes,
    "kinds": kinds,
    "states": states,
    "partners": partners,
    "bodies": bodies,
    "mechanisms": mechanisms,
}
"""What can be listed, and how."""


LEAST_LAST = 24
"""Characters of the last column, however narrow the terminal."""


def in_columns(table: Table, width: int) -> list[str]:
    """Return a table as lines of text, its columns side by side; only the last is wrapped."""
    widths = [max(len(row[k]) for row in table) + 2 for k in range(len(table[0]) - 1)]
    room = max(width - sum(widths), LEAST_LAST)
    lines = []
    for row in table:
        begins = "".join(text.ljust(size) for text, size in zip(row, widths, strict=False))
        for part in wrap(row[-1], room) or [""]:
            lines.append(f"{begins}{part}".rstrip())
            begins = " " * sum(widths)
    return lines
