"""What a benchmark finds: lines of a table, and the same as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

RECORDABLE = 3
"""Digits of a ratio that are kept: more would be noise."""


@dataclass(frozen=True)
class Finding:
    """One thing measured, and what it is compared with in the same run."""

    part: str
    what: str
    measured: float
    unit: str
    ratio: float | None = None
    over: str = ""  # what the ratio is over: "the floor"
    better: Literal["lower", "higher"] = "lower"
    note: str = ""

    @property
    def name(self) -> str:
        """The name under which a ratio is recorded."""
        return f"{self.part}: {self.what}"


@dataclass(frozen=True)
class Size:
    """How much of everything is measured."""

    quick: bool
    repeats: int = 5


def ratios(findings: Sequence[Finding]) -> dict[str, dict[str, Any]]:
    """Return the ratios by name, with what they are over and which way is better."""
    return {
        one.name: {"ratio": rounded(one.ratio), "over": one.over, "better": one.better}
        for one in findings
        if one.ratio is not None
    }


def rounded(number: float) -> float:
    """Return a number with as many digits as it deserves."""
    return float(f"{number:.{RECORDABLE}g}")


def as_table(findings: Sequence[Finding]) -> str:
    """Return findings as lines for the terminal, a heading for each part."""
    rows = [(one.what, _told(one.measured, one.unit), _ratio(one), one.note) for one in findings]
    widths = [max((len(row[k]) for row in rows), default=0) for k in range(3)]
    lines: list[str] = []
    part = ""
    for one, row in zip(findings, rows, strict=True):
        if one.part != part:
            lines += ["", one.part]
        part = one.part
        what, measured, ratio, note = row
        line = f"  {what:<{widths[0]}}  {measured:>{widths[1]}}  {ratio:<{widths[2]}}"
        lines.append(line.rstrip())
        if note:
            lines.append(f"    {note}")
    return "\n".join(lines[1:])


def _told(number: float, unit: str) -> str:
    return f"{number:,.{0 if abs(number) >= 100 else 1 if abs(number) >= 10 else 2}f} {unit}"


def _ratio(one: Finding) -> str:
    if one.ratio is None:
        return ""
    shown = f"{one.ratio:,.0f}" if one.ratio >= 100 else f"{one.ratio:.3g}"
    return f"{shown} x {one.over}" if one.over else f"{shown}"


def as_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings as they stand in the JSON."""
    return [{key: told for key, told in asdict(one).items() if told != ""} for one in findings]
