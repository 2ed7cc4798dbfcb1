"""The map: routes as wide as what they carry is worth, without and with what is supposed."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.region import Region
from sim.report import palette
from sim.report.figures.bands import Array, Box
from sim.report.figures.canvas import (
    SCREEN_DOTS,
    SMALL,
    WIDTH,
    blank,
    legend_at,
    note_at,
    place_on,
    styled,
)
from sim.report.figures.ground import ground, name_places, shrink, view_of
from sim.report.figures.lettering import (
    backing,
    frame_in_points,
    freest,
    in_points,
    number,
    text_box,
    wrapped,
    write_at,
)
from sim.report.outlines import REGIONS, read_outlines


def carried(region: Region, flows: Array) -> Array:
    """Return what each link carries of each commodity, shape (link, commodity), from (route,)."""
    commodities = region.axes["commodity"]
    of_route = [region.streams[stream].commodity for stream in region.stream_of_route]
    is_of = np.array([[code == other for other in commodities] for code in of_route], dtype=float)
    return np.asarray((region.uses[:, :, None] * (flows[:, None] * is_of)[:, None, :]).sum(axis=0))


WIDEST = 9.0  # points


def line_widths(worth: Array, top: float) -> Array:
    """Return line widths in points: as the root of worth, so that small flows are still seen."""
    return np.where(worth > 1e-9, np.maximum(WIDEST * np.sqrt(worth / top), 0.8), 0.0)


def draw_idle(axes: Axes, region: Region, idle: Array) -> None:
    """Draw links that carry nothing as thin lines, dotted where they are not yet built."""
    for unbuilt, style in ((False, "-"), (True, (0, (1, 2)))):
        paths = [
            np.array(link.path)
            for link, unused in zip(region.links, idle, strict=True)
            if unused and (link.opened == "unbuilt") == unbuilt
        ]
        axes.add_collection(
            LineCollection(paths, colors=palette.GREY, lw=0.8, linestyles=[style], zorder=3),
            autolim=False,
        )


def draw_links(axes: Axes, region: Region, worth: Array, top: float) -> None:
    """Draw links by what they carry, the commodities of one link side by side."""
    draw_idle(axes, region, worth.sum(axis=1) <= 1e-9)
    widths = line_widths(worth, top)
    shifts = np.cumsum(widths, axis=1) - widths / 2 - widths.sum(axis=1, keepdims=True) / 2
    for place, commodity in enumerate(region.commodities):
        carrying = np.flatnonzero(widths[:, place])
        axes.add_collection(
            LineCollection(
                [
                    beside(axes, region.links[link].path, float(shifts[link, place]))
                    for link in carrying
                ],
                colors=palette.commodity_look(commodity.code).colour,
                linewidths=widths[carrying, place],
                capstyle="butt",
                joinstyle="round",
                zorder=4,
            ),
            autolim=False,
        )


def beside(axes: Axes, path: Sequence[Sequence[float]], shift: float) -> Array:
    """Return a path moved to its left by so many points, in longitude and latitude."""
    points = in_points(axes, np.array(path))
    way = np.diff(points, axis=0)
    normals = np.stack([-way[:, 1], way[:, 0]], axis=1) / np.hypot(*way.T)[:, None]
    before, after = np.vstack([normals[:1], normals]), np.vstack([normals, normals[-1:]])
    mitre = before + after
    mitre /= np.maximum((mitre * before).sum(axis=1, keepdims=True), 0.5)
    dots = (points + shift * mitre) * (SCREEN_DOTS / 72.0)
    return np.asarray(axes.transData.inverted().transform(dots))


def along(path: Sequence[Sequence[float]], part: float | Array) -> Array:
    """Return the points that lie a part (0 to 1) of the way along a path, shape (*part, 2)."""
    points = np.array(path, dtype=float)
    steps = np.hypot(*np.diff(points, axis=0).T)
    way = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.asarray(part) * way[-1]
    return np.stack([np.interp(at, way, points[:, axis]) for axis in (0, 1)], axis=-1)


SHORT = 1.5  # degrees: a link below this is too short for a cross or a number of its own


def span(path: Sequence[Sequence[float]]) -> float:
    """Return how far a path reaches, degrees of longitude and latitude together."""
    return float(np.ptp(np.array(path, dtype=float), axis=0).sum())


def draw_closed(axes: Axes, region: Region, closed: Collection[str]) -> None:
    """Draw closed links dashed, with a cross in the middle."""
    links = [link for link in region.links if link.code in closed]
    if not links:
        return
    axes.add_collection(
        LineCollection(
            [np.array(link.path) for link in links],
            colors=palette.INK,
            lw=1.3,
            linestyles=[(0, (4, 2.5))],
            zorder=6,
        )
    )
    long = [link for link in links if span(link.path) > SHORT] or links
    middles = np.array([along(link.path, 0.5) for link in long])
    cross: dict[str, Any] = {"marker": "x", "linestyle": "none", "zorder": 7}
    axes.plot(*middles.T, color="white", ms=10, mew=4, **cross)
    axes.plot(*middles.T, color=palette.INK, ms=8, mew=2, **cross)


def most_changed(region: Region, change: Array, most: int = 5) -> list[tuple[int, int]]:
    """Return the (link, commodity) pairs whose worth changed most, one for each like change."""
    order = np.argsort(-np.abs(change), axis=None, kind="stable")
    chosen: list[tuple[int, int]] = []
    for flat in order:
        link, commodity = (int(place) for place in np.unravel_index(flat, change.shape))
        size = abs(float(change[link, commodity]))
        if size <= 1e-6 or len(chosen) == most:
            break
        alike = any(abs(change[pair] - change[link, commodity]) < 1e-9 for pair in chosen)
        if (
            span(region.links[link].path) > SHORT
            and not alike
            and not any(link == pair[0] for pair in chosen)
        ):
            chosen.append((link, commodity))
    return chosen


def course_boxes(axes: Axes, region: Region, weight: Array, side: float = 3.0) -> list[Box]:
    """Return small boxes strung along the links that carry or are shut, for labels to avoid."""
    boxes: list[Box] = []
    for link, heavy in zip(region.links, weight, strict=True):
        if heavy > 1e-9:
            parts = np.linspace(0, 1, 40)
            points = in_points(axes, along(link.path, parts))
            boxes += [(x - side, y - side, x + side, y + side) for x, y in points]
    return boxes


BESIDE = tuple(
    ((gap * right, gap * up), align)
    for gap in (10.0, 16.0)
    for right, up, align in (
        (0, 1, "center"),
        (0, -1, "center"),
        (0.8, 0, "left"),
        (-0.8, 0, "right"),
    )
)  # where a number may stand beside its link, in points


def number_links(
    axes: Axes,
    region: Region,
    picks: Sequence[tuple[int, int]],
    texts: Sequence[str],
    taken: list[Box],
) -> None:
    """Write what links carry beside them, where it covers least."""
    frame = frame_in_points(axes)
    for (link, _), text in zip(picks, texts, strict=True):
        path = region.links[link].path
        spots = [along(path, part) for part in (0.5, 0.35, 0.65, 0.2, 0.8)]
        options = [(spot, shift, align) for shift, align in BESIDE for spot in spots]
        boxes = [
            text_box(in_points(axes, spot) + np.array(shift), text, align)
            for spot, shift, align in options
        ]
        best = freest(boxes, taken, frame)
        taken.append(boxes[best])
        write_at(
            axes,
            options[best][0],
            text,
            offset=options[best][1],
            ha=options[best][2],
            size=SMALL,
            weight="bold",
            color=palette.INK,
            bbox=backing(),
            zorder=10,
        )


def round_sizes(top: float) -> list[float]:
    """Return three round sizes below a largest one, for a legend of widths."""
    power = 10.0 ** math.floor(math.log10(max(top, 1e-9)))
    first = next(step * power for step in (5.0, 2.0, 1.0) if step * power <= top * 1.0001)
    return [first, first / 2, first / 10]


def map_handles(region: Region, top: float, any_closed: bool) -> list[Any]:
    """Return the legend of the map: commodities, widths, closed, idle and unbuilt links."""
    handles: list[Any] = [
        Line2D([], [], color=palette.commodity_look(c.code).colour, lw=4, label=c.name)
        for c in region.commodities
    ]
    for size in round_sizes(top):
        width = float(line_widths(np.array(size), top))
        label = f"{size:g} bn USD/y"
        handles.append(Line2D([], [], color=palette.PALE, lw=width, label=label))
    if any_closed:
        handles.append(
            Line2D(
                [],
                [],
                color=palette.INK,
                ls=(0, (4, 2.5)),
                lw=1.3,
                marker="x",
                label="Closed or cut",
            )
        )
    handles.append(Line2D([], [], color=palette.GREY, lw=0.8, label="Nothing carried"))
    if any(link.opened == "unbuilt" for link in region.links):
        handles.append(
            Line2D([], [], color=palette.GREY, lw=0.8, ls=(0, (1, 2)), label="Not yet built")
        )
    return handles


MAP_NOTE = (
    "Boundaries imply no opinion. Courses of links are schematic; widths go with the root of worth,"
    " so four times the worth is twice the width. Outlines: Natural Earth."
)


@styled
def route_map(
    region: Region,
    flows: Mapping[str, Array],
    worth: Array,
    names: Mapping[str, str] | None = None,
    closed: Collection[str] = (),
    title: str = "Routes by what they carry",
) -> Figure:
    """Return a map for each title, one or two: links as wide as the root of what they carry.

    `flows` are by route (Mt/y or bcm/y), without and with what is supposed; `worth` is bn USD per
    unit of flow by route, `names` what to write for the codes of states and for places, `closed`
    links that are shut or cut in the last map. Links that changed most have flows written on them.
    """
    spelled = {actor.code: actor.name for actor in region.actors} | dict(names or {})
    outlines = read_outlines(REGIONS / region.name)
    loads = [carried(region, flow) for flow in flows.values()]
    worths = [carried(region, flow * worth) for flow in flows.values()]
    top = max(float(w.max()) for w in worths) or 1.0
    picks = most_changed(region, worths[-1] - worths[0])
    texts = [
        flows_in_words(region, picks, loads[0], spelled),
        changes_in_words(picks, loads[0], loads[-1]),
    ]
    figure, stages = stages_for(title, list(flows), view_of(region, outlines))
    for place, axes in enumerate(stages):
        draw_map(axes, region, outlines, worths[place], top)
        shut = closed if place else ()
        draw_closed(axes, region, shut)
        taken = name_places(axes, outlines, spelled)
        is_shut = np.isin(region.axes["link"], list(shut))
        taken += course_boxes(axes, region, worths[place].sum(axis=1) + is_shut)
        number_links(axes, region, picks, texts[place], taken)
    map_legend(figure, map_handles(region, top, bool(closed)))
    return figure


def stages_for(title: str, heads: Sequence[str], view: Box) -> tuple[Figure, list[Axes]]:
    """Return a figure with axes for each map, one below the other, and room for a legend."""
    wide = WIDTH - 0.16
    high = wide * (view[3] - view[1]) / ((view[2] - view[0]) * shrink(view))
    figure = blank(len(heads) * (high + 0.28) + 1.36, title)
    stages = []
    for place, head in enumerate(reversed(heads)):
        axes = place_on(figure, 0.08, 1.08 + place * (high + 0.28), wide, high)
        axes.set_title(head, pad=4)
        axes.set_xlim(view[0], view[2])
        axes.set_ylim(view[1], view[3])
        stages.append(axes)
    return figure, stages[::-1]


def flows_in_words(
    region: Region, picks: Sequence[tuple[int, int]], load: Array, names: Mapping[str, str]
) -> list[str]:
    """Return what to write on the picked links: the name if one is given, flow, unit, commodity."""
    texts = []
    for link, commodity in picks:
        name = names.get(region.links[link].code, "")
        kind = region.commodities[commodity]
        flow = f"{number(load[link, commodity])} {kind.unit} {kind.code}"
        texts.append(f"{name} {flow}".strip())
    return texts


def changes_in_words(picks: Sequence[tuple[int, int]], before: Array, during: Array) -> list[str]:
    """Return what to write on the picked links: the flow and, in brackets, its change."""
    change = during - before
    return [f"{number(during[pick])} ({number(change[pick], signed=True)})" for pick in picks]


def map_legend(figure: Figure, handles: list[Any]) -> None:
    """Write the legend and the note below the maps."""
    legend_at(figure, 0.09, 1.0, handles, columns=3)
    note_at(figure, 0.09, 0.06, wrapped(MAP_NOTE, 112))


def draw_map(
    axes: Axes, region: Region, outlines: Mapping[str, Any], worth: Array, top: float
) -> None:
    """Draw the ground and the links."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    axes.spines[:].set_visible(True)
    ground(axes, outlines)
    draw_links(axes, region, worth, top)
