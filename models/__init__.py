"""Nets and training loops: plain arrays in, plain arrays out. Knows neither MLflow nor the experiments."""
