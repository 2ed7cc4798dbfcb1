"""The answer as rows of numbers: one order and one rounding for the terminal and the page.

Every change is against the baseline: median, and in brackets the 5th and 95th percentile of runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import floor, log10
from typing import Any, NamedTuple

from sim.claims import LEAST_WRITTEN, NOTHING, SIZES, amount, listed

Record = dict[str, Any]

MOST_PARTNERS = 3
MOST_ROUTES = 4
IN_MORE_RUNS_THAN_NOT = 0.55

RUN_KEYS = ("during", "after_12", "after_24", "end")
"""The dates at which an answer may be read once the event has begun."""

LENSES = {
    "breadth": ("Breadth within domains", "breadth"),
    "ambiguity": ("Security ambiguity", "share"),
    "two_sidedness": ("Two-sidedness", "share"),
    "division_of_labour": ("Division of labour", "share"),
    "deliberate": ("Deliberate hedge", "breadth"),
}
"""The three lenses in their order, then what goes with them: title, and kind of size."""

THREE = ("breadth", "ambiguity", "two_sidedness")
"""The lenses, of which imposed and chosen parts are shown."""


@dataclass(frozen=True)
class Row:
    """One line of a table: a level before, and changes against the baseline by date."""

    label: str
    before: float | None
    changes: dict[str, list[float]]
    least: float  # below this in size, a number is written as 0
    inner: bool = False


def change(cell: Sequence[float], least: float) -> str:
    """Return a change as "median [5% to 95%]"."""
    middle, low, high = (rounded(x, least) for x in cell)
    signed = f"+{middle}" if cell[0] > 0 and middle != "0" else middle
    return signed if low == high == middle else f"{signed} [{low}, {high}]"


def rounded(number: float, least: float) -> str:
    """Return a number at two digits, with no more decimals than its least size; 0 below that."""
    if abs(number) < least:
        return "0"
    decimals = max(-floor(log10(least)), 0)
    capped = f"{number:.{decimals}f}".replace("-", "\N{MINUS SIGN}")
    return min(amount(number), capped, key=len)


def keys(answer: Record) -> list[str]:
    """Return the keys of the dates at which the answer is read."""
    return [moment["key"] for moment in answer["moments"]]


def later(answer: Record) -> list[str]:
    """Return the keys of the dates from the event on."""
    return [key for key in keys(answer) if key in RUN_KEYS]


def tells(cell: Record, least: float) -> bool:
    """Return whether a change is not tiny and has one sign in more runs than not."""
    return abs(cell["difference"][0]) >= least and cell["share_of_runs"] >= IN_MORE_RUNS_THAN_NOT


def row(
    label: str,
    cells: dict[str, Record],
    least: float,
    factor: float = 1.0,
    part: str = "difference",
) -> Row:
    """Return the row of a quantity from its cells by date, in units of 1 / factor."""
    changes = {key: [factor * x for x in cell[part]] for key, cell in cells.items()}
    before = factor * cells["before"]["scenario"][0] if part == "difference" else None
    return Row(label, before, changes, factor * least, inner=part != "difference")


Groups = list[tuple[str, list[Row]]]
"""Rows under a name: a state's, or those of all states together."""


@dataclass(frozen=True)
class Section:
    """One table of the answer."""

    title: str
    remark: str
    groups: Groups  # only of those that move
    still: list[str]  # names of the states to which nothing happens


def sections(answer: Record) -> list[Section]:
    """Return the tables of an answer in the order in which they are read."""
    told = (
        (
            "Tonnes, money and threat",
            "Threat in points of 100; insecurity in log points (0.1 is a tenth more).",
            tonnes_money_threat,
        ),
        (
            "Ties: each partner's share over all domains, in points",
            "Imposed: moved with the state's decisions held; chosen: the rest.",
            ties,
        ),
        (
            "Three lenses, division of labour, deliberate hedge",
            "Breadth and deliberate hedge: effective partners. Ambiguity: 0 to 1. Two-sidedness: "
            "0 to 3. Division of labour: a share.",
            lenses,
        ),
        (
            "Insurance value and premium, % of GDP",
            "Value: what the ties of the date save if the worst of the powers withdraws.",
            insurance,
        ),
    )
    states = [state["name"] for state in answer["states"].values()]
    found = []
    for title, remark, read in told:
        groups = list(read(answer))
        still = [name for name, rows in groups if not rows and name in states]
        found.append(Section(title, remark, [group for group in groups if group[1]], still))
    return found


def nothing(section: Section, answer: Record) -> str:
    """Return the line on the states to which nothing happens, or an empty one."""
    if not section.still:
        return ""
    every = len(section.still) == len(answer["states"])
    return f"{'All states' if every else listed(section.still)}: {NOTHING}."


def tonnes_money_threat(answer: Record) -> Iterator[tuple[str, list[Row]]]:
    """Yield, for what moves, streams (all states together), then money and threat by state."""
    when = later(answer)
    streams = beside_the_largest(answer["streams"], when)
    yield "Sent, Mt or bcm a year", [line for stream in streams for line in sent(stream, when)]
    for code, state in answer["states"].items():
        yield (
            state["name"],
            [
                *money(state, when),
                *options(answer, state, when),
                *threat(answer, code, when),
                *insecurity(state, when),
            ],
        )


def beside_the_largest(streams: Sequence[Record], when: Sequence[str]) -> list[Record]:
    """Return the streams of which some route moves by as much as can be seen beside the largest."""

    def size(stream: Record) -> float:
        return max(
            abs(route["at"][key]["difference"][0]) for route in stream["routes"] for key in when
        )

    sizes = [size(stream) for stream in streams]
    least = SEEN * max(sizes, default=0.0)
    return [stream for stream, moved in zip(streams, sizes, strict=True) if moved >= least]


SEEN = 0.005
"""Part of the largest change of a route by which a stream must move to have rows."""


def sent(stream: Record, when: Sequence[str]) -> Iterator[Row]:
    """Yield the row of a stream, where it moves, and of the routes on which it moves most."""
    base = abs(stream["base"][0])
    least = 0.002 * base

    def size(cells: Record) -> float:
        return max(abs(cells[key]["difference"][0]) for key in when)

    routes = [route for route in stream["routes"] if size(route["at"]) >= 0.01 * base]
    if routes or size(stream["at"]) >= 0.002 * base:
        yield row(stream["name"], stream["at"], least)
    shown = sorted(routes, key=lambda route: -size(route["at"]))[:MOST_ROUTES]
    for route in shown:
        yield replace(row(route["name"], route["at"], least), inner=True)
    if shown:
        yield from left_over([r for r in stream["routes"] if r not in shown], least)


def left_over(routes: list[Record], least: float) -> Iterator[Row]:
    """Yield the row of the routes that are not shown: the sum of their medians, without a band.

    With it the routes add up to the stream, as nearly as medians do.
    """
    if not routes:
        return
    if len(routes) == 1:
        yield replace(row(routes[0]["name"], routes[0]["at"], least), inner=True)
        return
    added = {
        key: sum(route["at"][key]["difference"][0] for route in routes) for key in routes[0]["at"]
    }
    before = sum(route["at"]["before"]["scenario"][0] for route in routes)
    if before >= least or any(abs(total) >= least for total in added.values()):
        changes = {key: [total] * 3 for key, total in added.items()}
        yield Row(f"the other {len(routes)}, medians summed", before, changes, least, inner=True)


MONEY = {
    "gdp_percent": ("GDP against trend, %", SIZES["gdp"][0] / 10),
    "export_earnings": ("Exports, bn USD/y", 0.01),
    "remittances": ("Remittances, % of GDP", 0.01),
    "reexports": ("Re-exports, bn USD/y", 0.01),
}


def money(state: Record, when: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of what a state earns, where it moves."""
    for name, (label, least) in MONEY.items():
        cells = {key: cell[name] for key, cell in state["money"].items()}
        if any(tells(cells[key], least) for key in when):
            yield row(label, cells, least)


OPTIONS_LEAST = 0.01
"""Part of the level before by which what could pass a keeper must move to have a row."""


def options(answer: Record, state: Record, when: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of what a state could send past each keeper, where that moves, bn USD/y."""
    for partner in next(iter(state["options"].values())):
        cells = {key: cell[partner] for key, cell in state["options"].items()}
        least = max(OPTIONS_LEAST * cells["before"]["scenario"][0], 0.01)
        if any(tells(cells[key], least) for key in when):
            yield row(f"Could pass {answer['names'][partner]}, bn USD/y", cells, 0.01)


def threat(answer: Record, code: str, when: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of the threat that a state perceives, where it moves, in points."""
    found = answer["states"][code]["threat"]
    least = SIZES["share"][0] / 10
    for power in next(iter(found.values())):
        cells = {key: cell[power] for key, cell in found.items()}
        if any(tells(cells[key], least) for key in when):
            yield row(f"Threat from {answer['names'][power]}", cells, least, 100.0)


NEEDS = {
    "regime": "Insecurity: regime",
    "border": "Insecurity: borders",
    "sovereignty": "Insecurity: sovereignty",
}
INSECURITY_LEAST = 0.01


def insecurity(state: Record, when: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of the needs of security that move, in log points."""
    for need, label in NEEDS.items():
        cells = {key: cell[need] for key, cell in state["insecurity"].items()}
        if any(tells(cells[key], INSECURITY_LEAST) for key in when):
            yield row(label, cells, INSECURITY_LEAST)


def ties(answer: Record) -> Iterator[tuple[str, list[Row]]]:
    """Yield each state's ties that move most, whole, imposed and chosen, in points."""
    least = SIZES["share"][0] / 10
    for state in answer["states"].values():
        found = {key: cell["pooled"] for key, cell in state["ties"].items()}
        rows: list[Row] = []
        for partner in moving(found, later(answer), least)[:MOST_PARTNERS]:
            cells = {key: cell[partner] for key, cell in found.items()}
            rows.append(row(answer["names"][partner], cells, least, 100.0))
            rows += parts_of(cells, least, 100.0)
        yield state["name"], rows


def parts_of(cells: dict[str, Record], least: float, factor: float) -> list[Row]:
    """Return how much of a change was imposed and how much chosen; one line where one is none."""
    parts = {part: row(part, cells, least, factor, part) for part in ("imposed", "chosen")}
    none = {
        part: all(abs(end) < line.least for cell in line.changes.values() for end in cell)
        for part, line in parts.items()
    }
    if none["imposed"] != none["chosen"]:
        part = "chosen" if none["imposed"] else "imposed"
        return [Row(f"all of it {part}", None, {}, least, inner=True)]
    return list(parts.values())


def moving(found: Record, when: Sequence[str], least: float) -> list[str]:
    """Return the partners whose share moves at one of the dates, the largest change first."""
    partners = next(iter(found.values()))
    size = {
        q: max(abs(found[key][q]["difference"][0]) for key in when)
        for q in partners
        if any(tells(found[key][q], least) for key in when)
    }
    return sorted(size, key=lambda q: -size[q])


def lenses(answer: Record) -> Iterator[tuple[str, list[Row]]]:
    """Yield each state's three lenses, division of labour and deliberate hedge."""
    when = later(answer)
    for state in answer["states"].values():
        rows: list[Row] = []
        any_told = False
        for name, (label, kind) in LENSES.items():
            least = SIZES[kind][0] / 10
            cells = {key: cell[name] for key, cell in state["measures"].items()}
            told = any(tells(cells[key], least) for key in when)
            rows.append(row(label, cells, least))
            rows += parts_of(cells, least, 1.0) if told and name in THREE else []
            any_told = any_told or told
        yield state["name"], rows if any_told else []


INSURED = {"saved": "Insurance value", "premium": "Premium"}
INSURED_LEAST = 0.01


def insurance(answer: Record) -> Iterator[tuple[str, list[Row]]]:
    """Yield each state's insurance value and premium, where they move."""
    for state in answer["states"].values():
        rows = []
        for name, label in INSURED.items():
            before = state["insurance"]["before"]["scenario"][name][0]
            changes = {key: cell["difference"][name] for key, cell in state["insurance"].items()}
            rows.append(Row(label, before, changes, INSURED_LEAST / 10))
        moves = any(
            abs(cell[0]) >= INSURED_LEAST for line in rows for cell in line.changes.values()
        )
        yield state["name"], rows if moves else []


COSTS = {
    "passage": "Passage of exports",
    "labour": "Work of migrants",
    "turnover": "Trade with the five",
}
COSTS_LEAST = 0.01


def costs_of_powers(answer: Record) -> list[Section]:
    """Return the table of what a power itself earns and loses; none where nothing moves."""
    groups = []
    for power, found in answer.get("powers", {}).items():
        rows = []
        for name, label in COSTS.items():
            cells = {key: cell[name] for key, cell in found.items()}
            if any(tells(cells[key], COSTS_LEAST) for key in later(answer) if key in cells):
                rows.append(row(label, cells, COSTS_LEAST))
        if rows:
            groups.append((answer["names"][power], rows))
    remark = (
        "Passage: what a power earns from exports over the links that it keeps; work: what the "
        "migrants of the five are worth to it. Below 0 it loses."
    )
    title = "What it costs the powers, bn USD a year"
    return [Section(title, remark, groups, [])] if groups else []


# Under other rules ----------------------------------------------------------------------------


RULE_REMARK = (
    "Medians of the change against the baseline, and of the part of it that was chosen; what moves "
    "with decisions held at the baseline's was imposed. A change holds under a rule if it has the "
    "same sign there and can be told from nothing."
)


class RuleRow(NamedTuple):
    """One change under all rules: its medians and those of its chosen part, in their order."""

    label: str
    medians: list[str]
    chosen: list[str]
    holds: str


def under_rules(answer: Record) -> list[RuleRow]:
    """Return each change under all rules: what it is, its median by rule, and what holds."""
    return [
        RuleRow(
            f"{line['name']}: {line['what']}, {line['date']} ({line['unit']})",
            in_order(line, "by_rule"),
            in_order(line, "chosen_by_rule"),
            f"{line['holds']} of {line['of']}" if line["holds"] else "",
        )
        for line in answer["under_rules"]["rows"]
    ]


def in_order(line: Record, part: str) -> list[str]:
    """Return the medians of a change, or of a part of it, in the order of the rules."""
    return [change([cell[0]] * 3, LEAST_WRITTEN[line["unit"]]) for cell in line[part].values()]


def rules_of(answer: Record) -> list[str]:
    """Return the names of the rules in words, in their order."""
    return [rule.replace("_", " ") for rule in answer["under_rules"]["rows"][0]["by_rule"]]
