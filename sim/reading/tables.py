"""Read a region's tables, and refuse them where anything is missing, misspelt or out of bounds."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from sim.errors import InputError, Problem
from sim.reading.csv_lines import Table, meant, read_table
from sim.reading.ledger import read_ledger
from sim.reading.lists import check_lists
from sim.reading.parts import actor, attribute, commodity, link, route, source, stream
from sim.reading.switches import SWITCH_COLUMNS, read_mechanisms
from sim.region import Region

REGIONS = Path(__file__).parent.parent / "data"
"""Where the regions that come with the project are kept."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "dictionary": (
        *("attribute", "axes", "units", "minimum", "maximum", "sparse", "group", "meaning"),
        "rules",
    ),
    "actors": ("code", "statistics_code", "name", "kind", "latitude", "longitude"),
    "bodies": ("code", "name", "leader"),
    "commodities": ("code", "name", "unit"),
    "streams": ("code", "name", "state", "commodity", "market"),
    "links": ("code", "name", "unit", "gatekeeper", "opened", "note", "path"),
    "routes": ("code", "name", "stream", "market", "links", "corridor"),
    "sources": ("code", "kind", "citation", "note"),
    "facts": ("code", "source", "outlet", "date", "when", "claim", "key_phrase"),
    "observed": (
        *("series", "entity", "partner", "period", "value", "unit", "source"),
        *("source_url_or_repo_path", "licence", "confidence", "note"),
    ),
    "ledger": (
        *("attribute", "key1", "key2", "key3", "period", "central", "low", "high", "unit"),
        *("method", "source", "place", "key_phrase", "note"),
    ),
}
"""The tables of a region in the order in which they are read, and their columns."""


def read_region(folder: Path | str = "central_asia") -> Region:
    """Return the region kept in a folder of tables; a plain name means one that we ship.

    Raises InputError for the first file that cannot be used, with all that is wrong in it.
    """
    home = region_folder(folder)
    tables = {name: read_table(home / f"{name}.csv", columns) for name, columns in COLUMNS.items()}
    check_lists(tables)
    parts = Region(
        name=home.name,
        actors=tuple(actor(line) for line in tables["actors"].lines),
        bodies=tables["bodies"].codes(),
        commodities=tuple(commodity(line) for line in tables["commodities"].lines),
        streams=tuple(stream(line) for line in tables["streams"].lines),
        links=tuple(link(line) for line in tables["links"].lines),
        routes=tuple(route(line) for line in tables["routes"].lines),
        sources=tuple(source(line) for line in tables["sources"].lines),
        attributes={line["attribute"]: attribute(line) for line in tables["dictionary"].lines},
        ledger=(),
        digest=digest(tables),
        facts={line["code"]: line["claim"] for line in tables["facts"].lines},
    )
    whole = replace(parts, ledger=read_ledger(tables["ledger"], parts, tables["facts"]))
    switches = home / "mechanisms.csv"
    if not switches.exists():
        return whole
    return replace(whole, mechanisms=read_mechanisms(read_table(switches, SWITCH_COLUMNS), whole))


def region_folder(folder: Path | str) -> Path:
    """Return the folder of a region: ours, where a plain name is that of one, before any other."""
    path = Path(folder)
    plain = str(folder) == path.name
    if plain and (REGIONS / path).is_dir():
        return REGIONS / path
    if path.is_dir():
        return path
    shipped = sorted(entry.name for entry in REGIONS.iterdir() if entry.is_dir())
    raise InputError(
        str(folder), [Problem(f"there is no such region{meant(str(folder), shipped)}")]
    )


def digest(tables: dict[str, Table]) -> str:
    """Return the sha256 of all tables, so that a result can say what it rests on."""
    total = hashlib.sha256()
    for name, table in tables.items():
        total.update(name.encode() + b"\0" + table.content + b"\0")
    return total.hexdigest()
