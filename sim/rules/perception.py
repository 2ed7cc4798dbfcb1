"""What a state fears, and what it needs security for."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from sim.rules.sums import add_up


def kept_after_month(half_life: np.ndarray) -> np.ndarray:
    """Return what is left after a month of something with this half-life in months."""
    return 2.0 ** (-1.0 / half_life)


def exposure(
    border: Float[np.ndarray, "*#batch"],
    kin_share: Float[np.ndarray, "*#batch"],
    border_exposure: Float[np.ndarray, "*#batch"],
    kin_exposure: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch"]:
    """Return how much of a partner's frightening act a state takes as meant for itself.

    Grows with a common border and with kin across it, as the articles report of Kazakhstan (WSJ
    2022). Kin is a factor of perceived exposure and says nothing of anyone's loyalties.
    """
    return (1.0 - border_exposure) + border_exposure * border + kin_exposure * kin_share


def threat(
    threat: Float[np.ndarray, "*batch"],
    base_threat: Float[np.ndarray, "*#batch"],
    inflow: Float[np.ndarray, "*batch"],
    half_life: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch"]:
    """Return the fear of a partner, in [0, 1]: it rises by what happens and fades over years.

    Read it as the chance per year that the partner withholds what it holds (Walt 1985 for its
    sources; WSJ 2022 for its persistence).
    """
    faded = base_threat + kept_after_month(half_life) * (threat - base_threat)
    return faded + (1.0 - faded) * -np.expm1(-inflow)


def provision(
    own: Float[np.ndarray, "*#batch #need"],
    effectiveness: Float[np.ndarray, "*#batch need partner"],
    ties: Float[np.ndarray, "*#batch #need partner"],
    troops: Float[np.ndarray, "*#batch #need partner"],
) -> Float[np.ndarray, "*batch need"]:
    """Return how well each need of security is met: own means, ties that work, troops present."""
    return own + add_up(effectiveness * (ties + troops))


def insecurity(
    insecurity: Float[np.ndarray, "*batch need"],
    provision_change: Float[np.ndarray, "*batch need"],
    inflow: Float[np.ndarray, "*batch need"],
    reversion: Float[np.ndarray, "*#batch"],
    relief: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch need"]:
    """Return each need of security in logs over the base year.

    It reverts to the base year, falls with provision (a log change) and rises by what happens.
    Source: omnibalancing (David 1991): rulers fear what is at home as much as what is abroad.
    """
    kept = (1.0 - reversion[..., None]) * insecurity
    return kept - relief[..., None] * provision_change + inflow


def faded(
    amount: Float[np.ndarray, "*batch"],
    base: Float[np.ndarray, "*#batch"],
    half_life: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch"]:
    """Return something that fades back to its base with a half-life in months."""
    return base + kept_after_month(half_life) * (amount - base)
