"""How fast the project is, in ratios within one run: python -m benchmarks."""
