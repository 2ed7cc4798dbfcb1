"""Axes that several figures share: months, rows, columns side by side, bars and whiskers.

Panels that stand side by side are one pair of axes with gaps: axes cost more than what is in them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patches import Patch

from sim.report import palette
from sim.report.figures.bands import Array, Band
from sim.report.figures.canvas import SMALL
from sim.report.palette import Look

GAP = 0.15
"""Between columns that stand side by side, in widths of a column."""

QUIET: dict[str, Any] = {"size": SMALL, "weight": "normal", "color": palette.GREY, "pad": 3}
"""How the title of a lower panel is written."""

LEAST_SHADE = 0.02
"""A shade is never narrower than this part of its column: a single month is still seen."""

MOST_YEARS = 3
"""Most years written below a narrow column."""


def round_ticks(low: float, high: float, most: int = 3) -> list[float]:
    """Return at most so many multiples of a round step that lie well between two limits."""
    inner = 0.09 * (high - low)  # keeps numbers of neighbours apart
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    for step in (power * part for part in (1, 2, 3, 4, 5, 10, 20, 30, 40, 50)):
        first, last = math.ceil((low + inner) / step), math.floor((high - inner) / step)
        if last - first < most:
            return [step * place for place in range(first, last + 1)]
    return [0.0]


def tick_label(tick: float) -> str:
    """Return a round number as it is written on an axis, with a true minus sign."""
    return f"{tick:.4g}".replace("-", "\N{MINUS SIGN}") if abs(tick) > 1e-12 else "0"


def column_starts(count: int) -> Array:
    """Return where columns of width 1 begin that stand side by side."""
    return np.arange(count) * (1 + GAP)


def in_columns(amounts: Array, limits: Sequence[tuple[float, float]]) -> Array:
    """Return where amounts (*batch, column) lie across columns, each between limits of its own."""
    low, high = np.array(limits).T
    return np.asarray(column_starts(len(limits)) + (amounts - low) / (high - low))


def column_axis(
    axes: Axes, limits: Sequence[tuple[float, float]], heads: Sequence[str], most: int = 3
) -> None:
    """Label columns side by side: their heads on top, round numbers below, an upright at zero."""
    starts = column_starts(len(limits))
    places, labels = [], []
    for start, (low, high) in zip(starts, limits, strict=True):
        ticks = round_ticks(low, high, most)
        if len(ticks) == 1:  # zero alone is no scale
            ticks = round_ticks(low, high, most + 1)
        places += [start + (tick - low) / (high - low) for tick in ticks]
        labels += [tick_label(tick) for tick in ticks]
    axes.set_xlim(0, starts[-1] + 1)
    axes.set_xticks(places, labels)
    uprights(axes, in_columns(np.zeros(len(limits)), limits), palette.GREY)
    axes.spines[:].set_visible(False)
    column_heads(axes, starts, heads)


def column_heads(axes: Axes, starts: Array, heads: Sequence[str]) -> None:
    """Write a head above each column, in bold."""
    for start, head in zip(starts, heads, strict=True):
        axes.annotate(
            head,
            (start, 1.0),
            xycoords=axes.get_xaxis_transform(),
            xytext=(0, 4),
            textcoords="offset points",
            size=SMALL,
            weight="bold",
        )


def column_units(axes: Axes, units: Sequence[str]) -> None:
    """Write below each column what it is measured in."""
    for start, unit in zip(column_starts(len(units)), units, strict=True):
        axes.annotate(
            unit,
            (start + 0.5, 0.0),
            xycoords=axes.get_xaxis_transform(),
            xytext=(0, -18),
            textcoords="offset points",
            ha="center",
            va="top",
            color=palette.GREY,
            size=SMALL,
        )


def uprights(axes: Axes, places: Array | Sequence[float], colour: str) -> None:
    """Draw thin lines from the bottom to the top of the axes."""
    axes.add_collection(
        LineCollection(
            [[(x, 0), (x, 1)] for x in places],
            colors=colour,
            lw=0.8,
            transform=axes.get_xaxis_transform(),
            zorder=1,
        ),
        autolim=False,
    )


def column_width(months: Sequence[str]) -> float:
    """Return how far apart columns over months begin, in months."""
    return (1 + GAP) * max(len(months) - 1, 1)


def month_columns(axes: Axes, months: Sequence[str], count: int, labelled: bool) -> None:
    """Rule columns over the same months by year, with the years written below if `labelled`."""
    starts = np.arange(count) * column_width(months)
    januaries = [(place, month[:4]) for place, month in enumerate(months) if month[5:] == "01"]
    step = max(1, math.ceil(len(januaries) / MOST_YEARS))
    marked = januaries[::step] or [(0, months[0])]
    places = [float(start) + place for start in starts for place, _ in marked]
    if labelled:
        axes.set_xticks(places, [label for _ in starts for _, label in marked])
    else:
        axes.xaxis.set_visible(False)
        uprights(axes, places, palette.GRID)
    axes.set_xlim(0, starts[-1] + max(len(months) - 1, 1))
    axes.spines[:].set_visible(False)
    uprights(axes, starts, palette.PALE)


def joined(of_columns: Array) -> Array:
    """Return rows (column, month) as one row with a gap after each column, for one line."""
    gap = np.full((len(of_columns), 1), np.nan)
    return np.concatenate([of_columns, gap], axis=1).ravel()


def joined_places(months: Sequence[str], count: int) -> Array:
    """Return where the numbers of a joined row stand along the axis."""
    starts = np.arange(count)[:, None] * column_width(months)
    return np.asarray(joined(starts + np.arange(len(months), dtype=float)))


def year_axis(axes: Axes, months: Sequence[str]) -> None:
    """Label the Januaries among months "YYYY-MM" drawn at 0, 1, 2, ... with their years."""
    januaries = [(place, month[:4]) for place, month in enumerate(months) if month[5:] == "01"]
    step = max(1, math.ceil(len(januaries) / 5))
    marked = januaries[::step] or [(0, months[0])]
    axes.set_xticks([place for place, _ in marked], [label for _, label in marked])
    axes.set_xlim(0, max(len(months) - 1, 1))


def inside(months: Sequence[str], window: tuple[str, str] | None) -> tuple[float, float] | None:
    """Return from where to where the months of a window reach, both within it; None without."""
    if window is None:
        return None
    places = [place for place, month in enumerate(months) if window[0] <= month <= window[1]]
    return (places[0] - 0.5, places[-1] + 0.5) if places else None


def shade(axes: Axes, starts: Array, months: Sequence[str], window: tuple[str, str] | None) -> None:
    """Shade the months of a window in each of the columns that begin at some places."""
    found = inside(months, window)
    if found is None:
        return
    first, last = max(found[0], 0.0), min(found[1], len(months) - 1.0)
    last = max(last, first + LEAST_SHADE * len(months))
    corners = [[(s + first, 0), (s + last, 0), (s + last, 1), (s + first, 1)] for s in starts]
    axes.add_collection(
        PolyCollection(
            corners,
            facecolor=palette.WINDOW,
            lw=0,
            transform=axes.get_xaxis_transform(),
            zorder=0,
        ),
        autolim=False,
    )


def window_label(window: tuple[str, str]) -> str:
    """Return the months of a window in words."""
    first, last = window
    return first if first == last else f"{first} to {last}"


def window_patch(label: str) -> Patch:
    """Return the legend's entry for the shaded months."""
    return Patch(facecolor=palette.WINDOW, edgecolor=palette.PALE, lw=0.5, label=label)


def rows_for(axes: Axes, labels: Sequence[str]) -> Array:
    """Return the heights of labelled rows, the first on top, and label them."""
    places = np.arange(len(labels), dtype=float)
    axes.set_yticks(places, labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0, labelcolor=palette.INK)
    axes.grid(False, axis="y")
    return places


def lying_bars(
    axes: Axes, heights: Array, starts: Array, ends: Array, look: Look, thick: float
) -> None:
    """Draw bars of one look that lie between starts and ends, all of one shape."""
    starts, ends, heights = (part.ravel() for part in np.broadcast_arrays(starts, ends, heights))
    low, high = heights - thick / 2, heights + thick / 2
    corners = np.stack(
        [
            np.stack([x, y], axis=-1)
            for x, y in ((starts, low), (ends, low), (ends, high), (starts, high))
        ],
        axis=1,
    )
    axes.add_collection(PolyCollection(list(corners), **filling(look)), autolim=False)


def filling(look: Look) -> dict[str, Any]:
    """Return how areas of one look are filled."""
    return {"facecolor": look.colour, "hatch": look.hatch, "edgecolor": "white", "lw": 0}


def lying_whiskers(axes: Axes, heights: Array, band: Band, colour: str = palette.INK) -> None:
    """Draw lines from the 5th to the 95th percentile, all of one shape."""
    low, _, high, at = (part.ravel() for part in np.broadcast_arrays(*band, heights))
    segments = np.stack([np.stack([low, at], axis=-1), np.stack([high, at], axis=-1)], axis=1)
    axes.add_collection(
        LineCollection(list(segments), colors=colour, lw=1.0, zorder=3), autolim=False
    )
