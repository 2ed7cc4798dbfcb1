"""A sweep: chunks of runs, each made of nothing but what was asked, wherever it is made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import Any

import numpy as np

from sim.errors import InputError, Problem
from sim.moments import month_names
from sim.scenario import Scenario
from sim.shelf import code_hash
from sim.study.designs import middle, scaled
from sim.study.outcomes import Outcome
from sim.study.parts import PATHS, ROWS, as_parquet
from sim.study.play import ABREAST, Study, levels
from sim.study.settings import Setting
from sim.vocabulary import PORTFOLIO, VERSION

FEW = 8
"""Members for which it is tried whether a setting changes anything."""

PLACES = 4
"""Points of the other settings beside which it is tried."""

RANGES_KEPT = 16
"""Ranges of members whose outcomes as written are kept: more than threads ask for at once."""

MOST_PARTS = 1_000_000
"""Parts of a sweep; a folder with more is slow to open, and their names have six digits."""

COUNTED_ON = ("numpy", "pyarrow")
"""Packages of which another version may round, or write, otherwise."""


@dataclass(frozen=True)
class Sweep:
    """A study with its points, its members, and how many runs a part holds."""

    study: Study
    points: np.ndarray  # (point, setting)
    members: int
    chunk: int
    paths: bool = False  # whether months are kept, too

    @property
    def runs(self) -> int:
        return len(self.points) * self.members

    @cached_property
    def chunks(self) -> int:
        return -(-len(self.points) // self.points_each) * self.across

    @property
    def points_each(self) -> int:
        return max(1, self.chunk // self.members)

    @property
    def members_each(self) -> int:
        return min(self.members, self.chunk)

    @property
    def across(self) -> int:
        """How many chunks the members of a point are spread over."""
        return -(-self.members // self.members_each)

    def bounds(self, chunk: int) -> tuple[slice, int, int]:
        """Return the points of a chunk, its first member, and how many."""
        which, part = divmod(chunk, self.across)
        first = part * self.members_each
        points = slice(which * self.points_each, (which + 1) * self.points_each)
        return points, first, min(self.members_each, self.members - first)

    def runs_in(self, chunk: int) -> int:
        """Return how many runs a chunk has."""
        points, _, count = self.bounds(chunk)
        return len(self.points[points]) * count

    @property
    def rooms(self) -> tuple[str, ...]:
        return (ROWS, PATHS) if self.paths else (ROWS,)


def in_order(sweep: Sweep, chunks: Sequence[int]) -> list[int]:
    """Return chunks in the order in which they are best made: those of the same members together.

    No number depends on it; what members do as written is then made once.
    """
    return sorted(chunks, key=lambda chunk: (chunk % sweep.across, chunk))


def refuse_too_many_parts(sweep: Sweep) -> None:
    """Refuse a sweep of more parts than a folder bears."""
    if sweep.chunks > MOST_PARTS:
        least = -(-sweep.runs // MOST_PARTS)
        message = (
            f"{sweep.runs:,} runs in parts of {sweep.chunk:,} are {sweep.chunks:,} files; "
            f"ask for fewer --runs, or for a --chunk of {least:,} or more"
        )
        raise InputError("The sweep", [Problem(message)])


# A chunk --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """All that a chunk is made of: it can be sent elsewhere, and be made there."""

    study: Study
    points: np.ndarray  # its own, (point, setting)
    place: int  # of the first of them among all
    first: int  # member
    count: int
    members: int  # of the whole sweep
    paths: bool

    @cached_property
    def place_of(self) -> np.ndarray:
        """The number of each run's point."""
        return np.repeat(np.arange(len(self.points)) + self.place, self.count)

    @cached_property
    def member_of(self) -> np.ndarray:
        return np.tile(np.arange(self.first, self.first + self.count), len(self.points))


def piece(sweep: Sweep, chunk: int) -> Piece:
    """Return what a chunk is made of."""
    some, first, count = sweep.bounds(chunk)
    return Piece(
        sweep.study, sweep.points[some], some.start, first, count, sweep.members, sweep.paths
    )


def made(one: Piece) -> dict[str, bytes]:
    """Return the parts of a chunk as their files hold them, by room."""
    found, months = _played(one)
    parts = {ROWS: as_parquet(rows(one, found))}
    if one.paths:
        parts[PATHS] = as_parquet(paths(one, months))
    return parts


def rows(one: Piece, found: np.ndarray) -> dict[str, np.ndarray]:
    """Return the table of a chunk, a row a run, sorted by point and member."""
    study = one.study
    table = _numbered(one, 1)
    for k, setting in enumerate(study.settings):
        table[setting.name] = np.repeat(one.points[:, k], one.count)
    scenario, baseline = (level.reshape(len(one.place_of), -1) for level in found)
    for k, outcome in enumerate(study.outcomes):
        table[outcome.name] = scenario[:, k]
        table[f"{outcome.name}.difference"] = scenario[:, k] - baseline[:, k]
    table["changed"] = changed(study, found, one.first, one.count).reshape(-1)
    return table


def paths(one: Piece, months: np.ndarray) -> dict[str, np.ndarray]:
    """Return the months of a chunk, a row a run and month, sorted by run."""
    scenario = one.study.scenario
    names = month_names(scenario.start, scenario.months)
    table = _numbered(one, len(names))
    table["month"] = np.tile(np.array(names, "datetime64[s]"), len(one.place_of))
    for k, (name, _) in enumerate(series(one.study)):
        table[name] = months[0, :, :, k].reshape(-1)
        table[f"{name}.difference"] = months[1, :, :, k].reshape(-1)
    return table


def _numbered(one: Piece, times: int) -> dict[str, np.ndarray]:
    """Return the columns that say which run it is, each row so many times."""
    run = one.place_of * one.members + one.member_of
    numbers = {"run": run, "point": one.place_of, "member": one.member_of}
    return {name: np.repeat(column, times) for name, column in numbers.items()}


def series(study: Study) -> list[tuple[str, Outcome]]:
    """Return the quantities of which months are kept, with one outcome each that reads them."""
    found = {(one.quantity, one.place): one for one in study.outcomes}
    return [(one.name.partition("@")[0], one) for one in found.values()]


def monthly(study: Study) -> tuple[Outcome, ...]:
    """Return an outcome for each quantity and month."""
    names = month_names(study.scenario.start, study.scenario.months)
    return tuple(
        replace(one, name=f"{name}@{month}", when=month, months=(place,))
        for name, one in series(study)
        for place, month in enumerate(names)
    )


def _played(one: Piece) -> tuple[np.ndarray, np.ndarray]:
    """Return levels (2, point, member, outcome), and months (2, point, member, series, month).

    Months are levels and differences, rounded to single precision as soon as they are there:
    so many columns at a time that they need little room.
    """
    study, size = one.study, (2, len(one.points), one.count)
    if not one.paths:
        return levels(study, one.points, one.first, one.count), np.empty(0)
    wide = replace(study, outcomes=(*study.outcomes, *monthly(study)))
    count, length = len(study.outcomes), study.scenario.months
    found = np.empty((*size, count))
    months = np.empty((*size, len(series(study)), length), np.float32)
    for points, members in _in_tiles(len(one.points), one.count):
        here = levels(wide, one.points[points], one.first + members.start, _long(members))
        found[:, points, members] = here[..., :count]
        level, base = here[..., count:].reshape(*here.shape[:3], -1, length)
        months[0, points, members], months[1, points, members] = level, level - base
    return found, months


def _in_tiles(points: int, members: int) -> Iterator[tuple[slice, slice]]:
    """Yield points and members in groups that are run together."""
    each = max(1, ABREAST // members)
    for first in range(0, points, each):
        for member in range(0, members, ABREAST):
            yield slice(first, first + each), slice(member, min(member + ABREAST, members))


def _long(some: slice) -> int:
    return int(some.stop - some.start)


# What changes ---------------------------------------------------------------------------------


def changed(study: Study, found: np.ndarray, first: int, count: int) -> np.ndarray:
    """Return by how much any outcome of a run differs from the same member's with nothing varied.

    Where nothing is varied, from its baseline. Shape (point, member).
    """
    base = found[1] if not study.settings else as_written(study, first, count)
    apart: np.ndarray = np.abs(found[0] - base).max(axis=-1)
    return apart


_kept: dict[tuple[str, int, int], Future[np.ndarray]] = {}
_one_at_a_time = Lock()


def as_written(study: Study, first: int, count: int) -> np.ndarray:
    """Return the outcomes of a scenario as it is written, (1, member, outcome).

    They are made once for the chunks that have the same members.
    """
    key = (identity(study), first, count)
    with _one_at_a_time:
        ours = key not in _kept
        if ours:
            while len(_kept) >= RANGES_KEPT:
                del _kept[next(iter(_kept))]
            _kept[key] = Future()
        future = _kept[key]
    if ours:
        plain = replace(study, settings=())
        try:
            future.set_result(levels(plain, np.empty((1, 0)), first, count)[0])
        except BaseException as fault:
            _kept.pop(key, None)
            future.set_exception(fault)
            raise
    return future.result()


def identity(study: Study) -> str:
    """Return a hash of all that the outcomes of a study's members as written depend on."""
    scenario, before = study.scenario, study.scenario.baseline
    told = (
        study.region.digest, study.region.rule,
        events_hash(scenario), events_hash(before), scenario.arm,
        scenario.start, scenario.months, scenario.seed, study.shocks,
        [one.name for one in study.outcomes], *study.region.off,
    )  # fmt: skip
    return hashlib.sha256(repr(told).encode()).hexdigest()


def without_effect(study: Study, members: int) -> list[Setting]:
    """Return the settings of which no end of the range differs from the other in any outcome.

    Tried for a few members beside a few points of the others, all at once: the middle of all, and
    some drawn at random, since a setting may do nothing only beside some of the others. With all
    switches on in two of them, as what is off cannot show what else it depends on.
    """
    settings = study.settings
    drawn = np.random.default_rng(0).random((PLACES - 1, len(settings)))
    bases = np.array([middle(settings), *scaled(settings, [()] * len(settings), drawn)])
    bases[1, [setting.kind == "switch" for setting in settings]] = 1.0
    tried = np.repeat(bases, 2 * len(settings), axis=0).reshape(len(bases), len(settings), 2, -1)
    for k, setting in enumerate(settings):
        tried[:, k, 0, k], tried[:, k, 1, k] = setting.low, setting.high
    found = levels(study, tried.reshape(-1, len(settings)), 0, min(members, FEW))
    ends = found.reshape(2, len(bases), len(settings), 2, -1)
    moves = (ends[:, :, :, 0] != ends[:, :, :, 1]).any(axis=(0, 1, 3))
    return [setting for setting, moved in zip(settings, moves, strict=True) if not moved]


# What was asked -------------------------------------------------------------------------------


def asked_in_full(sweep: Sweep, design: str) -> dict[str, Any]:
    """Return all that the bytes of a sweep depend on."""
    study, scenario = sweep.study, sweep.study.scenario
    before = scenario.baseline
    return {
        "version": VERSION,
        **made_with(study.region.digest),
        "scenario": scenario.name,
        "arm": scenario.arm,
        "events": events_hash(scenario),
        "events of the baseline": events_hash(before),
        "start": scenario.start,
        "months": scenario.months,
        "seed": scenario.seed,
        "members": sweep.members,
        "design": design if study.settings else "none",
        "settings": {one.name: [one.low, one.high] for one in study.settings},
        "points": len(sweep.points),
        "points hash": hashlib.sha256(sweep.points.tobytes()).hexdigest(),
        "outcomes": [one.name for one in study.outcomes],
        "shocks": study.shocks,
        **({"without": list(study.region.off)} if study.region.off else {}),
        **({"rule": study.region.rule} if study.region.rule != PORTFOLIO else {}),
        "paths": sweep.paths,
        "runs": sweep.runs,
        "chunk": sweep.chunk,
        "chunks": sweep.chunks,
    }


def events_hash(scenario: Scenario | None) -> str:
    """Return the sha256 of a scenario's events as they are, whatever files they were read from."""
    return hashlib.sha256(repr(scenario and scenario.events).encode()).hexdigest()


def made_with(region: str | None = None) -> dict[str, str]:
    """Return what the bytes of a sweep depend on besides what was asked: code, region, machine."""
    return {
        "code": code_hash(),
        "region": region or region_hash(),
        **{name: _version(name) for name in COUNTED_ON},
        "arithmetic": arithmetic(),
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


@cache
def region_hash() -> str:
    """Return the sha256 of the region's tables as they are installed here."""
    from sim.reading.tables import read_region

    return read_region().digest


@cache
def arithmetic() -> str:
    """Return a hash of what chance and the measures rest on, as this machine rounds it.

    The months themselves are made of exactly rounded arithmetic, which is alike everywhere; NumPy's
    exponentials, logarithms and cosine may differ in the last bit between processors.
    """
    numbers = np.linspace(1e-3, 20.0, 2001)
    asked = [function(numbers) for function in (np.exp, np.log, np.log1p, np.cos)]
    return hashlib.sha256(np.array(asked).tobytes()).hexdigest()
