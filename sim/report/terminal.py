"""The answer in the terminal: from the answer's record alone, so that a saved one reads the same.

Every change is against the baseline: median, and in brackets the 5th and 95th percentile of runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.claims import amount, counted_runs
from sim.report.tables import (
    RULE_REMARK,
    Groups,
    Row,
    Section,
    change,
    costs_of_powers,
    later,
    nothing,
    rounded,
    sections,
    under_rules,
)

Record = dict[str, Any]

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
    if "across" in answer:
        paragraph("The arms side by side", answer["across"], console)
    for arm in arms:
        console.print()
        console.rule()
        console.print(Text(f"{arm['about']['arm']}: {arm['about']['title']}", style="bold"))
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
    console.print(Text(how_to_read(answer["about"]["members"]), style="dim"))
    told = [*sections(answer), *costs_of_powers(answer)]
    columns = layout(answer, told, console.width)
    for part in told:
        show_section(part, answer, columns, console)
    why(answer, console)
    paragraph("Answer, in words", answer["sentences"], console, lead="lead" in answer)
    if "under_rules" in answer:
        other_rules(answer, console)


def other_rules(answer: Record, console: Console) -> None:
    """Print under how many rules the changes hold, and between which medians they lie."""
    paragraph("Under other rules", answer["under_rules"]["sentences"], console)
    grid = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0)
    grid.add_column(Text("median change"))
    for head in ("least", "most", "holds under"):
        grid.add_column(Text(head), width=len(head) + 2, no_wrap=True, justify="right")
    for line in under_rules(answer):
        if line.holds:
            grid.add_row(*map(Text, (line.label, *ends(line.medians), line.holds)))
            grid.add_row(*map(Text, ("  of this, chosen", *ends(line.chosen), "")), style="dim")
    console.print(grid)
    console.print(indented(f"{RULE_REMARK} {LEFT_TO_PAGE}", "dim"))


LEFT_TO_PAGE = "Each rule's, and what cannot be told from nothing: report.html, summary.json."


def ends(medians: Sequence[str]) -> tuple[str, str]:
    """Return the least and the most of medians as they are written."""
    ranked = sorted(medians, key=lambda text: float(text.replace("\N{MINUS SIGN}", "-")))
    return ranked[0], ranked[-1]


def how_to_read(members: int) -> str:
    """Return what the numbers of the tables are."""
    if members == 1:
        return "Changes against the baseline, in the one run: there are no bands."
    return "Changes against the baseline: median [5% to 95% of runs]. Medians do not add up."


def unmoved(answer: Record) -> bool:
    """Return whether nothing is supposed beyond the baseline."""
    return all(moment["key"] != "during" for moment in answer["moments"])


def suppositions(answer: Record, console: Console) -> None:
    """Print what is supposed, against which baseline, over how many runs."""
    about = answer["about"]
    runs = counted_runs(about["members"]).capitalize()
    shocks = "" if about["shocks"] else ", without monthly shocks"
    console.print()
    console.print(Text("What is supposed", style="bold"))
    for sentence in about["supposed"] or ["Nothing."]:
        console.print(indented(sentence))
    if "off" in about:
        console.print(Text("In scenario and baseline alike", style="bold"))
        for sentence in about["off"]:
            console.print(indented(sentence))
    if about.get("ruled"):
        console.print(Text(about["ruled"]))
    console.print(
        Text(
            f"Baseline: {about['baseline_title'] or about['baseline']}. {runs} of "
            f"{about['months']} months from {about['start']}, seed {about['seed']}{shocks}.",
            style="dim",
        )
    )


# ---------------------------------------------------------------- how they are printed


@dataclass(frozen=True)
class Layout:
    """How wide the columns of all tables are, and which dates there is room for."""

    label: int
    before: int
    cell: int
    dates: tuple[str, ...]
    all_from: int  # columns of a terminal from which all dates are shown


LEAST_LABEL, MOST_LABEL, NARROW_LABEL = 20, 36, 12
"""Characters of a row's label: at least where dates compete for room, at most, and at the worst."""

FIRST_WANTED = ("during", "after_24", "end", "after_12")
"""The dates in the order in which they are given room: the event's, then the furthest from it."""


def layout(answer: Record, parts: Sequence[Section], width: int) -> Layout:
    """Return the columns of all tables: numbers are never cut, so dates are left out instead."""
    lines = [line for part in parts for _, rows in part.groups for line in rows]
    there = {key for line in lines for key in line.changes}
    possible = [key for key in later(answer) if key in there]
    heads = [part for key in possible for part in heading_of(answer, key)]
    cells = [text for line in lines for text in cells_of(line, possible)]
    before = max([len("before"), *(len(level_of(line)) for line in lines)])
    cell = max([0, *map(len, heads), *map(len, cells)])
    room = max((width - LEAST_LABEL - 1 - before) // (1 + cell), 1)
    wanted = [key for key in FIRST_WANTED if key in possible][:room]
    left = width - 1 - before - len(wanted) * (1 + cell)
    longest = max([0, *(len(spoken(line)) for line in lines)])
    label = max(min(longest, left, MOST_LABEL), NARROW_LABEL)
    all_from = LEAST_LABEL + 1 + before + len(possible) * (1 + cell)
    shown = tuple(key for key in possible if key in wanted)
    return Layout(label, before, cell, shown, all_from)


def show_section(part: Section, answer: Record, columns: Layout, console: Console) -> None:
    """Print one table; states to which nothing happens share one line below it."""
    console.print()
    console.print(Text(part.title, style="bold"))
    if part.groups:
        console.print(table(part.groups, columns, answer))
    if part.still:
        console.print(indented(nothing(part, answer)))
    if part.groups:
        console.print(indented(part.remark, "dim"))
    if missing := left_out(part.groups, columns, answer):
        console.print(indented(missing, "dim"))


def left_out(groups: Groups, columns: Layout, answer: Record) -> str:
    """Return which dates of a table there is no room for and where they are, or nothing."""
    there = {key for _, rows in groups for line in rows for key in line.changes}
    missing = [key for key in later(answer) if key in there and key not in columns.dates]
    if not missing:
        return ""
    months = ", ".join(heading_of(answer, key)[1] for key in missing)
    return f"No room for {months}: from {columns.all_from} columns on, or in summary.json."


def heading_of(answer: Record, key: str) -> tuple[str, str]:
    """Return the two lines of a date's heading: what date it is, and the month."""
    label = next(moment["label"] for moment in answer["moments"] if moment["key"] == key)
    what, _, month = label.replace("month in full force", "in full force").partition(", ")
    return what, month


def table(groups: Groups, columns: Layout, answer: Record) -> Table:
    """Return a table of groups of rows, one column for the level before and one for each date."""
    there = {key for _, rows in groups for line in rows for key in line.changes}
    when = [key for key in columns.dates if key in there]
    grid = grid_of(columns.label)
    grid.add_column(Text("before"), width=columns.before, no_wrap=True, justify="right")
    for key in when:
        head = Text("\n".join(heading_of(answer, key)), justify="right")
        grid.add_column(head, width=columns.cell, no_wrap=True, justify="right")
    for name, rows in groups:
        grid.add_row(Text(fill(name, columns.label), style="bold"))
        for line in rows:
            texts = (wrapped(spoken(line), columns.label), level_of(line), *cells_of(line, when))
            grid.add_row(*map(Text, texts), style="dim" if line.inner else "")
    return grid


def grid_of(label: int, head: str = "") -> Table:
    """Return a table without rows whose first column is a label so wide."""
    grid = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0)
    grid.add_column(Text(head), width=label)
    return grid


def spoken(line: Row) -> str:
    """Return the label of a row, set in."""
    return f"{'    ' if line.inner else '  '}{line.label}"


def wrapped(label: str, width: int) -> str:
    """Return a label on as many lines as it needs, all set in alike."""
    margin = " " * (len(label) - len(label.lstrip()))
    return fill(label.strip(), width, initial_indent=margin, subsequent_indent=f"{margin}  ")


def level_of(line: Row) -> str:
    """Return the text of a row's level before."""
    return "" if line.before is None else rounded(line.before, line.least)


def cells_of(line: Row, when: Sequence[str]) -> list[str]:
    """Return the texts of a row's changes at some dates."""
    return [change(line.changes[key], line.least) if key in line.changes else "" for key in when]


Part = tuple[str, str]
"""Name of a part of a change, and its mean with the band, as text."""

MOST_PARTS = 4
"""Most events, and most channels, that are named in the split; the rest is summed."""


def why(answer: Record, console: Console) -> None:
    """Print the split of the headline state's change of breadth, by event and by channel."""
    state = answer["states"][answer["headline_state"]]
    key = later(answer)[0]
    label = next(m["label"] for m in answer["moments"] if m["key"] == key)
    console.print()
    console.print(Text(f"Why the breadth of {state['name']}'s ties moved, {label}", style="bold"))
    for head, unit, lines in parts(answer, state, key):
        if lines:
            console.print(split(head, unit, lines, console.width))
    note = answer["attribution"]
    how = "exact" if note["exact"] else "by sampled orders of entry"
    of = f", over {counted_runs(note['members'])}" if note["members"] else ""
    bands = ", and in brackets 5% to 95% of runs" if answer["about"]["members"] > 1 else ""
    off = f" Standard error of a part at most {amount(note['error'])}." * (note["error"] > 0)
    remark = f"Events: Shapley values, {how}{of}. Means over the runs, which add up{bands}.{off}"
    console.print(indented(remark, "dim"))


def parts(answer: Record, state: Record, key: str) -> Iterator[tuple[str, str, list[Part]]]:
    """Yield the largest parts by event and by channel: head, unit, and name with mean and band."""
    events = [
        (event["event"], event["mean"], event["band"])
        for event in state["events"].get("breadth", {}).get(key, [])
    ]
    yield "By event", "effective partners", list(largest(events, 0.001))
    by_channel = [
        (
            f"{answer['names'][channel['partner']]}: {channel['domain']}",
            channel["mean"],
            channel["band"],
        )
        for channel in state["channels"][key]
    ]
    yield "By channel", "effective partners", list(largest(by_channel, 0.001))


def largest(rows: Sequence[tuple[str, float, list[float]]], least: float) -> Iterator[Part]:
    """Yield the rows of the largest means, largest first, and what is left over."""
    ranked = sorted(rows, key=lambda part: -abs(part[1]))
    shown = [part for part in ranked[:MOST_PARTS] if abs(part[1]) >= least]
    for name, mean, ends in shown:
        yield name, change([mean, *ends[1:]], least)
    rest = ranked[len(shown) :]
    if rest:
        yield f"the other {len(rest)}", change([sum(mean for _, mean, _ in rest)] * 3, least)


def split(head: str, unit: str, lines: Sequence[Part], width: int) -> Table:
    """Return one half of the split as a table with its unit in the head."""
    cell = max(len(unit), *(len(text) for _, text in lines))
    label = min(max(len(head), *(2 + len(name) for name, _ in lines)), width - 1 - cell)
    grid = grid_of(label, head)
    grid.add_column(Text(unit), width=cell, no_wrap=True, justify="right")
    for name, text in lines:
        grid.add_row(Text(wrapped(f"  {name}", label)), Text(text))
    return grid


def indented(text: str, style: str = "") -> Padding:
    """Return a text that is set in a little, and wraps at the width."""
    return Padding(Text(text, style=style), (0, 0, 0, 2), expand=False)


def paragraph(title: str, sentences: Sequence[str], console: Console, lead: bool = False) -> None:
    """Print sentences under a title, wrapped to the width; the first is bold where it leads."""
    console.print()
    console.print(Text(title, style="bold"))
    for place, sentence in enumerate(sentences):
        console.print(indented(sentence, "bold" if lead and place == 0 else ""))


def where(folder: str | None, console: Console, inner: str = "") -> None:
    """Print where the files are; `inner` is the folder of those that every arm has."""
    if folder is None:
        return
    console.print()
    console.print(Text("How to read this: docs/reading_an_answer.md", style="dim"))
    console.print(Text(f"Files in {folder}", style="bold"))
    grid = Table.grid(padding=(0, 2, 0, 0))
    for name, what in {**FILES, **{inner + name: what for name, what in ARM_FILES.items()}}.items():
        grid.add_row(Text(name), Text(what))
    console.print(Padding(grid, (0, 0, 0, 2)))
