"""What the fields of a scenario file may hold: dates, names, words, and numbers with units."""

from __future__ import annotations

import re
from calendar import monthrange
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from sim.reading.quantities import Amount, Quantity, shortened
from sim.scenario import LIMITS

FIRST_YEAR, LAST_YEAR = 2021, 2199

FIRST_START, LAST_MONTH = "2022-01", f"{LAST_YEAR}-12"
"""The months between which a run lies; 2021 is the base year that it starts from."""

LONGEST_NAME = 60

LONGEST_TITLE = 200
"""Characters of a title; the question has room for the rest."""

FOLDERS = ("figures",)
"""What the results folder has beside the folders of arms; no arm can be called so."""

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")
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


def _short(written: str) -> str:
    if len(written) > LONGEST_TITLE:
        raise ValueError(
            f"this title has {len(written)} characters; {LONGEST_TITLE} at most, the rest belongs "
            "in the question"
        )
    return written


def _pattern(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})


Date = Annotated[str, AfterValidator(_checked_date), _pattern("[0-9]{4}-[0-9]{2}(-[0-9]{2})?")]
Month = Annotated[str, AfterValidator(_checked_month), _pattern("[0-9]{4}-[0-9]{2}")]
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
Title = Annotated[
    Heading,
    AfterValidator(_short),
    WithJsonSchema({"type": "string", "pattern": r"\S", "maxLength": LONGEST_TITLE}),
]
ArmTitle = Annotated[
    Words,
    AfterValidator(_short),
    WithJsonSchema({"type": "string", "maxLength": LONGEST_TITLE}),
]
Role = Literal["shock", "reaction"]
ROLES: tuple[Role, ...] = ("shock", "reaction")
Codes = Annotated[list[Code], Field(min_length=1)]

Months = Annotated[int, Field(ge=LIMITS["months"][0], le=LIMITS["months"][1])]
Members = Annotated[int, Field(ge=LIMITS["members"][0], le=LIMITS["members"][1])]
Seed = Annotated[int, Field(ge=LIMITS["seed"][0], le=LIMITS["seed"][1])]
Length = Annotated[float, Field(gt=0, le=LIMITS["months"][1], strict=False, allow_inf_nan=False)]
Easing = Annotated[float, Field(ge=0, le=LIMITS["months"][1], strict=False, allow_inf_nan=False)]

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
Exponent = Annotated[Amount, Quantity("share", -20.0, 20.0)]
Restrained = Annotated[Amount, Quantity("factor", 0.0, 1.0, percent="change")]
Dearer = Annotated[Amount, Quantity("share of worth", -1.0, 5.0)]
