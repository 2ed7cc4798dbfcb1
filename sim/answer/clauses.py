"""What a rule says of a supposition, and when a change is clear enough to be told."""

from __future__ import annotations

import numpy as np

from sim.answer.cells import agreed
from sim.answer.verdict import MOST
from sim.claims import frequency, listed, tells
from sim.moments import Moment
from sim.results import Results

Told = tuple[str, list[str]]
"""A clause for the lead, and whole sentences."""

SILENT: Told = ("", [])

MOST_STATES = 3
"""Most states that one sentence tells of."""

TOLD_PRESSURE = 0.01
"""Least change of pressure that is told, of full pressure."""


def clear(members: np.ndarray, least: float) -> bool:
    """Return whether a change goes one way in most runs and is at least so large."""
    middle = abs(float(np.median(members)))
    return middle > 0 and middle >= least and float(agreed(members)) >= MOST


def often(members: np.ndarray) -> str:
    """Return how often a change has the sign of its median, and a size that is written."""
    return frequency(float(agreed(members)), len(members))


def each_often(changes: list[np.ndarray]) -> str:
    """Return how often several changes have their signs, by the one that has it least often."""
    each = "each " if len(changes) > 1 else ""
    return f"{each}{frequency(min(float(agreed(x)) for x in changes), len(changes[0]))}"


def largest(found: list[tuple[str, np.ndarray]]) -> str:
    """Return the parts of a sentence whose changes are largest, and how often they have signs."""
    most = sorted(found, key=lambda row: -abs(float(np.median(row[1]))))[:MOST_STATES]
    return f"{listed([part for part, _ in most])}, {each_often([x for _, x in most])}."


def ties_tell(results: Results, place: int, at: Moment) -> bool:
    """Return whether a state's share of any partner can be told from nothing."""
    change = results.at("difference", "pooled", at)[:, place]
    most = int(np.abs(np.median(change, axis=0)).argmax())
    return tells(change[:, most], "share")


def at_most(
    results: Results, name: str, place: tuple[int | slice, ...]
) -> tuple[Moment, np.ndarray]:
    """Return the date, of those that are read, at which something differs most, and by what."""
    found = [(m, results.at("difference", name, m)[(slice(None), *place)]) for m in results.moments]
    return max(found, key=lambda row: float(np.abs(np.median(row[1], axis=0)).max()))
