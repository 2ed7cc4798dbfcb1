"""What the rules say when a solution is not found."""

from __future__ import annotations


class NotConverged(ArithmeticError):
    """A rule that solves for something did not find it: a fault of ours, never passed over."""
