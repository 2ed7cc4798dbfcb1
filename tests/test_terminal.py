"""The answer in the terminal: order, widths, and words that it does not use."""

from __future__ import annotations

import io
import json
import re

import pytest
from closures import closure, nothing_supposed
from rich.console import Console

from sim.answer import answer
from sim.report.tables import change, rounded, sections
from sim.report.terminal import show

Record = dict[str, object]

FORBIDDEN = re.compile(
    r"\b(likely|probab\w*|will|would|forecasts?|predict\w*|proves?|tipping|chance)\b", re.IGNORECASE
)


@pytest.fixture(scope="module")
def found() -> Record:
    return closure().answer


def printed(found: Record, width: int, folder: str | None = "results/closure") -> str:
    screen = io.StringIO()
    show(found, Console(file=screen, width=width), folder)
    return screen.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_nothing_is_wider_than_the_terminal_and_no_row_is_wrapped(found: Record, width: int):
    text = printed(found, width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "…]" not in text
    assert all(line.count("[") == line.count("]") for line in rows_of(text))


def rows_of(text: str) -> list[str]:
    """Return the lines of the tables."""
    return [line for line in text.splitlines() if re.search(r"[+−\d] \[", line)]


def test_what_it_is_comes_before_what_it_says(found: Record):
    text = printed(found, 100)
    order = [
        "A teaching model, not a forecast.",
        "Beyond the articles",
        "What is supposed",
        "Tonnes, money and threat",
        "Ties:",
        "Three lenses",
        "Insurance value",
        "Why the breadth",
        "Answer, in words",
        "Files in results/closure",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_the_sentences_keep_to_the_closed_vocabulary(found: Record):
    for sentence in found["sentences"]:
        assert not FORBIDDEN.search(sentence), sentence
        assert sentence.endswith("."), sentence


def test_a_saved_answer_reads_the_same(found: Record):
    assert printed(json.loads(json.dumps(found)), 80) == printed(found, 80)


def test_every_state_is_told_of_in_every_table(found: Record):
    for section in sections(found):
        names = {name for name, _ in section.groups} | set(section.still)
        assert {state["name"] for state in found["states"].values()} <= names


def test_a_question_without_events_is_answered_by_nothing():
    text = printed(answer(nothing_supposed(), None), 80, None)
    assert "nothing differs" in text
    assert "Files in" not in text


def test_arms_are_told_one_after_the_other(found: Record):
    two = {name: {**found, "about": {**found["about"], "arm": name}} for name in ("left", "right")}
    text = printed({"about": found["about"], "arms": two}, 80)
    assert text.index("left:") < text.index("right:")
    assert text.count("A teaching model") == 1


@pytest.mark.parametrize(
    ("cell", "least", "text"),
    [
        ([-2.53, -4.31, -1.49], 0.01, "−2.5 [−4.3, −1.5]"),
        ([0.0004, -0.0001, 0.0011], 0.001, "0 [0, 0.001]"),
        ([0.0, 0.0, 0.0], 0.1, "0"),
        ([31.6, 28.2, 35.9], 0.1, "+32 [28, 36]"),
    ],
)
def test_a_change_is_written_with_two_digits_and_its_band(cell, least, text):
    assert change(cell, least) == text


def test_no_number_has_more_decimals_than_its_least_size():
    assert rounded(0.01234, 0.001) == "0.012"
    assert rounded(0.00149, 0.001) == "0.001"
    assert rounded(-0.04, 0.1) == "0"
