"""Results with names on every axis: as an xarray data set, and as a NetCDF file.

The file holds the quantities that an answer is read from, in single precision; the data set in
memory holds them all.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.measures import MEASURES
from sim.region import Region
from sim.results import RUNS, Results
from sim.situation import SITUATION, STAGES

if TYPE_CHECKING:
    import xarray

KEPT = (
    "ties",
    "pooled",
    "flow",
    "served",
    "threat",
    "pressure",
    "gdp_gap",
    "netback",
    "remittances",
    "reexports",
    "burden",
    "breadth",
    "breadth_domain",
    "ambiguity",
    "two_sidedness",
    "division_of_labour",
    "lean",
    "deliberate",
)
"""What the file holds."""

LEADING = ("run", "month", "member")
"""The axes that every array begins with."""

SIXTY_FOUR_BIT_OFFSETS = 2
"""The version of the classic NetCDF format that allows files beyond 2 GB."""


def described(name: str) -> tuple[tuple[str, ...], str, str]:
    """Return the axes, unit and meaning of a quantity or measure."""
    return MEASURES[name] if name in MEASURES else SITUATION[name]


def over_runs(results: Results, name: str) -> np.ndarray:
    """Return a quantity or measure in every run, shape (run, month, member, *axes)."""
    return np.stack([results.of(run, name) for run in RUNS])


def labels(results: Results) -> dict[str, list[str]]:
    """Return the names along every axis that has names."""
    region: Region = results.region
    named = {axis: list(of) for axis, of in region.axes.items()}
    powers = list(region.powers)
    passive = list(region.partners[len(powers) :])
    return {
        **named,
        "run": list(RUNS),
        "month": results.months,
        "rival": powers,
        "pair": list(region.pairs),
        "passive": passive,
        "stage": list(STAGES),
    }


def about(results: Results) -> dict[str, Any]:
    """Return what the arrays are about, as attributes of the whole."""
    scenario = results.scenario
    return {
        "title": scenario.title or scenario.name,
        "question": scenario.question,
        "scenario": scenario.name,
        "arm": scenario.arm or "",
        "seed": scenario.seed,
        "comment": "A teaching model, not a forecast. run: the baseline; the scenario with the "
        "states' decisions held at the baseline's (imposed); the scenario.",
    }


def dataset(results: Results) -> xarray.Dataset:
    """Return every quantity and measure as a labelled data set."""
    import xarray

    names = list(results.runs["scenario"])
    arrays = {
        name: (
            (*LEADING, *described(name)[0]),
            over_runs(results, name),
            {"units": described(name)[1], "long_name": described(name)[2]},
        )
        for name in names
    }
    used = {axis for dims, *_ in arrays.values() for axis in dims} - {"member"}
    named = {axis: along for axis, along in labels(results).items() if axis in used}
    coords = {**named, "member": np.arange(results.members)}
    return xarray.Dataset(arrays, coords=coords, attrs=about(results))


def write_netcdf(results: Results, path: Path) -> None:
    """Write the kept quantities as a NetCDF file (classic format, any reader opens it)."""
    from scipy.io import netcdf_file

    with path.open("wb") as target:
        file = netcdf_file(target, "w", version=SIXTY_FOUR_BIT_OFFSETS)
        for key, told in about(results).items():
            setattr(file, key, told.encode() if isinstance(told, str) else told)
        _add_axes(file, results)
        for name in KEPT:
            axes, unit, meaning = described(name)
            array = file.createVariable(name, "f4", (*LEADING, *axes))
            array.units, array.long_name = unit.encode(), meaning.encode()
            for place, run in enumerate(RUNS):
                array[place] = results.of(run, name)
        file.flush()


def _add_axes(file: Any, results: Results) -> None:
    """Give a file the axes of what it keeps, with their names."""
    named = labels(results)
    used = dict.fromkeys([*LEADING, *(axis for name in KEPT for axis in described(name)[0])])
    for axis in used:
        if axis == "member":
            _numbered(file, axis, results.members)
        else:
            _named(file, axis, named[axis])


def _numbered(file: Any, axis: str, count: int) -> None:
    """Give a file an axis that is counted."""
    file.createDimension(axis, count)
    file.createVariable(axis, "i4", (axis,))[:] = np.arange(count)


def _named(file: Any, axis: str, names: list[str]) -> None:
    """Give a file an axis that has names, as the characters that the format knows."""
    text = np.array([name.encode() for name in names])
    width = text.dtype.itemsize
    file.createDimension(axis, len(names))
    file.createDimension(f"{axis}_letters", width)
    letters = file.createVariable(axis, "c", (axis, f"{axis}_letters"))
    letters._Encoding = b"utf-8"
    letters[:] = text.view("S1").reshape(len(names), width)
