"""Figures that were observed against the bands of runs, a panel for each series in its own unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.report import palette
from sim.report.figures.axes import round_ticks, rows_for, tick_label
from sim.report.figures.canvas import WIDTH, legend_at, place_on
from sim.report.palette import Look

LANE, GAP = 0.11, 0.1
"""Inches: the height of one line of a row, and what is left between rows."""

ABOVE, BELOW = 0.3, 0.44
"""Inches: for a panel's title, and for its numbers and unit."""

LEFT, WIDE = 2.0, 4.95
"""Inches: where panels begin, and how wide they are."""

MARGIN = 0.06
"""Beside the farthest number, in parts of what is drawn."""

MOST_TICKS = 5

LETTERS = 24
"""Of a run's name, where the legend has two columns."""

STILL = Look(palette.RUNS["baseline"].colour, marker="|", line="-")
"""How the base year for ever is drawn."""

ARMS = (palette.ARMS[0], palette.ARMS[1])
MARKERS = ("o", "s")
"""How runs are drawn, in their order."""

Band = tuple[float, float, float]
"""5th percentile, median, 95th."""


@dataclass(frozen=True)
class Row:
    """One figure, what each run says of it, and what it was in the base year."""

    name: str
    observed: float
    runs: tuple[Band, ...]
    still: Band
    stated: bool  # by an event


@dataclass(frozen=True)
class Panel:
    """One series."""

    title: str
    unit: str
    rows: tuple[Row, ...]


def observed(figure: Figure, panels: Sequence[Panel], runs: Sequence[str]) -> None:
    """Draw a panel for each series, a row for each figure, a line in it for each run."""
    row = LANE * (len(runs) + 2) + GAP
    tall = [row * len(panel.rows) for panel in panels]
    columns = 1 if max(map(len, runs)) > LETTERS else 2
    legend = 0.12 + 0.17 * -(-(len(runs) + 2) // columns)
    height = legend + sum(tall) + (ABOVE + BELOW) * len(panels)
    figure.set_size_inches(WIDTH, height)
    legend_at(figure, 0.09, height - 0.08, handles(runs), columns)
    top = height - legend
    for panel, own in zip(panels, tall, strict=True):
        top -= ABOVE + own
        one_panel(place_on(figure, LEFT, top, WIDE, own), panel, row)
        top -= BELOW


def one_panel(axes: Axes, panel: Panel, row: float) -> None:
    """Draw one series."""
    low, high = reach(panel.rows)
    axes.set_xlim(low, high)
    for height, one in zip(rows_for(axes, [one.name for one in panel.rows]), panel.rows,
                           strict=True):  # fmt: skip
        one_row(axes, float(height), one, LANE / row)
    for edge in np.arange(len(panel.rows) - 1) + 0.5:
        axes.axhline(edge, color=palette.GRID, lw=0.6)
    ticks = [tick for tick in round_ticks(*wider(low, high), MOST_TICKS) if low <= tick <= high]
    axes.set_xticks(ticks, list(map(tick_label, ticks)))
    axes.set_xlabel(panel.unit, labelpad=2)
    axes.set_title(panel.title, pad=5)


def wider(low: float, high: float) -> tuple[float, float]:
    """Return limits so far out that round numbers at the ends are labelled: nothing is beside."""
    room = 0.1 * (high - low)
    return low - room, high + room


def one_row(axes: Axes, height: float, one: Row, lane: float) -> None:
    """Draw the figure on top, then the runs in their order, then the base year."""
    lanes = height + lane * (np.arange(len(one.runs) + 2) - (len(one.runs) + 1) / 2.0)
    axes.plot([one.observed] * 2, [lanes[0], lanes[-1]], color=palette.PALE, lw=0.8, ls=":",
              zorder=1)  # fmt: skip
    axes.plot(one.observed, lanes[0], **observed_style(one.stated), zorder=4)
    for place, band, style in zip(
        lanes[1:], (*one.runs, one.still), (*run_styles(len(one.runs)), still_style()), strict=True
    ):
        low, middle, high = band
        axes.plot([low, high], [place, place], color=style["color"], lw=style["lw"],
                  solid_capstyle="butt", zorder=2)  # fmt: skip
        axes.plot(middle, place, **{**style, "ls": ""}, zorder=3)


def reach(rows: Sequence[Row]) -> tuple[float, float]:
    """Return limits that hold all that is drawn, with a margin; of a lone number, from zero on."""
    numbers = [n for row in rows for band in (*row.runs, row.still) for n in band]
    numbers += [row.observed for row in rows]
    low, high = min(numbers), max(numbers)
    if high - low <= 1e-6 * max(abs(low), abs(high), 1e-9):
        low, high = min(0.0, low), max(0.0, high) or 1.0
    room = MARGIN * (high - low)
    return low - room, high + room


def observed_style(stated: bool) -> dict[str, Any]:
    """Return how a figure is drawn: hollow where an event states it."""
    face = "white" if stated else palette.INK
    return {"color": palette.INK, "marker": "D", "ms": 4.5, "mfc": face, "ls": ""}


def run_styles(count: int) -> list[dict[str, Any]]:
    """Return how runs are drawn, in their order."""
    return [
        {"color": ARMS[k].colour, "marker": MARKERS[k], "ms": 4, "lw": 1.8} for k in range(count)
    ]


def still_style() -> dict[str, Any]:
    """Return how the base year for ever is drawn."""
    return {"color": STILL.colour, "marker": STILL.marker, "ms": 6, "lw": 1.0}


def handles(runs: Sequence[str]) -> list[Line2D]:
    """Return the legend: the figure, the runs, the base year."""
    made = [Line2D([], [], **observed_style(False), label="observed")]
    made += [
        Line2D([], [], **style, label=f"{name}: median and 90% band")
        for name, style in zip(runs, run_styles(len(runs)), strict=True)
    ]
    made.append(Line2D([], [], **still_style(), label="2021 for ever: median and 90% band"))
    return made
