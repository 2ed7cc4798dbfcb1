"""What a sweep says of itself: how many runs, what moves and by how much, and what it goes with."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.answer.words import moved
from sim.claims import SIZES
from sim.region import Region
from sim.scenario import Scenario
from sim.study.designs import COUNTED
from sim.study.outcomes import Outcome, told_in
from sim.study.parts import PATHS, ROWS, TABLE, write_safely
from sim.study.settings import Setting
from sim.study.sweep import FEW, PLACES, Sweep, without_effect
from sim.studying.lines import event_named, in_every_run, never_reached, outcome_in_words
from sim.vocabulary import VERSION

MOST_READ = 200_000
"""Runs of which medians and bands are told: more move no digit that is told."""

MOST_HELD = 16_000_000
"""Numbers held at once in telling: 128 MB."""

MOST_SENTENCES = 8
"""Outcomes that are told if none was asked for; all are in outcomes.csv."""

CLOSE = 0.2
"""Rank correlation below which an outcome is not said to go with a setting."""

ERRORS = 4.0
"""Standard errors of a rank correlation of points drawn at random, as many pairs are tried."""

SLIGHT = {
    "effective partners": SIZES["breadth"][0],
    "0-1": SIZES["lens"][0],
    "0-3": SIZES["lens"][0],
    "share": SIZES["share"][0],
    "0-100": 100.0 * SIZES["share"][0],
}
"""Where a slight difference ends, by unit."""

SLIGHT_INCOME = SIZES["gdp"][0] / 100.0
"""The same for income against its trend, which is kept as a share."""

BAND = (5.0, 50.0, 95.0)


@dataclass(frozen=True)
class Found:
    """What the runs say of one outcome: its difference from the baseline, and what it goes with."""

    outcome: Outcome
    low: float
    median: float
    high: float
    setting: Setting | None = None  # with which it goes most closely, of those that are varied
    correlation: float = 0.0
    by_chance: float = 0.0  # how much correlation so few points show between what is unrelated

    @property
    def close(self) -> bool:
        """Whether it goes with a setting so closely that it can be said."""
        return abs(self.correlation) >= max(CLOSE, self.by_chance)

    @property
    def size(self) -> float:
        """The median difference, where 1 is as much as slight differences are at most."""
        income = self.outcome.quantity == "gdp_gap"
        slight = SLIGHT_INCOME if income else SLIGHT.get(self.outcome.unit)
        return abs(self.median) / slight if slight else 0.0


def summary(sweep: Sweep, kind: str, folder: Path, all_told: bool) -> dict[str, Any]:
    """Return what a sweep says of itself; the numbers of all outcomes are written as a table."""
    study = sweep.study
    idle = without_effect(study, sweep.members) if study.settings else []
    count, some = chosen(folder, sweep.runs)
    found = list(_found(sweep, kind, folder, some))
    write_safely(folder / TABLE, as_csv(found))
    sentences = [
        *_how_many(sweep, count, idle),
        *_told(study.region, study.scenario, found, all_told, len(some), sweep.runs),
    ]
    return {
        "version": VERSION,
        "study": "sweep",
        "runs": sweep.runs,
        "changed": count,
        "without effect": [one.name for one in idle],
        "sentences": sentences,
    }


# Numbers --------------------------------------------------------------------------------------


def chosen(folder: Path, runs: int) -> tuple[int, np.ndarray]:
    """Return how many runs change anything, and the runs that are read: all, or a fixed part.

    Spread over points and members alike, and the same whatever the parts.
    """
    every, changed = [], 0
    for rows in _batches(folder, ["run", "changed"]):
        changed += int((rows[:, 1] > 0).sum())
        run = rows[:, 0].astype(np.uint64)
        mixed = (run * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(11)  # Fibonacci hashing
        every.append(run[mixed < (MOST_READ / runs) * 2**53] if runs > MOST_READ else run)
    return changed, np.concatenate(every).astype(np.int64)


def _found(sweep: Sweep, kind: str, folder: Path, some: np.ndarray) -> Iterator[Found]:
    """Yield what the runs say of each outcome, reading so many columns at once as memory bears."""
    study = sweep.study
    ranks = ranked(sweep.points[some // sweep.members]) if study.settings else None
    by_chance = ERRORS / float(np.sqrt(len(sweep.points))) if kind in COUNTED else 0.0
    each = max(1, MOST_HELD // len(some))
    for first in range(0, len(study.outcomes), each):
        here = study.outcomes[first : first + each]
        table = _read(folder, [f"{one.name}.difference" for one in here], some)
        for one, column in zip(here, table.T, strict=True):
            low, median, high = (float(q) for q in np.percentile(column, BAND))
            if ranks is None or low == high:
                yield Found(one, low, median, high)
                continue
            with_each = correlations(ranks, column)
            k = int(np.abs(with_each).argmax())
            yield Found(
                one, low, median, high, study.settings[k], float(with_each[k]), by_chance
            )  # fmt: skip


def _read(folder: Path, names: Sequence[str], some: np.ndarray) -> np.ndarray:
    """Return columns of some runs, (run, column), in the order of their numbers."""
    parts = []
    for rows in _batches(folder, ["run", *names]):
        known = np.searchsorted(some, rows[:, 0])
        held = some[np.minimum(known, len(some) - 1)] == rows[:, 0]
        parts.append(rows[held, 1:])
    return np.concatenate(parts)


def _batches(folder: Path, names: Sequence[str]) -> Iterator[np.ndarray]:
    """Yield columns part by part, in the order of runs."""
    import pyarrow.parquet as pq

    for file in sorted((folder / ROWS).glob("part-*.parquet")):
        table = pq.ParquetFile(file).read(columns=list(names))
        yield np.column_stack([table[name].to_numpy() for name in names])


def ranked(columns: np.ndarray) -> np.ndarray:
    """Return the rank of each number in its column less the mean rank, as one part of one."""
    from scipy.stats import rankdata

    ranks: np.ndarray = rankdata(columns, axis=0)
    ranks -= ranks.mean(axis=0)
    length = np.sqrt((ranks**2).sum(axis=0))
    return ranks / np.where(length > 0, length, 1.0)


def correlations(ranks: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Return Spearman's rank correlation of a column with each column of ranks."""
    own = ranked(column[:, None])
    return np.asarray((ranks * own).sum(axis=0))


def as_csv(found: Sequence[Found]) -> bytes:
    """Return the numbers of all outcomes as a table."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["outcome", "unit", "median", "p05", "p95", "goes_with", "rank_correlation"])
    for one in found:
        numbers = [f"{number:.6g}" for number in (one.median, one.low, one.high)]
        beside = (one.setting.name, f"{one.correlation:.2f}") if one.setting else ("", "")
        rows.writerow([one.outcome.name, one.outcome.unit, *numbers, *beside])
    return text.getvalue().encode()


# Sentences ------------------------------------------------------------------------------------


def _how_many(sweep: Sweep, changed: int, idle: Sequence[Setting]) -> Iterator[str]:
    study = sweep.study
    points = "1 point" if len(sweep.points) == 1 else f"{len(sweep.points):,} points"
    if study.settings:
        yield f"{sweep.runs:,} runs: {points} for {sweep.members:,} members each."
    else:
        yield f"{sweep.runs:,} runs, each a member of its own."
    beside = "the scenario as written" if study.settings else "their baselines"
    count = {0: "None", sweep.runs: "All"}.get(changed, f"{changed:,}")
    yield f"{count} of them differ from {beside} in what is read."
    yield from in_every_run(study.scenario)
    yield from never_reached(study.scenario, study.settings)
    if idle:
        names = ", ".join(one.name for one in idle)
        few = min(FEW, sweep.members)
        yield (
            f"Nothing that is read changes with {names}, from one end of the range to the other "
            f"(tried at {PLACES} points of the others, for {few} members)."
        )


def _told(
    region: Region,
    scenario: Scenario,
    found: Sequence[Found],
    all_told: bool,
    read: int,
    runs: int,
) -> Iterator[str]:
    """Yield a sentence for each outcome that was asked for, or for those that move most."""
    told = list(found) if all_told else _largest(found)
    if not told:
        yield "No outcome that is read moves by more than a slight difference in the median run."
        return
    of = "" if read == runs else f" Told of {read:,} of the runs."
    yield (
        "Against the same member's baseline, the 5th to the 95th percentile of runs (and the "
        f"median):{of}"
    )
    yield from (sentence(region, scenario, one) for one in told)
    if len(told) < len(found):
        yield f"{len(found) - len(told)} more outcomes are in {TABLE}."


def _largest(found: Sequence[Found]) -> list[Found]:
    """Return the outcomes that move most, each quantity at the time at which it does."""
    best: dict[Any, Found] = {}
    for one in found:
        key = (one.outcome.quantity, one.outcome.place)
        if key not in best or one.size > best[key].size:
            best[key] = one
    moving = sorted((one for one in best.values() if one.size >= 1.0), key=lambda one: -one.size)
    return moving[:MOST_SENTENCES]


def sentence(region: Region, scenario: Scenario, one: Found) -> str:
    """Return what the runs say of an outcome as a sentence that can be quoted."""
    what = f"{outcome_in_words(region, scenario, one.outcome)}:"
    if one.low == one.high == 0.0:
        return f"{what} no difference in nine of ten runs."
    scale, unit = told_in(one.outcome.unit, "difference")
    band = [scale * number for number in (one.median, one.low, one.high)]
    return f"{what} {moved(band, unit)}{_goes_with(one)}."


def _goes_with(one: Found) -> str:
    if one.setting is None:
        return ""
    setting = one.setting
    if abs(one.correlation) < CLOSE:
        return "; it goes closely with none of the settings"
    if not one.close:
        return "; which setting it goes with is not settled by so few points"
    way = "higher" if one.correlation > 0 else "lower"
    more = MORE.get(setting.field or setting.name, "the more, the")
    correlation = f"{one.correlation:.2f}".replace("-", "−")
    return (
        f"; it goes most closely with {setting_in_words(setting)} ({more} {way}: rank correlation "
        f"{correlation})"
    )


MORE = {
    "on": "where it does,",
    "shocks": "where there are,",
    "start": "the later, the",
    "months": "the longer, the",
}
"""What more of a setting is, before what then is higher or lower; of most it is just more."""


def setting_in_words(setting: Setting) -> str:
    """Return a setting as it stands in a sentence."""
    if setting.name == "shocks":
        return "whether there are monthly shocks"
    if not setting.event:
        return f"“{setting.name}” ({setting.words.partition(' (')[0]})"
    event = event_named(setting.event)
    known = {
        "on": f"whether {event} happens",
        "start": f"when {event} begins",
        "months": f"how long {event} lasts",
        "left": f"the part left by {event}",
        "intent": f"the intent behind {event}",
    }
    return known.get(setting.field, f"the {setting.field.replace('_', ' ')} of {event}")


def ways_to_read(folder: Path, paths: bool) -> list[str]:
    """Return how to read a sweep with what people have."""
    parts = f"{folder}/{ROWS}/*.parquet"
    months = f" Their months are in {PATHS}/, a row a run and month." if paths else ""
    return [
        f"The parts are in {folder}/{ROWS}/, a row a run.{months} To read them:",
        f"  duckdb:  duckdb.sql(\"select * from '{parts}'\")",
        f"  polars:  polars.scan_parquet('{parts}')",
        f"  pandas:  pandas.read_parquet('{folder}/{ROWS}')",
        "  xarray:  the same with .set_index(['point', 'member']).to_xarray()",
    ]
