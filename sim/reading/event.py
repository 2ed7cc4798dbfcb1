"""What every event has, and what those on links or on states have beside it."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.reading.fields import Code, Codes, Date, Length, Name, Role, Words
from sim.reading.quantities import Amount
from sim.scenario import Size


class Strict(BaseModel):
    """Part of a file in which no other fields may stand, and whose types are not guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Event(Strict):
    """What every event has."""

    shape_if_none: ClassVar[str] = "step"
    one_off: ClassVar[bool] = False  # happens in a month; a day in it makes no difference
    size_field: ClassVar[str] = "size"
    carried: ClassVar[tuple[str, ...]] = ()  # fields that the timeline needs as they are

    id: Name = Field(description="A name of your own for the event, by which others refer to it.")
    role: Role = Field(
        "shock",
        description="shock: comes from outside the model. reaction: the rules should produce it.",
    )
    start: Date = Field(description="First month (2023-05) or day (2023-05-19) in force.")
    end: Date | None = Field(None, description="Last month or day in force; without it, open.")
    months: Length | None = Field(
        None, description="Length of a pulse, rise of a ramp, or half-life of a decay, in months."
    )
    shape: Literal["step", "pulse", "ramp", "decay"] | None = Field(
        None,
        description="step: in full from start on. pulse: for its months. ramp: rises to full over "
        "its months, then stays. decay: full at first, halves every so many months.",
    )
    because: list[Words] = Field(
        default_factory=list,
        description="What the event rests on: facts of the articles (WSJ-056) or words.",
    )
    note: Words = Field("", description="Why this date and this size.")
    theme: Words = Field(
        "", description="Events of a theme are told together where there are many."
    )

    def supposed(self) -> Size:
        """Return how large the event is, as the timeline counts it."""
        written: Amount = getattr(self, self.size_field)
        return written.size


class OneOff(Event):
    """An event that happens in a month."""

    shape_if_none: ClassVar[str] = "pulse"
    one_off: ClassVar[bool] = True


class OnLinks(Event):
    """An event on links: one, several, or those that only one route or corridor uses."""

    link: Code | None = Field(None, description="The link, e.g. cpc_pipeline.")
    links: Codes | None = Field(None, description="Several links.")
    route: Code | None = Field(None, description="The links that only this route uses.")
    corridor: Code | None = Field(None, description="The links that only this corridor uses.")


class OnStates(Event):
    """An event on one state or several."""

    state: Code | None = Field(None, description="The state: KAZ, KGZ, TJK, TKM or UZB.")
    states: Codes | Literal["all"] | None = Field(
        None, description="Several states, [KAZ, KGZ], or all."
    )


class Anywhere(Event):
    """An event on all states, unless it names some."""

    state: Code | None = Field(None, description="The only state that it is about.")
    states: Codes | Literal["all"] | None = Field(
        None, description="The only states that it is about, [KAZ, KGZ]; all if none is named."
    )
