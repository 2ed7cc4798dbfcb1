"""The pages say what the code and the ledger say."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim.rules
import sim.stages
from sim.evidence import DOCS, filled, pages
from sim.region import Region

ROOT = DOCS.parent
OUTSIDE = ("README.md", "CHANGELOG.md", "results/README.md", "benchmarks/README.md")
EVERY_PAGE = [*sorted(DOCS.rglob("*.md")), *(ROOT / name for name in OUTSIDE)]
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))

LINK = re.compile(r"\[[^\]]*\]\((?!https?:)(?P<file>[^)#\s]*)(#(?P<place>[^)\s]*))?\)")
FACT = re.compile(r"\b[A-Z][A-Z0-9]{2}-\d{3}\b")

SPOKEN = ("answer", "claims.py", "compare.py", "cli.py", "game", "report", "studying")
"""Where the words of an answer are made."""

NEVER = re.compile(
    r"\b(likely|unlikely|will|would have|probabl[ey]|probability|proves|tipping point)\b", re.I
)
ONLY_DENIED = re.compile(r"(?<!not a )(?<!no )\b(forecast|prediction)", re.I)
PERSONS = re.compile(r"\b(Putin|Xi|Tokayev|Blinken|Lavrov|Zelensky)\b")


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


# What is written from the ledger ------------------------------------------------------------


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_the_tables_of_a_page_are_what_the_ledger_says_now(page: Path, region: Region) -> None:
    assert text_of(page) == filled(text_of(page), region), "run: python -m sim.evidence"


def test_seven_pages_have_tables_that_are_written_for_them() -> None:
    told = "assumptions evidence mechanisms model reading_an_answer scenarios trace"
    assert [page.stem for page in pages()] == told.split()


def test_every_number_of_the_ledger_is_in_the_evidence(region: Region) -> None:
    evidence = text_of(DOCS / "evidence.md")
    for name, told in region.attributes.items():
        place = f"#### {name}\n" if told.axes else f'<a id="{name}"></a>'
        assert place in evidence, name


def test_every_fact_and_every_assumption_can_be_linked_to(region: Region) -> None:
    written = text_of(DOCS / "evidence.md") + text_of(DOCS / "assumptions.md")
    codes = [*region.facts, *(source.code for source in region.sources)]
    assert [code for code in codes if f'<a id="{code.lower()}"></a>' not in written] == []


# What the model's page says of the code -----------------------------------------------------


def test_every_attribute_is_named_where_the_model_is_described(region: Region) -> None:
    described = text_of(DOCS / "model.md")
    assert [name for name in region.attributes if f"[`{name}`]" not in described] == []


def modules(package: object) -> Iterator[object]:
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):  # type: ignore[attr-defined]
        yield importlib.import_module(found.name)


def functions(package: object) -> Iterator[tuple[str, object]]:
    """Yield the functions that the modules of a package define, by the name they have in docs."""
    for module in modules(package):
        for name, function in inspect.getmembers(module, inspect.isroutine):
            if function.__module__ == module.__name__:  # type: ignore[attr-defined]
                yield f"{module.__name__.rsplit('.', 1)[-1]}.{name}", function  # type: ignore[attr-defined]


def test_every_rule_says_what_it_returns() -> None:
    public = [
        (name, function)
        for package in (sim.rules, sim.stages)
        for name, function in functions(package)
        if not name.split(".")[1].startswith("_")
    ]
    assert len(public) > 60
    assert [n for n, f in public if not (inspect.getdoc(f) or "").startswith("Return")] == []


def test_every_rule_that_the_page_names_is_there() -> None:
    known = {name for package in (sim.rules, sim.stages) for name, _ in functions(package)}
    files = {name.split(".")[0] for name in known}
    named = re.findall(r"`(?:rules/|stages/)?(\w+)\.(\w+)`", text_of(DOCS / "model.md"))
    missing = [f"{file}.{name}" for file, name in named if file in files and name != "py"]
    assert sorted(set(missing) - known) == []


# Links and citations ------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """Return the places of a page that a link can lead to, as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.M)
    slugs = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)"></a>', text_of(page)))


@pytest.mark.parametrize("page", EVERY_PAGE, ids=name_of)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    prose = re.sub(r"```.*?```", "", text_of(page), flags=re.S)
    known: dict[Path, set[str]] = {}
    for found in LINK.finditer(prose):
        aim = (page.parent / found["file"]).resolve() if found["file"] else page
        assert aim.exists(), found[0]
        if found["place"] and aim.suffix == ".md":
            known.setdefault(aim, anchors(aim))
            assert found["place"] in known[aim], found[0]


@pytest.mark.parametrize("page", EVERY_PAGE, ids=name_of)
def test_every_fact_that_a_page_cites_was_reported(page: Path, region: Region) -> None:
    assert sorted(set(FACT.findall(text_of(page))) - set(region.facts)) == []


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_a_decision_says_why_and_what_it_costs(page: Path) -> None:
    said = re.findall(r"^\*\*(.+?)\*\*", text_of(page), re.M)
    assert said == ["Question.", "Choice.", "Why.", "What it costs."]


def test_decisions_are_numbered_and_listed() -> None:
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert numbers == list(range(1, len(DECISIONS) + 1))
    listed = text_of(DOCS / "decisions" / "README.md")
    assert [page.name for page in DECISIONS if f"({page.name})" not in listed] == []


# Words --------------------------------------------------------------------------------------


def spoken_files() -> list[Path]:
    """Return the files in which words of an answer are made, and the template of the page."""
    places = [ROOT / "sim" / name for name in SPOKEN]
    found = [p for place in places for p in ([place] if place.is_file() else place.iterdir())]
    return sorted(p for p in found if p.suffix in (".py", ".html"))


def sayings(path: Path) -> list[str]:
    """Return the texts of a file that a reader of an answer may see: no docstrings, no code."""
    if path.suffix == ".html":
        return [re.sub(r"<[^>]*>|{[{%#].*?[}%#]}", " ", text_of(path), flags=re.S)]
    tree = ast.parse(text_of(path))
    remarks = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return [c.value for c in constants if isinstance(c.value, str) and id(c) not in remarks]


@pytest.mark.parametrize("path", spoken_files(), ids=name_of)
def test_an_answer_claims_no_future_and_no_chance_in_the_world(path: Path) -> None:
    for pattern in (NEVER, ONLY_DENIED):
        assert [said for said in sayings(path) if pattern.search(said)] == []


@pytest.mark.parametrize("path", spoken_files(), ids=name_of)
def test_an_answer_names_offices_and_no_living_person(path: Path) -> None:
    assert [said for said in sayings(path) if PERSONS.search(said)] == []
