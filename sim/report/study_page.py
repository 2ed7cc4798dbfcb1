"""The findings of a study as a folder (page, tables, figures, record) and in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.claims import amount
from sim.report.console import readable_console
from sim.study.findings import Findings, Picture, Table
from sim.vocabulary import VERSION
from sim.written import write_csv, write_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as Grid

HERE = Path(__file__).resolve().parent

TAG = "A teaching model, not a forecast."

BEARS = (
    "This is what the runs of the model bear. “In so many of the runs” counts runs over the ranges "
    "of the model's numbers; it says nothing of how often a thing happens in the world."
)

WIDEST = 100
"""Columns to which sentences are wrapped."""

NOTES = "How it was asked"
"""Head of what is said of how a study was made, below what it found."""

BETWEEN = 2
"""Blanks beside a column of a table."""

UNBROKEN = 24
"""Letters of the longest word or name that is not broken to make a table narrower."""


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
        "notes": list(found.notes),
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
        notes_head=NOTES,
        drawings=drawings,
        tables=[shown(table) for table in found.tables if table.seen != "file"],
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
    """Print what was found: sentences, tables, how it was asked, and where the files are."""
    from rich.text import Text

    console = console or readable_console()
    say(record(found), console)
    for table in (one for one in found.tables if one.seen == "everywhere"):
        console.print()
        console.print(Text(table.caption, style="bold"), width=min(console.width, WIDEST))
        console.print(grid(table, console.width))
    say_how(record(found), console)
    where(console, folder, found.kind)


def saved(kept: Mapping[str, Any], console: Console, folder: str) -> None:
    """Print again what a study or a sweep found, as it is kept: all but its tables."""
    say(kept, console)
    say_how(kept, console)
    where(console, folder, str(kept.get("study")))


def say(kept: Mapping[str, Any], console: Console) -> None:
    """Print what was found."""
    from rich.text import Text

    width = min(console.width, WIDEST)
    if "title" in kept:
        console.print(Text(kept["title"], style="bold"))
        console.print(Text(kept["question"]), width=width)
        console.print()
    console.print(bullets(kept["sentences"]), width=width)


def say_how(kept: Mapping[str, Any], console: Console) -> None:
    """Print how it was asked."""
    from rich.text import Text

    if kept.get("notes"):
        console.print()
        console.print(Text(NOTES, style="bold"))
        console.print(bullets(kept["notes"]), width=min(console.width, WIDEST))
        console.print()


ELSEWHERE = {
    "sweep": "All of it is in {folder}/parts, tables beside it.",
    "explore": "The page is {folder}/explore.html; any browser opens it, without a network.",
}
"""Where it is what some studies found."""

IN_REPORT = "All of it is in {folder}/report.html, tables beside it."


def where(console: Console, folder: str, study: str) -> None:
    """Print where all of it is."""
    from rich.text import Text

    told = ELSEWHERE.get(study, IN_REPORT).format(folder=folder)
    console.print(Text(f"{TAG} {told}"))


def bullets(sentences: Sequence[str]) -> Grid:
    """Return sentences as a list for the terminal."""
    from rich.table import Table as Grid
    from rich.text import Text

    rows = Grid.grid()
    rows.add_column(width=2)
    rows.add_column()
    for sentence in sentences:
        rows.add_row("•", Text(sentence))
    return rows


def grid(table: Table, width: int) -> Grid:
    """Return a table for the terminal; words of a bearable length stay whole if there is room."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Grid
    from rich.text import Text

    rows = Grid(box=SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    columns = [
        [column, *(cell(row[k]) for row in table.rows)] for k, column in enumerate(table.columns)
    ]
    wide = [max(map(len, cells)) for cells in columns]
    whole = [min(max(map(len, " ".join(cells).split())), UNBROKEN) for cells in columns]
    widths = fitted(wide, whole, width - BETWEEN * len(columns))
    for k, column in enumerate(table.columns):
        numbers = all(isinstance(row[k], int | float) for row in table.rows)
        rows.add_column(
            column, justify="right" if numbers else "left", overflow="fold", width=widths[k]
        )
    for row in table.rows:
        rows.add_row(*(Text(cell(one)) for one in row))
    return rows


def fitted(wide: Sequence[int], whole: Sequence[int], room: int) -> list[int]:
    """Return widths of columns for which there is room: the widest gives way first.

    Words are broken only where there is no other way, and never in the first column.
    """
    made = list(wide)
    while sum(made) > room:
        bent = [k for k in range(len(made)) if made[k] > whole[k]]
        broken = [k for k in range(1, len(made)) if made[k] > 1]
        if not (bent or broken):
            break
        made[max(bent or broken, key=made.__getitem__)] -= 1
    return made
