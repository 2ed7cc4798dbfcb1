"""Rival rules of choice: what else, than a portfolio, could be the reason for which ties are held.

Each takes changes over the base year, and leaves the base year's shares where nothing changed.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from sim.exponentials import exponential
from sim.rules.portfolio import perturbed_choice
from sim.rules.sums import add_up, shares_of

LOSS_WEIGHT = 2.25
"""How much more a loss weighs than a gain (Tversky and Kahneman 1992): it defines the rule, and is
no evidence on the region (decision 28)."""


def balance_of_threat(
    base_share: Float[np.ndarray, "*batch partner"],
    threat_rise: Float[np.ndarray, "*batch partner"],
    aversion: Float[np.ndarray, "*#batch"],
    precision: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch partner"]:
    """Return ties that turn away from whoever threatens more, whatever anyone offers.

    A tie is judged by the fear of that partner alone, not by its part in the portfolio.

    Source: Walt (1985, 1987), The Origins of Alliances: states balance against threats.
    """
    return perturbed_choice(base_share, -aversion[..., None] * threat_rise, precision)


def bandwagoning(
    base_share: Float[np.ndarray, "*batch partner"],
    offer_rise: Float[np.ndarray, "*batch partner"],
    precision: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch partner"]:
    """Return ties that go to whoever's offers rose against the others'; fear does not count.

    Source: Schweller (1994), Bandwagoning for profit, International Security 19(1).
    """
    return perturbed_choice(base_share, offer_rise, precision)


def most_pressing(
    regime: Float[np.ndarray, "*batch"],
    border: Float[np.ndarray, "*batch"],
    external: Float[np.ndarray, "*batch"],
) -> Float[np.ndarray, "*batch need"]:
    """Return how hard each need presses a ruler: of those at home the worst, and what is left.

    A threat from outside counts only as far as it exceeds the worst at home.

    Source: David (1991), Explaining Third World Alignment, World Politics 43(2), in our reading.
    """
    nothing = np.zeros_like(regime)
    at_home = np.maximum(np.maximum(regime, border), 0.0)
    by_regime = regime >= border
    return np.stack(
        [
            np.where(by_regime, at_home, nothing),
            np.where(by_regime, nothing, at_home),
            np.maximum(external - at_home, 0.0),
        ],
        axis=-1,
    )


def omnibalancing(
    base_share: Float[np.ndarray, "*batch partner"],
    pressing: Float[np.ndarray, "*#batch need"],
    answers: Float[np.ndarray, "*#batch need partner"],
    pull: Float[np.ndarray, "*#batch"],
    precision: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch partner"]:
    """Return ties that go to whoever best answers what presses the ruler most.

    Source: David (1991), Explaining Third World Alignment, World Politics 43(2).
    """
    answered = add_up(np.moveaxis(pressing[..., None] * answers, -2, -1))
    drawn = np.broadcast_to(pull[..., None] * answered, base_share.shape)
    return perturbed_choice(base_share, drawn, precision)


def equidistance(
    share: Float[np.ndarray, "*batch partner"],
    base_share: Float[np.ndarray, "*batch partner"],
    powers: int,
) -> Float[np.ndarray, "*batch partner"]:
    """Return ties in which no power has gained on another: what all hold, as in the base year.

    The powers come first. What one of them gains is given back to its rivals, but for what the
    passive partners lost.

    Source: ours, after what governments call a multi-vector policy.
    """
    together = add_up(share[..., :powers])[..., None]
    balanced = shares_of(base_share[..., :powers]) * together
    return np.concatenate([balanced, share[..., powers:]], axis=-1)


def loss_beyond(
    utility_change: Float[np.ndarray, "*batch"], loss_weight: float
) -> Float[np.ndarray, "*batch"]:
    """Return by how much more a change is felt than it is: nothing for a gain.

    The reference is the base year. At a weight of 1 losses count like gains.

    Source: Kahneman and Tversky (1979); Levy (1992) on prospect theory among states.
    """
    return (loss_weight - 1.0) * np.minimum(utility_change, 0.0)


def random_walk(
    share: Float[np.ndarray, "*batch partner"], drift: Float[np.ndarray, "*#batch partner"]
) -> Float[np.ndarray, "*batch partner"]:
    """Return ties that drift from where they are by chance (log points), and for no reason.

    Source: ours, the rule to beat.
    """
    return shares_of(share * exponential(drift))
