"""A sweep: chunks of runs, each a table that depends on nothing but what was asked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from sim.study.play import Study, levels
from sim.study.settings import Setting
from sim.vocabulary import VERSION

FEW = 8
"""Members for which it is tried whether a setting changes anything."""

PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Sweep:
    """A study with its points, its members, and how many runs a part holds."""

    study: Study
    points: np.ndarray  # (point, setting)
    members: int
    chunk: int

    @property
    def runs(self) -> int:
        return len(self.points) * self.members

    @cached_property
    def chunks(self) -> int:
        return -(-len(self.points) // self.points_each) * -(-self.members // self.members_each)

    @property
    def points_each(self) -> int:
        return max(1, self.chunk // self.members)

    @property
    def members_each(self) -> int:
        return min(self.members, self.chunk)

    def bounds(self, chunk: int) -> tuple[slice, int, int]:
        """Return the points of a chunk, its first member, and how many."""
        across = -(-self.members // self.members_each)
        which, part = divmod(chunk, across)
        first = part * self.members_each
        points = slice(which * self.points_each, (which + 1) * self.points_each)
        return points, first, min(self.members_each, self.members - first)


def columns(sweep: Sweep, chunk: int) -> dict[str, np.ndarray]:
    """Return the table of a chunk, a row a run, sorted by point and member."""
    some, first, count = sweep.bounds(chunk)
    study, points = sweep.study, sweep.points[some]
    found = levels(study, points, first, count)
    rows = len(points) * count
    place = np.repeat(np.arange(len(sweep.points))[some], count)
    member = np.tile(np.arange(first, first + count), len(points))
    table = {"run": place * sweep.members + member, "point": place, "member": member}
    for k, setting in enumerate(study.settings):
        table[setting.name] = np.repeat(points[:, k], count)
    scenario, baseline = (one.reshape(rows, -1) for one in found)
    for k, outcome in enumerate(study.outcomes):
        table[outcome.name] = scenario[:, k]
        table[f"{outcome.name}.difference"] = scenario[:, k] - baseline[:, k]
    table["changed"] = changed(study, found, first, count).reshape(rows)
    return table


def changed(study: Study, found: np.ndarray, first: int, count: int) -> np.ndarray:
    """Return by how much any outcome of a run differs from the same member's with nothing varied.

    Where nothing is varied, from its baseline. Shape (point, member).
    """
    base = found[1] if not study.settings else as_written(study, first, count)
    apart: np.ndarray = np.abs(found[0] - base).max(axis=-1)
    return apart


def as_written(study: Study, first: int, count: int) -> np.ndarray:
    """Return the outcomes of a scenario as it is written, (1, member, outcome)."""
    plain = Study(study.region, study.scenario, (), study.outcomes, study.shocks)
    return levels(plain, np.empty((1, 0)), first, count)[0]


def without_effect(study: Study, members: int) -> list[Setting]:
    """Return the settings of which neither end of the range changes any outcome of any member."""
    few = min(members, FEW)
    idle = []
    for setting in study.settings:
        alone = Study(study.region, study.scenario, (setting,), study.outcomes, study.shocks)
        ends = np.array([[setting.low], [setting.high]])
        found = levels(alone, ends, 0, few)[0]
        if not (found - as_written(study, 0, few)).any():
            idle.append(setting)
    return idle


def asked_in_full(sweep: Sweep, design: str, outcomes: Sequence[str]) -> dict[str, Any]:
    """Return all that the bytes of a sweep depend on."""
    scenario = sweep.study.scenario
    before = scenario.baseline
    return {
        "version": VERSION,
        "code": code_hash(),
        "region": sweep.study.region.digest,
        "scenario": scenario.name,
        "scenario text": hashlib.sha256(scenario.text.encode()).hexdigest(),
        "baseline text": hashlib.sha256(before.text.encode()).hexdigest() if before else "",
        "start": scenario.start,
        "months": scenario.months,
        "seed": scenario.seed,
        "members": sweep.members,
        "design": design if sweep.study.settings else "none",
        "settings": {one.name: [one.low, one.high] for one in sweep.study.settings},
        "points": len(sweep.points),
        "points hash": hashlib.sha256(sweep.points.tobytes()).hexdigest(),
        "outcomes": list(outcomes),
        "shocks": sweep.study.shocks,
        "runs": sweep.runs,
        "chunk": sweep.chunk,
        "chunks": sweep.chunks,
    }


def code_hash() -> str:
    """Return the sha256 of the program's own files."""
    total = hashlib.sha256()
    for file in sorted(PACKAGE.rglob("*.py")):
        total.update(file.relative_to(PACKAGE).as_posix().encode() + b"\0" + file.read_bytes())
    return total.hexdigest()
