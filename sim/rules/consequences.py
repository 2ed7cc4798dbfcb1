"""What the flows, ties and fears of a month mean in the world's units."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from sim.exponentials import exponential, logarithm
from sim.rules.sums import add_up


def netback(
    flow: Float[np.ndarray, "*batch route"],
    worth: Float[np.ndarray, "*#batch route"],
    price: Float[np.ndarray, "*#batch route"],
    cost: Float[np.ndarray, "*#batch route"],
) -> Float[np.ndarray, "*batch route"]:
    """Return what each route earns at the border, bn USD a year: price less the way to market.

    `price` is a factor on base worth, `cost` a share of base worth.
    """
    return flow * worth * (price - cost)


def reexports(
    reexports: Float[np.ndarray, "*batch"],
    capacity: Float[np.ndarray, "*#batch"],
    common_market: Float[np.ndarray, "*#batch"],
    sanctions: Float[np.ndarray, "*#batch"],
    stopped: Float[np.ndarray, "*#batch"],
    speed: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch"]:
    """Return goods passed on to a sanctioned power, bn USD a year: a leak of firms.

    Firms fill the gap that sanctions leave, more easily inside a common market; governments and
    enforcement stop only a part (`stopped`), as the articles report (RFI 2023; NYT 2024).
    """
    settled = capacity * common_market * sanctions * (1.0 - stopped)
    return reexports + speed * (settled - reexports)


def stopped_part(
    enforcement: Float[np.ndarray, "*#batch"],
    crackdown: Float[np.ndarray, "*#batch"],
    enforcement_stops: Float[np.ndarray, "*#batch"],
    crackdown_stops: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch"]:
    """Return the part of re-exports that enforcement and a government's own line stop."""
    left = (1.0 - enforcement * enforcement_stops) * (1.0 - crackdown * crackdown_stops)
    return 1.0 - left


def remittances(
    base: Float[np.ndarray, "*#batch power"],
    factor: Float[np.ndarray, "*#batch power"],
    pressure: Float[np.ndarray, "*batch power"],
    need: Float[np.ndarray, "*#batch power"],
    pressed: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch power"]:
    """Return money sent home from each power, % of base GDP.

    A power that presses sends migrants home, but less so the more its own economy needs them
    (NYT 2024).
    """
    held_back = pressed[..., None] * pressure * (1.0 - np.minimum(need, 1.0))
    return base * factor * (1.0 - held_back)


def labour(
    sent_home: Float[np.ndarray, "*batch power"],
    need: Float[np.ndarray, "*#batch power"],
    output: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch power"]:
    """Return what migrants' work is worth to each power, bn USD a year.

    So much per dollar that they send home (`output`), as far as its economy needs them: what a
    power loses by sending them away (NYT 2024).
    """
    return output[..., None] * np.minimum(need, 1.0) * sent_home


def gdp_gap(
    netback_change: Float[np.ndarray, "*batch"],
    remittance_change: Float[np.ndarray, "*batch"],
    other_income: Float[np.ndarray, "*batch"],
    gdp: Float[np.ndarray, "*#batch"],
    per_netback: Float[np.ndarray, "*#batch"],
    per_remittance: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch"]:
    """Return GDP over the base year's, less 1, from exports, remittances and other income.

    Other income is transit, re-exports, what arrivals bring, and money under new deals. The first
    and third are in bn USD a year, remittances in % of GDP. Assumption: multipliers
    within the year, no debt, no exchange rate.
    """
    earned = per_netback * netback_change + other_income
    return earned / gdp + per_remittance * remittance_change / 100.0


def felt(
    felt: Float[np.ndarray, "*batch"],
    loss: Float[np.ndarray, "*batch"],
    speed: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch"]:
    """Return hardship or a budget moved part of the way to what now holds."""
    return felt + speed * (loss - felt)


def logistic(log_odds: np.ndarray) -> np.ndarray:
    """Return the probability at these log odds, without overflow."""
    return 1.0 / (1.0 + exponential(-log_odds))


def votes(
    base_yes: Float[np.ndarray, "*#batch"],
    base_no: Float[np.ndarray, "*#batch"],
    lean: Float[np.ndarray, "*#batch"],
) -> tuple[Float[np.ndarray, "*batch"], Float[np.ndarray, "*batch"]]:
    """Return the propensities to vote yes and no on a resolution against a power.

    An ordered logit with abstention (or absence) in the middle; `lean` towards the power moves
    both cut points. Cut points are set by the base propensities.
    """
    no = logistic(logarithm(base_no / (1.0 - base_no)) + lean)
    yes = logistic(logarithm(base_yes / (1.0 - base_yes)) - lean)
    return yes, no


def economic_ties(
    trade: Float[np.ndarray, "*batch partner"],
    other: Float[np.ndarray, "*batch partner"],
) -> Float[np.ndarray, "*batch partner"]:
    """Return economic ties with each partner as shares: trade, remittances and re-exports."""
    ties = trade + other
    return ties / add_up(ties)[..., None]


def route_ties(
    worth_sent: Float[np.ndarray, "*batch partner"],
    worth_lost: Float[np.ndarray, "*batch partner"],
) -> Float[np.ndarray, "*batch partner"]:
    """Return route ties with each gatekeeper as shares of all that is kept by someone.

    Lost exports count where contracts would have carried them: losing sales is not spreading.
    """
    ties = worth_sent + worth_lost
    total = add_up(ties)
    return ties / np.where(total > 0.0, total, 1.0)[..., None]
