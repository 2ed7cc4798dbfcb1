"""What the loss of a power would cost at some dates, and what the spread costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.report import palette
from sim.report.figures.axes import column_heads, filling
from sim.report.figures.bands import Array, Band, reach
from sim.report.figures.canvas import blank, legend_at, place_on, styled
from sim.report.figures.lettering import name_of
from sim.report.palette import Look

BETWEEN = 0.5
"""Between two states, in dates."""


@styled
def insurance(
    states: Sequence[str],
    dates: Sequence[str],
    losses: Mapping[str, Band],
    premium: Band,
    title: str,
    unit: str = "% of GDP",
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Return the loss if a power withdrew, at some dates, and the premium, a column a state.

    `losses` maps a power's code to a band of shape (state, date): the twelve-month loss; `premium`
    has the same shape. The worst of the powers is outlined.
    """
    figure = blank(3.95, title, unit)
    axes = place_on(figure, 0.45, 1.05, 6.65, 2.2)
    starts = np.arange(len(states)) * (len(dates) + BETWEEN)
    places = starts[:, None] + np.arange(len(dates)) + 0.5
    date_axis(axes, places, dates, reach([*losses.values(), premium]))
    column_heads(axes, starts, [name_of(state, names) for state in states])
    thick = 0.84 / (len(losses) + 1)
    worst = np.argmax(np.stack([band[1] for band in losses.values()]), axis=0)
    for slot, (power, band) in enumerate(losses.items()):
        at = places + thick * (slot - len(losses) / 2)
        loss_bars(axes, at, band, palette.partner_look(power), thick)
        outlines(axes, at[worst == slot], band[1][worst == slot], thick)
    at = places + thick * len(losses) / 2
    upright_whiskers(axes, at, premium, palette.INK)
    axes.plot(at.ravel(), premium[1].ravel(), **PREMIUM)
    legend_at(figure, 0.09, 0.55, loss_handles(losses, names), columns=3)
    return figure


def date_axis(axes: Axes, places: Array, dates: Sequence[str], limits: tuple[float, float]) -> None:
    """Label the dates below each state, and draw the line of no loss."""
    axes.set_xlim(0, places.max() + 0.5)
    axes.set_xticks(places.ravel(), list(dates) * len(places))
    axes.set_ylim(*limits)
    axes.grid(False, axis="x")
    axes.spines[:].set_visible(False)
    axes.axhline(0, color=palette.GREY, lw=0.8)


PREMIUM: dict[str, Any] = {
    "ls": "none",
    "marker": "D",
    "ms": 4.5,
    "mfc": "white",
    "mec": palette.INK,
    "zorder": 5,
}


def standing(places: Array, tops: Array, thick: float) -> Array:
    """Return the corners of bars that stand on zero, shape (bar, corner, 2)."""
    left, right, none = places - thick / 2, places + thick / 2, np.zeros_like(tops)
    corners = ((left, none), (right, none), (right, tops), (left, tops))
    return np.stack([np.stack([x, y], axis=-1) for x, y in corners], axis=1)


def loss_bars(axes: Axes, places: Array, band: Band, look: Look, thick: float) -> None:
    """Draw upright bars of loss with whiskers over 90% of runs."""
    bars = standing(places.ravel(), band[1].ravel(), thick * 0.94)
    axes.add_collection(PolyCollection(list(bars), **filling(look)), autolim=False)
    upright_whiskers(axes, places, band, palette.GREY)


def outlines(axes: Axes, places: Array, tops: Array, thick: float) -> None:
    """Outline the bars that are the worst."""
    bars = list(standing(places, tops, thick * 0.94))
    axes.add_collection(
        PolyCollection(bars, facecolor="none", edgecolor=palette.INK, lw=1.2), autolim=False
    )


def upright_whiskers(axes: Axes, places: Array, band: Band, colour: str) -> None:
    """Draw upright lines from the 5th to the 95th percentile."""
    at, low, high = places.ravel(), band[0].ravel(), band[2].ravel()
    segments = np.stack([np.stack([at, low], axis=-1), np.stack([at, high], axis=-1)], axis=1)
    axes.add_collection(LineCollection(list(segments), colors=colour, lw=0.9), autolim=False)


def loss_handles(losses: Mapping[str, Band], names: Mapping[str, str] | None) -> list[Any]:
    """Return the legend of the losses: an entry a power, the worst, the premium, the band."""
    looks = {power: palette.partner_look(power) for power in losses}
    return [
        *(
            Patch(label=f"{name_of(power, names)} withdraws", **filling(look))
            for power, look in looks.items()
        ),
        Patch(facecolor="white", edgecolor=palette.INK, lw=1.2, label="the worst case"),
        Line2D([], [], label="premium", **PREMIUM),
        Line2D([], [], color=palette.GREY, lw=1, label="90% of runs"),
    ]
