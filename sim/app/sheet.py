"""The sheet of a class: what everybody predicted, and how it was scored against the runs."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any

from sim.app.document import Refusal
from sim.folders import readable_errors

Record = dict[str, Any]

DIRECTIONS = ("lower", "same", "higher")

LEAST = 0.1
"""Points of share: below it no change can be told from nothing, as everywhere."""

UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
"""Letters of a name that nobody sees, or that turn those beside them around."""

LONGEST_NAME = 40
MOST_POINTS = 100.0
LEAST_SURE = 1 / 3

MOST_ROWS = 2_000
"""Predictions of a sheet; a class has thirty to a question."""


@dataclass(frozen=True)
class Row:
    """One prediction, and its scores: 0 is best for both."""

    who: str
    scenario: str
    direction: str
    size: float  # points of share, with its sign
    sure: float  # of the direction
    brier: float
    crps: float | None  # nothing where no size was asked for
    again: bool = False  # this one had predicted the same before: the first counts


def scores(predicted: Sequence[float], direction: str, size: float, sure: float) -> Record:
    """Return how a prediction is scored against the members of a run.

    Brier score over the three directions, mean over the members (Brier 1950); CRPS of a lone
    number: the mean distance from them (Gneiting and Raftery 2007). Changes and size in points.
    """
    shares = [sum(way(one) == name for one in predicted) / len(predicted) for name in DIRECTIONS]
    given = chances(direction, sure)
    squares = sum(one * one for one in given)
    return {
        "brier": squares - 2.0 * sum(g * s for g, s in zip(given, shares, strict=True)) + 1.0,
        "crps": sum(abs(one - size) for one in predicted) / len(predicted),
    }


def chances(direction: str, sure: float) -> list[float]:
    """Return the chances that a prediction gives: its confidence, and the rest in halves."""
    return [sure if name == direction else (1.0 - sure) / 2.0 for name in DIRECTIONS]


def way(change: float) -> str:
    """Return what a change is called: a small one is no real change."""
    return "higher" if change >= LEAST else "lower" if change <= -LEAST else "same"


def checked(asked: Mapping[str, Any]) -> tuple[str, str, float, float]:
    """Return who predicts (or ""), the direction, size and confidence; refuse what is none."""
    who = " ".join(UNSEEN.sub(" ", str(asked.get("who") or "")).split())[:LONGEST_NAME]
    direction = asked.get("direction")
    if direction not in DIRECTIONS:
        raise Refusal(f"a direction is one of {', '.join(DIRECTIONS)}")
    size, sure = _number(asked.get("size")), _number(asked.get("sure"))
    if size is None or abs(size) > MOST_POINTS:
        raise Refusal(f"a size is a number of points, {MOST_POINTS:g} at most")
    if sure is None or not LEAST_SURE - 1e-9 <= sure <= 1.0:
        raise Refusal("a confidence lies between a third and 1")
    return who, str(direction), size, sure


def _number(given: Any) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    return float(given) if abs(given) < 1e9 else None


class Sheet:
    """The sheet as it is kept: a line for each prediction, on the disk before it is answered."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.board = False  # whether the class may see who scored how
        self._lock = Lock()
        with readable_errors(file.parent):
            file.parent.mkdir(parents=True, exist_ok=True)
            self._rows = kept(file)
            mended(file)

    def add(self, asked: Mapping[str, Any], scenario: str, members: Sequence[float]) -> Row:
        """Put a prediction down with its scores; a second one on the same question is marked."""
        who, direction, size, sure = checked(asked)
        found = scores(members, direction, size, sure)
        return self._put(Row(who, scenario, direction, size, sure, **found))

    def put(self, who: str, question: str, direction: str, sure: float, brier: float) -> Row:
        """Put a prediction of a direction down that was scored against the articles."""
        return self._put(Row(who, question, direction, 0.0, sure, brier, None))

    def _put(self, row: Row) -> Row:
        with self._lock:
            if len(self._rows) >= MOST_ROWS:
                raise Refusal("the sheet is full; the teacher can begin a new one")
            if not row.who:  # nobody is anybody else's second prediction
                row = replace(row, who=f"anonymous {len(self._rows) + 1}")
            same = (row.who, row.scenario)
            row = replace(row, again=any((one.who, one.scenario) == same for one in self._rows))
            self._write(row)
            self._rows.append(row)
        return row

    def rows(self) -> list[Record]:
        """Return all predictions, in the order in which they came."""
        return [asdict(one) for one in self._rows]

    def leaders(self) -> list[Record]:
        """Return who predicted best: the mean Brier score of first predictions, best first.

        Of those that were scored against runs: against the articles is another score.
        """
        found: dict[str, list[Row]] = {}
        for one in self._rows:
            if not one.again and one.crps is not None:
                found.setdefault(one.who, []).append(one)
        board = [
            {
                "who": who,
                "predictions": len(rows),
                "brier": sum(one.brier for one in rows) / len(rows),
                "crps": sum(one.crps or 0.0 for one in rows) / len(rows),
            }
            for who, rows in found.items()
        ]
        return sorted(board, key=lambda one: (one["brier"], one["crps"], one["who"]))

    def begin_anew(self) -> None:
        """Put the sheet aside under a name of its own, and begin an empty one."""
        with self._lock, readable_errors(self.file.parent):
            if self.file.exists():
                number = 1
                while (aside := self.file.with_suffix(f".{number}.jsonl")).exists():
                    number += 1
                self.file.rename(aside)
            self._rows = []

    def _write(self, row: Row) -> None:
        """Write a line, whole or not at all: where the disk stops it, what was begun goes again."""
        line = json.dumps(asdict(row), ensure_ascii=False, sort_keys=True) + "\n"
        with readable_errors(self.file.parent, "What was put down before is kept."):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("ab", buffering=0) as lines:
                before = lines.tell()
                try:
                    lines.write(line.encode())
                    os.fsync(lines.fileno())
                except OSError:
                    os.truncate(self.file, before)
                    raise


def kept(file: Path) -> list[Row]:
    """Return the predictions of a sheet that was begun before; a line cut short is left out."""
    if not file.exists():
        return []
    found = []
    for line in file.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            row = Row(**json.loads(line))
        except (ValueError, TypeError):
            continue
        if sound(row):
            found.append(row)
    return found


def sound(row: Row) -> bool:
    """Return whether a row of a sheet that was kept is one that the sheet writes."""
    words = all(isinstance(one, str) for one in (row.who, row.scenario, row.direction))
    numbers = [row.size, row.sure, row.brier, *([] if row.crps is None else [row.crps])]
    return words and all(_number(one) is not None for one in numbers)


def mended(file: Path) -> None:
    """End a line that was cut short, so that the next one stands by itself."""
    if file.exists() and (written := file.read_bytes()) and not written.endswith(b"\n"):
        with file.open("ab") as lines:
            lines.write(b"\n")
