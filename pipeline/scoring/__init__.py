"""Trained candidates scored, summarized, contrasted and ranked."""
