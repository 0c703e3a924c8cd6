"""Builders of untrained nets, one module a kind."""
