"""The few dates at which an answer is read."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import START, Write, supposed
from hypothesis import given
from hypothesis import strategies as st

from sim.moments import disturbance, moments, month_name, month_names
from sim.region import Region


def read(months: int, first: int, final: int) -> list[tuple[str, int]]:
    """Return the dates for a disturbance at full size from one month to another."""
    return [(moment.key, moment.place) for moment in moments(lasting(months, first, final), START)]


def lasting(months: int, first: int, final: int) -> np.ndarray:
    """Return a disturbance at full size from one month to another."""
    size = np.zeros(months)
    size[first : final + 1] = 1.0
    return size


def test_months_are_counted_over_the_turn_of_the_year() -> None:
    assert month_names("2022-11", 3) == ["2022-11", "2022-12", "2023-01"]
    assert month_name("2022-01-15", -1) == "2021-12"


def test_a_passing_event_is_read_before_in_its_last_month_and_years_later() -> None:
    dates = [("before", 5), ("during", 11), ("after_12", 23), ("after_24", 35), ("end", 47)]
    assert read(48, 6, 11) == dates


def test_a_lasting_event_is_read_from_its_first_month() -> None:
    assert read(48, 6, 47) == [
        ("before", 5), ("during", 6), ("after_12", 18), ("after_24", 30), ("end", 47)
    ]  # fmt: skip


def test_an_event_in_the_first_month_is_compared_with_the_base_year() -> None:
    assert read(48, 0, 2)[0] == ("before", -1)


def test_a_comparison_without_difference_has_its_two_ends() -> None:
    assert [m.key for m in moments(np.zeros(12), START)] == ["before", "end"]


@given(months=st.integers(1, 120), ends=st.tuples(st.integers(0, 119), st.integers(0, 119)))
def test_dates_lie_in_the_run_and_in_order(months: int, ends: tuple[int, int]) -> None:
    first, final = sorted(end % months for end in ends)
    places = [place for _, place in read(months, first, final)]
    assert places == sorted(set(places))
    assert places[0] == first - 1
    assert places[-1] == months - 1


def test_a_ramp_is_read_once_it_is_in_full_force_and_a_year_from_its_beginning() -> None:
    rising = np.concatenate([np.zeros(2), np.linspace(0.1, 1.0, 10), np.ones(36)])
    dates = [(moment.key, moment.place) for moment in moments(rising, START)]
    assert dates == [("before", 1), ("during", 11), ("after_12", 14), ("after_24", 26), ("end", 47)]


def test_a_fading_event_is_read_in_its_last_month_of_full_force() -> None:
    fading = np.concatenate([np.zeros(2), np.ones(3), 0.5 ** np.arange(1, 20), np.zeros(20)])
    assert {m.key: m.place for m in moments(fading, START)}["during"] == 4


def closed(part: float, first: int, final: int) -> Write:
    """Return an event that takes part of the first link's room away."""

    def write(drivers: dict[str, np.ndarray], region: Region) -> None:
        drivers["capacity_factor"][first : final + 1, :, 0] = 1.0 - part

    return write


def test_drivers_differ_in_the_months_in_which_something_is_supposed(region: Region) -> None:
    size = disturbance(supposed(region, 8, closed(1.0, 3, 4)), supposed(region, 8))
    assert list(np.flatnonzero(size)) == [3, 4]
    assert not disturbance(supposed(region, 8), supposed(region, 8)).any()


def test_a_disturbance_is_measured_against_its_own_largest_size(region: Region) -> None:
    def halved_then_closed(drivers: dict[str, np.ndarray], region: Region) -> None:
        closed(0.5, 2, 3)(drivers, region)
        closed(1.0, 4, 5)(drivers, region)

    size = disturbance(supposed(region, 8, halved_then_closed), supposed(region, 8))
    assert size == pytest.approx([0, 0, 0.5, 0.5, 1, 1, 0, 0])


def test_labels_name_the_month() -> None:
    assert moments(lasting(20, 2, 9), START)[1].label == "last month in full force, 2022-10"
    assert moments(lasting(20, 2, 19), START)[1].label == "first month in full force, 2022-03"
