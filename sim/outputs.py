"""What is in a results folder: arrays, tables, the answer, the manifest, and the page.

Equal input gives equal bytes: nothing that is written holds a date, a path or a machine.
"""

from __future__ import annotations

import hashlib
import platform
import shlex
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sim.aside import aside
from sim.labelled import write_netcdf
from sim.measures import MEASURES
from sim.observables import BASE_YEAR, COLUMNS, bands, observables
from sim.question import Answered, Record, Run
from sim.region import Region
from sim.results import CHANGES, Results
from sim.texts import LANGUAGES
from sim.vocabulary import DOMAINS, PORTFOLIO, VERSION
from sim.written import write_csv, write_json

PROJECT = Path(__file__).resolve().parent.parent
"""Where the project lies: its scenarios and results are beside the package."""

BAND = ("median", "p05", "p95")

HEDGING_COLUMNS = ("month", "state", "measure", "domain", "run", *BAND)

ATTRIBUTION_COLUMNS = (
    "split", "outcome", "unit", "moment", "month", "state", "event", "domain", "partner",
    "change", "mean", "error", *BAND,
)  # fmt: skip

OUTCOME_UNITS = {"breadth": "effective partners", "gdp_gap": "share", "threat": "share"}
"""Units of what is split by event."""

SPREAD = ("breadth", "deliberate")
"""Measures that exist by domain too."""

Cells = tuple[Any, ...]


# What is in the folder ------------------------------------------------------------------------


def write(run: Run, folder: Path, second: bool = False, language: str = LANGUAGES[0]) -> None:
    """Write all files of a run: tables for each arm, and one page for all of them.

    In another language than English there is a second page, beside the English one.

    The tables can be written meanwhile by a `second` process; the bytes are the same.
    """
    with aside(partial(write_arms, run, folder), second) as tables:
        write_json(folder / "summary.json", summary(run))
        write_json(folder / "manifest.json", manifest(run))
        write_page(run, folder, second)
        if language != LANGUAGES[0]:
            from sim.report import in_language

            in_language.write(run, manifest(run), folder, language)
        tables()


def summary(run: Run) -> Record:
    """Return the answer as it is saved: with the version of the program that made it."""
    return {"version": VERSION, **run.answer}


def write_arms(run: Run, folder: Path) -> None:
    """Write the tables of every arm, in a folder each where there are several."""
    for one in run.arms:
        place = folder if len(run.arms) == 1 else folder / str(one.results.scenario.arm)
        place.mkdir(exist_ok=True)
        write_tables(one, place)


def write_tables(one: Answered, folder: Path) -> None:
    """Write the arrays and tables of one arm."""
    write_netcdf(one.results, folder / "run.nc")
    write_csv(folder / "attribution.csv", ATTRIBUTION_COLUMNS, attribution(one))
    write_bands(folder / "hedging.csv", HEDGING_COLUMNS, hedging(one.results))
    write_bands(folder / "observables.csv", COLUMNS, observables(one.results))


def write_page(run: Run, folder: Path, second: bool = False) -> None:
    """Write report.html and figures/.

    The page is given the whole run and the manifest; the folder takes its place only when it is
    complete.
    """
    from sim.report import page

    page.write(run, manifest(run), folder, second)


def hedging(results: Results) -> Iterator[Cells]:
    """Yield the rows of hedging.csv: every measure and share, by month, state and run."""
    months, states = results.months, results.region.states
    runs = {"scenario": "scenario", "baseline": "baseline", "difference": "difference"}
    runs |= {change: f"{change} change" for change in CHANGES if change != "difference"}
    for name, domain, quantity, place in measured_columns(results.region):
        for label, run in runs.items():
            array = results.of(run, quantity)[(..., *place)]
            low, middle, high = (band.tolist() for band in bands(array))
            for t, month in enumerate(months):
                for i, state in enumerate(states):
                    yield month, state, name, domain, label, middle[t][i], low[t][i], high[t][i]


def measured_columns(region: Region) -> Iterator[tuple[str, str, str, tuple[Any, ...]]]:
    """Yield what hedging.csv reports: measure, domain, quantity, and its place after the state."""
    every = slice(None)
    for name, (axes, _, _) in MEASURES.items():
        if axes == ("state",):
            yield name, "within" if name in SPREAD else "all", name, (every,)
    for name in SPREAD:
        for d, domain in enumerate(DOMAINS):
            yield name, domain, f"{name}_domain", (every, d)
    for k, power in enumerate(region.powers):
        yield f"two_sidedness_{power}", "all", "two_sidedness_with", (every, k)
    for k, pair in enumerate(region.pairs):
        yield f"lean_{pair}", "all", "lean", (every, k)
    for k, partner in enumerate(region.partners):
        for d, domain in enumerate(DOMAINS):
            yield f"share_{partner}", domain, "ties", (every, d, k)
        yield f"share_{partner}", "all", "pooled", (every, k)


def attribution(one: Answered) -> Iterator[Cells]:
    """Yield the rows of attribution.csv: the parts of each change by event and by channel."""
    months = {m.key: month_of(one.results, m.place) for m in one.results.moments}
    for state, told in one.answer["states"].items():
        for outcome, moments in told["events"].items():
            for key, rows in moments.items():
                for row in rows:
                    yield (
                        "event", outcome, OUTCOME_UNITS[outcome], key, months[key], state,
                        row["event"], "", "", "difference", row["mean"], row["error"], *row["band"],
                    )  # fmt: skip
        for key, rows in told["channels"].items():
            for row in rows:
                yield from _channel(row, key, months[key], state)


def _channel(row: Record, key: str, month: str, state: str) -> Iterator[Cells]:
    """Yield one channel's part in a change of breadth, whole, imposed and chosen."""
    where = (
        "channel",
        "breadth",
        OUTCOME_UNITS["breadth"],
        key,
        month,
        state,
        "",
        row["domain"],
        row["partner"],
    )
    yield (*where, "difference", row["mean"], "", *row["band"])
    for change in ("imposed", "chosen"):
        yield (*where, change, row[change], "", "", "", "")


def month_of(results: Results, place: int) -> str:
    """Return a month by its place in the run; the base year before the first."""
    return results.months[place] if place >= 0 else BASE_YEAR


def manifest(run: Run) -> Record:
    """Return everything that is needed to get the same bytes again."""
    scenario = run.scenario
    baseline = scenario.baseline or scenario
    return {
        "scenario": scenario.name,
        "scenario_sha256": hashlib.sha256(scenario.text.encode()).hexdigest(),
        "scenario_text": scenario.text,
        "baseline": baseline.name,
        "baseline_sha256": hashlib.sha256(baseline.text.encode()).hexdigest(),
        "region": run.region.name,
        "region_sha256": run.region.digest,
        "start": scenario.start,
        "months": scenario.months,
        "members": scenario.members,
        "seed": scenario.seed,
        "shocks": run.results.shocks,
        "calibrated": run.region.accepted is not None,
        **switched_off(run.region),
        **({"numbers": dict(run.region.own)} if run.region.own else {}),
        "rule": run.region.rule,
        "command": command(run),
        "commit": commit(),
        "versions": versions(),
    }


def switched_off(region: Region) -> Record:
    """Return what is switched off, and how; nothing where all is on."""
    if not region.off:
        return {}
    chosen = [one for one in region.mechanisms if one.name in region.off]
    return {
        "without": {
            one.name: one.numbers
            | {f"event:{kind}": " ".join(labels) or "none happen" for kind, labels in one.events}
            for one in chosen
        }
    }


def command(run: Run) -> str:
    """Return the line that makes these results again, without any folder of this machine."""
    scenario = run.scenario
    options = f"--members {scenario.members} --months {scenario.months} --seed {scenario.seed}"
    quiet = "" if run.results.shocks else " --no-shocks"
    quiet += " --calibrated" if run.region.accepted else ""
    quiet += " --all-rules" if "under_rules" in run.only.answer else ""
    file = shlex.quote(f"scenarios/{Path(scenario.file or scenario.name).stem}.yaml")
    off = "".join(f" --without {name}" for name in run.region.off)
    usual = run.region.rule == scenario.rule_of_file == PORTFOLIO
    rule = "" if usual else f" --rule {run.region.rule}"
    return f"python run.py {file} {options}{rule}{quiet}{off}"


def commit() -> str | None:
    """Return the commit of the project, with a + where its files were changed since."""
    top = _git("rev-parse", "--show-toplevel", "HEAD")
    folder, _, name = (top or "").strip().partition("\n")
    if not name or Path(folder).resolve() != PROJECT:
        return None
    return name + ("+" if _git("status", "--porcelain", "-uno", "--", "sim", "scenarios") else "")


def _git(*words: str) -> str | None:
    """Return what git says of the project; None where there is no git or no repository."""
    try:
        asked = ["git", "-C", str(PROJECT), *words]
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None


def versions() -> dict[str, str]:
    """Return the versions of what the numbers and figures were made with."""
    from importlib.metadata import PackageNotFoundError, version

    def of(name: str) -> str:
        try:
            return version(name)
        except PackageNotFoundError:
            return "not installed"

    names = ("numpy", "scipy", "matplotlib", "xarray")
    ours = {"central-asia-hedging": VERSION, "python": platform.python_version()}
    return ours | {name: of(name) for name in names}


# Files ----------------------------------------------------------------------------------------


def write_bands(path: Path, columns: Sequence[str], rows: Iterable[Cells]) -> None:
    """Write a long table of codes that ends in a median and a band; quicker than `write_csv`."""
    codes = len(columns) - len(BAND)
    form = "%s," * codes + ",".join(["%.6g"] * len(BAND)) + "\n"
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(",".join(columns) + "\n")
        file.writelines(form % row for row in rows)
