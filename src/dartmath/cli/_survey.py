"""What the references of a set look like, in the terminal."""

from __future__ import annotations

from dartmath.base.terminal import info, print_table, warn
from dartmath.queries.survey import Survey


def print_survey(found: Survey) -> None:
    """Print the kinds of references with examples, what was done of itself, and what to look at."""
    if found.kinds:
        print_table("references", ("read as", "how many", "such as"), found.table())
    for note in found.notes():
        info(note)
    for warning in found.warnings():
        warn(warning)
