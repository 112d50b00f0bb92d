"""Rounds of expert iteration: what a recipe may ask of them, and what came out of each."""
