"""Measures the project's budgets as ratios within one run: `python -m bench`."""
