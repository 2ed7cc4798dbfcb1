"""The few dates at which an answer is read: before, during, after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.drivers import Drivers
from sim.vocabulary import MONTHS_A_YEAR


@dataclass(frozen=True)
class Moment:
    """A month at which an answer is read; place -1 is the base year."""

    key: str  # before | first | during | after_12 | after_24 | end
    label: str
    place: int


def month_name(start: str, place: int) -> str:
    """Return a month as YYYY-MM, counted from the first month of a run."""
    year, month = (int(part) for part in start.split("-")[:2])
    count = year * MONTHS_A_YEAR + month - 1 + place
    return f"{count // MONTHS_A_YEAR:04d}-{count % MONTHS_A_YEAR + 1:02d}"


def month_names(start: str, months: int) -> list[str]:
    """Return the months of a run as YYYY-MM."""
    return [month_name(start, place) for place in range(months)]


def differing(one: Drivers, other: Drivers) -> np.ndarray:
    """Return in which months two sets of drivers differ, shape (month,)."""
    differs = np.zeros(one.months, dtype=bool)
    for name, array in one.arrays.items():
        both = np.broadcast_arrays(array, other.arrays[name])
        differs |= (both[0] != both[1]).reshape(one.months, -1).any(axis=1)
    return differs


def moments(differs: np.ndarray, start: str) -> tuple[Moment, ...]:
    """Return the dates at which to read a comparison whose drivers differ in these months.

    A passing event is read in its last month and one and two years later; a lasting one in its
    first month and one and two years on. The end of the run closes the list.
    """
    last = len(differs) - 1
    if not differs.any():
        return (_moment("before", "the base year", -1, start), _moment("end", "", last, start))
    first, final = int(np.flatnonzero(differs)[0]), int(np.flatnonzero(differs)[-1])
    lasting = final == last
    anchor = first if lasting else final
    named = "first month" if lasting else "last month in force"
    chosen = [
        _moment("before", "before", first - 1, start),
        _moment("during", named, anchor, start),
    ]
    for years in (1, 2):
        place = anchor + years * MONTHS_A_YEAR
        if place <= last:
            label = f"{years * MONTHS_A_YEAR} months {'on' if lasting else 'after'}"
            chosen.append(_moment(f"after_{years * MONTHS_A_YEAR}", label, place, start))
    if chosen[-1].place < last:
        chosen.append(_moment("end", "end of the run", last, start))
    return tuple(chosen)


def _moment(key: str, label: str, place: int, start: str) -> Moment:
    when = "2021" if place < 0 else month_name(start, place)
    if place < 0:
        return Moment(key, "base year 2021", place)
    return Moment(key, f"{label}, {when}" if label else when, place)
