"""What differs from the baseline, one quantity of one state at one date, as it is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.answer.cells import agreed, summed
from sim.claims import NOTHING, SIZES, direction, size, tells
from sim.moments import Moment
from sim.report.tables import IN_MORE_RUNS_THAN_NOT, RUN_KEYS
from sim.results import Results
from sim.rules.sums import add_up
from sim.telling import Change


@dataclass(frozen=True)
class Kind:
    """How a quantity of the results is told."""

    quantity: str
    sized: str  # as in sim.claims.SIZES; empty where sizes have no words
    claimed: float  # what sizes are told of, per unit of the results
    factor: float  # what is told, per unit of the results
    least: float  # below this in size, a number that is told is written as 0


def kind_of_share(quantity: str) -> Kind:
    return Kind(quantity, "share", 1.0, 100.0, 100.0 * SIZES["share"][0] / 10)


KINDS = {
    "share": kind_of_share("pooled"),
    "breadth": Kind("breadth", "breadth", 1.0, 1.0, SIZES["breadth"][0] / 10),
    "ambiguity": Kind("ambiguity", "lens", 1.0, 1.0, SIZES["lens"][0] / 10),
    "two_sidedness": Kind("two_sidedness", "lens", 1.0, 1.0, SIZES["lens"][0] / 10),
    "deliberate": Kind("deliberate", "breadth", 1.0, 1.0, SIZES["breadth"][0] / 10),
    "gdp": Kind("gdp_gap", "gdp", 100.0, 100.0, SIZES["gdp"][0] / 10),
    "earnings": Kind("netback", "", 1.0, 1.0, 0.01),
    "remittances": Kind("remittances", "", 1.0, 1.0, 0.01),
    "threat": kind_of_share("threat"),
}
"""The quantities that are told in every language, in the order of the tables."""

Key = tuple[str, str]
"""A kind, and the partner of a share or a threat."""


def keys(results: Results) -> list[Key]:
    """Return all that is told of a state."""
    partners = {"share": results.region.partners, "threat": results.region.powers}
    return [(kind, one) for kind in KINDS for one in partners.get(kind, ("",))]


def members_of(results: Results, run: str, key: Key, place: int, moment: Moment) -> np.ndarray:
    """Return a quantity of a state in a run or change at a date, (member,), in its own unit."""
    kind, partner = key
    found = results.at(run, KINDS[kind].quantity, moment)
    if partner:
        return found[:, place, results.region.partners.index(partner)]
    return (add_up(found) if kind == "remittances" else found)[:, place]


def change(results: Results, key: Key, place: int, moment: Moment) -> Change:
    """Return what differs from the baseline in a quantity of a state at a date."""
    kind = KINDS[key[0]]
    members = members_of(results, "difference", key, place, moment)
    imposed, chosen = (
        kind.factor * float(members_of(results, f"{part} change", key, place, moment).mean())
        for part in ("imposed", "chosen")
    )
    middle, low, high = summed(kind.factor * members)
    share = float(agreed(members))
    word = size(kind.claimed * members, kind.sized) if kind.sized else ""
    return Change(
        kind=key[0],
        state=results.region.states[place],
        partner=key[1],
        date="" if moment.place < 0 else results.months[moment.place],
        band=(middle, low, high),
        imposed=imposed,
        chosen=chosen,
        share_of_runs=share,
        members=results.members,
        size="" if word == NOTHING else word,
        told=clear(kind, members, middle, share),
    )


def clear(kind: Kind, members: np.ndarray, middle: float, share: float) -> bool:
    """Return whether a change can be told from nothing: not tiny, in more runs than not."""
    if kind.sized:
        return tells(kind.claimed * members, kind.sized)
    return abs(middle) >= kind.least and share >= IN_MORE_RUNS_THAN_NOT


def dates_read(results: Results) -> list[Moment]:
    """Return the dates at which changes are read: from the event on."""
    return [moment for moment in results.moments if moment.key in RUN_KEYS]


def most(changes: Iterable[Change], kind: str) -> Change | None:
    """Return the largest change of a kind by its median, the first of equals; None without any."""
    those = [one for one in changes if one.kind == kind]
    return max(those, key=lambda one: abs(one.band[0]), default=None)


def at_date(results: Results, place: int, moment: Moment) -> list[Change]:
    """Return all changes of a state at a date."""
    return [change(results, key, place, moment) for key in keys(results)]


def chief(changes: Sequence[Change]) -> list[Change]:
    """Return the changes that are told in sentences, of those of a state at a date.

    The share of ties that moves most, breadth, the deliberate hedge, GDP, and the threat that
    moves most.
    """
    found = (most(changes, kind) for kind in ("share", "breadth", "deliberate", "gdp", "threat"))
    return [one for one in found if one is not None]


def wider(results: Results, place: int, moment: Moment) -> bool:
    """Return whether a state's ties are wider at a date, so that it can be told."""
    members = results.at("difference", "breadth", moment)[:, place]
    return tells(members, "breadth") and direction(members)[0] > 0
