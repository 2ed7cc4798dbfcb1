"""A scenario file as a whole: what is asked, its run, its events and its arms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import Field

from sim.reading.event import Event, Strict
from sim.reading.fields import (
    ROLES,
    ArmName,
    ArmTitle,
    Code,
    Heading,
    Members,
    Month,
    Months,
    Name,
    Role,
    Seed,
    Title,
    Words,
)
from sim.reading.kinds import KINDS
from sim.vocabulary import Rule

if TYPE_CHECKING:
    AnyEvent = Event
else:
    AnyEvent = Annotated[Union[tuple(KINDS.values())], Field(discriminator="kind")]  # noqa: UP007


class Arm(Strict):
    """One variant of a question."""

    name: ArmName = Field(description="Short name of the variant.")
    title: ArmTitle = Field("", description="What the variant supposes, in a few words.")
    events: list[AnyEvent] = Field(default_factory=list, description="Events of this arm only.")
    remove: list[Name] = Field(
        default_factory=list, description="Ids of events that do not happen in this arm."
    )
    change: dict[Name, dict[str, Any]] = Field(
        default_factory=dict, description="Fields of events, by id, that are otherwise in this arm."
    )


class Include(Strict):
    """Events of another file that count as this file's own."""

    file: Code = Field(description="The other scenario file.")
    roles: list[Role] = Field(
        default_factory=lambda: list(ROLES), description="Only events of these roles."
    )


class ScenarioFile(Strict):
    """A question to the model, and the events that pose it."""

    title: Title = Field(description="A few words.")
    question: Heading = Field(description="The question in a sentence.")
    beyond: Words = Field(
        "", description="How far what is supposed goes beyond anything that the articles report."
    )
    sources: list[Words] = Field(default_factory=list, description="What dates and sizes rest on.")
    start: Month | None = Field(None, description="First month of the run, 2022-01 or later.")
    months: Months | None = Field(
        None, description="Length of the run in months; 36 if nothing else is said."
    )
    members: Members | None = Field(
        None, description="Runs of the ensemble; 200 if nothing else is said."
    )
    seed: Seed | None = Field(
        None, description="Where the random numbers begin; the same seed gives the same numbers."
    )
    without: list[Words] = Field(
        default_factory=list,
        description="Mechanisms that are switched off, here and in the baseline: python run.py "
        "list mechanisms.",
    )
    numbers: dict[Words, float] = Field(
        default_factory=dict,
        description="Uncertain numbers of the ledger that are these here and in the baseline, "
        "{cut_threat: 0.4}, in the ledger's own units: python run.py explain NAME.",
    )
    rule: Rule | None = Field(
        None,
        description="The rule by which the states choose their ties; portfolio if nothing else is "
        "said.",
    )
    strategy: dict[Code, Words] = Field(
        default_factory=dict,
        description="Strategies of your own that hold states' seats here and not in the baseline, "
        "{KAZ: my_strategy.py:Careful}, in files beside this one. They are code, and are run.",
    )
    extends: Code | None = Field(
        None,
        description="The scenario file that is the baseline; without it nothing happens in the "
        "baseline.",
    )
    include: Include | None = Field(None, description="Take events of another file as one's own.")
    events: list[AnyEvent] = Field(default_factory=list, description="What is supposed, dated.")
    remove: list[Name] = Field(
        default_factory=list, description="Ids of events of the baseline that do not happen here."
    )
    change: dict[Name, dict[str, Any]] = Field(
        default_factory=dict,
        description="Fields of events of the baseline, by id, that are otherwise here.",
    )
    arms: list[Arm] = Field(
        default_factory=list, min_length=1, description="Variants of the question, side by side."
    )
