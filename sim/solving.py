"""What rules that solve for something share: a step repeated until nothing is left to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

State = tuple[np.ndarray, ...]
Step = Callable[..., State]


class NotConverged(ArithmeticError):
    """A rule that solves for something did not find it: a fault of ours, never passed over."""


def repeated(
    step: Step, state: Sequence[Any], fixed: Sequence[np.ndarray], most: int, what: str = ""
) -> State:
    """Return what a state has become when a step was repeated until nothing is left to do.

    The first array of the state says where something is left (True). `step` gets the state and
    what is fixed, and returns the state after it, the same as before where nothing was left: so
    an answer does not depend on what is solved beside it. `what` is told if something is left
    after so many steps; without it that is no fault.
    """
    for one in (*state, *fixed):
        ask: Any = getattr(one, "noted_loop", None)
        if ask:
            found: State = ask(step, tuple(state), tuple(fixed), most, what)
            return found
    now = tuple(state)
    for _ in range(most):
        if not now[0].any():
            return now
        now = step(*now, *fixed)
    if what and now[0].any():
        raise NotConverged(f"{int(now[0].sum())} {what} did not settle in {most} steps")
    return now


def where(left: np.ndarray, new: np.ndarray, old: np.ndarray) -> np.ndarray:
    """Return what is new where something was left, over the last axis, and elsewhere the old."""
    return np.where(left[..., None], new, old)
