"""Sentences on security: troops that come or stay away, and whom an unsafe state turns to."""

from __future__ import annotations

import numpy as np

from sim.answer.cells import summed
from sim.answer.clauses import SILENT, Told, clear, often
from sim.answer.suppositions import first_of
from sim.answer.words import bare, ends, moved, ranged, when
from sim.claims import NOTHING, listed, tells
from sim.compare import name as named
from sim.moments import Moment
from sim.results import Results
from sim.stages.places import SECURITY


def troops(results: Results, place: int, at: Moment) -> Told:
    """Return what troops that come or do not come do to security ties: at once, and later."""
    region = results.region
    event = first_of(results, ("intervention",))
    if event is None:
        return SILENT
    power, code = event.what["power"], event.what["states"][0]
    i, k = region.states.index(code), region.powers.index(power)
    dates = [m for m in results.moments if m.key in ("during", "after_12", "after_24")]
    shares = {m: 100.0 * results.at("difference", "ties", m)[:, i, SECURITY, k] for m in dates}
    parts = [
        f"{moved(summed(x), 'points')} in {when(m)}"
        if tells(x / 100.0, "share")
        else f"no different that we can tell in {when(m)}"
        for m, x in shares.items()
    ]
    removed = event in results.scenario.removed
    without = "Without the force, the" if removed else "The"
    who = f"share of {named(power, region)} in {region.actor(code).name}'s security ties"
    said = [f"{without} {who} is {listed(parts)}."]
    debts = [results.at("difference", "debt", m)[:, i, k] for m in (dates[0], dates[-1])]
    if clear(debts[0], 1e-6) and len(dates) > 1:
        left = 100.0 * debts[1] / np.where(debts[0] == 0, np.inf, debts[0])
        said.append(
            f"Of the debt of gratitude that goes with it, {ranged(summed(left), '%')} is left in "
            f"{when(dates[-1])}."
        )
    first, last = (ends(summed(shares[m]), "points") for m in (dates[0], dates[-1]))
    later = last.replace(" points", "").replace(first.rsplit(" ", 1)[1], "").strip()
    return f"in security {first}, in {when(dates[-1])} {later}", said


def unsafe(results: Results, place: int, at: Moment) -> Told:
    """Return whom a state turns to and who turns to it where events make it less secure."""
    region = results.region
    event = first_of(results, ("insecurity", "unrest"))
    if event is None or first_of(results, ("intervention",)):
        return SILENT
    i = region.states.index(event.what["states"][0])
    state = region.actor(region.states[i]).name
    during, efforts = most_effort(results, i)
    moved_by = [
        f"{named(p, region)} spends {moved(summed(x), '%', 'more', 'less')}"
        for p, x in zip(region.powers, efforts, strict=True)
        if clear(x, 0.1)
    ]
    shares = results.at("difference", "ties", during)[:, i, SECURITY]
    most = int(np.median(shares, axis=0).argmax())
    said = [
        f"For {state}'s security in {when(during)}, {listed(moved_by)} effort than in the baseline."
        if moved_by
        else f"The powers' effort for {state}'s security shows {NOTHING} in {when(during)}."
    ]
    partner = named(region.partners[most], region)
    gain = shares[:, most]
    clause = f"{state} turns for security to nobody that we can tell"
    if tells(gain, "share"):
        turns = f"{state} turns for security most to {partner}, by"
        clause = f"{turns} {bare(summed(100.0 * gain), 'points')}"
        points = f"{ranged(summed(100.0 * gain), 'points')} of its security ties"
        said.append(f"{turns} {points}, {often(gain)}.")
    else:
        said.append(f"{clause}.")
    return clause, [*said, *drawn_together(results, during)]


def most_effort(results: Results, state: int) -> tuple[Moment, list[np.ndarray]]:
    """Return the date at which the powers' effort for a state's security moves most, and by what.

    By power, % of the baseline's effort.
    """
    found = []
    for moment in results.moments:
        before, after = (
            results.at(run, "effort", moment)[:, :, state, SECURITY]
            for run in ("baseline", "scenario")
        )
        more = 100.0 * (after - before) / np.where(before > 0, before, np.inf)
        found.append((float(np.abs(np.median(more, axis=0)).max()), moment.place, moment, more))
    _, _, moment, more = max(found, key=lambda row: row[:2])
    return moment, list(more.T)


def drawn_together(results: Results, at: Moment) -> list[str]:
    """Return whether Russia and China mind each other's deals less."""
    powers = results.region.powers
    rubs = results.at("difference", "friction", at)[:, powers.index("RUS"), powers.index("CHN")]
    if not clear(rubs, 1e-4):
        return [f"How far Russia minds China's deals shows {NOTHING}."]
    change = moved(summed(100.0 * rubs), "points", "more", "less")
    return [f"Russia minds China's deals {change}, {often(rubs)}."]
