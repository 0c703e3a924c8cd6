"""Candidates trained on the training rows of every fold."""
