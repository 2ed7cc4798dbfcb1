"""Every random number of the months themselves, drawn before the first one.

Keyed by (seed, member), laid out by month and then by entity: a longer run, a larger ensemble
or another scenario leaves each number where it was (common random numbers by construction).
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Arrays
from sim.members import stream
from sim.region import Region

SHOCKS: dict[str, tuple[str, ...]] = {
    "insecurity": ("state", "need"),
    "attention": ("power",),
    "price": ("commodity",),
}
"""What is hit by a shock each month, in the order in which the numbers are laid out."""


def draw_shocks(region: Region, seed: int, first: int, count: int, months: int) -> Arrays:
    """Return standard normal shocks, shape (month, member, *axes)."""
    sizes = {name: [len(region.axes[axis]) for axis in axes] for name, axes in SHOCKS.items()}
    lengths = [int(np.prod(size)) for size in sizes.values()]
    normal = np.stack(
        [
            stream(seed, "shocks", member).standard_normal((months, sum(lengths)))
            for member in range(first, first + count)
        ],
        axis=1,
    )
    parts = np.split(normal, np.cumsum(lengths)[:-1], axis=-1)
    arrays = {
        name: part.reshape(months, count, *size)
        for (name, size), part in zip(sizes.items(), parts, strict=True)
    }
    return Arrays(arrays, SHOCKS)


def no_shocks(region: Region, months: int) -> Arrays:
    """Return shocks that are all zero, shape (month, 1, *axes)."""
    sizes = {name: [len(region.axes[axis]) for axis in axes] for name, axes in SHOCKS.items()}
    return Arrays({name: np.zeros((months, 1, *size)) for name, size in sizes.items()}, SHOCKS)


def at_month(arrays: Arrays, month: int) -> Arrays:
    """Return one month of arrays that lead with the month."""
    return Arrays({name: array[month] for name, array in arrays.items()}, arrays.axes)
