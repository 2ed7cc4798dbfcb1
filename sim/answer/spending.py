"""Sentences on a power that spends more or less, and on how another answers."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.answer.cells import summed
from sim.answer.clauses import SILENT, TOLD_PRESSURE, Told, clear, often
from sim.answer.suppositions import first_of
from sim.answer.words import ends, moved, possessive, when
from sim.claims import NOTHING, direction, listed, tells
from sim.compare import name as named
from sim.moments import Moment
from sim.results import Results
from sim.scenario import Event
from sim.vocabulary import DOMAINS

Record = dict[str, Any]

SPENDING = ("budget", "attention", "restraint", "engagement", "aid", "investment")


def spender(results: Results, place: int, at: Moment) -> Told:
    """Return where the share of a power that spends more or less moves most, in its domain."""
    region = results.region
    event = first_of(results, SPENDING)
    who = event and (event.what.get("power") or event.what.get("by") or event.what.get("partner"))
    if event is None or who not in region.powers:
        return SILENT
    domain, k = domain_of(event), region.partners.index(str(who))
    change = (
        results.at("difference", "ties", at)[:, :, DOMAINS.index(domain), k]
        if domain
        else results.at("difference", "pooled", at)[:, :, k]
    )
    most = int(np.abs(np.median(change, axis=0)).argmax())
    gain = change[:, most]
    signs = [
        direction(x)[0] if tells(x, "breadth") else 0
        for x in np.moveaxis(results.at("difference", "breadth", at), -1, 0)
    ]
    name = region.actor(region.states[most]).name
    share = (
        f"the share of {named(str(who), region)} in {name}'s {f'{domain} ' if domain else ''}ties"
    )
    if not tells(gain, "share"):
        return "", [f"{share[:1].upper()}{share[1:]} shows {NOTHING} in {when(at)}."]
    counts = [str(signs.count(sign) or "none") for sign in (1, -1)]
    spread = f"By the median, ties are wider in {counts[0]} of the five states, narrower in"
    said = [f"{spread} {counts[1]}.", *answers(results, str(who))]
    if not domain:
        return "", said
    number = summed(100.0 * gain)
    clause = f"{possessive(named(str(who), region))} {domain} share {ends(number, 'points')}"
    mostly = (
        f"By state, {share} moves most: {moved(number, 'points')} in {when(at)}, {often(gain)}."
    )
    return clause if most == place else "", [mostly, *said]


def dependence(results: Results, states: Record, at: Moment) -> list[str]:
    """Return what a power that turns to security could withhold where its share moves most.

    Its leverage, and what the state loses if it withdrew: whether a hedge is a new dependence.
    """
    region = results.region
    event = first_of(results, ("budget", "restraint"))
    who = event and event.what.get("power")
    if event is None or who not in region.powers or domain_of(event) != "security":
        return []
    power = region.powers.index(str(who))
    share = results.at("difference", "ties", at)[:, :, DOMAINS.index("security"), power]
    most = int(np.abs(np.median(share, axis=0)).argmax())
    name = named(str(who), region)
    parts = [
        *withheld(results.at("difference", "leverage", at)[:, most, power], name, at),
        *lost_without(results, states[region.states[most]]["insurance"], str(who)),
    ]
    nothing = f"what {name} could withhold shows {NOTHING}"
    return [f"For {region.actor(region.states[most]).name}, {listed(parts) or nothing}."]


def withheld(change: np.ndarray, power: str, at: Moment) -> list[str]:
    """Return how much more or less of what a state has a power could withhold, where it tells."""
    if not clear(change, TOLD_LEVERAGE):
        return []
    points = moved(summed(100.0 * change), "points")
    return [f"what {power} could withhold from it is {points} in {when(at)}, {often(change)}"]


def lost_without(results: Results, insured: Record, power: str) -> list[str]:
    """Return how much more or less a state loses if a power withdraws, where it tells."""
    last = [moment for moment in results.moments if moment.key in insured][-1]
    loss = insured[last.key]["difference"]["loss"][power]
    if abs(loss[0]) < TOLD_LOSS or loss[1] * loss[2] <= 0:
        return []
    name, size = named(power, results.region), moved(loss, "% of GDP")
    return [f"its loss if {name} withdrew for a year is {size} in {when(last)}"]


TOLD_LEVERAGE = 0.005
"""Least change of leverage that is told, half a point."""

TOLD_LOSS = 0.01
"""Least change of the loss if a power withdrew that is told, % of GDP."""


def domain_of(event: Event) -> str:
    """Return the domain in which a power's spending is looked for; none for all of them."""
    of_kind = {"restraint": "security", "aid": "economic", "investment": "economic"}
    return str(event.what.get("domain") or of_kind.get(event.kind, ""))


def answers(results: Results, who: str) -> list[str]:
    """Return whom another power presses more or less because of it, when it does most."""
    region = results.region
    found = []
    for moment in results.moments:
        change = results.at("difference", "pressure", moment)
        for k, power in enumerate(region.powers):
            for i, state in enumerate(region.states):
                if power != who and clear(x := change[:, i, k], TOLD_PRESSURE):
                    found.append((abs(float(np.median(x))), moment.place, power, state, x, moment))
    if not found:
        return [f"The pressure of other powers shows {NOTHING}."]
    _, _, power, state, x, moment = max(found, key=lambda row: row[:2])
    whose = possessive(named(power, region))
    return [
        f"{whose} pressure on {region.actor(state).name} is "
        f"{moved(summed(100.0 * x), '% of full')} in {when(moment)}, {often(x)}."
    ]
