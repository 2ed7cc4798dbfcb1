"""The findings of a study as a folder (page, tables, figures, record) and in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim.claims import amount
from sim.study.findings import Findings, Picture, Table
from sim.vocabulary import VERSION
from sim.written import write_csv, write_json

if TYPE_CHECKING:
    from rich.console import Console

HERE = Path(__file__).resolve().parent

TAG = "A teaching model, not a forecast."

BEARS = (
    "This is what the runs of the model bear. “In so many of the runs” counts runs over the ranges "
    "of the model's numbers; it says nothing of how often a thing happens in the world."
)

WIDEST = 100
"""Columns to which sentences are wrapped."""

LONGEST_WORD = 20
"""Letters of a word in a table's first column that is not broken, however narrow it gets."""


def write(found: Findings, folder: Path, made_with: Mapping[str, str]) -> None:
    """Write all files of a study into a folder: record, tables, figures and page.

    `made_with` tells what the numbers depend on beside what was asked: code, region, machine.
    """
    made = {"version": VERSION, "study": found.kind, **found.about, "made with": made_with}
    write_json(folder / "manifest.json", made)
    write_json(folder / "summary.json", record(found))
    (folder / "tables").mkdir()
    for table in found.tables:
        write_csv(folder / "tables" / f"{table.name}.csv", table.columns, table.rows)
    drawings = [drawn(picture, folder / "figures") for picture in found.pictures]
    (folder / "report.html").write_text(page(found, drawings), encoding="utf-8")


def record(found: Findings) -> dict[str, Any]:
    """Return what was found as it is saved."""
    return {
        "version": VERSION,
        "study": found.kind,
        "title": found.title,
        "question": found.question,
        "sentences": list(found.sentences),
        "tables": {
            table.name: [dict(zip(table.columns, row, strict=True)) for row in table.rows]
            for table in found.tables
        },
    }


def drawn(picture: Picture, folder: Path) -> dict[str, str]:
    """Write a figure as PNG and SVG; return what the page shows of it."""
    from sim.report.figures.canvas import blank, save, styled

    def draw() -> Any:
        figure = blank(4.0, "")
        picture.draw(figure)
        return figure

    _, svg = save(styled(draw)(), folder, picture.name)
    text = svg.read_text("utf-8")
    return {
        "name": picture.name,
        "caption": picture.caption,
        "svg": text[text.index("<svg") :],
    }


def page(found: Findings, drawings: list[dict[str, str]]) -> str:
    """Return the page: it needs nothing else."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    room = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return room.get_template("study.html").render(
        css=(HERE / "page.css").read_text("utf-8"),
        tag=TAG,
        bears=BEARS,
        found=found,
        drawings=drawings,
        tables=[shown(table) for table in found.tables],
        about=[(key.replace("_", " "), told(given)) for key, given in found.about.items()],
    )


def shown(table: Table) -> dict[str, Any]:
    """Return a table as the page shows it: numbers at the right, with three digits."""
    return {
        "caption": table.caption,
        "columns": table.columns,
        "rows": [[(cell(one), isinstance(one, int | float)) for one in row] for row in table.rows],
    }


def cell(one: Any) -> str:
    """Return what stands in a table for a number or word."""
    return amount(float(one)) if isinstance(one, int | float) else str(one)


def told(given: Any) -> str:
    """Return a thing asked for, as words."""
    if isinstance(given, dict):
        return ", ".join(f"{key} {told(inner)}" for key, inner in given.items())
    if isinstance(given, list | tuple):
        return ", ".join(map(told, given))
    return "none" if given is None else str(given)


def show(found: Findings, folder: str, console: Console | None = None) -> None:
    """Print what was found: sentences, tables, and where the files are."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table as Grid
    from rich.text import Text

    console = console or Console()
    width = min(console.width, WIDEST)
    console.print(Text(found.title, style="bold"))
    console.print(Text(found.question), width=width)
    console.print()
    for sentence in found.sentences:
        console.print(Padding(Text(f"• {sentence}"), (0, 0, 0, 0)), width=width)
    for table in found.tables:
        grid = Grid(box=SIMPLE_HEAD, title=table.caption, title_justify="left", title_style="bold")
        for k, column in enumerate(table.columns):
            numbers = all(isinstance(row[k], int | float) for row in table.rows)
            side: Literal["left", "right"] = "right" if numbers else "left"
            words = " ".join(cell(row[k]) for row in table.rows).split()
            whole = min(max(map(len, words), default=0), LONGEST_WORD) if k == 0 else None
            grid.add_column(column, justify=side, overflow="fold", min_width=whole)
        for row in table.rows:
            grid.add_row(*(Text(cell(one)) for one in row))
        console.print()
        console.print(grid)
    console.print(Text(f"{TAG} All of it is in {folder}/report.html, tables beside it."))
