"""What the model says in the world's units."""

from __future__ import annotations

import numpy as np
import pytest

from sim.asking import scenario_of
from sim.observables import (
    BASE_YEAR,
    SERIES,
    Look,
    Row,
    bands,
    base_look,
    gas_exports,
    gdp,
    observables,
    oil_by_route,
    oil_past_russia,
    oil_total,
    run_look,
    tellings,
    trade_by_partner,
    whole_years,
)
from sim.results import Results, compare

ASKED = {
    "kz_oil_export_total", "kz_oil_export_by_route", "kz_oil_bypass_russia", "titr_cargo",
    "titr_containers", "northern_corridor_cn_eu", "kz_cn_rail_freight", "trade_turnover_ns",
    "trade_turnover_gacc", "remittances_pct_gdp", "gdp_growth", "gdp_current_usd",
    "gas_export_bcm", "power_passage_income", "power_labour_worth",
    "arms_import_share", "milex_pct_gdp", "fdi_stock_from_china",
    "unga_agreement", "ukraine_vote_yes_share", "ukraine_vote_no_share", "membership",
}  # fmt: skip


@pytest.fixture(scope="module")
def closure() -> Results:
    region, scenario = scenario_of("cpc_closure")
    return compare(region, scenario.resized(members=6, months=30))


@pytest.fixture(scope="module")
def rows(closure: Results) -> list[Row]:
    return observables(closure)


@pytest.fixture(scope="module")
def still() -> list[Row]:
    region, scenario = scenario_of("quiet")
    return observables(compare(region, scenario.resized(members=4, months=14), shocks=False))


def said(rows: list[Row], run: str, series: str, period: str) -> dict[tuple[str, str], float]:
    """Return the medians of a series in a period, by entity and partner."""
    return {row[2:4]: row[6] for row in rows if (row[0], row[1], row[4]) == (run, series, period)}


def test_every_series_that_was_asked_for_is_reported_once() -> None:
    assert {series.name for series in SERIES} == ASKED
    assert len(SERIES) == len(ASKED)


def test_no_place_and_period_is_reported_twice(rows: list[Row]) -> None:
    keys = [row[:5] for row in rows]
    assert len(keys) == len(set(keys))


def test_every_number_is_a_number_and_lies_within_its_band(rows: list[Row]) -> None:
    numbers = np.array([row[6:] for row in rows])
    assert np.isfinite(numbers).all()
    assert (numbers[:, 1] <= numbers[:, 0]).all()
    assert (numbers[:, 0] <= numbers[:, 2]).all()


def test_the_base_year_is_in_it_and_the_same_in_both_runs(rows: list[Row]) -> None:
    for series in ASKED - {"gdp_growth"}:  # growth needs a year before it
        base = said(rows, "baseline", series, BASE_YEAR)
        assert base
        assert base == said(rows, "scenario", series, BASE_YEAR)


def test_the_base_year_has_the_published_figures(rows: list[Row]) -> None:
    def base(series: str, entity: str, partner: str) -> float:
        return said(rows, "baseline", series, BASE_YEAR)[entity, partner]

    assert base("kz_oil_export_by_route", "KZ", "CPC") == pytest.approx(53.1, rel=0.03)
    assert base("trade_turnover_ns", "KZ", "RU") == pytest.approx(24.6, rel=0.05)
    assert base("trade_turnover_gacc", "CA5", "CN") == pytest.approx(49.5, rel=0.1)
    assert base("titr_cargo", "TITR", "") == pytest.approx(0.6, rel=0.15)
    assert base("gas_export_bcm", "TM", "RU") == pytest.approx(10.0, rel=0.15)
    assert base("membership", "KG", "EAEU") == 1.0
    assert base("membership", "UZ", "CSTO") == 0.0


def test_entities_have_the_codes_of_published_statistics(rows: list[Row]) -> None:
    states = {"KZ", "KG", "TJ", "TM", "UZ"}
    trade = said(rows, "baseline", "trade_turnover_ns", BASE_YEAR)
    assert set(trade) == {(s, q) for s in states for q in ("RU", "CN", "US", "EU", "WORLD")}
    votes = said(rows, "baseline", "ukraine_vote_yes_share", "2022-03")
    assert set(votes) == {(s, kind) for s in states for kind in ("WITHDRAWAL", "SUSPENSION")}
    bodies = said(rows, "baseline", "membership", "2022-03")
    assert set(bodies) == {(s, body) for s in states for body in ("CSTO", "EAEU", "SCO")}
    arms = said(rows, "baseline", "arms_import_share", "2022")
    assert set(arms) == {(s, p) for s in (*states, "CA5") for p in ("RU", "CN", "US")}
    growth = said(rows, "baseline", "gdp_growth", "2022")
    assert set(growth) == {(s, "") for s in (*states, "CA4", "CA5")}
    oil = said(rows, "baseline", "kz_oil_export_by_route", "2022")
    assert set(oil) == {("KZ", r) for r in ("CPC", "ATYRAU_SAMARA", "KCP", "AKTAU", "RAIL")}


def test_years_that_a_run_covers_in_part_are_left_out(rows: list[Row]) -> None:
    years = {row[4] for row in rows if len(row[4]) == 4}
    assert years == {"2021", "2022", "2023"}  # 30 months from January 2022
    assert whole_years(["2022-06", "2022-07"]) == []


def test_where_nothing_happens_every_year_and_month_is_like_the_base_year(
    still: list[Row],
) -> None:
    stocks = {"fdi_stock_from_china", "gdp_growth"}  # a stock grows by the usual inflow
    volumes = {series.name for series in SERIES if series.over_time == "volume"}
    for series in ASKED - stocks:
        base = said(still, "baseline", series, BASE_YEAR)
        in_month = 12.0 if series in volumes else 1.0
        for place, year in said(still, "baseline", series, "2022").items():
            assert year == pytest.approx(base[place], rel=2e-3, abs=1e-9)
        for place, month in said(still, "baseline", series, "2023-02").items():
            assert in_month * month == pytest.approx(base[place], rel=2e-3, abs=1e-9)
    assert max(map(abs, said(still, "baseline", "gdp_growth", "2022").values())) < 1e-9


def test_a_year_of_a_volume_is_the_sum_of_its_months_in_every_member(closure: Results) -> None:
    volumes = [one for one in tellings(closure, "scenario") if one.series.over_time == "volume"]
    assert len(volumes) > 10
    for one in volumes:
        year = one.members[one.periods.index("2023")]
        months = [k for k, period in enumerate(one.periods) if period.startswith("2023-")]
        assert len(months) == 12
        assert np.allclose(year, one.members[months].sum(axis=0), rtol=1e-12, atol=1e-12)


def test_shares_of_votes_and_arms_are_shares(closure: Results) -> None:
    told = {one.series.name: one for one in tellings(closure, "scenario")}
    for name in ("arms_import_share", "unga_agreement", "ukraine_vote_yes_share", "membership"):
        assert 0.0 <= told[name].members.min() <= told[name].members.max() <= 1.0
    votes = [told[f"ukraine_vote_{side}_share"] for side in ("yes", "no")]
    assert votes[0].places == votes[1].places
    assert (votes[0].members + votes[1].members).max() <= 1.0 + 1e-12
    arms = told["arms_import_share"]
    for state in ("KZ", "KG", "TJ", "TM", "UZ"):
        own = [k for k, (of, _) in enumerate(arms.places) if of == state]
        assert (arms.members[..., own].sum(axis=-1) <= 1.0 + 1e-12).all()


def test_routes_sum_to_all_oil_in_every_member(closure: Results) -> None:
    look = run_look(closure, "scenario")
    _, by_route = oil_by_route(look)
    _, total = oil_total(look)
    np.testing.assert_allclose(by_route.sum(axis=-1), total[..., 0], rtol=1e-12)


def test_oil_past_russia_goes_to_china_or_over_baku(closure: Results) -> None:
    look = base_look(closure)
    codes = [route.code for route in closure.region.routes]
    free = [codes.index(c) for c in ("KCP_KUMKOL", "KCP_WEST", "AKTAU_BTC", "OIL_RAIL_EAST")]
    _, past = oil_past_russia(look)
    np.testing.assert_allclose(past[..., 0], look.months.flow[..., free].sum(axis=-1))


def test_closing_the_pipeline_is_seen_in_the_oil_that_leaves(rows: list[Row]) -> None:
    before = said(rows, "baseline", "kz_oil_export_by_route", "2023")
    after = said(rows, "scenario", "kz_oil_export_by_route", "2023")
    assert after["KZ", "CPC"] < 0.7 * before["KZ", "CPC"]
    assert after["KZ", "KCP"] > before["KZ", "KCP"]


def test_trade_with_the_world_is_more_than_with_the_named_partners(closure: Results) -> None:
    places, turnover = trade_by_partner(run_look(closure, "baseline"))
    world = [k for k, (_, partner) in enumerate(places) if partner == "WORLD"]
    named = [[k for k, p in enumerate(places) if p[0] == places[w][0] and k != w] for w in world]
    for whole, parts in zip(world, named, strict=True):
        assert (turnover[..., parts].sum(axis=-1) < turnover[..., whole]).all()


def test_growth_is_each_members_own_year_over_the_year_before(
    closure: Results, rows: list[Row]
) -> None:
    level = run_look(closure, "baseline").months.gdp[:24, :, 0].reshape(2, 12, -1).mean(axis=1)
    by_hand = np.median(100 * (level[1] / level[0] - 1))
    assert said(rows, "baseline", "gdp_growth", "2023")["KZ", ""] == pytest.approx(by_hand)


def test_stocks_are_those_of_december(closure: Results, rows: list[Row]) -> None:
    december = said(rows, "baseline", "fdi_stock_from_china", "2022-12")
    assert said(rows, "baseline", "fdi_stock_from_china", "2022") == december


def test_gas_goes_to_the_markets_that_each_state_has(closure: Results) -> None:
    places, _ = gas_exports(base_look(closure))
    assert {("TM", "CN"), ("TM", "RU"), ("UZ", "CN"), ("KZ", "CN")} <= set(places)


def test_a_look_at_the_base_year_has_one_month(closure: Results) -> None:
    look: Look = base_look(closure)
    assert gdp(look)[1].shape == (1, closure.members, 5)


@pytest.mark.parametrize("count", [1, 2, 7, 200])
def test_bands_are_numpys_percentiles(count: int) -> None:
    members = np.random.default_rng(count).normal(size=(3, count, 4))
    for found, rank in zip(bands(members), (5, 50, 95), strict=True):
        np.testing.assert_allclose(found, np.percentile(members, rank, axis=1), rtol=1e-12)
