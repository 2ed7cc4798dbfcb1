"""Rules that solve for something: one operation for who notes what a month does."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def whole(rule: Callable[P, R]) -> Callable[P, R]:
    """Return a rule that is noted as one operation where an array asks for it.

    An array asks by `noted_whole`, as NumPy's functions are asked by `__array_function__`.
    """

    @wraps(rule)
    def noted(*inputs: P.args, **told: P.kwargs) -> R:
        for one in inputs:
            if hasattr(one, "noted_whole"):
                found: R = one.noted_whole(rule, *inputs, **told)
                return found
        return rule(*inputs, **told)

    return noted
