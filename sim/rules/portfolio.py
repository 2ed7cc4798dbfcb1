"""How a state spreads its ties among partners."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from sim.rules.solving import NotConverged, in_use
from sim.rules.sums import add_up, shares_of
from sim.rules.whole import whole

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
    return shares_of(base_share * np.exp(precision[..., None] * advantage))


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


@whole
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
    Strictly concave, so it cannot cycle. Newton's method in log shares from `start`; a row that
    has converged is left alone, so a row's answer does not depend on the rows beside it.
    """
    shape = base_share.shape
    rows = [a.reshape(-1, shape[-1]) for a in (base_share, pull, risk, start)]
    scale = (precision * aversion).reshape(-1)
    held = _Programme(rows[0], precision.reshape(-1)[:, None] * rows[1], rows[2],
                      correlation.reshape(-1), scale, alike)  # fmt: skip
    share = rows[3].copy()
    active = np.arange(len(share))
    for _ in range(STEPS):
        step = held.step(share, active)
        longest = np.abs(step).max(axis=-1)
        moved = longest > CONVERGED
        active, step = active[moved], step[moved]
        bounded = np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        share[active] = _tilted(share[active], np.exp(bounded))
        active = active[longest[moved] > LAST_STEP]
        if not len(active):
            return share.reshape(shape)
    raise NotConverged(f"{len(active)} portfolios did not settle in {STEPS} steps")


def _tilted(share: np.ndarray, tilt: np.ndarray) -> np.ndarray:
    """Return shares multiplied by a tilt, as shares of their sum."""
    steps = in_use()
    if steps is None:
        return shares_of(share * tilt)
    found: np.ndarray = steps.tilted.ufunc(share, tilt)
    return found


class _Programme:
    """The first-order conditions of `target_portfolio`, row by row."""

    def __init__(
        self,
        base_share: np.ndarray,
        pull: np.ndarray,
        risk: np.ndarray,
        correlation: np.ndarray,
        scale: np.ndarray,
        alike: np.ndarray | None,
    ) -> None:
        self.log_base = np.log(base_share)
        self.pull = pull
        self.risk = risk
        self.correlation = correlation
        self.scale = scale
        self.alike = alike

    def step(self, share: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return a Newton step, in compiled code where it is in use."""
        steps = in_use()
        if steps is None:
            return self.newton_step(share, rows)
        held = share[rows]
        together = self.alike is not None
        alike = self.alike if together else np.zeros((held.shape[1], held.shape[1]))
        found: np.ndarray = steps.portfolio_step.ufunc(
            self.log_base[rows], self.pull[rows], self.risk[rows], held, self.correlation[rows],
            self.scale[rows], alike, float(together), np.log(held),
        )[0]  # fmt: skip
        return found

    def newton_step(self, share: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the change of log shares that solves the conditions to first order.

        The Hessian is a diagonal, plus an outer product for those that withhold together, plus
        one for all, bordered by the simplex: inverted in closed form (Sherman and Morrison).
        """
        held, risk = share[rows], self.risk[rows]
        scale, correlation = self.scale[rows], self.correlation[rows]
        penalty = scale[:, None] * marginal_risk(held, risk, correlation, self.alike)
        residual = self.log_base[rows] - np.log(held) + self.pull[rows] - penalty
        apart = (scale * (1.0 - correlation))[:, None]
        shared = scale * correlation
        bend = apart * risk / (1.0 + apart * together_with(risk * risk * held, self.alike))

        def without_common(side: np.ndarray) -> np.ndarray:
            return held * (side - bend * together_with(risk * held * side, self.alike))

        common = without_common(risk)

        def solved(side: np.ndarray) -> np.ndarray:
            first = without_common(side)
            through = shared * add_up(risk * first) / (1.0 + shared * add_up(risk * common))
            return first - through[:, None] * common

        by_residual, by_one = solved(residual), solved(np.ones_like(residual))
        level = add_up(by_residual) / add_up(by_one)
        return (by_residual - level[:, None] * by_one) / held


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
