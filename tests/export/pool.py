"""A run of the real sampler whose pool is known by heart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dartmath.engines.protocol import Completion, Request
from dartmath.prompts.template import load_template
from dartmath.queries.query import Query, make_query
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.policy import VRT
from dartmath.sampling.run import sample
from report.made_run import ScriptedEngine

RIGHT, TWIN, NEAR, LONG, CUT = range(5)
TEXTS = {
    RIGHT: "First 40 + 2 = 42. So it is \\boxed{42}.",
    TWIN: "Surely \\boxed{41}.",
    NEAR: "First 40 + 2 = 43. So it is \\boxed{43}.",
    LONG: "Let me see. " * 9 + "It is \\boxed{7}.",
    CUT: "Let me see. " * 50,
}
TOKENS = {RIGHT: 20, TWIN: 5, NEAR: 20, LONG: 60, CUT: 100}
TRIALS = {
    "What is 40 + 2?": (RIGHT, TWIN, NEAR, TWIN, LONG, RIGHT, CUT, TWIN),
    "What is 6 * 7?": (RIGHT,) * 8,
    "What is 84 / 2?": (TWIN, NEAR) * 4,
}


class ListedEngine(ScriptedEngine):
    """Gives each query the responses of its list; a response has its trial's number in it."""

    def __init__(self) -> None:
        self.asked: dict[str, int] = {}

    async def generate(self, request: Request) -> Completion:
        prompt = request.prompt.text or str(request.prompt.messages)
        query = next(text for text in TRIALS if text in prompt)
        at = self.asked[query] = self.asked.get(query, -1) + 1
        kind = TRIALS[query][at]
        text = TEXTS[kind] if kind == TWIN else f"Try {at}. {TEXTS[kind]}"
        return Completion(text, "length" if kind == CUT else "stop", 10, TOKENS[kind])


def queries(**metadata: Any) -> list[Query]:
    return [make_query("mine", text, "42", **metadata) for text in TRIALS]


def make_pool(folder: Path, template: str = "alpaca", **metadata: Any) -> Path:
    """A pool of the three queries: one solved at times, one always, one never."""
    section = SamplingSection(policy=VRT(trials=8), workers=0, max_tokens=200)
    engine = ListedEngine()
    engine.concurrency = 1
    sample(
        queries(**metadata),
        engine,
        load_template(template),
        section,
        folder,
        seed=0,
        model={"name": "listed", "revision": None, "dtype": "auto"},
    )
    return folder
