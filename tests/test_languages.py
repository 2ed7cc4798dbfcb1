"""The report in Chinese and Russian: the same numbers, the closed words, no English left over."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from closures import closure, nothing_supposed

from sim import claims, outputs, telling
from sim.answer import answer
from sim.asking import run as asked
from sim.cli import main
from sim.errors import Refused
from sim.glossary import WORDS
from sim.notebook import Asked
from sim.question import Answered, Run
from sim.report import in_language
from sim.report.changes import KINDS
from sim.report.tables import rounded
from sim.texts import LANGUAGES, catalogue

OTHERS = LANGUAGES[1:]

MANIFEST = {"command": "python run.py scenarios/cpc_closure.yaml --seed 1"}

CASES = ({"state", "whose"}, {"partner", "with", "from"})
"""Forms of one name: a language takes the one that its grammar asks for."""


@pytest.fixture(scope="module")
def one() -> Answered:
    return closure()


@pytest.fixture(scope="module")
def pages(one: Answered) -> dict[str, str]:
    run = Run(one.results.scenario, one.results.region, (one,))
    return {language: in_language.page(run, MANIFEST, language) for language in LANGUAGES}


class Reader(HTMLParser):
    """The words of a page that stand in its own language, and its table of changes."""

    ALONE = ("meta", "link", "br", "img", "hr", "path", "line", "rect")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.words: list[str] = []
        self.rows: dict[tuple[str, str], list[str]] = {}
        self.row: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "aria-label" in given and not self.foreign():
            self.words.append(str(given["aria-label"]))
        if "data-series" in given:
            self.row = self.rows[str(given["data-series"]), str(given["data-month"])] = []
        if tag == "td" and self.row is not None:
            self.row.append("")
        if tag not in self.ALONE:
            other = tag == "style" or (tag != "html" and "lang" in given)
            self.open.append((tag, other))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Signs of a drawing hold no words."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag
        if tag in ("tr", "tbody"):
            self.row = None

    def handle_data(self, data: str) -> None:
        if self.row:
            self.row[-1] += data
        if not self.foreign() and data.strip():
            self.words.append(data.strip())

    def foreign(self) -> bool:
        return any(other for _, other in self.open)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


# The catalogue --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_texts_with_the_same_places(language: str) -> None:
    first, other = catalogue("en"), catalogue(language)
    assert list(other) == list(first)
    for key, text in other.items():
        there, here = places(first[key]), places(text)
        kept = {place for place in there ^ here if not any(place in forms for forms in CASES)}
        assert kept == set(), key
        for forms in CASES:
            assert bool(there & forms) == bool(here & forms) or key in UNSAID, key


UNSAID = ("why.channels",)


def places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


FORBIDDEN = {
    "en": r"\b(will|would have|likely|probabl[ey]|probability|risk of|proves|shows that|"
    r"because of|wanted|tipping point)\b",
    "zh": r"将会|将要|很可能|概率|可能性|证明|想要|临界点",
    "ru": r"вероятн|скорее всего|доказыва|захотел|переломн|риск того",
}

DENIED = re.compile(r"left_out\.4|report\.reading_1|word\.chosen\.means")
"""Where it is said what the runs are not; and what the glossary says in its own words."""

FORETOLD = {
    "en": r"\b(forecast|predict\w*)",
    "zh": r"预测",
    "ru": r"прогноз(?!\w)|предска",
}

OF_A_STUDENT = re.compile(r"predict\.|score\.|class\.|app\.|articles\.|tag$")
"""Only a student predicts."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_forecasts_or_claims_a_chance_in_the_world(language: str) -> None:
    for pattern, spared in ((FORBIDDEN, DENIED), (FORETOLD, OF_A_STUDENT)):
        found = [
            key
            for key, text in catalogue(language).items()
            if not spared.match(key) and re.search(pattern[language], text, re.I)
        ]
        assert found == []


def test_the_tag_denies_a_forecast_in_every_language() -> None:
    assert "not a forecast" in catalogue("en")["tag"]
    assert "不是预测" in catalogue("zh")["tag"]
    assert "не прогноз" in catalogue("ru")["tag"]


@pytest.mark.parametrize("share", [0.0, 0.01, 0.05, 0.2, 0.3, 0.5, 0.6, 0.8, 0.96, 1.0])
@pytest.mark.parametrize("members", [1, 8, 40, 200])
def test_how_often_is_said_as_in_every_answer(share: float, members: int) -> None:
    assert telling.frequency("en", share, members) == claims.frequency(share, members)
    for language in OTHERS:
        assert telling.frequency(language, share, members)


def test_words_mean_what_the_glossary_says() -> None:
    meanings = {word.meaning for word in WORDS}
    own = {"lens", "threat", "range", "scenario"}
    texts = catalogue("en")
    for key in texts:
        if key.startswith("word.") and key.endswith(".means") and key.split(".")[1] not in own:
            assert texts[key] in meanings, key


# Sentences ------------------------------------------------------------------------------------


def test_the_headline_says_what_the_english_answer_says(one: Answered) -> None:
    """The share that moves most: the same range, median, size, frequency and parts."""
    lead = one.answer["lead"]
    said = " ".join(in_language.headline(one, "en")[:2])
    whose, partner = re.findall(r"(\w+'s) ties move most: the share of (\w+)", lead)[0]
    assert said.startswith(f"Of the states that the supposition is about, {whose} ties move most")
    assert f"The share of {partner} in {whose} ties" in said
    numbers = re.findall(r"([\d.]+) to ([\d.]+) points \(median ([\d.]+)\) (\w+)", lead)[0]
    sign = "−" if numbers[3] == "lower" else "+"
    low, high = sorted(numbers[:2], key=float, reverse=sign == "−")
    assert f"{sign}{low} to {sign}{high} points" in said
    assert f"(median {sign}{numbers[2]})" in said
    size, often = re.findall(r"\((slight|small|moderate|large)\), ([a-z ]+);", lead)[0]
    assert f", {size}, {often}." in said
    imposed, chosen = re.findall(r"points, (\S+) are imposed and (\S+) chosen", lead)[0]
    parts = re.findall(r"By the mean, (\S+) imposed and (\S+) chosen", said)[0]
    assert tuple(part.lstrip("+") for part in parts) == (imposed, chosen)


def test_what_is_sent_is_what_the_english_answer_says(one: Answered) -> None:
    english = next(said for said in one.answer["sentences"] if said.startswith("Over the whole"))
    low, high, middle = re.findall(r"([\d.]+) to ([\d.]+) Mt \(median ([\d.]+)\) less", english)[0]
    said = in_language.headline(one, "en")[-1]
    assert f"−{high} to −{low} Mt" in said
    assert f"(median −{middle})" in said
    part = re.findall(r"or ([\d.]+)% of", english)[0]
    assert f"−{part}% of" in said


def test_hedging_is_said_to_have_risen_where_the_english_answer_does(one: Answered) -> None:
    rose = any("hedging against" in said and "rose" in said for said in one.answer["sentences"])
    for language, told in (("en", "hedging rose"), ("zh", "对冲增强"), ("ru", "усилилось")):
        assert any(told in said for said in in_language.headline(one, language)) == rose


def test_gdp_is_told_as_in_the_english_answer(one: Answered) -> None:
    said = " ".join(in_language.headline(one, "en"))
    english = next(told for told in one.answer["sentences"] if "GDP stands" in told)
    low, high, middle = re.findall(r"([\d.]+) to ([\d.]+)% \(median ([\d.]+)\) lower", english)[0]
    assert f"−{high} to −{low} % of GDP against the baseline (median −{middle})" in said
    size, often = re.findall(r"\((\w+)\), ([a-z ]+)\.$", english)[0]
    assert f"(median −{middle}), {size}, {often}." in said


def test_a_largest_share_that_cannot_be_told_is_not_told(one: Answered) -> None:
    told = telling.Change(
        "share", "KAZ", "CHN", "2023-07", (0.01, -0.2, 0.3), 0.0, 0.01, 0.5, 200, "", False
    )
    assert telling.change_sentence("en", told) == (
        "The share of China in Kazakhstan's ties, July 2023: no difference that we can tell from "
        "nothing."
    )
    assert "0" not in telling.change_sentence("zh", told).replace("2023", "")


def test_parts_that_are_both_0_are_not_split() -> None:
    told = telling.Change(
        "gdp", "KAZ", "", "2023-07", (0.02, 0.01, 0.03), 0.001, 0.002, 1.0, 200, "slight", True
    )
    assert telling.parts_sentence("ru", told) == []


def test_numbers_are_written_in_the_languages_own_way() -> None:
    assert telling.signed("en", -1.25) == "−1.2"
    assert telling.signed("ru", -1.25) == "−1,2"
    assert telling.signed("zh", 0.5) == "+0.50"
    assert telling.signed("ru", 0.001, 0.01) == "0"
    assert telling.month("zh", "2023-07") == "2023年7月"
    assert telling.month("ru", "2023-07") == "июль 2023 года"
    assert telling.month("en", "") == "the base year"


def test_russian_names_stand_in_the_case_that_the_sentence_wants(one: Answered) -> None:
    said = " ".join(in_language.headline(one, "ru"))
    assert "связи Казахстана" in said
    assert re.search(r"Доля (России|Китая|Европы|США) в связях Казахстана", said)


# The page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_in_english_but_what_is_marked(
    pages: dict[str, str], language: str
) -> None:
    allowed = r"CPC|GDP|Natural Earth|[A-Z]\w{2}-\d{3}|n ≥"
    said = re.sub(allowed, "", " ".join(read(pages[language]).words))
    assert re.findall(r"[A-Za-z]{2,}", said) == []


def test_each_page_is_in_its_own_letters(pages: dict[str, str]) -> None:
    zh, ru = (" ".join(read(pages[language]).words) for language in OTHERS)
    assert not re.search(r"[а-яА-Я]", zh)
    assert not re.search(r"[\u3040-\u9fff\uff00-\uffef]", ru)
    assert not re.search(r"\d\.\d", ru), "Russian has a decimal comma"
    for said in (zh, ru):
        assert not re.search(r"(?<![\w.])-\d", said), "a hyphen is no minus"
    assert not re.search(r"[\u4e00-\u9fff][,:;!?]", zh), "Chinese has full-width signs"
    assert not re.search(r"[,;:]\S*[\u4e00-\u9fff]", zh.replace("http:", ""))


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_of_the_page_are_those_of_hedging_csv(
    pages: dict[str, str], one: Answered, language: str
) -> None:
    csv = {
        (state, name, domain, run, month): band
        for month, state, name, domain, run, *band in outputs.hedging(one.results)
    }
    compared = 0
    for (series, month), cells in read(pages[language]).rows.items():
        name, state = series.split(".")
        kind = name.partition("_")[0] if name.startswith(("share", "threat")) else name
        if kind not in ("share", "breadth", "ambiguity", "two_sidedness", "deliberate"):
            continue
        domain = "within" if kind in ("breadth", "deliberate") else "all"
        band = [KINDS[kind].factor * x for x in csv[state, name, domain, "difference", month]]
        middle, low, high = (rounded(number, KINDS[kind].least) for number in band)
        point = catalogue(language)["number.point"]
        numbers = re.findall(r"[−+]?[\d.,]+", cells[1])
        assert [plain(x, point) for x in numbers] == ([low] if low == high else [low, high])
        assert plain(cells[2], point) == middle
        compared += 1
    assert compared > 10


def plain(number: str, point: str) -> str:
    return number.replace(point, ".").lstrip("+")


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_languages_have_the_same_rows(pages: dict[str, str], language: str) -> None:
    def numbers(cells: list[str], point: str) -> list[list[str]]:
        return [[plain(x, point) for x in re.findall(r"[−+]?\d[\d.,]*", one)] for one in cells[1:5]]

    mine, english = read(pages[language]).rows, read(pages["en"]).rows
    point = catalogue(language)["number.point"]
    assert list(mine) == list(english)
    for key, cells in mine.items():
        assert numbers(cells, point) == numbers(english[key], ".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_needs_nothing_else(pages: dict[str, str], language: str) -> None:
    text = pages[language].replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r'(src|href)="(?!#|report\.html)', text)
    assert not re.search(r"<script|@import|url\(|https?:", text.partition("evidence-head")[0])
    names = re.findall(r'\sid="([^"]+)"', text)
    assert len(names) == len(set(names))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(names)
    assert f'<html lang="{language}">' in text
    assert len(text.encode()) < 600_000


@pytest.mark.parametrize("language", OTHERS)
def test_the_page_holds_every_part_in_its_order(pages: dict[str, str], language: str) -> None:
    texts = catalogue(language)
    keys = (
        "scenario.cpc_closure.title", "scenario.cpc_closure.question", "beyond.head",
        "report.answer", "report.states", "report.changes", "tab.why", "report.words",
        "report.reading", "report.figures", "report.left_out", "report.evidence",
    )  # fmt: skip
    body = pages[language].partition("<header>")[2]
    assert texts["tag"] in body
    found = [body.find(f">{texts[key]}<") for key in keys]
    assert -1 not in found
    assert found == sorted(found)


def test_words_of_a_users_own_file_stand_as_written(one: Answered) -> None:
    hostile = "<script>alert(1)</script> & {what}"
    mine = {"title": hostile, "question": "Mine?", "beyond": "", "name": "mine"}
    results = replace(one.results, scenario=replace(one.results.scenario, **mine))
    run = Run(results.scenario, results.region, (Answered(results, one.why, one.answer),))
    page = in_language.page(run, MANIFEST, "ru")
    assert "<script" not in page
    assert '<h1 lang="">&lt;script&gt;' in page
    assert catalogue("ru")["report.as_written"] in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_is_supposed_the_page_says_so(language: str) -> None:
    quiet = nothing_supposed()
    run = Run(quiet.scenario, quiet.region, (Answered(quiet, None, answer(quiet, None)),))
    page = in_language.page(run, MANIFEST, language)
    assert catalogue(language)["report.nothing_supposed"] in page
    assert catalogue(language)["report.states"] not in page


def test_arms_share_a_page_in_every_language() -> None:
    run = asked("storm_or_order", members=6, months=18)
    page = in_language.page(run, MANIFEST, "zh")
    for arm in ("storm", "order"):
        assert catalogue("zh")[f"scenario.storm_or_order.{arm}.title"] in page
    names = re.findall(r'\sid="([^"]+)"', page)
    assert len(names) == len(set(names))


# The command ----------------------------------------------------------------------------------

LINE = ["cpc_closure", "--members", "4", "--months", "16"]


def test_the_command_writes_a_page_more_and_changes_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*LINE, "--out", str(tmp_path / "en")]) == 0
    english = capsys.readouterr().out
    assert main([*LINE, "--out", str(tmp_path / "ru"), "--lang", "ru"]) == 0
    printed = capsys.readouterr().out
    english, begins = (
        english.replace(str(tmp_path / "en"), ""),
        printed.replace(str(tmp_path / "ru"), ""),
    )
    assert begins.startswith(english)
    title = catalogue("ru")["scenario.cpc_closure.title"]
    assert title in printed
    assert "report.ru.html" in printed
    folders = [tmp_path / language / "cpc_closure" for language in ("en", "ru")]
    files = [
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}
        for folder in folders
    ]
    added = files[1].pop(Path("report.ru.html")).decode()
    assert files[0] == files[1]
    assert "--lang ru" in added
    assert main([*LINE, "--out", str(tmp_path / "ru"), "--quiet"]) == 0, "it may be replaced"


@pytest.mark.parametrize("given", ["de", "", "ZH"])
def test_an_unknown_language_is_told_with_the_choices(
    given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*LINE, "--lang", given]) == 2
    told = capsys.readouterr().err
    assert f"no language '{given}'" in told
    assert all(f"{one} (" in told for one in LANGUAGES)


def test_a_notebook_is_told_the_languages_too(one: Answered, tmp_path: Path) -> None:
    made = Asked(one.results.scenario, one.results.region, (one,))
    with pytest.raises(Refused, match="no language 'de'; there are en"):
        made.save(tmp_path, language="de")
    assert list(tmp_path.iterdir()) == []


def test_the_json_of_an_answer_is_the_same_in_every_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*LINE, "--out", str(tmp_path), "--lang", "zh", "--json"]) == 0
    assert "sentences" in json.loads(capsys.readouterr().out)
