"""Sentences on routes: other ways than a cut one, new room, keepers who lose, transit."""

from __future__ import annotations

import numpy as np

from sim.answer.cells import summed
from sim.answer.clauses import SILENT, Told, clear, each_often, often
from sim.answer.suppositions import in_force, own_events
from sim.answer.words import bare, moved, possessive, ranged, when
from sim.claims import amount, listed
from sim.compare import name as named
from sim.moments import Moment
from sim.results import Results
from sim.rules.sums import add_up
from sim.scenario import Event
from sim.vocabulary import MONTHS_A_YEAR


def other_ways(results: Results, place: int, at: Moment) -> Told:
    """Return how much of what a cut way lost the other routes of its stream took."""
    region = results.region
    before, after = (
        in_force(results, run, "capacity_factor", slice(None)) for run in ("baseline", "scenario")
    )
    cut = np.any(after < before - 1e-9, axis=1)
    hit = (region.uses * np.any(cut, axis=0)).sum(axis=1) > 0
    months = np.any(cut, axis=1)
    if not hit.any():
        return SILENT
    flow = [results.runs[run].flow[months] for run in ("baseline", "scenario")]
    change = (flow[1] - flow[0]).sum(axis=0) / MONTHS_A_YEAR
    worth = np.median(results.world.base.worth, axis=0)
    found = []
    for k, stream in enumerate(region.streams):
        mine = region.stream_of_route == k
        lost = -add_up(change * (mine & hit))
        if not (stream.state and clear(lost, 0.005 * float(np.median(results.base.served[:, k])))):
            continue
        taken = add_up(change * (mine & ~hit))
        found.append((float(np.median(lost)) * worth[mine].max(), k, lost, taken))
    if not found:
        return SILENT
    _, k, lost, taken = max(found, key=lambda row: row[0])
    part = 100.0 * taken / np.where(lost > 0, lost, np.inf)
    unit = region.commodities[region.axes["commodity"].index(region.streams[k].commodity)].unit
    unit = unit.split("/")[0]
    percent = ranged(summed(part), "%")
    return (
        f"other routes took {bare(summed(part), '%')} of what cut ways lost",
        [
            f"Of the {ranged(summed(lost), unit)} of {region.streams[k].name} that the cut ways "
            f"did not carry while they were cut, other routes took {ranged(summed(taken), unit)}, "
            f"or {percent}."
        ],
    )


def room(results: Results, place: int, at: Moment) -> Told:
    """Return how much room the events add to links, how much of it is used, and by whom."""
    region = results.region
    if at.place < 0:
        return SILENT
    then = slice(at.place, at.place + 1)
    built = results.world.base.capacity
    before, after = (
        (built + in_force(results, run, "capacity_added", then)[0])
        * in_force(results, run, "capacity_factor", then)[0]
        for run in ("baseline", "scenario")
    )
    added = after - before
    change = results.at("difference", "flow", at)
    said, carried = [], []
    for k, link in enumerate(region.links):
        if not clear(added[:, k], 0.01 * float(np.median(before[:, k]))) or added[:, k].min() < 0:
            continue
        unit = f"{link.unit.split('/')[0]} a year"
        load = change * region.uses[:, k]
        carried.append(f"new room carries {bare(summed(add_up(load)), unit)}")
        said.append(
            f"In {when(at)} “{link.name}” has {moved(summed(added[:, k]), unit, 'more', 'less')} "
            f"room and carries {moved(summed(add_up(load)), unit, 'more', 'less')}, "
            f"{often(add_up(load))}{users(results, load, unit)}."
        )
    only_room = all(widens(event) for event in own_events(results))
    return (carried[0] if carried else "", [*said[:2], *([WANTED] if said and only_room else [])])


WIDENING = ("link_opened", "link_enlarged", "investment", "investment_trend", "aid")
"""Kinds of event that only add room or service."""


def widens(event: Event) -> bool:
    """Return whether an event only adds room or service: a way that gets cheaper, too."""
    cheaper = event.kind == "link_slowed" and event.size.high <= 0
    served = event.kind == "engagement" and event.size.low >= 1
    return event.kind in WIDENING or cheaper or served


WANTED = "What counts as imposed here was wanted before: the new room let it through."


def users(results: Results, load: np.ndarray, unit: str) -> str:
    """Return whose streams use new room, the largest first, by means over the runs."""
    region = results.region
    whole = float(add_up(load).mean())
    owners = [region.streams[k].state for k in region.stream_of_route]
    parts = {
        code: float(load[:, [owner == code for owner in owners]].sum(axis=1).mean())
        for code in dict.fromkeys(owners)
    }
    largest = sorted(parts, key=lambda code: -abs(parts[code]))[:3]
    told = [
        f"{amount(100.0 * parts[code] / whole)}% {region.actor(code).name if code else 'transit'}"
        for code in largest
        if parts[code] / whole >= 0.05
    ]
    return f" (of the mean, {listed(told)})" if told and whole > 0 else ""


KEPT_LEAST = 0.01
"""Part of what all routes carry of a commodity by which a keeper's part must move to be told."""


def keepers(results: Results, place: int, at: Moment) -> Told:
    """Return whose links carry less of a commodity, and whose more, than in the baseline."""
    region = results.region
    change, base = results.at("difference", "flow", at), results.base.flow
    goods = np.array([region.streams[k].commodity for k in region.stream_of_route])
    said = []
    for commodity in region.commodities:
        mine = goods == commodity.code
        all_of_it = float(np.median(add_up(base * mine)))
        shifts = {
            keeper: add_up(change * (mine & kept_by(results, keeper))) for keeper in region.partners
        }
        told = {q: x for q, x in shifts.items() if clear(x, KEPT_LEAST * all_of_it)}
        if not any(np.median(x) < 0 for x in told.values()):
            continue
        losers = sorted(told, key=lambda q: float(np.median(told[q])))
        unit = f"{commodity.unit.split('/')[0]} a year"
        parts = [
            f"over links kept by {named(q, region)} {moved(summed(told[q]), unit, 'more', 'less')}"
            for q in losers
        ]
        said.append(
            (
                min(float(np.median(told[q])) for q in told) / all_of_it,
                f"{possessive(named(losers[0], region))} links lose "
                f"{bare(summed(-told[losers[0]]), unit)} of {plain(commodity.name)}",
                f"In {when(at)} {plain(commodity.name)} goes {listed(parts)}, "
                f"{each_often(list(told.values()))}.",
            )
        )
    said.sort()
    return (said[0][1], [sentence for _, _, sentence in said[:2]]) if said else SILENT


def kept_by(results: Results, keeper: str) -> np.ndarray:
    """Return which routes pass a link that a partner keeps."""
    region = results.region
    links = np.array([link.gatekeeper == keeper for link in region.links])
    return np.asarray((region.uses * links).sum(axis=1) > 0)


def plain(name: str) -> str:
    """Return the name of a commodity as it stands within a sentence."""
    return name[:1].lower() + name[1:]


def transit(results: Results, place: int, at: Moment) -> Told:
    """Return whose income from transit moves, where a link opens or grows."""
    if not any(e.kind in ("link_opened", "link_enlarged") for e in own_events(results)):
        return SILENT
    region, change = results.region, results.at("difference", "transit", at)
    told = [k for k in range(len(region.states)) if clear(change[:, k], 0.005)]
    parts = [
        f"{region.actor(region.states[k]).name} has "
        f"{moved(summed(1000.0 * change[:, k]), 'mn USD a year', 'more', 'less')}"
        for k in sorted(told, key=lambda k: float(np.median(change[:, k])))
    ]
    return ("", [f"Of income from transit, {listed(parts)}."] if parts else [])
