"""How often the text of a request depends on what is decoded beside it, per number format.

    python benchmarks/engine_determinism.py --dtype float32 bfloat16

The same requests run in batches of two sizes and in two orders. Logits then differ in their last
bits; a text differs where such a difference moves a draw across the boundary of two tokens.
"""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from engine_throughput import word_problems

from dartmath.base.terminal import print_table
from dartmath.engines import Generation, Request, create_engine
from dartmath.engines.config import TransformersEngine
from dartmath.model import ModelSection, load_tokenizer
from dartmath.prompts.template import load_template


def texts(model: ModelSection, requests: list[Request], slots: int) -> dict[str, tuple[str, int]]:
    """Text and tokens of every request by id."""

    async def main() -> list[Any]:
        section = TransformersEngine(concurrency=slots)
        async with create_engine(section, model, load_template("chat")) as engine:
            return await asyncio.gather(*map(engine.generate, requests))

    found = asyncio.run(main())
    return {r.id: (c.text, c.completion_tokens) for r, c in zip(requests, found, strict=True)}


def compare(model: ModelSection, requests: list[Request]) -> tuple[int, int]:
    """How many texts differ, and how many tokens were generated."""
    one = texts(model, requests, 32)
    other = texts(model, requests[::-1], 12)
    return sum(one[key] != other[key] for key in one), sum(tokens for _, tokens in one.values())


def main() -> None:
    """Measure every number format and print the table."""
    parser = argparse.ArgumentParser(description="Does a text depend on its batch?")
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--dtype", nargs="+", default=["bfloat16", "float32"])
    parser.add_argument("--requests", type=int, default=96)
    parser.add_argument("--max-tokens", type=int, default=48)
    given = parser.parse_args()
    generation = Generation(temperature=0.8, top_p=0.95, max_tokens=given.max_tokens)
    prompts = word_problems(given.requests, 4, load_tokenizer(ModelSection(name=given.model)))
    requests = [Request(str(i), prompt, generation, i) for i, prompt in enumerate(prompts)]
    rows = []
    for dtype in given.dtype:
        differ, tokens = compare(ModelSection(name=given.model, dtype=dtype), requests)
        rows.append((dtype, len(requests), tokens, differ, f"{differ / tokens:.1e}"))
    print_table(given.model, ["format", "texts", "tokens", "texts that differ", "per token"], rows)


if __name__ == "__main__":
    main()
