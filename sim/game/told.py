"""Sentences on numbers of a game, in the closed vocabulary: how far, how surely, since when."""

from __future__ import annotations

import numpy as np

from sim.answer.words import moved, ranged
from sim.claims import NOTHING, direction, frequency, size, tells
from sim.results import band


def cells(members: np.ndarray) -> list[float]:
    """Return median, low and high over the members."""
    return [float(part) for part in band(members, 0)]


def stands(members: np.ndarray, unit: str) -> str:
    """Return a level in words, range before median."""
    return ranged(cells(members), unit)


def since(
    change: np.ndarray, kind: str, unit: str, scale: float = 1.0,
    than: str = "than a quarter ago", ways: tuple[str, str] = ("more", "less"),
) -> str:  # fmt: skip
    """Return a change in words, with its size and how often it goes that way.

    `change` is in the units of the size words of its kind; `scale` turns it into what is told.
    """
    if not tells(change, kind):
        return NOTHING
    _, share = direction(change)
    how_much = moved(cells(scale * change), unit, *ways)
    return f"{how_much} {than} ({size(change, kind)}), {frequency(share, len(change))}"


def clear(change: np.ndarray, kind: str) -> bool:
    """Return whether a change can be told from nothing."""
    return tells(change, kind)
