"""Which points of the settings a study looks at."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

import numpy as np

from sim.errors import InputError, Problem
from sim.study.settings import Setting

DESIGNS = ("sobol", "lhs", "grid", "oat")
"""Sobol's sequence, Latin hypercube, every combination, and one at a time."""

COUNTED = ("sobol", "lhs")
"""Designs of as many points as are asked for; the others have as many as their values make."""

STEPS = 5
"""Values of a setting on a grid, and one at a time, where none are named."""

MOST_NUMBERS = 20_000_000
"""Points times settings that are held at once: 160 MB."""


def design(
    kind: str, settings: Sequence[Setting], named: Sequence[Sequence[float]], points: int, seed: int
) -> np.ndarray:
    """Return points (point, setting); `named` holds values that were asked for, or is empty each.

    Sobol points are prefix-stable: twice as many begin with the same ones.
    """
    if not settings:
        return np.empty((1, 0))
    if kind in COUNTED:
        _refuse_too_many(points, len(settings), "ask for fewer --runs")
        return scaled(settings, named, _unit(kind, len(settings), points, seed))
    values = _values(settings, named)
    fewer = "name fewer values of each setting, or take --design sobol with --runs"
    if kind == "grid":
        _refuse_too_many(prod(map(len, values)), len(settings), fewer)
        return np.array(list(product(*values)), dtype=float)
    _refuse_too_many(sum(map(len, values)), len(settings), fewer)
    return one_at_a_time(settings, values)


def _refuse_too_many(points: int, settings: int, cure: str) -> None:
    most = MOST_NUMBERS // settings
    if points > most:
        varied = "1 setting" if settings == 1 else f"{settings} settings"
        message = f"it has {points:,} points; with {varied} {most:,} at most are held. So {cure}"
        raise InputError("The design", [Problem(message)])


def middle(settings: Sequence[Setting]) -> list[float]:
    """Return the middle of every range; of whole numbers a whole one, of a switch on."""
    return [_whole(one, (one.low + one.high) / 2.0) for one in settings]


def one_at_a_time(settings: Sequence[Setting], values: Sequence[Sequence[float]]) -> np.ndarray:
    """Return points in which one setting runs over its values, the others in their middle."""
    rest = middle(settings)
    points = [
        [*rest[:k], float(number), *rest[k + 1 :]] for k, own in enumerate(values) for number in own
    ]
    return np.array(points)


def _unit(kind: str, dimensions: int, points: int, seed: int) -> np.ndarray:
    from scipy.stats import qmc

    if kind == "lhs":
        return np.asarray(
            qmc.LatinHypercube(dimensions, rng=np.random.default_rng(seed)).random(points)
        )
    sampler = qmc.Sobol(dimensions, rng=np.random.default_rng(seed))
    return np.asarray(sampler.random_base2(max(points - 1, 0).bit_length())[:points])


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
        list(own) if own else evenly(one, STEPS) for one, own in zip(settings, named, strict=True)
    ]


def evenly(one: Setting, count: int) -> list[float]:
    """Return values of a setting from lowest to highest, evenly spaced."""
    steps = np.linspace(one.low, one.high, count)
    if one.whole:
        steps = np.unique(np.floor(steps + 0.5))
    return [float(number) for number in steps]


def named_values(settings: Sequence[Setting]) -> list[list[float]]:
    """Return the values that NAME=A,B,C and NAME=LOW:HIGH:STEPS name, by setting; else none."""
    return [list(one.named) or (evenly(one, one.steps) if one.steps else []) for one in settings]
