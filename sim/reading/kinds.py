"""The kinds of event: a closed list, each with its own strict schema.

The description of each field is what an editor shows when one points at it.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from sim.reading.event import Anywhere, Event, OneOff, OnLinks, OnStates
from sim.reading.fields import (
    Burden,
    Capacity,
    Code,
    Count,
    Dearer,
    Easing,
    Exponent,
    Factor,
    Growth,
    Logs,
    Lost,
    MoneyAYear,
    People,
    Restrained,
    Share,
    Troops,
)
from sim.reading.quantities import Amount
from sim.scenario import Size


class Cut(OnLinks):
    """A link of which less is left."""

    carried: ClassVar[tuple[str, ...]] = ("intent", "by", "reopening")

    intent: Share = Field(
        default_factory=lambda: Amount(0.0, 1.0),
        description="How deliberate it is: 0 a storm, 1 an order from above. Without it nobody "
        "knows, and every member draws its own between 0 and 1.",
    )
    by: Code | None = Field(None, description="Who shuts it: the gatekeeper of the link.")
    reopening: Easing = Field(
        0.0, description="Months after the end over which it opens again little by little."
    )


class LinkClosed(Cut):
    """A link is shut."""

    kind: Literal["link_closed"]

    def supposed(self) -> Size:
        return Size(1.0, 1.0)


class LinkCut(Cut):
    """A link loses part of its capacity."""

    kind: Literal["link_cut"]
    left: Share | None = Field(
        None, description="What is left of its capacity, 0 to 1; this or lost."
    )
    lost: Share | None = Field(
        None, description="What is lost of its capacity, 0 to 1; this or left."
    )

    def supposed(self) -> Size:
        if self.lost is not None:
            return Size(self.lost.low, self.lost.high)
        assert self.left is not None
        return Size(1.0 - self.left.high, 1.0 - self.left.low)


class LinkSlowed(OnLinks):
    """A link becomes dearer to pass: time, papers, insurance, checks."""

    kind: Literal["link_slowed"]
    size_field: ClassVar[str] = "cost"
    carried: ClassVar[tuple[str, ...]] = ("reopening",)

    cost: Dearer = Field(
        description="What is added to the cost of passing, as a share of the cargo's worth; "
        "below 0 where passing becomes cheaper."
    )
    reopening: Easing = Field(
        0.0, description="Months after the end over which it eases little by little."
    )


class LinkOpened(OnLinks):
    """A link that was not built opens."""

    kind: Literal["link_opened"]
    size_field: ClassVar[str] = "capacity"
    capacity: Capacity = Field(description="What it can carry, Mt/y (oil, freight) or bcm/y (gas).")


class LinkEnlarged(OnLinks):
    """A link can carry more."""

    kind: Literal["link_enlarged"]
    added: Capacity | None = Field(
        None, description="Capacity added, Mt/y or bcm/y; this or factor."
    )
    factor: Factor | None = Field(
        None, description='Capacity as a factor, 1.5 or "+50 %"; this or added.'
    )

    def supposed(self) -> Size:
        written: Amount | None = self.added if self.added is not None else self.factor
        assert written is not None
        return written.size


class Unrest(OnStates, OneOff):
    """Unrest in a state: its government needs security against its own streets."""

    kind: Literal["unrest"]
    carried: ClassVar[tuple[str, ...]] = ("need",)
    size: Logs = Field(
        description="Rise of insecurity in the month, in logs: 0.7 doubles it, 1.5 threatens a "
        "ruler."
    )
    need: Code = Field("regime", description="Which need of security: regime, border, sovereignty.")


class Insecurity(OnStates, OneOff):
    """One of the three needs of security grows: regime, border or sovereignty."""

    kind: Literal["insecurity"]
    carried: ClassVar[tuple[str, ...]] = ("need",)
    size: Logs = Field(description="Rise of insecurity in each month, in logs: 0.7 doubles it.")
    need: Code = Field(description="Which need of security: regime, border, sovereignty.")


class Intervention(OnStates):
    """A power sends troops to a state, at its government's call."""

    kind: Literal["intervention"]
    shape_if_none: ClassVar[str] = "pulse"
    size_field: ClassVar[str] = "troops"
    carried: ClassVar[tuple[str, ...]] = ("power",)
    power: Code = Field(description="Whose troops: CHN, RUS or USA.")
    troops: Troops = Field(description='Thousand men: 2.5, or "2500 men".')


class ThreatSignal(OnStates, OneOff):
    """An act of a partner that frightens: felt by border and kin, so not alike by all."""

    kind: Literal["threat_signal"]
    carried: ClassVar[tuple[str, ...]] = ("by",)
    by: Code = Field(description="The partner that frightens.")
    size: Share = Field(description="How frightening, 0 to 1; the invasion of a neighbour is 1.")


class Rhetoric(OnStates, OneOff):
    """Hostile words from a power: cheap, and weaker than pressure."""

    kind: Literal["rhetoric"]
    carried: ClassVar[tuple[str, ...]] = ("by",)
    by: Code = Field(description="The power whose words they are.")
    size: Share = Field(description="How hostile, 0 to 1.")


class Pressure(OnStates):
    """A power coerces a state beyond what the rules have it do by themselves, or less."""

    kind: Literal["pressure"]
    shape_if_none: ClassVar[str] = "pulse"
    carried: ClassVar[tuple[str, ...]] = ("by",)
    by: Code = Field(description="The power that coerces.")
    size: Exponent = Field(
        description="Added to the exponent of pressure: 0.1 gives a tenth of full pressure, 0.7 "
        "half, 2.3 nine tenths; below 0 the power holds back what the rules have it do."
    )


class Visit(OnStates, OneOff):
    """Someone senior of a power visits."""

    kind: Literal["visit"]
    size_field: ClassVar[str] = "number"
    carried: ClassVar[tuple[str, ...]] = ("by",)
    by: Code = Field(description="The power that visits.")
    number: Count = Field(
        default_factory=lambda: Amount(1.0, 1.0), description="Visits to each state in each month."
    )


class Summit(Visit):
    """Leaders meet."""

    kind: Literal["summit"]  # type: ignore[assignment]


class Aid(OnStates):
    """A partner gives money."""

    kind: Literal["aid"]
    size_field: ClassVar[str] = "amount"
    carried: ClassVar[tuple[str, ...]] = ("by",)
    by: Code = Field(description="The partner whose money it is.")
    amount: MoneyAYear = Field(description='To each state, bn USD a year: 0.03 or "30 mn USD/y".')


class Investment(Aid):
    """A partner invests."""

    kind: Literal["investment"]  # type: ignore[assignment]


class InvestmentTrend(OnStates):
    """A power goes on investing as before, beyond what keeps up the stock that there is."""

    kind: Literal["investment_trend"]
    size_field: ClassVar[str] = "amount"
    carried: ClassVar[tuple[str, ...]] = ("power",)
    power: Code = Field(description="The power whose stock of investment grows.")
    amount: MoneyAYear = Field(description='In each state, bn USD a year: 0.2 or "200 mn USD/y".')


class Budget(Anywhere):
    """A power spends more or less on the region: in all, in one domain, or there in some states."""

    kind: Literal["budget"]
    size_field: ClassVar[str] = "factor"
    carried: ClassVar[tuple[str, ...]] = ("power", "domain")
    power: Code = Field(description="The power that spends.")
    factor: Factor = Field(description='Factor on what it spends: 2, or "+100 %".')
    domain: Code | None = Field(
        None,
        description="The domain that the money is for (security, economic, routes); without it, "
        "its whole budget.",
    )


class Attention(Event):
    """A power looks elsewhere, or back."""

    kind: Literal["attention"]
    size_field: ClassVar[str] = "factor"
    carried: ClassVar[tuple[str, ...]] = ("power",)
    power: Code = Field(description="The power that looks elsewhere.")
    factor: Factor = Field(description='Factor on its whole budget for the region: 0.7, "-30 %".')


class Engagement(Anywhere):
    """A partner, passive ones too, does more or less in a domain, everywhere or in some states."""

    kind: Literal["engagement"]
    size_field: ClassVar[str] = "factor"
    carried: ClassVar[tuple[str, ...]] = ("partner", "domain")
    partner: Code = Field(description="The partner.")
    domain: Code = Field(description="security, economic or routes.")
    factor: Factor = Field(description='Factor on what it does there: 1.25, or "+25 %".')


class Sanctions(Event):
    """Western sanctions on Russia."""

    kind: Literal["sanctions"]
    size: Share = Field(description="0 none, 1 full.")


class Enforcement(Event):
    """The West enforces its sanctions on third parties."""

    kind: Literal["enforcement"]
    size: Share = Field(description="How far, 0 to 1; adds to what is enforced already.")


class Crackdown(OnStates):
    """A government acts against re-exports from its own land."""

    kind: Literal["crackdown"]
    size: Share = Field(description="How far, 0 to 1; firms follow only in part.")


class Remittances(OnStates):
    """Migrants in a power can send home more or less."""

    kind: Literal["remittances"]
    size_field: ClassVar[str] = "factor"
    carried: ClassVar[tuple[str, ...]] = ("power",)
    power: Code = Field("RUS", description="Where the migrants work.")
    factor: Factor = Field(description='Factor on what they send: 0.75, or "-25 %".')


class Arrivals(OnStates):
    """People come from a power at war."""

    kind: Literal["arrivals"]
    size_field: ClassVar[str] = "people"
    people: People = Field(description="Thousands living there while in force: 50.")


class LabourNeed(Event):
    """A power's economy needs migrants more than before."""

    kind: Literal["labour_need"]
    carried: ClassVar[tuple[str, ...]] = ("power",)
    power: Code = Field("RUS", description="The power.")
    size: Share = Field(description="Added to its need of migrants, 0 to 1.")


class Price(Event):
    """The price of a commodity changes."""

    kind: Literal["price"]
    size_field: ClassVar[str] = "factor"
    carried: ClassVar[tuple[str, ...]] = ("commodity",)
    commodity: Code = Field(description="oil, gas, freight or transit.")
    factor: Factor = Field(description='Factor on the price: 0.6, or "-40 %".')


class Hardship(OnStates):
    """Prices, jobs or harvests make life harder."""

    kind: Literal["hardship"]
    size: Lost = Field(description='Loss as a share of GDP: 0.01, or "1 % of GDP".')


class FailedProject(OnStates, OneOff):
    """A partner's project fails, and people remember."""

    kind: Literal["failed_project"]
    carried: ClassVar[tuple[str, ...]] = ("partner",)
    partner: Code = Field(description="Whose project it was.")
    size: Share = Field(description="Distrust added, 0 to 1.")


class Backlash(FailedProject):
    """The public turns against a partner."""

    kind: Literal["backlash"]  # type: ignore[assignment]


class Join(OnStates):
    """A state joins a body."""

    kind: Literal["join"]
    carried: ClassVar[tuple[str, ...]] = ("body", "pull")
    body: Code = Field(description="CSTO, EAEU, SCO or C5+1.")
    pull: Logs | None = Field(
        None,
        description="Pull of security ties towards the body's leader that comes with joining and "
        "goes with leaving, in logs: 0.1; none if nothing is said.",
    )

    def supposed(self) -> Size:
        return Size(1.0, 1.0)


class Leave(Join):
    """A state leaves a body."""

    kind: Literal["leave"]  # type: ignore[assignment]

    def supposed(self) -> Size:
        return Size(-1.0, -1.0)


class Realign(OnStates):
    """A government wishes for more or less of a partner, beyond what the rules have it choose."""

    kind: Literal["realign"]
    carried: ClassVar[tuple[str, ...]] = ("partner", "domain")
    partner: Code = Field(description="The partner.")
    domain: Code = Field(description="security or economic; ties of routes follow the cargo.")
    size: Logs = Field(
        description="Added to the utility of the tie, in logs: 0.3; below 0 for less of it."
    )


class Trend(OnStates):
    """A named drift, begun before or beside the events: of an economy, or of trade."""

    kind: Literal["trend"]
    size_field: ClassVar[str] = "per_year"
    carried: ClassVar[tuple[str, ...]] = ("what", "partner")
    what: Literal["trade", "gdp"] = Field(description="What drifts: trade with a partner, or GDP.")
    partner: Code | None = Field(None, description="For trade: the partner.")
    per_year: Growth = Field(description='"4 % a year", or the change of the log in a year: 0.039.')


class Restraint(Event):
    """A power holds itself back in security less than it does at rest."""

    kind: Literal["restraint"]
    size_field: ClassVar[str] = "factor"
    carried: ClassVar[tuple[str, ...]] = ("power",)
    power: Code = Field(description="The power.")
    factor: Restrained = Field(description="Factor on its restraint: 0.33; 1 is no change.")


class DefenceBudget(OnStates):
    """A state decides to spend more or less on its own army."""

    kind: Literal["defence_budget"]
    size: Burden = Field(description="Added to its military burden, % of GDP.")


KINDS: dict[str, type[Event]] = {
    "link_closed": LinkClosed,
    "link_cut": LinkCut,
    "link_slowed": LinkSlowed,
    "link_opened": LinkOpened,
    "link_enlarged": LinkEnlarged,
    "unrest": Unrest,
    "insecurity": Insecurity,
    "intervention": Intervention,
    "threat_signal": ThreatSignal,
    "rhetoric": Rhetoric,
    "pressure": Pressure,
    "visit": Visit,
    "summit": Summit,
    "aid": Aid,
    "investment": Investment,
    "investment_trend": InvestmentTrend,
    "budget": Budget,
    "attention": Attention,
    "engagement": Engagement,
    "sanctions": Sanctions,
    "enforcement": Enforcement,
    "crackdown": Crackdown,
    "remittances": Remittances,
    "arrivals": Arrivals,
    "labour_need": LabourNeed,
    "price": Price,
    "hardship": Hardship,
    "failed_project": FailedProject,
    "backlash": Backlash,
    "join": Join,
    "leave": Leave,
    "realign": Realign,
    "trend": Trend,
    "restraint": Restraint,
    "defence_budget": DefenceBudget,
}
"""Every kind of event and its schema."""
