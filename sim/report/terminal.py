"""The answer in the terminal: from the answer's record alone, so that a saved one reads the same.

Every change is against the baseline: median, and in brackets the 5th and 95th percentile of runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.claims import amount
from sim.report.tables import Groups, Row, Section, change, later, nothing, rounded, sections

Record = dict[str, Any]

LABEL, LEVEL, CELL = 26, 6, 22
"""Widths of a row's label, of its level before, and of each change, in characters."""

FILES = {
    "report.html": "the whole answer with figures and evidence",
    "summary.json": "this answer",
    "manifest.json": "how to get it again",
}
ARM_FILES = {
    "hedging.csv": "every measure by month and state",
    "observables.csv": "what the model says in the world's units",
    "attribution.csv": "why it moved",
    "run.nc": "all arrays",
}
"""What there is once for each arm, in a folder of its own."""


def show(answer: Record, console: Console, folder: str | None = None) -> None:
    """Print an answer, or each arm's in turn, and where its files are."""
    if "arms" in answer:
        show_many(answer, console, folder)
        return
    heading(answer, console)
    body(answer, console)
    where(folder, console)


def show_many(answer: Record, console: Console, folder: str | None = None) -> None:
    """Print the answers of several arms of one question, one after the other."""
    arms = list(answer["arms"].values())
    heading({"about": {**arms[0]["about"], "title": answer["about"]["title"]}}, console)
    for arm in arms:
        console.print()
        console.rule(Text(f"{arm['about']['arm']}: {arm['about']['title']}", style="bold"))
        body(arm, console)
    where(folder, console, "ARM/")


def heading(answer: Record, console: Console) -> None:
    """Print title, tag line, question, and how far it goes beyond the articles."""
    about = answer["about"]
    console.print()
    console.print(Text(about["title"], style="bold"))
    console.print(Text(about["tag"], style="italic"))
    console.print()
    console.print(Text(about["question"]))
    if about["beyond"]:
        console.print(Text.assemble(("Beyond the articles: ", "bold"), about["beyond"]))
    else:
        console.print(
            Text(
                "The file does not say how far this goes beyond what the articles report.",
                style="dim",
            )
        )


def body(answer: Record, console: Console) -> None:
    """Print what is supposed and what comes of it."""
    suppositions(answer, console)
    if unmoved(answer):
        paragraph("Answer", answer["sentences"], console)
        return
    console.print()
    note = "Changes against the baseline: median [5% to 95% of runs]. Medians do not add up."
    console.print(Text(note, style="dim"))
    for part in sections(answer):
        show_section(part, answer, console)
    why(answer, console)
    paragraph("Answer, in words", answer["sentences"], console)


def unmoved(answer: Record) -> bool:
    """Return whether nothing is supposed beyond the baseline."""
    return all(moment["key"] != "during" for moment in answer["moments"])


def suppositions(answer: Record, console: Console) -> None:
    """Print what is supposed, against which baseline, over how many runs."""
    about = answer["about"]
    shocks = "" if about["shocks"] else ", without monthly shocks"
    console.print()
    console.print(Text("What is supposed", style="bold"))
    for sentence in about["supposed"] or ["Nothing."]:
        console.print(indented(sentence))
    console.print(
        Text(
            f"Baseline: {about['baseline_title'] or about['baseline']}. {about['members']} runs of "
            f"{about['months']} months from {about['start']}, seed {about['seed']}{shocks}.",
            style="dim",
        )
    )


# ---------------------------------------------------------------- how they are printed


def show_section(part: Section, answer: Record, console: Console) -> None:
    """Print one table; states to which nothing happens share one line below it."""
    console.print()
    console.print(Text(part.title, style="bold"))
    if part.groups:
        console.print(table(part.groups, dates(answer, part.groups, console.width), answer))
    if part.still:
        console.print(indented(nothing(part, answer)))
    if part.groups:
        console.print(indented(part.remark, "dim"))


def dates(answer: Record, groups: Groups, width: int) -> list[str]:
    """Return the dates for which there is room: the event's, then the furthest from it first."""
    there = {key for _, rows in groups for line in rows for key in line.changes}
    possible = [key for key in later(answer) if key in there]
    room = max((width - LABEL - LEVEL - 1) // (CELL + 1), 1)
    wanted = [key for key in ("during", "after_24", "after_12", "end") if key in possible]
    if "after_24" not in wanted:
        wanted = [key for key in ("during", "end", "after_12") if key in possible]
    return [key for key in possible if key in wanted[:room]]


def table(groups: Groups, when: list[str], answer: Record) -> Table:
    """Return a table of groups of rows, one column for the level before and one for each date."""
    labels = {moment["key"]: moment["label"] for moment in answer["moments"]}
    grid = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0)
    grid.add_column("", width=LABEL, no_wrap=True)
    grid.add_column(Text("before", justify="right"), width=LEVEL, no_wrap=True, justify="right")
    for key in when:
        head = labels[key].replace("last month in full force", "in full force").replace(", ", "\n")
        grid.add_column(Text(head, justify="right"), min_width=CELL, no_wrap=True, justify="right")
    for name, rows in groups:
        grid.add_row(Text(name, style="bold"))
        for line in rows:
            grid.add_row(*cells_of(line, when), style="dim" if line.inner else "")
    return grid


def cells_of(line: Row, when: list[str]) -> list[str]:
    """Return the texts of one row."""
    label = f"{'    ' if line.inner else '  '}{line.label}"
    before = "" if line.before is None else rounded(line.before, line.least)
    return [
        escape(label if len(label) <= LABEL else f"{label[: LABEL - 1]}…"),
        before,
        *(
            escape(change(line.changes[key], line.least)) if key in line.changes else ""
            for key in when
        ),
    ]


def why(answer: Record, console: Console) -> None:
    """Print the split of the headline state's change of breadth, by event and by channel."""
    state = answer["states"][answer["headline_state"]]
    key = later(answer)[0]
    label = next(m["label"] for m in answer["moments"] if m["key"] == key)
    console.print()
    console.print(Text(f"Why the breadth of {state['name']}'s ties moved, {label}", style="bold"))
    grid = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0)
    grid.add_column("mean part", width=42, no_wrap=True, overflow="ellipsis")
    grid.add_column("mean", justify="right", no_wrap=True)
    grid.add_column("5% to 95% of runs", justify="right", no_wrap=True)
    for name, mean, band in parts(answer, state, key):
        grid.add_row(escape(name), *((signed(mean), band) if band else ("", "")))
    console.print(grid)
    note = answer["attribution"]
    how = "exact" if note["exact"] else "by sampled orders of entry"
    remark = (
        f"Events: Shapley values, {how}, over {note['members']} runs, in effective partners. "
        "Channels: in % of breadth. Means add up, medians do not."
    )
    console.print(indented(remark, "dim"))


def parts(answer: Record, state: Record, key: str) -> Iterator[tuple[str, float, str]]:
    """Yield the largest parts by event and by channel: name, mean, band."""
    events = state["events"].get("breadth", {}).get(key, [])
    if events:
        yield "By event, effective partners", 0.0, ""
    for event in largest(events, 4):
        yield f"  {event['event']}", event["mean"], band(event["band"], 1.0)
    yield "By channel, % of breadth", 0.0, ""
    for channel in largest(state["channels"][key], 4):
        name = f"  {answer['names'][channel['partner']]}: {channel['domain']}"
        yield name, 100.0 * channel["mean"], band(channel["band"], 100.0)


def largest(rows: list[Record], most: int) -> list[Record]:
    """Return the rows of the largest means that are not nothing, largest first."""
    kept = [part for part in rows if abs(part["mean"]) > 1e-5]
    return sorted(kept, key=lambda part: -abs(part["mean"]))[:most]


def signed(number: float) -> str:
    """Return a number with its sign."""
    return f"+{amount(number)}" if number > 0 else amount(number)


def band(cell: Sequence[float], factor: float) -> str:
    """Return a 90% band as text."""
    return " to ".join(rounded(factor * end, 1e-5 * factor) for end in cell[1:])


def indented(text: str, style: str = "") -> Padding:
    """Return a text that is set in a little, and wraps at the width."""
    return Padding(Text(text, style=style), (0, 0, 0, 2), expand=False)


def paragraph(title: str, sentences: Sequence[str], console: Console) -> None:
    """Print sentences under a title, wrapped to the width."""
    console.print()
    console.print(Text(title, style="bold"))
    for sentence in sentences:
        console.print(indented(sentence))


def where(folder: str | None, console: Console, inner: str = "") -> None:
    """Print where the files are; `inner` is the folder of those that every arm has."""
    if folder is None:
        return
    console.print()
    console.print(Text("How to read this: docs/reading_an_answer.md", style="dim"))
    console.print(Text(f"Files in {folder}", style="bold"))
    for name, what in {**FILES, **{inner + name: what for name, what in ARM_FILES.items()}}.items():
        console.print(indented(f"{name:<20} {what}"))
