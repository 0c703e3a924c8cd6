"""Do the words hold? Intervals, judgments and the gate of the registry, simulated through the product's own functions.

Rows are generated, real classifiers are fitted to them, and what the product says of their scores is held against the
truth, which is the mean score of the same procedure on fresh rows. ``make coverage`` writes ``docs/statistics.md``.
"""
