"""What a study found: sentences, tables and figures, whatever it studied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Table:
    """Rows of numbers and words under heads."""

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    seen: str = "everywhere"  # or on the "page" and in its file, or in its "file" alone


@dataclass(frozen=True)
class Picture:
    """A figure, drawn when it is asked for."""

    name: str
    caption: str
    draw: Callable[[Figure], None]


@dataclass(frozen=True)
class Findings:
    """What a study ends with."""

    kind: str  # sensitivity | discover | tipping | worst | compare | validate | hindcast ...
    title: str
    question: str
    sentences: tuple[str, ...]
    tables: tuple[Table, ...]
    pictures: tuple[Picture, ...]
    about: Mapping[str, Any]  # all that is needed to get it again
    notes: tuple[str, ...] = ()  # how it was asked: what was chosen, and how it was made
