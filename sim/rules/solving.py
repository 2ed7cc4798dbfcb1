"""What rules that solve for something share: compiled steps, and what is said if none is found."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
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
        with one_program_at_a_time():
            from sim import kernels
    except ImportError:
        return None
    _in_use.append(kernels)
    return kernels


@contextmanager
def one_program_at_a_time() -> Iterator[None]:
    """Wait until no other program of this machine, or of those that share the folder, compiles.

    Two that fill numba's cache at once each write a part of it under names of their own, and who
    reads both crashes (numba issue 10128).
    """
    try:
        import fcntl
    except ImportError:  # where files cannot be locked
        yield
        return
    beside_cache = Path(__file__).resolve().parents[1] / "__pycache__" / "kernels.lock"
    in_turn = Path(tempfile.gettempdir()) / f"hedging-kernels-{os.getuid()}.lock"
    with ExitStack() as held:
        for file in (beside_cache, in_turn):
            with suppress(OSError):
                fcntl.flock(held.enter_context(file.open("ab")), fcntl.LOCK_EX)
                break
        yield


def in_use() -> ModuleType | None:
    """Return the compiled steps if they are in use."""
    return _in_use[0] if _in_use else None
