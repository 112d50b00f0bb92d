"""Where the files of several benchmarks lie on the web, pinned to a commit."""

from __future__ import annotations

from dartmath.queries.dataset import Web

_DART_MATH = "https://raw.githubusercontent.com/hkust-nlp/dart-math"
# College-Math was in the repository at the first commit alone.
_WITH_COLLEGE = f"{_DART_MATH}/92c39e972134db14e74943ea61a5eb630ba3b971/data/dsets"
_LATER = f"{_DART_MATH}/219b32467b55f7c610195e148b56df3431e1a963/data/dsets"
_QWEN = (
    "https://raw.githubusercontent.com/QwenLM/Qwen2.5-Math/"
    "a45202bd16f1ec06f433442dc1152d0074773465/evaluation/data"
)


def dart_math(path: str, *, college: bool = False) -> Web:
    """A file of DART-Math's repository, which evaluated the paper's models."""
    return Web(f"{_WITH_COLLEGE if college else _LATER}/{path}")


def qwen_math(name: str) -> Web:
    """The test file of a benchmark in Qwen2.5-Math's repository."""
    return Web(f"{_QWEN}/{name}/test.jsonl")
