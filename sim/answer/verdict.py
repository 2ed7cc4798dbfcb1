"""What may be said of a state's hedging; of which state and date an answer speaks."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.answer.cells import agreed
from sim.answer.suppositions import states_meant
from sim.claims import direction, duration, tells
from sim.moments import Moment
from sim.results import Results

Record = dict[str, Any]

LENSES = {"breadth": "breadth", "ambiguity": "lens", "two_sidedness": "lens"}
"""The three lenses, in the order in which they are named, and how their sizes are worded."""


def headline_state(results: Results) -> int:
    """Return the state whose ties, over the domains, differ most at one of the dates read.

    Among those that the scenario's own events are about.
    """
    change = [
        np.abs(np.median(results.at("difference", "pooled", moment), axis=0)).max(axis=-1)
        for moment in results.moments
    ]
    return int(np.where(states_meant(results), np.max(change, axis=0), -1.0).argmax())


def headline_moment(results: Results, place: int) -> Moment:
    """Return the date, of those that are read, at which a state's ties differ most."""

    def most(moment: Moment) -> float:
        change = np.median(results.at("difference", "pooled", moment)[:, place], axis=0)
        return float(np.abs(change).max())

    return max(results.moments, key=most)


def verdict(results: Results, place: int) -> Record:
    """Return what may be said of a state's hedging at every date, and how long breadth differs."""
    found: Record = {m.key: verdict_at(results, place, m) for m in results.moments}
    effect = np.median(results.of("difference", "breadth")[:, :, place], axis=1)
    during = headline_moment(results, place)
    word, months = duration(effect.tolist(), during.place)
    found["lasting"] = {"word": word, "months": months}
    return found


def verdict_at(results: Results, place: int, moment: Moment) -> Record:
    """Return what may be said of a state's hedging at one date.

    "Hedging rose" needs, in most runs, that the state's own choices raise two of the three lenses
    and widen its ties, that the deliberate hedge is up, and that there is more to fear of the power
    it is hedged against: what was cut off, taken away or merely rerouted is never called hedging.
    """
    powers = results.region.powers
    whole, chosen = (
        lens_signs(results, change, place, moment) for change in ("difference", "chosen change")
    )
    purpose = clear_sign(results.at("difference", "deliberate", moment)[:, place], "breadth")
    against = feared_most(results, moment, place)
    feared = results.at("difference", "threat", moment)[:, place, powers.index(against)]
    risk = clear_sign(feared, "share")
    rose = (
        list(chosen.values()).count(1) >= 2 and chosen["breadth"] > 0 and purpose > 0 and risk > 0
    )
    fell = list(whole.values()).count(-1) >= 2
    return {
        "hedging": "rose" if rose else "fell" if fell else "neither",
        "lenses_up": [lens for lens, sign in chosen.items() if sign == 1],
        "lenses_down": [lens for lens, sign in whole.items() if sign == -1],
        "chosen_up": chosen["breadth"] > 0,
        "deliberate_up": purpose > 0,
        "risk_up": risk > 0,
        "against": against,
    }


def lens_signs(results: Results, change: str, place: int, moment: Moment) -> dict[str, int]:
    """Return for each lens whether it rose or fell in most runs, else 0."""
    return {
        lens: clear_sign(results.at(change, lens, moment)[:, place], kind)
        for lens, kind in LENSES.items()
    }


def clear_sign(members: np.ndarray, kind: str) -> int:
    """Return the sign of a change that can be told from nothing in most runs, else 0."""
    sign, _ = direction(members)
    return sign if float(agreed(members)) >= MOST and tells(members, kind) else 0


MOST = 0.75
"""Share of runs in which a claim about hedging has to hold."""


def feared_most(results: Results, moment: Moment, place: int) -> str:
    """Return the power whose threat to a state rose most, or is highest where none rose."""
    powers = results.region.powers
    rise = np.median(results.at("difference", "threat", moment)[:, place, : len(powers)], axis=0)
    level = np.median(results.at("scenario", "threat", moment)[:, place, : len(powers)], axis=0)
    return powers[int(np.argmax(rise if rise.max() > 0 else level))]
