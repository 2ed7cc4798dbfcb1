"""A teaching model of great-power competition and hedging in Central Asia.

In a notebook: `import sim; run = sim.run("scenarios/cpc_closure.yaml")`; then `run.answer`,
`run.dataset` (labelled arrays), `run.figure(name)` and `run.save(folder)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.vocabulary import VERSION as __version__

if TYPE_CHECKING:
    from sim.asking import run as run
    from sim.notebook import Asked as Asked

__all__ = ["Asked", "__version__", "run"]


def __getattr__(name: str) -> Any:
    """Return a public name, imported only now: `import sim` alone stays quick (PEP 562)."""
    if name == "run":
        from sim.asking import run

        return run
    if name == "Asked":
        from sim.notebook import Asked

        return Asked
    raise AttributeError(f"module 'sim' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
