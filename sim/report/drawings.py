"""Figures of a page in a reader's language, drawn as text into the page itself.

Matplotlib's letters have no Chinese, and fonts are not shipped; a browser has its own. So these
are drawn here, in points of the screen, and every label is text that the browser sets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

import numpy as np

from sim.report import palette
from sim.report.figures.bands import Band

WIDE, HIGH = 300, 250
"""Points of one state's panel."""

LEFT, RIGHT = 46, 8

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Panel:
    """A panel in a drawing with its scales: months across, a quantity upwards."""

    left: float
    top: float
    wide: float
    high: float
    low: float
    most: float
    months: int

    def x(self, month: float) -> float:
        return self.left + self.wide * month / max(self.months - 1, 1)

    def y(self, number: float) -> float:
        return self.top + self.high * (self.most - number) / (self.most - self.low)


@dataclass(frozen=True)
class Over:
    """What all panels over the months share: the months, which are supposed, and words."""

    months: Sequence[str]
    window: tuple[int, int] | None
    point: str
    difference: str


# Signs ----------------------------------------------------------------------------------------


def drawing(wide: float, high: float, told: str, parts: Sequence[str]) -> str:
    """Return a drawing with its sentence for who cannot see it."""
    label = escape(told, quote=True)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" role="img"'
    return f'{head} aria-label="{label}">{"".join(parts)}</svg>'


def line(one: tuple[float, float], other: tuple[float, float], colour: str, more: str = "") -> str:
    ends = f'x1="{one[0]:.1f}" y1="{one[1]:.1f}" x2="{other[0]:.1f}" y2="{other[1]:.1f}"'
    return f'<line {ends} stroke="{colour}"{more}/>'


def label(x: float, y: float, told: str, anchor: str = "start", more: str = "") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f"<text {place}{more}>{escape(told)}</text>"


def way(points: Points) -> str:
    steps = (f"{'L' if k else 'M'}{x:.1f} {y:.1f}" for k, (x, y) in enumerate(points))
    return "".join(steps)


def area(upper: Points, lower: Points, more: str) -> str:
    """Return what lies between two lines."""
    back = way(list(reversed(lower))).replace("M", "L", 1)
    return f'<path d="{way(upper)}{back}Z"{more}/>'


def curve(points: Points, more: str) -> str:
    return f'<path d="{way(points)}" fill="none"{more}/>'


def rectangle(x: float, y: float, wide: float, high: float, more: str) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}"'
    return f"<rect {place}{more}/>"


SMALL = f' font-size="10" fill="{palette.GREY}"'
BOLD = f' font-size="12" font-weight="bold" fill="{palette.INK}"'
NORMAL = f' font-size="11" fill="{palette.INK}"'


# Scales ---------------------------------------------------------------------------------------


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Return about so many round numbers between two."""
    raw = (high - low) / about
    power = 10.0 ** floor(log10(raw))
    step = next(k * power for k in (1, 2, 5, 10) if k * power >= raw * 0.999)
    return [k * step for k in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def limits(bands: Sequence[np.ndarray], least: float, zero: bool = False) -> tuple[float, float]:
    """Return a scale that holds all numbers and never closes in on less than `least`."""
    low = min(float(np.min(one)) for one in bands)
    high = max(float(np.max(one)) for one in bands)
    low, high = (min(low, 0.0), max(high, 0.0)) if zero else (low, high)
    more = max(least - (high - low), 0.0) / 2 + 0.06 * max(high - low, least)
    return low - more, high + more


def frame(box: Panel, over: Over, years: bool = True) -> list[str]:
    """Return the supposed months, the grid, its numbers, and the years below."""
    made = []
    if over.window:
        begin, end = max(over.window[0] - 0.5, 0), min(over.window[1] + 0.5, box.months - 1)
        wide = max(box.x(end) - box.x(begin), 1.0)
        made.append(rectangle(box.x(begin), box.top, wide, box.high, f' fill="{palette.WINDOW}"'))
    right, foot = box.left + box.wide, box.top + box.high
    for number in ticks(box.low, box.most, 5 if box.high > 90 else 4):
        y = box.y(number)
        made.append(line((box.left, y), (right, y), palette.GRID))
        made.append(label(box.left - 4, y + 3.5, shown(number, over.point), "end", SMALL))
    for place, month in enumerate(over.months):
        if month.endswith("-01") and years_apart(over.months, box.wide, month):
            x = box.x(place)
            made.append(line((x, box.top), (x, foot), palette.GRID))
            if years:
                made.append(label(x, foot + 13, month[:4], "middle" if place else "start", SMALL))
    return made


def years_apart(months: Sequence[str], wide: float, month: str) -> bool:
    """Return whether a year has room for its number below a panel so wide."""
    every = ceil(len(months) / 12 * 40 / wide)
    return (int(month[:4]) - int(months[0][:4])) % every == 0


def shown(number: float, point: str) -> str:
    """Return a number on a scale, in the language's own way."""
    return f"{round(number, 9):.6g}".replace("-", "\N{MINUS SIGN}").replace(".", point)


def banded(box: Panel, band: Band, run: str) -> list[str]:
    """Return a run in a panel: its 90% as an area, its median as a line."""
    look = palette.run_look(run)
    low, middle, high = (
        [(box.x(k), box.y(float(number))) for k, number in enumerate(part)] for part in band
    )
    dashes = ' stroke-dasharray="5 3"' if run == "baseline" else ""
    return [
        area(high, low, f' fill="{look.colour}" fill-opacity="0.22"'),
        curve(middle, f' stroke="{look.colour}" stroke-width="1.8"{dashes}'),
    ]


# Figures --------------------------------------------------------------------------------------


def fan(
    over: Over,
    title: str,
    told: str,
    runs: Mapping[str, Band],
    least: float,
    apart: tuple[float, float],
) -> str:
    """Return one state's panel: both runs above, and below what differs, run by run.

    Bands of scenario, baseline and difference are (low, median, high) by month. `apart` is the
    scale of the difference, which all states share: what is next to nothing looks so.
    """
    count = len(over.months)
    level = limits([*runs["scenario"], *runs["baseline"]], least)
    wide = WIDE - LEFT - RIGHT
    upper = Panel(LEFT, 24, wide, 104, *level, count)
    lower = Panel(LEFT, 158, wide, 72, *apart, count)
    zero = lower.y(0)
    parts = [
        label(LEFT, 15, title, more=BOLD),
        *frame(upper, over, years=False),
        *(sign for run in ("scenario", "baseline") for sign in banded(upper, runs[run], run)),
        label(LEFT, 152, over.difference, more=SMALL),
        *frame(lower, over),
        line((LEFT, zero), (LEFT + wide, zero), palette.GREY),
        *banded(lower, runs["difference"], "scenario"),
    ]
    return drawing(WIDE, HIGH, told, parts)


def bars(
    told: str, names: Sequence[str], imposed: Sequence[float], chosen: Sequence[float],
    point: str, least: float,
) -> str:  # fmt: skip
    """Return imposed and chosen parts of a change, a state a row."""
    wide, left, row = 640.0, 130.0, 40.0
    reach = 1.08 * max([least, *(abs(number) for number in (*imposed, *chosen))])
    high = row * len(names) + 26
    middle, half = left + (wide - left - 10) / 2, (wide - left - 10) / 2
    parts = []
    for number in ticks(-reach, reach, 6):
        x = middle + half * number / reach
        colour = palette.GRID if number else palette.GREY
        parts.append(line((x, 2), (x, high - 22), colour))
        parts.append(label(x, high - 8, shown(number, point), "middle", SMALL))
    for place, name in enumerate(names):
        top = row * place + 4
        parts.append(label(left - 8, top + 20, name, "end", NORMAL))
        for k, (part, number) in enumerate(
            (("imposed", imposed[place]), ("chosen", chosen[place]))
        ):
            end = middle + half * number / reach
            more = f' fill="{palette.PARTS[part].colour}" stroke="{palette.INK}" stroke-width="0.5"'
            at = min(middle, end)
            parts.append(rectangle(at, top + 2 + 15 * k, max(abs(end - middle), 1.0), 13, more))
    return drawing(wide, high, told, parts)


def stacked(over: Over, told: str, flows: np.ndarray, before: np.ndarray) -> str:
    """Return what is sent by route, (route, month), one over the other; dashed: the baseline."""
    wide, high, count = 640.0, 280.0, len(over.months)
    tops = np.cumsum(flows, axis=0)
    most = 1.06 * max(float(tops.max()), float(before.max()), 0.01)
    box = Panel(LEFT, 8, wide - LEFT - RIGHT, high - 32, 0.0, most, count)
    parts = frame(box, over)
    under = np.zeros(count)
    for place, top in enumerate(tops):
        edges = [
            [(box.x(k), box.y(float(number))) for k, number in enumerate(one)]
            for one in (top, under)
        ]
        fill = f' fill="{palette.route_look(place).colour}" stroke="#fff" stroke-width="0.6"'
        parts.append(area(edges[0], edges[1], fill))
        under = top
    dashed = f' stroke="{palette.INK}" stroke-width="1.8" stroke-dasharray="5 3"'
    parts.append(curve([(box.x(k), box.y(float(one))) for k, one in enumerate(before)], dashed))
    return drawing(wide, high, told, parts)
