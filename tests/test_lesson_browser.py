"""Lesson 2 done in a real browser from its student sheet alone: each bold label is looked for on
the page and pressed or moved, box by box, and each blank of the sheet can be filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import SIZES

from sim.asking import PROJECT
from sim.cli import main

LESSON = PROJECT / "docs" / "classroom" / "lesson_2_the_pipeline.md"
RANGE = re.compile(r"[−+]?\d+(\.\d+)? to [−+]?\d+(\.\d+)?")


def section(head: str) -> str:
    found = re.search(rf"^## {head}\n(.*?)(?=^## )", LESSON.read_text("utf-8"), re.M | re.S)
    assert found
    return " ".join(found[1].split())


def box(letter: str) -> str:
    """Return what the sheet says in one of its boxes."""
    found = re.search(rf"\*\*Box {letter}[.\s](.*?)(?=\*\*Box |$)", section("Student sheet"))
    assert found, letter
    return found[1]


def labels(letter: str) -> list[str]:
    """Return what a box prints in bold, but for its own head."""
    return re.findall(r"\*\*(.+?)\*\*", box(letter).partition("**")[2])


@pytest.fixture(scope="module")
def page(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The page that the lesson has its teacher make, with fewer runs, opened as by a student."""
    folder = tmp_path_factory.mktemp("lesson")
    command = re.search(r"python run\.py (explore [^\n]+)", LESSON.read_text("utf-8"))
    assert command
    assert main([*command[1].split(), "--members", "20", "--quiet", "--out", str(folder)]) == 0
    tab = browser.new_page(viewport=dict(zip(("width", "height"), SIZES["projector"], strict=True)))
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda fault: said.append(str(fault)))
    tab.goto((folder / "cpc_closure_explore" / "explore.html").as_uri())
    yield tab
    assert said == []
    tab.close()


def press(tab: Any, label: str) -> None:
    """Press the button or tab that has this label, however it is quoted in the sheet."""
    tab.get_by_role("button", name=label, exact=True).or_(
        tab.get_by_role("tab", name=label, exact=True)
    ).click()


def slide(tab: Any, label: str, end: str) -> None:
    """Move the slider of this label to its lowest or highest."""
    slider = tab.locator(".slider", has_text=label).locator("input")
    slider.press("Home" if end == "lowest" else "End")


def reading(tab: Any) -> str:
    return str(tab.inner_text("main"))


def test_the_whole_of_lesson_2_is_done_from_the_student_sheet_alone(page: Any) -> None:
    month = predict(page)
    see(page)
    scored = explain(page)
    storm_or_order(page)
    break_it(page)
    score(page, scored, month)


def predict(page: Any) -> str:
    """Box B: the question, the line below it and the map are there, and nothing else."""
    assert "Novorossiysk" in page.inner_text("h1")
    assert "beyond the articles" in reading(page)
    assert page.query_selector("figure svg")
    assert page.query_selector(".steps") is None
    month = re.search(r"In (\d{4}-\d{2}),", page.inner_text(".predict"))
    assert month
    page.check("input[value=lower]")
    page.fill("#size", "3")
    press(page, labels("B")[0])
    return month[1]


def see(page: Any) -> None:
    """Box C: five steps, each with a number and its range."""
    (following,) = labels("C")
    steps = re.findall(r"\| (Tonnes|Money|Threat|Imposed and chosen|Indices)", box("C"))
    assert len(steps) == 5
    for step in steps:
        assert page.inner_text("section h2") == step
        assert RANGE.search(reading(page)), step
        press(page, following)


def explain(page: Any) -> str:
    """Box D: the score, then the largest parts with their sizes; return what the score said."""
    head, onward, as_written, why = labels("D")
    assert page.inner_text("h2") == head
    scored = reading(page)
    for label in (onward, as_written, why):
        press(page, label)
    page.select_option("#state", label="Kazakhstan")
    assert len(re.findall(r"(?:widen|narrow) the spread by \d", reading(page))) >= 3
    return scored


def storm_or_order(page: Any) -> None:
    """Box E: meant and not meant; the threat differs, what was imposed hardly."""
    as_written, meant, over_months, why = labels("E")
    told: dict[str, dict[str, float]] = {}
    press(page, as_written)
    for end in ("lowest", "highest"):
        slide(page, meant, end)
        press(page, over_months)
        page.select_option("#quantity", label="Threat perceived from Russia, 0 to 100")
        threat = page.inner_text(".many figure:first-child figcaption")
        press(page, why)
        told[end] = {"threat": median_of(threat), **parts_of(reading(page))}
    assert told["highest"]["threat"] > told["lowest"]["threat"]
    assert told["highest"]["imposed"] == pytest.approx(told["lowest"]["imposed"], abs=0.3)
    assert told["highest"]["chosen"] < told["lowest"]["chosen"]


def break_it(page: Any) -> None:
    """Box F: how much a cut that is meant frightens, lowest and highest; then twice as long."""
    as_written, cut_threat, again, length = labels("F")
    assert as_written == again
    press(page, as_written)
    chosen = {}
    for end in ("lowest", "highest"):
        slide(page, cut_threat, end)
        chosen[end] = parts_of(reading(page))["chosen"]
    assert chosen["highest"] < chosen["lowest"]
    press(page, again)
    slide(page, length, "highest")
    assert "12 months" in page.locator(".slider", has_text=length).inner_text()


def score(page: Any, scored: str, month: str) -> None:
    """Box G: the score stood there; tonnes of the month; two years on."""
    exports, why = labels("G")
    press(page, exports)
    assert re.search(r"\d+ Mt a year in all", reading(page))
    assert "direction and confidence" in scored
    assert "One who knows nothing" in scored
    press(page, why)
    page.locator("#month").press("End")
    assert page.inner_text("#month-told") > month


def median_of(sentence: str) -> float:
    """Return the median of a sentence; 0 where nothing can be told from nothing."""
    found = re.search(r"median ([−+]?[\d.]+)", sentence)
    return float(found[1].replace("−", "-")) if found else 0.0


def parts_of(told: str) -> dict[str, float]:
    """Return what of Russia's share in Kazakhstan's ties was imposed and what chosen."""
    row = re.search(r"The share of Russia in Kazakhstan's ties.*?([−+][\d.]+) imposed and "
                    r"([−+][\d.]+|0\.0) chosen", told, re.S)  # fmt: skip
    assert row, told
    imposed, chosen = (float(one.replace("−", "-")) for one in row.groups())
    return {"imposed": imposed, "chosen": chosen}


def test_the_sheet_names_nothing_that_is_not_there() -> None:
    assert labels("B") == ["Enter my prediction, then reveal"]
    assert len(labels("D")) == 4
    assert isinstance(LESSON, Path)
