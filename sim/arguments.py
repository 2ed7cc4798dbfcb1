"""How arguments of commands are read."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable

from sim.texts import LANGUAGES, choices


def whole(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers between two bounds."""

    def read(text: str) -> int:
        if not re.fullmatch("[-+]?[0-9]{1,30}", text):
            raise argparse.ArgumentTypeError(f"'{text}' is no whole number")
        number = int(text)
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{number} is not between {least} and {most}")
        return number

    return read


def language(text: str) -> str:
    """Return a language by its code, or say which there are."""
    if text not in LANGUAGES:
        told = f"there is no language '{text}'; there are {choices()}"
        raise argparse.ArgumentTypeError(told)
    return text
