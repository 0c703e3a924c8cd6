"""Layers of our own: what a saved net names."""
