"""Steps of exactly rounded arithmetic on rows of members, by number; `sim.kernels` plays them."""

from __future__ import annotations

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
