"""What may be said of the runs, and what may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.answer import answer
from sim.attribution import attribute, entered_along, sampled_orders, sampled_shapley, shapley
from sim.reading.scenarios import read_scenario
from sim.region import Region
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
