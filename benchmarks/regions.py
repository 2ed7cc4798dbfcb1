"""Made-up regions of any size, to see how time grows: the region's tables, copied and perturbed.

New states, powers, routes and links stand for nothing in the world; their numbers say so in the
ledger. They are written as tables and read as any region is, so that what is measured passes the
same door.
"""

from __future__ import annotations

import csv
import math
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from sim.reading.network import UNBUILT
from sim.reading.tables import COLUMNS, REGIONS, read_region
from sim.region import Region

SHIPPED = REGIONS / "central_asia"

SPREAD = 0.1
"""Standard deviation, in logs, by which the numbers of a copy differ from the original's."""

LINK_EVERY = 3
"""One in so many new routes brings a link of its own; the others use what is there."""

HOLDS = 1.0 + 1e-6
"""What a link can carry over what it is meant to, so that rounding does not overload it."""

ALONE = ("sanction_target", "yields_to", "withhold_together", "body_leader", "transit_through")
"""Attributes of one power or state alone, which a copy does not share."""

MADE_UP = {
    "code": "MADE_UP", "kind": "assumption",
    "citation": "Numbers made up to measure how time grows with the size of a region",
    "note": "They stand for nothing in the world",
}  # fmt: skip

CLOSED = "cpc_pipeline"
"""The link that the scenario of every made-up region shuts."""

SCENARIO = "closure.yaml"

CLOSURE = f"""\
title: "A pipeline shuts in a made-up region"
question: "How long does a month take in a region of this size?"
beyond: "Everything; the region is made up."
sources: []
extends: quiet
start: 2022-01
months: 36
members: 200
events:
  - id: shut
    kind: link_closed
    link: {CLOSED}
    start: 2022-07
    months: 6
    intent: [0, 1]
"""

Row = dict[str, str]
Tables = dict[str, list[Row]]
Names = Mapping[tuple[str, str], str]
"""New names by axis and old name."""


def made_region(
    folder: Path, states: int = 5, powers: int = 3, routes: int | None = None, seed: int = 1
) -> Region:
    """Return a region of so many states, powers and routes, written to a folder and read again.

    Without a number of routes there are as many as the states bring. The same numbers and seed
    give the same region.
    """
    write_tables(folder, made_tables(states, powers, routes, seed))
    return read_region(folder)


def made_tables(states: int, powers: int, routes: int | None, seed: int) -> Tables:
    """Return the tables of a made-up region."""
    tables = {name: list(_rows(SHIPPED / f"{name}.csv")) for name in COLUMNS}
    room = _room(tables)
    chance = np.random.default_rng(seed)
    shipped = _codes(tables, "state")
    for k in range(len(shipped), states):
        _add_state(tables, room, shipped[k % len(shipped)], k, chance)
    shipped = _codes(tables, "power")
    for k in range(len(shipped), powers):
        _add_power(tables, shipped[-1 - k % (len(shipped) - 1)], k, chance)
    if routes is not None:
        _drop_routes(tables, routes)
        _add_routes(tables, room, routes, chance)
    _make_room(tables, room)
    tables["sources"].append(MADE_UP)
    return tables


def write_tables(folder: Path, tables: Tables) -> None:
    """Write the tables of a region, and a scenario on it, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in COLUMNS.items():
        with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(tables[name])
    shutil.copy(SHIPPED / "outlines.json", folder)
    (folder / SCENARIO).write_text(CLOSURE, "utf-8")


def _rows(file: Path) -> Iterator[Row]:
    with open(file, encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def _codes(tables: Tables, kind: str) -> list[str]:
    return [row["code"] for row in tables["actors"] if row["kind"] == kind]


# Copies ----------------------------------------------------------------------------------------


def _copy_numbers(tables: Tables, names: Names, chance: np.random.Generator) -> None:
    """Add rows to the ledger for all that has a new name, each a little other than the old one."""
    meaning = {row["attribute"]: row for row in tables["dictionary"]}
    for row in list(tables["ledger"]):
        of = meaning[row["attribute"]]
        keys = [f"key{k + 1}" for k, axis in enumerate(of["axes"].split(";")) if axis]
        axes = of["axes"].split(";")
        new = {
            key: names[axis, row[key]]
            for key, axis in zip(keys, axes, strict=False)
            if (axis, row[key]) in names
        }
        alone = row["attribute"] in ALONE and not any(axis == "route" for axis, _ in names)
        if new and not alone:
            tables["ledger"].append({**row, **new, **_perturbed(row, of, chance), **_made_up()})


def _made_up() -> Row:
    return {
        "method": "judged", "source": MADE_UP["code"], "place": "", "key_phrase": "",
        "note": "Made up",
    }  # fmt: skip


def _perturbed(row: Row, meaning: Row, chance: np.random.Generator) -> Row:
    """Return a number and its range, all moved by one factor within their bounds; 0 and 1 stay."""
    factor = math.exp(SPREAD * chance.standard_normal())
    if float(row["central"]) in (0.0, 1.0):
        return {}
    low, high = float(meaning["minimum"]), float(meaning["maximum"])
    return {
        name: repr(min(max(float(row[name]) * factor, low), high))
        for name in ("central", "low", "high")
    }


def _add_after_its_like(rows: list[Row], new: Row, column: str) -> None:
    """Add a row after the last of its kind."""
    place = max(k for k, row in enumerate(rows) if row[column] == new[column])
    rows.insert(place + 1, new)


def _add_state(
    tables: Tables, room: dict[str, float], like: str, k: int, chance: np.random.Generator
) -> None:
    """Add a state like another, with streams, routes, and the links that no other state uses."""
    code = f"S{k + 1:02d}"
    old = next(row for row in tables["actors"] if row["code"] == like)
    named = {"code": code, "statistics_code": code, "name": f"State {k + 1}, after {old['name']}"}
    _add_after_its_like(tables["actors"], {**old, **named}, "kind")
    streams = [row for row in tables["streams"] if row["state"] == like]
    taken = {row["code"] for row in streams}
    routes = [row for row in tables["routes"] if row["stream"] in taken]
    own = _links_of_one_state(tables, like)
    links = [row for row in tables["links"] if row["code"] in own]
    names = {("state", like): code}
    for axis, some in (("stream", streams), ("route", routes), ("link", links)):
        names |= {(axis, row["code"]): f"{code}_{row['code']}" for row in some}
    tables["streams"] += [
        {**row, "code": names["stream", row["code"]], "state": code} for row in streams
    ]
    tables["links"] += [{**row, "code": names["link", row["code"]]} for row in links]
    tables["routes"] += [
        {
            **row, "code": names["route", row["code"]], "stream": names["stream", row["stream"]],
            "links": _renamed(row["links"], names),
        }
        for row in routes
    ]  # fmt: skip
    room |= {names["link", link]: room[link] for link in own}
    _copy_numbers(tables, names, chance)


def _renamed(links: str, names: Names) -> str:
    return ";".join(names.get(("link", one), one) for one in links.split(";"))


def _links_of_one_state(tables: Tables, state: str) -> set[str]:
    """Return the links that routes of this state use, and of no other nor of transit."""
    owner = {row["code"]: row["state"] for row in tables["streams"]}
    users: dict[str, set[str]] = defaultdict(set)
    for row in tables["routes"]:
        for link in row["links"].split(";"):
            users[link].add(owner[row["stream"]])
    return {link for link, of in users.items() if of == {state}}


def _add_power(tables: Tables, like: str, k: int, chance: np.random.Generator) -> None:
    """Add a power like another; it leads no body, and is its own market for nothing."""
    code = f"P{k + 1:02d}"
    old = next(row for row in tables["actors"] if row["code"] == like)
    named = {"code": code, "statistics_code": code, "name": f"Power {k + 1}, after {old['name']}"}
    _add_after_its_like(tables["actors"], {**old, **named}, "kind")
    _copy_numbers(tables, {("power", like): code, ("partner", like): code}, chance)


# Routes ----------------------------------------------------------------------------------------


def _flows(tables: Tables) -> dict[str, Row]:
    return {row["key1"]: row for row in tables["ledger"] if row["attribute"] == "base_flow"}


def _add_routes(
    tables: Tables, room: dict[str, float], count: int, chance: np.random.Generator
) -> None:
    """Add routes beside those that are open, each of which takes half of another's flow."""
    k = 0
    while len(tables["routes"]) < count:
        flows = _flows(tables)
        open_ones = [row for row in tables["routes"] if row["code"] in flows]
        old = open_ones[int(chance.integers(len(open_ones)))]
        names = {("route", old["code"]): f"{old['code']}_{k}"}
        if k % LINK_EVERY == 0:
            links = old["links"].split(";")
            beside = links[int(chance.integers(len(links)))]
            names["link", beside] = f"{beside}_{k}"
            row = next(row for row in tables["links"] if row["code"] == beside)
            tables["links"].append({**row, "code": f"{beside}_{k}"})
            room[f"{beside}_{k}"] = room[beside]
        _scale(flows[old["code"]], 0.5)
        made = {"code": f"{old['code']}_{k}", "links": _renamed(old["links"], names)}
        tables["routes"].append({**old, **made})
        _copy_numbers(tables, names, chance)
        k += 1


def _drop_routes(tables: Tables, count: int) -> None:
    """Drop the smallest routes, each stream's flow to its largest; one not yet built stays."""
    flows = _flows(tables)

    def size(row: Row) -> float:
        return float(flows[row["code"]]["central"]) if row["code"] in flows else 0.0

    largest: dict[str, Row] = {}
    for row in sorted(tables["routes"], key=size):
        largest[row["stream"]] = row
    planned = [row for row in tables["routes"] if row["code"] not in flows][:1]
    kept = [*largest.values(), *planned]
    if count < len(kept):
        raise ValueError(f"{len(largest)} streams and a planned route need {len(kept)} routes")
    spare = sorted((row for row in tables["routes"] if row not in kept), key=size)
    for row in spare[: max(len(tables["routes"]) - count, 0)]:
        tables["routes"].remove(row)
        taker = flows[largest[row["stream"]]["code"]]
        _scale(taker, 1.0 + size(row) / float(taker["central"]))
    _drop_unnamed(tables)


def _drop_unnamed(tables: Tables) -> None:
    """Drop links that no route uses any more, and the numbers of what is gone."""
    used = {link for row in tables["routes"] for link in row["links"].split(";")}
    tables["links"] = [row for row in tables["links"] if row["code"] in used]
    here = {"route": {row["code"] for row in tables["routes"]}, "link": used}
    first = {row["attribute"]: row["axes"].split(";")[0] for row in tables["dictionary"]}
    tables["ledger"] = [
        row
        for row in tables["ledger"]
        if row["key1"] in here.get(first[row["attribute"]], {row["key1"]})
    ]


def _scale(row: Row, factor: float) -> None:
    for name in ("central", "low", "high"):
        row[name] = repr(float(row[name]) * factor)


# Room ------------------------------------------------------------------------------------------


def _loads(tables: Tables) -> dict[str, float]:
    """Return what passes each link in the base year."""
    flows = _flows(tables)
    found: dict[str, float] = defaultdict(float)
    for row in tables["routes"]:
        for link in row["links"].split(";"):
            found[link] += float(flows[row["code"]]["central"]) if row["code"] in flows else 0.0
    return found


def _room(tables: Tables) -> dict[str, float]:
    """Return what each link can carry over what it does; 0 where it carries nothing."""
    loads = _loads(tables)
    return {
        row["key1"]: float(row["central"]) / loads[row["key1"]] if loads[row["key1"]] else 0.0
        for row in tables["ledger"]
        if row["attribute"] == "capacity"
    }


def _make_room(tables: Tables, room: Mapping[str, float]) -> None:
    """Give every link as much room over its load as the link has that it is copied from."""
    loads = _loads(tables)
    unbuilt = {row["code"] for row in tables["links"] if row["opened"] == UNBUILT}
    for row in tables["ledger"]:
        link = row["key1"]
        if row["attribute"] == "capacity" and link not in unbuilt and loads[link] and room[link]:
            _scale(row, room[link] * loads[link] * HOLDS / float(row["central"]))
