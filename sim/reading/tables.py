"""Read a region's tables, and refuse them where anything is missing, misspelt or out of bounds."""

from __future__ import annotations

import csv
import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import product
from pathlib import Path

from sim.errors import InputError, Problem
from sim.region import (
    Actor,
    Attribute,
    Commodity,
    LedgerRow,
    Link,
    Region,
    Route,
    Source,
    Stream,
)
from sim.vocabulary import AXES, METHODS

REGIONS = Path(__file__).parent.parent / "data"
"""Where the regions that come with the project are kept."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "dictionary": (
        *(
            "attribute",
            "axes",
            "units",
            "minimum",
            "maximum",
            "sparse",
            "group",
            "meaning",
            "rules",
        ),
    ),
    "actors": ("code", "data_code", "name", "kind", "latitude", "longitude"),
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

KINDS = ("state", "power", "partner")
SOURCE_KINDS = ("article", "statistic", "assumption", "literature")
GROUPS = ("base year", "routes", "behaviour", "measure")
UNITS = ("Mt/y", "bcm/y")
UNBUILT = "unbuilt"
LONGEST_PHRASE = 60
"""A key phrase finds a place in an article; more would copy it."""
ROUNDING = 1e-9
SHOWN = 5
"""Missing rows named in one message before the rest is counted."""


@dataclass(frozen=True)
class Line:
    """One row of a table, and the line of the file on which it ends."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def problem(self, message: str) -> Problem:
        return Problem(message, self.number)


@dataclass(frozen=True)
class Table:
    """The rows of one file, and its bytes for the digest."""

    file: str
    lines: tuple[Line, ...]
    content: bytes

    def codes(self) -> tuple[str, ...]:
        return tuple(line["code"] for line in self.lines)


@dataclass(frozen=True)
class Known:
    """All that a row of the ledger may refer to."""

    attributes: dict[str, Attribute]
    axes: dict[str, tuple[str, ...]]
    units: dict[tuple[str, str], str]  # (axis, label) -> the unit that its flows are counted in
    source_kinds: dict[str, str]
    fact_sources: dict[str, str]


# --- the whole region ---------------------------------------------------------------------------


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
    return replace(parts, ledger=read_ledger(tables["ledger"], parts, tables["facts"]))


def region_folder(folder: Path | str) -> Path:
    """Return the folder of a region given by its path or by its name among those we ship."""
    path = Path(folder)
    if path.is_dir():
        return path
    if (REGIONS / path).is_dir():
        return REGIONS / path
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


# --- reading one file ---------------------------------------------------------------------------


def read_table(path: Path, columns: Sequence[str]) -> Table:
    """Return the rows of a table that has just these columns."""
    content = read_bytes(path)
    rows = list(numbered_rows(path, content))
    header = rows[0][1] if rows else []
    refuse(str(path), header_problems(header, columns))
    refuse(str(path), width_problems(rows, len(columns)))
    return Table(
        str(path),
        tuple(Line(n, dict(zip(header, map(str.strip, row), strict=True))) for n, row in rows[1:]),
        content,
    )


def read_bytes(path: Path) -> bytes:
    """Return what is in a file, or say why it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(str(path), [Problem(f"cannot be read: {error.strerror}")]) from None


def numbered_rows(path: Path, content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, each with the line on which it ends."""
    try:
        reader = csv.reader(content.decode("utf-8-sig").splitlines(keepends=True), strict=True)
        yield from ((reader.line_num, row) for row in reader if row)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(str(path), [Problem("is not written in UTF-8", line)]) from None
    except csv.Error as error:
        raise InputError(str(path), [Problem(f"is no CSV table: {error}")]) from None


def header_problems(header: Sequence[str], columns: Sequence[str]) -> Iterator[Problem]:
    """Yield what is wrong with the names of the columns."""
    missing = [column for column in columns if column not in header]
    if missing:
        yield Problem(f"lacks the column {listed(missing)}", 1)
    for column in header:
        if column not in columns:
            yield Problem(f"{column!r} is no column of this table{meant(column, columns)}", 1)
    if len(set(header)) < len(header):
        yield Problem("names a column twice", 1)


def width_problems(rows: Iterable[tuple[int, list[str]]], width: int) -> Iterator[Problem]:
    """Yield the rows with too few or too many cells."""
    for number, row in rows:
        if len(row) != width:
            yield Problem(f"has {len(row)} cells where the table has {width} columns", number)


def refuse(file: str, problems: Iterable[Problem]) -> None:
    """Raise one error with every problem of a file, if there is any."""
    found = list(problems)
    if found:
        raise InputError(file, found)


# --- words that several checks use --------------------------------------------------------------


def meant(word: str, known: Collection[str]) -> str:
    """Return the end of a message about an unknown word: a guess at what was meant."""
    lower = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), list(lower), n=1, cutoff=0.5)
    return f". Did you mean {lower[close[0]]!r}?" if close else f" ({listed(sorted(known)[:12])})"


def listed(words: Iterable[str]) -> str:
    """Return words as a list to be read."""
    return ", ".join(str(word) for word in words)


def number(text: str) -> float:
    """Return a finite number, or NaN where the text is none."""
    try:
        read = float(text)
    except ValueError:
        return math.nan
    return read if math.isfinite(read) else math.nan


def unknown(line: Line, column: str, known: Collection[str], what: str) -> Iterator[Problem]:
    """Yield a problem if a cell names nothing that is known."""
    word = line[column]
    if word not in known:
        yield line.problem(f"{column}: {word!r} is no {what}{meant(word, known)}")


def empty(line: Line, columns: Iterable[str]) -> Iterator[Problem]:
    """Yield a problem for every cell that should not be empty."""
    for column in columns:
        if not line[column]:
            yield line.problem(f"{column} is missing")


def doubled(table: Table, column: str) -> Iterator[Problem]:
    """Yield a problem for every row whose name was used above."""
    seen: dict[str, int] = {}
    for line in table.lines:
        word = line[column]
        if word in seen:
            yield line.problem(f"{word!r} is already on line {seen[word]}")
        seen.setdefault(word, line.number)


def not_within(line: Line, column: str, lowest: float, highest: float) -> Iterator[Problem]:
    """Yield a problem if a cell is no number between two bounds."""
    if not lowest <= number(line[column]) <= highest:
        yield line.problem(f"{column}: {line[column]!r} is no number from {lowest} to {highest}")


# --- checks of the lists: who and what there is -------------------------------------------------


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
    if not split(line["rules"], ";"):
        yield line.problem(f"{line['attribute']} is used by no rule; name the rule or drop it")


def actor_problems(line: Line, tables: dict[str, Table]) -> Iterator[Problem]:
    """Yield what is wrong with a state, a power or a partner."""
    yield from empty(line, ("code", "data_code", "name"))
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


def split(text: str, mark: str) -> tuple[str, ...]:
    """Return the parts of a list in one cell."""
    return tuple(part.strip() for part in text.split(mark) if part.strip())


# --- from checked rows to the region's parts ----------------------------------------------------


def attribute(line: Line) -> Attribute:
    """Return an attribute as the dictionary defines it."""
    return Attribute(
        name=line["attribute"],
        axes=split(line["axes"], ";"),
        units=split(line["units"], "|"),
        minimum=float(line["minimum"]),
        maximum=float(line["maximum"]),
        sparse=line["sparse"] == "yes",
        group=line["group"],
        meaning=line["meaning"],
        rules=split(line["rules"], ";"),
    )


def actor(line: Line) -> Actor:
    """Return a state, a power or a partner."""
    names = (line["code"], line["data_code"], line["name"], line["kind"])
    return Actor(*names, float(line["latitude"]), float(line["longitude"]))


def commodity(line: Line) -> Commodity:
    """Return a commodity."""
    return Commodity(line["code"], line["name"], line["unit"])


def stream(line: Line) -> Stream:
    """Return a stream; transit belongs to no state."""
    state = line["state"] or None
    return Stream(line["code"], line["name"], state, line["commodity"], line["market"])


def link(line: Line) -> Link:
    """Return a link, with its path for the map."""
    points = (point.split() for point in line["path"].split(";"))
    return Link(
        code=line["code"],
        name=line["name"],
        unit=line["unit"],
        gatekeeper=line["gatekeeper"] or None,
        opened=line["opened"],
        path=tuple((float(longitude), float(latitude)) for longitude, latitude in points),
        note=line["note"],
    )


def route(line: Line) -> Route:
    """Return a route as a chain of links."""
    names = (line["code"], line["name"], line["stream"], line["market"])
    return Route(*names, split(line["links"], ";"), line["corridor"])


def source(line: Line) -> Source:
    """Return a source."""
    return Source(line["code"], line["kind"], line["citation"])


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


# --- checks of the ledger: every number, its range and its source -------------------------------


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


# --- checks of the network: the base year must be able to flow ----------------------------------


def network_problems(rows: Sequence[LedgerRow], region: Region) -> Iterator[Problem]:
    """Yield links that carry more than they can, and routes that flow where nothing is built."""
    capacity = {row.keys[0]: row for row in rows if row.attribute == "capacity"}
    flows = {row.keys[0]: row for row in rows if row.attribute == "base_flow"}
    latent = {row.keys[0]: row for row in rows if row.attribute == "latent_flow"}
    yield from overload_problems(capacity, flows, region)
    yield from unbuilt_problems(flows, latent, region)
    yield from gate_problems(rows, region)


def overload_problems(
    capacity: dict[str, LedgerRow], flows: dict[str, LedgerRow], region: Region
) -> Iterator[Problem]:
    """Yield links whose base load is above their capacity, and unbuilt ones that have any."""
    for one in region.links:
        users = [r.code for r in region.routes if one.code in r.links and r.code in flows]
        load = math.fsum(flows[code].central for code in users)
        row = capacity[one.code]
        if load > row.central + ROUNDING:
            yield Problem(
                f"{one.code} carries {load:g} {row.unit} in the base year"
                f" ({listed(users)}), above its capacity of {row.central:g}",
                row.line,
            )
        if (one.opened == UNBUILT) != (row.high == 0):
            yield Problem(f"{one.code}: just the unbuilt links have no capacity", row.line)


def unbuilt_problems(
    flows: dict[str, LedgerRow], latent: dict[str, LedgerRow], region: Region
) -> Iterator[Problem]:
    """Yield routes with the wrong kind of flow: base where all is built, else latent."""
    unbuilt = {one.code for one in region.links if one.opened == UNBUILT}
    for one in region.routes:
        open_now = unbuilt.isdisjoint(one.links)
        wrong, right = (latent, "base_flow") if open_now else (flows, "latent_flow")
        if one.code in wrong:
            state = "is open" if open_now else "is not built"
            yield Problem(f"{one.code} {state}: it takes a {right}", wrong[one.code].line)
        if one.code not in (flows if open_now else latent):
            yield Problem(f"{one.code} has no {right}")


def gate_problems(rows: Iterable[LedgerRow], region: Region) -> Iterator[Problem]:
    """Yield gates of links that nobody keeps, and keepers without a gate."""
    gates = {row.keys[0]: row.line for row in rows if row.attribute == "gate"}
    for one in region.links:
        if one.gatekeeper and one.code not in gates:
            yield Problem(f"{one.code} is kept by {one.gatekeeper} and has no gate")
        if not one.gatekeeper and one.code in gates:
            yield Problem(f"{one.code} has a gate and no gatekeeper", gates[one.code])
