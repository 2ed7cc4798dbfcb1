"""The model's page has all that an ODD needs; the record of checks names what exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sim.cli import COMMANDS, STUDIES
from sim.evidence import DOCS, filled, sections
from sim.region import Region
from sim.vocabulary import SUBMODELS

ROOT = DOCS.parent
MODEL, TRACE = ((DOCS / name).read_text("utf-8") for name in ("model.md", "trace.md"))
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]

ELEMENTS = [
    "1 Purpose and patterns",
    "2 Entities, state variables and scales",
    "3 Process overview and scheduling",
    "4 Design concepts",
    "5 Initialisation",
    "6 Input data",
    "7 Submodels",
]
"""Of an ODD in its second update (Grimm et al. 2020)."""

CONCEPTS = [
    "Basic principles",
    "Emergence",
    "Adaptation",
    "Objectives",
    "Learning",
    "Prediction",
    "Sensing",
    "Interaction",
    "Stochasticity",
    "Collectives",
    "Observation",
]
"""The design concepts of an ODD, in its order."""

TRACED = [
    "1 Problem formulation",
    "2 Model description",
    "3 Data evaluation",
    "4 Conceptual model evaluation",
    "5 Implementation verification",
    "6 Model output verification",
    "7 Model analysis",
    "8 Model output corroboration",
]
"""The elements of a TRACE record (Grimm et al. 2014)."""

STAGES = {
    "stages/powers.py": {"contest", "restraint", "pressure", "consequences"},
    "stages/states.py": {"perception", "portfolio", "consequences"},
    "stages/routes.py": {"assignment", "investment", "earnings"},
    "stages/accounts.py": {"consequences"},
    "stages/view.py": {"contest", "friction", "pressure", "portfolio", "consequences"},
    "observables.py": {"observables"},
    "measures.py": {"measures"},
    "insurance.py": {"insurance"},
}
"""By which rules each file goes that reads numbers of a region. Accounts have `migrant_need` from
the powers, and `presence` and `attention` from the states: these are consequences as well."""


def headings(page: str, level: int) -> list[str]:
    return re.findall(rf"^{'#' * level} (.+)$", page, re.M)


def section(page: str, number: str) -> str:
    """Return a section of the model's page, without those that follow."""
    found = re.search(rf"^### {re.escape(number)} .*?(?=^##)", page, re.M | re.S)
    assert found, number
    return found[0]


# The model's page ---------------------------------------------------------------------------


def test_the_model_is_described_in_seven_elements() -> None:
    assert [head for head in headings(MODEL, 2) if head[0].isdigit()] == ELEMENTS


def test_no_design_concept_is_missing() -> None:
    told = [head for head in headings(MODEL, 3) if head.startswith("4.")]
    assert told == [f"4.{place} {concept}" for place, concept in enumerate(CONCEPTS, 1)]


def test_every_element_and_concept_says_something() -> None:
    parts = re.split(r"^##+ .+$", MODEL, flags=re.M)[1:]
    heads = re.findall(r"^##+ (.+)$", MODEL, re.M)
    empty = [head for head, part in zip(heads, parts, strict=True) if not part.strip()]
    assert empty == ["4 Design concepts"]


def test_a_number_is_in_the_sections_of_its_rules_and_in_no_other(region: Region) -> None:
    for number in dict.fromkeys(SUBMODELS.values()):
        rows = re.findall(r"^\| \[`(\w+)`\]\(evidence\.md#\w+\)", section(MODEL, number), re.M)
        belong = [name for name, told in region.attributes.items() if number in sections(told)]
        assert rows == belong, number
    everywhere = re.findall(r"^\| \[`(\w+)`\]", MODEL, re.M)
    expected = sum(len(sections(told)) for told in region.attributes.values())
    assert len(everywhere) == expected


def numbers_read(file: Path, region: Region) -> set[str]:
    """Return the attributes that a file reads of its members."""
    reads = {
        node.attr
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and ast.unparse(node.value).rsplit(".")[-1] in ("m", "members")
    }
    return reads & set(region.attributes)


@pytest.mark.parametrize("name", STAGES)
def test_what_a_stage_reads_is_described_with_it(name: str, region: Region) -> None:
    read = numbers_read(ROOT / "sim" / name, region)
    assert read, name
    apart = {one for one in read if STAGES[name].isdisjoint(region.attributes[one].rules)}
    assert apart == set()


def test_no_number_is_said_to_be_used_where_nothing_reads_it(region: Region) -> None:
    read = {name: numbers_read(ROOT / "sim" / name, region) for name in STAGES}
    at_rest = numbers_read(ROOT / "sim" / "base_year.py", region)
    for name, told in region.attributes.items():
        if name in at_rest or name in read["stages/view.py"]:
            continue  # what the base year, or everyone's view, makes of it is read elsewhere
        rules = set(told.rules) - {"shocks"}
        reach = set().union(*(STAGES[file] for file in STAGES if name in read[file]))
        assert rules <= reach, name


def test_a_number_that_changes_makes_the_page_out_of_date(region: Region) -> None:
    place = next(k for k, row in enumerate(region.ledger) if row.attribute == "loss_salience")
    other = replace(region.ledger[place], central=5.0)
    changed = replace(region, ledger=(*region.ledger[:place], other, *region.ledger[place + 1 :]))
    assert filled(MODEL, changed) != MODEL


def test_a_word_that_changes_in_a_table_is_written_back(region: Region) -> None:
    word = "Half-life of threat"
    assert MODEL.count(word) == 1
    assert filled(MODEL.replace(word, "Half-life of fear"), region) == MODEL


# The record of checks -----------------------------------------------------------------------


def test_the_record_of_checks_has_its_eight_elements() -> None:
    assert [head for head in headings(TRACE, 2) if head[0].isdigit()] == TRACED


def named_tests() -> Iterator[tuple[str, str]]:
    """Yield each test that the record names: its file, and its sentence."""
    for found in re.finditer(r"\[([^\]]+)\]\(\.\./(tests/\w+\.py)\)", TRACE):
        yield found[2], found[1]


def test_every_test_that_the_record_names_is_there() -> None:
    told = list(named_tests())
    assert len(told) > 60
    for file, sentence in told:
        body = ast.parse((ROOT / file).read_text("utf-8")).body
        there = [node.name for node in body if isinstance(node, ast.FunctionDef)]
        assert f"test_{sentence.replace(' ', '_')}" in there, f"{file}: {sentence}"


def test_every_command_that_the_record_names_can_be_given() -> None:
    scenarios = {path.stem for path in (ROOT / "scenarios").glob("*.yaml")}
    told = re.findall(r"`python run\.py ([^`]+)`", TRACE)
    studies = [line.split()[0] for line in told if line.split()[0] not in scenarios]
    assert [name for name in studies if name not in {**COMMANDS, **STUDIES}] == []
    assert set(STUDIES) - set(studies) == set(), "a study is not in the record"


# Assumptions --------------------------------------------------------------------------------


def test_every_assumption_says_how_it_could_be_wrong(region: Region) -> None:
    page = (DOCS / "assumptions.md").read_text("utf-8")
    rows = re.findall(
        r"^\| (?:<a id=\"\w+\"></a>)?`?([AF])(\d+)`? \| (.*?) \| (.*?) \|", page, re.M
    )
    for letter in "AF":
        told = [int(number) for kind, number, *_ in rows if kind == letter]
        assert told == list(range(1, len(told) + 1)), letter
    assert [row for row in rows if len(row[3]) < len("It may be wrong.")] == []
    assumed = [source.code for source in region.sources if source.kind == "assumption"]
    assert {f"A{number}" for kind, number, *_ in rows if kind == "A"} == set(assumed)


# What the pages say in words ----------------------------------------------------------------


def test_six_in_seven_numbers_are_judged_as_the_pages_say(region: Region) -> None:
    judged = sum(row.method == "judged" for row in region.ledger) / len(region.ledger)
    assert abs(judged - 6 / 7) < 0.01
    for page in (ROOT / "README.md", DOCS / "limits.md"):
        assert "six in seven" in page.read_text("utf-8")


def led_to(page: Path) -> set[Path]:
    """Return the pages to which the links of a page lead; a folder is its README."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.S)
    aims = re.findall(r"\]\((?!https?:)([^)#\s]+)", text)
    found = {(page.parent / aim).resolve() for aim in aims}
    return {aim / "README.md" if aim.is_dir() else aim for aim in found}


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, left = set[Path](), {(ROOT / "README.md").resolve()}
    while left:
        page = left.pop()
        reached.add(page)
        left |= {aim for aim in led_to(page) if aim.suffix == ".md"} - reached
    assert [page.name for page in PAGES if page.resolve() not in reached] == []


def test_the_readme_names_every_page_of_the_docs() -> None:
    led = led_to(ROOT / "README.md")
    assert [page.name for page in DOCS.glob("*.md") if page.resolve() not in led] == []
