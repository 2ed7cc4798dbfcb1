"""Forms for the kinds of event: what each asks for, and what can be chosen."""

from __future__ import annotations

from typing import Any

from sim.reading.kinds import KINDS
from sim.region import Region
from sim.vocabulary import DOMAINS

Record = dict[str, Any]

NOT_ASKED = ("id", "kind", "role", "because", "theme", "shape")
"""Fields that a form leaves out: who needs them writes the file."""

DATES = ("start", "end")


def forms(region: Region) -> dict[str, list[Record]]:
    """Return for each kind of event its fields: name, meaning, whether needed, what can stand."""
    return {kind: fields_of(region, kind) for kind in KINDS}


def fields_of(region: Region, kind: str) -> list[Record]:
    """Return the fields of a kind of event, its own first, then when it happens, then the note."""
    schema = KINDS[kind].model_json_schema()
    needed = schema.get("required", [])
    known = {
        name: {
            "name": name,
            "told": about.get("description", ""),
            "needed": name in needed,
            "date": name in DATES,
            "options": choices(region, name, about),
        }
        for name, about in schema["properties"].items()
        if name not in NOT_ASKED
    }
    last = [name for name in ("start", "end", "months", "note") if name in known]
    return [*(one for name, one in known.items() if name not in last), *map(known.get, last)]  # type: ignore[list-item]


def choices(region: Region, name: str, about: Record) -> list[str]:
    """Return what can stand in a field; nothing where it is a number, a date or words."""
    among = [one["enum"] for one in about.get("anyOf", []) if "enum" in one]
    words: list[Any] = about.get("enum") or (among[0] if among else [])
    if words:
        return [str(one) for one in words]
    links = [link.code for link in region.links]
    named: dict[str, list[str]] = {
        "link": links,
        "route": [route.code for route in region.routes],
        "state": list(region.states),
        "by": list(region.partners),
        "partner": list(region.partners),
        "power": list(region.powers),
        "body": list(region.bodies),
        "commodity": [one.code for one in region.commodities],
        "domain": list(DOMAINS),
    }
    return named.get(name, [])
