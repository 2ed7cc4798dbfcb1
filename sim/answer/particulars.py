"""Sentences on what a kind of supposition asks about: other ways, room, keepers, troops, money.

Each rule looks at what is supposed and at the runs, never at a scenario's name, and gives a short
clause for the lead and the whole sentences; none where it does not apply or nothing tells.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.answer.cells import summed
from sim.answer.clauses import SILENT, Told
from sim.answer.guards import troops, unsafe
from sim.answer.pressing import obedience, paper_trade, pressed, who_pays
from sim.answer.spending import spender
from sim.answer.suppositions import MANY, own_events
from sim.answer.ways import keepers, other_ways, room, transit
from sim.answer.words import moved, when
from sim.claims import amount, tells
from sim.compare import name as named
from sim.moments import Moment
from sim.results import Results


def under_way(results: Results, place: int, at: Moment) -> Told:
    """Return how much of what moves since the base year goes with what a scenario removes."""
    if len(results.scenario.removed) < 2 or at.place < 0:
        return SILENT
    region = results.region
    base = results.base.pooled[:, place]
    since = {
        run: results.at(run, "pooled", at)[:, place] - base for run in ("baseline", "scenario")
    }
    name = region.actor(region.states[place]).name
    largest = np.argsort(-np.abs(np.median(since["baseline"], axis=0)))[:2]
    said, clauses = [], []
    for k in largest:
        if not tells(since["baseline"][:, k], "share"):
            continue
        both = {run: moved(summed(100.0 * x[:, k]), "points") for run, x in since.items()}
        whole, left = (amount(100.0 * float(since[run][:, k].mean())) for run in since)
        partner = named(region.partners[k], region)
        clauses.append(f"of {partner}'s mean {whole} points since the base year, {left} are left")
        said.append(
            f"From the base year to {when(at)} the share of {partner} in {name}'s ties comes to "
            f"stand {both['baseline']} in the baseline, and {both['scenario']} without what is "
            f"removed: by the mean, {left} of {whole} points were under way without it."
        )
    return clauses[0] if clauses else "", said


RULES: tuple[Callable[[Results, int, Moment], Told], ...] = (
    under_way,
    troops,
    paper_trade,
    pressed,
    who_pays,
    room,
    spender,
    unsafe,
    other_ways,
    keepers,
    transit,
    obedience,
)
"""What is asked after, in the order in which a lead takes its clause from it."""


def particulars(results: Results, place: int, at: Moment) -> Told:
    """Return the first clause for a lead, and what every rule has to say."""
    told = [rule(results, place, at) for rule in RULES]
    asks = results.scenario.removed or len(own_events(results)) <= MANY
    clause = next((clause for clause, _ in told if clause), "") if asks else ""
    return clause, [sentence for _, said in told for sentence in said]
