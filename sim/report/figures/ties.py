"""Imposed and chosen change of ties, by state and date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.report import palette
from sim.report.figures.axes import (
    column_axis,
    filling,
    in_columns,
    lying_bars,
    lying_whiskers,
    rows_for,
)
from sim.report.figures.bands import Band, reach
from sim.report.figures.canvas import blank, legend_at, place_on, styled
from sim.report.figures.lettering import name_of

LABELS = {
    "imposed": "imposed: it happened to the state",
    "chosen": "chosen: the state decided it",
}


@styled
def imposed_chosen(
    states: Sequence[str],
    periods: Sequence[str],
    imposed: Band,
    chosen: Band,
    title: str,
    unit: str,
    names: Mapping[str, str] | None = None,
    least: float = 0.0,
) -> Figure:
    """Return bars of imposed and chosen change by state, a column a date; bands (state, date).

    All columns share one scale, which never closes in on less than `least`.
    """
    tall = 0.42 * len(states)
    figure = blank(tall + 1.6, title, f"{unit}; bars: medians of runs, which need not add up")
    axes = place_on(figure, 1.0, 0.62, 6.05, tall)
    low, high = reach([imposed, chosen])
    limits = [(min(low, -least), max(high, least))] * len(periods)
    heights = rows_for(axes, [name_of(state, names) for state in states])[:, None]
    zero = in_columns(np.zeros(len(periods)), limits)
    for part, band, shift in (("imposed", imposed, -0.19), ("chosen", chosen, 0.19)):
        look = palette.PARTS[part]
        placed = (
            in_columns(band[0], limits),
            in_columns(band[1], limits),
            in_columns(band[2], limits),
        )
        lying_bars(axes, heights + shift, zero, placed[1], look, 0.34)
        lying_whiskers(axes, heights + shift, placed)
    column_axis(axes, limits, periods)
    legend_at(figure, 0.09, 0.28, part_handles(), columns=3)
    return figure


def part_handles() -> list[Any]:
    """Return the legend: imposed, chosen, and the band."""
    parts = [Patch(label=LABELS[part], **filling(look)) for part, look in palette.PARTS.items()]
    return [*parts, Line2D([], [], color=palette.INK, lw=1, label="90% of runs")]
