"""A question answered, for a notebook: labelled arrays, figures, and the folder on request."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.claims import counted_runs
from sim.errors import InputError, Problem, Refused, refused
from sim.folders import fresh, results_folder
from sim.outputs import write
from sim.question import Run
from sim.texts import LANGUAGES, choices

if TYPE_CHECKING:
    from matplotlib.figure import Figure


NEXT = ".answer, .dataset, .figure(name), .save()"
"""What an answered question can be asked for."""

FIRST = 3
"""Sentences of an answer that a notebook shows by itself."""


def first_sentences(answer: dict[str, Any]) -> list[str]:
    """Return the lead of an answer, or its first sentences where it has none."""
    return [answer["lead"]] if answer.get("lead") else answer["sentences"][:FIRST]


class Asked(Run):
    """What `sim.run` returns: `.answer`, `.dataset`, `.results`, `.figure(name)`, `.save()`."""

    def __repr__(self) -> str:
        """Return what was asked over how many runs, and how to go on."""
        asked = self.scenario
        arms = f" in {len(asked.arms)} arms" if asked.arms else ""
        runs = f"{counted_runs(asked.members)} of {asked.months} months from {asked.start}{arms}"
        return f"{asked.name}: {asked.title}; {runs}. Next: {NEXT}"

    def _repr_html_(self) -> str:
        """Return the same for a notebook, with the first sentences of each answer."""
        told = [f"<b>{escape(self.scenario.title)}</b>", escape(self.scenario.question)]
        for one in self.arms:
            arm = one.results.scenario
            lead = f"<i>{escape(arm.title)}</i>: " if arm.arm else ""
            told.append(lead + escape(" ".join(first_sentences(one.answer))))
        told.append(f"<small>{self.only.answer['about']['tag']} Next: {NEXT}</small>")
        return "".join(f"<p>{paragraph}</p>" for paragraph in told)

    def figure(self, name: str, arm: str | None = None) -> Figure:
        """Return one of the report's figures by name; of the first arm unless told which."""
        from sim.report import page

        chosen = [one for one in self.arms if arm in (None, one.results.scenario.arm)]
        if not chosen:
            raise Refused(self.scenario.name, [Problem(f"there is no arm '{arm}'. {self._arms()}")])
        with refused():
            return page.figure(chosen[0], name)

    def _arms(self) -> str:
        """Return which arms there are, in words."""
        names = [one.results.scenario.arm for one in self.arms]
        known = ", ".join(repr(name) for name in names if name is not None)
        return f"Arms: {known}" if known else "This run has no arms; leave it out"

    def save(self, folder: Path | str = "results", language: str = LANGUAGES[0]) -> Path:
        """Write the results folder `folder`/<scenario>/ and return its path.

        In another language than English with a page more, as `--lang` has it.
        """
        with refused():
            if language not in LANGUAGES:
                problem = Problem(f"there is no language '{language}'; there are {choices()}")
                raise InputError("The language", [problem])
            target = results_folder(folder, self.scenario.name)
            with fresh(target) as new:
                write(self, new, language=language)
        return target
