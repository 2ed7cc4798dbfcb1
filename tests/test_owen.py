"""Parts of events inside their families: checked on games whose answer is known by hand."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from sim.asking import scenario_of
from sim.attribution import shapley
from sim.owen import attribute_in_families, orders_inside, owen, plan
from sim.results import compare

FAMILIES = {"left": ("a", "b"), "right": ("c",)}


def all_orders(families: dict[str, tuple[str, ...]]) -> dict[str, list[list[str]]]:
    return {family: [list(o) for o in permutations(events)] for family, events in families.items()}


def glove(there: frozenset[str]) -> np.ndarray:
    """Two left gloves and a right one: a pair is worth 1."""
    return np.array([float("c" in there and bool(there & {"a", "b"}))])


def test_two_left_gloves_in_one_family_share_half_by_hand() -> None:
    """As a family the two bargain as one: half for them, a quarter each, half for the right."""
    parts = owen(FAMILIES, all_orders(FAMILIES), glove)
    assert parts["a"] == pytest.approx([0.25])
    assert parts["b"] == pytest.approx([0.25])
    assert parts["c"] == pytest.approx([0.5])


def test_families_of_one_have_their_shapley_values() -> None:
    alone = {name: (name,) for name in "abc"}
    parts = owen(alone, all_orders(alone), glove)
    assert np.allclose(np.stack([parts[name] for name in "abc"]), shapley(list("abc"), glove))


def test_sampled_orders_inside_a_family_still_sum_to_the_family() -> None:
    families = {"many": tuple("abcd"), "one": ("e",)}
    worth = dict(zip("abcde", (1.0, 2.0, 4.0, 8.0, 16.0), strict=True))

    def outcome(there: frozenset[str]) -> np.ndarray:
        return np.array([sum(worth[name] for name in there) ** 1.5])

    orders = orders_inside(families, 1, np.random.default_rng(1))
    parts = owen(families, orders, outcome)
    of_families = shapley(
        ["many", "one"], lambda some: outcome(frozenset("".join(
            "abcd" if family == "many" else "e" for family in some)))
    )  # fmt: skip
    assert sum(parts[name] for name in "abcd") == pytest.approx(of_families[0])
    assert parts["e"] == pytest.approx(of_families[1])


def test_the_parts_of_a_scenario_sum_to_what_it_changes() -> None:
    region, scenario = scenario_of("moscow_drops_restraint")
    results = compare(region, scenario.resized(members=3, months=24))
    planned = plan(results.scenario)
    found = attribute_in_families(region, results.scenario, results.moments, planned)
    at = next(m for m in results.moments if m.key == "during")
    place = [m.key for m in results.moments if m.place >= 0].index("during")
    whole = sum(part[place] for part in found.parts["breadth"].values())
    assert np.allclose(whole, results.at("difference", "breadth", at), atol=1e-9)
