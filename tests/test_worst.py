"""The smallest set of events, on functions whose answer is known."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from sim.cli import main
from sim.reading.scenarios import read_scenario
from sim.region import Region
from sim.scenario import Scenario
from sim.study.worst import best_of_each_size, first_month, later, levers, pool, search, with_all
from sim.studying import worst
from sim.timeline import month_number

MEMBERS = 10


def crosses_with(*needed: int):
    """Return a model in which the line is crossed where all of some candidates are in."""

    def sets(switches):
        margin = switches[:, list(needed)].mean(axis=1) - 0.99
        return np.repeat(margin[:, None], MEMBERS, axis=1)

    return sets


def test_a_planted_pair_is_found():
    found = search(crosses_with(2, 5), 8)
    assert found.smallest is not None
    assert found.smallest.chosen == (2, 5)
    assert found.smallest.share == 1.0
    assert found.complete == (1, 2)


def test_a_single_event_that_suffices_is_preferred_to_any_pair():
    found = search(crosses_with(3), 8)
    assert found.smallest is not None
    assert found.smallest.chosen == (3,)
    assert {len(one.chosen) for one in found.tried} == {1}


def test_a_planted_triple_among_many_is_found_by_promise():
    found = search(crosses_with(4, 17, 31), 40)
    assert found.smallest is not None
    assert found.smallest.chosen == (4, 17, 31)
    assert found.complete == (1,)


def test_none_is_said_where_no_set_suffices():
    found = search(lambda switches: np.full((len(switches), MEMBERS), -1.0), 6)
    assert found.smallest is None
    assert found.complete == (1, 2, 3)
    assert len(found.tried) == 6 + 15 + 20


def test_a_line_that_is_crossed_by_itself_needs_nothing():
    found = search(lambda switches: np.ones((len(switches), MEMBERS)), 6)
    assert found.smallest is not None
    assert found.smallest.chosen == ()


def test_half_the_runs_are_not_enough():
    def sets(switches):
        return np.tile(np.where(np.arange(MEMBERS) < 5, 1.0, -1.0), (len(switches), 1))

    assert search(sets, 3).smallest is None


def test_every_pair_is_tried_where_that_is_cheap():
    found = search(lambda switches: np.full((len(switches), MEMBERS), -1.0), 6, largest=2)
    assert {one.chosen for one in found.tried if len(one.chosen) == 2} == set(
        combinations(range(6), 2)
    )


def test_the_sets_that_go_furthest_are_listed_first():
    found = search(crosses_with(2, 5), 8)
    listed = list(best_of_each_size(found, 2))
    assert [len(one.chosen) for one in listed] == [1, 1, 2, 2]
    assert listed[2].chosen == (2, 5)


# What could happen ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def closure(region: Region) -> Scenario:
    return read_scenario(Path("scenarios/cpc_closure.yaml"), region)


@pytest.fixture(scope="module")
def shock(region: Region) -> Scenario:
    return read_scenario(Path("scenarios/remittance_shock.yaml"), region)


def test_what_could_happen_begins_with_the_scenario_itself(closure, shock):
    found = pool(closure, [shock])
    assert [one.event.id for one in found][:2] == list(closure.own_events)
    assert {one.scenario for one in found} == {"cpc_closure", "remittance_shock"}


def test_events_of_others_are_moved_to_the_same_month(closure, shock):
    found = [one.event.start[:7] for one in pool(closure, [shock])]
    assert first_month(closure) == min(int(month_number(start)) for start in found)
    assert found[2] == found[0]


def test_each_arm_of_another_scenario_is_moved_by_itself(closure, shock):
    found = {one.event.id: one.event.start for one in pool(closure, [shock])}
    assert len(shock.arms) > 1
    for arm in shock.arms:
        assert any(found[name][:7] == closure.events[-2].start[:7] for name in arm.own_events)


def test_what_is_named_twice_is_a_candidate_once(closure):
    assert len(pool(closure, [closure])) == len(pool(closure, []))


def test_all_candidates_are_own_events_over_the_same_baseline(closure, shock):
    found = pool(closure, [shock])
    whole = with_all(closure, found)
    assert whole.baseline is closure.baseline
    assert set(whole.own_events) == {one.event.id for one in found}
    assert len({event.id for event in whole.events}) == len(whole.events)


def test_levers_are_what_could_be_chosen(closure, shock):
    kinds = {one.event.kind for one in levers(pool(closure, [shock]), ())}
    assert "remittances" not in kinds


def test_a_day_that_its_month_lacks_is_the_last():
    assert later("2023-01-31", 1) == "2023-02-28"
    assert later("2023-01", 13) == "2024-02"


# The command --------------------------------------------------------------------------------------

TINY = ("--months", "20", "--members", "4")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, shock: Scenario) -> None:
    """The events of one other scenario alone, so that there is little to try."""
    monkeypatch.setattr(worst, "suppositions", lambda: list(shock.arms))


@pytest.mark.usefixtures("few")
def test_worst_from_the_command_line(tmp_path, capsys):
    asked = ["worst", "cpc_closure", *TINY, "--outcome", "KAZ.breadth@worst", "--above", "0.02"]
    assert main([*asked, "--keep", "--out", str(tmp_path)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "One event is enough: with 'pipeline shut'" in printed
    folder = tmp_path / "cpc_closure_worst"
    first = (folder / "summary.json").read_bytes()
    assert main([*asked, "--keep", "--quiet", "--workers", "1", "--out", str(tmp_path)]) == 0
    assert (folder / "summary.json").read_bytes() == first
    assert (folder / "figures" / "worst.png").exists()


@pytest.mark.usefixtures("few")
def test_worst_with_nothing_asked_is_about_the_end_of_the_hedge(tmp_path, capsys):
    assert main(["worst", "cpc_closure", *TINY, "--out", str(tmp_path)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "What is the smallest set of events after which Kazakhstan's hedge ends?" in printed
    assert "stands for: Kazakhstan's deliberate hedge" in printed
    assert "for another: --line hedge_ends:KGZ" in printed


def test_worst_varies_nothing(capsys):
    assert main(["worst", "cpc_closure", "--vary", "cut_threat"]) == 2
    assert "'--vary' is not understood" in capsys.readouterr().err
