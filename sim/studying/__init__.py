"""Commands that make many runs: each takes its arguments and prints what it found."""
