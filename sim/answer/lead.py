"""The sentence that comes first: whose ties move most, imposed and chosen, and what is asked."""

from __future__ import annotations

import numpy as np

from sim.answer.cells import summed
from sim.answer.clauses import often
from sim.answer.words import moved, told, when
from sim.claims import amount, size, tells
from sim.compare import name as named
from sim.moments import Moment
from sim.results import Results

MOST_WORDS = 50
"""Words of a lead; the clause on what is asked is left out where it does not fit."""


def lead(results: Results, place: int, at: Moment, clause: str) -> str:
    """Return the lead: the largest change of ties, and what the supposition asks about."""
    region = results.region
    name = region.actor(region.states[place]).name
    change = results.at("difference", "pooled", at)[:, place]
    most = int(np.abs(np.median(change, axis=0)).argmax())
    members = change[:, most]
    if not tells(members, "share"):
        return with_clause(f"No state's ties differ so that we can tell it in {when(at)}", clause)
    imposed, chosen = (
        100.0 * float(results.at(f"{part} change", "pooled", at)[:, place, most].mean())
        for part in ("imposed", "chosen")
    )
    partner = named(region.partners[most], region)
    main = (
        f"{name}'s ties move most: the share of {partner} is "
        f"{moved(summed(100.0 * members), 'points')} in {when(at)} ({size(members, 'share')}), "
        f"{often(members)}; of the mean of {amount(imposed + chosen)} points, {told(imposed)} are "
        f"imposed and {told(chosen)} chosen"
    )
    return with_clause(main, clause)


def with_clause(main: str, clause: str) -> str:
    """Return a sentence with a clause after it, if it stays short enough."""
    both = f"{main}; {clause}." if clause else f"{main}."
    return both if len(both.split()) <= MOST_WORDS else f"{main}."
