"""Numbers of the ledger that a scenario file sets: `numbers:`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.asking import region_of, scenario_of
from sim.cli import main
from sim.errors import InputError
from sim.members import draw, row_name
from sim.own_numbers import told, with_numbers
from sim.results import compare

FILE = """title: A test
question: What is otherwise?
extends: quiet
months: 12
members: 8
{numbers}
events:
  - {{id: shut, kind: link_closed, link: cpc_pipeline, start: 2022-03, months: 6}}
"""


def written(folder: Path, numbers: str) -> Path:
    path = folder / "own.yaml"
    path.write_text(FILE.format(numbers=numbers), encoding="utf-8")
    return path


def test_every_member_has_the_number_that_is_set_and_keeps_all_its_others() -> None:
    region = region_of()
    row = next(one for one in region.ledger if row_name(one) == "cut_threat")
    usual = draw(region, 7, 0, 20)
    mine = draw(with_numbers(region, (("cut_threat", row.high),)), 7, 0, 20)
    assert np.all(mine["cut_threat"] == row.high)
    assert np.unique(usual["cut_threat"]).size == 20
    for name in usual:
        if name != "cut_threat":
            assert np.array_equal(mine[name], usual[name]), name


def test_a_file_that_sets_what_it_draws_anyway_runs_to_the_same_numbers(tmp_path: Path) -> None:
    region, usual = scenario_of(written(tmp_path, ""))
    row = next(one for one in region.ledger if one.low == one.high and one.central > 0)
    path = written(tmp_path, f"numbers: {{{row_name(row)}: {row.central!r}}}")
    own, same = scenario_of(path)
    assert same.numbers == ((row_name(row), row.central),)
    assert own.digest != region.digest
    one, other = (compare(*each).runs["scenario"] for each in ((region, usual), (own, same)))
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_the_baseline_has_the_number_too_and_the_answer_says_that_it_is_set(
    tmp_path: Path,
) -> None:
    region, one = scenario_of(written(tmp_path, "numbers: {cut_threat: 0.4}"))
    assert one.baseline is not None
    assert one.baseline.numbers == one.numbers == region.own
    assert told(region.own) == ["Set in every run, and not drawn from its range: cut_threat 0.4."]


def test_a_file_that_extends_another_has_its_numbers_but_for_its_own(tmp_path: Path) -> None:
    written(tmp_path, "numbers: {cut_threat: 0.4, takeup: 0.1}")
    path = tmp_path / "above.yaml"
    path.write_text(
        FILE.format(numbers="numbers: {cut_threat: 0.2}")
        .replace("quiet", "own")
        .replace("id: shut", "id: again")
        .replace("2022-03", "2022-10")
        .replace("months: 6", "months: 2"),
        encoding="utf-8",
    )
    _, above = scenario_of(path)
    assert dict(above.numbers) == {"cut_threat": 0.2, "takeup": 0.1}


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ("numbers: {cut_thread: 0.4}", "Did you mean 'cut_threat'?"),
        ("numbers: {cut_threat: 1e9}", "is not between"),
        ("numbers: {cut_threat: .nan}", "numbers"),
        ("numbers: {cut_threat: high}", "numbers"),
        ("numbers: [0.4]", "numbers"),
    ],
)
def test_what_is_no_number_of_the_ledger_is_told_with_its_line(
    tmp_path: Path, numbers: str, message: str
) -> None:
    with pytest.raises(InputError) as wrong:
        scenario_of(written(tmp_path, numbers))
    assert message in str(wrong.value)
    assert wrong.value.problems[0].line == 6


def test_a_number_of_what_is_switched_off_is_refused_wherever_it_is_switched_off(
    tmp_path: Path,
) -> None:
    numbers = "numbers: {cut_threat: 0.4}"
    with pytest.raises(InputError, match="deliberate_cuts is switched off"):
        scenario_of(written(tmp_path, f"{numbers}\nwithout: [deliberate_cuts]"))
    with pytest.raises(InputError, match="deliberate_cuts is switched off"):
        scenario_of(written(tmp_path, numbers), without=["deliberate_cuts"])


def test_accepted_members_have_numbers_of_their_own(tmp_path: Path) -> None:
    path = written(tmp_path, "numbers: {cut_threat: 0.4}")
    assert main([str(path), "--calibrated", "--quiet", "--out", str(tmp_path)]) == 2


def test_a_table_that_never_ends_is_refused_at_once() -> None:
    assert main(["hindcast", "/dev/zero", "--quiet"]) == 2
