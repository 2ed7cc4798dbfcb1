"""The page: whole in itself, true to the answer, and drawn the same each time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from closures import closure, nothing_supposed
from markupsafe import escape

from sim.answer import answer
from sim.errors import InputError
from sim.question import Answered, Run
from sim.report import page
from sim.report.facts import Footnotes, cited, numbers, read_facts
from sim.report.pictures import pictures
from sim.report.tables import costs_of_powers
from sim.results import Results

MANIFEST = {
    "command": "python run.py scenarios/closure.yaml --seed 7",
    "seed": 7,
    "scenario": "closure",
    "scenario_sha256": "a" * 64,
    "baseline": "quiet",
    "baseline_sha256": "b" * 64,
    "region": "central_asia",
    "region_sha256": "c" * 64,
    "commit": None,
    "versions": {"python": "3"},
}


@pytest.fixture(scope="module")
def one() -> Answered:
    return closure()


@pytest.fixture(scope="module")
def quiet() -> Results:
    return nothing_supposed()


@pytest.fixture(scope="module")
def folder(one: Answered, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("page")
    page.write(Run(one.results.scenario, one.results.region, (one,)), MANIFEST, place)
    return place


@pytest.fixture(scope="module")
def text(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def test_the_page_asks_nothing_of_the_network(text: str):
    assert not re.search(r'(src|href)="(?!#)', text)
    assert "<script" not in text
    assert "@import" not in text
    assert "url(http" not in text


def test_the_page_holds_every_part_that_a_reader_needs(text: str, one: Answered):
    for part in (
        "A teaching model, not a forecast.",
        one.results.scenario.question,
        "How far this goes beyond the articles",
        "What is supposed",
        "Tonnes, money and threat",
        "Why it moved",
        "The evidence",
        "What the model leaves out",
        "How to get this page again",
        MANIFEST["command"],
        "Boundaries imply no opinion",
    ):
        assert str(escape(part)) in text


def test_the_page_says_what_the_answer_says(text: str, one: Answered):
    for sentence in one.answer["sentences"]:
        assert str(escape(sentence)) in text


def test_the_page_begins_with_one_sentence(text: str, one: Answered):
    lead = escape(one.answer["lead"])
    assert text.count(f'<p class="lead">{lead}</p>') == 1


def test_what_powers_lose_is_told_where_it_moves(one: Answered):
    cell = {"scenario": [3.0, 2.0, 4.0], "difference": [-1.0, -2.0, -0.5], "share_of_runs": 1.0}
    cells = dict.fromkeys(("passage", "labour", "turnover"), cell)
    powers = {"RUS": {moment["key"]: cells for moment in one.answer["moments"]}}
    (section,) = costs_of_powers(one.answer | {"powers": powers})
    made = page.block(section, one.answer, {})
    assert made.rows[0][0] == "Russia"
    assert made.rows[0][1][0][2][1] == (
        "\N{MINUS SIGN}1.0",
        "[\N{MINUS SIGN}2.0, \N{MINUS SIGN}0.50]",
    )


def test_every_figure_is_in_the_page_and_in_the_folder(text: str, folder: Path, one: Answered):
    names = list(pictures(one))
    assert {"map", "triangle", "breadth", "imposed_chosen", "lenses", "insurance", "why"} < set(
        names
    )
    assert any(name.startswith("exports_") for name in names)
    assert text.count("<svg ") == text.count("<figcaption>") == len(names)
    for name in names:
        assert (folder / "figures" / f"{name}.png").stat().st_size > 5_000
        assert (folder / "figures" / f"{name}.svg").is_file()


def test_no_two_parts_of_the_page_have_one_name(text: str):
    names = re.findall(r'\sid="([^"]+)"', text)
    assert len(names) == len(set(names))
    targets = set(re.findall(r'href="#([^"]+)"', text)) | set(re.findall(r"url\(#([^)]+)\)", text))
    assert targets <= set(names)


def test_the_page_is_not_huge(folder: Path):
    assert (folder / "report.html").stat().st_size < 1_500_000


def test_the_same_run_gives_the_same_bytes(one: Answered, folder: Path, tmp_path: Path):
    page.write(Run(one.results.scenario, one.results.region, (one,)), MANIFEST, tmp_path)
    for file in sorted(folder.rglob("*.*")):
        assert (tmp_path / file.relative_to(folder)).read_bytes() == file.read_bytes(), file.name


def test_figures_are_to_be_had_by_name(one: Answered):
    assert page.figure(one, "map").get_size_inches()[0] > 5
    with pytest.raises(InputError, match="there is no figure"):
        page.figure(one, "mapp")


def test_a_question_without_events_has_a_page_too(quiet: Results, tmp_path: Path):
    one = Answered(quiet, None, answer(quiet, None))
    page.write(Run(quiet.scenario, quiet.region, (one,)), MANIFEST, tmp_path)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "nothing differs" in text
    assert "Why it moved" not in text


def test_arms_share_one_page(one: Answered, tmp_path: Path):
    from dataclasses import replace

    arms = []
    for name in ("left", "right"):
        scenario = replace(one.results.scenario, arm=name, title=f"Closure: {name}")
        results = replace(one.results, scenario=scenario)
        arms.append(Answered(results, one.why, answer(results, one.why)))
    page.write(Run(one.results.scenario, one.results.region, tuple(arms)), MANIFEST, tmp_path)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert 'id="arm-left"' in text
    assert 'id="arm-right"' in text
    assert (tmp_path / "figures" / "left_map.svg").is_file()
    names = re.findall(r'\sid="([^"]+)"', text)
    assert len(names) == len(set(names))


def test_a_second_process_draws_the_same(one: Answered, folder: Path, tmp_path: Path):
    page.write(Run(one.results.scenario, one.results.region, (one,)), MANIFEST, tmp_path, True)
    for file in sorted(folder.rglob("*.*")):
        assert (tmp_path / file.relative_to(folder)).read_bytes() == file.read_bytes(), file.name


def test_the_evidence_names_what_the_events_touch_and_cite(one: Answered):
    region, scenario = one.results.region, one.results.scenario
    notes = Footnotes(region)
    shown = numbers(region, [one.answer], [scenario], notes)
    assert any("Caspian pipeline" in number.of for number in shown)
    assert all(number.method in ("quoted", "derived", "assumed") for number in shown)
    assert {number.footnote for number in shown} == set(range(1, len(notes.codes) + 1))
    assert all(note.citation for note in notes.listed())
    assert "WSJ-056" in {fact.code for fact in cited(region, [scenario])}
    assert read_facts(region.name)["WSJ-056"].outlet.startswith("The Wall Street Journal")
