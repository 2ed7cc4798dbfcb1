"""The smallest set of events, on functions whose answer is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from sim.cli import main
from sim.reading.scenarios import read_scenario
from sim.region import Region
from sim.scenario import Scenario
from sim.study.lines import Line
from sim.study.outcomes import outcomes_of
from sim.study.worst import (
    Runs,
    Search,
    Tried,
    best_of_each_size,
    first_month,
    levers,
    pool,
    search,
    with_all,
)
from sim.studying import worst
from sim.studying.lines import Crossing
from sim.timeline import later, month_number

MEMBERS = 10


def runs(margin: np.ndarray) -> Runs:
    """Return runs (set, member) that are so far past the line."""
    return Runs(margin > 0.0, margin, margin)


def crosses_with(*needed: int):
    """Return a model in which the line is crossed where all of some candidates are in."""

    def sets(switches):
        margin = switches[:, list(needed)].mean(axis=1) - 0.99
        return runs(np.repeat(margin[:, None], MEMBERS, axis=1))

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
    found = search(lambda switches: runs(np.full((len(switches), MEMBERS), -1.0)), 6)
    assert found.smallest is None
    assert found.complete == (1, 2, 3)
    assert len(found.tried) == 6 + 15 + 20


def test_a_line_that_is_crossed_by_itself_needs_nothing():
    found = search(lambda switches: runs(np.ones((len(switches), MEMBERS))), 6)
    assert found.smallest is not None
    assert found.smallest.chosen == ()


def test_half_the_runs_are_not_enough():
    def sets(switches):
        return runs(np.tile(np.where(np.arange(MEMBERS) < 5, 1.0, -1.0), (len(switches), 1)))

    assert search(sets, 3).smallest is None


def test_every_pair_is_tried_where_that_is_cheap():
    found = search(lambda switches: runs(np.full((len(switches), MEMBERS), -1.0)), 6, largest=2)
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


@pytest.fixture(scope="module")
def visits(region: Region) -> Scenario:
    return read_scenario(Path("scenarios/us_reengagement.yaml"), region)


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


def test_an_arm_stays_that_arm(closure, shock):
    arm = shock.arms[0]
    assert with_all(arm, pool(arm, [closure])).arm == arm.arm


def test_all_candidates_are_own_events_over_the_same_baseline(closure, shock):
    found = pool(closure, [shock])
    whole = with_all(closure, found)
    assert whole.baseline is closure.baseline
    assert set(whole.own_events) == {one.event.id for one in found}
    assert len({event.id for event in whole.events}) == len(whole.events)


def test_levers_are_what_could_be_chosen(closure, shock, visits):
    candidates = pool(closure, [shock, visits])
    kinds = {one.event.kind for one in candidates}
    chosen = {one.event.kind for one in levers(candidates, ())}
    assert {"remittances", "summit"} <= kinds
    assert "summit" in chosen
    assert "remittances" not in chosen


def test_a_lever_that_has_happened_already_is_none(closure, visits):
    candidates = pool(closure, [visits])
    first = levers(candidates, ())[0]
    assert first not in levers(candidates, [first.event.id])


def test_a_day_that_its_month_lacks_is_the_last():
    assert later("2023-01-31", 1) == "2023-02-28"
    assert later("2023-01", 13) == "2024-02"


# Told ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Planted(Crossing):
    """A line that is crossed after the first event, unless a lever is in; `fresh` runs differ."""

    lever: str = ""
    fresh: float = 1.0  # share of fresh runs in which the lever works

    def runs(self, settings, points, first, count):
        names = [one.event for one in settings]
        works = np.arange(count) < (self.fresh if first else 1.0) * count
        helped = points[:, names.index(self.lever)][:, None] * works if self.lever else 0.0
        level = np.broadcast_to(points[:, :1] * (1.0 - helped), (len(points), count))
        return np.stack([level, np.zeros_like(level)])[..., None]


def planted(region, closure, others, **how):
    """Return a planted line and what could happen."""
    candidates = pool(closure, others)
    outcomes = outcomes_of(region, closure, ["KAZ.breadth@end"])
    scenario = with_all(closure, candidates)
    return Planted(region, scenario, outcomes, Line(0.5, above=True), **how), candidates


def test_levers_are_judged_on_fresh_runs_too(region, closure, visits):
    lever = levers(pool(closure, [visits]), ())[0].event.id
    crossed, candidates = planted(region, closure, [visits], lever=lever, fresh=0.75)
    sentences = worst.studied(crossed, candidates, True, 4).sentences
    (told,) = (one for one in sentences if one.startswith("What keeps that from happening"))
    assert told.startswith(
        "What keeps that from happening in 100% of runs (75% of as many fresh ones"
    )


def test_where_no_lever_helps_it_is_said(region, closure, visits):
    crossed, candidates = planted(region, closure, [visits])
    sentences = worst.studied(crossed, candidates, True, 4).sentences
    told = "none does in more runs than no lever at all (none does without any)"
    assert any(told in one for one in sentences)


def test_where_nothing_is_enough_the_outcome_of_the_median_run_is_told(region, closure):
    crossed, candidates = planted(region, closure, [])
    crossed = replace(crossed, line=Line(1.5, above=True))
    sentences = worst.studied(crossed, candidates, False, 4).sentences
    assert sentences[0].startswith("No set that was tried, of up to three of 2 events, is enough")
    assert sentences[1].startswith("Not one run crosses the line. Nearest to it comes")
    assert "is 1 effective partners above the baseline (the line: 1.5 above)" in sentences[1]


def test_a_line_for_all_states_is_told_once(region, closure):
    crossed, candidates = planted(region, closure, [])
    outcomes = outcomes_of(region, closure, [f"{state}.breadth@end" for state in region.states])
    found = worst.studied(replace(crossed, outcomes=outcomes), candidates, False, 4)
    assert found.question.startswith(
        "What is the smallest set of events after which some state's breadth of ties at the end "
        "of the run is more than 0.5 effective partners above the baseline?"
    )


def test_it_is_said_that_sets_are_tried_on_the_baseline_and_not_on_the_scenario(region, closure):
    crossed, candidates = planted(region, closure, [])
    found = worst.studied(crossed, candidates, False, 4)
    assert found.title == (
        "After which events Kazakhstan's breadth of ties at the end of the run crosses a line, "
        "beside the baseline of 'cpc closure'"
    )
    assert "its own events are in only where the set has them" in found.question
    assert found.tables[0].rows[0][0] == "none, the baseline"


def test_of_each_event_in_a_table_it_is_said_once_where_it_is_from(region, closure, visits):
    lever = levers(pool(closure, [visits]), ())[0].event.id
    crossed, candidates = planted(region, closure, [visits], lever=lever)
    *sets, events = worst.studied(crossed, candidates, True, 4).tables
    named = {name for table in sets for row in table.rows for name in row[0].split()}
    told = [row[0] for row in events.rows]
    assert set(told) == named & {one.event.id for one in candidates}
    assert len(told) == len(set(told))
    homes = {name: home for name, home, _ in events.rows}
    assert (homes["moorings_out"], homes[lever]) == ("cpc_closure", "us_reengagement")
    assert all(words for *_, words in events.rows)


def test_an_event_is_defined_where_it_is_first_named_and_only_there(region, closure):
    crossed, candidates = planted(region, closure, [])
    told = ["After 'pipeline shut' and 'moorings out'; 'pipeline shut' alone.", "'pipeline shut'."]
    first, second = worst.defined_once(crossed, candidates, told)
    assert first.startswith("After 'pipeline shut' ('Caspian pipeline' is shut from February")
    assert first.endswith("; 'pipeline shut' alone.")
    assert first.count("'moorings out' (") == 1
    assert second == "'pipeline shut'."
    assert worst.defined_once(crossed, (), told) == tuple(told)


def test_where_no_run_crosses_the_figure_shows_how_near_they_come(region, closure):
    crossed, candidates = planted(region, closure, [])
    for line, said in ((Line(1.5, above=True), "How near"), (Line(0.5, above=True), "Share of")):
        found = worst.studied(replace(crossed, line=line), candidates, False, 4)
        (picture,) = found.pictures
        assert picture.name == "worst"
        assert picture.caption.startswith(said)


def test_what_was_not_checked_is_not_told_as_none():
    none = worst.without_any(Tried((), 1 / 3, -1.0, 0.0))
    assert worst.set_beside(None, none) == " (33% do without any)"
    assert worst.set_beside(0.0, none) == (
        " (0% of as many fresh ones, for which it was not chosen; 33% do without any)"
    )


def test_of_levers_that_do_as_much_the_fewest_are_told(region, closure, visits):
    candidates = levers(pool(closure, [visits]), ())
    crossed, _ = planted(region, closure, [visits])
    tried = (Tried((0,), 0.5, 0.1, 0.0), Tried((1,), 0.4, 0.3, 0.0), Tried((0, 1), 0.5, 0.2, 0.0))
    found = Search(Tried((), 1 / 3, -1.0, 0.0), tried, (1, 2), None)
    assert found.furthest == tried[0]
    (told,) = worst.told_of_levers(crossed, worst.Checked(found, candidates, None))
    assert "does in 50% (33% do without any)." in told
    assert candidates[1].event.id.replace("_", " ") not in told


# The command --------------------------------------------------------------------------------------

TINY = ("--months", "20", "--members", "4")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, shock: Scenario) -> None:
    """The events of one other scenario alone, so that there is little to try."""
    monkeypatch.setattr(worst, "suppositions", lambda: (list(shock.arms), []))


@pytest.mark.usefixtures("few")
def test_worst_from_the_command_line(tmp_path, capsys):
    asked = ["worst", "cpc_closure", *TINY, "--outcome", "KAZ.breadth@worst", "--above", "0.02"]
    assert main([*asked, "--keep", "--out", str(tmp_path)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "One event is enough: with 'pipeline shut'" in printed
    assert "None of the other events is a lever" in printed
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


@pytest.mark.usefixtures("few")
def test_a_line_that_the_baseline_crosses_takes_nothing(tmp_path, capsys):
    asked = ["worst", "cpc_closure", *TINY, "--outcome", "KAZ.breadth:level", "--above", "1"]
    assert main([*asked, "--out", str(tmp_path)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "It takes nothing: in 100% of 4 runs Kazakhstan's breadth of ties" in printed
    assert not list((tmp_path / "cpc_closure_worst").glob("figures/*"))
    assert (tmp_path / "cpc_closure_worst" / "report.html").exists()


def test_files_that_cannot_be_read_are_left_out_and_named(tmp_path, monkeypatch):
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "my_idea.yaml").write_text("title: [", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found, left_out = worst.suppositions()
    assert left_out == ["my_idea"]
    assert "cpc_closure" in {one.name for one in found}
    (told,) = worst.told_of_files(left_out)
    assert told == (
        "Left out, as it cannot be read: 'my_idea'; for the reason: python run.py check my_idea."
    )


def test_worst_varies_nothing(capsys):
    assert main(["worst", "cpc_closure", "--vary", "cut_threat"]) == 2
    assert "'--vary' is not understood" in capsys.readouterr().err
