"""Chunks of a sweep made by the workers of a dask cluster."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from sim.errors import InputError, Problem
from sim.solving import NotConverged
from sim.study.parts import KEPT
from sim.study.sweep import COUNTED_ON, Piece, Sweep, made, made_with, piece

ANSWERS_WITHIN = "10s"
"""How long a scheduler may take to answer."""

LOOK = 5.0
"""Seconds after which it is looked whether the cluster is still there."""

NO_WORKERS = 120.0
"""Seconds without a worker and a chunk after which waiting for one makes no sense."""

AHEAD = 2
"""Chunks sent out for each thread of a worker: one under way, and the next."""

ADDRESS = re.compile(r"([a-z]+://)?[^\s/:]+:[0-9]+/?|[a-z]+://\[[0-9a-fA-F:]+\]:[0-9]+/?")

APART = {
    "code": "another version of this program",
    "region": "other tables of the region",
    "arithmetic": "a kind of processor that rounds otherwise",
}
"""How a worker may differ, so that it would make other bytes."""

MISSING = "No module named 'sim"
"""What a worker without this program says of it."""

CURE = "install the same there as here"


class Apart(Exception):
    """A worker is not like this program here, and must not make a part."""


def made_there(one: Piece, like: Mapping[str, str]) -> dict[str, bytes]:
    """Return the parts of a chunk, made by a worker that is like the program that asks."""
    apart = differences(made_with(), like)
    if apart:
        raise Apart(f"{_here()}: {apart}")
    return made(one)


def _here() -> str:
    """Return the worker that this is, by its address."""
    from distributed import get_worker

    with suppress(ValueError):
        return f"worker {get_worker().address}"
    return "this computer"


def differences(there: Mapping[str, str], here: Mapping[str, str]) -> str:
    """Return in words how a worker differs from the program that asks it; nothing if it does not.

    `there` may hold only what went wrong in asking.
    """
    if "fault" in there:
        return there["fault"]
    told = [
        f"{key} {there[key]} (here {here[key]})" if key in COUNTED_ON else APART.get(key, key)
        for key in here
        if there.get(key) != here[key]
    ]
    return ", ".join(told)


def on_cluster(
    sweep: Sweep, left: Sequence[int], scheduler: str, tries: int
) -> Iterator[tuple[int, Mapping[str, bytes] | BaseException]]:
    """Yield the parts of chunks, or why one failed, as the workers of a cluster make them.

    A worker that is killed has its chunks made by another one; each chunk is sent with all that it
    needs, so that workers may come and go.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError:
        message = 'dask is not installed here: python -m pip install -e ".[cluster]"'
        raise InputError(scheduler, [Problem(message)]) from None
    if not ADDRESS.fullmatch(scheduler):
        message = "a scheduler has an address as tcp://host:8786; it prints it when it is started"
        raise InputError(scheduler or "The scheduler", [Problem(message)])
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what happens is told by us
    try:
        client = Client(scheduler, timeout=ANSWERS_WITHIN, set_as_default=False)
    except (OSError, ValueError) as refused:
        message = f"no dask scheduler answers there ({refused}); start one: dask scheduler"
        raise InputError(scheduler, [Problem(message)]) from None
    try:
        here = made_with(sweep.study.region.digest)
        refuse_unlike(_asked_of_workers(client), here, scheduler)
        yield from _arriving(client, sweep, left, here, scheduler, tries)
    except OSError as lost:  # no fault of a disk
        raise _gone(scheduler) from lost
    finally:
        with suppress(Exception):
            client.close(timeout=2)


def _asked_of_workers(client: Any) -> dict[str, Mapping[str, str]]:
    """Return what each worker is made with, or what went wrong in asking it."""
    answers = client.run(made_with, on_error="return")
    return {worker: _answer(found) for worker, found in answers.items()}


def _answer(found: Any) -> Mapping[str, str]:
    if isinstance(found, BaseException) and MISSING in str(found):
        return {"fault": "this program is not installed there"}
    if isinstance(found, BaseException):
        return {"fault": f"it cannot be asked what it is made with ({found})"}
    return dict(found)


def refuse_unlike(
    found: Mapping[str, Mapping[str, str]], here: Mapping[str, str], scheduler: str
) -> None:
    """Refuse a cluster without workers, or with workers that would make other bytes."""
    if not found:
        message = f"it has no workers; start some: dask worker {scheduler}"
        raise InputError(scheduler, [Problem(message)])
    apart = {worker: differences(there, here) for worker, there in sorted(found.items())}
    wrong = [Problem(f"worker {worker}: {told}; {CURE}") for worker, told in apart.items() if told]
    if wrong:
        raise InputError(scheduler, wrong)


def _arriving(
    client: Any,
    sweep: Sweep,
    left: Sequence[int],
    here: Mapping[str, str],
    scheduler: str,
    tries: int,
) -> Iterator[tuple[int, Mapping[str, bytes] | BaseException]]:
    todo, under_way = iter(left), {}
    arrived: SimpleQueue[Any] = SimpleQueue()

    def send() -> None:
        for chunk in todo:
            future = client.submit(
                made_there, piece(sweep, chunk), dict(here), retries=tries - 1, pure=False
            )
            under_way[future] = chunk
            future.add_done_callback(arrived.put)
            return

    def send_enough() -> None:
        """Send what keeps every worker that is there by now at work."""
        for _ in range(AHEAD * max(1, sum(client.nthreads().values())) - len(under_way)):
            send()

    send_enough()
    while under_way:
        future = _next(client, arrived, scheduler)
        chunk = under_way.pop(future)
        if future.status not in ("finished", "error"):
            raise _gone(scheduler)
        fault = future.exception()
        if isinstance(fault, NotConverged):
            raise fault
        if isinstance(fault, Apart):
            raise InputError(scheduler, [Problem(f"{fault}; {CURE}. {KEPT}")])
        yield chunk, fault or future.result()
        send_enough()


def _next(client: Any, arrived: SimpleQueue[Any], scheduler: str) -> Any:
    """Return the next chunk that is done; refuse to wait for a cluster that is gone."""
    waited = 0.0
    while True:
        with suppress(Empty):
            return arrived.get(timeout=LOOK)
        if client.status != "running":
            raise _gone(scheduler)
        waited = 0.0 if client.nthreads() else waited + LOOK
        if waited >= NO_WORKERS:
            message = f"it has had no workers for {NO_WORKERS:.0f} seconds. {KEPT}"
            raise InputError(scheduler, [Problem(message)])


def _gone(scheduler: str) -> InputError:
    message = f"the scheduler does not answer any more. {KEPT}"
    return InputError(scheduler, [Problem(message)])
