"""Bands and what they reach: 5th percentile, median and 95th percentile over the members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray
Band: TypeAlias = tuple[Array, Array, Array]
Box: TypeAlias = tuple[float, float, float, float]


def reach(bands: Sequence[Band], margin: float = 0.08) -> tuple[float, float]:
    """Return limits that hold zero and every band, with a margin; -1 to 1 where all is zero."""
    low = min(0.0, *(float(np.min(band[0])) for band in bands))
    high = max(0.0, *(float(np.max(band[2])) for band in bands))
    if high - low < 1e-12:
        return -1.0, 1.0
    room = margin * (high - low)
    return low - room, high + room


def picked(band: Band, places: Sequence[int]) -> Band:
    """Return a band at some of its places only."""
    low, middle, high = (array[list(places)] for array in band)
    return low, middle, high


def symmetric(band: Band, least: float = 0.0) -> tuple[float, float]:
    """Return limits that hold a band with zero in the middle, and no narrower than a least one."""
    widest = max(float(np.max(np.abs(band[0]))), float(np.max(np.abs(band[2]))), least)
    return (-1.25 * widest, 1.25 * widest) if widest > 1e-12 else (-1.0, 1.0)
