"""The ledger of events inside their families, for the state whose ties a scenario moves most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sim.answer.verdict import headline_moment, headline_state
from sim.claims import amount
from sim.owen import Owen
from sim.results import Results

ROUNDING = 1e-9
"""Effective partners below which a part is rounding."""


@dataclass(frozen=True)
class Entry:
    """One row: a family, or an event in it, with its mean part and the standard error of that."""

    family: str
    event: str
    mean: float
    error: float


def entries(found: Owen, results: Results) -> list[Entry]:
    """Return families and their events with their parts in the change of breadth."""
    state = headline_state(results)
    read = [moment.key for moment in results.moments if moment.place >= 0]
    at = read.index(headline_moment(results, state).key)
    parts = {name: part[at, :, state] for name, part in found.parts["breadth"].items()}
    rows: list[Entry] = []
    for family, events in found.families.items():
        rows.append(entry(family, "", np.sum([parts[name] for name in events], axis=0)))
        if len(events) > 1:
            rows += [entry(family, name, parts[name]) for name in events]
    return rows


def entry(family: str, event: str, members: np.ndarray) -> Entry:
    """Return a row from the parts of the members."""
    error = float(members.std() / np.sqrt(len(members)))
    return Entry(family, event, float(members.mean()), error)


def show(found: Owen, results: Results, console: Console) -> None:
    """Print the ledger, families largest first."""
    state = headline_state(results)
    at = headline_moment(results, state)
    name = results.region.actor(results.region.states[state]).name
    arm = f"{results.scenario.arm}: " if results.scenario.arm else ""
    console.print()
    console.print(Text(f"{arm}Why the breadth of {name}'s ties moved, {at.label}", style="bold"))
    grid = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    grid.add_column("family and event")
    grid.add_column("effective partners", justify="right")
    grid.add_column("± error of the mean", justify="right")
    for row in ordered(entries(found, results)):
        label = f"  {row.event}" if row.event else row.family
        grid.add_row(
            escape(label), told(row.mean), told(row.error), style="" if row.event else "bold"
        )
    console.print(grid)
    remark = (
        f"Owen values over {found.members} runs: families exactly, their events in a pair of "
        "opposite orders. Means add up to the whole."
    )
    console.print(Text(remark, style="dim"))


def told(number: float) -> str:
    """Return a number at two digits; what is left of rounding as 0."""
    return amount(number) if abs(number) > ROUNDING else "0"


def ordered(rows: list[Entry]) -> Iterator[Entry]:
    """Yield families by size, each followed by its events by size."""
    heads = sorted((row for row in rows if not row.event), key=lambda row: -abs(row.mean))
    for head in heads:
        yield head
        inside = [row for row in rows if row.event and row.family == head.family]
        yield from sorted(inside, key=lambda row: -abs(row.mean))
