"""Characters of responses that the engine for servers loses, over answers that servers are reported to give.

    python benchmarks/answer_characters.py

Each answer of `tests/engines/openai/answers.yaml` that holds a response is sent by a real server, as it was
reported, to the engine; a whole answer with one choice also as one with that choice three times over, of
which three responses are to come. A character is lost where text and thoughts together have fewer than the
answer has.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

from dartmath.base.terminal import print_table
from dartmath.engines import Completion
from dartmath.engines.openai.answer import read_answers
from dartmath.engines.openai.said import Asked

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from engines.openai.test_answers import CASES, ask


def told(case: dict[str, Any]) -> int:
    """Characters of the response in an answer."""
    return len(case["text"]) + len(case.get("thoughts") or "")


def kept(found: Any) -> int:
    """Characters of a response that came through."""
    return len(found.text) + len(found.thoughts or "") if isinstance(found, Completion) else 0


def several(case: dict[str, Any]) -> list[int]:
    """Characters kept of each of three responses, as the answer has them."""
    body = case.get("chat") or case["completions"]
    choices = [{**body["choices"][0], "index": place} for place in range(3)]
    return [kept(one) for one in read_answers({**body, "choices": choices}, Asked("server", 40, responses=3))]


def main() -> None:
    count, characters, lost = Counter[str](), Counter[str](), Counter[str]()
    for case in (case for case in CASES if "text" in case):
        form = "stream" if "sse" in case else "chat" if "chat" in case else "completions"
        found = {form: [kept(ask(case)[0])]}
        if form != "stream" and len((case.get("chat") or case["completions"]).get("choices", ())) == 1:
            found[f"{form}, three at once"] = several(case)
        for name, sizes in found.items():
            count[name] += 1
            characters[name] += told(case) * (3 if "three" in name else 1)
            lost[name] += sum(max(0, told(case) - size) for size in sizes)
    rows = [(name, count[name], characters[name], lost[name]) for name in sorted(count)]
    print_table("Characters of responses", ("form", "answers", "characters", "lost"), rows)


if __name__ == "__main__":
    main()
