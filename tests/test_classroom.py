"""The lessons: keys say what the runs say, commands can be given, pages are whole."""

from __future__ import annotations

import json
import re
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import sim
from sim import cli
from sim.asking import PROJECT, run, shipped_scenarios
from sim.classroom import KEYS, LESSONS, MARKED, Ask, asked_once, main, meant, pages, stale, varied
from sim.explore.sliders import sliders_of
from sim.region import Region
from sim.results import Results, compare
from sim.studying.common import study_folder
from sim.texts import catalogue

LESSON_PAGES = sorted(LESSONS.glob("lesson_*.md"))
NOTEBOOKS = sorted((LESSONS / "notebooks").glob("*.ipynb"))
EVERY_PAGE = sorted(LESSONS.glob("*.md"))

SECTIONS = [
    "Aims", "What you need", "Minutes", "Student sheet", "Instructor key", "Discussion",
    "What students get wrong", "What the model leaves out", "Facts",
]  # fmt: skip

COMMAND = re.compile(r"python run\.py ([^`\n]+)")
FACT = re.compile(r"\b[A-Z][A-Z0-9]{2}-\d{3}\b")
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|(?<![*\w])\*[^*\n]+\*(?!\*)")
NEVER = re.compile(
    r"\b(likely|unlikely|will|would have|probabl[ey]|probability|proves|tipping point)\b", re.I
)
PERSONS = re.compile(r"\b(Putin|Xi|Tokayev|Blinken|Lavrov|Zelensky)\b")


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def name_of(page: Path) -> str:
    return page.stem


def prose_of(page: Path) -> str:
    """Return what people wrote of a page: what stands between its marks taken out."""
    return MARKED.sub("", text_of(page))


def section(page: Path, head: str) -> str:
    """Return one section of a page."""
    found = re.search(rf"^## {re.escape(head)}\n(.*?)(?=^## |\Z)", text_of(page), re.M | re.S)
    assert found, head
    return found[1]


def parsed(words: list[str]) -> Any:
    """Return a command read by its own parser: of a study, of another command, or of a run."""
    if words[0] in cli.STUDIES:
        made = cli.parser(words[0])
        import_module(f"sim.studying.{words[0]}").arguments(made)
        return cli.parsed(made, words[1:])
    if words[0] in cli.COMMANDS:
        return cli.parsed(cli.command_parser(words[0]), words[1:])
    return cli.parsed(cli.run_parser(), words)


def commands(page: Path) -> list[list[str]]:
    """Return every command that a page shows, as words."""
    return [found.split("#")[0].split() for found in COMMAND.findall(text_of(page))]


# Keys -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ask() -> Ask:
    """Asks every shipped scenario once for all pages."""
    return asked_once()


def test_every_lesson_has_keys() -> None:
    assert pages() == LESSON_PAGES
    assert len(LESSON_PAGES) == 5


@pytest.mark.parametrize("page", LESSON_PAGES, ids=name_of)
def test_a_key_says_what_the_runs_say_now(page: Path, ask: Ask) -> None:
    assert stale(text_of(page), ask) == [], "run: python -m sim.classroom"


def test_a_key_whose_number_was_changed_is_stale(ask: Ask) -> None:
    page = (
        "<!-- key: sent cpc_closure KAZ_OIL -->\n\nKazakh crude oil in the base year: "
        "1.0 to 2.0 Mt a year (median 1.5).\n\n<!-- end key -->\n"
    )
    assert stale(page, ask) == ["sent cpc_closure KAZ_OIL"]


def test_check_tells_what_is_stale_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "lesson.md"
    page.write_text("<!-- key: mine -->\nold\n<!-- end key -->\n", encoding="utf-8")
    monkeypatch.setitem(KEYS, "mine", lambda ask, words: "new")
    assert main(["--check", str(tmp_path)]) == 1
    assert "lesson.md: stale: mine" in capsys.readouterr().out
    assert "old" in text_of(page)
    assert main([str(tmp_path)]) == 0
    assert text_of(page) == "<!-- key: mine -->\n\nnew\n\n<!-- end key -->\n"
    assert main(["--check", str(tmp_path)]) == 0


@pytest.mark.parametrize("page", EVERY_PAGE, ids=name_of)
def test_no_number_of_a_run_is_written_by_hand(page: Path) -> None:
    """Numbers with decimals are of runs, but for what a command or a slider is given."""
    told = re.sub(r"```.*?```|`[^`]*`", "", prose_of(page), flags=re.S)
    assert re.findall(r"\d+\.\d+(?!\d*\.md)", told) == []
    assert re.findall(r"\d+ points", told) == []


@pytest.mark.parametrize("page", EVERY_PAGE, ids=name_of)
def test_a_page_claims_no_future_and_names_nobody(page: Path) -> None:
    said = QUOTED.sub("", text_of(page))
    assert NEVER.findall(said) == []
    assert PERSONS.findall(text_of(page)) == []


# What the prose of a key says of the runs, without a number -------------------------------------


@cache
def few_runs(word: str) -> Results:
    """Return a scenario, or an arm of it, over few members: enough for the sign of a mean."""
    region, scenario = meant(word)
    return compare(region, scenario.resized(30))


def means(word: str, state: str, partner: str, key: str = "during") -> tuple[float, float]:
    """Return the mean imposed and chosen change of a share in all ties, at one of the dates."""
    results = few_runs(word)
    at = next(moment for moment in results.moments if moment.key == key)
    place, k = results.region.states.index(state), results.region.partners.index(partner)
    imposed, chosen = (
        float(results.at(f"{part} change", "pooled", at)[:, place, k].mean())
        for part in ("imposed", "chosen")
    )
    return imposed, chosen


def test_pipes_do_not_ask_who_meant_it_but_what_is_chosen_does() -> None:
    storm, order = (means(f"storm_or_order:{arm}", "KAZ", "RUS") for arm in ("storm", "order"))
    assert storm[0] == pytest.approx(order[0], rel=1e-6)
    assert order[1] < storm[1] <= 0


def test_what_was_imposed_goes_when_the_line_reopens_and_what_was_chosen_stays() -> None:
    during, later = (means("cpc_closure", "KAZ", "RUS", key) for key in ("during", "after_24"))
    assert abs(later[0]) < abs(during[0]) / 2
    assert abs(later[1]) > abs(during[1]) / 2


def test_a_turn_to_security_is_chosen_and_a_corridor_is_mostly_imposed() -> None:
    turned = means("china_security_turn", "TJK", "CHN", "end")
    assert abs(turned[0]) < turned[1] / 10
    corridor = means("middle_corridor_growth", "UZB", "RUS", "end")
    assert corridor[0] < corridor[1] < 0


def test_after_migrants_are_sent_home_ties_with_russia_weigh_less_and_nobody_chose_it() -> None:
    imposed, chosen = means("remittance_shock:a_bad_year", "TJK", "RUS")
    assert imposed < 0 < chosen


# Pages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", LESSON_PAGES, ids=name_of)
def test_a_lesson_has_all_its_sections(page: Path) -> None:
    assert re.findall(r"^## (.+)$", text_of(page), re.M) == SECTIONS
    assert [head for head in SECTIONS if not section(page, head).strip()] == []


@pytest.mark.parametrize("page", LESSON_PAGES, ids=name_of)
def test_the_minutes_of_a_lesson_follow_each_other_to_45_and_to_90(page: Path) -> None:
    rows = re.findall(r"^\| (\d+)-(\d+) \|", section(page, "Minutes"), re.M)
    ends = [int(end) for _, end in rows]
    assert [int(start) for start, _ in rows] == [0, *ends[:-1]]
    assert 45 in ends
    assert ends[-1] == 90


@pytest.mark.parametrize("page", LESSON_PAGES, ids=name_of)
def test_a_lesson_rests_on_facts_of_the_articles(page: Path, region: Region) -> None:
    cited = set(FACT.findall(section(page, "Facts")))
    assert len(cited) >= 8
    assert cited <= set(region.facts)


@pytest.mark.parametrize("page", LESSON_PAGES, ids=name_of)
def test_every_fact_of_a_lesson_is_among_its_facts_or_links(page: Path, region: Region) -> None:
    assert set(FACT.findall(text_of(page))) <= set(region.facts)


@pytest.mark.parametrize("page", LESSON_PAGES, ids=name_of)
def test_the_sheet_predicts_before_it_shows_and_ends_in_a_ticket(page: Path) -> None:
    boxes = re.findall(r"^\*\*Box ([A-Z])\. ([^*]+)\*\*", section(page, "Student sheet"), re.M)
    assert [letter for letter, _ in boxes] == [chr(ord("A") + k) for k in range(len(boxes))]
    heads = [head for _, head in boxes]
    assert heads.index("Predict.") < heads.index("See.") < heads.index("Exit ticket.")


@pytest.mark.parametrize("page", LESSON_PAGES, ids=name_of)
def test_what_a_sheet_says_to_press_is_on_the_page(page: Path) -> None:
    texts = catalogue("en").values()
    fixed = {text for text in texts if "{" not in text}
    told = {re.escape(text) for text in texts if "{" in text}
    patterns = [re.compile(re.sub(r"\\\{\w+\\\}", ".+", text)) for text in told]
    spans = re.findall(r"\*\*([^*]+)\*\*", section(page, "Student sheet"))
    bold = [" ".join(one.split()) for one in spans if not one.startswith("Box ")]
    assert len(bold) > 5
    assert [
        one for one in bold if one not in fixed and not any(p.fullmatch(one) for p in patterns)
    ] == []


# Commands -------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", EVERY_PAGE, ids=name_of)
def test_every_command_of_a_page_can_be_given(page: Path) -> None:
    shipped = {file.stem for file in shipped_scenarios()}
    for words in commands(page):
        if words != ["app"]:  # no study of a scenario
            assert parsed(words).scenario in shipped, words


@pytest.mark.parametrize("page", LESSON_PAGES, ids=name_of)
def test_a_page_is_written_where_the_lesson_says(page: Path) -> None:
    asked = parsed(next(line for line in commands(page) if line[0] == "explore"))
    _, arm = meant(f"{asked.scenario}:{asked.arm}" if asked.arm else asked.scenario)
    told = f"`results/{study_folder(asked, arm, 'explore').name}/explore.html`"
    assert told in section(page, "What you need")


@pytest.mark.parametrize("page", LESSON_PAGES, ids=name_of)
def test_the_key_moves_the_sliders_of_the_page(page: Path) -> None:
    """The page's command and the key name the same scenario, arm and sliders, and they exist."""
    words = next(line for line in commands(page) if line[0] == "explore")
    asked = parsed(words)
    key = next(
        found["words"].split() for found in MARKED.finditer(text_of(page))
        if found["name"] == "points"
    )  # fmt: skip
    name = f"{asked.scenario}:{asked.arm}" if asked.arm else asked.scenario
    assert key[0] == name
    region, arm = meant(name)
    assert varied(key) == asked.vary
    assert len(sliders_of(region, arm, asked.vary, ())) == len(asked.vary)


# Notebooks ------------------------------------------------------------------------------------


def cells(notebook: Path, kind: str) -> list[dict[str, Any]]:
    found = json.loads(text_of(notebook))["cells"]
    return [cell for cell in found if cell["cell_type"] == kind]


def test_there_is_a_notebook_for_every_lesson() -> None:
    assert [one.stem for one in NOTEBOOKS] == [f"lesson_{k}" for k in range(1, 6)]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name_of)
def test_a_notebook_is_clean(notebook: Path) -> None:
    whole = json.loads(text_of(notebook))
    assert whole["nbformat"] == 4
    assert len({cell["id"] for cell in whole["cells"]}) == len(whole["cells"])
    assert [c for c in cells(notebook, "code") if c["outputs"] or c["execution_count"]] == []
    assert len(cells(notebook, "markdown")) >= 3


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name_of)
def test_a_notebook_runs_from_top_to_bottom(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its code, cell after cell in one namespace, as a kernel would run it, over few members.

    Why it moved is asked by no cell, takes as long as all the rest, and is left out.

    No kernel is started: Jupyter's client and kernel would bring two dozen packages into the tests
    for what plain Python does, and the cells use no magic.
    """
    monkeypatch.setattr("sim.question.attribute", lambda *asked: None)
    monkeypatch.setattr(sim, "run", partial(run, members=12), raising=False)
    space: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells(notebook, "code"):
        source = "".join(cell["source"])
        assert not re.search(r"^\s*[%!]", source, re.M), "plain Python only"
        exec(compile(source, f"{notebook.name}:{cell['id']}", "exec"), space)
    assert isinstance(space["run"], sim.Asked)
    assert capsys.readouterr().out.strip()


def test_no_page_of_the_lessons_is_forgotten_in_the_index() -> None:
    index = text_of(LESSONS / "README.md")
    assert [page.name for page in EVERY_PAGE[1:] if f"({page.name})" not in index] == []
    assert "docs/classroom/README.md" in text_of(PROJECT / "README.md")
