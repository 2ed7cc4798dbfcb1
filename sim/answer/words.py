"""Changes, counts and dates as they stand in a sentence."""

from __future__ import annotations

from sim.claims import amount
from sim.compare import date_in_words
from sim.moments import Moment


def moved(cell: list[float], unit: str, up: str = "higher", down: str = "lower") -> str:
    """Return a change in words, range before median: "16 to 24 Mt (median 19) less"."""
    middle, low, high = whole_numbers(cell)
    unit = unit if unit.startswith("%") else f" {unit}"
    if amount(low) == amount(high):
        return f"{amount(abs(middle))}{unit} {up if middle > 0 else down}"
    if low < 0 < high:
        word = up if middle > 0 else down
        return (
            f"{amount(-low)}{unit} {down} to {amount(high)}{unit} {up} "
            f"(median {amount(abs(middle))} {word})"
        )
    least, most = sorted((abs(low), abs(high)))
    numbers = f"{amount(least)} to {amount(most)}{unit} (median {amount(abs(middle))})"
    return f"{numbers} {up if middle > 0 else down}"


def ends(cell: list[float], unit: str) -> str:
    """Return a change by the ends of its band, without the median: "1.0 to 3.8 points lower"."""
    before, _, after = moved(cell, unit).partition(" (median")
    return before + after.partition(")")[2]


def ranged(cell: list[float], unit: str) -> str:
    """Return an amount in words, range before median: "16 to 24 Mt (median 19)"."""
    middle, low, high = whole_numbers(cell)
    unit = unit if unit.startswith("%") else f" {unit}"
    if amount(low) == amount(high):
        return f"{amount(middle)}{unit}"
    return f"{amount(low)} to {amount(high)}{unit} (median {amount(middle)})"


def whole_numbers(cell: list[float]) -> list[float]:
    """Return a band with what is below a hundredth of its largest number as 0."""
    least = max(abs(x) for x in cell) / 100.0
    return [x if abs(x) >= least else 0.0 for x in cell]


def told(points: float, least: float = 0.01) -> str:
    """Return a number of points at two digits; 0 where it is too small to be told."""
    return amount(points) if abs(points) >= least else "0"


def counted(count: int, noun: str) -> str:
    """Return a count with its noun in the right number."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def when(moment: Moment) -> str:
    """Return a date in words: July 2023, or the base year."""
    return date_in_words(moment.label.split(", ")[-1]) if ", " in moment.label else moment.label


def bare(cell: list[float], unit: str) -> str:
    """Return an amount by the ends of its band, without the median: "16 to 24 Mt"."""
    return ranged(cell, unit).partition(" (median")[0]


def possessive(name: str) -> str:
    """Return whose something is: Russia's, the United States'."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"
