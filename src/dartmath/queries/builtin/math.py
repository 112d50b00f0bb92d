r"""MATH: competition problems of five levels in seven subjects.

Hendrycks et al. 2021, https://arxiv.org/abs/2103.03874

A row (made up):

    {"problem": "Find $x$ if $2x = 1$.", "level": "Level 1", "type": "Algebra",
     "solution": "Halving gives $x = \\boxed{\\frac{1}{2}}$."}

Reference: the content of the last `\boxed` of the solution, also without braces (`\boxed 2`). Two
training solutions have an empty box; their answer stands in `_EMPTY_BOXES`. Two have no level
("Level ?"): they get the one that DART-Math gives them. Not covered: asymptote pictures stay in
the text as code. The Hub repository of the authors was taken down; a mirror with the same rows is read.
"""

from __future__ import annotations

from dartmath.base.errors import DataError
from dartmath.queries.dataset import Dataset, Hub
from dartmath.queries.latex import last_boxed
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row
from dartmath.queries.text import restore_escapes

_SOURCE = "https://github.com/hendrycks/math"
_MIRROR = "DigitalLearningGmbH/MATH-lighteval"
# The commit that inspect_evals and others pin.
_COMMIT = "0530c78699ea5e8eb5530600900e1f328b48acad"

# Start of the problem -> answer, for the two solutions whose box is empty (both are choice A, 0).
_EMPTY_BOXES = {
    "For any integer $n>1$, the number of prime numbers greater than": "0",
    "You are given a sequence of $58$ terms; each term has the form $P+n$": "0",
}


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    answer = last_boxed(row["solution"])
    if answer == "":
        answer = next((a for start, a in _EMPTY_BOXES.items() if row["problem"].startswith(start)), "")
    if answer is None:
        raise DataError(f"no \\boxed answer in the solution: {row['solution'][-60:]!r}")
    text, domain = restore_escapes(row["problem"]), row["type"].replace(" ", "")
    return make_query(
        name, text, answer, level=_level(row), domain=domain, original=_original(row["solution"])
    )


def _original(solution: str) -> str | None:
    r"""No reference for a box without braces, as the paper's code reads it; None where it reads as we do."""
    _, _, behind = solution.rpartition("\\boxed")
    return None if behind.startswith("{") else ""


def _level(row: Row) -> str:
    level = str(row["level"]).removeprefix("Level ")
    if level == "?":
        return "2" if row["problem"].startswith("We") else "1"
    return level


DATASETS = (
    Dataset(
        name="math/test",
        title="MATH",
        use="test",
        rows=5000,
        licence="MIT",
        source=_SOURCE,
        file="math/test.jsonl",
        origin=Hub(_MIRROR, "test", revision=_COMMIT),
        convert=convert,
        checksum="b9764e19bb33147c",
        examples="math",
        notes="Five problems also stand, written a little differently, in the training set.",
    ),
    Dataset(
        name="math/train",
        title="MATH train",
        use="train",
        rows=7500,
        licence="MIT",
        source=_SOURCE,
        file="math/train.jsonl",
        origin=Hub(_MIRROR, "train", revision=_COMMIT),
        convert=convert,
        checksum="09e189d9c7f975c2",
        examples="math",
    ),
)
