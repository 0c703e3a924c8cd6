"""The training loop: whole epochs in one compiled function, one net or many at once."""
