"""Sentences on trade that is cut and migrants who are pressed: who pays, who obeys."""

from __future__ import annotations

import numpy as np

from sim.answer.cells import summed
from sim.answer.clauses import SILENT, TOLD_PRESSURE, Told, at_most, clear, largest, often
from sim.answer.suppositions import first_of, own_events
from sim.answer.words import ends, moved, possessive, when
from sim.claims import NOTHING, listed
from sim.compare import name as named
from sim.moments import Moment
from sim.results import Results
from sim.rules.sums import add_up
from sim.vocabulary import RESOLUTIONS


def paper_trade(results: Results, place: int, at: Moment) -> Told:
    """Return how far re-exports and the rest of trade with Russia move where sanctions do."""
    kinds = {e.kind for e in own_events(results)}
    if not kinds & {"enforcement", "crackdown"}:
        return SILENT
    region = results.region
    passed = add_up(results.at("difference", "reexports", at))
    before = add_up(results.at("baseline", "reexports", at))
    trade = add_up(results.at("difference", "turnover", at)[:, :, region.partners.index("RUS")])
    rest = add_up(results.at("baseline", "turnover", at)[:, :, region.partners.index("RUS")])
    if not clear(passed, TOLD_REEXPORTS):
        return "", [f"In {when(at)} re-exports of the five states show {NOTHING}."]
    said = (
        f"In {when(at)} re-exports of the five states are {moved(summed(passed), 'bn USD a year')}"
    )
    clause = ""
    if np.median(before) >= LEAST_PASSED:
        part = summed(100.0 * passed / np.where(before > 0, before, np.inf))
        said, clause = f"{said}, or {moved(part, '%')}", f"re-exports are {moved(part, '%')}"
    whole = 100.0 * trade / rest
    told = (
        f"is {moved(summed(whole), '%')}, {often(trade)}"
        if clear(whole, 0.1)
        else f"shows {NOTHING}"
    )
    return clause, [f"{said}, {often(passed)}; their whole trade with Russia {told}."]


TOLD_REEXPORTS = 0.01
"""Least change of re-exports that is told, bn USD a year."""

LEAST_PASSED = 0.1
"""Re-exports in the baseline below which a change is not told as a part of them, bn USD a year."""

PAID_LEAST = 0.1
"""Least change of GDP that makes a state one of those who pay, %."""


def who_pays(results: Results, place: int, at: Moment) -> Told:
    """Return whose GDP moves, where that is more than one state's, when it moves most."""
    region = results.region
    at, told, change = paying(results, at)
    if len(told) < 2:
        at, told, change = paying(results, at_most(results, "gdp_gap", (slice(None),))[0])
    parts = [
        f"{region.actor(region.states[k]).name} {moved(summed(change[:, k]), '%')}" for k in told
    ]
    if len(told) < 2:
        return SILENT
    asked = first_of(results, COERCION) is not None and place in told
    clause = f"its GDP is {ends(summed(change[:, place]), '%')} in {when(at)}" if asked else ""
    return clause, [f"By state, GDP in {when(at)}: {listed(parts)}."]


def paying(results: Results, at: Moment) -> tuple[Moment, list[int], np.ndarray]:
    """Return the states whose GDP moves at a date, the most first, and every state's change, %."""
    change = 100.0 * results.at("difference", "gdp_gap", at)
    told = [k for k in range(change.shape[1]) if clear(change[:, k], PAID_LEAST)]
    return at, sorted(told, key=lambda k: -abs(float(np.median(change[:, k])))), change


COERCION = ("remittances", "pressure")


def pressed(results: Results, place: int, at: Moment) -> Told:
    """Return how hard the states are pressed that an own event presses, when most."""
    region = results.region
    event = first_of(results, ("pressure",))
    who = event and event.what.get("by")
    if event is None or who not in region.powers:
        return SILENT
    power = region.powers.index(str(who))
    said = []
    for code in event.what["states"]:
        then, change = at_most(results, "pressure", (region.states.index(code), power))
        if clear(change, TOLD_PRESSURE):
            harder = moved(summed(100.0 * change), "% of full")
            part = f"on {region.actor(code).name} is {harder} in {when(then)}"
            said.append((part, change))
    whose = possessive(named(str(who), region))
    return "", [f"{whose} pressure {largest(said)}"] if said else []


def obedience(results: Results, place: int, at: Moment) -> Told:
    """Return whether states that are pressed or hit vote otherwise on Russia's withdrawal."""
    if first_of(results, (*COERCION, "enforcement", "sanctions")) is None:
        return SILENT
    hit = {code for event in own_events(results) for code in event.what.get("states", ())}
    found = [
        vote
        for place, code in enumerate(results.region.states)
        for way in ("yes", "no")
        if (code in hit or not hit) and (vote := vote_moved(results, place, way))
    ]
    if not found:
        return "", [f"How those who are hit vote on Russia's withdrawal shows {NOTHING}."]
    return "", [f"On Russia's withdrawal, asked in the UN, {largest(found)}"]


def vote_moved(results: Results, state: int, way: str) -> tuple[str, np.ndarray] | None:
    """Return how a state's propensity to vote one way moves, when it moves most; none if little."""
    then, change = at_most(results, f"vote_{way}", (state, RESOLUTIONS.index("withdrawal")))
    if not clear(change, TOLD_VOTES):
        return None
    name = results.region.actor(results.region.states[state]).name
    points = moved(summed(100.0 * change), "points")
    return f"{name}'s propensity to vote {way} is {points} in {when(then)}", change


TOLD_VOTES = 0.005
"""Least change of a propensity to vote that is told, half a point."""
