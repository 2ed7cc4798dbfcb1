"""What a rule says of a supposition, and when a change is clear enough to be told."""

from __future__ import annotations

import numpy as np

from sim.answer.verdict import MOST
from sim.claims import direction, frequency

Told = tuple[str, list[str]]
"""A clause for the lead, and whole sentences."""

SILENT: Told = ("", [])


def clear(members: np.ndarray, least: float) -> bool:
    """Return whether a change goes one way in most runs and is at least so large."""
    sign, share = direction(members)
    return sign != 0 and share >= MOST and abs(float(np.median(members))) >= least


def often(members: np.ndarray) -> str:
    """Return how often a change has the sign of its median."""
    return frequency(direction(members)[1], len(members))
