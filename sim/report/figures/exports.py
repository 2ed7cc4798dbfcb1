"""Where one stream went, by route and month, and what differs from the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.report import palette
from sim.report.figures.axes import QUIET, inside, window_label, year_axis
from sim.report.figures.bands import Array
from sim.report.figures.canvas import blank, legend_at, place_on, styled
from sim.report.figures.lettering import wrapped
from sim.report.palette import Look

MOST_ROUTES = 7


def main_routes(flows: Array, change: Array) -> list[list[int]]:
    """Return the routes that carry or change most, in their order, then the rest as one group."""
    flow, apart = flows.sum(axis=1), np.abs(change).sum(axis=1)
    used = [place for place in range(len(flows)) if max(flow[place], apart[place]) > 1e-9]
    part = flow / max(flow.sum(), 1e-12) + apart / max(apart.sum(), 1e-12)
    ranked = sorted(used, key=lambda place: -float(part[place]))
    kept, rest = sorted(ranked[:MOST_ROUTES]), sorted(ranked[MOST_ROUTES:])
    return [*([place] for place in kept), *([rest] if rest else [])]


@styled
def where_exports_went(
    months: Sequence[str],
    flows: Array,
    change: Array,
    lost: Array,
    routes: Sequence[str],
    title: str,
    unit: str,
    window: tuple[str, str] | None = None,
    supposed: str = "the event",
) -> Figure:
    """Return one stream's flows by route stacked over months; below, what differs by route.

    `flows` and `change`, against the baseline, have shape (route, month); `lost` (month,) is what
    leaves in the baseline and not here: all in one unit. Means of runs should be given, since
    medians do not add.
    """
    figure = blank(4.75, title, unit)
    level, below = (place_on(figure, 0.52, at, 4.35, tall) for at, tall in ((2.1, 2.0), (0.3, 1.4)))
    groups = main_routes(flows, change)
    labels = [routes[group[0]] if len(group) == 1 else "other routes" for group in groups]
    looks = [palette.route_look(place) for place in range(len(groups))]
    sent, apart = (
        np.array([part[group].sum(axis=0) for group in groups]).reshape(len(groups), len(months))
        for part in (flows, change)
    )
    top = stack(level, np.vstack([sent, lost]), [*looks, palette.LOST])
    level.set_ylim(0, 1.1 * float(top.max()) or 1.0)
    draw_change(below, apart, looks)
    below.set_title(f"Difference against the baseline, {unit}", **QUIET)
    for axes in (level, below):
        bracket(axes, months, window)
        year_axis(axes, months)
    level.set_xticklabels([])
    handles = route_handles(labels, looks, bool(lost.max() > 1e-9))
    if window is not None:
        label = wrapped(f"{supposed}, {window_label(window)}", 30)
        handles.append(Line2D([], [], color=palette.INK, lw=0.9, ls=":", label=label))
    legend_at(figure, 4.98, 4.1, handles)
    return figure


def stack(axes: Axes, amounts: Array, looks: Sequence[Look]) -> Array:
    """Stack amounts (layer, month) from zero on, each layer in its look; return the top."""
    tops = np.cumsum(np.vstack([np.zeros(amounts.shape[1]), amounts]), axis=0)
    places = np.arange(amounts.shape[1])
    for place, look in enumerate(looks):
        if np.abs(amounts[place]).max() > 1e-9:
            axes.fill_between(places, tops[place], tops[place + 1], step="mid", **layer(look))
    return np.asarray(tops[-1])


def draw_change(axes: Axes, apart: Array, looks: Sequence[Look]) -> None:
    """Draw by how much layers differ: what is more above zero, what is less below, and the sum."""
    stack(axes, np.maximum(apart, 0.0), looks)
    stack(axes, np.minimum(apart, 0.0), looks)
    axes.plot(apart.sum(axis=0), color=palette.INK, lw=1.2)
    axes.axhline(0, color=palette.GREY, lw=0.8, zorder=1)
    axes.locator_params(axis="y", nbins=5)


def layer(look: Look) -> dict[str, Any]:
    """Return how one layer of the stack is filled."""
    edge = palette.GREY if look is palette.LOST else "white"
    return {"facecolor": look.colour, "hatch": look.hatch, "edgecolor": edge, "lw": 0.4}


def route_handles(labels: Sequence[str], looks: Sequence[Look], loses: bool) -> list[Any]:
    """Return the legend as the stack stands: what is lost on top, then routes; then their sum."""
    every = list(zip(labels, looks, strict=True))
    if loses:
        every.append(("less than in the baseline", palette.LOST))
    patches = [Patch(label=wrapped(label, 30, 2), **layer(look)) for label, look in every]
    return [*patches[::-1], Line2D([], [], color=palette.INK, lw=1.2, label="all routes (below)")]


def bracket(axes: Axes, months: Sequence[str], window: tuple[str, str] | None) -> None:
    """Mark the first and last month of the event, where a stack would hide a shade."""
    for end in inside(months, window) or ():
        axes.axvline(end, color=palette.INK, lw=0.9, ls=":", zorder=4)
