"""What was made lately, kept for whoever asks next."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar

Kind = TypeVar("Kind")


class Shelf:
    """What was made lately, by key; made once, whoever else asks meanwhile waits for it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Kind]) -> Kind:
        """Return what belongs to a key; what could not be made is not kept."""
        with self._lock:
            found = self._made.get(key)
            mine = found is None
            future: Future[Any] = found if found is not None else Future()
            self._made[key] = future
            self._made.move_to_end(key)
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        if mine:
            try:
                future.set_result(make())
            except BaseException as fault:
                with self._lock:
                    self._made.pop(key, None)
                future.set_exception(fault)
        result: Kind = future.result()
        return result
