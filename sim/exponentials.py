"""Exponential and logarithm by exactly rounded arithmetic alone.

A library's exponential may differ in its last bit from one processor, compiler or version to the
next, and what differs in the last bit in one month differs in the first after some years. These
use additions, multiplications and divisions in a fixed order, which give the same bits everywhere:
in NumPy and in compiled code (`sim.machine`), on any machine.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

LOG2_E = float.fromhex("0x1.71547652b82fep+0")
LN2_HIGH = float.fromhex("0x1.62e42feep-1")
"""The head of log 2: multiples of it by any exponent are exact."""

LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
"""The rest of log 2."""

TO_WHOLE = float.fromhex("0x1.8p+52")
"""Added and taken away again, it rounds to the nearest whole number."""

LEAST, MOST = -708.0, 709.0
"""Arguments beyond which an exponential would leave the range of normal numbers."""

TERMS = tuple(1.0 / float(np.prod(np.arange(1.0, n + 1.0))) for n in range(13, 1, -1))
"""Taylor's coefficients 1/13! to 1/2!; on |x| < log(2)/2 what is left out is below 1e-17."""

MANTISSA_BITS, BIAS = 52, 1023
ONE_BITS, WHOLE_BITS = (int(np.float64(x).view(np.uint64)) for x in (1.0, TO_WHOLE))
"""The bits of 1: added to those of an exponent they take off its bias; and of TO_WHOLE."""

BELOW_ONE = ONE_BITS - 0x3FE6A09E667F3BCD
"""From the bits of the number just above the square root of a half to those of 1."""

LOG_TERMS = tuple(
    float.fromhex(text)
    for text in (
        "0x1.5555555555593p-1", "0x1.999999997fa04p-2", "0x1.2492494229359p-2",
        "0x1.c71c51d8e78afp-3", "0x1.7466496cb03dep-3", "0x1.39a09d078c69fp-3",
        "0x1.2f112df3e5244p-3",
    )
)  # fmt: skip
"""Remez coefficients of log(1+f) in s = f/(2+f). Source: FreeBSD msun, e_log.c (Sun 1993)."""

AT_ONCE = 4096
"""Numbers done together: so many fit the cache through all steps."""

Elementwise = Callable[[np.ndarray], np.ndarray]


def elementwise(function: Elementwise) -> Elementwise:
    """Return a function of each number that is noted as one step where an array asks for it.

    An array asks by `noted_step`, as NumPy's functions are asked by `__array_ufunc__`.
    """

    @wraps(function)
    def noted(number: np.ndarray) -> np.ndarray:
        ask: Any = getattr(number, "noted_step", None)
        if ask:
            found: np.ndarray = ask(noted)
            return found
        array = np.asarray(number, dtype=float)
        if array.size <= AT_ONCE:
            return function(array)
        flat, found = array.ravel(), np.empty(array.shape)
        for first in range(0, array.size, AT_ONCE):
            some = slice(first, first + AT_ONCE)
            found.reshape(-1)[some] = function(flat[some])
        return found

    return noted


@elementwise
def exponential(exponent: np.ndarray) -> np.ndarray:
    """Return e to each number, to within one unit in the last place.

    Below -708 it is 0; above 709 it stays what it is there.
    """
    power, less_one = _parts(exponent)
    return np.where(exponent < LEAST, 0.0, (1.0 + less_one) * power)


@elementwise
def exponential_less_one(exponent: np.ndarray) -> np.ndarray:
    """Return e to each number less 1, to within two units in the last place."""
    power, less_one = _parts(exponent)
    return np.where(exponent < LEAST, -1.0, power * less_one + (power - 1.0))


def _parts(exponent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest power of 2, and e to what is left less 1."""
    within = np.minimum(np.maximum(exponent, LEAST), MOST)
    shifted = within * LOG2_E + TO_WHOLE
    whole = shifted - TO_WHOLE
    rest = (within - whole * LN2_HIGH) - whole * LN2_LOW
    series = np.full_like(rest, TERMS[0])
    for term in TERMS[1:]:
        series = series * rest + term
    bits = (np.asarray(shifted).view(np.uint64) << np.uint64(MANTISSA_BITS)) + np.uint64(ONE_BITS)
    return bits.view(np.float64), rest + rest * rest * series


@elementwise
def logarithm(number: np.ndarray) -> np.ndarray:
    """Return the logarithm of each positive normal number, to within one unit in the last place.

    Of 0 and less it is -infinity.
    """
    bits = np.ascontiguousarray(number).view(np.uint64).reshape(number.shape)
    biased = (bits + np.uint64(BELOW_ONE)) >> np.uint64(MANTISSA_BITS)
    near_one = bits - (biased << np.uint64(MANTISSA_BITS)) + np.uint64(ONE_BITS)
    fraction = near_one.view(np.float64) - 1.0
    ratio = fraction / (2.0 + fraction)
    square = ratio * ratio
    fourth = square * square
    even = fourth * (LOG_TERMS[1] + fourth * (LOG_TERMS[3] + fourth * LOG_TERMS[5]))
    odd = square * (
        LOG_TERMS[0] + fourth * (LOG_TERMS[2] + fourth * (LOG_TERMS[4] + fourth * LOG_TERMS[6]))
    )
    half = 0.5 * fraction * fraction
    times = (biased + np.uint64(WHOLE_BITS)).view(np.float64) - (TO_WHOLE + BIAS)
    small = ratio * (half + (odd + even)) + times * LN2_LOW
    return np.where(number > 0.0, small - half + fraction + times * LN2_HIGH, number - np.inf)


def to_the_power(base: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """Return a positive number to a power; 1 where the number is 1."""
    return exponential(exponent * logarithm(base))
