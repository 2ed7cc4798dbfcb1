"""Tipping points on functions whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.study.lines import Line, by_state, in_words, line_of, margin, refuse_crossed_by_nothing
from sim.study.tipping import FINE, band, crossed_by, lattice, tipping


def steps(planted: np.ndarray, falling: bool = False):
    """Return a model in which each member (member, outcome) crosses at a number of its own."""

    def asked(sizes, members):
        past = sizes[:, None] - planted[members]
        return np.where((past <= 0) if falling else (past >= 0), 1.0, -1.0)

    return asked


def test_a_planted_month_is_found_exactly_for_each_member():
    planted = np.random.default_rng(1).integers(1, 25, size=(50, 3)).astype(float)
    found = tipping(steps(planted), 50, lattice(1, 24, whole=True))
    assert (found.threshold == planted).all()
    assert found.one_way.all()
    assert (found.never == 0).all()


def test_a_planted_size_is_found_to_the_step():
    planted = np.random.default_rng(2).uniform(0.2, 0.8, size=(40, 1))
    found = tipping(steps(planted), 40, lattice(0.0, 1.0, whole=False))
    assert ((found.threshold >= planted) & (found.threshold < planted + 1.0 / FINE)).all()


def test_what_is_crossed_as_a_setting_falls_is_sought_from_above():
    planted = np.random.default_rng(3).integers(1, 25, size=(50, 1)).astype(float)
    found = tipping(steps(planted, falling=True), 50, lattice(1, 24, whole=True))
    assert found.from_above.all()
    assert (found.threshold == planted).all()


def test_members_that_never_cross_are_counted_beyond_the_range():
    planted = np.array([[3.0], [5.0], [99.0], [99.0], [99.0]])
    found = tipping(steps(planted), 5, lattice(1, 24, whole=True))
    assert found.never[0] == pytest.approx(0.6)
    middle, low, high = band(found.threshold[:, 0], falling=False)
    assert (low, middle, high) == (3.0, np.inf, np.inf)


def test_nobody_crosses():
    found = tipping(steps(np.full((5, 2), 99.0)), 5, lattice(1, 24, whole=True))
    assert (found.never == 1).all()
    assert (found.at_once == 0).all()


def test_all_are_past_the_line_from_the_first():
    found = tipping(steps(np.zeros((5, 1))), 5, lattice(1, 24, whole=True))
    assert (found.at_once == 1).all()
    assert (found.threshold == 1).all()


def test_a_model_that_turns_back_is_said_to_stray_and_its_first_crossing_is_given():
    def asked(sizes, members):
        return np.where((sizes >= 5) & (sizes <= 16), 1.0, -1.0)[:, None] + 0.0 * members[:, None]

    found = tipping(asked, 4, lattice(1, 24, whole=True))
    assert not found.one_way[0]
    assert found.straying[0] == 1.0
    assert (found.threshold == 5).all()


def test_nothing_is_asked_twice():
    planted = np.random.default_rng(4).integers(1, 25, size=(30, 2)).astype(float)
    pairs: list[tuple[float, int]] = []

    def asked(sizes, members):
        pairs.extend(zip(sizes.tolist(), members.tolist(), strict=True))
        return steps(planted)(sizes, members)

    tipping(asked, 30, lattice(1, 24, whole=True))
    assert len(pairs) == len(set(pairs))
    assert len(pairs) < 30 * 24


def test_a_member_finds_its_own_whatever_company_it_is_in():
    planted = np.random.default_rng(5).integers(1, 25, size=(20, 1)).astype(float)
    together = tipping(steps(planted), 20, lattice(1, 24, whole=True)).threshold
    alone = tipping(steps(planted[7:8]), 1, lattice(1, 24, whole=True)).threshold
    assert alone[0] == together[7]


def test_the_band_holds_numbers_of_members():
    middle, low, high = band(np.arange(1.0, 101.0), falling=False)
    assert (low, middle, high) == (5.0, 50.0, 95.0)
    middle, low, high = band(np.arange(1.0, 101.0), falling=True)
    assert (low, middle, high) == (96.0, 51.0, 6.0)


def test_the_share_that_has_crossed_rises_to_one():
    found = tipping(steps(np.array([[2.0], [4.0]])), 2, lattice(1, 5, whole=True))
    settings, share = crossed_by(found, 0)
    assert settings.tolist() == [1, 2, 3, 4, 5]
    assert share.tolist() == [0, 0.5, 0.5, 1, 1]


# The line ---------------------------------------------------------------------------------------


def test_a_line_is_below_or_above_a_number_or_a_part_of_the_baseline():
    assert line_of("2.5", None) == Line(2.5, above=False)
    assert line_of(None, "10%") == Line(0.1, above=True, of_baseline=True)


@pytest.mark.parametrize(
    ("below", "above"), [(None, None), ("1", "2"), ("low", None), (None, "inf")]
)
def test_what_is_no_line_is_refused(below, above):
    with pytest.raises(InputError):
        line_of(below, above)


def test_a_part_of_the_baseline_is_of_each_members_own():
    level, change = np.array([0.89, 0.91, 1.8]), np.array([-0.11, -0.09, -0.2])
    past = margin(Line(0.1, above=False, of_baseline=True), change, level, change) > 0
    assert past.tolist() == [True, False, False]


def test_a_line_that_no_difference_has_crossed_already_is_refused():
    with pytest.raises(InputError, match=r"KAZ\.breadth:level"):
        refuse_crossed_by_nothing(line_of("2.5", None), "KAZ.breadth", "difference")
    refuse_crossed_by_nothing(line_of("2.5", None), "KAZ.breadth", "level")
    refuse_crossed_by_nothing(line_of("-0.1", None), "KAZ.breadth", "difference")


def test_a_line_in_words():
    assert in_words(line_of("-0.1", None), "effective partners", "difference") == (
        "is more than 0.1 effective partners below the baseline"
    )
    assert in_words(line_of(None, "0.02"), "share", "difference") == (
        "is more than 2 percentage points above the baseline"
    )
    assert (
        in_words(line_of("5%", None), "0-1", "difference") == "is more than 5% below the baseline"
    )
    assert in_words(line_of("0.3", None), "0-1", "level") == "is below 0.3"


def test_an_outcome_without_a_state_is_asked_of_all(region):
    assert by_state(region, ["breadth@end"]) == tuple(f"{s}.breadth@end" for s in region.states)
    assert by_state(region, ["KAZ.breadth"]) == ("KAZ.breadth",)
    assert by_state(region, ["threat.RUS"]) == tuple(f"{s}.threat.RUS" for s in region.states)
