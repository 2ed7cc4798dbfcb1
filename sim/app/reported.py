"""Predictions against what the articles report: which way a quantity went in the history.

Each question is one pattern of `validate` told as a direction. The runs that stand beside it are
those of the history's shocks alone: what the rules make of what came from outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np

from sim.app.document import Refusal
from sim.app.sheet import DIRECTIONS, chances
from sim.asking import scenario_of
from sim.reading.csv_lines import doubled, empty, read_table, refuse, unknown
from sim.reading.tables import region_folder
from sim.region import Region
from sim.report.facts import read_facts
from sim.study.formula import Formula, formula
from sim.study.pattern_table import read_patterns
from sim.study.patterns import Pattern, Runs, play

Record = dict[str, Any]

COLUMNS = ("id", "pattern", "change", "least", "reported")

HISTORY, MEMBERS = "history_shocks_only", 200


@dataclass(frozen=True)
class Reported:
    """A question that the articles answer: which way something went since the base year."""

    code: str
    pattern: Pattern
    measure: Formula  # the change, member by member
    least: float  # below it no change counts
    reported: str  # lower | same | higher


def questions(region: Region) -> tuple[Reported, ...]:
    """Return the questions of a region, or say all that is wrong with their table."""
    table = read_table(region_folder(region.name) / "reported.csv", COLUMNS)
    patterns = {one.code: one for one in read_patterns(region)}
    refuse(table.file, doubled(table, "id"))
    for line in table.lines:
        refuse(table.file, empty(line, COLUMNS))
        refuse(table.file, unknown(line, "pattern", patterns, "pattern"))
        refuse(table.file, unknown(line, "reported", DIRECTIONS, "direction"))
    return tuple(
        Reported(
            line["id"], patterns[line["pattern"]], formula(line["change"], region, ()),
            float(line["least"]), line["reported"],
        )
        for line in table.lines
    )  # fmt: skip


def shares(one: Reported, runs: Runs) -> Record:
    """Return in what share of the runs (0 to 1) it went each way."""
    change = one.measure.value(runs.read)
    up, down = (change >= one.least).mean(), (change <= -one.least).mean()
    return {"lower": float(down), "same": float(1.0 - up - down), "higher": float(up)}


class Articles:
    """The questions, and what the runs say of them: played once, when first asked."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self._runs: Runs | None = None
        self._lock = Lock()

    @cached_property
    def questions(self) -> dict[str, Reported]:
        """The questions by name, read when first asked for: the app begins without them."""
        return {one.code: one for one in questions(self.region)}

    def runs(self) -> Runs:
        """Return the history's shocks, played for all members; whoever asks meanwhile waits."""
        with self._lock:
            if self._runs is None:
                _, history = scenario_of(HISTORY, played=False)
                some = tuple(self.questions.values())
                self._runs = play(self.region, history, (), some, MEMBERS)  # type: ignore[arg-type]
            return self._runs

    def answer(self, asked: Mapping[str, Any], direction: str, sure: float) -> Record:
        """Return what the articles report, what the runs say, and how a prediction scores.

        Brier over the three directions: against the articles, of the prediction and of the runs.
        """
        one = self.questions.get(str(asked.get("question")))
        if one is None:
            raise Refusal("there is no such question")
        of_runs = shares(one, self.runs())
        facts = read_facts(self.region.name)
        return {
            "reported": one.reported,
            "runs": of_runs,
            "members": MEMBERS,
            "brier": against(chances(direction, sure), one.reported),
            "runs_brier": against([of_runs[name] for name in DIRECTIONS], one.reported),
            "facts": [
                {"code": facts[code].code, "outlet": facts[code].outlet, "date": facts[code].date,
                 "claim": facts[code].claim, "phrase": facts[code].phrase}
                for code in one.pattern.facts
            ],
        }  # fmt: skip


def against(given: list[float], reported: str) -> float:
    """Return the Brier score of chances for the three directions, one of which was reported."""
    truth = [float(name == reported) for name in DIRECTIONS]
    return float(np.square(np.subtract(given, truth)).sum())
