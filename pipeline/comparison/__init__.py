"""Nets against baselines on one data set."""
