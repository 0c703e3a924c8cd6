"""Speed against peers, each figure a ratio inside one run: ``python -m benchmarks.run`` writes the page."""
