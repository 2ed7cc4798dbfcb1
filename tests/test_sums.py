"""Sums whose last bit is the same for one member alone and in company."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import TypeCheckError

from sim.rules.sums import add_up, add_up_over, groups_of, least_of_groups, shares_of


def test_a_sum_is_added_from_first_to_last() -> None:
    terms = np.array([[1e16, 1.0, -1e16], [1e16, -1e16, 1.0]])
    assert np.array_equal(add_up(terms), [0.0, 1.0])


def test_what_rules_take_is_checked_where_they_are_tried() -> None:
    with pytest.raises(TypeCheckError):
        shares_of([1.0, 1.0, 2.0])  # type: ignore[arg-type]


def test_a_sum_over_another_axis_is_the_same_sum() -> None:
    table = np.arange(6.0).reshape(2, 3)
    assert np.array_equal(add_up_over(table, 0), [3.0, 5.0, 7.0])
    assert np.array_equal(add_up_over(table, 1), add_up(table))


def test_shares_of_three_ties_are_their_parts_of_the_whole() -> None:
    assert np.allclose(shares_of(np.array([[1.0, 1.0, 2.0]])), [[0.25, 0.25, 0.5]], rtol=1e-15)


@given(seed=st.integers(0, 2**32 - 1), members=st.integers(1, 40), terms=st.integers(1, 40))
def test_a_member_alone_and_in_company_sums_to_the_same_bit(
    seed: int, members: int, terms: int
) -> None:
    table = np.random.default_rng(seed).lognormal(0.0, 3.0, (members, terms))
    together = add_up(table)
    alone = np.array([add_up(row[None])[0] for row in table])
    assert np.array_equal(together, alone)
    assert np.array_equal(add_up(np.asfortranarray(table)), alone)


def test_the_least_of_each_group_is_its_narrowest_by_hand() -> None:
    groups = groups_of(np.array([[1, 0, 1], [0, 1, 0]]))
    assert np.array_equal(least_of_groups(np.array([[3.0, 7.0, 2.0]]), groups), [[2.0, 7.0]])
