"""How a state spreads its ties among partners."""

from __future__ import annotations

from functools import partial

import numpy as np
from jaxtyping import Float

from sim.exponentials import exponential, logarithm
from sim.rules.sums import add_up, shares_of
from sim.solving import State, repeated, where

STEPS = 400
"""Most Newton steps; from any start in the tested ranges fewer than 12 are needed."""

CONVERGED = 1e-13
"""Largest change of a log share at which a row is left as it is."""

LAST_STEP = 1e-7
"""Largest change of a log share after which nothing is left to do: what a Newton step leaves is the
square of it."""

LONGEST_STEP = 2.0
"""Most that a log share moves in one Newton step."""


def perturbed_choice(
    base_share: Float[np.ndarray, "*#batch partner"],
    utility_change: Float[np.ndarray, "*batch partner"],
    precision: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch partner"]:
    """Return the share of ties given to each partner: the base share, tilted to what improved.

    Precision 0 is inertia; as it grows the partner whose utility rose most takes all. A partner
    whose base share is zero stays at zero; splitting one in two alike halves changes nothing.

    Source: logit with a prior (Matejka and McKay 2015); shares as choice (Fudenberg, Iijima and
    Strzalecki 2015).
    """
    advantage = utility_change - utility_change.max(axis=-1, keepdims=True)
    return shares_of(base_share * exponential(precision[..., None] * advantage))


def spread_risk(
    threat: Float[np.ndarray, "*batch partner"], floor: Float[np.ndarray, "*#batch"]
) -> Float[np.ndarray, "*batch partner"]:
    """Return the standard deviation of what each partner might withhold.

    Variance grows with threat; here, once, threat enters the choice (Conybeare 1992).
    """
    return np.sqrt(floor[..., None] + threat)


Alike = Float[np.ndarray, "partner partner"] | None
"""Which partners withhold together (1) and which on their own (0); None: each on its own."""


def together_with(terms: Float[np.ndarray, "*batch partner"], alike: Alike) -> np.ndarray:
    """Return, for each partner, the sum of the terms of those that withhold together with it."""
    return terms if alike is None else add_up(alike * terms[..., None, :])


def marginal_risk(
    share: Float[np.ndarray, "*batch partner"],
    risk: Float[np.ndarray, "*batch partner"],
    correlation: Float[np.ndarray, "*#batch"],
    alike: Alike = None,
) -> Float[np.ndarray, "*batch partner"]:
    """Return how much a little more of each partner adds to the variance of the portfolio.

    Two partners that always withhold together are one risk, however they are counted.
    """
    apart = (1.0 - correlation)[..., None] * together_with(risk * share, alike)
    together = correlation * add_up(risk * share)
    return risk * (apart + together[..., None])


def target_portfolio(
    base_share: Float[np.ndarray, "*batch partner"],
    pull: Float[np.ndarray, "*batch partner"],
    risk: Float[np.ndarray, "*batch partner"],
    correlation: Float[np.ndarray, "*batch"],
    aversion: Float[np.ndarray, "*batch"],
    precision: Float[np.ndarray, "*batch"],
    start: Float[np.ndarray, "*batch partner"],
    alike: Alike = None,
) -> Float[np.ndarray, "*batch partner"]:
    """Return the portfolio that a state would hold if it could move at once.

    Maximises pull.x - aversion/2 x'Vx - KL(x || base)/precision on the simplex, exactly: utility,
    less the mean-variance penalty (Conybeare 1992), with choice perturbed towards the base year.
    Strictly concave, so it cannot cycle. Newton's method in log shares from `start`.
    """
    scale = precision * aversion
    fixed = (logarithm(base_share), precision[..., None] * pull, risk, correlation, scale)

    return repeated(
        partial(closer, alike), (np.ones_like(scale) > 0.0, start), fixed, STEPS, "portfolios"
    )[1]


def closer(
    alike: Alike,
    left: np.ndarray,
    share: np.ndarray,
    log_base: np.ndarray,
    pull: np.ndarray,
    risk: np.ndarray,
    correlation: np.ndarray,
    scale: np.ndarray,
) -> State:
    """Return which portfolios have not settled, and all after a bounded Newton step."""
    change = newton_step(share, log_base, pull, risk, correlation, scale, alike)
    longest = np.abs(change).max(axis=-1)
    bounded = np.clip(change, -LONGEST_STEP, LONGEST_STEP)
    goes = left & (longest > CONVERGED)
    moved = where(goes, shares_of(share * exponential(bounded)), share)
    return goes & (longest > LAST_STEP), moved


def newton_step(
    share: np.ndarray,
    log_base: np.ndarray,
    pull: np.ndarray,
    risk: np.ndarray,
    correlation: np.ndarray,
    scale: np.ndarray,
    alike: Alike,
) -> np.ndarray:
    """Return the change of log shares that solves the conditions to first order.

    The Hessian is a diagonal, plus an outer product for those that withhold together, plus one for
    all, bordered by the simplex: inverted in closed form (Sherman and Morrison).
    """
    penalty = scale[..., None] * marginal_risk(share, risk, correlation, alike)
    residual = log_base - logarithm(share) + pull - penalty
    apart = (scale * (1.0 - correlation))[..., None]
    shared = scale * correlation
    bend = apart * risk / (1.0 + apart * together_with(risk * risk * share, alike))

    common = without_common(risk, share, risk, bend, alike)
    through = shared / (1.0 + shared * add_up(risk * common))
    by_residual, by_one = (
        first - (through * add_up(risk * first))[..., None] * common
        for first in (
            without_common(side, share, risk, bend, alike)
            for side in (residual, np.ones_like(residual))
        )
    )
    level = add_up(by_residual) / add_up(by_one)
    return (by_residual - level[..., None] * by_one) / share


def without_common(
    side: np.ndarray, share: np.ndarray, risk: np.ndarray, bend: np.ndarray, alike: Alike
) -> np.ndarray:
    """Return one side of the conditions without what partners that withhold together share."""
    return share * (side - bend * together_with(risk * share * side, alike))


def moved(
    share: Float[np.ndarray, "*batch partner"],
    target: Float[np.ndarray, "*batch partner"],
    speed: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch partner"]:
    """Return ties moved part of the way to the target: treaties and contracts take time."""
    return share + speed[..., None] * (target - share)


def with_troops(
    aligned: Float[np.ndarray, "*batch partner"],
    presence: Float[np.ndarray, "*batch partner"],
) -> Float[np.ndarray, "*batch partner"]:
    """Return security ties with the troops that are in the country now.

    Troops act in the month that they arrive, beside standing ties, and leave with it (NYT 2023;
    VOA 2022). `presence` is their weight against all standing ties, 0 where there are none.
    """
    return (aligned + presence) / (1.0 + add_up(presence))[..., None]
