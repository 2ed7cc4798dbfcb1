"""A month on tape is the month: the same numbers to the bit, from fewer operations."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import NAMES, drawn

from sim import ensemble
from sim.arrays import Arrays
from sim.ensemble import Block, Kept, course
from sim.exponentials import exponential
from sim.month import at_rest
from sim.noting import Marked, Notebook, NotRecordable
from sim.reading.scenarios import read_scenario
from sim.region import Region
from sim.situation import DECISIONS, RECORDED, decisions
from sim.timeline import drivers as drivers_of

machine = pytest.importorskip("sim.machine", reason="llvmlite is missing", exc_type=ImportError)
from sim.tape import MAIN, Tape, written  # noqa: E402

FEW = 12

Ask = Callable[[Any], Any]


@pytest.fixture
def on_tape(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Play every run from tape, however short, in tiles of a few members."""
    monkeypatch.setattr(ensemble, "RECORDING_PAYS", 0)
    monkeypatch.setattr(ensemble, "TILE", 5)
    return monkeypatch


def both_ways(
    block: Block, scenario: str, region: Region, held: Arrays | None, patch: pytest.MonkeyPatch
) -> list[ensemble.Course]:
    """Return the course of a run as written and from tape."""
    months = len(block.shocks.price)
    supposed = read_scenario(f"scenarios/{scenario}.yaml", region).resized(months=months)
    drivers = drivers_of(supposed, region, block.draws)
    keep = Kept(("ties", "gdp", "flow"), frozenset({3, months - 1}))
    found = []
    for pays in (10**9, 0):
        patch.setattr(ensemble, "RECORDING_PAYS", pays)
        found.append(course(block, drivers, keep, held))
    return found


def same(one: Arrays, other: Arrays) -> bool:
    return all(np.array_equal(one[name], other[name]) for name in one) and set(one) == set(other)


@pytest.mark.parametrize("name", NAMES)
def test_every_scenario_is_the_same_from_tape_to_the_bit(
    region: Region, name: str, on_tape: pytest.MonkeyPatch
) -> None:
    block = drawn(region, FEW, 30, shocks=True)
    written, taped = both_ways(block, name, region, None, on_tape)
    assert same(written.months, taped.months)
    assert written.whole.keys() == taped.whole.keys()
    assert all(same(written.whole[place], taped.whole[place]) for place in written.whole)


def test_decisions_held_are_held_on_tape(region: Region, on_tape: pytest.MonkeyPatch) -> None:
    block = drawn(region, FEW, 30, shocks=True)
    quiet = drivers_of(
        read_scenario("scenarios/quiet.yaml", region).resized(months=30), region, block.draws
    )
    held = decisions(course(block, quiet, Kept(DECISIONS)).months)
    written, taped = both_ways(block, "cpc_closure", region, held, on_tape)
    assert same(written.months, taped.months)
    free = both_ways(block, "cpc_closure", region, None, on_tape)[1]
    assert not np.array_equal(free.months.ties, taped.months.ties)


def test_what_varies_is_seen_though_nobody_has_told(
    region: Region, on_tape: pytest.MonkeyPatch
) -> None:
    """A study that names too few drivers must not have the others held at their first month."""
    block = drawn(region, FEW, 20, shocks=True)
    supposed = read_scenario("scenarios/cpc_closure.yaml", region).resized(months=20)
    drivers = drivers_of(supposed, region, block.draws)
    keep = Kept(("flow",))
    told, alone = (course(block, drivers, keep, varying=some) for some in ({"price"}, None))
    assert np.array_equal(told.months.flow, alone.months.flow)
    assert not np.array_equal(alone.months.flow[11], alone.months.flow[15])


def test_the_base_year_is_at_rest_on_tape_too(region: Region, on_tape: pytest.MonkeyPatch) -> None:
    world = drawn(region, FEW, 1).world
    rested, written = ensemble.rested(world, recorded=True), at_rest(world)
    assert all(np.array_equal(rested[name], written[name]) for name in RECORDED)


def test_without_compiled_code_months_are_played_as_written(
    region: Region, on_tape: pytest.MonkeyPatch
) -> None:
    block = drawn(region, FEW, 6, shocks=True)
    taped = both_ways(block, "storm_or_order", region, None, on_tape)[1]
    on_tape.setenv("HEDGING_NUMPY_ONLY", "1")
    plain = both_ways(block, "storm_or_order", region, None, on_tape)[1]
    assert same(taped.months, plain.months)


def noted(members: int, *arrays: np.ndarray) -> tuple[Notebook, list[Marked]]:
    book = Notebook(members)
    return book, [book.put_in(("before", str(k)), a, True) for k, a in enumerate(arrays)]


def text_of(made: Marked) -> str:
    return written({"made": made.note})[1][MAIN]


def test_a_tape_repeats_what_was_done_with_other_numbers() -> None:
    first, second = np.arange(12.0).reshape(4, 3), np.ones((4, 3)) / 3
    _, (one, other) = noted(4, first, second)
    made = np.where(one > other, exponential(one) - other, np.maximum(one * 2.0, other))[:, [2, 0]]
    layout, texts = written({"made": made.note})
    tape = Tape(layout, [machine.compiled(text) for text in texts.values()])
    again, there = first[::-1] - 5.0, second * 7.0
    tape.begin({("before", "0"): again, ("before", "1"): there}, 4)
    tape.play({}, 1, False)
    more = np.where(again > there, exponential(again) - there, np.maximum(again * 2.0, there))
    assert np.array_equal(tape.output("made"), more[:, [2, 0]])


def test_what_is_done_twice_is_on_the_tape_once() -> None:
    book, (one,) = noted(4, np.ones((4, 3)))
    before = len(book.notes)
    assert (one + 1.0).note is (one + 1.0).note
    assert len(book.notes) == before + 1


def test_moving_numbers_about_takes_no_step() -> None:
    _, (one,) = noted(4, np.arange(12.0).reshape(4, 3))
    moved = np.stack([one[:, [2, 1, 0]], one], axis=-1) * np.ones(2)
    assert not re.search("= (f|select|call)", text_of(moved))
    assert re.search("= fadd", text_of(moved + one[..., None]))


@pytest.mark.parametrize(
    "ask",
    [
        bool,
        np.asarray,
        np.sum,
        np.sort,
        lambda one: one @ np.ones((3, 3)),
        lambda one: one[one > 0],
    ],
)
def test_what_depends_on_the_numbers_themselves_cannot_be_recorded(ask: Ask) -> None:
    _, (one,) = noted(4, np.ones((4, 3)))
    with pytest.raises((NotRecordable, AttributeError)):
        ask(one)
