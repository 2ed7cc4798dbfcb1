"""How a power turns what a state depends on into coercion."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from sim.exponentials import exponential
from sim.rules.fading import kept_after_month
from sim.rules.sums import add_up


def leverage(
    shares: Float[np.ndarray, "*batch domain"],
    weights: Float[np.ndarray, "*#batch domain"],
    energy_say: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch"]:
    """Return what a power could withhold from a state: its ties, weighted, not above 1.

    `energy_say` is the extra say over energy sold elsewhere that a common economic body gives its
    leader. Source: Hirschman (1945); Farrell and Newman (2019) on choke points; VOA 2022 on energy.
    """
    return np.minimum(add_up(shares * weights) + energy_say, 1.0)


def gap(
    share: Float[np.ndarray, "*batch"],
    reference: Float[np.ndarray, "*batch"],
    base_share: Float[np.ndarray, "*#batch"],
    tolerance: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch"]:
    """Return how far a state's ties fell below what a power tolerates, over the base share.

    The reference follows the actual share over years: a power grows used to what it has.
    """
    return np.maximum(tolerance * reference - share, 0.0) / base_share


def habituated(
    reference: Float[np.ndarray, "*batch"],
    share: Float[np.ndarray, "*batch"],
    half_life: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch"]:
    """Return the reference share after a month of growing used to the present one."""
    return reference + (1.0 - kept_after_month(half_life)) * (share - reference)


def pressure(
    grievance: Float[np.ndarray, "*batch"],
    leverage: Float[np.ndarray, "*batch"],
    coerciveness: Float[np.ndarray, "*#batch"],
    own_stake: Float[np.ndarray, "*#batch"],
    coercion_cost: Float[np.ndarray, "*#batch"],
    ordered: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch"]:
    """Return the pressure of a power on a state, in [0, 1).

    Likeliest where there is much to withhold and little to lose by it. `ordered` is what an event
    adds, or takes away where a power is told to hold back; nobody presses less than not at all.
    Source: functional form ours; leverage and cost as in Hirschman (1945) and NYT 2023.
    """
    drive = coerciveness * leverage * grievance / (1.0 + coercion_cost * own_stake)
    return 1.0 - exponential(-np.maximum(drive + ordered, 0.0))
