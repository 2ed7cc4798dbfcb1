"""A question answered, for a notebook: labelled arrays, figures, and the folder on request."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError, Problem
from sim.folders import fresh, results_folder
from sim.outputs import write
from sim.question import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Asked(Run):
    """What `sim.run` returns: `.answer`, `.dataset`, `.results`, `.figure(name)`, `.save()`."""

    def figure(self, name: str, arm: str | None = None) -> Figure:
        """Return one of the report's figures by name; of the first arm unless told which."""
        from sim.report import page

        chosen = [one for one in self.arms if arm in (None, one.results.scenario.arm)]
        if not chosen:
            raise InputError(
                self.scenario.name, [Problem(f"there is no arm '{arm}'. {self._arms()}")]
            )
        return page.figure(chosen[0], name)

    def _arms(self) -> str:
        """Return which arms there are, in words."""
        names = [one.results.scenario.arm for one in self.arms]
        known = ", ".join(repr(name) for name in names if name is not None)
        return f"Arms: {known}" if known else "This run has no arms; leave it out"

    def save(self, folder: Path | str = "results") -> Path:
        """Write the results folder `folder`/<scenario>/ and return its path."""
        target = results_folder(folder, self.scenario.name)
        with fresh(target) as new:
            write(self, new)
        return target
