"""What may be said of the runs, and what may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.answer import MOST_SENTENCES, across, answer, compared, most_telling
from sim.answer.cells import agreed
from sim.answer.clauses import clear
from sim.answer.lead import MOST_WORDS
from sim.answer.movement import hundredths, one_way, sentence_on_insurance
from sim.answer.particulars import particulars
from sim.answer.reasons import spoken
from sim.answer.verdict import headline_moment, headline_state
from sim.answer.ways import other_ways
from sim.answer.words import ends, possessive, ranged
from sim.asking import scenario_of
from sim.attribution import attribute, entered_along, sampled_orders, sampled_shapley, shapley
from sim.reading.scenarios import read_scenario
from sim.region import Region
from sim.report.tables import options
from sim.results import Results, compare

CLOSURE = """
title: The pipeline shuts for half a year
question: Is that hedging?
start: 2022-01
months: 14
members: 30
seed: 3
events:
  - id: shut
    kind: link_closed
    link: {link}
    start: 2022-03
    end: 2022-08
    intent: {intent}
    role: shock
    because: [WSJ-056]
"""


def asked(region: Region, folder: Path, text: str) -> tuple[Results, dict[str, Any]]:
    """Return the runs and the answer of a scenario text."""
    file = folder / "closure.yaml"
    file.write_text(text, "utf-8")
    results = compare(region, read_scenario(file, region))
    why = attribute(region, results.scenario, results.moments)
    return results, answer(results, why)


@pytest.mark.parametrize("link", ["cpc_pipeline", "north_rail"])
def test_a_line_that_a_storm_shuts_is_never_called_hedging(
    region: Region, tmp_path: Path, link: str
) -> None:
    results, found = asked(region, tmp_path, CLOSURE.format(link=link, intent=0))
    wider = np.median(results.at("difference", "breadth", results.moments[1]), axis=0).max()
    assert wider > 0.02, "the test needs a closure after which ties look wider"
    for state in found["states"].values():
        assert all(
            verdict["hedging"] != "rose"
            for key, verdict in state["verdict"].items()
            if key != "lasting"
        )
    assert not any("hedging against" in sentence for sentence in found["sentences"])


def test_imposed_and_chosen_parts_sum_to_the_difference(region: Region, tmp_path: Path) -> None:
    results, _ = asked(region, tmp_path, CLOSURE.format(link="cpc_pipeline", intent=1))
    for name in ("ties", "pooled", "breadth", "flow", "gdp_gap"):
        parts = results.of("imposed change", name) + results.of("chosen change", name)
        assert np.abs(parts - results.of("difference", name)).max() < 1e-12, name


def test_the_parts_of_the_events_sum_to_the_whole_for_every_member(
    region: Region, tmp_path: Path
) -> None:
    second = CLOSURE.format(link="cpc_pipeline", intent=1) + (
        "  - {id: fear, kind: threat_signal, by: RUS, state: KAZ, size: 0.5, start: 2022-04,"
        " role: shock, because: [judged]}\n"
    )
    results, _ = asked(region, tmp_path, second)
    why = attribute(region, results.scenario, results.moments)
    assert why is not None
    assert why.exact
    for name, parts in why.parts.items():
        assert np.abs(parts.sum(axis=0) - why.total[name]).max() < 1e-12
        assert np.abs(why.total[name]).max() > 0


def test_sampled_shapley_values_come_to_the_exact_ones_and_each_order_sums() -> None:
    worth = {"a": 1.0, "b": 2.0, "c": 4.0}

    def outcome(names: frozenset[str]) -> np.ndarray:
        """A game with a bonus where a and b meet, which Shapley splits evenly."""
        bonus = 3.0 if {"a", "b"} <= names else 0.0
        return np.array([sum(worth[name] for name in names) + bonus])

    exact = shapley(list(worth), outcome)[:, 0]
    assert exact == pytest.approx([2.5, 3.5, 4.0])
    orders = sampled_orders(list(worth), 400, np.random.default_rng(0))
    sampled = sampled_shapley(list(worth), outcome, orders)[:, 0]
    assert sampled.sum() == pytest.approx(10.0)
    assert sampled == pytest.approx(exact, abs=0.1)
    assert [len(some) for some in entered_along(orders[0])] == [0, 1, 2, 3]


def test_an_answer_speaks_of_its_largest_date(region: Region, tmp_path: Path) -> None:
    _, found = asked(region, tmp_path, CLOSURE.format(link="cpc_pipeline", intent=1))
    assert any("August 2022" in sentence for sentence in found["sentences"])


# The question's own words ----------------------------------------------------------------------

FORCE = """
title: A force for two weeks
question: What does it buy, and for how long?
start: 2022-01
months: 16
members: 30
seed: 3
events:
  - id: force
    kind: intervention
    state: KGZ
    power: RUS
    start: 2022-03-06
    end: 2022-03-19
    troops: 2000 men
    role: shock
    because: [judged]
"""

CROSSING = """
title: A larger crossing
question: How much room, for whom, and who loses?
start: 2022-01
months: 26
members: 30
seed: 3
events:
  - id: crossing_grows
    kind: link_enlarged
    link: caspian_ports
    start: 2022-03
    added: 4 Mt/y
    role: shock
    because: [judged]
"""


@pytest.fixture(scope="module")
def ordered(region: Region, tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, Any]:
    """The pipeline shut by an order from above, and what is said of it."""
    folder = tmp_path_factory.mktemp("ordered")
    return asked(region, folder, CLOSURE.format(link="cpc_pipeline", intent=1))


def said(found: dict[str, Any], words: str) -> str:
    """Return the one sentence below the lead that has these words."""
    with_them = [sentence for sentence in found["sentences"][1:] if words in sentence]
    assert len(with_them) == 1, words
    return str(with_them[0])


def test_a_lead_is_one_short_sentence_on_the_state_whose_ties_move_most(
    ordered: tuple[Results, Any],
) -> None:
    results, found = ordered
    lead = found["lead"]
    assert found["sentences"][0] == lead
    assert len(lead.split()) <= MOST_WORDS
    assert lead.startswith("Kazakhstan's ties move most: the share of Russia is")
    place, change = headline_state(results), "difference"
    moved = [np.abs(np.median(results.at(change, "pooled", m), axis=0)) for m in results.moments]
    assert np.max(moved, axis=(0, 2)).argmax() == place


def test_a_power_has_what_passes_its_links_for_all_states_and_for_transit(
    ordered: tuple[Results, Any],
) -> None:
    results, found = ordered
    at = headline_moment(results, headline_state(results))
    whole = results.at("scenario", "passage", at)[:, :, 0].sum(axis=1)
    whole = whole + results.at("scenario", "transit_passage", at)[:, 0]
    cell = found["powers"]["RUS"][at.key]["passage"]
    assert cell["scenario"] == pytest.approx(np.percentile(whole, (50, 5, 95)))


def test_whoever_shuts_a_pipeline_that_passes_it_loses_what_it_earns_on_it(
    ordered: tuple[Results, Any],
) -> None:
    _, found = ordered
    assert "less from what passes the links that it keeps" in said(found, "Russia itself has")


def test_other_routes_take_a_part_of_what_a_shut_line_lost(ordered: tuple[Results, Any]) -> None:
    results, found = ordered
    shut = slice(2, 8)
    flow = (results.runs["scenario"].flow - results.runs["baseline"].flow)[shut].sum(axis=0) / 12
    routes = results.region.axes["route"]
    lost = -flow[:, routes.index("CPC")]
    others = [
        k
        for k, route in enumerate(results.region.routes)
        if route.stream == "KAZ_OIL" and route.code != "CPC"
    ]
    part = np.percentile(100.0 * flow[:, others].sum(axis=1) / lost, (50, 5, 95))
    assert ranged([float(x) for x in part], "%") in said(found, "other routes took")
    clause, _ = other_ways(results, 0, results.moments[1])
    assert clause.startswith("other routes took")


def test_troops_that_leave_are_told_at_once_and_later_with_the_debt_that_is_left(
    region: Region, tmp_path: Path
) -> None:
    _, found = asked(region, tmp_path, FORCE)
    share = said(found, "in Kyrgyzstan's security ties is")
    assert "higher in March 2022" in share
    assert "is left in March 2023" in said(found, "debt of gratitude")


def test_room_is_told_with_its_use_and_with_those_whose_links_lose(
    region: Region, tmp_path: Path
) -> None:
    _, found = asked(region, tmp_path, CROSSING)
    assert "4.0 Mt a year more room" in said(found, "has 4.0 Mt a year")
    lost = [s for s in found["sentences"] if "over links kept by Russia" in s and "less" in s]
    assert lost
    assert "room" in found["lead"]
    assert said(found, "was wanted before").startswith("What counts as imposed here")


def test_a_scenario_that_supposes_nothing_says_so_once(region: Region, tmp_path: Path) -> None:
    nothing = CLOSURE[: CLOSURE.index("events:")] + "events: []\n"
    results, found = asked(region, tmp_path, nothing)
    assert found["sentences"] == [found["lead"]]
    assert particulars(results, 0, results.moments[-1]) == ("", [])


def test_arms_are_compared_run_by_run(
    ordered: tuple[Results, Any], region: Region, tmp_path: Path
) -> None:
    storm, _ = asked(region, tmp_path, CLOSURE.format(link="cpc_pipeline", intent=0))
    assert across([compared(storm)]) == []
    alike, apart = across([compared(storm), compared(ordered[0])])
    assert "Kazakh crude oil not sent" in alike
    assert "the threat that Kazakhstan perceives is" in apart
    assert "higher, in nearly all runs" in apart
    assert "read in August 2022" in alike
    assert "read in August 2022" in apart


PRESSED = """
title: Two states are pressed
question: Does it buy obedience?
start: 2022-01
months: 14
members: 30
seed: 3
events:
  - {id: press, kind: pressure, by: RUS, states: [KAZ, KGZ], size: [1.0, 1.5], start: 2022-03,
     role: shock, because: [judged]}
"""

SECURITY_BUDGET = """
title: A power turns to security
question: Does the hedge grow or a new dependence begin?
start: 2022-01
months: 26
members: 30
seed: 3
events:
  - {id: more, kind: budget, power: CHN, domain: security, factor: 4, start: 2022-03,
     role: shock, because: [judged]}
"""

UNREST_TOO = """  - {id: streets, kind: unrest, state: KGZ, size: 1, start: 2022-03,
     role: shock, because: [judged]}
"""


def test_threat_pressure_and_votes_are_told_of_every_state_that_is_pressed(
    region: Region, tmp_path: Path
) -> None:
    _, found = asked(region, tmp_path, PRESSED)
    for words in ("the threat that", "Russia's pressure on", "On Russia's withdrawal"):
        assert all(name in said(found, words) for name in ("Kazakhstan", "Kyrgyzstan")), words


def test_a_power_that_turns_to_security_is_told_with_what_it_could_withhold(
    region: Region, tmp_path: Path
) -> None:
    _, found = asked(region, tmp_path, SECURITY_BUDGET)
    assert "China could withhold" in said(found, "could withhold")


def test_troops_beside_other_events_are_told_with_all_that_is_supposed(
    region: Region, tmp_path: Path
) -> None:
    _, found = asked(region, tmp_path, FORCE + UNREST_TOO)
    assert said(found, "in Kyrgyzstan's security ties").startswith("With all that is supposed")
    assert "higher than in the baseline in March 2022" in said(found, "of Kyrgyzstan's regime")
    alone = FORCE[: FORCE.index("  - id: force")] + UNREST_TOO
    _, without = asked(region, tmp_path, alone)
    assert "higher than in the baseline" in said(without, "of Kyrgyzstan's regime")


def test_what_could_pass_a_keeper_falls_where_its_line_is_shut(
    ordered: tuple[Results, Any],
) -> None:
    _, found = ordered
    cell = found["states"]["KAZ"]["options"]["during"]["RUS"]
    assert cell["difference"][0] < -0.1 * cell["baseline"][0]
    labels = [line.label for line in options(found, found["states"]["KAZ"], ["during"])]
    assert labels[0] == "Could pass Russia, bn USD/y"


def test_a_run_that_is_written_as_nothing_counts_for_no_sign() -> None:
    members = np.array([0.0, 1e-6, 0.5, 1.0, 1.5])
    assert agreed(members) == pytest.approx(0.6)
    assert not clear(members, 0.1), "three runs of five are no most"


def test_an_answer_drops_first_what_says_that_nothing_differs() -> None:
    nothing = "A shows no difference that we can tell from nothing."
    assert most_telling([["B.", nothing], ["C (slight).", "D."]], 3) == [
        ["B."],
        ["C (slight).", "D."],
    ]
    assert most_telling([["B.", nothing], ["C (slight).", "D."]], 2) == [["B."], ["D."]]


def test_no_answer_is_longer_than_it_may_be(ordered: tuple[Results, Any]) -> None:
    results, found = ordered
    assert len(found["sentences"]) <= MOST_SENTENCES
    at = headline_moment(results, headline_state(results))
    told = sentence_on_insurance(found["states"]["KAZ"], at, results.moments)
    assert all(len(sentence.split()) <= 40 for sentence in told)
    assert hundredths([-0.043, -0.16, -0.013]) == "0.01 to 0.16% of GDP (median 0.04) less"


def test_the_meaning_of_a_number_stands_in_a_sentence_without_its_unit() -> None:
    meaning = "Worth of one unit (Mt or bcm) of a commodity; at base prices"
    assert spoken(meaning) == "worth of one unit of a commodity, at base prices"
    assert spoken("GDP of a state (bn USD)") == "GDP of a state"


def test_the_parts_of_an_answer_keep_to_a_size_that_can_be_told() -> None:
    assert ends([2.0, 1.0, 3.8], "points") == "1.0 to 3.8 points higher"
    assert ends([0.5, -1.0, 2.0], "points") == "1.0 points lower to 2.0 points higher"
    assert ranged([5.0, 5.0, 5.0], "Mt") == "5.0 Mt"
    assert possessive("the United States") == "the United States'"
    assert one_way([0.1, -0.01, 0.2])
    assert not one_way([0.1, -0.1, 0.2]), "the runs do not agree"
    assert not one_way([0.001, 0.0, 0.002]), "too small"


def test_the_answer_is_about_a_state_that_the_events_are_about() -> None:
    region, scenario = scenario_of("cku_railway")
    results = compare(region, scenario.resized(members=4, months=60))
    assert region.states[headline_state(results)] in {"KGZ", "TKM", "UZB"}
