"""The region as it is written down: what must hold of its evidence, and how bad tables are told."""

from __future__ import annotations

import csv
import io
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputError
from sim.reading.tables import REGIONS, read_region
from sim.region import LedgerRow, Region, bounds, central
from sim.vocabulary import DOMAINS

OIL = ("CPC", "ATYRAU_SAMARA", "KCP", "AKTAU", "RAIL")


@pytest.fixture(scope="module")
def region() -> Region:
    return read_region()


def share(region: Region, state: str, partner: str, name: str = "security_share") -> float:
    """Return a state's share of ties with a partner."""
    ties = central(region, name)[region.states.index(state)]
    return float(ties[region.partners.index(partner)] / ties.sum())


def corridor_flow(region: Region, *corridors: str, commodity: str = "oil") -> float:
    """Return what all routes of some corridors carry of a commodity in the base year."""
    carried = {s.code: s.commodity for s in region.streams}
    flow = central(region, "base_flow")
    return sum(
        float(flow[place])
        for place, route in enumerate(region.routes)
        if route.corridor in corridors and carried[route.stream] == commodity
    )


# --- the region itself --------------------------------------------------------------------------


def test_the_five_states_three_powers_and_three_partners_are_there(region: Region) -> None:
    assert region.states == ("KAZ", "KGZ", "TJK", "TKM", "UZB")
    assert region.powers == ("RUS", "CHN", "USA")
    assert region.partners == ("RUS", "CHN", "USA", "TUR", "EUR", "SOU")
    assert region.bodies == ("CSTO", "EAEU", "SCO", "C5+1")


def test_a_region_is_read_in_a_blink(region: Region) -> None:
    started = time.perf_counter()
    read_region()
    assert time.perf_counter() - started < 0.4  # 0.03 s on a quiet machine


def test_every_number_has_a_range_and_a_source_that_is_listed(region: Region) -> None:
    sources = {source.code for source in region.sources}
    for row in region.ledger:
        assert row.low <= row.central <= row.high
        assert row.source in sources


def test_what_is_judged_has_a_range_wider_than_a_point_and_says_why(region: Region) -> None:
    for row in region.ledger:
        if row.method == "judged":
            assert row.note
            assert row.low < row.high or (row.low, row.high) in ((0.0, 0.0), (1.0, 1.0)), row


def test_every_article_is_cited_by_fact_and_key_phrase(region: Region) -> None:
    articles = {source.code for source in region.sources if source.kind == "article"}
    cited = [row for row in region.ledger if row.source in articles]
    assert len({row.source for row in cited}) == len(articles) == 5
    assert all(row.place in region.facts and row.key_phrase for row in cited)


def test_no_two_reads_of_one_region_differ(region: Region) -> None:
    again = read_region(REGIONS / "central_asia")
    assert again.digest == region.digest
    assert again == region


# --- what the articles and the statistics say of the base year ----------------------------------


def test_kazakh_oil_routes_add_up_to_kazakh_exports(region: Region) -> None:
    assert corridor_flow(region, *OIL) == pytest.approx(65.7)


def test_the_caspian_pipeline_carries_about_four_fifths_of_kazakh_oil(region: Region) -> None:
    assert 0.75 <= corridor_flow(region, "CPC") / corridor_flow(region, *OIL) <= 0.85


def test_the_middle_corridor_carries_what_its_association_reports(region: Region) -> None:
    cargo = corridor_flow(region, "MIDDLE", commodity="freight")
    cargo += corridor_flow(region, "MIDDLE", commodity="transit")
    assert 0.586 <= cargo <= 0.6 + 1e-12
    middle = np.array([route.corridor == "MIDDLE" for route in region.routes])
    boxed = central(region, "base_flow") * central(region, "container_share") * middle
    assert boxed.sum() * central(region, "teu_per_mt") == pytest.approx(25.2)


def test_northern_containers_are_those_remembered_for_2021(region: Region) -> None:
    transit = corridor_flow(region, "NORTH", commodity="transit")
    assert transit * central(region, "teu_per_mt") == pytest.approx(618.0)


def test_no_link_carries_more_than_it_can_even_at_the_ends_of_the_ranges(region: Region) -> None:
    most = bounds(region, "base_flow")[1] @ region.uses
    least = bounds(region, "capacity")[0]
    assert (most <= least + 1e-9).all(), np.array(region.axes["link"])[most > least]


def test_nothing_flows_on_a_railway_that_is_not_built(region: Region) -> None:
    unbuilt = [link.code for link in region.links if link.opened == "unbuilt"]
    assert unbuilt == ["cku_rail"]
    on_it = region.uses[:, region.place("link", "cku_rail")] > 0
    assert on_it.any()
    assert not central(region, "base_flow")[on_it].any()
    assert (central(region, "latent_flow")[on_it] > 0).all()


def test_russia_comes_before_china_in_kyrgyz_and_tajik_security(region: Region) -> None:
    for state in ("KGZ", "TJK"):
        assert share(region, state, "RUS") > share(region, state, "CHN")


def test_china_is_first_in_security_neither_in_turkmenistan_nor_in_uzbekistan(
    region: Region,
) -> None:
    for state in ("TKM", "UZB"):
        assert max(region.partners, key=lambda q: share(region, state, q)) != "CHN"


def test_russia_is_first_in_kazakh_and_uzbek_security(region: Region) -> None:
    for state in ("KAZ", "UZB"):
        assert max(region.partners, key=lambda q: share(region, state, q)) == "RUS"


@pytest.mark.parametrize("power", ["CHN", "USA"])
def test_tajikistan_leans_most_on_chinese_and_on_american_security(
    region: Region, power: str
) -> None:
    assert max(region.states, key=lambda state: share(region, state, power)) == "TJK"


def test_the_united_states_trade_least_of_the_powers_with_all_five(region: Region) -> None:
    for state in region.states:
        by_power = {p: share(region, state, p, "trade_busd") for p in region.powers}
        assert min(by_power, key=by_power.__getitem__) == "USA"


def test_russia_trades_more_with_the_five_than_china_does_by_national_accounts(
    region: Region,
) -> None:
    trade = central(region, "trade_busd").sum(axis=0)
    assert trade[region.partners.index("RUS")] > trade[region.partners.index("CHN")]


def test_chinese_customs_count_forty_nine_and_a_half_billion(region: Region) -> None:
    with_china = central(region, "trade_busd")[:, region.partners.index("CHN")]
    assert (with_china * central(region, "gacc_ratio")).sum() == pytest.approx(49.5, abs=0.1)


def test_remittances_weigh_most_in_kyrgyzstan_then_tajikistan_then_uzbekistan(
    region: Region,
) -> None:
    weight = dict(zip(region.states, central(region, "remittances_pct_gdp"), strict=True))
    assert weight["KGZ"] >= weight["TJK"] > weight["UZB"] > weight["KAZ"]


def test_members_of_the_bodies_are_those_that_the_articles_name(region: Region) -> None:
    member = central(region, "membership")
    members = {
        body: {state for place, state in enumerate(region.states) if member[place, column]}
        for column, body in enumerate(region.bodies)
    }
    assert members == {
        "CSTO": {"KAZ", "KGZ", "TJK"},
        "EAEU": {"KAZ", "KGZ"},
        "SCO": {"KAZ", "KGZ", "TJK", "UZB"},
        "C5+1": set(region.states),
    }


def test_only_kazakhstan_borders_russia(region: Region) -> None:
    border = central(region, "border")[:, region.partners.index("RUS")]
    assert list(border > 0) == [True, False, False, False, False]


def test_kyrgyzstan_distrusts_china_most(region: Region) -> None:
    distrust = central(region, "distrust")[:, region.partners.index("CHN")]
    assert region.states[int(distrust.argmax())] == "KGZ"


def test_moscow_keeps_rulers_and_beijing_vouches_for_borders_against_moscow(
    region: Region,
) -> None:
    works = dict(zip(region.partners, central(region, "effectiveness"), strict=True))
    regime, border, sovereignty = range(3)
    assert works["RUS"][regime] > works["CHN"][regime] > works["USA"][regime]
    assert works["RUS"][border] >= works["CHN"][border] > works["USA"][border]
    assert works["CHN"][sovereignty] > works["USA"][sovereignty] > works["RUS"][sovereignty] == 0
    assert works["TUR"][sovereignty] > works["RUS"][sovereignty]


# --- what the contests need to settle -----------------------------------------------------------


def contest_shares(region: Region, power: str, power_end: int, others_end: int) -> np.ndarray:
    """Return a power's share of each contest with itself and the others at ends of the ranges."""
    ends = bounds(region, "effort")
    place = region.partners.index(power)
    own = ends[power_end][place]
    others = ends[others_end].sum(axis=0) - ends[others_end][place]
    return np.asarray(own / (own + others))


def test_no_power_holds_more_than_four_fifths_of_a_contest_in_any_draw(region: Region) -> None:
    for power in region.powers:
        assert contest_shares(region, power, 1, 0).max() <= 0.80


def test_passive_partners_hold_a_tenth_of_every_contest_in_any_draw(region: Region) -> None:
    low, high = bounds(region, "effort")
    powers = len(region.powers)
    passive, active = low[powers:].sum(axis=0), high[:powers].sum(axis=0)
    assert (passive / (passive + active)).min() >= 0.10


def test_russia_spends_most_on_security_and_china_most_elsewhere(region: Region) -> None:
    spent = central(region, "effort").sum(axis=1)
    of = dict(zip(region.partners, spent, strict=True))
    security, economic, routes = (DOMAINS.index(d) for d in ("security", "economic", "routes"))
    assert of["RUS"].argmax() == security
    assert of["CHN"][economic] + of["CHN"][routes] > of["CHN"][security]
    assert of["USA"][routes] == 0
    assert of["USA"].sum() < of["CHN"].sum()


# --- arrays -------------------------------------------------------------------------------------


def test_arrays_have_the_shape_of_their_axes_and_nothing_where_there_is_no_tie(
    region: Region,
) -> None:
    for name, attribute in region.attributes.items():
        shape = tuple(len(region.axes[axis]) for axis in attribute.axes)
        low, high = bounds(region, name)
        assert central(region, name).shape == low.shape == high.shape == shape
    assert central(region, "restraint").tolist() == [0.0, 0.7, 0.0]


# --- bad tables ---------------------------------------------------------------------------------


def broken(tmp_path: Path, table: str, edit: Callable[[str], str]) -> Path:
    """Return a copy of the region in which one table was edited."""
    folder = tmp_path / "region"
    shutil.copytree(REGIONS / "central_asia", folder)
    path = folder / f"{table}.csv"
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def message(folder: Path) -> str:
    """Return what is said about a region that cannot be used."""
    with pytest.raises(InputError) as error:
        read_region(folder)
    return str(error.value)


def row_of(name: str, *keys: str) -> LedgerRow:
    """Return a row of the ledger that we ship."""
    return next(r for r in read_region().ledger if (r.attribute, *r.keys) == (name, *keys))


def cell(line_number: int, column: str, text: str) -> Callable[[str], str]:
    """Return an edit of one cell of the ledger."""

    def edit(table: str) -> str:
        rows = list(csv.reader(io.StringIO(table)))
        rows[line_number - 1][rows[0].index(column)] = text
        written = io.StringIO()
        csv.writer(written, lineterminator="\n").writerows(rows)
        return written.getvalue()

    return edit


LEDGER_FAULTS = [
    ("source", "", "source is missing"),
    ("source", "SIPRI_ARM", "'SIPRI_ARM' is no source of this region. Did you mean 'SIPRI_ARMS'?"),
    ("low", "", "low is missing"),
    ("high", "", "high is missing"),
    ("low", "30", "low 30.0 <= central 24.6 <= high 25.6 fails"),
    ("high", "200000", "23.5 to 200000.0 is out of its bounds, 0.0 to 100000.0"),
    ("central", "nan", "central, low and high are not all finite numbers"),
    ("high", "inf", "central, low and high are not all finite numbers"),
    ("central", "many", "central, low and high are not all finite numbers"),
    ("unit", "USD", "unit 'USD' is not that of the dictionary, bn USD/y"),
    ("method", "guessed", "'guessed' is no method"),
    ("method", "judged", "a judged number rests on an assumption and no other does"),
    ("key1", "KAX", "'KAX' is no state of this region. Did you mean 'KAZ'?"),
    ("key2", "", "trade_busd has 1 keys and needs: state, partner"),
    ("key3", "security", "trade_busd has 3 keys and needs: state, partner"),
    ("attribute", "trade_bus", "is no attribute of the dictionary. Did you mean 'trade_busd'?"),
]


@pytest.mark.parametrize(("column", "text", "told"), LEDGER_FAULTS)
def test_a_fault_in_the_ledger_is_told_with_its_line(
    tmp_path: Path, column: str, text: str, told: str
) -> None:
    line = row_of("trade_busd", "KAZ", "RUS").line
    said = message(broken(tmp_path, "ledger", cell(line, column, text)))
    assert f"line {line}: " in said
    assert told in said
    assert "ledger.csv cannot be used (1 problem)" in said


@pytest.mark.parametrize(
    ("column", "text", "told"),
    [
        ("place", "", "an article is cited without the fact"),
        ("place", "WSJ-999", "'WSJ-999' is no fact of facts.csv. Did you mean"),
        ("place", "RFI-001", "RFI-001 is from RFI2023"),
        ("key_phrase", "", "an article is cited without a key phrase"),
        ("key_phrase", "x" * 100, "key_phrase is longer than 60 characters"),
    ],
)
def test_an_article_must_be_cited_so_that_it_can_be_found(
    tmp_path: Path, column: str, text: str, told: str
) -> None:
    line = row_of("border", "KAZ", "RUS").line
    assert told in message(broken(tmp_path, "ledger", cell(line, column, text)))


def test_an_assumption_must_say_why(tmp_path: Path) -> None:
    line = row_of("netback").line
    said = message(broken(tmp_path, "ledger", cell(line, "note", "")))
    assert "netback: an assumption needs a note that says why" in said


def test_a_number_given_twice_is_told_with_both_lines(tmp_path: Path) -> None:
    first = row_of("netback").line
    said = message(broken(tmp_path, "ledger", lambda t: t + t.splitlines()[first - 1] + "\n"))
    assert f"netback is already on line {first}" in said


def without(*starts: str) -> Callable[[str], str]:
    """Return an edit that takes out the lines that start so."""
    return lambda table: "".join(
        line for line in table.splitlines(keepends=True) if not line.startswith(starts)
    )


def test_a_missing_number_is_told_by_name(tmp_path: Path) -> None:
    said = message(broken(tmp_path, "ledger", without("gdp_busd,TKM", "netback,", "restraint,")))
    assert "gdp_busd has no row for TKM" in said
    assert "netback has no row" in said
    assert "restraint has no row at all" in said


def test_all_faults_of_a_table_are_told_at_once(tmp_path: Path) -> None:
    said = message(broken(tmp_path, "ledger", lambda t: t.replace("judged,A9,", "judged,B9,")))
    assert said.count("'B9' is no source of this region") > 10


def test_a_link_overloaded_in_the_base_year_is_told_with_its_routes(tmp_path: Path) -> None:
    line = row_of("capacity", "kcp").line
    too_small = lambda t: cell(line, "low", "1")(cell(line, "central", "1.5")(t))  # noqa: E731
    said = message(broken(tmp_path, "ledger", too_small))
    assert "kcp carries 2 Mt/y in the base year (KCP_KUMKOL, KCP_WEST)" in said
    assert "above its capacity of 1.5" in said


def test_a_gate_that_nobody_keeps_is_told(tmp_path: Path) -> None:
    line = row_of("gate", "kcp").line
    said = message(broken(tmp_path, "ledger", cell(line, "key1", "munaitas")))
    assert "munaitas has a gate and no gatekeeper" in said
    assert "kcp is kept by CHN and has no gate" in said


def test_a_flow_in_the_unit_of_another_commodity_is_told(tmp_path: Path) -> None:
    line = row_of("base_flow", "CPC").line
    said = message(broken(tmp_path, "ledger", cell(line, "unit", "bcm/y")))
    assert "base_flow: CPC is counted in Mt/y, not bcm/y" in said


LIST_FAULTS = [
    ("dictionary", "netback,,share of worth,0,1,no", "netback,,share of worth,2,1,no", "minimum"),
    ("dictionary", "netback,,", "netback,stat,", "'stat' is no axis. Did you mean 'state'?"),
    ("dictionary", ",friction", ",frictoin", "'frictoin' is no rule. Did you mean 'friction'?"),
    ("actors", "KAZ,KZ,Kazakhstan,state", "KAZ,KZ,Kazakhstan,stat", "kind: 'stat' is no kind"),
    ("actors", "51.17", "91.17", "latitude: '91.17' is no number from -90 to 90"),
    ("actors", "KGZ,KG", "KAZ,KG", "'KAZ' is already on line 2"),
    ("bodies", "RUS", "RU", "leader: 'RU' is no power. Did you mean 'RUS'?"),
    ("commodities", "bcm/y", "bcm", "unit: 'bcm' is no unit of flow. Did you mean 'bcm/y'?"),
    ("streams", "KAZ,oil", "KAZ,oyl", "'oyl' is no commodity. Did you mean 'oil'?"),
    ("links", "1991-12", "1991", "opened: '1991' is neither a month (YYYY-MM) nor unbuilt"),
    ("links", "53.4 46.1;", "53.4;", "path is no list of two points or more"),
    ("routes", "cpc_pipeline", "cpcc_pipeline", "Did you mean 'cpc_pipeline'?"),
    ("routes", "kumkol_feed", "iran_gas", "'iran_gas' carries bcm/y, the stream sends Mt/y"),
    ("sources", "article", "blog", "kind: 'blog' is no kind of source"),
    ("facts", "NYT2023", "NYT2013", "'NYT2013' is no source. Did you mean"),
]


@pytest.mark.parametrize(("table", "right", "wrong", "told"), LIST_FAULTS)
def test_a_fault_in_a_list_is_told(
    tmp_path: Path, table: str, right: str, wrong: str, told: str
) -> None:
    said = message(broken(tmp_path, table, lambda text: text.replace(right, wrong, 1)))
    assert told in said
    assert f"{table}.csv cannot be used" in said


def test_a_link_that_no_route_uses_is_told(tmp_path: Path) -> None:
    said = message(broken(tmp_path, "routes", without("TKM_GAS_SOUTH")))
    assert "link 'iran_gas' is used by no route" in said


def test_a_misspelt_column_and_a_short_row_are_told(tmp_path: Path) -> None:
    said = message(broken(tmp_path, "ledger", lambda text: text.replace("central", "centre", 1)))
    assert "lacks the column central" in said
    assert "'centre' is no column of this table. Did you mean 'central'?" in said
    said = message(broken(tmp_path / "b", "actors", lambda text: text + "XXX,XX\n"))
    assert "has 2 cells where the table has 6 columns" in said


def test_a_table_that_is_missing_empty_or_not_text_is_told(tmp_path: Path) -> None:
    folder = broken(tmp_path, "actors", lambda text: "")
    assert "lacks the columns code, statistics_code" in message(folder)
    (folder / "actors.csv").write_bytes(b"code\xff\xfe")
    assert "is not written in UTF-8" in message(folder)
    (folder / "actors.csv").unlink()
    assert "actors.csv cannot be used" in message(folder)
    (folder / "actors.csv").mkdir()
    assert "cannot be read" in message(folder)


def test_a_region_that_does_not_exist_is_told_with_those_that_do() -> None:
    with pytest.raises(InputError, match="Did you mean 'central_asia'"):
        read_region("central_asai")
