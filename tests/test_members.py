"""Members: everything that we are unsure of, drawn by name."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from conftest import SEED
from hypothesis import given
from hypothesis import strategies as st

from sim import members
from sim.region import Region


@given(first=st.integers(0, 5000), count=st.integers(1, 60), seed=st.integers(0, 2**40))
def test_a_member_gets_the_same_number_whoever_asks_in_whatever_company(
    first: int, count: int, seed: int
) -> None:
    many = members.uniform(seed, "ledger/tolerance", 0, first + count)
    assert np.array_equal(many[first:], members.uniform(seed, "ledger/tolerance", first, count))


@given(seed=st.integers(0, 2**40), first=st.integers(0, 10_000))
def test_numbers_are_those_of_philox_under_the_purpose_as_key(seed: int, first: int) -> None:
    key = hashlib.blake2b(f"{seed}/event/cut".encode(), digest_size=16).digest()
    philox = np.random.Philox(key=int.from_bytes(key, "little"))
    expected = np.random.Generator(philox).random(first + 9)[first:]
    members.uniform(seed, "event/other", 3, 5)  # another stream in between leaves nothing behind
    assert np.array_equal(members.uniform(seed, "event/cut", first, 9), expected)


def test_member_17_of_50_is_member_17_of_5000(region: Region) -> None:
    few, many = (members.draw(region, SEED, 0, count).member(17) for count in (50, 5000))
    alone = members.draw(region, SEED, 17, 1)
    for name in few:
        assert np.array_equal(few[name], many[name])
        assert np.array_equal(few[name], alone[name])


def test_other_purposes_and_other_seeds_give_other_numbers() -> None:
    one = members.uniform(1, "ledger/tolerance", 0, 100)
    assert not np.array_equal(one, members.uniform(2, "ledger/tolerance", 0, 100))
    assert not np.array_equal(one, members.uniform(1, "ledger/coerciveness/RUS", 0, 100))


def test_uniform_numbers_are_uniform() -> None:
    numbers = members.uniform(3, "event/cut", 0, 20_000)
    counts, _ = np.histogram(numbers, bins=10, range=(0.0, 1.0))
    assert np.abs(counts / 2000 - 1).max() < 0.1


def test_a_rank_finds_its_place_in_a_range_by_hand() -> None:
    found = members.within(1.0, 2.0, 6.0, np.array([0.0, 0.25, 0.5, 0.75, 1.0]))
    assert np.allclose(found, [1.0, 1.5, 2.0, 4.0, 6.0])


def test_every_number_of_a_member_lies_in_its_range_around_the_central_figure(
    region: Region,
) -> None:
    drawn = members.draw(region, SEED, 0, 400)
    labels = {axis: list(of) for axis, of in region.axes.items()}
    for row in region.ledger:
        axes = region.attributes[row.attribute].axes
        place = tuple(labels[axis].index(key) for axis, key in zip(axes, row.keys, strict=True))
        numbers = drawn[row.attribute][(slice(None), *place)]
        slack = 1e-12 * max(abs(row.high), 1.0)
        assert row.low - slack <= numbers.min()
        assert numbers.max() <= row.high + slack
        below = (numbers < row.central).mean()
        assert row.low == row.high or 0.35 < below < 0.65 or row.central in (row.low, row.high)


def test_the_central_member_has_the_central_figures(region: Region) -> None:
    gdp = {row.keys[0]: row.central for row in region.ledger if row.attribute == "gdp_busd"}
    assert members.central(region).gdp_busd[0] == pytest.approx([gdp[s] for s in region.states])


def test_what_has_been_drawn_cannot_be_written_over(region: Region) -> None:
    drawn = members.draw(region, SEED, 0, 2)
    with pytest.raises(ValueError, match="read-only"):
        drawn.gdp_busd[0, 0] = 1.0
