"""Nets in rising order against printed figures."""
