"""Sentences on trade that is cut and migrants who are pressed: who pays, who obeys."""

from __future__ import annotations

import numpy as np

from sim.answer.cells import summed
from sim.answer.clauses import SILENT, Told, clear, often
from sim.answer.suppositions import first_of, own_events
from sim.answer.words import ends, moved, when
from sim.claims import NOTHING, listed, tells
from sim.compare import name as named
from sim.moments import Moment
from sim.results import Results
from sim.rules.sums import add_up


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


LEAST_PASSED = 0.1
"""Re-exports in the baseline below which a change is not told as a part of them, bn USD a year."""

PAID_LEAST = 0.1
"""Least change of GDP that makes a state one of those who pay, %."""


def who_pays(results: Results, place: int, at: Moment) -> Told:
    """Return whose GDP moves, where that is more than one state's."""
    region, change = results.region, 100.0 * results.at("difference", "gdp_gap", at)
    told = [k for k in range(len(region.states)) if clear(change[:, k], PAID_LEAST)]
    told.sort(key=lambda k: float(np.median(change[:, k])))
    parts = [
        f"{region.actor(region.states[k]).name} {moved(summed(change[:, k]), '%')}" for k in told
    ]
    if len(told) < 2:
        return SILENT
    pressed = first_of(results, COERCION) is not None
    name = region.actor(region.states[told[0]]).name
    first = ends(summed(change[:, told[0]]), "%")
    clause = f"{name}'s GDP is {first}" if pressed else ""
    return clause, [f"By state, GDP in {when(at)}: {listed(parts)}."]


COERCION = ("remittances", "pressure")


def obedience(results: Results, place: int, at: Moment) -> Told:
    """Return whether a state votes more or less with the power that presses it."""
    region = results.region
    event = first_of(results, COERCION)
    who = event and (event.what.get("power") or event.what.get("by"))
    if who not in region.powers:
        return SILENT
    change = results.at("difference", "agreement", at)[:, place, region.powers.index(str(who))]
    name = region.actor(region.states[place]).name
    votes = f"{name}'s agreement with {named(str(who), region)} in the UN General Assembly"
    if not tells(change, "share"):
        return "", [f"{votes} shows {NOTHING}."]
    return "", [f"{votes} is {moved(summed(100.0 * change), 'points')}, {often(change)}."]
