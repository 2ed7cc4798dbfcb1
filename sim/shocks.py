"""Every random number of the months themselves, drawn before the first one.

Keyed by (seed, what is hit, whom, month), one place for each member: a longer run, a larger
ensemble, another scenario, or another order of the states leaves each number where it was (common
random numbers by construction).
"""

from __future__ import annotations

from itertools import product

import numpy as np

from sim.arrays import Arrays
from sim.members import normal
from sim.region import Region
from sim.vocabulary import DOMAINS, RANDOM_WALK

SHOCKS: dict[str, tuple[str, ...]] = {
    "insecurity": ("state", "need"),
    "attention": ("power",),
    "price": ("commodity",),
}
"""What is hit by a shock each month, and along which axes."""

DRIFT: dict[str, tuple[str, ...]] = {"drift": ("state", "domain", "partner")}
"""What chance alone moves where ties are a random walk, along which axes; routes are not."""

CHOSEN_DOMAINS = DOMAINS[:2]
"""The domains in which a state chooses for itself: security and economic."""


def draw_shocks(region: Region, seed: int, first: int, count: int, months: int) -> Arrays:
    """Return standard normal shocks, shape (month, member, *axes)."""
    arrays = {}
    for name, labels in labels_of(region).items():
        hit = np.stack(
            [_of_one(seed, first, count, months, name, *whom) for whom in product(*labels)], axis=-1
        )
        arrays[name] = hit.reshape(months, count, *(len(along) for along in labels))
    return Arrays(arrays, {**SHOCKS, **DRIFT})


def labels_of(region: Region) -> dict[str, list[tuple[str, ...]]]:
    """Return what is hit by a shock in a region as it is played, and the labels along its axes."""
    hit = {name: [region.axes[axis] for axis in axes] for name, axes in SHOCKS.items()}
    if region.rule == RANDOM_WALK:
        hit["drift"] = [region.states, CHOSEN_DOMAINS, region.partners]
    return hit


def _of_one(seed: int, first: int, count: int, months: int, *whom: str) -> np.ndarray:
    """Return the shocks that hit one entity, shape (month, member)."""
    purpose = "/".join(("shocks", *whom))
    return np.stack([normal(seed, f"{purpose}/{month}", first, count) for month in range(months)])


def no_shocks(region: Region, months: int) -> Arrays:
    """Return shocks that are all zero, shape (month, 1, *axes)."""
    sizes = {name: map(len, labels) for name, labels in labels_of(region).items()}
    still = {name: np.zeros((months, 1, *size)) for name, size in sizes.items()}
    return Arrays(still, {**SHOCKS, **DRIFT})


def at_month(arrays: Arrays, month: int) -> Arrays:
    """Return one month of arrays that lead with the month."""
    return Arrays({name: array[month] for name, array in arrays.items()}, arrays.axes)
