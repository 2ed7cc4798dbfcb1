"""What is left, month by month, of something that fades with a half-life in months."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from sim.exponentials import exponential

LN2 = 0.6931471805599453
"""The logarithm of 2."""


def kept_after_month(half_life: np.ndarray) -> np.ndarray:
    """Return what is left after a month of something with this half-life in months."""
    return exponential(-LN2 / half_life)


def faded(
    amount: Float[np.ndarray, "*batch"],
    base: Float[np.ndarray, "*#batch"],
    half_life: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch"]:
    """Return something that fades back to its base with a half-life in months."""
    return base + kept_after_month(half_life) * (amount - base)
