"""Sentences on a power that spends more or less, and on how another answers."""

from __future__ import annotations

import numpy as np

from sim.answer.cells import summed
from sim.answer.clauses import SILENT, Told, clear, often
from sim.answer.suppositions import first_of
from sim.answer.words import ends, moved, possessive, when
from sim.claims import NOTHING, direction, tells
from sim.compare import name as named
from sim.moments import Moment
from sim.results import Results
from sim.scenario import Event
from sim.vocabulary import DOMAINS

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
    clause = (
        f"{possessive(named(str(who), region))} {domain} share {ends(number, 'points')} in {name}"
    )
    mostly = (
        f"By state, {share} moves most: {moved(number, 'points')} in {when(at)}, {often(gain)}."
    )
    return clause, [mostly, *said]


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
                if power != who and clear(x := change[:, i, k], 0.001):
                    found.append((abs(float(np.median(x))), moment.place, power, state, x, moment))
    if not found:
        return ["No other power's pressure differs so that we can tell it."]
    _, _, power, state, x, moment = max(found, key=lambda row: row[:2])
    whose = possessive(named(power, region))
    return [
        f"{whose} pressure on {region.actor(state).name} is "
        f"{moved(summed(100.0 * x), '% of full')} in {when(moment)}, {often(x)}."
    ]
