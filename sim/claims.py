"""The closed vocabulary in which the model speaks of its runs.

A member is a run of the model, never a chance in the world: so frequencies of runs, sizes and
durations, and nothing of what will, would or is likely to happen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

FREQUENCIES = (
    (0.95, "in nearly all runs"),
    (0.75, "in most runs"),
    (0.55, "in more runs than not"),
    (0.45, "the runs are divided"),
    (0.25, "in fewer runs than not"),
    (0.05, "in few runs"),
)
"""Least share of runs for each phrase."""

EVERY_RUN = 200
"""Least members for "in every run"."""

SIZES = {
    "breadth": (0.05, 0.15, 0.40),
    "gdp": (0.1, 0.5, 2.0),
    "share": (0.01, 0.03, 0.10),
    "lens": (0.01, 0.03, 0.10),
    "lost": (0.01, 0.05, 0.20),
}
"""Where slight ends, small ends and moderate ends: effective partners, % of GDP, points of share
(one), points of a lens (one), part of a year's exports."""

LEAST_WRITTEN = {"points": 0.01, "effective partners": 0.001}
"""Below which a median is written as 0, by unit."""

SIZE_WORDS = ("slight", "small", "moderate", "large")

NOTHING = "no difference that we can tell from nothing"

BRIEF, PASSING, LASTING = 3, 12, 24
"""Months within which half of an effect is gone."""


FEW = 20
"""Members below which runs are counted and no words are used for their share."""


def frequency(share: float, members: int) -> str:
    """Return how often something holds among the runs, in words; few runs are counted."""
    if share > 0 and members < FEW:
        return (
            "in the one run" if members == 1 else f"in {round(share * members)} of {members} runs"
        )
    if share >= 1.0:
        return "in every run" if members >= EVERY_RUN else "in nearly all runs"
    for least, phrase in FREQUENCIES:
        if share >= least:
            return phrase
    return "in hardly any runs" if share > 0 else "in no runs"


def counted_runs(members: int) -> str:
    """Return how many runs there are, in words."""
    return "one run" if members == 1 else f"{members} runs"


def direction(members: np.ndarray) -> tuple[int, float]:
    """Return the sign of the median and the share of members that have it; (0, 1) if all are 0."""
    middle = float(np.median(members))
    sign = int(np.sign(middle))
    if sign == 0:
        return 0, float(np.mean(members == 0))
    return sign, float(np.mean(np.sign(members) == sign))


def tells(members: np.ndarray, kind: str) -> bool:
    """Return whether a difference can be told from nothing: more runs than not, and not tiny."""
    sign, share = direction(members)
    tiny = SIZES[kind][0] / 10.0
    return sign != 0 and share >= FREQUENCIES[2][0] and abs(float(np.median(members))) >= tiny


def size(members: np.ndarray, kind: str) -> str:
    """Return the size of the median difference in words."""
    if not tells(members, kind):
        return NOTHING
    place = int(np.searchsorted(SIZES[kind], abs(float(np.median(members))), side="right"))
    return SIZE_WORDS[place]


def duration(effect: Sequence[float], during: int) -> tuple[str, int | None]:
    """Return how long a median effect lasts after a date, in words and months to half.

    `effect` is the median difference by month, `during` the date from which it is counted.
    """
    start = abs(effect[during])
    if start == 0:
        return "no effect to last", None
    for months, later in enumerate(effect[during:]):
        if abs(later) <= start / 2.0:
            word = "brief" if months < BRIEF else "passing" if months < PASSING else "lasting"
            return word, months
    return "not undone within the run", None


def amount(number: float, digits: int = 2) -> str:
    """Return a number with so many significant digits, without an exponent."""
    if number == 0 or not np.isfinite(number):
        return "0"
    places = max(digits - 1 - int(np.floor(np.log10(abs(number)))), 0)
    text = f"{round(number, digits - 1 - int(np.floor(np.log10(abs(number))))):.{places}f}"
    return text.replace("-", "−")


def span(band: Sequence[float], unit: str = "", digits: int = 2) -> str:
    """Return a band as "low to high unit (median m)": the range before the median."""
    middle, low, high = band
    unit = f" {unit}" if unit else ""
    if amount(low, digits) == amount(high, digits):
        return f"{amount(middle, digits)}{unit}"
    return (
        f"{amount(low, digits)} to {amount(high, digits)}{unit} (median {amount(middle, digits)})"
    )


def listed(names: Sequence[str]) -> str:
    """Return names as a list in words."""
    if len(names) <= 1:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
