"""Nothing stands in the model without a source, a user and a test: patterns, numbers, rules,
assumptions. Each check is broken on purpose beside it, so that it is known to see."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from conftest import SEED, START

from sim import members as members_of
from sim.arrays import Arrays
from sim.base_year import world
from sim.drivers import DRIVERS, Drivers, neutral
from sim.ensemble import Block, drivers_at, repeated, simulate
from sim.evidence import DOCS
from sim.insurance import insurance
from sim.measures import measured
from sim.month import at_rest
from sim.observables import SERIES, Look
from sim.region import Region, bounds, central
from sim.shocks import draw_shocks
from sim.situation import RECORDED
from sim.stages.states import CHOICES
from sim.study.formula import BASE, READABLE
from sim.study.pattern_table import read_patterns, variants
from sim.study.patterns import Pattern
from sim.vocabulary import RULES

ROOT = DOCS.parent

WHERE_RULES_ARE = ("sim.rules.{}", "sim.{}")
"""Modules of which a rule of the dictionary can be one."""

WITHIN = {
    "restraint": "rules.contest.eroded_restraint",
    "investment": "rules.assignment.invested",
    "earnings": "rules.consequences.netback",
    "friction": "stages.view.outlook",
}
"""Rules of the dictionary that are a function of another module."""

ELSEWHERE = {
    "reference_half_life": "test_mechanisms.py",
    "share_floor": "test_sources.py",
    "withhold_together": "test_laws.py",
}
"""Numbers that move nothing when everything happens, and where they are tried in a world of their
own: a loss that a power grows used to, a tie that is next to none, partners that are one risk."""

OURS, PAGE = "ours", "model.md"


def text_of(page: str) -> str:
    return (DOCS / page).read_text("utf-8")


def table_of(text: str, head: str) -> Iterator[list[str]]:
    """Yield the cells of the rows of the table that has a head."""
    below = text[text.index(head) :].splitlines()[2:]
    for line in below:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def slugs(page: str) -> set[str]:
    """Return the sections of a page, as a link names them."""
    heads = re.findall(r"^#+ (.+)$", page, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


# Patterns ---------------------------------------------------------------------------------------


def of_patterns(
    patterns: Iterable[Pattern], facts: Collection[str], runs: Collection[str]
) -> Iterator[str]:
    """Yield the patterns that no fact reports, or whose formula reads nothing that there is."""
    for one in patterns:
        if not one.facts or not set(one.facts) <= set(facts):
            yield f"{one.code}: not reported"
        terms = one.measure.terms
        if not terms or any(t.name not in READABLE or t.run not in runs for t in terms):
            yield f"{one.code}: reads nothing"
        if one.role == "emergent" and all(term.time == BASE for term in terms):
            yield f"{one.code}: nothing of it has to come about"
        if not (one.why and one.missed):
            yield f"{one.code}: no reason"


@pytest.fixture(scope="module")
def patterns(region: Region) -> tuple[Pattern, ...]:
    return read_patterns(region)


def test_every_pattern_is_reported_and_reads_a_run(
    region: Region, patterns: tuple[Pattern, ...]
) -> None:
    runs = {"", *(str(arm.arm) for arm in variants(region))}
    assert list(of_patterns(patterns, region.facts, runs)) == []
    one = patterns[0]
    (term, *_) = one.measure.terms
    elsewhere = replace(one.measure, terms=(replace(term, run="elsewhere"),))
    for wrong in (
        replace(one, facts=()), replace(one, facts=("WSJ-999",)), replace(one, why=""),
        replace(one, measure=elsewhere), replace(one, measure=replace(one.measure, terms=())),
    ):  # fmt: skip
        assert list(of_patterns([wrong], region.facts, runs)) != []


# Numbers ----------------------------------------------------------------------------------------


def read_of_members(files: Iterable[Path]) -> dict[str, set[str]]:
    """Return in which files each attribute is read of members: `m.netback`, `world.members.x`."""
    found: dict[str, set[str]] = {}
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and of_members(node.value):
                found.setdefault(node.attr, set()).add(file.relative_to(ROOT).as_posix())
    return found


def of_members(node: ast.expr) -> bool:
    named = isinstance(node, ast.Name) and node.id in ("m", "members")
    return named or (isinstance(node, ast.Attribute) and node.attr == "members")


def rule_is_there(name: str) -> bool:
    """Return whether a rule that the dictionary names is a module, or a function of another's."""
    if name in WITHIN:
        module, _, function = WITHIN[name].rpartition(".")
        return hasattr(importlib.import_module(f"sim.{module}"), function)
    return any(find_spec(place.format(name)) for place in WHERE_RULES_ARE)


def of_numbers(region: Region, read: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Yield what is wrong with the ledger: no source, no rule, no reader, no number."""
    sources = {source.code for source in region.sources}
    yield from (f"line {row.line}: no source" for row in region.ledger if row.source not in sources)
    numbered = {row.attribute for row in region.ledger}
    for name, attribute in region.attributes.items():
        if name not in numbered:
            yield f"{name}: no number"
        if not attribute.rules or not all(map(rule_is_there, attribute.rules)):
            yield f"{name}: no rule"
        if not read.get(name):
            yield f"{name}: nobody reads it"


@pytest.fixture(scope="module")
def read() -> dict[str, set[str]]:
    return read_of_members(sorted((ROOT / "sim").rglob("*.py")))


def test_every_number_has_a_source_a_rule_and_a_reader(
    region: Region, read: dict[str, set[str]]
) -> None:
    assert list(of_numbers(region, read)) == []
    first, *rest = region.ledger
    one = region.attributes["netback"]
    for wrong in (
        replace(region, ledger=(replace(first, source="NOWHERE"), *rest)),
        replace(region, ledger=tuple(row for row in rest if row.attribute != "netback")),
        replace(region, attributes={"netback": replace(one, rules=("astrology",))}),
        replace(region, attributes={"netback": replace(one, rules=())}),
        replace(region, attributes={**region.attributes, "luck": one}),
    ):
        assert list(of_numbers(wrong, read)) != []


def shaken(region: Region, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return two arrays of an attribute that differ: the ends of its ranges, or a tenth less.

    Where there is no number to take less of, what is most: such as partners that would withhold
    together, of which the region has none.
    """
    low, high = bounds(region, name)
    if (low != high).any():
        every_other = (np.arange(low.size) % 2 == 0).reshape(low.shape)
        return np.where(every_other, low, high), np.where(every_other, high, low)
    usual = central(region, name)
    other = 0.9 * usual if usual.any() else np.full_like(usual, region.attributes[name].maximum)
    return usual, other


def everything_happens(region: Region, months: int) -> Drivers:
    """Return drivers of which each is moved off what it is at rest, from the second month on."""
    arrays = neutral(region, START, months)
    for name, (_, at_rest_it_is, _) in DRIVERS.items():
        arrays[name] = arrays[name].copy()
        arrays[name][1:] += -0.4 if at_rest_it_is else 0.2
    return Drivers(START, months, arrays)


def idle_numbers(region: Region, drivers: Drivers, names: Collection[str]) -> list[str]:
    """Return the attributes that change nothing of a run, of its measures or of what is told.

    All are tried in one run: two members an attribute that differ in it alone, with like shocks.
    """
    usual = repeated(members_of.central(region), 2 * len(names))
    arrays = {name: array.copy() for name, array in usual.items()}
    for place, name in enumerate(names):
        arrays[name][2 * place], arrays[name][2 * place + 1] = shaken(region, name)
    members = usual.replaced(**arrays)
    noise = repeated(draw_shocks(region, SEED, 0, 1, drivers.months), 2 * len(names), axis=1)
    block = Block(0, world(region, members), noise, SEED)
    run = simulate(block, drivers, RECORDED)
    last = {name: array[-1] for name, array in run.items()}
    end = drivers_at(drivers, drivers.months - 1)
    insured = insurance(block.world, Arrays(last, run.axes), end)
    look = Look(block.world, run, np.ones((drivers.months, 1, len(region.states))))
    told = {
        **last,
        **at_rest(block.world),
        **{name: array[-1] for name, array in measured(block.world, run).items()},
        **{f"insured {k}": array for k, array in vars(insured).items()},
        **{series.name: series.read(look)[1][-1] for series in SERIES},
    }
    moved = np.any(
        [
            (array[::2] != array[1::2]).reshape(len(names), -1).any(axis=1)
            for array in told.values()
        ],
        axis=0,
    )
    return [name for name, does in zip(names, moved, strict=True) if not does]


def test_every_number_moves_something_when_everything_happens(region: Region) -> None:
    idle = idle_numbers(region, everything_happens(region, 40), list(region.attributes))
    assert idle == list(ELSEWHERE)
    for name, file in ELSEWHERE.items():
        assert name in named_in([ROOT / "tests" / file]), name


def test_a_tie_too_small_to_count_is_not_quite_none(region: Region) -> None:
    alone = members_of.central(region)
    shares = alone.security_share.copy()
    place = (0, region.place("state", "TKM"), region.place("partner", "USA"))
    shares[place] = 0.0
    for floor in (0.002, 0.01):
        other = alone.replaced(security_share=shares, share_floor=np.array([floor]))
        assert world(region, other).base.security[place] == pytest.approx(floor, rel=0.02)


def test_a_number_that_nothing_asks_for_is_seen_to_be_idle(region: Region) -> None:
    quiet = Drivers(START, 2, neutral(region, START, 2))
    asked = ["rhetoric_threat", "netback"]
    assert idle_numbers(region, quiet, asked) == ["rhetoric_threat"]


# Rules of choice --------------------------------------------------------------------------------


def of_rules(rules: Collection[str], page: str, tried: Collection[str]) -> Iterator[str]:
    """Yield the rules of choice without a function, a published source (or ours), or a test."""
    told = {row[0].strip("`"): row[2] for row in table_of(page, "| rule | a state would hold")}
    for rule in rules:
        if rule not in CHOICES:
            yield f"{rule}: no function"
        source = told.get(rule, "")
        published = re.search(r"[A-Z]\w+ .*\b(1[89]|20)\d\d\b", source)
        if not (published or source == OURS or f"({PAGE})" in source):
            yield f"{rule}: no source"
        if rule not in tried:
            yield f"{rule}: no test"


def test_every_rule_of_choice_has_a_source_and_a_test() -> None:
    page = text_of("rules.md")
    tried = named_in([ROOT / "tests" / f"test_{name}.py" for name in ("rivals", "portfolio")])
    assert list(of_rules(RULES, page, tried)) == []
    assert list(of_rules(["caprice"], page, tried)) == [
        "caprice: no function", "caprice: no source", "caprice: no test",
    ]  # fmt: skip
    unsigned = page.replace("Walt 1985, 1987 |", "somebody |")
    assert list(of_rules(RULES, unsigned, tried)) == ["balance_of_threat: no source"]


def named_in(files: Iterable[Path]) -> set[str]:
    """Return the names and words that stand in the code of some tests, outside their docstrings."""
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    return {
        *(node.attr for node in nodes if isinstance(node, ast.Attribute)),
        *(node.name for node in nodes if isinstance(node, ast.alias)),
        *(str(node.arg) for node in nodes if isinstance(node, ast.keyword)),
        *(str(node.value) for node in nodes if isinstance(node, ast.Constant)),
    }


# Assumptions ------------------------------------------------------------------------------------


def of_assumptions(region: Region, page: str) -> Iterator[str]:
    """Yield assumptions behind numbers that no number rests on, or that say nothing against."""
    used = {row.source for row in region.ledger}
    doubts = {
        row[0]: row[2] for row in table_of(page, "| no. | we assume | how it could be wrong | n")
    }
    told = {re.sub(r"<.*?>|`", "", code): doubt for code, doubt in doubts.items()}
    for source in region.sources:
        if source.kind == "assumption":
            if source.code not in used:
                yield f"{source.code}: no number rests on it"
            if len(told.get(source.code, "").split()) < 4:
                yield f"{source.code}: does not say how it could be wrong"


def of_forms(page: str, sections: Collection[str]) -> Iterator[str]:
    """Yield assumptions behind equations without a section of the model's page, or a doubt."""
    rows = list(table_of(page, "| no. | we assume | how it could be wrong |\n"))
    numbers = [row[0] for row in rows]
    if numbers != [f"F{k}" for k in range(1, len(rows) + 1)]:
        yield "not numbered one after another"
    for number, says, doubt in rows:
        named = re.findall(rf"\({PAGE}#([\w-]+)\)", says)
        if not named or not set(named) <= set(sections):
            yield f"{number}: no section"
        if len(doubt.split()) < 4:
            yield f"{number}: does not say how it could be wrong"


def test_every_assumption_behind_numbers_is_used_and_doubted(region: Region) -> None:
    page = text_of("assumptions.md")
    assert list(of_assumptions(region, page)) == []
    unused = replace(region, ledger=tuple(r for r in region.ledger if r.source != "A18"))
    assert list(of_assumptions(unused, page)) == ["A18: no number rests on it"]
    sure = page.replace("No article says so; it may not count at all", "")
    assert list(of_assumptions(region, sure)) == ["A18: does not say how it could be wrong"]


def test_every_assumption_behind_equations_names_its_section_and_is_doubted() -> None:
    page, sections = text_of("assumptions.md"), slugs(text_of(PAGE))
    assert list(of_forms(page, sections)) == []
    gone = sections - {"72-contest-compete"}
    assert "F3: no section" in list(of_forms(page, gone))
    assert "not numbered one after another" in list(
        of_forms(page.replace("| F2 |", "| F99 |"), sections)
    )
