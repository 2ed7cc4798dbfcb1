"""Named arrays with named axes: the one form in which the model hands things on.

The member axis is always first and never named; the named axes follow. One run is an ensemble
of one. A *window* is the same arrays seen by one actor: every array that has the actor's axis is
cut down to that actor, kept at length one, so that a rule cannot tell a window from the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

Axes = Mapping[str, tuple[str, ...]]


class Arrays(Mapping[str, np.ndarray]):
    """Read-only arrays by name: ``situation.threat`` is ``situation["threat"]``."""

    __slots__ = ("_arrays", "axes")

    def __init__(self, arrays: Mapping[str, np.ndarray], axes: Axes) -> None:
        self._arrays = dict(arrays)
        self.axes = axes

    def __getitem__(self, name: str) -> np.ndarray:
        return self._arrays[name]

    def __getattr__(self, name: str) -> np.ndarray:
        try:
            return self._arrays[name]
        except KeyError:
            raise AttributeError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def __getstate__(self) -> tuple[dict[str, np.ndarray], Axes]:
        return self._arrays, self.axes

    def __setstate__(self, state: tuple[dict[str, np.ndarray], Axes]) -> None:
        self._arrays, self.axes = state

    def replaced(self, **changed: np.ndarray) -> Arrays:
        """Return the same arrays with some of them exchanged."""
        return Arrays({**self._arrays, **changed}, self.axes)

    def window(self, axis: str, place: int) -> Arrays:
        """Return what one actor sees: its place along an axis, kept at length one."""
        return Arrays(
            {name: seen(array, self.axes[name], axis, place) for name, array in self.items()},
            self.axes,
        )

    def some(self, members: slice, axis: int = 0) -> Arrays:
        """Return some of the members, which stand along an axis; what all share stays."""
        place = (slice(None),) * axis + (members,)
        return Arrays(
            {k: a if a.shape[axis] == 1 else a[place] for k, a in self.items()}, self.axes
        )

    def member(self, place: int) -> Arrays:
        """Return one member alone, as an ensemble of one."""
        one = slice(place, place + 1)
        return Arrays({k: a if len(a) == 1 else a[one] for k, a in self.items()}, self.axes)


def seen(array: np.ndarray, axes: tuple[str, ...], axis: str, place: int) -> np.ndarray:
    """Return an array cut to one place along the first axis of that name, if it has one."""
    if axis not in axes:
        return array
    along = axes.index(axis) + 1
    return array[(slice(None),) * along + (slice(place, place + 1),)]


def frozen(array: np.ndarray) -> np.ndarray:
    """Return the array, set read-only."""
    array.setflags(write=False)
    return array
