"""Powers spread one budget over many contests for the ties of states.

Source: lottery contests (Tullock 1980; Skaperdas 1996) with one budget over many prizes
(Friedman 1958; Snyder 1989; Robson 2005).
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from sim.exponentials import exponential, logarithm
from sim.rules.fading import kept_after_month
from sim.rules.sums import add_up
from sim.solving import State, repeated


def implied_worth(
    effort: Float[np.ndarray, "*batch prize"],
    others: Float[np.ndarray, "*batch prize"],
    entry_threshold: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch prize"]:
    """Return the worth of each prize at which the efforts of the base year are a best response.

    The marginal worth of effort is set to 1 everywhere; a prize that is left alone is worth a
    little less than it would take to enter. So the base year reproduces itself by construction.
    """
    total = effort + others
    entered = total * total / others
    left_alone = entry_threshold[..., None] * others
    return np.where(effort > 0, entered, left_alone)


def prize_worth(
    base_worth: Float[np.ndarray, "*batch prize"],
    stake_change: Float[np.ndarray, "*#batch prize"],
    loss: Float[np.ndarray, "*#batch prize"],
    interest: Float[np.ndarray, "*#batch prize"],
    stake_salience: Float[np.ndarray, "*#batch"],
    loss_salience: Float[np.ndarray, "*#batch prize"],
) -> Float[np.ndarray, "*batch prize"]:
    """Return what each prize is worth now: more with the stake held, and more with ties lost.

    Salience works in points of share, not in ratios, which would make the rest state unstable
    where shares are small. Losing weighs more than holding (Kahneman and Tversky 1979; Levy 1997).
    """
    salience = stake_salience[..., None] * stake_change + loss_salience * loss + interest
    return base_worth * exponential(salience)


def best_response(
    worth: Float[np.ndarray, "*batch prize"],
    others: Float[np.ndarray, "*batch prize"],
    budget: Float[np.ndarray, "*batch"],
    committed: Float[np.ndarray, "*#batch prize"],
) -> Float[np.ndarray, "*batch prize"]:
    """Return the efforts that win most worth for the budget, given the efforts of the others.

    Maximises sum of worth x effort / (effort + others) over efforts that spend the budget and are
    nowhere below what is committed (which must leave some of the budget). Exact: the budget is
    spread over all prizes; those whose marginal worth is below what it then is everywhere keep
    their commitment, and it is spread over the rest, until none falls below (water-filling, after
    Michelot 1986).
    """
    root, standing = np.sqrt(worth * others), others + committed
    free = budget - add_up(committed)
    marginal = root / standing  # square root of the marginal worth at what is committed
    fixed = (root, standing, free, marginal, marginal.max(axis=-1))
    everywhere = root > 0.0
    level = repeated(
        narrowed,
        (everywhere.any(axis=-1), everywhere, free),
        fixed,
        worth.shape[-1] + 1,
        "contests",
    )[2]
    return np.maximum(root / level[..., None] - others, committed)


def narrowed(
    left: np.ndarray,
    rises: np.ndarray,
    level: np.ndarray,
    root: np.ndarray,
    standing: np.ndarray,
    free: np.ndarray,
    marginal: np.ndarray,
    most: np.ndarray,
) -> State:
    """Return which prizes rise above commitment, and the marginal worth that all of them have."""
    roots, stood = (add_up(np.where(rises, one, 0.0)) for one in (root, standing))
    level = roots / (free + stood)
    keeps = rises & ((marginal > level[..., None]) | (marginal >= most[..., None]))
    return (keeps != rises).any(axis=-1), keeps, level


def over_base(
    engagement: Float[np.ndarray, "*batch partner"],
    base_engagement: Float[np.ndarray, "*#batch partner"],
    floor: Float[np.ndarray, "*#batch"],
    newcomer: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch partner"]:
    """Return each partner's share in a contest over its share in the base year.

    A partner gone is still remembered: no less counts than a part of its base share (`floor`), in
    proportion, so that a partner in two alike halves is the same partner. One who did nothing in
    the base year counts from a small share on (`newcomer`).
    """
    floors, starts = floor[..., None], newcomer[..., None]
    least = np.where(base_engagement > 0.0, floors * base_engagement, starts)
    return (engagement + least) / (base_engagement + least)


def adjusted(
    effort: Float[np.ndarray, "*batch prize"],
    response: Float[np.ndarray, "*batch prize"],
    speed: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch prize"]:
    """Return efforts moved part of the way: ministries and budgets do not turn in a month."""
    return effort + speed[..., None] * (response - effort)


def eroded_restraint(
    restraint: Float[np.ndarray, "*batch"],
    base_restraint: Float[np.ndarray, "*#batch"],
    exposure: Float[np.ndarray, "*#batch"],
    erosion: Float[np.ndarray, "*#batch"],
    half_life: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch"]:
    """Return a power's restraint: it erodes slowly with what it has at stake in insecure places.

    `exposure` is its economic stake times the insecurity over the base year. What is not held
    back grows in proportion, up to all there is; a calmer place than in the base year restores
    restraint; who holds nothing back does not begin to. The erosion may be nothing at all: an
    article calls the reaction unclear (VOA 2022).
    """
    acted_on = exponential(np.minimum(logarithm(1.0 - base_restraint) + erosion * exposure, 0.0))
    settled = np.where(base_restraint > 0.0, 1.0 - acted_on, 0.0)
    return restraint + (1.0 - kept_after_month(half_life)) * (settled - restraint)
