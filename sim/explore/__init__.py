"""One page to explore a scenario with: a grid of runs, packed, and what shows it in a browser."""
