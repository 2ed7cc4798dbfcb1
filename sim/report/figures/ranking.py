"""Several scenarios side by side: how far each moves an outcome, a column an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.report import palette
from sim.report.figures.axes import column_axis, column_starts, rows_for
from sim.report.figures.bands import Band, reach
from sim.report.figures.canvas import SMALL, WIDTH, legend_at, place_on
from sim.report.figures.lettering import wrapped

LETTERS, LINES = 24, 3
"""Of a scenario's name, a line and at most."""

HEAD, HEAD_LINES = 15, 2
"""Letters of a column's head in a line, and its lines."""

UNIT, UNIT_LINES = 12, 2
"""The same of its unit below."""

NARROW = 4
"""Columns from which on each has room for two numbers only."""

MARGIN = 0.12
"""Room on each side of what is drawn, in parts of it."""

ROW = 0.5
"""Inches."""

WHOLE: dict[str, Any] = {"color": palette.RUNS["scenario"].colour, "marker": "o", "ms": 5.5}
PART: dict[str, Any] = {"ms": 4.0, "ls": ""}
BELOW = 0.22
"""How far below the whole its parts are drawn, in rows."""


@dataclass(frozen=True)
class Column:
    """One outcome: its changes by scenario, each band with shape (scenario,)."""

    head: str
    quantity: str
    unit: str
    whole: Band
    imposed: Sequence[float | None]  # medians
    chosen: Sequence[float | None]


def ranking(figure: Figure, scenarios: Sequence[str], columns: Sequence[Column]) -> None:
    """Draw a row for each scenario and a column for each outcome.

    Columns of one quantity have one scale, so that they can be compared.
    """
    tall = ROW * len(scenarios)
    figure.set_size_inches(WIDTH, tall + 1.35)
    axes = place_on(figure, 1.75, 0.95, WIDTH - 1.95, tall)
    heights = rows_for(axes, [wrapped(name, LETTERS, LINES) for name in scenarios])
    limits = [scale(columns, column.quantity) for column in columns]
    for place, column in enumerate(columns):
        for row, height in enumerate(heights):
            low, middle, high = (float(part[row]) for part in column.whole)
            ends = across([low, high], place, limits)
            axes.plot(ends, [height] * 2, color=WHOLE["color"], lw=1.4, zorder=3)
            axes.plot(across([middle], place, limits), [height], **WHOLE, zorder=4)
            for name, parts in (("imposed", column.imposed), ("chosen", column.chosen)):
                part = parts[row]
                if part is not None:
                    axes.plot(
                        across([part], place, limits), [height + BELOW], **look(name), zorder=4
                    )
    heads = [wrapped(column.head, HEAD, HEAD_LINES) for column in columns]
    column_axis(axes, limits, heads, 2 if len(columns) >= NARROW else 3)
    for start, column in zip(column_starts(len(columns)), columns, strict=True):
        axes.annotate(
            wrapped(column.unit, UNIT, UNIT_LINES), (start + 0.5, 0.0), ha="center", va="top",
            xycoords=axes.get_xaxis_transform(), xytext=(0, -18), textcoords="offset points",
            size=SMALL, color=palette.GREY,
        )  # fmt: skip
    legend_at(figure, 0.09, 0.24, handles(columns), columns=4)


def across(amounts: Sequence[float], column: int, limits: Sequence[tuple[float, float]]) -> Any:
    """Return where amounts lie across one of several columns."""
    low, high = limits[column]
    return [column_starts(len(limits))[column] + (one - low) / (high - low) for one in amounts]


def scale(columns: Sequence[Column], quantity: str) -> tuple[float, float]:
    """Return the limits of all columns of one quantity: what holds zero and every band."""
    return reach([column.whole for column in columns if column.quantity == quantity], MARGIN)


def look(name: str) -> dict[str, Any]:
    """Return how a part of a change is drawn."""
    known = palette.PARTS[name]
    return {**PART, "color": known.colour, "marker": known.marker}


def handles(columns: Sequence[Column]) -> list[Line2D]:
    """Return the entries of the legend: the whole, and parts where there are any."""
    whole = [
        Line2D([], [], **WHOLE, ls="", label="change, median of runs"),
        Line2D([], [], color=WHOLE["color"], lw=1.4, label="90% of runs"),
    ]
    parts = [
        Line2D([], [], **look(name), label=f"{name}, median") for name in ("imposed", "chosen")
    ]
    some = any(part is not None for column in columns for part in column.imposed)
    return [*whole, *(parts if some else [])]
