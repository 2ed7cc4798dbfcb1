"""Rival rules of choice: each a reason for which ties could be held, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import SEED, drawn, nothing, played

from sim.asking import scenario_of
from sim.base_year import world
from sim.by_rule import dates_of, differences, of_results, picked
from sim.cli import WRONG_INPUT, main
from sim.ensemble import Block, noise_of, quiet_spread
from sim.errors import InputError
from sim.members import draw
from sim.on_tape import fingerprint
from sim.outputs import manifest
from sim.question import Run, answered
from sim.region import Region
from sim.rules import rivals
from sim.stages.states import CHOICES
from sim.under_rules import changes, member_months, tag, with_all_rules
from sim.vocabulary import PORTFOLIO, RANDOM_WALK, RULES

BASE = np.array([[0.5, 0.3, 0.2]])
SHARP, AVERSE = np.array([2.0]), np.array([1.5])
Drivers = dict[str, np.ndarray]


def under(region: Region, rule: str) -> Region:
    return replace(region, rule=rule)


def at_base(block: Block) -> np.ndarray:
    """Return the ties of security and trade in the base year."""
    return np.stack([block.world.base.security, block.world.base.trade], axis=-2)


def troubled(drivers: Drivers, _: Region) -> None:
    """Unrest, talk that frightens of the first partner, and deals of the second."""
    drivers["insecurity"][2:5, :, :, 0] = 0.5
    drivers["threat_signal"][3:6, :, :, 0] = 0.4
    drivers["deals"][4:8, :, :, 1] = 2.0


def shaken(region: Region, rule: str, count: int = 3, first: int = 0, months: int = 10) -> Block:
    one = under(region, rule)
    noise = noise_of(one, SEED, first, count, months)
    return Block(first, world(one, draw(one, SEED, first, count)), noise, SEED)


def test_every_rule_that_can_be_named_is_there() -> None:
    assert tuple(CHOICES) == RULES
    assert RULES[0] == PORTFOLIO


def test_months_under_two_rules_never_share_a_tape(region: Region) -> None:
    assert len({fingerprint(under(region, rule)) for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_the_base_year_is_at_rest_under_every_rule(region: Region, rule: str) -> None:
    block = drawn(under(region, rule), 3, 12)
    run = played(block, 12, keep=("ties", "target", "unafraid"))
    assert np.abs(run.ties - block.world.base.ties).max() < 1e-12
    assert np.abs(run.target[..., :2, :] - at_base(block)).max() < 1e-12
    assert np.abs(run.unafraid - run.unafraid[0]).max() < 1e-12


@pytest.mark.parametrize("rule", RULES)
def test_ties_stay_shares_under_every_rule_whatever_happens(region: Region, rule: str) -> None:
    run = played(shaken(region, rule), 10, troubled, keep=("target", "unafraid", "aligned"))
    for name in ("target", "unafraid", "aligned"):
        assert (run[name] >= 0).all()
        assert np.abs(run[name].sum(axis=-1) - 1.0).max() < 1e-12


@pytest.mark.parametrize("rule", RULES)
def test_a_member_does_the_same_alone_and_among_others_under_every_rule(
    region: Region, rule: str
) -> None:
    many = played(shaken(region, rule, 5), 10, troubled, keep=("ties",)).ties
    alone = played(shaken(region, rule, 1, first=3), 10, troubled, keep=("ties",)).ties
    assert (many[:, 3:4] == alone).all()


@pytest.mark.parametrize("rule", RULES)
def test_months_from_tape_are_those_as_written_under_every_rule(
    region: Region, rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("llvmlite")
    block = shaken(region, rule)
    written = played(block, 10, troubled, keep=("ties", "target"))
    monkeypatch.setattr("sim.ensemble.RECORDING_PAYS", 0)
    taped = played(block, 10, troubled, keep=("ties", "target"))
    assert (taped.ties == written.ties).all()
    assert (taped.target == written.target).all()


# Balance of threat --------------------------------------------------------------------------


def test_a_threat_worked_by_hand_takes_ties_from_who_threatens() -> None:
    found = rivals.balance_of_threat(BASE, np.array([[0.4, 0.0, 0.0]]), AVERSE, SHARP)
    left = 0.5 * np.exp(-2.0 * 1.5 * 0.4)
    assert found[0] == pytest.approx(np.array([left, 0.3, 0.2]) / (left + 0.5))


def test_more_threat_from_one_is_less_of_it_and_more_of_all_others() -> None:
    low, high = (
        rivals.balance_of_threat(BASE, np.array([[rise, 0.0, 0.1]]), AVERSE, SHARP)
        for rise in (0.1, 0.2)
    )
    assert high[0, 0] < low[0, 0]
    assert (high[0, 1:] > low[0, 1:]).all()


def test_who_balances_threats_is_drawn_by_no_gain(region: Region) -> None:
    def deals(drivers: Drivers, _: Region) -> None:
        drivers["deals"][1:, :, :, 1] = 3.0

    block = drawn(under(region, "balance_of_threat"), 3, 8, pressure_threat=0.0)
    with_deals = played(block, 8, deals, keep=("target",)).target[..., :2, :]
    assert with_deals == pytest.approx(played(block, 8, keep=("target",)).target[..., :2, :])


# Bandwagoning -------------------------------------------------------------------------------


def test_who_bandwagons_goes_to_whose_offers_rose() -> None:
    found = rivals.bandwagoning(BASE, np.array([[0.0, 0.5, 0.0]]), SHARP)
    assert found[0, 1] > BASE[0, 1]
    assert found[0, 0] / found[0, 2] == pytest.approx(BASE[0, 0] / BASE[0, 2])


def test_fear_changes_nothing_for_who_bandwagons(region: Region) -> None:
    def talk(drivers: Drivers, _: Region) -> None:
        drivers["threat_signal"][1:2, :, :, 0] = 0.5

    block = drawn(under(region, "bandwagoning"), 3, 2, gate_risk_cost=0.0)  # shippers' own fear
    afraid, calm = (played(block, 2, what, keep=("target", "threat")) for what in (talk, nothing))
    assert (afraid.threat > calm.threat).any()
    assert (afraid.target[..., :2, :] == calm.target[..., :2, :]).all()


# Omnibalancing ------------------------------------------------------------------------------

HELPS = np.array([[[1.0, 0.2, 0.0], [0.4, 0.6, 0.1], [0.0, 0.5, 0.8]]])
"""How effective three partners are for the regime, the borders, and against a power."""


def pressed(regime: float, border: float, external: float) -> np.ndarray:
    needs = (np.array([need]) for need in (regime, border, external))
    return rivals.most_pressing(*needs)


def test_unrest_draws_to_who_keeps_the_ruler_in_place() -> None:
    found = rivals.omnibalancing(BASE, pressed(0.5, 0.1, 0.3), HELPS, np.ones(1), SHARP)
    assert found[0, 0] > BASE[0, 0]
    assert found[0, 2] < BASE[0, 2]


def test_a_threat_from_outside_counts_only_beyond_the_worst_at_home() -> None:
    assert pressed(0.5, 0.1, 0.3).tolist() == [[0.5, 0.0, 0.0]]
    assert pressed(0.1, 0.2, 0.5) == pytest.approx(np.array([[0.0, 0.2, 0.3]]))
    assert pressed(-0.4, -0.1, 0.3).tolist() == [[0.0, 0.0, 0.3]]


# Equidistance -------------------------------------------------------------------------------


def test_a_powers_gain_is_partly_given_back() -> None:
    gained = np.array([[0.6, 0.3, 0.1]])  # from the passive partner
    found = rivals.equidistance(gained, BASE, powers=2)
    assert BASE[0, 0] < found[0, 0] < gained[0, 0]
    assert found[0, 0] / found[0, 1] == pytest.approx(BASE[0, 0] / BASE[0, 1])
    assert found[0, 2] == gained[0, 2]


def test_what_one_power_takes_from_another_is_given_back_whole() -> None:
    taken = np.array([[0.6, 0.2, 0.2]])
    assert rivals.equidistance(taken, BASE, powers=2) == pytest.approx(BASE)


# Loss aversion ------------------------------------------------------------------------------


def test_a_loss_moves_ties_more_than_an_equal_gain() -> None:
    change = np.array([[0.2, -0.2, 0.0]])
    felt = change + rivals.loss_beyond(change, rivals.LOSS_WEIGHT)
    assert felt.tolist() == [[0.2, pytest.approx(-0.45), 0.0]]


def test_with_losses_that_count_like_gains_nothing_is_added() -> None:
    assert not rivals.loss_beyond(np.array([-0.3, 0.0, 0.3]), 1.0).any()


# Inertia ------------------------------------------------------------------------------------


def test_under_inertia_no_tie_moves_by_choice(region: Region) -> None:
    block = shaken(region, "inertia")
    run = played(block, 10, troubled, keep=("target",))
    assert (run.target[..., :2, :] == at_base(block)).all()


# Random walk --------------------------------------------------------------------------------


def test_a_random_walk_drifts_as_fast_as_the_portfolio_does_in_a_quiet_world(
    region: Region,
) -> None:
    spread = quiet_spread(region, SEED, 0, 20)
    drift = noise_of(under(region, RANDOM_WALK), SEED, 0, 20, 40).drift
    assert (spread > 0).all()
    assert np.sqrt((drift**2).mean(axis=(0, 1))) == pytest.approx(
        np.sqrt((spread**2).mean(axis=0)), rel=0.2
    )


def test_a_random_walk_goes_nowhere_on_average(region: Region) -> None:
    block = shaken(region, RANDOM_WALK, 40, months=24)
    moved = played(block, 24, keep=("aligned",)).aligned[-1] - block.world.base.security
    error = moved.std(axis=0) / np.sqrt(len(moved))
    assert (np.abs(moved.mean(axis=0)) < 4.0 * error + 1e-4).all()
    assert (error > 0).all()


def test_a_random_walk_answers_to_nothing(region: Region) -> None:
    block = shaken(region, RANDOM_WALK)
    still, troubles = (
        played(block, 10, what, keep=("aligned",)).aligned for what in (nothing, troubled)
    )
    assert (still == troubles).all()


def test_no_other_rule_draws_the_numbers_of_a_random_walk(region: Region) -> None:
    usual = noise_of(region, SEED, 0, 2, 3)
    walk = noise_of(under(region, RANDOM_WALK), SEED, 0, 2, 3)
    assert "drift" not in usual
    assert all((walk[name] == usual[name]).all() for name in usual)


# What a user can say ------------------------------------------------------------------------


def test_a_rule_that_is_none_is_told_with_what_was_meant(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["cpc_closure", "--rule", "bandwagonning"]) == WRONG_INPUT
    assert "Did you mean 'bandwagoning'?" in capsys.readouterr().err


def test_a_file_can_name_the_rule_and_one_that_is_none_is_told(tmp_path: Path) -> None:
    named, wrong = (tmp_path / f"{name}.yaml" for name in ("named", "wrong"))
    text = "title: A rule\nquestion: Does it matter?\nextends: history_2022_2024\nrule: {}\n"
    named.write_text(text.format("inertia"))
    wrong.write_text(text.format("inertya"))
    region, scenario = scenario_of(named)
    assert region.rule == scenario.rule == "inertia"
    assert scenario.baseline is not None
    assert scenario.baseline.rule == "inertia"
    assert scenario_of(named, rule="random_walk")[0].rule == "random_walk"
    with pytest.raises(InputError, match=r"line 4: rule: .*Did you mean 'inertia'"):
        scenario_of(wrong)


@pytest.fixture(scope="module")
def short() -> Run:
    region, scenario = scenario_of("cpc_closure", rule="loss_averse")
    return answered(region, scenario.resized(members=20, months=20))


def test_an_answer_says_by_which_rule_if_it_is_not_the_usual_one(short: Run) -> None:
    assert "Kahneman" in short.answer["about"]["ruled"]
    assert manifest(short)["rule"] == "loss_averse"
    assert "--rule loss_averse" in manifest(short)["command"]


def test_a_change_holds_under_a_rule_or_it_does_not(short: Run) -> None:
    heard: list[int] = []
    answer = with_all_rules(short, heard.append, lambda what: None).answer
    rows = answer["under_rules"]["rows"]
    assert sum(heard) == member_months(short.scenario)
    assert len(rows) >= 3 * len(short.region.states)
    for line in rows:
        assert tuple(line["by_rule"]) == tuple(line["chosen_by_rule"]) == RULES
        if line["holds"] is not None:
            assert "loss_averse" in line["holds_under"]
            assert line["holds"] == len(line["holds_under"])
    headline = next(line for line in rows if line["headline"])
    said, *_ = answer["under_rules"]["sentences"]
    assert f"holds under {headline['holds']} of 8 rules" in said
    assert "Of this, chosen (medians, in points): " in said
    assert " under the loss averse rule, between " in said


def test_a_rule_run_beside_others_gives_what_it_gives_alone(short: Run) -> None:
    asked = list(changes(short.results))
    dates = dates_of(asked)
    again = differences(short.results, "loss_averse", dates, lambda done: None)
    for change in asked:
        beside, alone = picked(again, dates, change), of_results(short.results, change)
        for part in ("whole", "imposed", "chosen"):
            assert (getattr(beside, part) == getattr(alone, part)).all()


@pytest.mark.parametrize(
    ("holds", "said"),
    [(8, "is robust"), (7, "is robust"), (6, "depends on the rule"), (4, "depends on the rule"),
     (3, "rests on few rules"), (2, "rests on few rules"), (1, "rests on one rule")],
)  # fmt: skip
def test_the_words_go_by_how_many_rules_a_change_holds_under(holds: int, said: str) -> None:
    assert tag(holds) == said
