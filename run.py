"""Run a scenario and print its answer: python run.py scenarios/cpc_closure.yaml (or --help)."""

import signal
import sys

OLDEST = (3, 11)


def start() -> int:
    """Return the exit status of the command line; on an old Python, that it is too old."""
    if sys.version_info < OLDEST:
        print("This needs Python 3.11 or later; you have", sys.version.split()[0], file=sys.stderr)
        return 2
    from sim.cli import leave_when_stopped, main

    leave_when_stopped()
    return main()


if __name__ == "__main__":
    try:
        status = start()
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        status = 130
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is done is done: leave quietly
    sys.exit(status)
