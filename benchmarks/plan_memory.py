"""Planned against measured peak memory of training on a CPU, for eleven shapes of models and runs.

    python benchmarks/plan_memory.py [--only NAME]

Each run is a process of its own, which trains two optimiser steps of random tokens and reads its peak from
the system (VmHWM). `planned` is what `dartmath train --plan --device CPU` says. Since the libraries are a
large part of the peak of a small model, `beyond them` compares what the process took after they were
loaded with the plan without its part for libraries.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

# Name -> (class of configuration, its arguments, settings of training): sizes that a CPU trains in seconds,
# and that are large beside the libraries.
LLAMA = {"hidden_size": 512, "intermediate_size": 1408, "num_hidden_layers": 8, "vocab_size": 32000}
LLAMA |= {"num_attention_heads": 8, "num_key_value_heads": 8}
FULL: dict[str, Any] = {"batch_size": 2, "max_length": 1024, "dtype": "float32"}
SHORT = {**FULL, "max_length": 512}
# The sizes of SmolLM2-135M; numbers in the weights take no part.
SMOLLM2 = {"hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30, "vocab_size": 49152}
SMOLLM2 |= {"num_attention_heads": 9, "num_key_value_heads": 3, "tie_word_embeddings": True}
DEEP = {**LLAMA, "num_key_value_heads": 2, "num_hidden_layers": 16}
SHAPES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "Llama": ("LlamaConfig", LLAMA, FULL),
    "checkpointing": ("LlamaConfig", LLAMA, {**FULL, "gradient_checkpointing": True}),
    "one micro-batch": ("LlamaConfig", LLAMA, {**FULL, "batch_size": 1}),
    "bfloat16": ("LlamaConfig", LLAMA, {**FULL, "dtype": "bfloat16"}),
    "Adafactor": ("LlamaConfig", LLAMA, {**SHORT, "optimizer": "adafactor"}),
    "LoRA": ("LlamaConfig", LLAMA, {**FULL, "lora": {"rank": 16}}),
    "DPO": ("LlamaConfig", LLAMA, {**SHORT, "objective": "dpo"}),
    "deep, four texts at once": (
        "LlamaConfig",
        DEEP,
        {**FULL, "batch_size": 4, "micro_batch": 4, "max_length": 256},
    ),
    "Gemma 3": ("Gemma3TextConfig", {**LLAMA, "head_dim": 64}, SHORT),
    "SmolLM2-135M, checkpointing": ("LlamaConfig", SMOLLM2, {**SHORT, "gradient_checkpointing": True}),
    "SmolLM2-135M, LoRA, bfloat16": (
        "LlamaConfig",
        SMOLLM2,
        {**SHORT, "dtype": "bfloat16", "lora": {"rank": 16}},
    ),
}


def make(folder: Path, kind: str, sizes: dict[str, Any], section: dict[str, Any]) -> None:
    """A random model with a tokenizer of single words, and rows that fill sequences exactly."""
    import transformers as t
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = ["<s>", "</s>", *(f"w{i}" for i in range(2000))]
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="w0"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    t.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="w0", pad_token="w0"
    ).save_pretrained(folder / "model")
    t.AutoModelForCausalLM.from_config(getattr(t, kind)(**sizes)).save_pretrained(folder / "model")
    rng = random.Random(0)
    # A prompt of the template `qa` is a dozen words beside the query.
    words_of = lambda n: " ".join(f"w{rng.randrange(2000)}" for _ in range(n))  # noqa: E731
    length = section["max_length"]
    rows = []
    for _ in range(8):
        query, response = words_of(length // 8), words_of(length - length // 8 - 32)
        other = words_of(length - length // 8 - 32)
        rows.append({"query": query, "response": response, "chosen": response, "rejected": other})
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def run(folder: Path, settings: dict[str, Any]) -> None:
    """Train two steps, and print the peak and what was there before, in GiB."""
    from dartmath.model import ModelSection
    from dartmath.prompts.template import load_template
    from dartmath.training import session
    from dartmath.training.config import TrainingSection
    from dartmath.training.run import train

    section = TrainingSection(**{"max_steps": 2, "packing": False, "epochs": 9, **settings})
    found: dict[str, float] = {}
    load = session.prepare_data

    def noted(*args: Any) -> Any:
        import trl.trainer.dpo_trainer
        import trl.trainer.sft_trainer  # noqa: F401  # what the run would load a moment later

        found["before"] = _status("VmRSS")
        return load(*args)

    session.prepare_data = noted
    # The peak of the steps, not of the export behind them.
    forget = session._export

    def ended(*args: Any) -> Any:
        found["peak"] = _status("VmHWM")
        return forget(*args)

    session._export = ended
    model, rows = ModelSection(name=str(folder / "model")), [folder / "rows.jsonl"]
    train(section, model, load_template("qa"), rows, folder / "out")
    print(json.dumps(found))


def _status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) / 2**20


def planned(folder: Path, settings: dict[str, Any]) -> Any:
    """The plan's memory of one device."""
    from dartmath.training.config import TrainingSection
    from dartmath.training.memory import memory_table
    from dartmath.training.shape import model_shape

    section = TrainingSection(**{"packing": False, **settings})
    shape = model_shape("model", str(folder / "model"))
    return memory_table(section, shape, place="cpu", dtype=section.dtype)[0]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=SHAPES)
    parser.add_argument("--run", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        run(Path(options.run), SHAPES[options.only][2])
        return
    from dartmath.base.terminal import print_table

    rows = []
    for name in [options.only] if options.only else SHAPES:
        kind, sizes, settings = SHAPES[name]
        with tempfile.TemporaryDirectory() as text:
            folder = Path(text)
            make(folder, kind, sizes, settings)
            memory = planned(folder, settings)
            command = [sys.executable, __file__, "--only", name, "--run", text]
            environment = {**os.environ, "DARTMATH_CACHE": text}
            out = subprocess.run(
                command, env=environment, check=True, stdout=subprocess.PIPE, text=True
            ).stdout
        found = json.loads(out.splitlines()[-1])
        beyond, meant = found["peak"] - found["before"], memory.total - memory.libraries
        rows.append(
            (
                name,
                f"{memory.total:.2f}",
                f"{found['peak']:.2f}",
                f"{memory.total / found['peak'] - 1:+.0%}",
                f"{meant:.2f}",
                f"{beyond:.2f}",
                f"{meant / beyond - 1:+.0%}",
            )
        )
        print(*rows[-1], f"{memory}", sep=" | ", file=sys.stderr, flush=True)
    columns = ("run", "planned, GiB", "peak", "", "planned beyond libraries", "taken beyond them", "")
    print_table("peak memory of training, CPU", columns, rows)


if __name__ == "__main__":
    main()
