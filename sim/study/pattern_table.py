"""The table of patterns: what the articles report, how it is read in a run, and why so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sim.errors import InputError, Problem
from sim.mechanisms import without_events
from sim.moments import month_names
from sim.reading.csv_lines import (
    Line,
    doubled,
    empty,
    not_within,
    number,
    read_table,
    refuse,
    split,
    unknown,
)
from sim.reading.scenarios import read_scenario
from sim.reading.tables import COLUMNS, region_folder
from sim.region import Region
from sim.scenario import Scenario
from sim.study.formula import BASE, formula
from sim.study.patterns import KINDS, ROLES, Pattern

PATTERN_COLUMNS = (
    "id", "says", "facts", "kind", "role", "voices", "measure", "unit", "low", "high", "share",
    "why", "missed",
)  # fmt: skip

MOST_VOICES = 9

UNBOUNDED = 1e6
"""More than any quantity of the model can be."""

MONTH = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?!\d))?")


def read_patterns(region: Region) -> tuple[Pattern, ...]:
    """Return the patterns of a region, or say all that is wrong with their table."""
    home = region_folder(region.name)
    table = read_table(home / "patterns.csv", PATTERN_COLUMNS)
    facts = read_table(home / "facts.csv", COLUMNS["facts"])
    known = {line["code"]: known_since(line["when"], line["date"]) for line in facts.lines}
    arms = variants(region)
    months = month_names(arms[0].start, arms[0].months)
    runs = [str(arm.arm) for arm in arms]
    refuse(table.file, doubled(table, "id"))
    refuse(table.file, (p for line in table.lines for p in problems(line, known)))
    found, wrong = [], []
    for line in table.lines:
        try:
            found.append(pattern(line, known, region, runs))
            wrong += [line.problem(why) for why in out_of_time(found[-1], months)]
        except InputError as fault:
            wrong += [line.problem(str(one)) for one in fault.problems]
    refuse(table.file, wrong)
    return tuple(found)


def variants(region: Region) -> tuple[Scenario, ...]:
    """Return the history with one thing otherwise each, for patterns that compare two runs."""
    arms = read_scenario(region_folder(region.name) / "pairs.yaml", region).arms
    return tuple(as_in(region, arm) for arm in arms)


def as_in(region: Region, scenario: Scenario) -> Scenario:
    """Return a scenario by a region's rule, without the events of mechanisms that are off there."""
    return without_events(scenario.under(region.rule), region)


def known_since(when: str, written: str) -> str:
    """Return the month in which a fact was known, YYYY-MM: what it tells of, or its article.

    A span counts from its end; what is told of years to come, or of no date, from the article.
    """
    of_article = written[:7]
    months = [found.group(0) for found in MONTH.finditer(when)]
    if not months or "onward" in when:
        return of_article
    last = months[-1]
    return min(last if len(last) > len("2022") else f"{last}-12", of_article)


def problems(line: Line, known: dict[str, str]) -> Iterator[Problem]:
    """Yield what is wrong with a row, but for its formula."""
    yield from empty(line, PATTERN_COLUMNS)
    yield from unknown(line, "kind", KINDS, "kind of pattern")
    yield from unknown(line, "role", ROLES, "role")
    yield from not_within(line, "voices", 1, MOST_VOICES)
    yield from not_within(line, "share", 0.5, 1.0)
    for column in ("low", "high"):
        yield from not_within(line, column, -UNBOUNDED, UNBOUNDED)
    if number(line["low"]) > number(line["high"]):
        yield line.problem("the band ends below its beginning")
    for fact in line["facts"].split():
        if fact not in known:
            yield line.problem(f"facts: '{fact}' is no fact of facts.csv")


def out_of_time(one: Pattern, months: Sequence[str]) -> Iterator[str]:
    """Yield the times of a measure that the history does not have."""
    for term in one.measure.terms:
        first, _, last = term.time.partition("..")
        if first != BASE and not months[0] <= first <= (last or first) <= months[-1]:
            yield f"measure: {term.time} is no time of the history, {months[0]} to {months[-1]}"


def pattern(line: Line, known: dict[str, str], region: Region, runs: list[str]) -> Pattern:
    """Return the pattern of a row."""
    facts = split(line["facts"], " ")
    low, high, share = (number(line[column]) for column in ("low", "high", "share"))
    return Pattern(
        line["id"], line["says"], facts, max(known[fact] for fact in facts), line["kind"],
        line["role"], int(line["voices"]), formula(line["measure"], region, runs), line["unit"],
        low, high, share, line["why"], line["missed"], line.number,
    )  # fmt: skip
