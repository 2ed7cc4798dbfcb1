"""The app: from the command to a usable page, and from a moved slider to what it shows.

With a real browser where there is one (the extra `browser` and Chromium): its drawing is in the
times, and for thirty pages it takes the same cores as the server. The network is the loopback.
"""

from __future__ import annotations

import http.client
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from statistics import median, quantiles
from threading import Thread
from typing import Any

from benchmarks.findings import Finding, Size
from benchmarks.timing import Failed

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

HANDLES = {
    "pipeline_shut.months": (3, 12), "pipeline_shut.start": (0, 11), "pipeline_shut.left": (0, 0.5),
    "cut_threat": (0.05, 0.6),
}  # fmt: skip
"""Sliders that are moved, three of what is supposed and one of what is uncertain."""

MOVES, BROWSERS = 40, 30

PACE = 6.0
"""Seconds in which each of many moves a slider once: a class that tries things out."""

ROUNDS = 4


def measure(size: Size) -> list[Finding]:
    """Return how long the app takes to begin and to answer."""
    for needed in ("starlette", "uvicorn"):
        if find_spec(needed) is None:
            raise Failed('the app needs: pip install -e ".[app]"')
    with tempfile.TemporaryDirectory() as name:
        if CHROMIUM and find_spec("playwright"):
            return in_browsers(Path(name), size)
        return by_requests(Path(name), size)


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, float]]:
    """Run the app; give its address, and when the command was given."""
    began = time.perf_counter()
    command = [sys.executable, "run.py", "app", "--port", "0", "--quiet", "--out", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        try:
            yield app.stdout.readline().strip(), began
        finally:
            app.terminate()


# In real browsers -----------------------------------------------------------------------------


def in_browsers(folder: Path, size: Size) -> list[Finding]:
    """Return what somebody before an open browser waits for, alone and as one of thirty."""
    from playwright.sync_api import sync_playwright

    with (
        sync_playwright() as play,
        closing(play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])) as browser,
    ):
        page = browser.new_page()
        page.goto("about:blank")
        with served(folder) as (address, began):
            page.goto(address)
            page.wait_for_selector("form.predict", timeout=60_000)
            usable = time.perf_counter() - began
            to_the_desk(page)
            chance = random.Random(1)
            warm(page)
            alone = [moved(page, *move(chance)) for _ in range(5 if size.quick else MOVES)]
            count = 3 if size.quick else BROWSERS
            many = [page]
            for _ in range(count - 1):
                other = browser.new_context().new_page()
                other.goto(address)
                to_the_desk(other)
                many.append(other)
            together = as_a_class(many, chance, 1 if size.quick else ROUNDS)
    return [
        Finding("app", "from the command to a usable page", usable, "s"),
        *told("a moved slider to its fans, 1 browser", alone),
        *told(f"the same, {count} browsers, each moves one every {PACE:g} s", together),
    ]


def to_the_desk(page: Any) -> None:
    page.wait_for_selector("form.predict", timeout=60_000)
    page.check("input[value=lower]")
    for _ in range(7):
        page.click("button.go")
    page.wait_for_selector("#look")
    page.click("#tab-fans")


def warm(page: Any) -> None:
    """Move every slider once: months become machine code the first time."""
    for name, (low, high) in HANDLES.items():
        moved(page, name, (low + 2 * high) // 3 if high > 1 else (low + 2 * high) / 3)


def move(chance: random.Random) -> tuple[str, float]:
    """Return a slider and where it is moved to."""
    name = chance.choice(list(HANDLES))
    low, high = HANDLES[name]
    return name, chance.randint(int(low), int(high)) if high > 1 else chance.uniform(low, high)


def push(page: Any, name: str, number: float) -> int:
    """Move a slider, and return how often the page had computed before."""
    before = int(page.get_attribute("#main", "data-computed") or 0)
    page.eval_on_selector(
        f'[data-handle="{name}"]',
        "(one, number) => { one.value = number; one.dispatchEvent(new Event('input')); }",
        number,
    )
    return before


def moved(page: Any, name: str, number: float) -> float:
    """Return the seconds from a moved slider to what it shows, as the page counts them."""
    return after(page, push(page, name, number))


def after(page: Any, before: int) -> float:
    page.wait_for_selector(f'#main[data-computed="{before + 1}"]', timeout=60_000)
    return int(page.get_attribute("#main", "data-took")) / 1000.0


def as_a_class(pages: list[Any], chance: random.Random, rounds: int) -> list[float]:
    """Return what pages take that move a slider each, one after the other, at a class's pace."""
    found: list[float] = []
    for _ in range(rounds):
        waiting = []
        for page in pages:
            began = time.perf_counter()
            waiting.append((page, push(page, *move(chance))))
            time.sleep(max(PACE / len(pages) - (time.perf_counter() - began), 0.0))
        found += [after(page, before) for page, before in waiting]
    return found


# By requests alone ----------------------------------------------------------------------------


def by_requests(folder: Path, size: Size) -> list[Finding]:
    """Return the same without a browser: what the server alone takes."""
    with served(folder) as (address, began):
        return of_clients(address, began, size)


def of_clients(address: str, began: float, size: Size) -> list[Finding]:
    """Return what clients wait for that ask as a page does."""
    document = ask(address, "open", {"name": "cpc_closure"})["document"]
    ask(address, "run", {"name": "cpc_closure", "document": document})
    usable = time.perf_counter() - began
    chance = random.Random(1)

    def once(where: list[float], pick: random.Random) -> None:
        name, number = move(pick)
        start = time.perf_counter()
        ask(address, "run", {"name": "cpc_closure", "document": document, "moved": {name: number}})
        where.append(time.perf_counter() - start)

    alone: list[float] = []
    for _ in range(5 if size.quick else MOVES):
        once(alone, chance)
    together: list[float] = []

    def student(number: int) -> None:
        own = random.Random(number)
        time.sleep(own.uniform(0.0, PACE))
        for _ in range(1 if size.quick else ROUNDS):
            once(together, own)
            time.sleep(own.uniform(0.5, 1.5) * PACE)

    count = 3 if size.quick else BROWSERS
    threads = [Thread(target=student, args=(k,)) for k in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [
        Finding("app", "from the command to a first answer", usable, "s"),
        *told("a moved slider to its numbers, 1 client", alone),
        *told(f"the same, {count} clients, each moves one every {PACE:g} s", together),
    ]


def ask(address: str, path: str, body: dict[str, Any]) -> Any:
    """Return what the server answers."""
    host = address.removeprefix("http://").strip("/")
    with closing(http.client.HTTPConnection(host, timeout=120)) as line:
        head = {"Content-Type": "application/json"}
        line.request("POST", f"/api/{path}", json.dumps(body).encode(), head)
        return json.loads(line.getresponse().read())


def told(what: str, seconds: list[float]) -> list[Finding]:
    """Return the median of some waits, and what nine in ten stay below."""
    tenths = quantiles(seconds, n=10)
    return [
        Finding("app", f"{what}: median", 1000.0 * median(seconds), "ms"),
        Finding("app", f"{what}: nine in ten below", 1000.0 * tenths[-1], "ms"),
    ]
