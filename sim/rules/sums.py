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


def groups_of(table: np.ndarray) -> np.ndarray:
    """Return the places of the non-zero entries of each row, padded with -1: (group, longest)."""
    places = [np.flatnonzero(row) for row in table]
    longest = max(1, *(len(some) for some in places))
    padded = [np.pad(some, (0, longest - len(some)), constant_values=-1) for some in places]
    return np.array(padded)


def add_groups(
    amounts: np.ndarray, groups: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return amounts (..., thing) summed over groups of things: (..., group).

    `groups` holds places of things, padded with -1, and `weights` a factor for each of them.
    """
    nothing = np.zeros((*amounts.shape[:-1], 1))
    padded = np.concatenate([amounts, nothing], axis=-1)
    total: np.ndarray = nothing
    for place in range(groups.shape[1]):
        part = padded[..., groups[:, place]]
        total = total + (part if weights is None else part * weights[:, place])
    return total


def least_of_groups(amounts: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return the least of amounts (..., thing) in each group of things: (..., group)."""
    padded = np.concatenate([amounts, np.full((*amounts.shape[:-1], 1), np.inf)], axis=-1)
    least = padded[..., groups[:, 0]]
    for place in range(1, groups.shape[1]):
        least = np.minimum(least, padded[..., groups[:, place]])
    return least
