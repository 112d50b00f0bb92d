"""What `recipes/claim.yaml` starts from: a sampler, a student and queries, made from nothing.

    python benchmarks/claim.py runs/claim/made        (3 minutes of one core)

The task is sums of two-digit numbers, worked step by step, in five bands. The two easy bands add two and
three numbers. The three hard ones have an operator each that no other band uses, and a right response is a
procedure of additions for it:

    a+b    one addition                       adb    a + 2b: double b, add a
    a+b+c  two additions                      atb    a + 3b: double b, add b, add a
                                              aqb    a + 4b: double b, double that, add a

So a hard query needs an operator that easy rows do not teach, on top of additions that they do. Every step is
written in one of three ways, with its terms in either order, so that there are several right responses to a
query. The student is trained on the easy bands alone; the sampler is the student, trained on for a while on
all bands, hard ones rarer. Everything derives from one seed, in one thread; on another kind of
processor it comes to other models, since sums are rounded differently there.

`benchmarks/lucky_share.py` also makes models for `CHAINS`: sums of two to six one-digit terms, whose
answers are so few that most right responses to the long ones are luck.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dartmath.base.files import write_text
from dartmath.base.terminal import info, progress_bar

TOKENS = ["<s>", "</s>", "<pad>", ". The answer is ", " plus ", " is ", *"0123456789+=;.?dtq"]
SPLIT = r"\. The answer is | plus | is |."
ANSWER = re.compile(r"(.*)\. The answer is (\d+)\.")
STEP = re.compile(
    r"(?P<a>\d+)\+(?P<b>\d+)=(?P<c>\d+)"
    r"|(?P<d>\d+) plus (?P<e>\d+) is (?P<f>\d+)"
    r"|(?P<i>\d+)=(?P<g>\d+)\+(?P<h>\d+)"
)


@dataclass(frozen=True)
class Band:
    """Queries of one kind.

    Attributes:
        name: of the band, and the way its queries are written.
        terms: numbers of a query.
        operator: between them.
        steps: the additions of a worked response, as places in the list of terms and earlier results.
    """

    name: str
    terms: int
    operator: str
    steps: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Task:
    """Bands with what their queries are made of, and how models learn them.

    Attributes:
        bands: the kinds of queries.
        lowest, largest: of their terms.
        student, sampler: the share of each band in their training.
    """

    bands: tuple[Band, ...]
    lowest: int
    largest: int
    student: tuple[int, ...]
    sampler: tuple[int, ...]


CLAIM = Task(
    bands=(
        Band("a+b", 2, "+", ((0, 1),)),
        Band("a+b+c", 3, "+", ((0, 1), (3, 2))),
        Band("adb", 2, "d", ((1, 1), (0, 2))),
        Band("atb", 2, "t", ((1, 1), (2, 1), (0, 3))),
        Band("aqb", 2, "q", ((1, 1), (2, 2), (0, 3))),
    ),
    lowest=11,
    largest=49,
    student=(60, 40, 0, 0, 0),
    sampler=(30, 25, 20, 15, 10),
)


def chain(terms: int) -> Band:
    """A sum of so many terms, added one after the other."""
    steps = [(0, 1), *((terms + place, place + 2) for place in range(terms - 2))]
    return Band("+".join("abcdef"[:terms]), terms, "+", tuple(steps))


CHAINS = Task(
    bands=tuple(chain(terms) for terms in range(2, 7)),
    lowest=1,
    largest=9,
    student=(60, 40, 0, 0, 0),
    sampler=(50, 25, 15, 7, 3),
)

Numbers = tuple[int, ...]


def draw(task: Task, band: Band, rng: random.Random) -> Numbers:
    """The terms of a query."""
    return tuple(rng.randint(task.lowest, task.largest) for _ in range(band.terms))


def query(band: Band, terms: Numbers) -> str:
    """The problem as a text."""
    return band.operator.join(map(str, terms))


def values(band: Band, terms: Numbers) -> list[int]:
    """The terms and the results of the steps; the last is the answer."""
    found = list(terms)
    for first, second in band.steps:
        found.append(found[first] + found[second])
    return found


def response(band: Band, terms: Numbers, rng: random.Random) -> str:
    """A worked response, each step in a way of its own."""
    known = values(band, terms)
    steps = []
    for place, (first, second) in enumerate(band.steps, start=band.terms):
        a, b = rng.sample((known[first], known[second]), 2)
        steps.append(
            rng.choice(
                (f"{a}+{b}={known[place]}", f"{a} plus {b} is {known[place]}", f"{known[place]}={a}+{b}")
            )
        )
    return f"{';'.join(steps)}. The answer is {known[-1]}."


def is_sound(band: Band, terms: Sequence[int], text: str) -> bool:
    """Whether the steps of a response lead from the query to its answer, whatever their order.

    Every step computes, from numbers of the query or of earlier steps, and the last comes to the answer with
    each term as often as the query has it. This is the truth that lucky shares are held against: it knows the
    task, as no check of curation does.
    """
    whole = ANSWER.fullmatch(text)
    if not whole:
        return False
    known: dict[int, set[Numbers]] = {}
    for place, term in enumerate(terms):
        known.setdefault(term, set()).add(_once(place, band.terms))
    made: set[Numbers] = set()
    last = None
    for step in whole[1].split(";"):
        found = STEP.fullmatch(step)
        if not found:
            return False
        a, b, last = (int(part) for part in _in_order(found))
        if a + b != last:
            return False
        made = {_sum(x, y) for x in known.get(a, ()) for y in known.get(b, ())}
        known[last] = known.get(last, set()) | made
    return last == int(whole[2]) and uses(band) in made


def uses(band: Band) -> Numbers:
    """How often each term is in the answer of a query."""
    made = [_once(place, band.terms) for place in range(band.terms)]
    for first, second in band.steps:
        made.append(_sum(made[first], made[second]))
    return made[-1]


def _once(place: int, terms: int) -> Numbers:
    return tuple(int(other == place) for other in range(terms))


def _sum(first: Numbers, second: Numbers) -> Numbers:
    return tuple(a + b for a, b in zip(first, second, strict=True))


def _in_order(step: re.Match[str]) -> Iterator[str]:
    for names in ("abc", "def", "ghi"):
        if step[names[0]]:
            yield from (step[name] for name in names)


def queries(task: Task, band: Band, n: int, rng: random.Random, taken: set[str]) -> Iterator[dict[str, str]]:
    """`n` distinct queries with their answers, none of those in `taken`, which grows."""
    while n:
        terms = draw(task, band, rng)
        text = query(band, terms)
        if text not in taken:
            taken.add(text)
            n -= 1
            yield {"query": text, "reference": str(values(band, terms)[-1])}


def write_queries(folder: Path, task: Task, *, train: int, test: int, seed: int) -> None:
    """Files of training and of held-out queries for each band, fewer where it has no more."""
    for place, band in enumerate(task.bands):
        most = (task.largest - task.lowest + 1) ** band.terms
        counts = {"train": min(train, most * 3 // 4), "test": min(test, most // 4)}
        rng, taken = random.Random(f"{seed}:{band.name}"), set[str]()
        for part, count in counts.items():
            lines = [json.dumps(row) + "\n" for row in queries(task, band, count, rng, taken)]
            write_text(folder / f"{part}-{place + 1}.jsonl", "".join(lines))


def write_tokenizer(folder: Path) -> None:
    """A token for each character, and for each word with the spaces around it."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    known = {token: place for place, token in enumerate(TOKENS)}
    tokenizer = Tokenizer(models.WordLevel(known, unk_token="<pad>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(SPLIT), "isolated")
    tokenizer.decoder = decoders.Fuse()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        clean_up_tokenization_spaces=False,
    ).save_pretrained(folder)


def new_model(seed: int) -> Any:
    """A Llama of 0.15 million random weights."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    size = {"hidden_size": 64, "intermediate_size": 176, "num_hidden_layers": 3, "num_attention_heads": 4}
    special = {"bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 2}
    return LlamaForCausalLM(
        LlamaConfig(
            **size, **special, vocab_size=len(TOKENS), max_position_embeddings=256, tie_word_embeddings=True
        )
    )


def teach(
    model: Any,
    task: Task,
    shares: Sequence[float],
    *,
    steps: int,
    rate: float,
    rng: random.Random,
    name: str,
) -> None:
    """Train on worked responses to fresh queries, 64 a step, of the bands in these shares."""
    import torch

    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.95), weight_decay=0.01)
    warmup = min(100, steps // 10)
    with progress_bar(name, steps) as bar:
        for step in range(steps):
            decay = 0.1 + 0.45 * (1 + math.cos(math.pi * step / steps))
            for group in optimiser.param_groups:
                group["lr"] = rate * min(1.0, (step + 1) / warmup) * decay
            ids, labels = batch(task, shares, rng)
            loss = model(input_ids=ids, labels=labels).loss
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            bar.update(step + 1, note=f"loss {loss.item():.3f}")


def batch(task: Task, shares: Sequence[float], rng: random.Random, rows: int = 64) -> tuple[Any, Any]:
    """Padded ids and labels of worked responses."""
    import torch

    pairs = []
    for band in rng.choices(task.bands, shares, k=rows):
        terms = draw(task, band, rng)
        pairs.append((encode(query(band, terms) + "?"), [*encode(response(band, terms, rng)), 1]))
    width = max(len(a) + len(b) for a, b in pairs)
    ids, labels = torch.full((rows, width), 2), torch.full((rows, width), -100)
    for row, (prompt, answer) in enumerate(pairs):
        ids[row, : len(prompt) + len(answer)] = torch.tensor(prompt + answer)
        labels[row, len(prompt) : len(prompt) + len(answer)] = torch.tensor(answer)
    return ids, labels


_IDS = {token: place for place, token in enumerate(TOKENS)}


def encode(text: str) -> list[int]:
    """Token ids, as the tokenizer gives them."""
    return [_IDS[token] for token in re.findall(SPLIT, text)]


def make(folder: Path, task: Task = CLAIM, *, seed: int = 0, train: int = 300) -> None:
    """Everything that is not there yet; `train` queries a band are for the pool."""
    import torch

    torch.set_num_threads(1)
    write_queries(folder, task, train=train, test=300, seed=seed)
    write_text(folder / "template.yaml", 'name: claim\nafter_query: "?"\n')
    student, sampler = folder / "student", folder / "sampler"
    model = new_model(seed)
    if not (student / "config.json").is_file():
        rng = random.Random(seed + 1)
        teach(model, task, task.student, steps=1500, rate=3e-3, rng=rng, name="student")
        save(model, student)
    if not (sampler / "config.json").is_file():
        model = type(model).from_pretrained(student)
        rng = random.Random(seed + 2)
        teach(model, task, task.sampler, steps=500, rate=1e-3, rng=rng, name="sampler")
        save(model, sampler)
    info(f"{folder} holds sampler, student and queries")


def save(model: Any, folder: Path) -> None:
    """Write the tokenizer and then the model, whose configuration says that all is there."""
    write_tokenizer(folder)
    model.save_pretrained(folder)


def main() -> None:
    """Make what is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    make(parser.parse_args().folder)


if __name__ == "__main__":
    main()
