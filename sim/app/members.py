"""Members with numbers of their own, and their runs with the measures that a page shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sim.arrays import Arrays
from sim.base_year import world
from sim.ensemble import Block, Course
from sim.measures import measured, within
from sim.members import row_name
from sim.own_numbers import Numbers


def with_measures(block: Block, run: Course) -> Course:
    """Return a run with the measures of hedging beside what is kept of it."""
    measures = measured(block.world, run.months)
    axes = {**run.months.axes, **measures.axes}
    return replace(run, months=Arrays({**dict(run.months.items()), **dict(measures.items())}, axes))


def with_breadth(block: Block, run: Course) -> Course:
    """Return a run with breadth beside what is kept of it."""
    breadth = within(run.months.ties, block.world.base.domain_weight[:, None, :])
    arrays = {**dict(run.months.items()), "breadth": breadth}
    return replace(run, months=Arrays(arrays, {**run.months.axes, "breadth": ("state",)}))


def with_own_numbers(block: Block, numbers: Numbers) -> Block:
    """Return members with numbers of the ledger that a scenario sets.

    They are set in the members and not in the ledger: machine code made for the region serves all
    numbers then.
    """
    region, members = block.world.region, block.world.members
    rows = {row_name(row): row for row in region.ledger}
    for name, number in numbers:
        row = rows[name]
        array = members[row.attribute].copy()
        axes = region.attributes[row.attribute].axes
        labels = zip(axes, row.keys, strict=True)
        place: Any = (slice(None), *(region.place(axis, key) for axis, key in labels))
        array[place] = number
        members = members.replaced(**{row.attribute: array})
    return Block(block.first, world(region, members), block.shocks, block.seed)
