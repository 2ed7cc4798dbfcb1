"""Scores: a run against figures from outside, beside nulls that know less."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from sim.cli import main
from sim.errors import InputError
from sim.observables import SERIES
from sim.reading.scenarios import read_scenario
from sim.reading.tables import region_folder
from sim.region import Region
from sim.results import Results, compare
from sim.study.scores import (
    Observation,
    Scored,
    banded,
    brier,
    crps,
    nulls_of,
    persistence,
    random_walk,
    read_observations,
    said,
    scored,
    skill,
    slopes,
    years_on,
)

HERE = Path(__file__).resolve().parent.parent
HEAD = "series,entity,partner,period,value,unit\n"
OIL = "kz_oil_export_total,KZ,,2022,{},Mt\n"


@pytest.fixture(scope="module")
def history(region: Region) -> Results:
    scenario = read_scenario(HERE / "scenarios" / "history_shocks_only.yaml", region)
    return compare(region, scenario.resized(members=40, months=24))


def figure(value: float, members: np.ndarray, **nulls: float) -> Scored:
    one = Observation("gdp_growth", "KZ", "", "2022", value, "%", 2)
    return Scored(one, members, crps(members, value), nulls)


# Scores -----------------------------------------------------------------------------------------


def test_a_lone_member_is_scored_by_its_distance() -> None:
    assert crps(np.array([3.0]), 5.0) == 2.0


def test_two_members_are_scored_by_distance_less_half_of_their_own() -> None:
    assert crps(np.array([1.0, 3.0]), 2.0) == pytest.approx(1.0 - 2.0 / 4.0)


def test_many_normal_members_have_the_known_score() -> None:
    ranks = (np.arange(20_000) + 0.5) / 20_000
    members, value = norm.ppf(ranks), 0.7
    known = value * (2 * norm.cdf(value) - 1) + 2 * norm.pdf(value) - 1 / np.sqrt(np.pi)
    assert crps(members, value) == pytest.approx(known, abs=1e-3)


def test_the_score_is_the_area_between_both_distributions() -> None:
    members, value = np.array([0.0, 1.0, 1.5, 4.0]), 2.0

    def gap(x: float) -> float:
        return float((np.mean(members <= x) - (value <= x)) ** 2)

    area = quad(gap, -1.0, 5.0, points=[0.0, 1.0, 1.5, 2.0, 4.0])[0]
    assert crps(members, value) == pytest.approx(area, abs=1e-9)


def test_a_figure_is_covered_by_the_band_of_nine_in_ten_members() -> None:
    members = np.linspace(0.0, 1.0, 101)
    assert figure(0.05, members).covered
    assert not figure(0.04, members).covered
    assert figure(1.04, members).beyond == pytest.approx(0.1)
    assert figure(1.0, np.ones(5)).covered


def test_a_vote_is_scored_by_the_mean_propensity_as_if_each_member_cast_one() -> None:
    propensity = np.array([0.1, 0.2, 0.6])
    assert brier(propensity, 0.0) == pytest.approx(0.3**2)
    cast = np.array([1.0] * 3 + [0.0] * 7)  # three in ten vote so
    assert brier(propensity, 1.0) == pytest.approx(crps(cast, 1.0))
    vote = Observation("ukraine_vote_yes_share", "KZ", "WITHDRAWAL", "2023-02", 0.0, "", 2)
    part = replace(vote, value=0.4)
    assert [one.is_vote for one in (vote, part)] == [True, False]
    some = scored([vote], {vote.key: propensity}, {"persistence": {vote.key: np.array([0.1])}})
    assert skill(some, "persistence") == pytest.approx(1.0 - 0.3**2 / 0.1**2)
    assert banded(some) == []


def test_skill_is_none_where_the_null_is_as_near_and_one_where_the_run_is_exact() -> None:
    members = np.array([3.0])
    assert skill([figure(5.0, members, persistence=2.0)], "persistence") == 0.0
    assert skill([figure(3.0, members, persistence=2.0)], "persistence") == 1.0
    assert skill([figure(5.0, members, persistence=1.0)], "persistence") == -1.0
    assert np.isnan(skill([figure(5.0, members)], "trend"))


# Nulls ------------------------------------------------------------------------------------------


def test_persistence_says_the_base_year_of_every_year(history: Results) -> None:
    still = said(history, "scenario", persistence)
    oil = {year: still["kz_oil_export_total", "KZ", "", year] for year in ("2021", "2022", "2023")}
    assert oil["2022"] == pytest.approx(oil["2021"], rel=1e-12)
    assert oil["2023"] == pytest.approx(oil["2021"], rel=1e-12)
    assert still["gdp_growth", "KZ", "", "2023"] == pytest.approx(np.zeros(40), abs=1e-10)


def test_a_random_walk_begins_in_the_base_year_and_spreads_with_time(history: Results) -> None:
    series = next(one for one in SERIES if one.name == "titr_cargo")
    base = np.full((1, 2_000, 1), 5.0)
    moves = np.random.default_rng(1).normal(size=(24, 2_000, 1))
    path = random_walk(7, series, base, base + np.cumsum(moves, axis=0))
    assert path[0].mean() == pytest.approx(5.0, abs=0.1)
    assert path[0].std() == pytest.approx(1.0, rel=0.1)
    assert path[23].std() == pytest.approx(np.sqrt(24.0), rel=0.1)
    again = random_walk(7, series, base, base + np.cumsum(moves, axis=0))
    assert (path == again).all()


def test_a_trend_goes_on_as_in_the_years_before(region: Region, history: Results) -> None:
    before = read_observations(region_folder(region.name) / "observed_before.csv")
    nulls = nulls_of(history, "scenario", before)
    place = ("unga_agreement", "KZ", "RU")
    slope = slopes(before)[(*place, "")]
    base, later = (nulls["trend"][(*place, year)] for year in ("2021", "2023"))
    assert later - base == pytest.approx(np.full(40, 2.0 * slope))
    assert (nulls["trend"][(*place, "2021")] == nulls["persistence"][(*place, "2021")]).all()
    assert ("titr_cargo", "TITR", "", "2022") not in nulls["trend"]


def test_years_before_rise_by_their_slope() -> None:
    some = [Observation("x", "KZ", "", str(y), 3.0 * y, "u", y) for y in (2015, 2018, 2021)]
    assert slopes(some)["x", "KZ", "", ""] == pytest.approx(3.0)
    assert slopes(some[:2]) == {}
    assert years_on("2021") == 0.0
    assert years_on("2023") == 2.0
    assert years_on("2022-01") == pytest.approx(0.5 + 0.5 / 12)


# A run against itself ---------------------------------------------------------------------------


def test_a_world_that_is_one_of_the_members_is_covered_and_scored_well(history: Results) -> None:
    own = said(history, "scenario")
    keys = [key for key in own if key[3] in ("2022", "2023") and np.ptp(own[key]) > 0.0]
    world = [Observation(*key, float(own[key][7]), "", k) for k, key in enumerate(keys)]
    figures = scored(world, own, nulls_of(history, "scenario", ()))
    assert len(figures) == len(keys) > 100
    assert 0.75 < np.mean([one.covered for one in figures]) <= 1.0


def test_what_the_run_says_nothing_of_is_not_scored(history: Results) -> None:
    there = Observation("gdp_growth", "KZ", "", "2022", 1.0, "%", 2)
    later = Observation("gdp_growth", "KZ", "", "2031", 1.0, "%", 3)
    assert [one.observed for one in scored([there, later], said(history, "scenario"), {})] == [
        there
    ]


# The file and the command -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("series,entity,period,value,unit\n", "line 1: lacks the column partner"),
        ("series,entity,period,value\n", "line 1: lacks the columns partner, unit"),
        (HEAD, "holds no observation"),
        (HEAD + OIL.format("much"), "line 2: value: 'much' is no number\n"),
        (HEAD + OIL.format("6e13"), "line 2: value: '6e13' is beyond all measure"),
        (HEAD + ",KZ,,2022,1,Mt\n", "line 2: series is missing"),
        (HEAD + "a,b\n", "line 2: has 2 cells"),
        ("", "is empty; its first line is series,entity"),
        (HEAD.replace(",", ";"), "line 1: its columns stand between semicolons"),
        (HEAD + OIL.format('"64,2"'), "line 2: value: '64,2': write a decimal point"),
        (HEAD + OIL.format(64) * 2, "line 3: kz_oil_export_total KZ 2022 is already on line 2"),
        (HEAD + "a,KZ,,2022-13,1,Mt\n", "line 2: period: '2022-13' is no year"),
    ],
)
def test_a_file_that_is_no_table_of_figures_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "figures.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as wrong:
        read_observations(file)
    assert message in f"{wrong.value}\n"


def test_figures_in_another_unit_or_of_no_series_are_refused_with_exit_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.csv"
    file.write_text(HEAD + "kz_oil_export_total,KZ,,2022,64000,kt\n", encoding="utf-8")
    assert main(["score", str(file), "--out", str(tmp_path)]) == 2
    assert "line 2: kz_oil_export_total is in Mt here, not in kt" in capsys.readouterr().err
    file.write_text(HEAD + "oil,KZ,,2022,64,Mt\n", encoding="utf-8")
    assert main(["score", str(file), "--out", str(tmp_path)]) == 2
    assert "line 2: 'oil' is no series" in capsys.readouterr().err
    file.write_text(HEAD + "kz_oil_export_total,KAZ,,2022,64,Mt\n", encoding="utf-8")
    assert main(["score", str(file), "--out", str(tmp_path)]) == 2
    assert "line 2: 'KAZ' is no entity. Did you mean 'KZ'?" in capsys.readouterr().err
    file.write_text(HEAD + "kz_oil_export_total,KZ,,1999,64,Mt\n", encoding="utf-8")
    assert main(["score", str(file), "--out", str(tmp_path)]) == 2
    assert "line 2: the run says nothing of 1999" in capsys.readouterr().err


def test_a_saved_run_is_scored_in_its_own_size(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    size = ["--members", "6", "--months", "12", "--out", str(tmp_path), "--quiet"]
    assert main(["history_shocks_only", *size]) == 0
    file = tmp_path / "figures.csv"
    file.write_text(HEAD + OIL.format(60) + "else,KZ,,2022,1,Mt\n", encoding="utf-8")
    assert main(["score", str(file), "--out", str(tmp_path)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "The run is the one saved in history_shocks_only" in printed
    assert "no such series: else" in printed
    told = json.loads((tmp_path / "history_shocks_only_score" / "manifest.json").read_text("utf-8"))
    assert (told["members"], told["months"]) == (6, 12)
    with (tmp_path / "history_shocks_only_score" / "tables" / "figures.csv").open() as lines:
        (row,) = csv.DictReader(lines)
    with (tmp_path / "history_shocks_only" / "observables.csv").open() as lines:
        saved = next(
            one
            for one in csv.DictReader(lines)
            if (one["run"], one["series"], one["period"])
            == ("scenario", "kz_oil_export_total", "2022")
        )
    assert float(row["p05"]) == pytest.approx(float(saved["p05"]), rel=1e-5)
    manifest = tmp_path / "history_shocks_only" / "manifest.json"
    kept = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps({**kept, "region_sha256": "other"}), encoding="utf-8")
    assert main(["score", str(file), "--out", str(tmp_path)]) == 2
    assert "made of another scenario file or region" in capsys.readouterr().err
    manifest.write_text("{", encoding="utf-8")
    assert main(["score", str(file), "--out", str(tmp_path)]) == 2
    assert "is damaged" in capsys.readouterr().err
    shutil.rmtree(tmp_path / "history_shocks_only")


def test_without_a_file_the_figures_of_the_articles_are_scored(
    region: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = region_folder(region.name)
    figures = read_observations(home / "observed_articles.csv")
    with (home / "observed_articles.csv").open(encoding="utf-8") as lines:
        assert {row["source"] for row in csv.DictReader(lines)} <= set(region.facts)
    assert main(["score", "--out", str(tmp_path)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert f"{len(figures)} figures are scored" in printed
    assert "Each of them was known before" in printed
    assert (tmp_path / "history_shocks_only_score" / "figures" / "observed.svg").is_file()


def test_every_series_is_described_with_its_unit() -> None:
    page = (HERE / "docs" / "scoring.md").read_text("utf-8")
    for series in SERIES:
        assert f"| `{series.name}` | {series.unit} |" in page
