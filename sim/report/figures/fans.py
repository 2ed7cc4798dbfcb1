"""One quantity over the months by state: its level in each run above, what differs below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.report import palette
from sim.report.figures.axes import (
    QUIET,
    column_heads,
    column_width,
    joined,
    joined_places,
    month_columns,
    shade,
    window_label,
    window_patch,
)
from sim.report.figures.bands import Band, reach
from sim.report.figures.canvas import blank, legend_at, note_at, place_on, styled
from sim.report.figures.lettering import name_of
from sim.report.palette import Look

LEFT, WIDE = 0.5, 6.58  # inches: where the columns begin, and how far they go


def draw_run(axes: Axes, months: Sequence[str], band: Band, look: Look, order: float) -> None:
    """Draw one run in all columns: its median as a line, its 90% band as a pale area.

    The dashes of a baseline lie over the scenario: where they agree, both are seen.
    """
    places = joined_places(months, len(band[1]))
    low, middle, high = (joined(part) for part in band)
    axes.fill_between(places, low, high, color=look.colour, alpha=0.2, lw=0)
    axes.plot(places, middle, color=look.colour, ls=look.line, lw=1.5, zorder=order)


def strip(
    figure: Figure, bottom: float, tall: float, months: Sequence[str], count: int, labelled: bool
) -> tuple[Axes, np.ndarray]:
    """Return axes for columns over the months, side by side, and where the columns begin."""
    axes = place_on(figure, LEFT, bottom, WIDE, tall)
    month_columns(axes, months, count, labelled)
    return axes, np.arange(count) * column_width(months)


@styled
def fan_chart(
    months: Sequence[str],
    bands: Mapping[str, Band],
    difference: Band,
    states: Sequence[str],
    title: str,
    unit: str,
    difference_unit: str,
    window: tuple[str, str] | None = None,
    supposed: str = "the event",
    names: Mapping[str, str] | None = None,
    least: float = 0.0,
) -> Figure:
    """Return a column a state: median and 90% band of each run above, of the difference below.

    `bands` maps a run to arrays of shape (state, month), "baseline" first; `difference` has the
    same shape, taken run by run. Its scale never closes in on less than `least`, so that what is
    next to nothing looks so. `window` holds the first and the last month of the event.
    """
    figure = blank(5.0, title, unit)
    level, starts = strip(figure, 2.78, 1.5, months, len(states), False)
    below, _ = strip(figure, 1.02, 1.42, months, len(states), True)
    looks = {run: palette.run_look(run) for run in bands}
    for axes in (level, below):
        shade(axes, starts, months, window)
    for order, (run, band) in enumerate(bands.items()):
        draw_run(level, months, band, looks[run], 3 - order / 2)
    column_heads(level, starts, [name_of(state, names) for state in states])
    level.set_ylim(*room(list(bands.values())))
    level.locator_params(axis="y", nbins=5)
    below.axhline(0, color=palette.GREY, lw=0.8, zorder=1)
    draw_run(below, months, difference, palette.RUNS["scenario"], 2.5)
    below.set_title(f"Difference against the baseline, {difference_unit}", **QUIET)
    low, high = reach([difference])
    below.set_ylim(min(low, -least), max(high, least))
    below.locator_params(axis="y", nbins=5)
    legend_at(figure, 0.09, 0.66, fan_handles(looks, window, supposed), columns=3)
    note_at(figure, 0.09, 0.08, FAN_NOTE)
    return figure


FAN_NOTE = (
    "Lines: medians of runs (dashes on a line: no difference). Areas: 90% of runs. The difference\n"
    "is taken run by run, and has a scale of its own."
)


def room(bands: Sequence[Band]) -> tuple[float, float]:
    """Return limits that hold bands with a margin, zero or not."""
    low = min(float(np.min(band[0])) for band in bands)
    high = max(float(np.max(band[2])) for band in bands)
    margin = 0.05 * (high - low) or max(0.05 * abs(high), 0.05)
    return low - margin, high + margin


def fan_handles(
    looks: Mapping[str, Look], window: tuple[str, str] | None, supposed: str
) -> list[Any]:
    """Return the legend: the runs, and the shaded months."""
    handles: list[Any] = [
        Line2D([], [], color=look.colour, ls=look.line, lw=1.8, label=run)
        for run, look in looks.items()
    ]
    if window is not None:
        handles.append(window_patch(f"{supposed}, {window_label(window)}"))
    return handles
