"""What rules that solve for something share: compiled steps, and what is said if none is found."""

from __future__ import annotations

import os
from functools import cache
from types import ModuleType

NUMPY_ONLY = "HEDGING_NUMPY_ONLY"
"""Set to 1 in the environment, nothing is compiled."""

_in_use: list[ModuleType] = []


class NotConverged(ArithmeticError):
    """A rule that solves for something did not find it: a fault of ours, never passed over."""


@cache
def compiled() -> ModuleType | None:
    """Return the compiled steps, from now on used by all rules; None where numba is missing.

    Loading them takes longer than a short run, and their answers are the same to the bit: who has
    much to compute asks for them first.
    """
    if os.environ.get(NUMPY_ONLY) == "1":
        return None
    try:
        from sim import kernels
    except ImportError:
        return None
    _in_use.append(kernels)
    return kernels


def in_use() -> ModuleType | None:
    """Return the compiled steps if they are in use."""
    return _in_use[0] if _in_use else None
