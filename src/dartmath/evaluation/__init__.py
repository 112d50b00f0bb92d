"""Evaluation: VRT on benchmark queries, then metrics with honest intervals, and comparisons."""
