"""Sums whose last bit does not depend on how many members are computed together."""

from __future__ import annotations

import numpy as np


def add_up(terms: np.ndarray) -> np.ndarray:
    """Return the sum over the last axis, added from first to last.

    numpy chooses the order of a sum by the memory layout; a fixed order keeps one member alone
    and the same member in a batch equal to the bit.
    """
    total = terms[..., 0]
    for place in range(1, terms.shape[-1]):
        total = total + terms[..., place]
    return total


def add_up_over(terms: np.ndarray, axis: int) -> np.ndarray:
    """Return the sum over one axis, added from first to last."""
    return add_up(np.moveaxis(terms, axis, -1))


def shares_of(amounts: np.ndarray) -> np.ndarray:
    """Return amounts as shares of their sum over the last axis."""
    return amounts / add_up(amounts)[..., None]


def gathered(amounts: np.ndarray, owner: np.ndarray, owners: int) -> np.ndarray:
    """Return amounts (..., thing) summed by owner (..., owner), added from first to last.

    `owner` names the place of each thing's owner; a negative place has none.
    """
    total = np.zeros((*amounts.shape[:-1], owners))
    for thing, place in enumerate(owner):
        if place >= 0:
            total[..., place] += amounts[..., thing]
    return total


def gathered_rows(
    amounts: np.ndarray, weights: np.ndarray, owner: np.ndarray, owners: int
) -> np.ndarray:
    """Return amounts (..., thing) spread by weights (thing, row) and summed: (..., owner, row)."""
    total = np.zeros((*amounts.shape[:-1], owners, weights.shape[-1]))
    for thing, place in enumerate(owner):
        if place >= 0:
            total[..., place, :] += amounts[..., thing, None] * weights[thing]
    return total
