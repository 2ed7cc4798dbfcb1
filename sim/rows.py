"""Arithmetic on rows of members, in compiled code: each step is exactly rounded, and none is moved.

A row holds one number of each member. Steps are done for a few members at a time, so that the
rows of a stretch stay in the cache; no member's numbers depend on another's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

COPY, ADD, SUBTRACT, MULTIPLY, DIVIDE, MAXIMUM, MINIMUM, NEGATIVE, SQRT = range(9)
GREATER, GREATER_EQUAL, LESS, LESS_EQUAL, EQUAL, NOT_EQUAL, CHOOSE = range(9, 16)

STEP_OF: dict[np.ufunc, int] = {
    np.add: ADD,
    np.subtract: SUBTRACT,
    np.multiply: MULTIPLY,
    np.divide: DIVIDE,
    np.maximum: MAXIMUM,
    np.minimum: MINIMUM,
    np.negative: NEGATIVE,
    np.sqrt: SQRT,
    np.greater: GREATER,
    np.greater_equal: GREATER_EQUAL,
    np.less: LESS,
    np.less_equal: LESS_EQUAL,
    np.equal: EQUAL,
    np.not_equal: NOT_EQUAL,
}
"""The functions of NumPy that are steps: what IEEE 754 rounds exactly, in any code."""

ABREAST = 64
"""Members done at a time."""

Play = Callable[[np.ndarray, np.ndarray], None]


@cache
def compiled() -> Play | None:
    """Return what plays steps (step, [what, to, from, from, from]) on rows (row, member).

    None where numba is missing.
    """
    try:
        import numba
    except ImportError:
        return None
    play: Play = numba.njit(
        "void(int32[:,::1], float64[:,::1])", cache=True, nogil=True, error_model="numpy"
    )(_play)
    return play


def _play(steps, rows):  # type: ignore[no-untyped-def]  # noqa: PLR0912
    members = rows.shape[1]
    for first in range(0, members, 64):
        last = min(first + 64, members)
        for k in range(len(steps)):
            what = steps[k, 0]
            to = rows[steps[k, 1], first:last]
            one = rows[steps[k, 2], first:last]
            other = rows[steps[k, 3], first:last]
            if what == 1:
                for i in range(len(to)):
                    to[i] = one[i] + other[i]
            elif what == 3:
                for i in range(len(to)):
                    to[i] = one[i] * other[i]
            elif what == 2:
                for i in range(len(to)):
                    to[i] = one[i] - other[i]
            elif what == 4:
                for i in range(len(to)):
                    to[i] = one[i] / other[i]
            elif what == 0:
                for i in range(len(to)):
                    to[i] = one[i]
            elif what == 5:
                for i in range(len(to)):
                    to[i] = one[i] if one[i] >= other[i] or one[i] != one[i] else other[i]
            elif what == 6:
                for i in range(len(to)):
                    to[i] = one[i] if one[i] <= other[i] or one[i] != one[i] else other[i]
            elif what == 7:
                for i in range(len(to)):
                    to[i] = -one[i]
            elif what == 8:
                for i in range(len(to)):
                    to[i] = np.sqrt(one[i])
            elif what == 9:
                for i in range(len(to)):
                    to[i] = 1.0 if one[i] > other[i] else 0.0
            elif what == 10:
                for i in range(len(to)):
                    to[i] = 1.0 if one[i] >= other[i] else 0.0
            elif what == 11:
                for i in range(len(to)):
                    to[i] = 1.0 if one[i] < other[i] else 0.0
            elif what == 12:
                for i in range(len(to)):
                    to[i] = 1.0 if one[i] <= other[i] else 0.0
            elif what == 13:
                for i in range(len(to)):
                    to[i] = 1.0 if one[i] == other[i] else 0.0
            elif what == 14:
                for i in range(len(to)):
                    to[i] = 1.0 if one[i] != other[i] else 0.0
            else:
                third = rows[steps[k, 4], first:last]
                for i in range(len(to)):
                    to[i] = other[i] if one[i] != 0.0 else third[i]
