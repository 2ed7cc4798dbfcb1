"""Hindcast: both histories against figures, with a band of skill, and echoes that count nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.cli import main
from sim.observables import SERIES
from sim.reading.scenarios import read_scenario
from sim.reading.tables import region_folder
from sim.region import Region
from sim.scenario import Scenario
from sim.study.echoes import STATED, THE_BASE_YEAR, echoes, known_before
from sim.study.scores import Observation, Scored, crps, read_observations, scored
from sim.study.skills import Skill, crps_redrawn, draws, pooled_skill, skill_of
from sim.studying.figures_told import NULLS, Score, as_evenly
from sim.studying.hindcast import HISTORIES
from sim.studying.hindcast_told import bears, echoed, history, over, sentences

HERE = Path(__file__).resolve().parent.parent
HEAD = "series,entity,partner,period,value,unit\n"
YEARS = ("2022", "2023", "2024")
MEMBERS = 30


@pytest.fixture(scope="module")
def histories(region: Region) -> dict[str, Scenario]:
    return {
        name: read_scenario(HERE / "scenarios" / f"{name}.yaml", region).resized(members=MEMBERS)
        for name in HISTORIES
    }


def figure(
    period: str, value: float, run: np.ndarray, null: np.ndarray, series: str = "titr_cargo",
    line: int = 2,
) -> Scored:  # fmt: skip
    """Return a figure scored by a run and by persistence."""
    one = Observation(series, "KZ", "", period, value, "Mt", line)
    (found,) = scored([one], {one.key: run}, {"persistence": {one.key: null}})
    return found


def spread(middle: float, width: float = 1.0) -> np.ndarray:
    return middle + width * np.linspace(-1.0, 1.0, MEMBERS)


# The band of a skill ----------------------------------------------------------------------------


def test_a_perfect_run_has_skill_one_whatever_is_drawn() -> None:
    some = [figure(year, 5.0, np.full(MEMBERS, 5.0), spread(3.0)) for year in YEARS]
    drawn = draws(1, MEMBERS, YEARS)
    for found in (skill_of(some, "persistence", drawn), pooled_skill([some], "persistence", drawn)):
        assert (found.number, found.band) == (1.0, (1.0, 1.0))


def test_a_null_against_itself_has_skill_none_whatever_is_drawn() -> None:
    some = [figure(year, 5.0, spread(3.0), spread(3.0)) for year in YEARS]
    drawn = draws(1, MEMBERS, YEARS)
    for found in (skill_of(some, "persistence", drawn), pooled_skill([some], "persistence", drawn)):
        assert (found.number, found.band) == (0.0, (0.0, 0.0))


def test_members_that_are_drawn_so_often_are_scored_as_if_they_stood_there_so_often() -> None:
    members, taken = np.array([4.0, 1.0, 2.5]), np.array([[1, 1, 1], [2, 0, 1], [0, 3, 0]])
    found = crps_redrawn(members, 2.0, taken.astype(float))
    for row, often in zip(found, taken, strict=True):
        assert row == pytest.approx(crps(np.repeat(members, often), 2.0))


def test_the_skill_itself_is_that_of_years_and_members_as_they_are() -> None:
    some = [figure("2022", 5.0, spread(4.0), spread(2.0)), figure("2023", 5.0, *[spread(3.0)] * 2)]
    run, null = sum(one.score for one in some), sum(one.nulls["persistence"] for one in some)
    found = skill_of(some, "persistence", draws(1, MEMBERS, YEARS))
    assert found.number == pytest.approx(1.0 - run / null)
    assert (found.figures, found.years) == (2, 2)
    assert found.band is not None
    assert found.band[0] <= found.number <= found.band[1]


def test_the_band_reaches_from_the_worse_year_to_the_better_one() -> None:
    sure = np.ones(MEMBERS)
    better = figure("2022", 5.0, 4.0 * sure, 3.0 * sure)
    worse = figure("2023", 5.0, 1.0 * sure, 3.0 * sure)
    found = skill_of([better, worse], "persistence", draws(1, MEMBERS, YEARS))
    assert found.band == pytest.approx((-1.0, 0.5))


def test_five_figures_of_a_year_that_are_one_thing_make_no_band_narrower() -> None:
    one = [figure("2022", 5.0, spread(4.0), spread(2.0)), figure("2023", 5.0, spread(2.0),
           spread(4.0))]  # fmt: skip
    drawn = draws(1, MEMBERS, YEARS)
    assert skill_of(5 * one, "persistence", drawn).band == pytest.approx(
        skill_of(one, "persistence", drawn).band
    )


def test_from_one_year_there_is_no_band() -> None:
    some = [figure(f"2022-{month:02d}", 5.0, spread(4.0), spread(2.0)) for month in range(1, 13)]
    found = skill_of(some, "persistence", draws(1, MEMBERS, YEARS))
    assert found.number > 0.0
    assert found.band is None


def test_units_drop_out_where_series_are_put_together() -> None:
    def groups(unit: float) -> list[list[Scored]]:
        first = [figure(year, 5.0, spread(4.0), spread(2.0)) for year in YEARS]
        other = [
            figure(year, 5.0 * unit, unit * spread(2.0), unit * spread(4.0), "kz_cn_rail_freight")
            for year in YEARS
        ]
        return [first, other]

    drawn = draws(1, MEMBERS, YEARS)
    plain, large = (pooled_skill(groups(unit), "persistence", drawn) for unit in (1.0, 1e3))
    assert plain.number == pytest.approx(large.number)
    assert plain.number == pytest.approx(0.0)  # as much nearer in one as farther in the other
    one = groups(1.0)[0]
    assert pooled_skill([one], "persistence", drawn).number == pytest.approx(
        skill_of(one, "persistence", drawn).number
    )


def test_a_series_in_which_nothing_moves_does_not_count_for_the_whole() -> None:
    moved = [figure(year, 5.0, spread(4.0), spread(2.0)) for year in YEARS]
    rest = [figure(year, 1.0, *[np.ones(MEMBERS)] * 2, "membership") for year in YEARS]
    drawn = draws(1, MEMBERS, YEARS)
    both = pooled_skill([moved, rest], "persistence", drawn)
    assert both == pooled_skill([moved], "persistence", drawn)
    assert np.isnan(pooled_skill([rest], "persistence", drawn).number)
    assert np.isnan(skill_of(rest, "trend", drawn).number)


def test_an_exact_null_outweighs_all_of_its_own_series_and_not_of_others() -> None:
    exact = [figure(year, 5.0, spread(4.0), np.full(MEMBERS, 5.0)) for year in YEARS]
    other = [figure(year, 5.0, np.full(MEMBERS, 5.0), spread(2.0), "membership") for year in YEARS]
    drawn = draws(1, MEMBERS, YEARS)
    assert skill_of(exact, "persistence", drawn).number == -np.inf
    assert pooled_skill([exact, other], "persistence", drawn).number == pytest.approx(0.0)


def test_draws_are_the_same_for_a_seed_and_others_for_another() -> None:
    one, again, other = (draws(seed, MEMBERS, YEARS) for seed in (1, 1, 2))
    assert (one.members == again.members).all()
    assert (one.members != other.members).any()
    assert (one.members.sum(axis=1) == MEMBERS).all()
    assert (np.stack(list(one.years.values())).sum(axis=0) == len(YEARS)).all()


# Echoes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("series", "entity", "partner", "period", "shocks", "every"),
    [
        ("gdp_growth", "KZ", "", "2022", ("growth_kaz",), ("growth_kaz",)),
        ("trade_turnover_ns", "KZ", "CN", "2023", ("chinese_trade",), ("chinese_trade",)),
        ("trade_turnover_gacc", "CA5", "CN", "2023", ("chinese_trade",), ("chinese_trade",)),
        ("trade_turnover_ns", "KZ", "RU", "2023", (), ()),
        ("milex_pct_gdp", "KZ", "", "2022", (), ("kaz_defence_budget",)),
        ("milex_pct_gdp", "KZ", "", "2022-03", (), ()),  # before the budget was raised
        ("milex_pct_gdp", "UZ", "", "2023", (), ()),
        ("fdi_stock_from_china", "KG", "CN", "2023", ("chinese_investment_others",),
         ("chinese_investment_others",)),
        ("titr_cargo", "TITR", "", "2023", (), ()),  # a capacity is a cause
        ("gdp_growth", "KZ", "", "2021", (THE_BASE_YEAR,), (THE_BASE_YEAR,)),
    ],
)  # fmt: skip
def test_a_figure_is_an_echo_where_an_event_sets_its_own_quantity(
    region: Region, histories: dict[str, Scenario], series: str, entity: str, partner: str,
    period: str, shocks: tuple[str, ...], every: tuple[str, ...],
) -> None:  # fmt: skip
    one = Observation(series, entity, partner, period, 1.0, "", 7)
    found = [echoes([one], history, region).get(7, ()) for history in histories.values()]
    assert found == [shocks, every]


def test_a_figure_is_an_echo_where_an_event_rests_on_its_own_report(
    region: Region, histories: dict[str, Scenario]
) -> None:
    one = Observation("titr_cargo", "TITR", "", "2022", 1.0, "Mt", 7, source="WSJ-060")
    shocks, every = (echoes([one], history, region) for history in histories.values())
    assert shocks == {}
    assert every == {7: ("route_order",)}


def test_what_events_state_are_series() -> None:
    assert {name for own in STATED.values() for name in own} <= {one.name for one in SERIES}


def test_the_articles_own_figures_are_no_echo_but_were_known_before(
    region: Region, histories: dict[str, Scenario]
) -> None:
    figures = read_observations(region_folder(region.name) / "observed_articles.csv")
    assert all(echoes(figures, history, region) == {} for history in histories.values())
    assert known_before(figures, region) == {one.line for one in figures}
    elsewhere = replace(figures[0], source="N23-001")
    assert known_before([elsewhere], region) == set()


def scored_history(scenario: Scenario, figures: list[Scored]) -> Score:
    seen = tuple(one.observed for one in figures)
    return Score(scenario, ("2022-01",), "figures.csv", seen, tuple(figures))


def test_an_echo_is_counted_for_nothing(region: Region, histories: dict[str, Scenario]) -> None:
    scenario = histories["history_2022_2024"]
    own = [figure("2022", 5.0, spread(4.0), spread(2.0)), figure("2023", 5.0, *[spread(2.0)] * 2)]
    perfect = figure("2024", 3.7, np.full(MEMBERS, 3.7), np.zeros(MEMBERS), "gdp_growth", line=9)
    without = history("all events", scored_history(scenario, own), region)
    with_echo = history("all events", scored_history(scenario, [*own, perfect]), region)
    assert with_echo.stated == {9: ("growth_kaz",)}
    assert with_echo.counted == without.counted
    assert with_echo.pooled["persistence"] == without.pooled["persistence"]
    assert [over(null, [with_echo]) for null in NULLS] == [over(null, [without]) for null in NULLS]
    assert "1 with all events (gdp_growth)" in echoed([with_echo])
    alone = history("all events", scored_history(scenario, [perfect]), region)
    told = sentences([alone], region)
    assert "Nothing is left" in bears([alone])
    assert not any("Skill" in one or "Within" in one for one in told)


def test_a_skill_that_may_be_none_is_told_so(
    region: Region, histories: dict[str, Scenario]
) -> None:
    one = history(
        "all events",
        scored_history(
            histories["history_2022_2024"],
            [figure("2022", 5.0, *[spread(4.0), spread(2.0)]), figure("2023", 5.0, spread(2.0),
             spread(4.0))],
        ),
        region,
    )  # fmt: skip
    assert "not to be told from none" in over("persistence", [one])
    sure = replace(one, pooled={"persistence": Skill(0.5, (0.2, 0.7), 2, 2)})
    assert "0.50 with all events (2 figures, band 0.20 to 0.70)" in over("persistence", [sure])


def test_a_drawing_takes_the_first_figures_of_every_series_as_evenly_as_there_are() -> None:
    many = [figure("2022", float(k), spread(4.0), spread(2.0), line=k) for k in range(9)]
    found = as_evenly({"long": many, "short": many[:2]}, 6)
    assert {name: len(own) for name, own in found.items()} == {"long": 4, "short": 2}
    assert as_evenly({"a": many[:1], "b": many[:1], "c": many[:1]}, 2).keys() == {"a", "b"}


# The command ------------------------------------------------------------------------------------

OWN = HEAD + (
    "gdp_growth,KZ,,2022,3.0,%\n"
    "titr_cargo,TITR,,2022,2.0,Mt\n"
    "titr_cargo,TITR,,2023,2.0,Mt\n"
    "milex_pct_gdp,KZ,,2023,1.0,% of GDP\n"
    "titr_cargo,TITR,,2031,2.0,Mt\n"
)


def test_both_histories_are_told_side_by_side_and_echoes_are_marked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.csv"
    file.write_text(OWN, encoding="utf-8")
    assert main(["hindcast", str(file), "--members", "8", "--out", str(tmp_path)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "1 with shocks only (gdp_growth)" in printed
    assert "2 with all events (gdp_growth and milex_pct_gdp)" in printed
    assert "the run says nothing of it: titr_cargo of TITR, 2031" in printed
    made = tmp_path / "hindcast"
    kept = json.loads((made / "summary.json").read_text("utf-8"))
    row = next(one for one in kept["tables"]["figures"] if one["series"] == "milex_pct_gdp")
    assert row["all events: stated by"] == "kaz_defence_budget"
    assert row["shocks only: stated by"] == ""
    of_all = [one for one in kept["tables"]["skill"] if one["series"] == "all"]
    assert {one["run"]: one["figures"] for one in of_all if one["null"] == "persistence"} == {
        "history_shocks_only": 3, "history_2022_2024": 2,
    }  # fmt: skip
    assert (made / "figures" / "observed.svg").is_file()


def test_the_same_question_gives_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for where in ("one", "other"):
        folder = tmp_path / where
        assert main(["hindcast", "--members", "6", "--out", str(folder), "--quiet"]) == 0
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        made.append({str(file.relative_to(folder)): file.read_bytes() for file in files})
    assert made[0] == made[1]
    assert {"hindcast/report.html", "hindcast/tables/skill.csv"} <= made[0].keys()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "titr_cargo,TITR,,2022,much,Mt\n", "line 2: value: 'much' is no number"),
        (HEAD + "titr_cargo,TITR,,2022,2,kt\n", "line 2: titr_cargo is in Mt here, not in kt"),
        (HEAD + "titr_cargo,KZ,,2022,2,Mt\n", "line 2: 'KZ' is no entity"),
        ("series,entity,partner\n", "line 1: lacks the columns period, value, unit"),
    ],
)
def test_a_bad_file_ends_with_exit_status_2_and_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    file = tmp_path / "own.csv"
    file.write_text(text, encoding="utf-8")
    asked = ["hindcast", str(file), "--members", "2", "--out", str(tmp_path)]
    assert main(asked) == 2
    assert message in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "hindcast").exists()
