"""The lenses on hedging and the numbers beside them: changes by state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from sim.report import palette
from sim.report.figures.axes import column_axis, column_units, in_columns, lying_whiskers, rows_for
from sim.report.figures.bands import Band, symmetric
from sim.report.figures.canvas import blank, note_at, place_on, styled
from sim.report.figures.lettering import name_of, wrapped


@styled
def lenses(
    states: Sequence[str],
    changes: Mapping[str, Band],
    units: Mapping[str, str],
    title: str,
    subtitle: str = "",
    names: Mapping[str, str] | None = None,
    least: Mapping[str, float] | None = None,
) -> Figure:
    """Return changes against the baseline by state, a column a measure with a scale of its own.

    The columns come as they are ordered in `changes`; each band has shape (state,). `units` says
    what each is measured in, `least` what its scale never closes in on less than.
    """
    tall = 0.3 * len(states)
    figure = blank(tall + 2.05, title, subtitle)
    axes = place_on(figure, 1.0, 1.05, 6.05, tall)
    heights = rows_for(axes, [name_of(state, names) for state in states])[:, None]
    limits = [symmetric(band, (least or {}).get(name, 0.0)) for name, band in changes.items()]
    low, middle, high = (
        in_columns(np.stack([band[part] for band in changes.values()], axis=-1), limits)
        for part in range(3)
    )
    look = palette.RUNS["scenario"]
    lying_whiskers(axes, heights, (low, middle, high), look.colour)
    axes.plot(
        middle.ravel(),
        np.broadcast_to(heights, middle.shape).ravel(),
        "o",
        color=look.colour,
        ms=4.5,
    )
    column_axis(axes, limits, [wrapped(name, 15, 2) for name in changes])
    column_units(axes, [wrapped(units.get(name, ""), 12, 2) for name in changes])
    note_at(figure, 0.09, 0.08, LENS_NOTE)
    return figure


LENS_NOTE = (
    "Right of the upright line: more than in the baseline. Dots: medians of runs; lines: 90% of\n"
    "runs. Each column has a scale of its own."
)
