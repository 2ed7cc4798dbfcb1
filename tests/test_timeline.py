"""When events are in force, how much they do, and what is left when some of them are undone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.drivers import DRIVERS, Drivers, apart, neutral, side_by_side
from sim.reading.kinds import KINDS
from sim.region import Region
from sim.scenario import Event, Scenario, Size
from sim.timeline import EFFECTS, drivers, intensity, lasting, shifted, span, with_events

START = "2022-01"


def event(kind: str = "sanctions", **fields: object) -> Event:
    """Return an event that stands from January 2022 on, but for the fields given."""
    plain = Event(
        id="it",
        kind=kind,
        role="shock",
        start=START,
        end=None,
        shape="step",
        months=None,
        size=Size(1.0, 1.0),
        what={},
        because=(),
        note="",
        theme="",
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


def scenario(*events: Event, months: int = 12, baseline: Scenario | None = None) -> Scenario:
    """Return a scenario of these events."""
    return Scenario(
        name="it",
        title="It",
        question="What of it?",
        sources=(),
        beyond="",
        start=START,
        months=months,
        members=4,
        seed=1,
        events=events,
        baseline=baseline,
    )


def force(run: int, /, **fields: object) -> list[float]:
    """Return how far an event is in force, month by month."""
    return [round(float(part), 6) for part in intensity(event(**fields), START, run)]  # type: ignore[arg-type]


def test_a_step_stays():
    assert force(4, start="2022-03") == [0, 0, 1, 1]


def test_a_step_ends_after_its_last_month():
    assert force(4, start="2022-02", end="2022-03") == [0, 1, 1, 0]


def test_a_pulse_lasts_its_months():
    assert force(5, start="2022-02", shape="pulse", months=2.0) == [0, 1, 1, 0, 0]


def test_days_count_as_a_fraction_of_their_month():
    assert force(2, start="2022-01-06", end="2022-01-19") == [round(14 / 31, 6), 0]


def test_half_a_month_and_a_quarter():
    assert force(3, start="2022-02", shape="pulse", months=1.25) == [0, 1, 0.25]


def test_a_ramp_rises_evenly_and_stays():
    assert force(5, start="2022-02", shape="ramp", months=2.0) == [0, 0.25, 0.75, 1, 1]


def test_a_ramp_with_an_end_stops():
    assert force(4, shape="ramp", months=2.0, end="2022-03") == [0.25, 0.75, 1, 0]


def test_a_decay_is_full_at_first_and_halves():
    assert force(5, start="2022-02", shape="decay", months=1.0) == [0, 1, 0.5, 0.25, 0.125]


def test_a_link_reopens_little_by_little():
    fields = {"start": "2022-02", "end": "2022-03", "what": {"reopening": 2.0}}
    assert force(6, **fields) == [0, 1, 1, 0.75, 0.25, 0]


def test_a_trend_counts_the_years_since_it_began():
    grown = intensity(event("trend", start="2021-07", what={"what": "gdp"}), START, 12)
    assert grown.mean() == pytest.approx(1.0)  # a year's mean over the mean of the year before


def test_a_trend_stays_where_it_ended():
    grown = intensity(event("trend", end="2022-12", what={"what": "gdp"}), START, 36)
    assert grown[12:] == pytest.approx(1.0)


def test_what_began_before_the_run_is_in_force_from_its_first_month():
    assert force(2, start="2021-06") == [1, 1]


def test_every_kind_has_an_effect_and_a_span():
    split = {"trend": ("trade_trend", "gdp_trend")}
    for kind in KINDS:
        assert all(name in EFFECTS for name in split.get(kind, (kind,)))
    assert span(event()) == (2022 * 12, np.inf)


def test_every_effect_names_a_label_for_each_axis_of_its_driver():
    for effects in EFFECTS.values():
        for effect in effects:
            assert len(effect.along) == len(DRIVERS[effect.driver][0])


def test_every_driver_can_be_set_by_an_event():
    assert {effect.driver for effects in EFFECTS.values() for effect in effects} == set(DRIVERS)


FIELDS = {
    "links": ("cpc_pipeline",),
    "intent": Size(1.0, 1.0),
    "states": ("KAZ",),
    "need": "border",
    "power": "RUS",
    "by": "RUS",
    "partner": "CHN",
    "domain": "economic",
    "commodity": "oil",
    "body": "CSTO",
    "pull": Size(0.2, 0.2),
}


def of_kind(kind: str, size: float, **fields: object) -> Event:
    """Return an event of a kind that has an effect by itself."""
    factor = any(effect.how == "factor" for effect in EFFECTS[kind])
    what = {**FIELDS, **({"by_factor": True} if kind == "link_scaled" else {})}
    if kind.endswith("_trend"):
        what["what"], kind = kind.removesuffix("_trend"), "trend"
    if kind not in ("domain_budget", "engagement", "realign"):
        del what["domain"]
    names = {"link_scaled": "link_enlarged", "domain_budget": "budget"}
    amount = 1.0 + size if factor else size
    return event(names.get(kind, kind), size=Size(amount, amount), what=what, **fields)


@pytest.mark.parametrize("kind", EFFECTS)
def test_an_event_of_size_zero_changes_nothing_at_all(kind: str, region: Region):
    arrays = drivers(scenario(of_kind(kind, 0.0)), region).arrays
    for name, at_rest in neutral(region, START, 12).items():
        assert arrays[name].tobytes() == at_rest.tobytes()


@pytest.mark.parametrize("kind", EFFECTS)
def test_an_event_moves_its_own_drivers_and_no_other(kind: str, region: Region):
    arrays = drivers(scenario(of_kind(kind, 0.5)), region).arrays
    rest = neutral(region, START, 12)
    moved = {name for name in arrays if not np.array_equal(arrays[name], rest[name])}
    assert moved == {effect.driver for effect in EFFECTS[kind]}


@pytest.mark.parametrize(("kind", "sense"), [("join", 1.0), ("leave", -1.0)])
def test_a_pull_comes_with_joining_goes_with_leaving_and_is_none_unless_it_is_told(
    kind: str, sense: float, region: Region
):
    moved = of_kind(kind, sense)
    silent = replace(moved, what={name: it for name, it in moved.what.items() if name != "pull"})
    place = (region.place("state", "KAZ"), region.place("body", "CSTO"))
    with_pull, without = (drivers(scenario(one), region).arrays for one in (moved, silent))
    assert (with_pull["body_pull"][(..., *place)] == sense * 0.2).all()
    assert not without["body_pull"].any()
    assert (with_pull["membership"] == without["membership"]).all()


def test_a_driver_moves_for_those_named_only(region: Region):
    signal = of_kind("threat_signal", 0.5)
    arrays = drivers(scenario(signal), region).arrays
    assert arrays["threat_signal"].sum() == pytest.approx(0.5 * 12)
    assert (arrays["threat_signal"][:, 0, 0, 0] == 0.5).all()


def test_cuts_that_follow_each_other_leave_what_each_leaves(region: Region):
    half = of_kind("link_cut", 0.5, end="2022-02")
    shut = replace(of_kind("link_closed", 1.0, start="2022-03", end="2022-04"), id="shut")
    left = drivers(scenario(half, shut), region).arrays["capacity_factor"]
    assert left[:5, 0, region.place("link", "cpc_pipeline")].tolist() == [0.5, 0.5, 0, 0, 1]


def test_an_unmeant_cut_frightens_nobody(region: Region):
    order = of_kind("link_closed", 1.0)
    storm = replace(order, what={**order.what, "intent": Size(0.0, 0.0)})
    assert drivers(scenario(order), region).arrays["cut_intent"].any()
    assert not drivers(scenario(storm), region).arrays["cut_intent"].any()


def test_a_range_gives_every_member_its_own_size(region: Region):
    ranged = event(size=Size(0.2, 0.6))
    arrays = drivers(scenario(ranged), region, lambda _: np.array([0.0, 0.5, 1.0])).arrays
    assert arrays["sanctions"][0].tolist() == pytest.approx([0.2, 0.4, 0.6])
    assert arrays["enforcement"].shape == (12, 1)


def test_without_draws_a_range_is_its_middle(region: Region):
    arrays = drivers(scenario(event(size=Size(0.2, 0.6))), region).arrays
    assert arrays["sanctions"].shape == (12, 1)
    assert arrays["sanctions"][0, 0] == pytest.approx(0.4)


def test_size_and_intent_are_drawn_apart(region: Region):
    asked: list[str] = []

    def draws(name: str) -> np.ndarray:
        asked.append(name)
        return np.array([0.5])

    cut = of_kind("link_cut", 0.5)
    ranged = replace(cut, size=Size(0.2, 0.4), what={**cut.what, "intent": Size(0.0, 1.0)})
    drivers(scenario(ranged), region, draws)
    assert set(asked) == {"it", "it/intent"}


def test_a_full_driver_takes_no_more(region: Region):
    twice = (event(size=Size(0.8, 0.8)), event(id="more", size=Size(0.8, 0.8)))
    assert drivers(scenario(*twice), region).arrays["sanctions"].max() == 1.0


def test_drivers_cannot_be_written_into(region: Region):
    with pytest.raises(ValueError, match="read-only"):
        drivers(scenario(), region).arrays["sanctions"][0] = 1.0


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2023-10", 1, "2023-10"),
        ("2023-10-06", 1, "2023-11-05"),
        ("2023-10-01", 2, "2023-11-30"),
        ("2024-01-31", 1, "2024-02-28"),
    ],
)
def test_so_many_months_from_a_day_end_the_day_before(start: str, months: int, end: str):
    assert lasting(event(start=start, end="2030-01"), months).end == end


def test_a_day_that_a_later_month_lacks_is_its_last():
    moved = shifted(event(start="2024-01-31", end="2024-03-31"), 1)
    assert (moved.start, moved.end) == ("2024-02-29", "2024-04-30")


@given(
    start=st.integers(0, 30),
    length=st.floats(0.1, 24.0),
    shape=st.sampled_from(["step", "pulse", "ramp", "decay"]),
)
def test_an_event_is_never_more_than_in_full_force(start: int, length: float, shape: str):
    begins = f"{2022 + start // 12}-{start % 12 + 1:02d}"
    for month in intensity(event(start=begins, shape=shape, months=length), START, 48):
        assert -1e-12 <= month <= 1.0 + 1e-12


# What is left when own events are undone ----------------------------------------------------


@pytest.fixture
def three() -> Scenario:
    """A scenario that removes one event of its baseline, changes one and adds one."""
    gone, old = event(id="gone"), event(id="changed", size=Size(0.2, 0.2))
    kept = event(id="kept")
    base = scenario(gone, old, kept)
    whole = scenario(
        event(id="changed", size=Size(0.9, 0.9)), kept, event(id="added"), baseline=base
    )
    return replace(whole, own_events=("gone", "changed", "added"), removed=(gone,))


def test_with_all_of_its_own_events_a_scenario_is_itself(three: Scenario):
    again = with_events(three, three.own_events)
    assert {e.id: e for e in again.events} == {e.id: e for e in three.events}


def test_with_none_of_its_own_events_a_scenario_is_its_baseline(three: Scenario):
    assert three.baseline is not None
    assert with_events(three, ()).events == three.baseline.events


def test_one_own_event_alone(three: Scenario):
    changed = with_events(three, ["changed"])
    assert [e.id for e in changed.events] == ["gone", "changed", "kept"]
    assert changed.events[1].size == Size(0.9, 0.9)
    assert changed.own_events == ("changed",)
    assert changed.removed == ()


def test_a_scenario_without_baseline_keeps_only_what_is_kept():
    alone = replace(scenario(event(id="a"), event(id="b")), own_events=("a", "b"))
    assert [e.id for e in with_events(alone, ["b"]).events] == ["b"]


def test_what_closes_little_by_little_is_shut_in_the_end(region: Region) -> None:
    shut = event(
        "link_closed",
        shape="ramp",
        months=3.3,
        what={"links": ("cpc_pipeline",), "intent": Size(0.0, 0.0)},
    )
    left = drivers(scenario(shut), region).arrays["capacity_factor"]
    place = region.place("link", "cpc_pipeline")
    assert 0.0 < left[1, 0, place] < 1.0
    assert left[-1, 0, place] == 0.0


# Members that differ ------------------------------------------------------------------------


def two_runs(region: Region) -> tuple[Drivers, Drivers]:
    """Return drivers of four members that differ in few entries, and the same with one more."""

    def draws(name: str) -> np.ndarray:
        return np.array([0.0, 0.3, 0.6, 1.0])

    shut = event("link_cut", id="shut", what={"links": ("cpc_pipeline",), "intent": Size(0.0, 1.0)})
    ranged = event(size=Size(0.2, 0.9), start="2022-04")
    later = event("link_cut", id="more", start="2022-07", what={**shut.what, "links": ("kcp",)})
    some = scenario(shut, ranged), scenario(shut, ranged, replace(later, size=Size(0.1, 0.3)))
    without, with_it = (drivers(one, region, draws) for one in some)
    return without, with_it


def test_members_differ_only_in_the_entries_that_a_range_is_about(region: Region):
    _, found = two_runs(region)
    pipelines = {region.place("link", name) for name in ("cpc_pipeline", "kcp")}
    assert {(name, *place) for name, place in found.own} == {
        ("sanctions",), *(("cut_intent", place) for place in pipelines),
        ("capacity_factor", region.place("link", "kcp")),
    }  # fmt: skip
    assert found.arrays["cut_intent"].shape == (12, 4, len(region.axes["link"]))
    assert found.arrays["price"].shape[1] == 1


def test_a_month_and_some_members_are_a_part_of_the_whole(region: Region):
    for one in two_runs(region):
        for name, array in one.arrays.items():
            assert np.array_equal(one.at(8)[name], array[8])
            part = one.some(slice(1, 3)).arrays[name]
            assert np.array_equal(part, array if array.shape[1] == 1 else array[:, 1:3])


def test_two_runs_are_apart_where_their_whole_drivers_are(region: Region):
    one, other = two_runs(region)
    for pair in ((one, other), (other, one), (one, one)):
        for name, differs in apart(*pair).items():
            whole = pair[0].arrays[name] != pair[1].arrays[name]
            assert np.array_equal(differs, whole.any(axis=1))
    assert any(differs.any() for differs in apart(one, other).values())


def test_runs_side_by_side_are_those_runs(region: Region):
    both = two_runs(region)
    together = side_by_side(both, 4)
    for k, one in enumerate(both):
        for name, array in together.some(slice(4 * k, 4 * k + 4)).arrays.items():
            assert np.array_equal(*np.broadcast_arrays(array, one.arrays[name])), name
