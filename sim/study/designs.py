"""Which points of the settings a study looks at."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from sim.errors import InputError, Problem
from sim.study.settings import Setting

DESIGNS = ("sobol", "lhs", "grid", "oat")
"""Sobol's sequence, Latin hypercube, every combination, and one at a time."""

STEPS = 5
"""Values of a setting on a grid, and one at a time, where none are named."""


def design(
    kind: str, settings: Sequence[Setting], named: Sequence[Sequence[float]], runs: int, seed: int
) -> np.ndarray:
    """Return points (point, setting); `named` holds values that were asked for, or is empty each.

    Sobol points are prefix-stable: twice as many runs begin with the same ones.
    """
    if not settings:
        return np.empty((1, 0))
    if kind == "grid":
        return np.array(list(product(*_values(settings, named))), dtype=float)
    if kind == "oat":
        return one_at_a_time(settings, _values(settings, named))
    return scaled(settings, named, _unit(kind, len(settings), runs, seed))


def one_at_a_time(settings: Sequence[Setting], values: Sequence[Sequence[float]]) -> np.ndarray:
    """Return points in which one setting runs over its values, the others in their middle."""
    middle = [_whole(one, (one.low + one.high) / 2.0) for one in settings]
    points = [
        [*middle[:k], float(value), *middle[k + 1 :]]
        for k, own in enumerate(values)
        for value in own
    ]
    return np.array(points)


def _unit(kind: str, dimensions: int, runs: int, seed: int) -> np.ndarray:
    from scipy.stats import qmc

    if kind == "lhs":
        return np.asarray(
            qmc.LatinHypercube(dimensions, rng=np.random.default_rng(seed)).random(runs)
        )
    sampler = qmc.Sobol(dimensions, rng=np.random.default_rng(seed))
    return np.asarray(sampler.random_base2(max(runs - 1, 0).bit_length())[:runs])


def scaled(
    settings: Sequence[Setting], named: Sequence[Sequence[float]], unit: np.ndarray
) -> np.ndarray:
    """Return points of the unit cube as values of the settings; switches and months are whole."""
    columns = [
        _one_of(own, column) if own else _over(one, column)
        for one, own, column in zip(settings, named, unit.T, strict=True)
    ]
    return np.column_stack(columns)


def _over(one: Setting, column: np.ndarray) -> np.ndarray:
    if not one.whole:
        return one.low + (one.high - one.low) * column
    return np.minimum(one.low + np.floor((one.high - one.low + 1.0) * column), one.high)


def _one_of(values: Sequence[float], column: np.ndarray) -> np.ndarray:
    places = np.minimum((column * len(values)).astype(int), len(values) - 1)
    return np.asarray(values, dtype=float)[places]


def _whole(one: Setting, number: float) -> float:
    return float(np.floor(number + 0.5)) if one.whole else number


def _values(settings: Sequence[Setting], named: Sequence[Sequence[float]]) -> list[list[float]]:
    return [
        list(own) if own else _steps(one, STEPS) for one, own in zip(settings, named, strict=True)
    ]


def _steps(one: Setting, count: int) -> list[float]:
    """Return values of a setting from lowest to highest, evenly spaced."""
    if one.whole:
        whole = np.unique(np.floor(np.linspace(one.low, one.high, count) + 0.5))
        return [float(number) for number in whole]
    return [float(number) for number in np.linspace(one.low, one.high, count)]


def named_values(asked: Sequence[str], settings: Sequence[Setting]) -> list[list[float]]:
    """Return the values that NAME=A,B,C and NAME=LOW:HIGH:STEPS name, by setting; else none."""
    found = []
    for text, one in zip(asked, settings, strict=True):
        given = text.partition("=")[2]
        if "," in given:
            found.append([float(part) for part in given.split(",")])
        elif given.count(":") == 2 and one.field != "start":
            found.append(_steps(one, _count(one, given.rpartition(":")[2])))
        else:
            found.append([])
    return found


def _count(one: Setting, text: str) -> int:
    if not text.strip().isdigit() or not 2 <= int(text) <= 10_000:
        message = f"{one.name}: '{text}' is no number of steps; write LOW:HIGH:STEPS, as 0:1:5"
        raise InputError("What is to be varied", [Problem(message)])
    return int(text)
