"""The few dates at which an answer is read."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import START, supposed
from hypothesis import given
from hypothesis import strategies as st

from sim.moments import differing, moments, month_name, month_names
from sim.region import Region


def read(months: int, first: int, final: int) -> list[tuple[str, int]]:
    """Return the dates for drivers that differ from one month to another."""
    differs = np.zeros(months, dtype=bool)
    differs[first : final + 1] = True
    return [(moment.key, moment.place) for moment in moments(differs, START)]


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
    assert [m.key for m in moments(np.zeros(12, dtype=bool), START)] == ["before", "end"]


@given(months=st.integers(1, 120), ends=st.tuples(st.integers(0, 119), st.integers(0, 119)))
def test_dates_lie_in_the_run_and_in_order(months: int, ends: tuple[int, int]) -> None:
    first, final = sorted(end % months for end in ends)
    places = [place for _, place in read(months, first, final)]
    assert places == sorted(set(places))
    assert places[0] == first - 1
    assert places[-1] == months - 1


def test_drivers_differ_in_the_months_in_which_something_is_supposed(region: Region) -> None:
    def closed(drivers: dict[str, np.ndarray], region: Region) -> None:
        drivers["capacity_factor"][3:5, :, 0] = 0.0

    differs = differing(supposed(region, 8, closed), supposed(region, 8))
    assert list(np.flatnonzero(differs)) == [3, 4]
    assert not differing(supposed(region, 8), supposed(region, 8)).any()


@pytest.mark.parametrize("places", [{"first": 2, "final": 2}, {"first": 2, "final": 9}])
def test_labels_name_the_month(places: dict[str, int]) -> None:
    differs = np.zeros(20, dtype=bool)
    differs[places["first"] : places["final"] + 1] = True
    label = moments(differs, START)[1].label
    assert label == f"last month in force, {month_name(START, places['final'])}"
