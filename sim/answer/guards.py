"""Sentences on security: troops that come or stay away, and whom an unsafe state turns to."""

from __future__ import annotations

import numpy as np

from sim.answer.cells import summed
from sim.answer.clauses import SILENT, Told, at_most, clear, often
from sim.answer.suppositions import first_of, own_events
from sim.answer.words import bare, ends, moved, ranged, when
from sim.claims import NOTHING, listed, tells
from sim.compare import name as named
from sim.moments import Moment
from sim.results import Results
from sim.scenario import Event
from sim.stages.places import SECURITY
from sim.vocabulary import NEEDS

TOLD_DEBT = 0.01
"""Least change of the debt of gratitude that is told, of its index."""

TOLD_EFFORT = 2.0
"""Least change of a power's effort for a state that is told, %."""

TOLD_FRICTION = 0.005
"""Least change of friction between two powers that is told, half a point."""

TOLD_INSECURITY = 0.01
"""Least change of an insecurity that is told, log points."""


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
    without = "Without the force" if removed else "With the force"
    if not alone(results, event):
        without = "With all that is supposed"
    who = f"share of {named(power, region)} in {region.actor(code).name}'s security ties"
    said = [f"{without}, the {who} is {listed(parts)}.", *regime(results, i, dates[0], without)]
    debts = [results.at("difference", "debt", m)[:, i, k] for m in (dates[0], dates[-1])]
    if clear(debts[0], TOLD_DEBT) and len(dates) > 1:
        left = 100.0 * debts[1] / np.where(debts[0] == 0, np.inf, debts[0])
        said.append(
            f"Of the debt of gratitude that goes with it, {ranged(summed(left), '%')} is left in "
            f"{when(dates[-1])}."
        )
    at_once, last = (shares[m] for m in (dates[0], dates[-1]))
    if i != place or not tells(at_once / 100.0, "share"):
        return "", said
    later = ends(summed(last), "points") if clear(last / 100.0, 0.001) else "no longer so"
    return f"in security {ends(summed(at_once), 'points')}, in {when(dates[-1])} {later}", said


def alone(results: Results, event: Event) -> bool:
    """Return whether no other own event is about a state that an event is about."""
    states = set(event.what["states"])
    others = [e for e in own_events(results) if e is not event]
    return not any(states & set(e.what.get("states", ())) for e in others)


def regime(results: Results, state: int, at: Moment, how: str) -> list[str]:
    """Return by how much a regime is less, or more, insecure than in the baseline."""
    change = results.at("difference", "insecurity", at)[:, state, NEEDS.index("regime")]
    if not clear(change, TOLD_INSECURITY):
        return []
    name = results.region.actor(results.region.states[state]).name
    percent = summed(100.0 * np.expm1(change))
    return [
        f"{how}, the insecurity of {name}'s regime is {moved(percent, '%')} than in the baseline "
        f"in {when(at)}, {often(change)}."
    ]


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
        if clear(x, TOLD_EFFORT)
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
    if event.kind == "unrest":
        month, _ = at_most(results, "insecurity", (i, NEEDS.index("regime")))
        said += regime(results, i, month, "With all that is supposed")
    return clause if i == place else "", [*said, *drawn_together(results, during)]


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
    if not clear(rubs, TOLD_FRICTION):
        return [f"How far Russia minds China's deals shows {NOTHING}."]
    change = moved(summed(100.0 * rubs), "points", "more", "less")
    return [f"Russia minds China's deals {change}, {often(rubs)}."]
