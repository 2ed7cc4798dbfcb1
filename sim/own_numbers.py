"""Numbers of the ledger that a scenario sets, instead of letting every member draw its own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from sim.errors import InputError, Problem
from sim.mechanisms import fixed
from sim.members import row_name
from sim.region import Region

Numbers = tuple[tuple[str, float], ...]
"""By the name of its row: the number that is set, in the row's unit."""


def with_numbers(region: Region, numbers: Numbers) -> Region:
    """Return a region in which some rows of the ledger are one number and nothing else.

    All else is as it was: a member is the same member but for what is set. The digest is another
    one, so that nothing that was kept for the region as published is taken for this one.
    """
    if not numbers:
        return region
    chosen = dict(numbers)
    ledger = tuple(
        fixed(row, chosen[row_name(row)]) if row_name(row) in chosen else row
        for row in region.ledger
    )
    digest = hashlib.sha256(repr((region.digest, numbers)).encode()).hexdigest()
    return replace(region, ledger=ledger, own=numbers, digest=digest)


def refuse_switched_off(region: Region, numbers: Numbers) -> None:
    """Refuse numbers that belong to a mechanism which is off: they would do nothing."""
    off = {
        attribute: one.name
        for one in region.mechanisms
        if one.name in region.off
        for attribute in one.numbers
    }
    rows = {row_name(row): row for row in region.ledger}
    problems = [
        Problem(
            f"numbers.{name}: {off[attribute]} is switched off, so it does nothing; leave one out"
        )
        for name, _ in numbers
        if (attribute := rows[name].attribute) in off
    ]
    if problems:
        raise InputError("The scenario", problems)


def told(numbers: Sequence[tuple[str, float]]) -> list[str]:
    """Return a sentence on the numbers that are set, if there are any."""
    if not numbers:
        return []
    each = ", ".join(f"{name} {number:g}" for name, number in numbers)
    return [f"Set in every run, and not drawn from its range: {each}."]
