"""Names, numbers and labels, and where on a figure they keep apart."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from sim.report import palette
from sim.report.figures.bands import Array, Box
from sim.report.figures.canvas import SCREEN_DOTS, SMALL


def wrapped(text: str, width: int, lines: int = 3) -> str:
    """Return a text broken into at most so many lines of at most so many characters."""
    return "\n".join(textwrap.wrap(text, width, max_lines=lines, placeholder=" ..."))


def name_of(code: str, names: Mapping[str, str] | None) -> str:
    """Return the name to write for a code; the code itself where none is given."""
    return (names or {}).get(code, code)


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


def number(amount: float, signed: bool = False) -> str:
    """Return a number with the digits that it deserves and a true minus sign."""
    if abs(amount) < 0.005:
        return "0"
    digits = 0 if abs(amount) >= 99.5 else 1 if abs(amount) >= 0.995 else 2
    return f"{amount:{'+' if signed else ''}.{digits}f}".replace("-", "\N{MINUS SIGN}")
