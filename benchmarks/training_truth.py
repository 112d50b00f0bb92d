"""Does fine-tuning teach? Accuracy on held-out queries before, after, and after with LoRA.

    python benchmarks/training_truth.py runs/truth

SmolLM2-135M-Instruct learns to add three numbers step by step from a few hundred worked sums made
here, and is asked (greedily) sums it has not seen. A response counts by its last number, so that
the untrained model is not punished for its form. Every step is resumable: the same command goes on.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from pathlib import Path
from typing import Any

from dartmath.evaluation.intervals import wilson
from dartmath.model import ModelSection, resolve_model
from dartmath.prompts.template import encode_prompt, load_template
from dartmath.terminal import info, print_table
from dartmath.training.config import Lora, TrainingSection
from dartmath.training.run import train

MODEL = "smollm2-135m-instruct"
TEMPLATE = load_template("qa")
Sum = tuple[int, ...]


def sums(n: int, *, seed: int) -> list[Sum]:
    """Different sums of three numbers from 2 to 39."""
    rng = random.Random(seed)
    made: set[Sum] = set()
    while len(made) < n:
        made.add(tuple(rng.randrange(2, 40) for _ in range(3)))
    return sorted(made, key=lambda terms: rng.random())


def query(terms: Sum) -> str:
    """The problem as a text."""
    return f"What is {' + '.join(map(str, terms))}?"


def response(terms: Sum) -> str:
    """A worked response."""
    first, second, third = terms
    both, total = first + second, sum(terms)
    return f"{first} + {second} = {both}. {both} + {third} = {total}. The answer is {total}."


def write_rows(path: Path, rows: list[Sum]) -> None:
    """The training file."""
    lines = [json.dumps({"query": query(terms), "response": response(terms)}) for terms in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def responses(model: str, asked: list[Sum], *, batch: int = 50) -> list[str]:
    """Greedy responses of `model`."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)
    loaded = AutoModelForCausalLM.from_pretrained(model, dtype=torch.bfloat16).eval()
    found: list[str] = []
    for start in range(0, len(asked), batch):
        ids = [
            encode_prompt(tokenizer, TEMPLATE.render(query(t)).text or "")
            for t in asked[start : start + batch]
        ]
        found += _generate(loaded, tokenizer, ids)
    return found


def _generate(model: Any, tokenizer: Any, prompts: list[list[int]]) -> list[str]:
    import torch

    width = max(map(len, prompts))
    pad = tokenizer.eos_token_id
    ids = torch.tensor([[pad] * (width - len(p)) + p for p in prompts])
    mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in prompts])
    with torch.no_grad():
        out = model.generate(
            input_ids=ids, attention_mask=mask, max_new_tokens=48, do_sample=False, pad_token_id=pad
        )
    return [str(tokenizer.decode(row[width:], skip_special_tokens=True)) for row in out]


def is_right(terms: Sum, text: str) -> bool:
    """Whether the last number of the first paragraph is the sum."""
    numbers = re.findall(r"-?\d+", text.strip().split("\n\nUser:")[0])
    return bool(numbers) and int(numbers[-1]) == sum(terms)


def accuracy(name: str, model: str, asked: list[Sum], folder: Path) -> int:
    """Correct responses of `model`, kept in `folder`."""
    path = folder / f"{name}.json"
    if not path.is_file():
        info(f"asking: {name}")
        path.write_text(json.dumps(responses(model, asked), indent=1), encoding="utf-8")
    texts = json.loads(path.read_text(encoding="utf-8"))
    return sum(is_right(terms, text) for terms, text in zip(asked, texts, strict=True))


def main() -> None:
    """Train, ask, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=240)
    parser.add_argument("--asked", type=int, default=200)
    parser.add_argument("--epochs", type=float, default=2)
    options = parser.parse_args()
    rows = sums(options.rows + options.asked, seed=0)
    data, asked = options.folder / "rows.jsonl", rows[options.rows :]
    write_rows(data, rows[: options.rows])
    base = {"epochs": options.epochs, "batch_size": 4, "max_length": 256, "save_steps": 5}
    runs = {
        "full": TrainingSection(**base, learning_rate=5e-5),
        "LoRA": TrainingSection(**base, learning_rate=1e-3, lora=Lora(rank=16)),
    }
    models, losses = {"before": resolve_model(MODEL)}, {"before": ""}
    table = []
    for name in ("before", *runs):
        if name in runs:
            out = options.folder / name
            done = train(runs[name], ModelSection(name=MODEL), TEMPLATE, [data], out)
            models[name], losses[name] = str(out), f"{done.first_loss:.3f} -> {done.last_loss:.3f}"
        correct = accuracy(name, models[name], asked, options.folder)
        low, high = wilson(correct, len(asked))
        share = correct / len(asked)
        table.append(
            (name, f"{correct}/{len(asked)}", f"{share:.3f}", f"{low:.3f} to {high:.3f}", losses[name])
        )
    columns = ("model", "correct", "accuracy", "95 % interval", "loss")
    print_table("held-out sums of three numbers, greedy", columns, table)


if __name__ == "__main__":
    main()
