"""What the headline changes rest on: members, rules of choice, placebos; what is chosen."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.asking import scenario_of
from sim.by_rule import ByRule, Parts, what_is_chosen
from sim.cli import WRONG_INPUT, main
from sim.outputs import manifest
from sim.question import answered
from sim.region import Region
from sim.results import compare
from sim.scenario import Scenario
from sim.stages.places import ROUTES, SECURITY
from sim.study.outcomes import outcomes_of
from sim.study.placebo import compared, placebos, unmoved
from sim.study.robust import Headline, headlines, member_months, name_of
from sim.studying.common import one_arm
from sim.studying.robust import findings, sentence
from sim.vocabulary import RULES

HERE = Path(__file__).resolve().parent.parent / "scenarios"
FEW = 6


def without_force(members: int) -> tuple[Region, Scenario]:
    region, whole = scenario_of(HERE / "csto_intervention.yaml")
    return region, one_arm(whole, "no_force").resized(members, 6)


@pytest.fixture(scope="module")
def force() -> list[Headline]:
    """The intervention of January 2022 left out, which has four placebos."""
    region, scenario = without_force(FEW)
    heard: list[int] = []
    found = headlines(region, scenario, 1, heard.append)
    assert sum(heard) == member_months(scenario, placebos(region, scenario))
    return found


def with_whole(one: Headline, *changes: float) -> Headline:
    """Return a headline whose members changed by so much under every rule, all of it imposed."""
    whole = np.array(changes)
    parts = dict.fromkeys(RULES, Parts(whole, whole, np.zeros_like(whole)))
    ruled = ByRule(one.change, one.ruled.rule, parts)
    scenario = replace(one.scenario, members=len(whole))
    return Headline(one.region, scenario, ruled, replace(one.beside, change=whole))


def beside(one: Headline, *medians: float) -> Headline:
    """Return a headline with other placebos."""
    placebos_at = {str(k): median for k, median in enumerate(medians)}
    return replace(one, beside=replace(one.beside, beside=placebos_at))


def test_imposed_and_chosen_are_the_whole_under_every_rule(force: list[Headline]) -> None:
    """To the last rounding of a difference of shares or of effective partners."""
    for one in force:
        assert tuple(one.ruled.parts) == RULES
        for parts in one.ruled.parts.values():
            assert np.abs(parts.imposed + parts.chosen - parts.whole).max() < 1e-14
            assert parts.whole.any()


def test_most_of_what_troops_do_in_the_month_that_they_are_there_is_imposed(
    force: list[Headline],
) -> None:
    for one in force:
        parts = one.ruled.own
        assert (np.abs(parts.imposed) > np.abs(parts.chosen)).all()


def test_under_inertia_nothing_that_the_rule_decides_is_chosen() -> None:
    """Routes stay the shippers' choice, and what is carried moves trade a little."""
    region, scenario = scenario_of("cpc_closure", rule="inertia")
    results = compare(region, scenario.resized(FEW, 22), keep=("ties", "target", "aligned"))
    end = results.moments[-1]
    wanted = results.at("chosen change", "target", end)
    assert not wanted[..., :ROUTES, :].any()
    assert not results.at("chosen change", "aligned", end).any()
    ties = results.at("chosen change", "ties", end)
    assert not ties[..., SECURITY, :].any()
    assert ties[..., ROUTES, :].any()


def test_the_headline_is_the_change_that_its_placebos_are_set_beside(
    force: list[Headline],
) -> None:
    region, scenario = force[0].region, force[0].scenario
    names = [name_of(region, scenario, one.change) for one in force]
    assert names == ["KAZ.pooled.RUS@2022-01", "KAZ.breadth@2022-01"]
    again = compared(region, scenario, outcomes_of(region, scenario, names), 1, lambda done: None)
    for one, other in zip(force, again, strict=True):
        assert (one.ruled.own.whole == other.change).all()
        assert one.beside.beside == other.beside


def test_a_change_that_a_placebo_makes_as_large_is_not_called_more(force: list[Headline]) -> None:
    one = with_whole(force[0], *[-0.02] * 30)
    assert "and is no more than placebos, 1.0 times" in sentence(beside(one, 0.02, 0.02, 0.0, 0.0))
    assert "and is 2.0 times what nine in ten" in sentence(beside(one, 0.01, 0.01, 0.01, 0.01))
    assert "no more than placebos" in sentence(beside(one, 0.04, 0.04, -0.04, 0.0))


def test_two_placebos_are_no_spread(force: list[Headline]) -> None:
    told = sentence(beside(force[0], 0.1, 0.2))
    assert "has no placebo: 2 of them leave the state alone, and a spread takes 3" in told
    assert "times what" not in told


def test_a_change_holds_only_where_it_goes_the_same_way(force: list[Headline]) -> None:
    one = with_whole(force[0], *[-0.02] * 30)
    other = dict(one.ruled.parts)
    other["inertia"] = Parts(np.full(30, 0.02), np.full(30, 0.02), np.zeros(30))
    other["random_walk"] = Parts(np.full(30, -1e-9), np.full(30, -1e-9), np.zeros(30))
    against = replace(one, ruled=ByRule(one.change, one.ruled.rule, other))
    assert against.fails_under == ["inertia", "random_walk"]
    assert "holds under 6 of 8 rules of choice (not under inertia and random walk) and" in sentence(
        against
    )


def test_what_cannot_be_told_from_nothing_holds_under_no_rule(force: list[Headline]) -> None:
    told = sentence(with_whole(force[0], -0.02, 0.02, 0.0, 0.0))
    assert "cannot be told from nothing" in told
    assert "rules of choice" not in told


def test_the_chosen_part_is_told_with_its_sign_under_the_rule_and_the_others(
    force: list[Headline],
) -> None:
    whole = np.array([-0.03, -0.02])
    parts = {
        rule: Parts(whole, whole - 0.001 * k, np.full(2, 0.001 * k)) for k, rule in enumerate(RULES)
    }
    told = what_is_chosen(ByRule(force[0].change, RULES[0], parts))
    assert told == (
        "Of this, chosen (medians, in points): 0 under the portfolio rule, between +0.10 and "
        "+0.70 under the others."
    )


def test_one_member_is_counted_and_given_no_per_cent(force: list[Headline]) -> None:
    found = findings([with_whole(one, float(one.ruled.own.whole[0])) for one in force], ())
    for told in found.sentences:
        assert "in the one run" in told
        assert "%" not in told
        assert "median" not in told
    for table in found.tables:
        assert not {"median", "5%", "95%"} & set(table.columns)


def test_a_change_that_inertia_shows_too_is_told_so(force: list[Headline]) -> None:
    told = sentence(force[0])
    assert "8 of 8 rules of choice, inertia among them, by which states choose nothing, and" in told


def test_few_members_are_counted(force: list[Headline]) -> None:
    assert f"in {FEW} of {FEW} runs" in sentence(force[0])
    assert "in all of 30 runs" in sentence(with_whole(force[0], *[-0.02] * 30))
    most = sentence(with_whole(force[0], *[-0.02] * 39, 0.02))
    assert "in 98% of 40 runs" in most


def test_an_event_that_names_no_place_is_in_no_placebo(region: Region) -> None:
    _, corridor = scenario_of("middle_corridor_growth")
    assert [event.id for event in unmoved(region, corridor)] == ["turkiye_engages"]
    _, away = scenario_of("a_power_looks_away")
    assert placebos(region, away) == []


def test_robust_is_told_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["robust", "a_power_looks_away", "--members", "2", "--months", "30", "--workers", "1"]
    assert main([*asked, "--out", str(tmp_path)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "has no placebo: its own events name no link and no state in particular" in printed
    folder = tmp_path / "robust_a_power_looks_away"
    rows = list(csv.DictReader((folder / "tables/by_rule.csv").read_text("utf-8").splitlines()))
    assert [row["rule"] for row in rows[: len(RULES)]] == [r.replace("_", " ") for r in RULES]
    assert (folder / "figures/robust.svg").is_file()
    assert (folder / "report.html").is_file()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("quiet",), "it supposes nothing beyond its baseline"),
        (("cpc_closure", "cpc_closure"), "cpc_closure is named twice"),
        (("cpc_closure", "quiet", "--arm", "storm"), "--arm is of one scenario"),
        (("cpc_closure", "--arm", "nope"), "it has no arms; leave --arm out"),
        (("csto_intervention", "--arm", "nope"), "there are no_force, kyrgyz_unrest, kyrgyz_force"),
    ],
)
def test_what_cannot_be_asked_is_told(
    capsys: pytest.CaptureFixture[str], asked: tuple[str, ...], says: str
) -> None:
    assert main(["robust", *asked, "--members", "2"]) == WRONG_INPUT
    assert says in " ".join(capsys.readouterr().err.split())


def test_a_quantity_that_is_none_is_told_with_those_that_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["mechanisms", "cpc_closure", "--outcome", "KAZ.nothing@end"]) == WRONG_INPUT
    assert "There are engagement, reference, leverage" in " ".join(capsys.readouterr().err.split())


def test_the_rule_of_a_file_is_told_by_its_studies_and_kept_by_its_manifest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "title: Mine\nquestion: What moves?\nextends: cpc_closure\nrule: bandwagoning\n"
        "events:\n  - id: again\n    kind: link_closed\n    link: atyrau_samara\n"
        "    start: 2022-02\n    months: 2\n    because: [N23-038]\n",
        encoding="utf-8",
    )
    size = ["--members", "2", "--months", "4", "--out", str(tmp_path)]
    assert main(["mechanisms", str(file), "--outcome", "KAZ.breadth@end", *size]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "By another rule than usual, “bandwagoning”" in printed
    assert '"rule": "bandwagoning"' in (tmp_path / "mine_mechanisms/manifest.json").read_text()
    made = [answered(*scaled(file, rule)) for rule in (None, "portfolio")]
    commands = [manifest(one)["command"] for one in made]
    assert "--rule bandwagoning" in commands[0]
    assert "--rule portfolio" in commands[1]


def scaled(file: Path, rule: str | None) -> tuple[Region, Scenario]:
    region, scenario = scenario_of(file, rule=rule)
    return region, scenario.resized(2, 3)
