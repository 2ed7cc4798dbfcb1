"""The kinds of event: a closed list, each with its own strict schema.

The description of each field is what an editor shows when one points at it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Union

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from sim.reading.quantities import Amount, Quantity, shortened
from sim.scenario import Size

MOST_MONTHS = 600
"""A run of fifty years."""

FIRST_YEAR, LAST_YEAR = 2021, 2199

FIRST_START, LAST_MONTH = "2022-01", f"{LAST_YEAR}-12"
"""The months between which a run lies; 2021 is the base year that it starts from."""

LONGEST_NAME = 60

FOLDERS = ("figures",)
"""What the results folder has beside the folders of arms; no arm can be called so."""

_DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_NAME = rf"[a-z][a-z0-9_]{{0,{LONGEST_NAME - 1}}}"


def _checked_date(written: str) -> str:
    match = _DATE.fullmatch(written)
    if match is None:
        raise ValueError(
            f"'{shortened(written)}' is no date; write a month (2023-05) or a day (2023-05-19)"
        )
    year, month, day = int(match[1]), int(match[2]), int(match[3] or 1)
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        raise ValueError(f"'{written}' is no month of the years {FIRST_YEAR} to {LAST_YEAR}")
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise ValueError(f"'{written}': that month has {last} days")
    return written


def _checked_month(written: str) -> str:
    if len(_checked_date(written)) != len("2022-01"):
        raise ValueError(f"'{written}' is a day; write the month, {written[:7]}")
    if written < FIRST_START:
        raise ValueError(f"a run starts in {FIRST_START} or later; the base year is before that")
    return written


def _checked_id(written: str) -> str:
    if len(written) > LONGEST_NAME:
        raise ValueError(f"this name has {len(written)} letters; {LONGEST_NAME} at most")
    if not re.fullmatch(_NAME, written):
        raise ValueError(
            f"'{written}' is no name: small letters, digits and _ only, a letter first"
        )
    return written


def _checked_arm(written: str) -> str:
    if written in FOLDERS:
        raise ValueError(f"'{written}' is a folder of the results already; choose another name")
    return written


def _in_one_line(written: str) -> str:
    return " ".join(written.split())


def _not_blank(written: str) -> str:
    if not written:
        raise ValueError("this is empty")
    return written


def _pattern(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})


Date = Annotated[str, AfterValidator(_checked_date), _pattern(r"\d{4}-\d{2}(-\d{2})?")]
Month = Annotated[str, AfterValidator(_checked_month), _pattern(r"\d{4}-\d{2}")]
Name = Annotated[str, AfterValidator(_checked_id), _pattern(_NAME)]
ArmName = Annotated[
    str,
    AfterValidator(_checked_id),
    AfterValidator(_checked_arm),
    _pattern(f"(?!({'|'.join(FOLDERS)})$){_NAME}"),
]
Code = Annotated[str, Field(min_length=1)]
Words = Annotated[str, AfterValidator(_in_one_line)]
Heading = Annotated[
    Words, AfterValidator(_not_blank), WithJsonSchema({"type": "string", "pattern": r"\S"})
]
Role = Literal["shock", "reaction"]
ROLES: tuple[Role, ...] = ("shock", "reaction")
Codes = Annotated[list[Code], Field(min_length=1)]

Share = Annotated[Amount, Quantity("share", 0.0, 1.0)]
Factor = Annotated[Amount, Quantity("factor", 0.0, 100.0, percent="change")]
MoneyAYear = Annotated[Amount, Quantity("bn USD/y", 0.0, 20.0)]
Capacity = Annotated[Amount, Quantity("Mt/y or bcm/y", 0.0, 10_000.0)]
Troops = Annotated[Amount, Quantity("thousand men", 0.0, 30.0)]
People = Annotated[Amount, Quantity("thousand people", 0.0, 5000.0)]
Lost = Annotated[Amount, Quantity("share of GDP", 0.0, 1.0)]
Burden = Annotated[Amount, Quantity("% of GDP", -0.5, 20.0)]
Growth = Annotated[Amount, Quantity("a year", -0.5, 0.5, percent="growth")]
Logs = Annotated[Amount, Quantity("log points", -5.0, 5.0)]
Count = Annotated[Amount, Quantity("per month", 0.0, 100.0)]
Exponent = Annotated[Amount, Quantity("share", 0.0, 20.0)]
Restrained = Annotated[Amount, Quantity("factor", 0.0, 1.0, percent="change")]
Dearer = Annotated[Amount, Quantity("share of worth", -1.0, 5.0)]


class Strict(BaseModel):
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
    months: (
        Annotated[float, Field(gt=0, le=MOST_MONTHS, strict=False, allow_inf_nan=False)] | None
    ) = Field(
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


class Cut(OnLinks):
    """A link of which less is left."""

    carried: ClassVar[tuple[str, ...]] = ("intent", "by", "reopening")

    intent: Share = Field(
        default_factory=lambda: Amount(0.0, 1.0),
        description="How deliberate it is: 0 a storm, 1 an order from above. Without it nobody "
        "knows, and every member draws its own between 0 and 1.",
    )
    by: Code | None = Field(None, description="Who shuts it: the gatekeeper of the link.")
    reopening: Annotated[float, Field(ge=0, le=MOST_MONTHS, strict=False, allow_inf_nan=False)] = (
        Field(0.0, description="Months after the end over which it opens again little by little.")
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
    reopening: Annotated[float, Field(ge=0, le=MOST_MONTHS, strict=False, allow_inf_nan=False)] = (
        Field(0.0, description="Months after the end over which it eases little by little.")
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
    """A power coerces a state, beyond what the rules have it do by themselves."""

    kind: Literal["pressure"]
    shape_if_none: ClassVar[str] = "pulse"
    carried: ClassVar[tuple[str, ...]] = ("by",)
    by: Code = Field(description="The power that coerces.")
    size: Exponent = Field(
        description="Added to the exponent of pressure: 0.1 gives a tenth of full pressure, 0.7 "
        "half, 2.3 nine tenths."
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
    carried: ClassVar[tuple[str, ...]] = ("body",)
    body: Code = Field(description="CSTO, EAEU, SCO or C5+1.")

    def supposed(self) -> Size:
        return Size(1.0, 1.0)


class Leave(Join):
    """A state leaves a body."""

    kind: Literal["leave"]  # type: ignore[assignment]

    def supposed(self) -> Size:
        return Size(-1.0, -1.0)


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
    "trend": Trend,
    "restraint": Restraint,
    "defence_budget": DefenceBudget,
}
"""Every kind of event and its schema."""

if TYPE_CHECKING:
    AnyEvent = Event
else:
    AnyEvent = Annotated[Union[tuple(KINDS.values())], Field(discriminator="kind")]  # noqa: UP007


class Arm(Strict):
    """One variant of a question."""

    name: ArmName = Field(description="Short name of the variant.")
    title: Words = Field("", description="What the variant supposes, in a few words.")
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

    title: Heading = Field(description="A few words.")
    question: Heading = Field(description="The question in a sentence.")
    beyond: Words = Field(
        "", description="How far what is supposed goes beyond anything that the articles report."
    )
    sources: list[Words] = Field(default_factory=list, description="What dates and sizes rest on.")
    start: Month | None = Field(None, description="First month of the run, 2022-01 or later.")
    months: Annotated[int, Field(ge=1, le=MOST_MONTHS)] | None = Field(
        None, description="Length of the run in months; 36 if nothing else is said."
    )
    members: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        None, description="Runs of the ensemble; 200 if nothing else is said."
    )
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = Field(
        None, description="Where the random numbers begin; the same seed gives the same numbers."
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
        default_factory=list, description="Variants of the question, side by side."
    )
