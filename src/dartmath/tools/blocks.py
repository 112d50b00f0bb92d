"""Code blocks in a response: which one waits to be run, and how its output is written.

The format is that of ToRA (https://arxiv.org/abs/2309.17452, appendix) and Qwen2.5-Math: a fenced
block marked `python`, then a fenced block marked `output`.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import Literal

# Where generation pauses: the model begins to write an output itself, or a fence closes.
OUTPUT_FENCE = "```output"
CLOSING_FENCE = "```\n"  # indented or not: a fence that opens a block has its language behind the signs
STOPS = (OUTPUT_FENCE, CLOSING_FENCE)

_FENCE = re.compile(r"^[ \t>]*```[ \t]*([^\s`]*)[^`]*$")
_PYTHON = {"python", "py", "python3", "ipython", "sympy", "tool_code"}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a response ends so far.

    Attributes:
        kind: "python" (a Python block waits to be run), "other" (inside some other block),
            "text" (neither).
        code: the code of the waiting block.
        open: whether the closing fence of the block is still missing.
    """

    kind: Literal["python", "other", "text"]
    code: str = ""
    open: bool = False


def ending(text: str) -> Ending:
    """What stands at the end of `text`; a closed block waits while only white space follows it.

    >>> ending("So:\\n```python\\n1 + 1\\n```\\n")
    Ending(kind='python', code='1 + 1', open=False)
    """
    found = Ending("text")
    language: str | None = None
    lines: list[str] = []
    for line in text.split("\n"):
        fence = _FENCE.match(line)
        if language is None:
            if fence:
                language, lines = fence[1].strip("{.}").lower(), []
                found = Ending("text")
            elif line.strip():
                found = Ending("text")
        elif fence and not fence[1]:
            found = Ending("python", _code(lines)) if language in _PYTHON else Ending("text")
            language = None
        else:
            lines.append(line)
    if language is None:
        return found
    return Ending("python", _code(lines), open=True) if language in _PYTHON else Ending("other", open=True)


def output_block(output: str, *, after: Ending, text: str) -> str:
    """What is appended to `text`: the missing end of the code block, and the output in its own.

    A fence in the output is written with apostrophes, since it would end the block.
    """
    begins_line = not text.rpartition("\n")[2].strip()
    close = "" if begins_line else "\n"
    close += "```\n" if after.open else ""
    shown = output.replace("```", "'''").rstrip("\n")
    return f"{close}{OUTPUT_FENCE}\n{shown}\n```\n"


def _code(lines: list[str]) -> str:
    return textwrap.dedent("\n".join(lines)).strip("\n")
