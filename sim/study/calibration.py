"""Members that show more of the patterns than others: what a fit may use, accepted or not.

Monte Carlo filtering (Hornberger and Spear 1981, Journal of Environmental Management 12, 7-18;
rejection in the sense of approximate Bayesian computation, Pritchard et al. 1999, Molecular Biology
and Evolution 16, 1791-1798): members are drawn from the ranges of the ledger and the best part of
them is kept. What the patterns say of a number is how its ranks among the accepted differ from even
ones (Kolmogorov and Smirnov).
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.stats import kstest

from sim.errors import InputError, Problem
from sim.members import row_name, uniform, within
from sim.reading.tables import region_folder
from sim.region import Accepted, LedgerRow, Region
from sim.scenario import Scenario
from sim.study.patterns import TO_FIT, Pattern, play

FILE = "accepted.json"
"""Where the accepted members of a region are kept, beside its tables."""

FIRST_YEAR = 12
"""Months that a fit has to run: what it may use reads nothing after December 2022."""


def fit_patterns(patterns: Sequence[Pattern]) -> tuple[Pattern, ...]:
    """Return what a fit may use: patterns up to the end of 2022, and checks of the base year."""
    return tuple(one for one in patterns if one.half == TO_FIT or one.role == "base")


def fitness(
    region: Region, arms: Sequence[Scenario], patterns: Sequence[Pattern], first: int, count: int
) -> np.ndarray:
    """Return how much of the patterns each member shows, shape (member,), 0 to 1.

    By the independent voices that they rest on.
    """
    history = arms[0].baseline
    assert history is not None, "the variants stand beside the history"
    runs = play(region, history, arms, patterns, count, first)
    voices = np.array([one.voices for one in patterns], dtype=float)
    within = np.stack([inside(one, one.measure.value(runs.read)) for one in patterns], axis=-1)
    return np.asarray(within @ voices / voices.sum())


def inside(pattern: Pattern, values: np.ndarray) -> np.ndarray:
    """Return 1.0 for members within a pattern's band, 0.0 for others."""
    return ((values >= pattern.low) & (values <= pattern.high)).astype(float)


def best(fit: np.ndarray, part: float) -> np.ndarray:
    """Return the places of the best part of the members, in order; of equals the first ones."""
    count = max(1, round(part * len(fit)))
    order = np.argsort(-fit, kind="stable")
    return np.sort(order[:count])


# What the patterns say of the numbers -----------------------------------------------------------


@dataclass(frozen=True)
class Moved:
    """A number of the ledger, and what its accepted ranks say."""

    row: LedgerRow
    distance: float  # of Kolmogorov and Smirnov, 0 to 1
    chance: float  # of one as large where the patterns say nothing
    quarters: tuple[float, float, float]  # quartiles of the accepted, in the number's unit


def moved(region: Region, accepted: Accepted) -> list[Moved]:
    """Return every uncertain number with what the accepted members say of it."""
    found = []
    for row in region.ledger:
        if row.low == row.high:
            continue
        name = f"ledger/{row_name(row)}"
        ranks = uniform(accepted.seed, name, 0, accepted.drawn)[list(accepted.members)]
        test = kstest(ranks, "uniform")
        quarters = within(row.low, row.central, row.high, np.quantile(ranks, (0.25, 0.5, 0.75)))
        found.append(
            Moved(row, float(test.statistic), float(test.pvalue), tuple(quarters.tolist()))
        )
    return found


def told_apart(found: Sequence[Moved], rate: float) -> list[Moved]:
    """Return the numbers of which the patterns say something, the most moved first.

    Of those that are named, so large a part at most is named by luck (Benjamini and Hochberg
    1995).
    """
    order = sorted(found, key=lambda one: one.chance)
    last = max(
        (k for k, one in enumerate(order, 1) if one.chance <= rate * k / len(order)), default=0
    )
    return sorted(order[:last], key=lambda one: -one.distance)


# Kept -------------------------------------------------------------------------------------------


def kept(region: Region) -> Accepted:
    """Return the accepted members that the project ships for a region, or refuse stale ones."""
    file = region_folder(region.name) / FILE
    try:
        told = json.loads(file.read_text("utf-8"))
        made_of = told["region_sha256"]
        found = Accepted(told["seed"], told["drawn"], tuple(told["members"]))
    except FileNotFoundError:
        raise again(file, "is missing") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise again(file, "is damaged") from None
    if region.own:
        names = ", ".join(name for name, _ in region.own)
        message = f"it sets numbers of the ledger ({names}); accepted members have their own"
        raise InputError(
            "--calibrated", [Problem(f"{message}. Leave out numbers: or --calibrated")]
        )
    if made_of != region.digest:
        raise again(file, "was made of other tables")
    return found


def again(file: Path, wrong: str) -> InputError:
    """Return what is wrong with kept members, and the cure."""
    cure = "make it again: python run.py calibrate --keep"
    return InputError(str(file), [Problem(f"{wrong}; {cure}")])


def as_calibrated(region: Region) -> Region:
    """Return a region whose members are drawn from those that a calibration accepted."""
    return replace(region, accepted=kept(region))


def record(region: Region, accepted: Accepted, part: float, fit: np.ndarray) -> dict[str, object]:
    """Return the accepted members with how they were found, as they are kept."""
    return {
        "region_sha256": region.digest,
        "seed": accepted.seed,
        "drawn": accepted.drawn,
        "part": part,
        "fit of all": float(fit.mean()),
        "fit of the accepted": float(fit[list(accepted.members)].mean()),
        "members": list(accepted.members),
    }


def written(path: Path, content: object) -> None:
    """Write a record whole or not at all, whoever else writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps(content) + "\n", encoding="utf-8")
    new.replace(path)
