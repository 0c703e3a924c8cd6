"""The training loop: whole epochs in one compiled function, one net or many at once."""

VERSION = 6
"""Of the arithmetic: raised whenever the same net from the same seed may come out with other bits."""
