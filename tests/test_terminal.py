"""The answer in the terminal: order, widths, and words that it does not use."""

from __future__ import annotations

import io
import json
import re
from copy import deepcopy

import pytest
from closures import closure, nothing_supposed
from rich.console import Console

from sim.answer import answer
from sim.claims import frequency
from sim.report.tables import Section, change, later, rounded, sections
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


def rows_of(text: str) -> list[str]:
    """Return the lines of the tables."""
    return [line for line in text.splitlines() if re.search(r"[+−\d] \[", line)]


WIDTHS = (48, 60, 80, 100, 140)


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_terminal_and_no_number_is_cut(found: Record, width: int):
    text = printed(found, width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "…" not in text
    assert all(line.count("[") == line.count("]") for line in rows_of(text))


@pytest.mark.parametrize("width", WIDTHS)
def test_every_change_is_printed_or_its_date_is_said_to_be_left_out(found: Record, width: int):
    tables = re.split(r"\n\n(?=\S)", printed(found, width))
    for section in sections(found):
        (text,) = (t for t in tables if " ".join(t.split()).startswith(section.title))
        for month in months_of(section, found):
            assert month in text, (section.title, month)
        for _, rows in section.groups:
            for line in rows:
                assert line.before is None or rounded(line.before, line.least) in text
                assert change(line.changes["during"], line.least) in text if line.changes else True


def months_of(section: Section, found: Record) -> list[str]:
    """Return the months at which a table has changes."""
    there = {key for _, rows in section.groups for line in rows for key in line.changes}
    labels = {moment["key"]: moment["label"] for moment in found["moments"]}
    return [labels[key].split(", ")[1] for key in later(found) if key in there]


def test_a_wider_terminal_shows_more_dates_and_the_widest_all(found: Record):
    left_out = [printed(found, width).count("No room for") for width in (60, 80, 200)]
    assert left_out[0] >= left_out[1] > 0
    assert left_out[2] == 0


def test_the_routes_of_a_stream_add_up_to_it_as_nearly_as_medians_do(found: Record):
    (rows,) = (rows for name, rows in sections(found)[0].groups if name.startswith("Sent"))
    whole, routes = rows[0], [line for line in rows[1:6] if line.inner]
    assert routes[-1].label.startswith("the other ")
    for key in ("before", "during"):
        levels = [line.changes[key][0] for line in routes]
        assert sum(levels) == pytest.approx(whole.changes[key][0], abs=0.05 * whole.before)
    assert sum(line.before for line in routes) == pytest.approx(whole.before, rel=0.05)


def test_one_run_has_no_bands_and_is_no_share_of_runs(found: Record):
    one = {**found, "about": {**found["about"], "members": 1}}
    assert "in the one run: there are no bands" in printed(one, 100)
    assert frequency(1.0, 1) == "in the one run"
    assert frequency(0.75, 4) == "in 3 of 4 runs"
    assert frequency(1.0, 40) == "in nearly all runs"


def test_both_halves_of_the_split_have_their_unit_in_the_head(found: Record):
    text = printed(found, 80)
    assert re.search(r"^By event +effective partners$", text, re.M)
    assert re.search(r"^By channel +effective partners$", text, re.M)


def test_parts_by_event_are_given_with_how_far_they_may_be_off(found: Record):
    off = {**found, "attribution": {**found["attribution"], "error": 0.0123}}
    assert "Standard error of a part at most 0.012." in " ".join(printed(off, 80).split())
    exact = {**found, "attribution": {**found["attribution"], "error": 0.0}}
    assert "Standard error" not in printed(exact, 80)


def test_what_it_costs_a_power_is_told_where_something_moves(found: Record):
    def cells(size: float) -> Record:
        cell = {"scenario": [2.0] * 3, "difference": [size] * 3, "share_of_runs": 1.0}
        return {
            moment["key"]: {"passage": cell, "labour": cell, "turnover": cell}
            for moment in found["moments"]
        }

    told = printed({**found, "powers": {"RUS": cells(-0.5), "USA": cells(0.0)}}, 100)
    table = told[told.index("What it costs the powers") : told.index("Why the breadth")]
    assert "Passage of exports" in table
    assert "−0.50" in table
    assert "United States" not in table
    assert "What it costs" not in printed({**found, "powers": {"USA": cells(0.0)}}, 100)


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
    long = {**found["about"], "title": "A title that is longer than a narrow terminal is wide"}
    two["left"]["about"] = {**long, "arm": "left"}
    assert "…" not in printed({"about": found["about"], "arms": two}, 48)
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


def test_a_stream_that_moves_next_to_nothing_beside_the_largest_has_no_row(found: Record):
    small = deepcopy(found["streams"][0])
    small["name"] = "A trickle"
    for route in small["routes"]:
        for cell in route["at"].values():
            cell["difference"] = [end / 1000.0 for end in cell["difference"]]
    made = {**found, "streams": [*found["streams"], small]}
    assert "A trickle" not in printed(made, 100)
    assert found["streams"][0]["name"] in printed(made, 100)
