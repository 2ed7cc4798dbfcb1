"""Machine code gives what NumPy gives, to the bit, on whatever it is given."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim import exponentials, on_tape, shelf
from sim.base_year import geography
from sim.noting import Notebook
from sim.region import Region
from sim.rules import assignment, contest, portfolio
from sim.solving import NotConverged, repeated

machine = pytest.importorskip("sim.machine", reason="llvmlite is missing", exc_type=ImportError)
from sim.tape import Tape, written  # noqa: E402

MEMBERS = 999
"""No multiple of the members that stand side by side: the last ones are filled up."""

Found = tuple[np.ndarray, ...] | np.ndarray


def on_machine(rule: Callable[..., Found], *arrays: np.ndarray) -> list[np.ndarray]:
    """Return what a rule gives in machine code, noted with two members and played for all."""
    book = Notebook(2)
    marked = [book.put_in(("before", str(k)), a[:2], True) for k, a in enumerate(arrays)]
    made = rule(*marked)
    several = made if isinstance(made, tuple) else (made,)
    layout, texts = written({str(k): one.note for k, one in enumerate(several)})
    tape = Tape(layout, [machine.compiled(text) for text in texts.values()])
    tape.begin({("before", str(k)): a for k, a in enumerate(arrays)}, len(arrays[0]))
    tape.play({}, 1, False)
    return [tape.output(str(k)) for k in range(len(several))]


def alike(rule: Callable[..., Found], *arrays: np.ndarray) -> None:
    """Check that a rule answers alike, to the bit, as written and in machine code."""
    plain = rule(*arrays)
    several = plain if isinstance(plain, tuple) else (plain,)
    assert all(map(np.array_equal, several, on_machine(rule, *arrays)))


@pytest.mark.parametrize("name", ["exponential", "exponential_less_one", "logarithm"])
def test_exponentials(name: str) -> None:
    chance = np.random.default_rng(0)
    numbers = chance.normal(size=(MEMBERS, 3)) * np.array([1e-3, 1.0, 400.0])
    numbers[:4, 0] = 0.0, -0.0, -800.0, 800.0
    asked = np.exp(np.minimum(numbers, 700.0)) if name == "logarithm" else numbers
    alike(getattr(exponentials, name), asked)


@pytest.mark.parametrize(
    ("ours", "known"),
    [
        (exponentials.exponential, np.exp),
        (exponentials.exponential_less_one, np.expm1),
        (exponentials.logarithm, lambda x: np.log(np.abs(x))),
    ],
)
def test_exponentials_are_right_to_the_last_places(
    ours: Callable[..., np.ndarray], known: Callable[..., np.ndarray]
) -> None:
    scale = np.repeat([1e-6, 1.0, 100.0, 1.0], 5000)
    numbers = np.random.default_rng(0).normal(size=20_000) * scale
    asked = np.abs(numbers) if known(np.array(-1.0)) == 0.0 else numbers
    exact = known(asked.astype(np.longdouble)).astype(float)
    assert (np.abs(ours(asked) - exact) <= 2.0 * np.spacing(np.abs(exact))).all()


def test_every_step() -> None:
    chance = np.random.default_rng(4)
    one, other = np.round(chance.normal(size=(2, MEMBERS, 5)), 1)
    other[:, 0] = one[:, 0]

    def every(a: np.ndarray, b: np.ndarray) -> Found:
        both = (a > b) & ~(b >= 1.0) | (a == b)
        return (
            np.where(both, a - b, a * b),
            np.maximum(a, b) / np.sqrt(np.abs(b) + 1.0),
            np.where(a != b, -a, np.minimum(a, b)),
            np.where((a < b) | (a <= -1.0), both, b < 0.0) + 0.0,
        )

    alike(every, one, other)


def test_what_is_no_number_stays_none() -> None:
    none = np.full((MEMBERS, 1), np.nan)
    found = on_machine(np.maximum, none, np.ones((MEMBERS, 1)))[0]
    assert np.isnan(found).all()
    for function in (
        exponentials.exponential,
        exponentials.exponential_less_one,
        exponentials.logarithm,
    ):
        assert np.isnan(function(none)).all()
        assert np.isnan(on_machine(function, none)[0]).all()


@pytest.mark.parametrize("together", [None, np.kron(np.eye(3), np.ones((2, 2)))])
def test_portfolios(together: np.ndarray | None) -> None:
    chance = np.random.default_rng(1)
    held, start = (chance.dirichlet(np.full(6, 0.7), (MEMBERS, 2)) + 1e-4 for _ in range(2))
    held, start = (share / share.sum(axis=-1, keepdims=True) for share in (held, start))
    pull, risk = chance.normal(size=(MEMBERS, 2, 6)), chance.random((MEMBERS, 2, 6))
    most = np.array([1.0, 5.0, 3.0])
    correlation, aversion, precision = np.moveaxis(chance.random((MEMBERS, 2, 3)) * most, -1, 0)

    def wished(*asked: np.ndarray) -> np.ndarray:
        return portfolio.target_portfolio(*asked, together)

    alike(wished, held, pull, risk, correlation, aversion, precision, start)


def test_contests_with_ties_and_with_prizes_that_are_left_alone() -> None:
    chance = np.random.default_rng(2)
    worth = np.round(chance.random((MEMBERS, 15)), 1) + 0.1
    others = np.round(chance.random((MEMBERS, 15)), 1) + 0.1
    committed, budget = chance.random((MEMBERS, 15)) / 100, 0.2 + chance.random(MEMBERS)
    alike(contest.best_response, worth, others, budget, committed)


@pytest.mark.parametrize("room", [0.5, 3.0])
def test_routes_with_tight_and_shut_links(region: Region, room: float) -> None:
    chance = np.random.default_rng(3)
    for part in geography(region).parts:
        routes, links = part.network.uses.shape
        attraction = chance.random((MEMBERS, routes))
        stay, demand = chance.random((2, MEMBERS, part.network.streams))
        open_link = chance.random((MEMBERS, links)) > 0.05
        capacity = chance.random((MEMBERS, links)) * room * open_link
        start = np.maximum(chance.normal(size=(MEMBERS, links)), 0.0)

        def sent(*asked: np.ndarray, network: assignment.Network = part.network) -> Found:
            return assignment.assigned_flow(*asked, network)

        alike(sent, attraction, stay / 10, demand, capacity, start)


def test_a_step_is_repeated_for_each_member_as_often_as_it_needs() -> None:
    def halved(left: np.ndarray, number: np.ndarray) -> tuple[np.ndarray, ...]:
        now = np.where(left, number / 2.0, number)
        return now > 1.0, now

    def below_one(number: np.ndarray) -> np.ndarray:
        return repeated(halved, (number > 1.0, number), (), 60)[1]

    numbers = np.random.default_rng(5).exponential(1e6, (MEMBERS, 1))
    alike(below_one, numbers)
    assert (on_machine(below_one, numbers)[0] <= 1.0).all()


def test_what_does_not_settle_is_told() -> None:
    def never(left: np.ndarray, number: np.ndarray) -> tuple[np.ndarray, ...]:
        return number > 5.0, number

    def tried(number: np.ndarray) -> np.ndarray:
        return repeated(never, (number > 5.0, number), (), 7, "numbers above five")[1]

    numbers = np.zeros((MEMBERS, 1))
    assert (on_machine(tried, numbers)[0] == 0.0).all()
    numbers[-1] = 6.0
    for ask in (tried, lambda asked: on_machine(tried, asked)):
        with pytest.raises(NotConverged, match="numbers above five"):
            ask(numbers)


def test_nothing_is_compiled_where_the_user_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert on_tape.playable()
    monkeypatch.setenv(on_tape.NUMPY_ONLY, "1")
    assert not on_tape.playable()


def test_what_is_kept_is_found_again_whole_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.setattr(shelf, "FOLDER", tmp_path / "kept")
    key = shelf.key_of("a tape", 3)
    assert shelf.get(key) is None
    shelf.put(key, b"code")
    assert shelf.get(key) == b"code"
    file = tmp_path / "kept" / key
    file.write_bytes(file.read_bytes()[:-1])
    assert shelf.get(key) is None
    monkeypatch.setattr(shelf, "MOST", 2)
    for k in range(5):
        shelf.put(shelf.key_of(k), b"more")
    assert len(list((tmp_path / "kept").iterdir())) == 2


def test_other_code_finds_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    key = shelf.key_of("a tape")
    monkeypatch.setattr(shelf, "code_hash", lambda: "other")
    assert shelf.key_of("a tape") != key
