"""Verdicts by the thousand: batches, and worker processes that can be killed."""
