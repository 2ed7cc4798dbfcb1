"""The figures of a report: plain arrays and labels in, a matplotlib `Figure` out.

Nothing here knows how results are stored. A band is three arrays of one shape: the 5th percentile,
the median and the 95th percentile over members. pyplot is never imported: it costs half a second.
"""

from __future__ import annotations

import functools
import json
import math
import os
import textwrap
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeAlias

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.path import Path as Outline

from sim.region import Region
from sim.report import palette
from sim.report.palette import Look

Array: TypeAlias = np.ndarray
Band: TypeAlias = tuple[Array, Array, Array]
Box: TypeAlias = tuple[float, float, float, float]
Given = ParamSpec("Given")

WIDTH = 7.2  # inches: the text width of an A4 page, so that 8 points in print are 8 points
SMALL, NORMAL, LARGE = 8.0, 8.5, 10.5
SCREEN_DOTS, DOTS = 100, 150
REGIONS = Path(__file__).resolve().parents[1] / "data"
STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": NORMAL,
    "axes.titlesize": NORMAL,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titley": 1.0,  # a fixed height saves a search for free room at each drawing
    "axes.labelsize": SMALL,
    "axes.edgecolor": palette.PALE,
    "axes.labelcolor": palette.INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": palette.GRID,
    "grid.linewidth": 0.6,
    "text.color": palette.INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.color": palette.GREY,
    "ytick.color": palette.GREY,
    "xtick.bottom": False,
    "ytick.left": False,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "legend.handlelength": 2.2,
    "hatch.linewidth": 0.5,
    "svg.fonttype": "none",
    "svg.hashsalt": "figures",
    "path.simplify": True,
}


def styled(draw: Callable[Given, Figure]) -> Callable[Given, Figure]:
    """Return the same figure function, drawn in the house style whatever the user's settings."""

    @functools.wraps(draw)
    def drawn(*given: Given.args, **named: Given.kwargs) -> Figure:
        with mpl.rc_context(STYLE):
            return draw(*given, **named)

    return drawn


# ---------------------------------------------------------------- what all figures share


def blank(height: float, title: str, subtitle: str = "") -> Figure:
    """Return an empty figure of the page's width with its title on top; height in inches."""
    figure = Figure(figsize=(WIDTH, height), dpi=SCREEN_DOTS)
    FigureCanvasAgg(figure)
    figure.text(0.012, 1 - 0.08 / height, title, size=LARGE, weight="bold", va="top")
    if subtitle:
        place = 1 - 0.30 / height
        figure.text(0.012, place, subtitle, size=SMALL, color=palette.GREY, va="top")
    return figure


def place_on(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Return axes at a place given in inches from the lower left corner."""
    across, up = figure.get_size_inches()
    return figure.add_axes((left / across, bottom / up, width / across, height / up))


def panels(
    figure: Figure, count: int, columns: int, frame: Box, gaps: tuple[float, float]
) -> list[Axes]:
    """Return axes in rows from the top left; frame (left, bottom, right, top) margins, inches."""
    across, up = figure.get_size_inches()
    rows = math.ceil(count / columns)
    left, bottom, right, top = frame
    width = (across - left - right - gaps[0] * (columns - 1)) / columns
    height = (up - bottom - top - gaps[1] * (rows - 1)) / rows
    return [
        place_on(
            figure,
            left + (place % columns) * (width + gaps[0]),
            up - top - height - (place // columns) * (height + gaps[1]),
            width,
            height,
        )
        for place in range(count)
    ]


def legend_panel(axes: Axes, handles: list[Any], note: str = "") -> None:
    """Turn empty axes into a legend with a note below it."""
    axes.axis("off")
    axes.legend(handles=handles, loc="upper left", borderaxespad=0, bbox_to_anchor=(0, 1.0))
    if note:
        axes.text(0, 0, note, size=SMALL, color=palette.GREY, va="bottom", transform=axes.transAxes)


def wrapped(text: str, width: int, lines: int = 3) -> str:
    """Return a text broken into at most so many lines of at most so many characters."""
    return "\n".join(textwrap.wrap(text, width, max_lines=lines, placeholder=" ..."))


def name_of(code: str, names: Mapping[str, str] | None) -> str:
    """Return the name to write for a code; the code itself where none is given."""
    return (names or {}).get(code, code)


def reach(bands: Sequence[Band], margin: float = 0.08) -> tuple[float, float]:
    """Return limits that hold zero and every band, with a margin; -1 to 1 where all is zero."""
    low = min(0.0, *(float(np.min(band[0])) for band in bands))
    high = max(0.0, *(float(np.max(band[2])) for band in bands))
    if high - low < 1e-12:
        return -1.0, 1.0
    room = margin * (high - low)
    return low - room, high + room


def whiskers(band: Band) -> Array:
    """Return how far the percentiles lie below and above the median, shape (2, *shape)."""
    low, middle, high = band
    return np.asarray(np.maximum(np.stack([middle - low, high - middle]), 0.0))


def year_axis(axes: Axes, months: Sequence[str]) -> None:
    """Label the Januaries among months "YYYY-MM" drawn at 0, 1, 2, ... with their years."""
    januaries = [(place, month[:4]) for place, month in enumerate(months) if month[5:] == "01"]
    step = max(1, math.ceil(len(januaries) / 5))
    marked = januaries[::step] or [(0, months[0])]
    axes.set_xticks([place for place, _ in marked], [label for _, label in marked])
    axes.set_xlim(0, max(len(months) - 1, 1))


def shade(axes: Axes, months: Sequence[str], window: tuple[str, str] | None) -> None:
    """Shade the months of the event from the first to the last of a window, both within it."""
    if window is None:
        return
    inside = [place for place, month in enumerate(months) if window[0] <= month <= window[1]]
    if inside:
        axes.axvspan(inside[0] - 0.5, inside[-1] + 0.5, color=palette.WINDOW, lw=0, zorder=0)


def window_patch(label: str) -> Patch:
    """Return the legend's entry for the shaded months."""
    return Patch(facecolor=palette.WINDOW, edgecolor=palette.PALE, lw=0.5, label=label)


def dot_and_whisker(axes: Axes, places: Array, band: Band, look: Look, label: str) -> None:
    """Draw medians as dots and the 90% band as whiskers along the horizontal."""
    axes.errorbar(
        band[1],
        places,
        xerr=whiskers(band),
        fmt=look.marker,
        color=look.colour,
        ms=4.5,
        lw=1.2,
        label=label,
    )


def rows_for(axes: Axes, labels: Sequence[str], shown: bool = True) -> Array:
    """Return the heights of labelled rows, the first on top, and label them."""
    places = np.arange(len(labels), dtype=float)
    axes.set_yticks(places, labels if shown else [""] * len(labels))
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0, labelcolor=palette.INK)
    axes.grid(False, axis="y")
    axes.axvline(0, color=palette.GREY, lw=0.8, zorder=1)
    return places


# ---------------------------------------------------------------- boxes of text that keep apart


def text_box(point: Array, text: str, align: str, size: float = SMALL) -> Box:
    """Return about where a text stands, in points: left, bottom, right, top; centred in height."""
    x, y = (float(part) for part in point)
    width = 0.62 * size * max(len(line) for line in text.split("\n"))
    height = 1.25 * size * (text.count("\n") + 1)
    left = {"left": x, "center": x - width / 2, "right": x - width}[align]
    return left, y - height / 2, left + width, y + height / 2


def overlaps(box: Box, others: Array) -> Array:
    """Return the area that a box shares with each of the others, shape (other,) from (other, 4)."""
    across = np.minimum(box[2], others[:, 2]) - np.maximum(box[0], others[:, 0])
    up = np.minimum(box[3], others[:, 3]) - np.maximum(box[1], others[:, 1])
    return np.asarray(np.maximum(across, 0.0) * np.maximum(up, 0.0))


def outside(box: Box, frame: Box) -> float:
    """Return the area of a box that lies outside a frame."""
    area = (box[2] - box[0]) * (box[3] - box[1])
    return area - float(overlaps(box, np.array([frame]))[0])


def freest(candidates: Sequence[Box], taken: Sequence[Box], frame: Box) -> int:
    """Return the place of the candidate that covers least of what is taken; the first of equals."""
    others = np.array(taken, dtype=float).reshape(-1, 4)
    covered = [float(overlaps(box, others).sum()) + 10 * outside(box, frame) for box in candidates]
    return int(np.argmin(np.round(covered, 3)))


# ---------------------------------------------------------------- the map


@functools.cache
def read_outlines(folder: Path) -> dict[str, Any]:
    """Return a region's outlines; one without any is drawn on an empty ground."""
    file = folder / "outlines.json"
    if not file.is_file():
        return {"land": [], "states": {}, "places": {}, "labels": {}, "seas": {}}
    outlines: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return outlines


def outline(rings: Sequence[Sequence[Sequence[float]]]) -> Outline:
    """Return one closed shape from its outer ring and its holes."""
    shapes = [Outline(np.array([*ring, ring[0]]), closed=True) for ring in rings]
    return Outline.make_compound_path(*shapes)


def ground(axes: Axes, outlines: Mapping[str, Any]) -> None:
    """Draw sea, land without inner borders, and the states of the region."""
    axes.set_facecolor(palette.SEA)
    land = [outline(rings) for rings in outlines["land"]]
    states = [outline([ring]) for rings in outlines["states"].values() for ring in rings]
    axes.add_collection(
        PathCollection(land, facecolor=palette.LAND, edgecolor="#d5d3ca", lw=0.5), autolim=False
    )
    axes.add_collection(
        PathCollection(states, facecolor=palette.STATE, edgecolor=palette.BORDER, lw=0.6),
        autolim=False,
    )


def carried(region: Region, flows: Array) -> Array:
    """Return what each link carries of each commodity, shape (link, commodity), from (route,)."""
    commodities = region.axes["commodity"]
    of_route = [region.streams[stream].commodity for stream in region.stream_of_route]
    is_of = np.array([[code == other for other in commodities] for code in of_route], dtype=float)
    return np.asarray((region.uses[:, :, None] * (flows[:, None] * is_of)[:, None, :]).sum(axis=0))


WIDEST = 12.0  # points


def line_widths(worth: Array, top: float) -> Array:
    """Return line widths in points: in proportion to worth, but never too thin to be seen."""
    return np.where(worth > 1e-9, np.maximum(WIDEST * worth / top, 0.8), 0.0)


def draw_links(axes: Axes, region: Region, worth: Array, top: float) -> None:
    """Draw links by what they carry: one commodity inside the other, the whole width the sum."""
    paths = [np.array(link.path) for link in region.links]
    unbuilt = [link.opened == "unbuilt" for link in region.links]
    idle = worth.sum(axis=1) <= 1e-9
    for built, style in ((True, "-"), (False, (0, (1, 2)))):
        unused = [p for p, i, u in zip(paths, idle, unbuilt, strict=True) if i and u != built]
        axes.add_collection(
            LineCollection(unused, colors=palette.GREY, lw=0.8, linestyles=[style], zorder=3)
        )
    whole = np.cumsum(worth, axis=1)
    for place in reversed(range(worth.shape[1])):
        here = worth[:, place] > 1e-9
        axes.add_collection(
            LineCollection(
                [path for path, drawn in zip(paths, here, strict=True) if drawn],
                colors=palette.commodity_look(region.commodities[place].code).colour,
                linewidths=line_widths(whole[here, place], top),
                capstyle="round",
                joinstyle="round",
                zorder=4,
            )
        )


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


SIDES = {
    "left": (-3.5, 0.0, "right"),
    "right": (3.5, 0.0, "left"),
    "above": (0.0, 6.5, "center"),
    "below": (0.0, -7.5, "center"),
}


def backing(colour: str = palette.LAND) -> dict[str, Any]:
    """Return the pale ground that keeps a text legible over lines (a halo is drawn as paths)."""
    return {"facecolor": colour, "alpha": 0.72, "linewidth": 0, "pad": 0.6}


def in_points(axes: Axes, point: Sequence[float] | Array) -> Array:
    """Return where a point of the axes lies on the figure, in points."""
    place = np.asarray(axes.transData.transform(np.asarray(point, dtype=float)))
    return place * (72.0 / SCREEN_DOTS)


def frame_in_points(axes: Axes) -> Box:
    """Return the frame of the axes on the figure, in points: left, bottom, right, top."""
    low, high = (in_points(axes, (axes.get_xlim()[end], axes.get_ylim()[end])) for end in (0, 1))
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def write_at(axes: Axes, point: Sequence[float] | Array, text: str, **named: Any) -> None:
    """Write a text at a point, moved by an offset in points, centred in height."""
    offset = named.pop("offset", (0.0, 0.0))
    axes.annotate(
        text,
        (float(point[0]), float(point[1])),
        xytext=offset,
        textcoords="offset points",
        va="center",
        annotation_clip=False,
        **named,
    )


def name_places(axes: Axes, outlines: Mapping[str, Any], names: Mapping[str, str]) -> list[Box]:
    """Write the names of seas, states and places; return the boxes that they take."""
    boxes = []
    for name, point in outlines["seas"].items():
        text = wrapped(name_of(name, names), 8)
        write_at(axes, point, text, size=SMALL, style="italic", color="#6f8797", ha="center")
        boxes.append(text_box(in_points(axes, point), text, "center"))
    for code, point in outlines["labels"].items():
        text = name_of(code, names).upper()
        write_at(
            axes, point, text, size=SMALL, color="#5f573f", ha="center", weight="bold", zorder=9
        )
        boxes.append(text_box(in_points(axes, point), text, "center"))
    spots = outlines["places"]
    if spots:
        points = np.array([[lon, lat] for lon, lat, _ in spots.values()])
        axes.plot(*points.T, ls="none", marker="o", ms=2.8, mfc="white", mec=palette.INK, zorder=8)
    for name, (lon, lat, side) in spots.items():
        right, up, align = SIDES[side]
        text = name_of(name, names)
        write_at(
            axes,
            (lon, lat),
            text,
            offset=(right, up),
            ha=align,
            size=SMALL,
            bbox=backing(),
            zorder=9,
        )
        here = in_points(axes, (lon, lat)) + np.array([right, up])
        boxes.append(text_box(here, text, align))
    return boxes


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


def number(amount: float, signed: bool = False) -> str:
    """Return a number with the digits that it deserves and a true minus sign."""
    if abs(amount) < 0.005:
        return "0"
    digits = 0 if abs(amount) >= 99.5 else 1 if abs(amount) >= 0.995 else 2
    return f"{amount:{'+' if signed else ''}.{digits}f}".replace("-", "\N{MINUS SIGN}")


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
    for (link, commodity), text in zip(picks, texts, strict=True):
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
            color=palette.commodity_look(region.commodities[commodity].code).colour,
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
    "Boundaries imply no opinion. Courses of links are schematic; where commodities share a link,"
    " the whole width is their sum. Outlines: Natural Earth."
)


@styled
def route_map(
    region: Region,
    before: Array,
    during: Array,
    worth: Array,
    title_before: str,
    title_during: str,
    names: Mapping[str, str] | None = None,
    closed: Collection[str] = (),
    title: str = "Routes by what they carry",
) -> Figure:
    """Return two maps, before and during: links as wide as what they carry is worth.

    `before` and `during` are flows by route (Mt/y or bcm/y), `worth` is bn USD per unit of flow by
    route, `names` what to write for the codes of states and for places, `closed` links that are
    shut or cut in the second map. The links that changed most have their flows written on them.
    """
    spelled = {actor.code: actor.name for actor in region.actors} | dict(names or {})
    outlines = read_outlines(REGIONS / region.name)
    view = view_of(region, outlines)
    loads = [carried(region, before), carried(region, during)]
    worths = [carried(region, before * worth), carried(region, during * worth)]
    top = max(float(w.sum(axis=1).max()) for w in worths) or 1.0
    picks = most_changed(region, worths[1] - worths[0])
    wide = WIDTH - 0.16
    high = wide * (view[3] - view[1]) / ((view[2] - view[0]) * shrink(view))
    tall = 2 * high + 1.92
    figure = blank(tall, title)
    stages = (
        (title_before, worths[0], flows_in_words(region, picks, loads[0], spelled), ()),
        (title_during, worths[1], changes_in_words(picks, *loads), closed),
    )
    for place, (stage, carried_worth, texts, shut) in enumerate(stages):
        axes = place_on(figure, 0.08, 1.08 + (1 - place) * (high + 0.28), wide, high)
        axes.set_title(stage, pad=4)
        draw_map(axes, region, outlines, carried_worth, top, view)
        draw_closed(axes, region, shut)
        taken = name_places(axes, outlines, spelled)
        is_shut = np.isin(region.axes["link"], list(shut))
        taken += course_boxes(axes, region, carried_worth.sum(axis=1) + is_shut)
        number_links(axes, region, picks, texts, taken)
    map_legend(figure, map_handles(region, top, bool(closed)), tall)
    return figure


def view_of(region: Region, outlines: Mapping[str, Any]) -> Box:
    """Return what the map shows: west, south, east, north; about the links where no one says."""
    if "view" in outlines:
        west, south, east, north = outlines["view"]
        return west, south, east, north
    points = np.concatenate([np.array(link.path) for link in region.links])
    low, high = points.min(axis=0) - 1, points.max(axis=0) + 1
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def shrink(view: Box) -> float:
    """Return how long a degree of longitude is against one of latitude in the middle of a view."""
    return math.cos(math.radians((view[1] + view[3]) / 2))


def flows_in_words(
    region: Region, picks: Sequence[tuple[int, int]], load: Array, names: Mapping[str, str]
) -> list[str]:
    """Return what to write on the picked links: the name if one is given, flow and unit."""
    texts = []
    for link, commodity in picks:
        name = names.get(region.links[link].code, "")
        flow = f"{number(load[link, commodity])} {region.commodities[commodity].unit}"
        texts.append(f"{name} {flow}".strip())
    return texts


def changes_in_words(picks: Sequence[tuple[int, int]], before: Array, during: Array) -> list[str]:
    """Return what to write on the picked links: the flow and, in brackets, its change."""
    change = during - before
    return [f"{number(during[pick])} ({number(change[pick], signed=True)})" for pick in picks]


def map_legend(figure: Figure, handles: list[Any], tall: float) -> None:
    """Write the legend and the note below the maps of a figure so many inches tall."""
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.004, 0.36 / tall),
        ncols=3,
        columnspacing=1.6,
        labelspacing=0.35,
    )
    note = wrapped(MAP_NOTE, 112)
    figure.text(0.012, 0.06 / tall, note, size=SMALL, color=palette.GREY, va="bottom")


def draw_map(
    axes: Axes, region: Region, outlines: Mapping[str, Any], worth: Array, top: float, view: Box
) -> None:
    """Draw the ground and the links within a view."""
    axes.set_xlim(view[0], view[2])
    axes.set_ylim(view[1], view[3])
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    axes.spines[:].set_visible(True)
    ground(axes, outlines)
    draw_links(axes, region, worth, top)


# ---------------------------------------------------------------- bands over months


def draw_run(axes: Axes, months: Sequence[str], band: Band, look: Look, order: float) -> None:
    """Draw one run: its median as a line, its 90% band as a pale area."""
    places = np.arange(len(months))
    axes.fill_between(places, band[0], band[2], color=look.colour, alpha=0.22, lw=0)
    axes.plot(places, band[1], color=look.colour, ls=look.line, lw=1.5, zorder=order)


@styled
def fan_chart(
    months: Sequence[str],
    bands: Mapping[str, Band],
    states: Sequence[str],
    title: str,
    unit: str,
    window: tuple[str, str] | None = None,
    window_label: str = "the event",
    names: Mapping[str, str] | None = None,
    share_scale: bool = True,
) -> Figure:
    """Return one panel a state with the median and 90% band of each run over the months.

    `bands` maps a run to arrays of shape (state, month); "baseline" must be among them and is
    drawn first. `window` holds the first and the last month of the event.
    """
    runs = ["baseline", *(run for run in bands if run != "baseline")]
    looks = {run: palette.run_look(run, place - 1) for place, run in enumerate(runs)}
    rows = math.ceil((len(states) + 1) / 3)
    figure = blank(0.75 + 1.75 * rows, title, unit)
    every = panels(figure, len(states) + 1, 3, (0.52, 0.3, 0.12, 0.78), (0.42, 0.45))
    low = min(float(np.min(bands[run][0])) for run in runs)
    high = max(float(np.max(bands[run][2])) for run in runs)
    room = 0.05 * (high - low) or max(0.05 * abs(high), 0.05)
    for place, (axes, state) in enumerate(zip(every[:-1], states, strict=True)):
        shade(axes, months, window)
        for run in runs:
            low_, middle, high_ = (part[place] for part in bands[run])
            draw_run(axes, months, (low_, middle, high_), looks[run], 3 if run == runs[0] else 2.5)
        axes.set_title(name_of(state, names))
        year_axis(axes, months)
        if share_scale:
            axes.set_ylim(low - room, high + room)
    handles: list[Any] = [
        Line2D(
            [], [], color=looks[run].colour, ls=looks[run].line, lw=1.8, label=name_of(run, names)
        )
        for run in runs
    ]
    if window is not None:
        handles.append(window_patch(wrapped(f"{window_label}, {window[0]} to {window[1]}", 28)))
    legend_panel(
        every[-1],
        handles,
        "Line: median of runs.\nArea: 90% of runs.\nDashes on a line: no change.",
    )
    return figure


# ---------------------------------------------------------------- imposed and chosen


@styled
def imposed_chosen(
    states: Sequence[str],
    periods: Sequence[str],
    imposed: Band,
    chosen: Band,
    title: str,
    unit: str,
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Return bars of imposed and chosen change by state, one panel a period; (state, period)."""
    figure = blank(1.15 + 0.42 * len(states) + 0.35, title, f"{unit}; bars: medians of runs")
    every = panels(figure, len(periods), len(periods), (0.95, 0.62, 0.15, 0.8), (0.16, 0.0))
    limits = reach([imposed, chosen])
    parts = (("imposed", imposed, -0.19), ("chosen", chosen, 0.19))
    for place, (axes, period) in enumerate(zip(every, periods, strict=True)):
        heights = rows_for(axes, [name_of(s, names) for s in states], shown=place == 0)
        axes.set_xlim(*limits)
        axes.locator_params(axis="x", nbins=4)
        axes.set_title(period)
        for part, band, shift in parts:
            low, middle, high = (array[:, place] for array in band)
            paired_bars(
                axes, heights + shift, (low, middle, high), [palette.PARTS[part]] * len(states)
            )
    handles: list[Any] = [
        Patch(facecolor=look.colour, hatch=look.hatch, edgecolor="white", lw=0, label=label)
        for label, look in zip(
            ("imposed: it happened to the state", "chosen: the state decided it"),
            palette.PARTS.values(),
            strict=True,
        )
    ]
    handles.append(Line2D([], [], color=palette.INK, lw=1, label="90% of runs"))
    figure.legend(handles=handles, loc="lower left", ncols=3, bbox_to_anchor=(0.0, 0.0))
    return figure


def paired_bars(
    axes: Axes, heights: Array, band: Band, looks: Sequence[Look], thick: float = 0.34
) -> None:
    """Draw horizontal bars to the median with whiskers over 90% of runs."""
    axes.barh(
        heights,
        band[1],
        height=thick,
        color=[look.colour for look in looks],
        hatch=[look.hatch for look in looks],
        edgecolor="white",
        lw=0,
        xerr=whiskers(band),
        error_kw={"lw": 1.0, "ecolor": palette.INK},
    )


# ---------------------------------------------------------------- the triangle

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, math.sqrt(3) / 2]])


def in_triangle(shares: Array) -> Array:
    """Return the points (*batch, 2) of shares over three powers (*batch, 3), made to sum to 1."""
    whole = shares / shares.sum(axis=-1, keepdims=True)
    return np.asarray((whole[..., None] * CORNERS).sum(axis=-2))


def around(points: Array, least: float = 0.08) -> Box:
    """Return a frame (left, bottom, right, top) about points that does not go below the base."""
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    wide = max(1.3 * (high[0] - low[0]), 1.5 * (high[1] - low[1]), least)
    tall = max(1.5 * (high[1] - low[1]), 0.58 * wide)
    bottom = max(middle[1] - tall / 2, 0.0)
    return middle[0] - wide / 2, bottom, middle[0] + wide / 2, bottom + tall


def clipped(start: Array, end: Array, frame: Box) -> tuple[Array, Array] | None:
    """Return the part of a segment inside a frame, or None; after Liang and Barsky (1984)."""
    way = end - start
    enter, leave = 0.0, 1.0
    for axis in (0, 1):
        if abs(way[axis]) < 1e-15:
            if not frame[axis] <= start[axis] <= frame[axis + 2]:
                return None
            continue
        ends = sorted(
            ((frame[axis] - start[axis]) / way[axis], (frame[axis + 2] - start[axis]) / way[axis])
        )
        enter, leave = max(enter, ends[0]), min(leave, ends[1])
    return None if enter >= leave else (start + enter * way, start + leave * way)


def share_lines(power: int, frame: Box, step: float) -> list[tuple[float, Array, Array]]:
    """Return the lines of equal share of one power that cross a frame: share and both ends."""
    lines = []
    others = [place for place in range(3) if place != power]
    for share in np.arange(0.0, 1.0 + step / 2, step):
        ends = np.zeros((2, 3))
        ends[:, power] = share
        ends[[0, 1], others] = 1 - share
        start, end = in_triangle(ends)
        inside = clipped(start, end, frame)
        if inside is not None:
            lines.append((float(share), *inside))
    return lines


def grid_step(frame: Box) -> float:
    """Return the distance between lines of equal share that gives about five in a frame."""
    wanted = (frame[2] - frame[0]) / 5
    return next((step for step in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2) if step >= wanted), 0.2)


EDGES: tuple[
    tuple[int, dict[str, Any]], ...
] = (  # power: the edge of the frame at which its lines are labelled, and how
    (1, {"offset": (0.0, -7.0), "ha": "center"}),
    (3, {"offset": (0.0, 7.0), "ha": "center"}),
    (2, {"offset": (4.0, 0.0), "ha": "left"}),
)


def triangle_grid(axes: Axes, frame: Box, powers: Sequence[str]) -> None:
    """Draw lines of equal share and label each where it leaves the frame."""
    step = grid_step(frame)
    digits = 1 if step < 0.01 else 0
    for place, (power, (edge, where)) in enumerate(zip(powers, EDGES, strict=True)):
        lines = share_lines(place, frame, step)
        axes.add_collection(
            LineCollection([np.array(line[1:]) for line in lines], colors=palette.GRID, lw=0.8)
        )
        named = False
        for share, *ends in lines:
            for end in ends:
                at_edge = abs(end[edge % 2] - frame[edge]) < 1e-9
                margin = 0.02 if named else 0.1  # the first label is longer: it has a name
                if at_edge and frame[0] + margin * (frame[2] - frame[0]) < end[0]:
                    label = f"{100 * share:.{digits}f}%"
                    text = label if named else f"{power} {label}"
                    write_at(axes, end, text, size=SMALL, color=palette.GREY, **where)
                    named = True
    axes.add_collection(
        LineCollection([np.array([*CORNERS, CORNERS[0]])], colors=palette.GREY, lw=1.2)
    )


def draw_path(axes: Axes, path: Array, look: Look, run: Look, first: bool = True) -> None:
    """Draw one state's way: open marker at the base, filled marker at the end."""
    axes.plot(*path.T, color=run.colour, ls=run.line, lw=1.3, zorder=4)
    point: dict[str, Any] = {"marker": look.marker, "ls": "none", "clip_on": False}
    if first:
        axes.plot(*path[0], ms=5.5, mfc="white", mec=run.colour, zorder=5, **point)
    size = 6.5 if first else 5.0
    axes.plot(*path[-1], ms=size, mfc=run.colour, mec="white", mew=0.6, zorder=6, **point)


def name_paths(axes: Axes, paths: Array, labels: Sequence[str], others: Array) -> None:
    """Write each state's name near its end, clear of all paths and of the other names."""
    frame = frame_in_points(axes)
    spots = in_points(axes, np.concatenate([paths.reshape(-1, 2), others.reshape(-1, 2)]))
    taken: list[Box] = [(x - 4, y - 4, x + 4, y + 4) for x, y in spots]
    for path, label in zip(paths, labels, strict=True):
        options = [
            (path[at], (gap * right, gap * up), align)
            for gap in (8.0, 14.0, 22.0)
            for at in (-1, 0)
            for right, up, align in (
                (1, 0, "left"),
                (-1, 0, "right"),
                (0, 1.2, "center"),
                (0, -1.2, "center"),
                (0.8, 0.9, "left"),
                (0.8, -0.9, "left"),
                (-0.8, 0.9, "right"),
                (-0.8, -0.9, "right"),
            )
        ]
        boxes = [
            text_box(in_points(axes, point) + np.array(shift), label, align)
            for point, shift, align in options
        ]
        best = freest(boxes, taken, frame)
        taken.append(boxes[best])
        point, shift, align = options[best]
        write_at(
            axes, point, label, offset=shift, ha=align, size=SMALL, bbox=backing("white"), zorder=7
        )


def locator(axes: Axes, powers: Sequence[str], frame: Box) -> None:
    """Draw the whole triangle, small, and where in it the large frame lies."""
    axes.axis("off")
    axes.set_aspect("equal")
    axes.set_xlim(-0.2, 1.2)
    axes.set_ylim(-0.22, 1.08)
    axes.plot(*np.array([*CORNERS, CORNERS[0]]).T, color=palette.GREY, lw=1)
    box = Rectangle(
        frame[:2], frame[2] - frame[0], frame[3] - frame[1], fc=palette.WINDOW, ec=palette.INK
    )
    axes.add_patch(box)
    for power, corner, up in zip(powers, CORNERS, (-9.0, -9.0, 7.0), strict=True):
        write_at(axes, corner, power, offset=(0, up), ha="center", size=SMALL)


@styled
def triangle(
    states: Sequence[str],
    paths: Array,
    powers: Sequence[str] = ("Russia", "China", "United States"),
    title: str = "Ties among the three powers",
    subtitle: str = "",
    baseline: Array | None = None,
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Return the triangle of three powers with each state's path from base to end.

    `paths` (and `baseline`) hold median shares of the powers in their order, shape (state, month,
    3); they are made to sum to 1. The frame closes in on the paths; a small triangle shows where.
    """
    points = in_triangle(paths)
    under = in_triangle(baseline) if baseline is not None else points[:, :1]
    frame = around(np.concatenate([points.reshape(-1, 2), under.reshape(-1, 2)]))
    wide = 4.25
    high = wide * (frame[3] - frame[1]) / (frame[2] - frame[0])
    tall = max(high + 1.4, 4.0)
    figure = blank(tall, title, subtitle)
    axes = place_on(figure, 0.12, tall - high - 0.85, wide, high)
    axes.set_xlim(frame[0], frame[2])
    axes.set_ylim(frame[1], frame[3])
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    axes.spines[:].set_visible(True)
    triangle_grid(axes, frame, powers)
    for place, state in enumerate(states):
        look = palette.state_look(state, place)
        draw_path(axes, points[place], look, palette.RUNS["scenario"])
        if baseline is not None:
            draw_path(axes, under[place], look, palette.RUNS["baseline"], first=False)
    name_paths(axes, points, [name_of(s, names) for s in states], under)
    locator(place_on(figure, 5.45, tall - 2.3, 1.7, 1.6), powers, frame)
    legend_panel(
        place_on(figure, 5.6, tall - 3.7, 1.5, 1.25),
        path_handles(states, names, baseline is not None),
    )
    figure.text(0.016, 0.1 / tall, TRIANGLE_NOTE, size=SMALL, color=palette.GREY, va="bottom")
    return figure


TRIANGLE_NOTE = "Shares of the three powers alone, made to sum to 100%; medians of runs."


def path_handles(
    states: Sequence[str], names: Mapping[str, str] | None, with_baseline: bool
) -> list[Any]:
    """Return the legend of the paths: base and end, the runs, the states' markers."""
    scenario, baseline = palette.RUNS["scenario"], palette.RUNS["baseline"]
    point: dict[str, Any] = {"ls": "none", "mec": scenario.colour, "marker": "o", "ms": 5.5}
    handles: list[Any] = [
        Line2D([], [], mfc="white", label="first month", **point),
        Line2D([], [], mfc=scenario.colour, label="last month", **point),
        Line2D([], [], color=scenario.colour, lw=1.3, label="scenario"),
    ]
    if with_baseline:
        line = Line2D(
            [],
            [],
            color=baseline.colour,
            ls=baseline.line,
            lw=1.3,
            marker="o",
            ms=5,
            mec="white",
            label="baseline",
        )
        handles.append(line)
    return handles


# ---------------------------------------------------------------- where exports went


def main_routes(flows: Array, names: Sequence[str], most: int = 7) -> tuple[Array, list[str]]:
    """Return the largest routes in their order, the rest as one "other routes"; (route, month)."""
    used = [place for place in range(len(names)) if float(np.max(flows[place])) > 1e-9]
    ranked = sorted(used, key=lambda place: -float(flows[place].sum()))
    kept = sorted(ranked[:most])
    rest = sorted(set(ranked[most:]))
    labels = [names[place] for place in kept]
    if not rest:
        return flows[kept], labels
    return np.vstack([flows[kept], flows[rest].sum(axis=0)]), [*labels, "other routes"]


@styled
def where_exports_went(
    months: Sequence[str],
    flows: Array,
    routes: Sequence[str],
    lost: Array,
    title: str,
    unit: str,
    window: tuple[str, str] | None = None,
    window_label: str = "the event",
) -> Figure:
    """Return one stream's flows by route stacked over months, with what was lost hatched on top.

    `flows` has shape (route, month), `lost` (month,): what is shut in, in the same unit. Means of
    runs should be given, since medians do not add.
    """
    figure = blank(3.6, title, unit)
    axes = place_on(figure, 0.52, 0.32, 4.35, 2.62)
    kept, labels = main_routes(flows, routes)
    places = np.arange(len(months))
    tops = np.cumsum(np.vstack([np.zeros(len(months)), kept, lost]), axis=0)
    looks = [*(palette.route_look(place) for place in range(len(labels))), palette.LOST]
    for place, look in enumerate(looks):
        axes.fill_between(
            places,
            tops[place],
            tops[place + 1],
            facecolor=look.colour,
            hatch=look.hatch,
            edgecolor=palette.GREY if look is palette.LOST else "white",
            lw=0.4,
            step="mid",
        )
    bracket(axes, months, window)
    year_axis(axes, months)
    axes.set_ylim(0, float(tops[-1].max()) * 1.1 or 1.0)
    handles: list[Any] = [
        Patch(facecolor=k.colour, hatch=k.hatch, edgecolor=palette.GREY, lw=0.4, label=label)
        for k, label in zip(
            looks, [*(wrapped(x, 30, 2) for x in labels), "lost (shut in)"], strict=True
        )
    ][::-1]
    if window is not None:
        label = wrapped(f"{window_label}, {window[0]} to {window[1]}", 30)
        handles.append(Line2D([], [], color=palette.INK, lw=2.5, label=label))
    legend_panel(place_on(figure, 4.98, 0.32, 2.15, 2.62), handles)
    return figure


def bracket(axes: Axes, months: Sequence[str], window: tuple[str, str] | None) -> None:
    """Mark the months of the event by a bar along the top, where a stack would hide a shade."""
    inside = [m for m, month in enumerate(months) if window and window[0] <= month <= window[1]]
    if inside:
        trans = axes.get_xaxis_transform()
        span = [inside[0] - 0.5, inside[-1] + 0.5]
        axes.plot(span, [0.98, 0.98], color=palette.INK, lw=2.5, transform=trans, clip_on=False)
        for end in span:
            axes.axvline(end, color=palette.INK, lw=0.6, ls=":")


# ---------------------------------------------------------------- why it moved


def largest(band: Band, most: int) -> list[int]:
    """Return the places of the largest medians, largest first, at most so many."""
    order = np.argsort(-np.abs(band[1]), kind="stable")
    return [int(place) for place in order[:most]]


def ledger_panel(
    axes: Axes,
    labels: Sequence[str],
    band: Band,
    looks: Sequence[Look],
    limits: tuple[float, float],
) -> None:
    """Draw one half of the ledger: bars with whiskers and the median written at the right."""
    heights = rows_for(axes, labels)
    axes.set_xlim(*limits)
    paired_bars(axes, heights, band, looks, thick=0.62)
    for height, middle in zip(heights, band[1], strict=True):
        axes.annotate(
            number(float(middle), signed=True),
            (1.0, height),
            xycoords=axes.get_yaxis_transform(),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            size=SMALL,
        )


@styled
def ledger_bars(
    events: Sequence[str],
    event_parts: Band,
    channels: Sequence[tuple[str, str]],
    channel_parts: Band,
    title: str,
    unit: str,
    names: Mapping[str, str] | None = None,
    most: int = 8,
) -> Figure:
    """Return why it moved: parts by event above, by channel (domain, partner) below.

    Bars are medians, whiskers 90% of runs; the largest come first, and how many smaller ones are
    left out is said. Bands have shape (event,) and (channel,).
    """
    upper, lower = largest(event_parts, most), largest(channel_parts, most)
    row = 0.3
    height = 1.72 + row * (len(upper) + len(lower))
    figure = blank(height, title, f"{unit}; medians (they do not add), lines: 90% of runs")
    limits = reach([event_parts, channel_parts])
    left, wide = 2.45, 4.15
    above = place_on(figure, left, 0.98 + row * len(lower), wide, row * len(upper))
    below = place_on(figure, left, 0.4, wide, row * len(lower))
    event_names = [wrapped(events[place], 36, 2) for place in upper]
    ledger_panel(
        above,
        event_names,
        picked(event_parts, upper),
        [palette.PARTS["chosen"]] * len(upper),
        limits,
    )
    above.set_title(heading("By event (Shapley)", len(events) - len(upper)), x=0)
    channel_names = [
        f"{name_of(channels[place][0], names)}: {name_of(channels[place][1], names)}"
        for place in lower
    ]
    looks = [palette.partner_look(channels[place][1]) for place in lower]
    ledger_panel(below, channel_names, picked(channel_parts, lower), looks, limits)
    below.set_title(heading("By channel: domain and partner", len(channels) - len(lower)), x=0)
    return figure


def picked(band: Band, places: Sequence[int]) -> Band:
    """Return a band at some of its places only."""
    low, middle, high = (array[list(places)] for array in band)
    return low, middle, high


def heading(text: str, left_out: int) -> str:
    """Return a heading that says how many small parts are not drawn."""
    return f"{text}; {left_out} smaller not drawn" if left_out > 0 else text


# ---------------------------------------------------------------- the lenses


@styled
def lenses(
    states: Sequence[str],
    changes: Mapping[str, Band],
    units: Mapping[str, str],
    title: str,
    subtitle: str = "",
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Return changes against the baseline by state, one panel a measure, three in a row.

    The three lenses come first, then the division of labour and the deliberate hedge, as they are
    ordered in `changes`; each band has shape (state,). `units` says what each is measured in.
    """
    rows = math.ceil(len(changes) / 3)
    each = 0.27 * len(states)
    figure = blank(0.62 + rows * (each + 0.72), title, subtitle)
    every = panels(figure, len(changes), 3, (0.95, 0.5, 0.15, 0.78), (0.22, 0.72))
    labels = [name_of(state, names) for state in states]
    for place, (axes, (measure, band)) in enumerate(zip(every, changes.items(), strict=True)):
        heights = rows_for(axes, labels, shown=place % 3 == 0)
        dot_and_whisker(axes, heights, band, palette.RUNS["scenario"], measure)
        axes.set_xlim(*symmetric(band))
        axes.locator_params(axis="x", nbins=4)
        axes.set_title(measure)
        axes.set_xlabel(units.get(measure, ""), labelpad=2)
    if len(changes) % 3:
        left = (len(changes) % 3 * 2.15 + 0.85) / WIDTH
        figure.text(left, 0.1, wrapped(LENS_NOTE, 30, 7), size=SMALL, color=palette.GREY)
    return figure


LENS_NOTE = (
    "Right of the upright line: more than in the baseline. Dot: median of runs; line: 90% of runs."
    " Each panel has its own scale."
)


def symmetric(band: Band) -> tuple[float, float]:
    """Return limits that hold a band with zero in the middle."""
    widest = max(float(np.max(np.abs(band[0]))), float(np.max(np.abs(band[2]))))
    return (-1.12 * widest, 1.12 * widest) if widest > 1e-12 else (-1.0, 1.0)


# ---------------------------------------------------------------- what the hedge saves and costs


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
    """Return the loss if a power withdrew, at some dates, and the premium, one panel a state.

    `losses` maps a power's code to a band of shape (state, date): the twelve-month loss; `premium`
    has the same shape. The worst of the powers is outlined.
    """
    rows = math.ceil((len(states) + 1) / 3)
    figure = blank(0.75 + 1.75 * rows, title, unit)
    every = panels(figure, len(states) + 1, 3, (0.52, 0.3, 0.12, 0.78), (0.42, 0.45))
    limits = reach([*losses.values(), premium])
    worst = np.argmax(np.stack([band[1] for band in losses.values()]), axis=0)
    slots = len(losses) + 1
    thick = 0.84 / slots
    for state, (axes, code) in enumerate(zip(every[:-1], states, strict=True)):
        axes.set_title(name_of(code, names))
        axes.set_ylim(*limits)
        axes.grid(False, axis="x")
        axes.axhline(0, color=palette.GREY, lw=0.8)
        places = np.arange(len(dates), dtype=float)
        axes.set_xticks(places, dates)
        for place, (power, band) in enumerate(losses.items()):
            low, middle, high = (array[state] for array in band)
            loss_bars(
                axes,
                places + thick * (place - len(losses) / 2),
                (low, middle, high),
                palette.partner_look(power),
                worst[state] == place,
                thick,
            )
        low, middle, high = (array[state] for array in premium)
        axes.errorbar(
            places + thick * len(losses) / 2,
            middle,
            yerr=whiskers((low, middle, high)),
            fmt="D",
            zorder=5,
            **PREMIUM,
        )
    legend_panel(
        every[-1], loss_handles(losses, names), "Bars: median of runs.\nLines: 90% of runs."
    )
    return figure


PREMIUM: dict[str, Any] = {
    "ms": 4.5,
    "mfc": "white",
    "mec": palette.INK,
    "ecolor": palette.INK,
    "lw": 1.0,
}


def loss_bars(
    axes: Axes, places: Array, band: Band, look: Look, worst: Array, thick: float
) -> None:
    """Draw upright bars of loss, the worst one outlined, with whiskers over 90% of runs."""
    axes.bar(
        places,
        band[1],
        width=thick * 0.94,
        color=look.colour,
        hatch=look.hatch,
        edgecolor=[palette.INK if is_worst else "white" for is_worst in worst],
        lw=[1.2 if is_worst else 0.0 for is_worst in worst],
        yerr=whiskers(band),
        error_kw={"lw": 0.9, "ecolor": palette.GREY},
    )


def loss_handles(losses: Mapping[str, Band], names: Mapping[str, str] | None) -> list[Any]:
    """Return the legend of the losses: one entry a power, the worst, and the premium."""
    handles: list[Any] = []
    for power in losses:
        look = palette.partner_look(power)
        label = f"{name_of(power, names)} withdraws"
        handles.append(
            Patch(facecolor=look.colour, hatch=look.hatch, edgecolor="white", lw=0, label=label)
        )
    handles.append(Patch(facecolor="white", edgecolor=palette.INK, lw=1.2, label="the worst case"))
    handles.append(
        Line2D(
            [], [], color="none", marker="D", ms=4.5, mfc="white", mec=palette.INK, label="premium"
        )
    )
    return handles


# ---------------------------------------------------------------- files


QUICK = {"compress_level": 1}
"""A seventh more bytes in a PNG, and a third less time."""


def save(figure: Figure, folder: Path | str, name: str) -> tuple[Path, Path]:
    """Return the PNG and SVG files of a figure: whole or not at all, same figure, same bytes."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    png, svg = (Path(folder) / f"{name}.{kind}" for kind in ("png", "svg"))
    with mpl.rc_context(STYLE):
        write_whole(figure, png, dpi=DOTS, metadata={"Software": None}, pil_kwargs=QUICK)
        write_whole(figure, svg, metadata={"Date": None, "Creator": None})
    return png, svg


def write_whole(figure: Figure, file: Path, **how: Any) -> None:
    """Write a figure beside its file and move it there, so that a killed run leaves the old one."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        figure.savefig(fresh, format=file.suffix[1:], **how)
        os.replace(fresh, file)
    finally:
        fresh.unlink(missing_ok=True)
