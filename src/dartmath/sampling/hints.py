"""Hints: what a prompt tells of the reference, for queries that no plain trial solved.

Rationalisation: a model that is told the answer, or how a solution begins, writes the rest; the row that is
trained on has the problem alone (STaR, arXiv 2203.14465). What such a response gives away is checked when a
set is curated (see `dartmath.curation.hinted`).
"""

from __future__ import annotations

import math
import re

from dartmath.base.errors import DataError
from dartmath.queries.query import Query
from dartmath.sampling.config import HintSection

_TEXTS = {
    "answer": (
        "(The final answer is {hint}. Derive it step by step from the problem, as if you did not know it, "
        "and do not mention that it was given.)"
    ),
    "solution": (
        "(A solution begins so:\n{hint}\nWrite a whole solution of your own from the beginning, and do not "
        "mention that this was given.)"
    ),
}


def hinted_text(query: Query, hint: HintSection) -> str:
    """The problem with the hint below it.

    Raises `DataError` where a reference solution is asked for and the query has none.
    """
    told = query.references[0] if hint.kind == "answer" else beginning(_solution(query, hint), hint.share)
    return f"{query.text}\n\n{(hint.text or _TEXTS[hint.kind]).replace('{hint}', told)}"


def _solution(query: Query, hint: HintSection) -> str:
    found = query.metadata.get(hint.column)
    if not isinstance(found, str) or not found.strip():
        raise DataError(
            f"query {query.id!r} has no {hint.column!r} for a hint; name the column of solutions in "
            "queries.columns.keep and in the hint's `column`, or hint at the answer"
        )
    return found


def beginning(solution: str, share: float) -> str:
    r"""The first lines of a solution, rounded down but at least one; sentences where it is one line.

    >>> beginning("a = 2\nb = 3\na + b = 5", 0.5)
    'a = 2'
    >>> beginning("Two and two is four. So it is 4.", 0.5)
    'Two and two is four.'
    """
    lines = [line for line in solution.strip().splitlines() if line.strip()]
    joint = "\n"
    if len(lines) == 1:
        lines, joint = re.split(r"(?<=[.!?])\s+", lines[0]), " "
    return joint.join(lines[: max(1, math.floor(share * len(lines)))])
