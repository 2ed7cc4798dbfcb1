"""One value per member of everything that we are unsure of."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

import numpy as np

from sim.arrays import Arrays, frozen
from sim.region import LedgerRow, Region

AT_A_STEP = 4
"""Numbers that Philox makes at a step of its counter."""


class _Own(threading.local):
    """A thread's generator, set to another stream for each purpose.

    A new Philox takes several times as long as one that is set: it asks the system for chance
    that nobody wants.
    """

    def __init__(self) -> None:
        self.philox = np.random.Philox(0)
        self.generator = np.random.Generator(self.philox)


_OWN = _Own()


def stream(seed: int, *purpose: object, step: int = 0) -> np.random.Generator:
    """Return the random numbers that belong to (seed, purpose) and to nothing else.

    From a step of four numbers on. To be used before the thread asks for another stream.
    """
    name = "/".join(str(part) for part in (seed, *purpose))
    key = hashlib.blake2b(name.encode(), digest_size=16).digest()
    _OWN.philox.state = {
        "bit_generator": "Philox",
        "state": {
            "counter": np.array([step, 0, 0, 0], dtype=np.uint64),
            "key": np.frombuffer(key, dtype="<u8"),
        },
        "buffer": np.zeros(AT_A_STEP, dtype=np.uint64),
        "buffer_pos": AT_A_STEP,
        "has_uint32": 0,
        "uinteger": 0,
    }
    return _OWN.generator


def uniform(seed: int, purpose: str, first: int, count: int) -> np.ndarray:
    """Return the uniform number of each member from `first` on, shape (member,).

    Member 17 gets the same number whoever asks, in whatever company.
    """
    step, skipped = divmod(first, AT_A_STEP)
    return stream(seed, purpose, step=step).random(count + skipped)[skipped:]


def normal(seed: int, purpose: str, first: int, count: int) -> np.ndarray:
    """Return the standard normal number of each member from `first` on, shape (member,).

    From two uniform numbers each (Box and Muller 1958), so that every member has its own place.
    """
    radius, angle = uniform(seed, purpose, 2 * first, 2 * count).reshape(count, 2).T
    return np.sqrt(-2.0 * np.log1p(-radius)) * np.cos(2.0 * np.pi * angle)


def within(low: float, central: float, high: float, rank: np.ndarray) -> np.ndarray:
    """Return numbers of a given rank (0-1) in a range whose median is the central figure.

    Even on each side of the median: an assumption, and the least that a range says.
    """
    below = low + (central - low) * 2.0 * rank
    above = central + (high - central) * (2.0 * rank - 1.0)
    return np.where(rank < 0.5, below, above)


def row_name(row: LedgerRow) -> str:
    """Return the name under which a ledger row draws its random numbers."""
    return "/".join((row.attribute, *row.keys))


def ledger_arrays(
    region: Region, pick: Callable[[LedgerRow], np.ndarray], count: int
) -> dict[str, np.ndarray]:
    """Return every attribute as an array (member, *axes), each row's numbers from `pick`."""
    arrays = {
        name: np.zeros((count, *(len(region.axes[axis]) for axis in attribute.axes)))
        for name, attribute in region.attributes.items()
    }
    labels = {axis: {label: k for k, label in enumerate(of)} for axis, of in region.axes.items()}
    for row in region.ledger:
        axes = region.attributes[row.attribute].axes
        place = [labels[axis][key] for axis, key in zip(axes, row.keys, strict=True)]
        every: tuple[slice | int, ...] = (slice(None), *place)
        arrays[row.attribute][every] = pick(row)
    return arrays


def draw(region: Region, seed: int, first: int, count: int) -> Arrays:
    """Return members `first` to `first + count`: every number drawn within its range.

    Of a region with accepted members these are taken one after another, and again from the first
    where there are too few; the seed then tells monthly shocks alone.
    """

    def drawn(row: LedgerRow) -> np.ndarray:
        if row.low == row.high:
            return np.full(count, row.central)
        name = f"ledger/{row_name(row)}"
        if region.accepted:
            rank = uniform(region.accepted.seed, name, 0, region.accepted.drawn)[taken]
        else:
            rank = uniform(seed, name, first, count)
        return within(row.low, row.central, row.high, rank)

    if region.accepted:
        own = np.array(region.accepted.members)
        taken = own[np.arange(first, first + count) % len(own)]

    return _labelled(region, ledger_arrays(region, drawn, count))


def central(region: Region) -> Arrays:
    """Return one member with every number at its central figure."""
    return _labelled(region, ledger_arrays(region, lambda row: np.array(row.central), 1))


def _labelled(region: Region, arrays: dict[str, np.ndarray]) -> Arrays:
    axes = {name: attribute.axes for name, attribute in region.attributes.items()}
    return Arrays({name: frozen(array) for name, array in arrays.items()}, axes)
