"""Other architectures decode as `generate` does: sliding windows, softcaps, learned positions."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dartmath.base.errors import EngineError
from dartmath.engines import Completion, Generation, Request, create_engine
from dartmath.engines.config import TransformersEngine
from dartmath.engines.stops import Ends
from dartmath.model import ModelSection, load_tokenizer
from dartmath.prompts.template import Prompt, Template

transformers = pytest.importorskip("transformers")

_SIZE = {
    "vocab_size": 49152,
    "hidden_size": 48,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 12,
    "initializer_range": 0.3,
    "max_position_embeddings": 512,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 2,
}
_MIXED = ["sliding_attention", "full_attention", "sliding_attention"]
MODELS: dict[str, dict[str, Any]] = {
    "llama": {**_SIZE, "num_key_value_heads": 4},
    "starcoder2": {**_SIZE, "sliding_window": 6},
    "qwen3": _SIZE,
    "gemma2": {**_SIZE, "sliding_window": 6, "query_pre_attn_scalar": 12},
    "gemma3_text": {**_SIZE, "sliding_window": 6, "layer_types": _MIXED, "query_pre_attn_scalar": 12},
    "gpt2": {
        "vocab_size": 49152,
        "n_embd": 48,
        "n_layer": 3,
        "n_head": 4,
        "n_positions": 512,
        "initializer_range": 0.3,
        "bos_token_id": 1,
        "eos_token_id": 2,
    },
}
EXAMPLES = "".join(f"Question: what is {i} plus {i}? Answer: {2 * i}. " for i in range(10, 20))
TEXTS = (
    "One.",
    "A train drives sixty kilometres per hour, for three hours, and then it stops at a station.",
    "Tom has seven apples and buys five more; how many does he have?",
)


def save(kind: str, options: dict[str, Any], folder: Path, smollm2: str) -> Any:
    """A random model of `kind` in `folder`, with SmolLM2's tokenizer."""
    import torch

    torch.manual_seed(5)
    config = transformers.AutoConfig.for_model(kind, **options)
    model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
    model.save_pretrained(folder)
    load_tokenizer(ModelSection(name=smollm2)).save_pretrained(folder)
    return transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)


def generate(folder: Path, limits: list[int], before: str = "") -> list[Completion]:
    async def main() -> list[Completion]:
        section = TransformersEngine(concurrency=2, device="cpu")
        model = ModelSection(name=str(folder), dtype="float32")
        wanted = [
            Request(text, Prompt(before + text), Generation(temperature=0, max_tokens=limit), 0)
            for text, limit in zip(TEXTS, limits, strict=True)
        ]
        async with create_engine(section, model, Template("plain")) as engine:
            return await asyncio.gather(*map(engine.generate, wanted))

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("kind", "before"),
    [*((kind, "") for kind in MODELS), ("llama", EXAMPLES), ("qwen3", EXAMPLES), ("gemma3_text", EXAMPLES)],
    ids=lambda value: value if value in MODELS else "shared" if value else "apart",
)
def test_greedy_equals_generate(kind: str, before: str, tmp_path: Path, smollm2: str) -> None:
    model = save(kind, MODELS[kind], tmp_path, smollm2)
    tokenizer = load_tokenizer(ModelSection(name=str(tmp_path)))
    limits = [25, 9, 14]
    expected = []
    for text, limit in zip(TEXTS, limits, strict=True):
        inputs = tokenizer(before + text, return_tensors="pt")
        out = model.generate(**inputs, do_sample=False, max_new_tokens=limit, pad_token_id=2)
        expected.append(tokenizer.decode(out[0, inputs.input_ids.shape[1] :], skip_special_tokens=True))
    assert [c.text for c in generate(tmp_path, limits, before)] == expected


@pytest.mark.parametrize("before", ["", EXAMPLES], ids=["apart", "shared"])
def test_rows_for_which_there_is_no_memory_wait_and_say_the_same(
    before: str, tmp_path: Path, smollm2: str
) -> None:
    from dartmath.engines.transformers_attention import use_grouped_attention
    from dartmath.engines.transformers_decoder import Decoder, DecodingRow
    from dartmath.engines.transformers_memory import CacheBudget

    model = save("qwen3", _SIZE, tmp_path, smollm2)
    tokenizer = load_tokenizer(ModelSection(name=str(tmp_path)))
    use_grouped_attention(model)

    def run(most: int) -> tuple[dict[str, str], int, str]:
        told: list[str] = []
        texts: dict[str, str] = {}
        decoder = Decoder(model, tokenizer, 8, 0, CacheBudget(8, model.device, most, told.append))
        for number in range(10):
            text, limit = before + TEXTS[number % 3], 40 + 20 * number
            request = Request(str(number), Prompt(text), Generation(0.1, max_tokens=limit), number)
            done = partial(lambda name, found: texts.update({name: found.text}), request.id)
            row = DecodingRow(request, tuple(tokenizer.encode(text)), limit, Ends(frozenset(), ()), done)
            decoder.waiting.append(row)
        while decoder.busy:
            decoder.step()
            assert len(decoder.rows) <= 1 or decoder.holds <= most
        return texts, decoder.put_back, told[0]

    plenty, calm, _ = run(2**30)
    scarce, tight, said = run(600_000 if not before else 450_000)
    assert scarce == plenty and len(plenty) == 10
    assert calm == 0 and tight > 0
    assert "(engine.cache_mb)" in said and "others wait" in said


def test_a_model_without_a_key_value_cache_is_refused(tmp_path: Path, smollm2: str) -> None:
    options = {"vocab_size": 49152, "hidden_size": 32, "num_hidden_layers": 2, "state_size": 4}
    save("mamba", options, tmp_path, smollm2)
    with pytest.raises(EngineError, match=r"engine\.kind"):
        generate(tmp_path, [5, 5, 5])
