"""The few dates at which an answer is read: before, during, after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.drivers import Drivers
from sim.vocabulary import MONTHS_A_YEAR


@dataclass(frozen=True)
class Moment:
    """A month at which an answer is read; place -1 is the base year."""

    key: str  # before | during | after_12 | after_24 | end
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


FULL = 0.99
"""Part of its largest size at which a disturbance counts as in full force."""


def disturbance(one: Drivers, other: Drivers) -> np.ndarray:
    """Return how far two sets of drivers differ in each month, 0 to 1 of the most they do.

    Each driver is measured against its own largest difference; their mean counts, so that a
    disturbance is in full force when all of it is.
    """
    sizes = []
    for name, array in one.arrays.items():
        apart = np.abs(array - other.arrays[name]).reshape(one.months, -1).max(axis=1)
        if apart.max() > 0:
            sizes.append(apart / apart.max())
    return np.mean(sizes, axis=0) if sizes else np.zeros(one.months)


def moments(size: np.ndarray, start: str) -> tuple[Moment, ...]:
    """Return the dates at which to read a comparison with a disturbance of this size by month.

    A passing disturbance is read in its last month in full force and one and two years later; a
    lasting one in its first month in full force and one and two years from its beginning.
    """
    last = len(size) - 1
    if not size.any():
        return (_moment("before", "", -1, start), _moment("end", "end of the run", last, start))
    begins, ends = int(np.flatnonzero(size)[0]), int(np.flatnonzero(size)[-1])
    full = np.flatnonzero(size >= FULL * size.max())
    lasting = ends == last
    anchor = int(full[0] if lasting else full[-1])
    counted_from = begins if lasting else anchor
    which = "first" if lasting else "last"
    read = {anchor: _moment("during", f"{which} month in full force", anchor, start)}
    for months in (MONTHS_A_YEAR, 2 * MONTHS_A_YEAR):
        place = counted_from + months
        if place <= last and place not in read:
            label = f"{months} months {'in' if lasting else 'after'}"
            read[place] = _moment(f"after_{months}", label, place, start)
    read.setdefault(last, _moment("end", "end of the run", last, start))
    return (
        _moment("before", "before", begins - 1, start),
        *(read[place] for place in sorted(read)),
    )


def _moment(key: str, label: str, place: int, start: str) -> Moment:
    if place < 0:
        return Moment(key, "the base year", place)
    return Moment(key, f"{label}, {month_name(start, place)}", place)
