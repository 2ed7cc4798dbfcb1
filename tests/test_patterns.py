"""Patterns: what the articles report is read in runs by formulas, and judged by bands."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.cli import main
from sim.errors import InputError
from sim.reading import tables
from sim.region import Region
from sim.study.formula import BASE, Term, formula
from sim.study.pattern_table import known_since, read_patterns, variants
from sim.study.patterns import (
    HELD_BACK,
    NOT_SCORED,
    TO_FIT,
    Judged,
    Pattern,
    Runs,
    judged,
    persisting,
    play,
    rate,
)

MEMBERS = 12


@pytest.fixture(scope="module")
def patterns(region: Region) -> tuple[Pattern, ...]:
    return read_patterns(region)


@pytest.fixture(scope="module")
def runs(region: Region, patterns: tuple[Pattern, ...]) -> Runs:
    arms = variants(region)
    assert arms[0].baseline is not None
    return play(region, arms[0].baseline, arms, patterns, MEMBERS)


# Formulas ---------------------------------------------------------------------------------------


def value(region: Region, text: str, array: np.ndarray) -> list[float]:
    """Return a formula of one term, for an array in the place of what it reads."""
    return formula(text, region, ("without",)).value(lambda term: term.of(array)).tolist()


def test_a_term_reads_one_place_of_a_quantity(region: Region) -> None:
    threat = np.arange(30.0).reshape(1, 5, 6)  # state, partner
    assert value(region, "threat.KGZ.USA@2022-03", threat) == [1 * 6 + 2]


def test_several_labels_are_folded_in_the_order_of_the_region(region: Region) -> None:
    threat = np.arange(30.0).reshape(1, 5, 6)
    assert value(region, "mean(threat.KAZ|TJK.RUS@base)", threat) == [(0 + 12) / 2]
    assert value(region, "most(threat.*.CHN@base)", threat) == [4 * 6 + 1]
    assert value(region, "total(least(threat.UZB@base) + threat.KAZ.*@base)", threat) == [
        6 * 24 + 0 + 1 + 2 + 3 + 4 + 5
    ]


def test_months_stand_before_labels(region: Region) -> None:
    months = np.array([[[1.0, 5.0, 0.0, 0.0, 0.0], [2.0, 5.0, 0.0, 0.0, 0.0], [3.0] * 5]])
    span = "threat.*.RUS@2022-01..2022-03"

    def found(text: str) -> list[float]:
        return formula(text, region, ()).value(lambda _: months).tolist()

    assert found(f"most(over_time({span}))") == [(5 + 5 + 3) / 3]
    assert found(f"mean(most({span}))") == [(5 + 5 + 3) / 3]
    assert found(f"all(over_time({span}) >= 1)") == [1.0]
    assert found(f"all({span} >= 1)") == [0.0]


def test_what_divides_by_nothing_gives_no_number(region: Region) -> None:
    found = formula("gdp.KAZ@base / gdp.KGZ@base", region, ())
    arrays = {(0,): np.array([1.0, 1.0]), (1,): np.array([2.0, 0.0])}
    told = found.value(lambda term: arrays[term.places[0]])
    assert told[0] == 0.5
    assert np.isnan(told[1])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tie.KAZ.security.RUS@base", "'tie' is no quantity"),
        ("ties.KAZ.sekurity.RUS@base", "'sekurity' is no domain"),
        ("ties.KAZ.security.RUS.CHN@base", "has the axes state, domain, partner"),
        ("gdp.KAZ@2022-13", "a term is QUANTITY.LABELS@TIME"),
        ("gdp.KAZ@2022-03/elsewhere", "'elsewhere' is no run"),
        ("gdp.KAZ@base - ", "cannot be read as a formula"),
        ("gdp.*@base", "several numbers a member"),
        ("mean(gdp.KAZ@base)", "nothing to fold"),
        ("open(gdp.KAZ@base)", "a formula has"),
        ("gdp.KAZ@base ** 2", "a formula has"),
        ("1 < gdp.KAZ@base < 2", "a formula has"),
    ],
)
def test_a_formula_that_says_nothing_is_refused(region: Region, text: str, message: str) -> None:
    with pytest.raises(InputError, match="The formula") as wrong:
        formula(text, region, ("without",))
    assert message in str(wrong.value)


# Judging ----------------------------------------------------------------------------------------


def test_a_pattern_is_shown_by_the_share_of_members_that_it_asks_for(
    patterns: tuple[Pattern, ...],
) -> None:
    half = replace(patterns[0], low=0.0, high=1.0, share=0.5)
    assert Judged(half, np.array([0.0, 1.0, 2.0, np.nan])).within == 0.5
    assert Judged(half, np.array([0.0, 1.0, 2.0, np.nan])).held
    assert not Judged(half, np.array([0.5, 2.0, 2.0])).held
    assert not Judged(half, np.full(3, np.nan)).held


def test_rates_count_patterns_and_voices(patterns: tuple[Pattern, ...]) -> None:
    one = replace(patterns[0], low=0.0, high=1.0, voices=3)
    other = replace(one, voices=1)
    some = [Judged(one, np.zeros(2)), Judged(other, np.full(2, 9.0))]
    assert rate(some) == 0.5
    assert rate(some, weighted=True) == 0.75


def test_in_the_base_year_for_ever_nothing_changes(
    patterns: tuple[Pattern, ...], runs: Runs
) -> None:
    still = {one.pattern.code: one for one in persisting(patterns, runs)}
    assert (still["slow_turn_kaz"].values == 0.0).all()
    assert (still["storm_loss"].values == 0.0).all()
    assert (still["caspian_containers"].values == 1.0).all()
    assert not still["china_economy_kaz"].values.any()


def test_a_term_is_read_in_its_month_and_its_run(runs: Runs) -> None:
    threat = runs.courses[""].months.threat  # (month, member, state, partner)
    month = runs.months.index("2022-07")
    one = Term("threat", ((0,), (0,)), (False, False), "2022-07", "")
    assert (runs.read(one) == threat[month, :, 0, 0]).all()
    span = replace(one, time="2022-06..2022-08")
    assert (runs.read(span) == threat[month - 1 : month + 2, :, 0, 0].T).all()
    without = replace(one, run="no_order")
    assert (runs.read(without) < runs.read(one)).all()
    base = replace(one, time=BASE)
    assert (runs.read(base) == runs.base["threat"][:, 0, 0]).all()


def test_all_patterns_give_numbers(patterns: tuple[Pattern, ...], runs: Runs) -> None:
    for one in judged(patterns, runs):
        assert np.isfinite(one.values).mean() > 0.5, one.pattern.code


# The table --------------------------------------------------------------------------------------


def test_there_are_patterns_enough_of_every_article_actor_and_domain(
    region: Region, patterns: tuple[Pattern, ...]
) -> None:
    scored = [one for one in patterns if one.half != NOT_SCORED]
    assert len({one.measure.text for one in scored}) >= 60
    articles = {fact.partition("-")[0] for one in scored for fact in one.facts}
    assert articles == {"N23", "N24", "VOA", "WSJ", "RFI"}
    read = " ".join(one.measure.text for one in scored)
    for actor in (*region.states, *region.powers):
        assert actor in read
    for domain in ("security", "economic", "flow."):
        assert domain in read
    assert min(sum(one.half == half for one in scored) for half in (TO_FIT, HELD_BACK)) >= 20


def test_every_variant_of_the_history_is_read_by_a_pattern(
    region: Region, patterns: tuple[Pattern, ...]
) -> None:
    read = {term.run for one in patterns for term in one.measure.terms} - {""}
    assert read == {str(arm.arm) for arm in variants(region)}


@pytest.mark.parametrize(
    ("when", "written", "known"),
    [
        ("2022-03-23", "2022-07-10", "2022-03"),
        ("2022", "2023-05-20", "2022-12"),
        ("2022-2023", "2023-05-20", "2023-05"),
        ("2022-2024", "2022-01-20", "2022-01"),
        ("2022 onward", "2022-01-20", "2022-01"),
        ("before 2023", "2023-05-20", "2023-05"),
        ("2022-10/2023-02", "2023-02-28", "2023-02"),
        ("", "2023-02-28", "2023-02"),
    ],
)
def test_a_fact_is_known_when_it_is_over_or_written(when: str, written: str, known: str) -> None:
    assert known_since(when, written) == known


def test_what_knows_of_2023_is_held_back(patterns: tuple[Pattern, ...]) -> None:
    half = {one.code: one.half for one in patterns}
    assert half["storm_loss"] == TO_FIT
    assert half["nobody_votes_yes"] == HELD_BACK  # a vote of February 2023
    assert half["gratitude_passes"] == HELD_BACK  # reads January 2023
    assert half["most_oil_by_cpc"] == NOT_SCORED


@pytest.mark.parametrize(
    ("column", "wrong", "message"),
    [
        ("facts", "WSJ-999", "'WSJ-999' is no fact"),
        ("kind", "guess", "'guess' is no kind of pattern"),
        ("low", "9", "the band ends below its beginning"),
        ("share", "0.2", "no number from 0.5 to 1"),
        ("why", "", "why is missing"),
        ("measure", "gdp.XXX@base", "'XXX' is no state"),
        ("measure", "gdp.KAZ@2031-01", "2031-01 is no time of the history"),
        ("measure", "mean(gdp.KAZ@2023-01..2022-01)", "is no time of the history"),
    ],
)
def test_a_row_that_cannot_be_judged_is_refused_with_its_line(
    region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    column: str, wrong: str, message: str,
) -> None:  # fmt: skip
    home = tmp_path / region.name
    shutil.copytree(tables.REGIONS / region.name, home)
    file = home / "patterns.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    rows[1][column] = wrong
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    monkeypatch.setattr("sim.study.pattern_table.region_folder", lambda name: home)
    with pytest.raises(InputError) as refused:
        read_patterns(region)
    assert message in str(refused.value)
    assert "line 3" in str(refused.value)


# The command ------------------------------------------------------------------------------------


def test_validate_prints_the_rates_and_writes_every_pattern_with_its_facts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], patterns: tuple[Pattern, ...]
) -> None:
    assert main(["validate", "--members", "20", "--out", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "patterns that the rules have to bring about" in printed
    assert "reason to look" in printed[printed.index("\nMissed") :]
    with (tmp_path / "validate" / "tables" / "evidence.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["pattern"] for row in rows} == {one.code for one in patterns}
    assert all(row["key phrase"] and row["outlet"] for row in rows)
    assert (tmp_path / "validate" / "report.html").is_file()
