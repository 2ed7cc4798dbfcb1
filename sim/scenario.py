"""What the user supposes: a dated list of events over a region, already checked. Frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from numbers import Integral
from typing import Any

from sim.errors import InputError, Problem
from sim.vocabulary import PORTFOLIO

LIMITS = {"members": (1, 100_000), "months": (1, 600), "seed": (0, 2**63 - 1)}
"""The least and the most of each number of a run."""


@dataclass(frozen=True)
class Size:
    """A number that the user gave, or a range from which every member draws its own."""

    low: float
    high: float

    @property
    def central(self) -> float:
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class Event:
    """One dated supposition: its kind says which drivers it sets, its shape when."""

    id: str
    kind: str
    role: str  # shock | reaction
    start: str  # YYYY-MM or YYYY-MM-DD
    end: str | None  # last day or month in force; None: to the end of the run (or by shape)
    shape: str
    months: float | None  # length of a ramp, half-life of a decay
    size: Size
    what: dict[str, Any]  # the kind's own fields: links, states, power, need, intent ...
    because: tuple[str, ...]  # fact ids or words: what the event rests on
    note: str
    theme: str
    line: int | None = None


@dataclass(frozen=True)
class Scenario:
    """A question, and the events that pose it."""

    name: str
    title: str
    question: str
    sources: tuple[str, ...]
    beyond: str  # how far this goes beyond anything that the articles report
    start: str
    months: int
    members: int
    seed: int
    events: tuple[Event, ...]
    baseline: Scenario | None  # the same world without this file's own events
    arm: str | None = None
    arms: tuple[Scenario, ...] = ()
    own_events: tuple[str, ...] = ()  # ids of events that this file adds, removes or changes
    removed: tuple[Event, ...] = ()
    without: tuple[str, ...] = ()  # mechanisms that are switched off, in the baseline too
    numbers: tuple[tuple[str, float], ...] = ()  # of the ledger, as set here and in the baseline
    text: str = field(default="", repr=False)  # the file as written
    file: str = ""
    rule: str = PORTFOLIO  # by which the states choose
    rule_of_file: str = PORTFOLIO  # by which they do unless another is asked for
    strategies: tuple[tuple[str, str], ...] = ()  # by state: the file and class that plays it

    def resized(
        self,
        members: int | None = None,
        months: int | None = None,
        seed: int | None = None,
    ) -> Scenario:
        """Return the scenario, and its baseline with it, with other numbers for the run."""
        asked = {"members": members, "months": months, "seed": seed}
        changes: dict[str, Any] = {
            name: getattr(self, name) if number is None else int(number)
            for name, number in within_limits(asked).items()
        }
        base = self.baseline.resized(**changes) if self.baseline else None
        arms = tuple(arm.resized(**changes) for arm in self.arms)
        return replace(self, baseline=base, arms=arms, **changes)

    def under(self, rule: str) -> Scenario:
        """Return the scenario, and its baseline with it, with states that choose by a rule."""
        base = self.baseline.under(rule) if self.baseline else None
        arms = tuple(arm.under(rule) for arm in self.arms)
        return replace(self, baseline=base, arms=arms, rule=rule)


def within_limits(asked: dict[str, int | None]) -> dict[str, int | None]:
    """Return the numbers asked for a run, or say all that is wrong with them."""
    problems = [
        Problem(f"{name}: {wrong}")
        for name, number in asked.items()
        if (wrong := beyond_limits(number, *LIMITS[name]))
    ]
    if problems:
        raise InputError("What was asked of the run", problems)
    return asked


def beyond_limits(number: Any, least: int, most: int) -> str:
    """Return what is wrong with a number asked of a run, or nothing."""
    if number is None:
        return ""
    if isinstance(number, bool) or not isinstance(number, Integral):
        return f"{number!r} is no whole number; give one between {least} and {most}"
    return "" if least <= int(number) <= most else f"{number} is not between {least} and {most}"
