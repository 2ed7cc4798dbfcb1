"""What a state fears, and what it needs security for."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from sim.exponentials import exponential, exponential_less_one
from sim.rules.fading import faded
from sim.rules.sums import add_up


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
    left = faded(threat, base_threat, half_life)
    return left + (1.0 - left) * -exponential_less_one(-inflow)


def provision(
    own: Float[np.ndarray, "*#batch #need"],
    effectiveness: Float[np.ndarray, "*#batch need partner"],
    ties: Float[np.ndarray, "*#batch #need partner"],
    troops: Float[np.ndarray, "*#batch #need partner"],
) -> Float[np.ndarray, "*batch need"]:
    """Return how well each need of security is met: own means, ties that work, troops present."""
    return own + add_up(effectiveness * (ties + troops))


def quelled(
    insecurity: Float[np.ndarray, "*batch need"],
    effectiveness: Float[np.ndarray, "*#batch need partner"],
    presence: Float[np.ndarray, "*#batch #need partner"],
    quelling: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch need"]:
    """Return insecurity after troops have acted in the month that they are there.

    They take away a part of what stands above the base year, by how effective who sends them is
    for the need; a calm place they make no calmer. Without troops it stays as it is.
    """
    force = quelling[..., None] * add_up(effectiveness * presence)
    return np.where(insecurity > 0.0, insecurity * exponential(-force), insecurity)


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
