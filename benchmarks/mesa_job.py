"""Mesa's whole job in a program of its own: python -m benchmarks.mesa_job MEMBERS FILE."""

from __future__ import annotations

import sys

import numpy as np

from benchmarks.mesa_batch import by_batch_run

if __name__ == "__main__":  # Mesa's processes are spawned: each reads this file again
    np.save(sys.argv[2], by_batch_run(int(sys.argv[1])))
