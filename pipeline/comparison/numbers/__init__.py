"""Predicted numbers: how far off the chosen candidate is, and in which intervals around it the truth lies."""
