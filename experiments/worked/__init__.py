"""The lecture's worked examples: their givens and every number the lecture prints, with its place."""
