"""The commented recipe that `dartmath init` writes."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dartmath.queries.rows import is_row_file

EngineKind = Literal["transformers", "vllm", "server"]
ENGINES: tuple[EngineKind, ...] = ("transformers", "vllm", "server")

DEFAULT_URL = "http://127.0.0.1:8000/v1"
DEFAULT_K = 16


@dataclass(frozen=True, slots=True)
class Answers:
    """What the user said about the run.

    `source` is the data set with its columns, as a recipe writes it. `held_out` is a file or the name of
    a benchmark to evaluate on; empty for none. `decimal_comma` says that `2,5` is two and a half.
    """

    name: str
    source: Mapping[str, Any]
    model: str
    engine: EngineKind = "transformers"
    url: str = DEFAULT_URL
    k: int = DEFAULT_K
    train: bool = True
    held_out: str = ""
    decimal_comma: bool = False


def recipe_text(answers: Answers, file: str) -> str:
    """The recipe as YAML with comments, for a file of that name; `dartmath.recipe.load_recipe` reads it."""
    parts = [_HEAD, _engine(answers), _QUERIES, _SAMPLING, _CURATION]
    parts += [_TRAINING if answers.train else _NO_TRAINING, _evaluation(answers), _REPORT]
    values = {
        "name": answers.name,
        "file": shlex.quote(file),
        "source": _source(answers.source),
        "model": _quoted(answers.model),
        "url": _quoted(answers.url),
        "k": str(answers.k),
        "held_out": _quoted(answers.held_out),
        "grading": _GRADING if answers.decimal_comma else "",
    }
    text = "\n".join(parts)
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def _quoted(text: str) -> str:
    """A text as a YAML (and JSON) string."""
    return json.dumps(text, ensure_ascii=False)


def _source(source: Mapping[str, Any]) -> str:
    """The keys of a data set, one a line, with what they do."""
    lines = []
    for key, value in source.items():
        text = json.dumps(value, ensure_ascii=False)
        if key == "columns":
            text = (
                "{"
                + ", ".join(f"{name}: {json.dumps(v, ensure_ascii=False)}" for name, v in value.items())
                + "}"
            )
        comment = _EXPLAINED.get(key, "")
        lines.append(f"    {key}: {text}" + (f"   # {comment}" if comment else ""))
    return "\n".join(lines).replace("    ", "  - ", 1)


_EXPLAINED = {
    "skip": "rows that are left out, and counted in the manifest and the card",
    "where": "only rows for which this holds",
}


def _engine(answers: Answers) -> str:
    return {"transformers": _TRANSFORMERS, "vllm": _VLLM, "server": _SERVER}[answers.engine]


def _evaluation(answers: Answers) -> str:
    if not answers.held_out:
        return _NO_EVALUATION
    columns = ""
    if is_row_file(answers.held_out):
        mapping = {key: value for key, value in answers.source["columns"].items() if key != "repeated"}
        columns = f"\n      columns: {json.dumps(mapping, ensure_ascii=False)}"
    return _EVALUATION.replace("@columns@", columns)


_HEAD = """\
# @name@: difficulty-aware rejection tuning on your own queries.
#
#   look first:  dartmath preview @file@      prompts and counts; runs nothing
#   run:         dartmath run @file@          the same command goes on where it stopped
#   afterwards:  runs/@name@/report.html
#
# Every key that is not here has a default; docs/reference/recipe.md lists them all.

name: @name@
seed: 0

model:
  name: @model@   # a Hub id, a folder, or smollm2-135m-instruct
template: chat-boxed   # the model's own chat template, asking for a boxed answer; for base models: qa, alpaca
"""

_TRANSFORMERS = """\
engine:
  kind: transformers   # in this process, on CPU or one GPU; `vllm` is much faster on GPUs
  concurrency: 64      # responses that are generated together; lower it when memory runs out
"""

_VLLM = """\
engine:
  kind: vllm           # in this process; needs: pip install 'dartmath[vllm]'
  replicas: 1          # data-parallel copies of the model
  tensor_parallel: 1   # GPUs of one copy
"""

_SERVER = """\
engine:
  kind: openai         # any OpenAI-compatible server: vLLM, SGLang, llama.cpp ...
  base_urls: [@url@]
  endpoint: chat       # every server has it; `completions` renders prompts here, with the model's tokenizer
  # The key of a server that wants one is read from the variable OPENAI_API_KEY.
"""

_QUERIES = """\
queries:
@source@
    # select: {n: 200, seed: 0}   # try a part first; the pool is kept when you take all later
    # verifier: checks.py:judge   # a function of your own, where comparing with the reference cannot judge
"""

_SAMPLING = """\
sampling:
  policy:
    kind: prop2diff   # responses in proportion to difficulty; also: uniform, vrt, band, budget
    k: @k@   # correct responses of a query that always fails (paper: 192); may be raised later
    pilot: 8          # trials of each query that measure its fail rate; kept as data
    cap: 256          # most trials of one query; what never succeeds is given up here
  temperature: 1.0    # the paper samples a model tuned by reinforcement learning at 1.6
  top_p: 0.95
  max_tokens: 2048    # raise it for models with long chains of thought
@grading@"""

_GRADING = """\
  grading: {decimal_comma: true}   # 2,5 is two and a half, in references and in responses
"""

_CURATION = """\
curation: {}   # the policy above selects; duplicates are dropped
"""

_TRAINING = """\
training:
  epochs: 3
  learning_rate: 1.0e-5   # `dartmath lr-search` finds a better one
  batch_size: 16          # packed sequences per optimiser step (paper: 64)
  max_length: 4096        # tokens of a packed sequence
  # lora: {rank: 16}      # adapters instead of all weights: fits into one 24 GB GPU
"""

_NO_TRAINING = """\
# training: {}   # uncomment to fine-tune the model on the result
"""

_EVALUATION = """\
evaluation:
  max_tokens: 2048
@grading@  benchmarks:
    - dataset: @held_out@@columns@
"""

_NO_EVALUATION = """\
# evaluation:              # uncomment to measure Pass@1 before and after
#   benchmarks:
#     - dataset: gsm8k/test   # `dartmath datasets` lists the built-in ones
"""

_REPORT = """\
report:
  title: @name@
"""
