"""All that a page holds: the question, the grid in letters, the ground, and the evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.answer.causes import rests_on
from sim.answer.verdict import headline_moment, headline_state
from sim.attribution import Attribution
from sim.compare import describe
from sim.explore.packing import Packed, cells, packed
from sim.explore.runs import (
    PERCENT,
    Numbers,
    paths_at,
    paths_of,
    series_names,
    shown,
    shown_without,
)
from sim.explore.sliders import Slider, grid, row_of
from sim.region import LedgerRow, Region
from sim.report import palette
from sim.report.facts import METHODS, own, read_doubts, read_facts, words
from sim.report.outlines import REGIONS, read_outlines
from sim.results import Results
from sim.scenario import Scenario
from sim.study.play import Study
from sim.study.settings import Setting
from sim.timeline import EFFECTS, sort_of
from sim.vocabulary import DOMAINS

Record = dict[str, Any]
Watch = Callable[[int], None]

DIGITS = {
    "gdp": 2, "earnings": 2, "remittances": 2, "threat": 1, "breadth": 3, "two_sidedness": 3,
    "ambiguity": 3, "deliberate": 3, "share": 1, "sent": 2,
}  # fmt: skip
"""Decimals that are shown, by the beginning of a series' name."""

FLOW_DIGITS, PART_DIGITS, PLACE_DIGITS, CHANNEL_DIGITS = 2, (1, 3, 2), 1, 3
"""Decimals of flows; of parts (shares, breadth, GDP); of the triangle; and of channels."""

TOGETHER = 400
"""Columns (points times members) that a thread runs together: all months of them are kept."""

MOVED = 1e-3
"""A stream moves where its median changes by more than this part of the base year's."""

COORDINATES = 2
"""Decimals of a degree in the outlines: about a kilometre, less than a dot of a map."""


@dataclass(frozen=True)
class Computed:
    """Everything that was run for a page."""

    results: Results
    why: Attribution | None
    sliders: tuple[Slider, ...]
    points: list[Numbers]  # the grid's, the last slider fastest; then the scenario as written
    baselines: list[Numbers]
    baseline_of: tuple[int, ...]  # which baseline each point has


def computed(
    results: Results,
    why: Attribution | None,
    sliders: Sequence[Slider],
    watch: Watch,
    workers: int = 1,
) -> Computed:
    """Return the numbers of all points: those of the grid, and the scenario as it is written.

    Several threads may share the points; the numbers depend neither on them nor on how many.
    """
    region, scenario = results.region, results.scenario
    study = Study(region, scenario, tuple(one.setting for one in sliders), (), results.shocks)
    points = grid(sliders)
    keys = baseline_keys(study, points)
    known = list(dict.fromkeys(keys))
    firsts = {keys.index(key) for key in known}

    def of(some: slice) -> list[tuple[Numbers, Numbers | None]]:
        found = []
        for place, path in enumerate(paths_at(study, points[some], scenario.members), some.start):
            without = shown_without(region, path.baseline) if place in firsts else None
            found.append((shown(region, path), without))
            watch(1)
        return found

    with ThreadPoolExecutor(workers) as threads:
        parts = threads.map(of, pieces(len(points), scenario.members, workers))
        found = [one for part in parts for one in part]
    written = paths_of(results)
    return Computed(
        results,
        why,
        tuple(sliders),
        [*(point for point, _ in found), shown(region, written)],
        [*(base for _, base in found if base is not None), shown_without(region, written.baseline)],
        (*(known.index(key) for key in keys), len(known)),
    )


def baseline_keys(study: Study, points: np.ndarray) -> list[tuple[float, ...]]:
    """Return what each point varies that the baseline has too: points alike in it share one."""
    varied = [k for k, one in enumerate(study.settings) if of_baseline(study, one)]
    return [tuple(float(number) for number in point[varied]) for point in points]


def pieces(points: int, members: int, workers: int) -> list[slice]:
    """Return points in groups that are run side by side: as many as there are workers, or more."""
    size = max(1, min(TOGETHER // members, -(-points // workers)))
    return [slice(first, min(first + size, points)) for first in range(0, points, size)]


def of_baseline(study: Study, one: Setting) -> bool:
    """Return whether the baseline has what a setting sets: it has no event of the scenario's."""
    return not one.event or one.event not in study.scenario.own_events


# Numbers --------------------------------------------------------------------------------------


def moved_streams(found: Computed) -> list[int]:
    """Return the streams that any point moves, the one that moves most first.

    In what is sent, or in the way by which it goes: by medians of what is sent, by means of routes.
    """
    region = found.results.region
    first = len(series_names(region)) - len(region.streams)
    change = np.stack([point["difference"][first:, 0] for point in found.points])
    most = np.abs(change).max(axis=(0, 2))
    other_way = np.max(
        [
            np.abs(point["flow"] - found.baselines[k]["flow"]).max(axis=1)
            for point, k in zip(found.points, found.baseline_of, strict=True)
        ],
        axis=0,
    )
    codes = [stream.code for stream in region.streams]
    rerouted = np.zeros(len(codes))
    for route, way in zip(region.routes, other_way, strict=True):
        place = codes.index(route.stream)
        rerouted[place] = max(rerouted[place], way)
    base = np.median(found.results.base.served, axis=0)
    moved = np.maximum(most, rerouted)
    order = np.argsort(-moved, kind="stable")
    return [int(k) for k in order if moved[k] > MOVED * base[k]]


def steps_of(names: Sequence[str]) -> np.ndarray:
    """Return the step in which each series is kept: a tenth of the last digit shown."""
    return np.array([10.0 ** -(DIGITS[kind_of(name)] + 1) for name in names])


def kind_of(name: str) -> str:
    """Return what a series is told as: share_RUS.KAZ is a share."""
    whole = name.partition(".")[0]
    return whole if whole in DIGITS else whole.rpartition("_")[0]


def in_letters(found: Computed, effort: int = 9) -> tuple[Packed, list[str], list[int]]:
    """Return the numbers of all points packed, the series that are in, and the routes."""
    region = found.results.region
    names = series_names(region)
    streams = moved_streams(found)
    first = len(names) - len(region.streams)
    kept = [*range(first), *(first + k for k in streams)]
    routes = [int(r) for r in np.flatnonzero(carried_ever(found))]
    step = steps_of([names[k] for k in kept])[:, None, None]
    parts = np.array([PART_DIGITS[0]] * len(region.partners) + [*PART_DIGITS[1:]])
    part_step = (10.0 ** -(parts + 1))[:, None, None]
    flow_step, place_step, channel_step = (
        10.0 ** -(digits + 1) for digits in (FLOW_DIGITS, PLACE_DIGITS, CHANNEL_DIGITS)
    )

    def all_of(which: list[Numbers], name: str) -> np.ndarray:
        return np.stack([one[name] for one in which])

    points, baselines = found.points, found.baselines
    return (
        packed({
            "level": cells(all_of(points, "level")[:, kept], step),
            "difference": cells(all_of(points, "difference")[:, kept], step),
            "agree": all_of(points, "agree")[:, kept],
            "parts": cells(all_of(points, "parts"), part_step),
            "channels": cells(all_of(points, "channels"), channel_step),
            "triangle": cells(all_of(points, "triangle"), place_step),
            "flow": cells(all_of(points, "flow")[:, routes], flow_step),
            "shut": all_of(points, "shut"),
            "differs": all_of(points, "differs"),
            "base_level": cells(all_of(baselines, "level")[:, kept], step),
            "base_triangle": cells(all_of(baselines, "triangle"), place_step),
            "base_flow": cells(all_of(baselines, "flow")[:, routes], flow_step),
        }, effort),
        [names[k] for k in kept],
        routes,
    )  # fmt: skip


def carried_ever(found: Computed) -> np.ndarray:
    """Return which routes carry anything at any point, with or without what is supposed."""
    flows = [np.abs(one["flow"]).max(axis=-1) for one in (*found.points, *found.baselines)]
    return np.asarray(np.max(flows, axis=0) >= 10.0 ** -(FLOW_DIGITS + 1))


# The page's record ----------------------------------------------------------------------------


def payload(found: Computed) -> Record:
    """Return all that the page holds, ready to be written as JSON."""
    return {**changing_part(found), **fixed_part(found.results.region)}


def fixed_part(region: Region) -> Record:
    """Return what is the same whatever is supposed: names, digits, the ground, colours."""
    return {
        "states": list(region.states),
        "powers": list(region.powers),
        "partners": list(region.partners),
        "domains": list(DOMAINS),
        "digits": DIGITS,
        "steps": {
            "flow": FLOW_DIGITS, "parts": PART_DIGITS, "triangle": PLACE_DIGITS,
            "channels": CHANNEL_DIGITS,
        },
        "ground": ground(region),
        "looks": looks(region),
    }  # fmt: skip


def changing_part(found: Computed, quick: bool = False) -> Record:
    """Return what a page holds of one question: what is asked, supposed, computed, and why.

    `quick`: without what the result rests on, and packed with less effort.
    """
    results = found.results
    region, scenario = results.region, results.scenario
    letters, names, routes = in_letters(found, 3 if quick else 9)
    chief = [] if quick else [evidence_of(region, row) for row in chief_rows(results)]
    return {
        "about": about(results),
        "predicted": predicted(results),
        "months": results.months,
        "moments": [
            {"key": m.key, "place": m.place} for m in results.moments if m.place >= 0
        ],
        "series": names,
        "sliders": [told_of(region, scenario, one) for one in found.sliders],
        "baseline_of": list(found.baseline_of),
        "numbers": {"letters": letters.letters, "places": letters.places},
        "network": network(region, routes, results),
        "by_event": by_event(found.why, results),
        "events": events(region, scenario),
        "rests_on": chief,
    }  # fmt: skip


def about(results: Results) -> Record:
    """Return what was asked, of how many members, over which months."""
    scenario = results.scenario
    return {
        "name": scenario.name,
        "arm": scenario.arm or "",
        "title": scenario.title,
        "question": scenario.question,
        "beyond": scenario.beyond,
        "members": scenario.members,
        "seed": scenario.seed,
        "start": scenario.start,
        "set": [[name, number] for name, number in scenario.numbers],
        "baseline": scenario.baseline.title if scenario.baseline else "",
    }


def predicted(results: Results) -> Record:
    """Return what is to be predicted, and how the members answer: points of share, by member.

    The power, of all whose ties move, that moves most in the state whose ties move most; at the
    date at which they do.
    """
    place = headline_state(results)
    moment = headline_moment(results, place)
    powers = results.region.powers
    change = PERCENT * results.at("difference", "pooled", moment)[:, place, : len(powers)]
    power = int(np.abs(np.median(change, axis=0)).argmax())
    return {
        "state": results.region.states[place],
        "partner": powers[power],
        "month": max(moment.place, 0),
        "members": [float(f"{one:.4f}") + 0.0 for one in change[:, power]],
    }


def told_of(region: Region, scenario: Scenario, one: Slider) -> Record:
    """Return a slider with the evidence of what it moves."""
    setting = one.setting
    row = row_of(region, setting)
    event = next((e for e in scenario.events if e.id == setting.event), None)
    found: Record = {
        "name": setting.name,
        "event": setting.event,
        "field": setting.field or setting.kind,
        "how": EFFECTS[sort_of(event)][0].how if event else "",
        "date": event.start[:7] if event else "",
        "meaning": setting.words if not event else "",
        "unit": setting.unit,
        "steps": list(one.steps),
        "written": one.written,
        "stops": one.stops,
    }
    if event:
        found["evidence"] = {
            "facts": facts(region, event.because),
            "words": words(region, event.because),
            "note": event.note,
        }
    elif row:
        found["row"] = evidence_of(region, row)
    return found


def facts(region: Region, codes: Sequence[str]) -> list[Record]:
    """Return what the articles report under some codes."""
    known = read_facts(region.name)
    return [
        {"code": one.code, "outlet": one.outlet, "date": one.date, "claim": one.claim,
         "phrase": one.phrase}
        for one in (known[code] for code in codes if code in known)
    ]  # fmt: skip


def evidence_of(region: Region, row: LedgerRow) -> Record:
    """Return a number of the ledger with its range, its source and how it could be wrong."""
    citation = next((s.citation for s in region.sources if s.code == row.source), row.source)
    return {
        "attribute": row.attribute,
        "keys": list(row.keys),
        "meaning": region.attributes[row.attribute].meaning,
        "range": [row.low, row.central, row.high],
        "unit": row.unit,
        "method": METHODS[row.method],
        "source": row.source,
        "citation": citation,
        "phrase": row.key_phrase,
        "note": row.note,
        "doubt": read_doubts(region.name).get(row.source, ""),
    }


def chief_rows(results: Results) -> list[LedgerRow]:
    """Return the rows of the ledger that the size of the headline change goes with."""
    chief = [
        (one["attribute"], tuple(one["keys"])) for one in rests_on(results, headline_state(results))
    ]
    return [row for key in chief for row in results.region.ledger
            if (row.attribute, row.keys) == key]  # fmt: skip


def events(region: Region, scenario: Scenario) -> list[Record]:
    """Return the scenario's own events: what each supposes, and what it rests on."""
    gone = {event.id for event in scenario.removed}
    return [
        {
            "id": event.id,
            "removed": event.id in gone,
            "sentence": describe(event, region),
            "note": event.note,
            "facts": facts(region, event.because),
            "words": words(region, event.because),
        }
        for event in own(scenario)
    ]


def by_event(why: Attribution | None, results: Results) -> Record:
    """Return each event's mean part in the change of breadth, by date and state."""
    if why is None:
        return {"names": [], "members": 0, "parts": []}
    means = why.parts["breadth"].mean(axis=2)
    return {
        "names": list(why.names),
        "members": why.members,
        "by_theme": why.by_theme,
        "parts": [[[float(f"{one:.4f}") + 0.0 for one in state] for state in date]
                  for date in means],
    }  # fmt: skip


def network(region: Region, routes: Sequence[int], results: Results) -> Record:
    """Return links with their ways, and the routes that carry anything with their links."""
    places = {link.code: k for k, link in enumerate(region.links)}
    streams = {stream.code: stream for stream in region.streams}
    worth = np.median(results.world.base.worth, axis=0)
    return {
        "links": [
            {
                "code": link.code,
                "name": link.name,
                "path": [[round(x, COORDINATES), round(y, COORDINATES)] for x, y in link.path],
                "keeper": link.gatekeeper or "",
                "unbuilt": link.opened == "unbuilt",
            }
            for link in region.links
        ],
        "routes": [
            {
                "code": route.code,
                "name": route.name,
                "stream": route.stream,
                "commodity": streams[route.stream].commodity,
                "links": [places[code] for code in route.links],
                "worth": float(f"{worth[r]:.4g}"),
            }
            for r in routes
            for route in [region.routes[r]]
        ],
        "streams": [
            {"code": one.code, "name": one.name, "state": one.state or "",
             "commodity": one.commodity}
            for one in region.streams
        ],
        "commodities": [
            {"code": one.code, "name": one.name, "unit": one.unit} for one in region.commodities
        ],
    }  # fmt: skip


def ground(region: Region) -> Record:
    """Return the outlines under the map, to a hundredth of a degree."""
    outlines = read_outlines(REGIONS / region.name)
    if "view" not in outlines:
        points = np.concatenate([np.array(link.path) for link in region.links])
        low, high = points.min(axis=0) - 1, points.max(axis=0) + 1
        outlines = {**outlines, "view": [*low.tolist(), *high.tolist()]}
    land = [rounded(ring) for rings in outlines["land"] for ring in rings]
    states = {code: [rounded(ring) for ring in rings] for code, rings in outlines["states"].items()}
    kept = ("view", "places", "labels", "seas")
    return {"land": land, "states": states, **{name: outlines[name] for name in kept}}


def rounded(ring: Sequence[Sequence[float]]) -> list[list[float]]:
    return [[round(x, COORDINATES), round(y, COORDINATES)] for x, y in ring]


def looks(region: Region) -> Record:
    """Return the colours and markers of the report's figures."""
    return {
        "partners": {code: palette.partner_look(code).colour for code in region.partners},
        "markers": {
            code: palette.state_look(code, place).marker
            for place, code in enumerate(region.states)
        },
        "commodities": {
            one.code: palette.commodity_look(one.code).colour for one in region.commodities
        },
        "routes": [look.colour for look in palette.ROUTES],
        "runs": {name: look.colour for name, look in palette.RUNS.items()},
        "parts": {name: look.colour for name, look in palette.PARTS.items()},
        "ink": palette.INK, "grey": palette.GREY, "pale": palette.PALE, "grid": palette.GRID,
        "sea": palette.SEA, "land": palette.LAND, "state": palette.STATE,
        "border": palette.BORDER, "window": palette.WINDOW,
    }  # fmt: skip
