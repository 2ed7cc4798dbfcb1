"""Powers spread one budget over many contests for the ties of states.

Source: lottery contests (Tullock 1980; Skaperdas 1996) with one budget over many prizes
(Friedman 1958; Snyder 1989; Robson 2005).
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from sim.rules.fading import kept_after_month
from sim.rules.solving import in_use
from sim.rules.sums import add_up
from sim.rules.whole import whole


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
    return base_worth * np.exp(salience)


@whole
def best_response(
    worth: Float[np.ndarray, "*batch prize"],
    others: Float[np.ndarray, "*batch prize"],
    budget: Float[np.ndarray, "*batch"],
    committed: Float[np.ndarray, "*#batch prize"],
) -> Float[np.ndarray, "*batch prize"]:
    """Return the efforts that win most worth for the budget, given the efforts of the others.

    Maximises sum of worth x effort / (effort + others) over efforts that spend the budget and are
    nowhere below what is committed (which must leave some of the budget). Exact: prizes rise above
    their commitment in the order of their marginal worth there; the last to do so is the largest
    m whose marginal worth exceeds what m prizes leave (water-filling).
    """
    root, standing = np.sqrt(worth * others), others + committed
    steps = in_use()
    if steps is not None:
        level = steps.response.ufunc(
            root, standing, budget, np.broadcast_to(committed, worth.shape)
        )
    else:
        level = _level(root, standing, budget, np.broadcast_to(committed, worth.shape))
    return np.maximum(root / level[..., None] - others, committed)


def _level(
    root: np.ndarray, standing: np.ndarray, budget: np.ndarray, committed: np.ndarray
) -> np.ndarray:
    """Return the root of the marginal worth that all prizes have that rise above commitment."""
    marginal = root / standing  # square root of the marginal worth at what is committed
    order = np.argsort(-marginal, axis=-1, kind="stable")
    roots = np.cumsum(np.take_along_axis(root, order, axis=-1), axis=-1)
    stood = np.cumsum(np.take_along_axis(standing, order, axis=-1), axis=-1)
    free = budget - add_up(committed)
    margin = roots / (free[..., None] + stood)  # the same if the first m rise
    rises = np.take_along_axis(marginal, order, axis=-1) > margin
    last = np.maximum(add_up(rises.astype(np.int64)) - 1, 0)
    return np.take_along_axis(margin, last[..., None], axis=-1)[..., 0]


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
    acted_on = np.exp(np.minimum(np.log(1.0 - base_restraint) + erosion * exposure, 0.0))
    settled = np.where(base_restraint > 0.0, 1.0 - acted_on, 0.0)
    return restraint + (1.0 - kept_after_month(half_life)) * (settled - restraint)
