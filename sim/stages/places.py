"""Where each domain and need stands in its axis."""

from __future__ import annotations

import numpy as np

from sim.vocabulary import DOMAINS, NEEDS

SECURITY, ECONOMIC, ROUTES = range(len(DOMAINS))
REGIME, BORDER, SOVEREIGNTY = range(len(NEEDS))

Stage = dict[str, np.ndarray]
"""What a stage of a month sets, by name."""
