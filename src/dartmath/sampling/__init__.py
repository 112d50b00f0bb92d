"""Difficulty-aware rejection sampling: policies, controller, journal, forecast."""
