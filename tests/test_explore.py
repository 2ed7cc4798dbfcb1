"""The page to explore with: what it holds, that it equals the report, and a student's way."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import SIZES

from sim.asking import PROJECT, scenario_of, shipped_scenarios
from sim.cli import main
from sim.errors import InputError
from sim.explore import page as pages
from sim.explore.packing import cells, middles, packed, unpacked
from sim.explore.page import LARGEST, page
from sim.explore.payload import Computed, computed, in_letters, payload, steps_of
from sim.explore.runs import series
from sim.explore.sliders import grid, sliders_of
from sim.region import Region
from sim.results import Results, band, compare
from sim.scenario import Event, Scenario
from sim.study.settings import as_set
from sim.texts import LANGUAGES, catalogue

MEMBERS, MONTHS = 8, 20
VARIED = ("pipeline_shut.months=2:6:3", "choice_sharpness=8:20:2")


@pytest.fixture(scope="module")
def asked() -> tuple[Region, Scenario]:
    region, scenario = scenario_of("cpc_closure")
    return region, scenario.resized(MEMBERS, MONTHS)


@pytest.fixture(scope="module")
def results(asked: tuple[Region, Scenario]) -> Results:
    return compare(*asked)


@pytest.fixture(scope="module")
def found(asked: tuple[Region, Scenario], results: Results) -> Computed:
    sliders = sliders_of(*asked, VARIED, ())
    return computed(results, None, sliders, lambda more: None)


@pytest.fixture(scope="module")
def made(found: Computed) -> str:
    return page(payload(found))


def events_set(scenario: Scenario, name: str, field: str, number: float) -> Scenario:
    """Return a scenario with a field of one of its events set, as a file would have it."""
    kept: list[Event] = []
    for event in scenario.events:
        changed = as_set(event, field, number) if event.id == name else event
        kept += [changed] if changed is not None else []
    return replace(scenario, events=tuple(kept))


# Numbers --------------------------------------------------------------------------------------


def test_numbers_are_read_back_in_the_cell_in_which_they_lie() -> None:
    numbers = np.array([[0.0, 0.04, -0.04, 0.249, -0.251, 123.456, 1.0]])
    step = 0.01
    there = unpacked(packed({"one": cells(numbers, step)}))["one"]
    read = middles(there, step)
    assert np.abs(read - numbers).max() <= step
    assert read[0, 0] == 0.0
    assert [f"{one:.1f}" for one in read[0, 3:5]] == ["0.2", "-0.3"]


def test_packed_numbers_of_every_size_come_back(tmp_path: Path) -> None:
    numbers = np.random.default_rng(1).integers(-(2**26), 2**26, (3, 4, 50))
    small = numbers // 2**20
    back = unpacked(packed({"large": numbers, "small": small}))
    assert (back["large"] == numbers).all()
    assert (back["small"] == small).all()


def test_what_cannot_be_packed_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        cells(np.array([1e12]), 0.01)


def test_the_scenario_as_written_has_the_numbers_of_the_comparison(
    found: Computed, results: Results
) -> None:
    region, names = results.region, in_letters(found)[1]
    mine, other = (series(region, results.runs[run]) for run in ("scenario", "baseline"))
    same_as_shown(found, len(found.points) - 1, mine, other, names)


def test_a_computed_point_has_the_numbers_of_the_comparison(
    found: Computed, asked: tuple[Region, Scenario]
) -> None:
    """Of a file that says the same: the length of the event and a number of the ledger set."""
    region, scenario = asked
    points = grid(found.sliders)
    place = 3
    months, response = points[place]
    ledger = tuple(
        replace(row, low=response, central=response, high=response)
        if row.attribute == "choice_sharpness"
        else row
        for row in region.ledger
    )
    changed = events_set(scenario, "pipeline_shut", "months", months)
    there = replace(region, ledger=ledger)
    results = compare(there, changed)
    mine, other = (series(there, results.runs[run]) for run in ("scenario", "baseline"))
    same_as_shown(found, place, mine, other, in_letters(found)[1])


def same_as_shown(
    found: Computed, place: int, mine: np.ndarray, other: np.ndarray, names: list[str]
) -> None:
    """Check that a point shows what these members say, to the digit that is shown."""
    numbers, kept, _ = in_letters(found)
    letters = unpacked(numbers)
    columns = [all_names(found).index(name) for name in kept]
    step = steps_of(kept)
    for name, members in (("level", mine), ("difference", mine - other)):
        exact = np.stack(band(members, axis=1))[..., columns].transpose(2, 0, 1)
        told = middles(letters[name][place], step[:, None, None])
        for series_told, row, read, one in zip(kept, exact, told, step, strict=True):
            digits = round(-np.log10(one)) - 1
            apart = np.abs(np.round(row, digits) - np.round(read, digits))
            halfway = np.abs(np.abs(row) * 10.0**digits % 1.0 - 0.5) < 1e-6
            assert ((apart < one) | halfway).all(), (series_told, name)


def all_names(found: Computed) -> list[str]:
    from sim.explore.runs import series_names

    return series_names(found.results.region)


def test_threads_change_no_number(found: Computed) -> None:
    again = computed(found.results, None, found.sliders, lambda more: None, workers=2)
    assert in_letters(again)[0].letters == in_letters(found)[0].letters


def test_points_share_a_baseline_where_they_vary_nothing_of_it(found: Computed) -> None:
    points = grid(found.sliders)
    by_response = [found.baseline_of[k] for k in range(len(points))]
    assert len(set(by_response)) == 2
    assert all((by_response[k] == by_response[0]) == (points[k, 1] == points[0, 1])
               for k in range(len(points)))  # fmt: skip


# Sliders --------------------------------------------------------------------------------------


def test_sliders_are_of_the_event_that_is_longest_in_force(asked: tuple[Region, Scenario]) -> None:
    sliders = sliders_of(*asked, (), ())
    assert {one.setting.event for one in sliders} == {"pipeline_shut"}
    assert [one.setting.field for one in sliders] == ["left", "months", "start"]
    assert all(one.written in one.steps for one in sliders)


@pytest.mark.parametrize("name", [file.stem for file in shipped_scenarios()])
def test_every_scenario_that_supposes_something_has_sliders(name: str) -> None:
    region, whole = scenario_of(name)
    for scenario in whole.arms or (whole,):
        own = [event for event in scenario.events if event.id in scenario.own_events]
        if not own:
            with pytest.raises(InputError, match="--vary"):
                sliders_of(region, scenario, (), ())
            continue
        for one in sliders_of(region, scenario, (), ()):
            assert list(one.steps) == sorted(set(one.steps))
            assert len(one.steps) in (2, 3, 5)


@pytest.mark.parametrize(
    ("vary", "told"),
    [
        (["pipeline_shut.left=0:0.5:200"], "too many for a page"),
        (["pipeline_shut.nothing=1:2"], "no field"),
        (["choice_sharpness=8:20", "choice_sharpness=9:20"], "twice"),
    ],
)
def test_what_makes_no_page_is_refused(
    asked: tuple[Region, Scenario], vary: list[str], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        sliders_of(*asked, vary, ())


# The page -------------------------------------------------------------------------------------


def test_the_page_is_small_and_asks_for_nothing(made: str) -> None:
    assert len(made.encode()) < LARGEST
    outside = made.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(
        r"https?:|\bsrc\s*=|<link|@import|url\(|fetch\(|XMLHttp|WebSocket", outside
    )
    assert "default-src 'none'" in made


def test_a_page_that_is_too_large_is_refused() -> None:
    with pytest.raises(InputError, match="fewer sliders"):
        pages.small_enough("x" * (LARGEST + 1), "explore.html")


HOSTILE = "</script><script>window.harmed=1</script><img src=x onerror='window.harmed=1'>"


@pytest.fixture(scope="module")
def hostile(found: Computed) -> str:
    """Return a page of a scenario whose words are written to do harm."""
    results = found.results
    event = replace(results.scenario.events[0], note=HOSTILE)
    events = (event, *results.scenario.events[1:])
    words = {"title": HOSTILE, "question": HOSTILE, "beyond": HOSTILE, "name": "mine"}
    scenario = replace(results.scenario, events=events, **words)  # type: ignore[arg-type]
    return page(payload(replace(found, results=replace(results, scenario=scenario))))


def test_a_hostile_title_is_only_text(hostile: str) -> None:
    assert "<script>window" not in hostile
    assert "<img" not in hostile
    assert hostile.count("<script") == 3


def test_the_page_says_what_to_do_without_a_program(made: str) -> None:
    inside = made.partition("<noscript>")[2].partition("</noscript>")[0]
    for language in LANGUAGES:
        assert catalogue(language)["without_script"] in inside


# Texts ----------------------------------------------------------------------------------------


def test_catalogues_have_the_same_keys_and_places() -> None:
    first = catalogue("en")
    for language in LANGUAGES:
        other = catalogue(language)
        assert list(other) == list(first)
        assert all(text.strip() for text in other.values())
    for key, text in catalogue("zh").items():
        extra = set(re.findall(r"\{(\w+)\}", text)) - set(re.findall(r"\{(\w+)\}", first[key]))
        assert extra <= {"state", "whose", "from", "with", "partner"}, key


def test_texts_are_translated() -> None:
    zh, ru = catalogue("zh"), catalogue("ru")
    assert [k for k, text in zh.items() if not re.search(r"[\u3000-\u9fff\uff00-\uffef]", text)
            and k not in ALIKE] == []  # fmt: skip
    assert [k for k, text in ru.items() if not re.search(r"[а-яА-Я]", text)
            and k not in ALIKE] == []  # fmt: skip


ALIKE = {
    "number.point", "language.own", "list.comma", "list.and", "list.stop", "list.pair",
    "triangle.share", "triangle.state", "exports.route", "unit.gdp", "month.short", "row.channel",
    "report.range", "report.colon", "report.of_arm", "class.so_many",
}  # fmt: skip
"""Texts that may be signs alone, or a name in its own language."""


def test_every_name_of_the_region_and_every_scenario_has_its_texts(region: Region) -> None:
    texts = catalogue("en")
    for kind, named in (
        ("link", region.links), ("route", region.routes), ("stream", region.streams),
    ):  # fmt: skip
        for one in named:
            assert texts[f"{kind}.{one.code}"] == one.name  # type: ignore[attr-defined]
    for file in shipped_scenarios():
        _, scenario = scenario_of(file.stem)
        for field in ("title", "question", "beyond"):
            assert texts[f"scenario.{scenario.name}.{field}"] == getattr(scenario, field)
        for arm in scenario.arms:
            assert texts[f"scenario.{scenario.name}.{arm.arm}.title"] == arm.title


def test_every_text_that_the_program_names_is_in_the_catalogue() -> None:
    texts, program = catalogue("en"), pages.program()
    for key in re.findall(r'\btext\("([\w.]+)"[,)]', program):
        assert key in texts, key
    for kind in re.findall(r'\btext\("([\w.]+\.)" \+', program):
        assert any(key.startswith(kind) for key in texts), kind


def test_no_text_forecasts_or_praises() -> None:
    said = " ".join(catalogue("en").values()).casefold()
    assert not re.search(r"\b(will|likely|probably|would be expected)\b", said)
    assert "прогноз" in catalogue("ru")["tag"]
    assert "не прогноз" in catalogue("ru")["tag"]


# The command ----------------------------------------------------------------------------------


def test_the_command_writes_one_page_and_shows_it_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["cpc_closure", "--members", "4", "--months", "16", "--out", str(tmp_path)]
    assert main(["explore", *line, "--vary", "pipeline_shut.months=2,3", "--lang", "ru"]) == 0
    folder = tmp_path / "cpc_closure_explore"
    assert sorted(path.name for path in folder.iterdir()) == [
        "explore.html", "manifest.json", "summary.json",
    ]  # fmt: skip
    assert "explore.html" in capsys.readouterr().out
    assert '<html lang="ru">' in (folder / "explore.html").read_text("utf-8")
    assert main(["show", str(folder)]) == 0
    assert "explore.html" in capsys.readouterr().out
    kept: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert kept["points"] == 3


def test_too_many_members_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explore", "cpc_closure", "--members", "5000"]) == 2
    assert "at most" in capsys.readouterr().err


# A student's way, in a browser ----------------------------------------------------------------


class Visit:
    """A page open in a browser, with all that its console says and all that it asks for."""

    def __init__(self, browser: Any, file: Path, size: tuple[int, int]) -> None:
        self.tab = browser.new_page(viewport={"width": size[0], "height": size[1]})
        self.said: list[str] = []
        self.asked: list[str] = []
        self.tab.on("console", lambda message: self.said.append(message.text))
        self.tab.on("pageerror", lambda fault: self.said.append(str(fault)))
        self.tab.on("request", lambda request: self.asked.append(request.url))
        self.file = file.as_uri()
        self.tab.goto(self.file)
        self.tab.wait_for_selector(".predict")

    def text(self) -> str:
        return str(self.tab.inner_text("main"))

    def predict(self, direction: str, size: str) -> None:
        self.tab.check(f"input[value={direction}]")
        if direction != "same":
            self.tab.fill("#size", size)
        self.tab.click("button.go")

    def to_the_end(self) -> None:
        for _ in range(6):
            self.tab.click("button.go")

    def undisturbed(self) -> None:
        assert self.said == []
        assert self.asked == [self.file]
        wide = "document.documentElement.scrollWidth <= window.innerWidth"
        assert self.tab.evaluate(wide), "the page is wider than the screen"


@pytest.fixture
def written(tmp_path: Path, made: str) -> Path:
    file = tmp_path / "explore.html"
    file.write_text(made, encoding="utf-8")
    return file


def test_nothing_is_shown_before_a_prediction(browser: Any, written: Path) -> None:
    visit = Visit(browser, written, SIZES["projector"])
    order = visit.tab.evaluate(
        "[...document.querySelectorAll('h1, .tag, .beyond, .predict, [data-map], .languages')]"
        ".map(one => one.tagName + '.' + one.className)"
    )
    assert order == [
        "H1.", "P.tag", "P.beyond", "FORM.predict", "DIV.picture", "NAV.languages",
    ]  # fmt: skip
    visit.tab.click("button.go")
    assert catalogue("en")["predict.missing"] in visit.text()
    assert visit.tab.query_selector(".reveal, .explore, [data-triangle], [data-fan]") is None
    assert not re.search(r"\d\.\d", visit.tab.text_content("svg")), "the map shows numbers"
    visit.undisturbed()


@pytest.mark.parametrize("size", SIZES)
def test_a_student_predicts_reveals_and_explores(
    browser: Any, written: Path, found: Computed, size: str
) -> None:
    visit = Visit(browser, written, SIZES[size])
    visit.predict("lower", "4")
    heads = []
    for _ in range(6):
        heads.append(visit.tab.inner_text("h2"))
        visit.tab.click("button.go")
    texts = catalogue("en")
    steps = ("tonnes", "money", "threat", "parts", "indices", "score")
    assert heads == [texts[f"reveal.{step}"] for step in steps]
    assert texts["where.written"].partition(":")[0] in visit.text()
    visit.tab.focus("#slider-0")
    visit.tab.keyboard.press("ArrowLeft")
    assert "weighted mean" in visit.tab.inner_text("#where")
    visit.tab.keyboard.press("ArrowLeft")
    assert "A computed point" in visit.tab.inner_text("#where")
    visit.tab.fill("#month", "3")
    assert visit.tab.inner_text("#month-told") == found.results.months[3]
    visit.tab.click("#play")
    visit.tab.wait_for_selector(f"#month-told:text-is('{found.results.months[5]}')")
    visit.tab.click("#play")
    for tab in ("fans", "exports", "why", "evidence"):
        visit.tab.click(f"#tab-{tab}")
        assert visit.tab.get_attribute(f"#tab-{tab}", "aria-selected") == "true"
        assert "undefined" not in visit.text()
        assert "[object" not in visit.text()
        assert not re.search(r"\{\w+\}", visit.text())
    for language in ("zh", "ru"):
        visit.tab.click(f".languages button[lang={language}]")
        for tab in ("map", "fans", "exports", "why", "evidence"):
            visit.tab.click(f"#tab-{tab}")
            visit.undisturbed()
        assert catalogue(language)["tag"] in visit.text()
        assert visit.tab.evaluate("document.documentElement.lang") == language
    visit.undisturbed()


def test_every_picture_has_its_sentence(browser: Any, written: Path) -> None:
    visit = Visit(browser, written, SIZES["projector"])
    visit.predict("same", "0")
    visit.to_the_end()
    for tab in ("map", "fans", "exports"):
        visit.tab.click(f"#tab-{tab}")
        labels = visit.tab.evaluate(
            "[...document.querySelectorAll('svg[role=img]')].map(o => o.getAttribute('aria-label'))"
        )
        assert labels
        assert all(len(one) > 20 for one in labels)
    unnamed = visit.tab.evaluate(
        "[...document.querySelectorAll('input, select')].filter(o => !o.labels.length"
        " && !o.getAttribute('aria-label')).length"
    )
    assert unnamed == 0


def test_the_page_shows_the_numbers_of_the_comparison(
    browser: Any, written: Path, results: Results
) -> None:
    """In letters, on the screen: the sentence on the share that was predicted."""
    found = json.loads(
        written.read_text("utf-8").partition('id="page">')[2].partition("</script>")[0]
    )["predicted"]
    region, month = results.region, found["month"]
    place = region.states.index(found["state"]), region.partners.index(found["partner"])
    change = 100 * results.of("difference", "pooled")[month][:, place[0], place[1]]
    told = [f"{one:+.1f}".replace("-", "−") for one in np.percentile(change, (5, 95, 50))]
    visit = Visit(browser, written, SIZES["projector"])
    visit.predict("lower", "4")
    for _ in range(3):
        visit.tab.click("button.go")
    said = visit.tab.inner_text(".claims li:nth-child(2)")
    assert f"{told[0]} to {told[1]}" in said
    assert f"(median {told[2]})" in said


def test_a_prediction_is_scored_against_the_runs(
    browser: Any, written: Path, results: Results
) -> None:
    """Brier by hand: all of the chance on the direction that every run has gives 0."""
    visit = Visit(browser, written, SIZES["projector"])
    members = np.array(
        json.loads(written.read_text("utf-8").partition('id="page">')[2].partition("</script>")[0])[
            "predicted"
        ]["members"]
    )
    visit.tab.fill("#sure", "100")
    visit.predict("lower", "4")
    for _ in range(5):
        visit.tab.click("button.go")
    row = visit.tab.inner_text("tbody tr:first-child").split("\t")
    share = float((members <= -0.1).mean())
    assert float(row[1]) == pytest.approx(2 * (1 - share), abs=0.006)
    assert float(row[2]) == pytest.approx(np.abs(members + 4.0).mean(), abs=0.051)


def test_a_hostile_title_does_not_run(browser: Any, tmp_path: Path, hostile: str) -> None:
    file = tmp_path / "hostile.html"
    file.write_text(hostile, encoding="utf-8")
    visit = Visit(browser, file, SIZES["phone"])
    assert HOSTILE in visit.text()
    visit.predict("higher", "1")
    visit.to_the_end()
    visit.tab.click("#tab-evidence")
    assert visit.tab.evaluate("window.harmed") is None
    visit.undisturbed()


def test_a_script_that_installs_the_browser_is_there() -> None:
    assert (PROJECT / "tests" / "browser" / "install.sh").stat().st_mode & 0o100
