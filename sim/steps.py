"""Steps of exactly rounded arithmetic, by name: what is noted and what machine code is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sim.exponentials import exponential, exponential_less_one, logarithm

ADD, SUBTRACT, MULTIPLY, DIVIDE = "add", "subtract", "multiply", "divide"
MAXIMUM, MINIMUM, NEGATIVE, ABSOLUTE, SQRT = "maximum", "minimum", "negative", "absolute", "sqrt"
AND, OR, NOT, CHOOSE = "and", "or", "not", "choose"
EXPONENTIAL, LESS_ONE, LOGARITHM = "exponential", "exponential_less_one", "logarithm"
GREATER, GREATER_EQUAL, LESS, LESS_EQUAL, EQUAL, NOT_EQUAL = (
    "ogt", "oge", "olt", "ole", "oeq", "une",
)  # fmt: skip
"""Comparisons go by the names that LLVM gives them."""

COMPARISONS = frozenset({GREATER, GREATER_EQUAL, LESS, LESS_EQUAL, EQUAL, NOT_EQUAL})

STEP_OF: dict[Callable[..., Any], str] = {
    np.add: ADD,
    np.subtract: SUBTRACT,
    np.multiply: MULTIPLY,
    np.divide: DIVIDE,
    np.maximum: MAXIMUM,
    np.minimum: MINIMUM,
    np.negative: NEGATIVE,
    np.absolute: ABSOLUTE,
    np.sqrt: SQRT,
    np.greater: GREATER,
    np.greater_equal: GREATER_EQUAL,
    np.less: LESS,
    np.less_equal: LESS_EQUAL,
    np.equal: EQUAL,
    np.not_equal: NOT_EQUAL,
    np.bitwise_and: AND,
    np.logical_and: AND,
    np.bitwise_or: OR,
    np.logical_or: OR,
    np.invert: NOT,
    np.logical_not: NOT,
    exponential: EXPONENTIAL,
    exponential_less_one: LESS_ONE,
    logarithm: LOGARITHM,
}
"""The functions that are steps. Whole numbers and answers are numbers here; yes is 1."""
