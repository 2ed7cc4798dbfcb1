"""Numbers as a page carries them: whole steps, months as changes, deflated, in letters.

A number is kept as the cell of a ruler in which it lies: q counts whole steps from 0, towards it.
It is read back as the middle of its cell, (|q| + 1/2) steps with its sign, and as 0 within one
step of 0. A step is a tenth of the last digit shown, so no cell holds two numbers that would be
shown differently: what is shown is what was computed, rounded.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

LARGEST = 2**27
"""Cells and their changes stay below this: four letters of seven bits each."""


@dataclass(frozen=True)
class Packed:
    """Arrays in letters, and where each stands: name -> (offset, shape)."""

    letters: str
    places: dict[str, tuple[int, tuple[int, ...]]]


def cells(numbers: np.ndarray, step: np.ndarray | float) -> np.ndarray:
    """Return the cell in which each number lies, by steps (broadcast against the numbers)."""
    counted = np.abs(numbers) / step
    near = np.round(counted)
    whole = np.where(np.abs(counted - near) < 1e-9 * np.maximum(counted, 1.0), near, counted)
    found = (np.sign(numbers) * np.floor(whole)).astype(np.int64)
    if np.abs(found).max(initial=0) >= LARGEST:
        raise ValueError("a number is too large to be packed")
    return found


def middles(found: np.ndarray, step: np.ndarray | float) -> np.ndarray:
    """Return the numbers as a page reads them: the middle of each cell, 0 about 0."""
    return np.asarray(np.sign(found) * np.where(found == 0, 0.0, np.abs(found) + 0.5) * step)


def packed(arrays: Mapping[str, np.ndarray], effort: int = 9) -> Packed:
    """Return whole numbers in letters, as changes along the last axis: months change little."""
    parts, places, offset = [], {}, 0
    for name, array in arrays.items():
        changes = np.diff(array.astype(np.int64), axis=-1, prepend=0)
        parts.append(in_bytes(changes.ravel()))
        places[name] = (offset, array.shape)
        offset += array.size
    squeezed = zlib.compress(np.concatenate(parts).tobytes(), effort)
    return Packed(base64.b64encode(squeezed).decode("ascii"), places)


def in_bytes(changes: np.ndarray) -> np.ndarray:
    """Return whole numbers as bytes of seven bits, lowest first, the eighth for "more to come".

    Signs go into the lowest bit (0, -1, 1, -2 as 0, 1, 2, 3), so that small changes take one byte.
    """
    folded = np.where(changes < 0, -2 * changes - 1, 2 * changes)
    sevens = np.stack([(folded >> (7 * k)) & 127 for k in range(5)], axis=1)
    shifts = 7 * np.arange(1, 5)
    needed = 1 + (folded[:, None] >> shifts > 0).sum(axis=1)
    used = np.arange(5) < needed[:, None]
    more = np.arange(5) < needed[:, None] - 1
    return (sevens | (more * 128)).astype(np.uint8)[used]


def unpacked(one: Packed) -> dict[str, np.ndarray]:
    """Return the arrays again: what a page does, for tests."""
    raw = np.frombuffer(zlib.decompress(base64.b64decode(one.letters)), dtype=np.uint8)
    ends = np.flatnonzero(raw < 128)
    starts = np.concatenate([[0], ends[:-1] + 1])
    place = np.arange(len(raw)) - np.repeat(starts, ends - starts + 1)
    folded = np.add.reduceat((raw & 127).astype(np.int64) << (7 * place), starts)
    changes = np.where(folded % 2 == 1, -(folded + 1) // 2, folded // 2)
    return {
        name: np.cumsum(changes[at : at + int(np.prod(shape))].reshape(shape), axis=-1)
        for name, (at, shape) in one.places.items()
    }
