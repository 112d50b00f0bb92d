"""The protocol of the DART-Math paper, so that a score stands beside the published ones.

https://arxiv.org/abs/2407.13690, section 4.1, and the code of the paper: greedy, one response of at most
2,048 new tokens, ended where the template's next turn would begin, judged by the paper's own grader. Models
that were tuned are asked 0-shot; base models get worked examples, as many as `shots: paper` shows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from dartmath.base.errors import ConfigError
from dartmath.prompts.examples import PAPER
from dartmath.prompts.template import Template
from dartmath.verify.contract.question import DART_MATH
from dartmath.verify.custom import is_own

if TYPE_CHECKING:
    from dartmath.queries.config import QuerySource

Protocol = Literal["dart-math"]
Shots = int | Literal["paper"]

SUITE = "dart-math"
"""The benchmarks that the protocol asks where none are named."""

TEMPLATE = "alpaca"
"""The template of the models that the paper trained; its base models were asked with `qa`."""

FIXED: dict[str, Any] = {"trials": 1, "temperature": 0.0, "top_p": 1.0, "max_tokens": 2048, "tools": None}
"""Settings that belong to the protocol: another value would make other scores."""


_BASE = (
    *("deepseek-math-7b-base", "mistral-7b-v0.1", "llama-2-7b-hf", "llama-2-13b-hf", "llama-2-70b-hf"),
    *("meta-llama-3-8b", "meta-llama-3-70b", "meta-llama-3.1-8b", "meta-llama-3.1-70b"),
    *("llemma_7b", "llemma_34b", "qwen-1.5-72b"),
)
"""The models that the paper's code takes for base models, without their owners and in lower case."""

# Of other models, by a part of their names: the template, and how many worked examples.
_OTHERS: tuple[tuple[str, str, Shots], ...] = (
    ("mammoth2", "mammoth2", PAPER),
    ("deepseek-math-7b-instruct", "deepseekmath", 0),
    ("deepseek-math-7b-rl", "deepseekmath", 0),
    ("xwin-math", "xwin", 0),
    ("mmiqc", "mmiqc", 0),
    ("mistral-7b-sft", "qa", 0),
    ("math-shepherd-mistral-7b-rl", "qa", 0),
    ("meta-llama-3-8b-instruct", "llama3", 0),
    ("meta-llama-3-70b-instruct", "llama3", 0),
    ("meta-llama-3.1-8b-instruct", "llama3", 0),
    ("meta-llama-3.1-70b-instruct", "llama3", 0),
)


def asked_as(model: str) -> tuple[str, Shots]:
    """The template and the worked examples with which the paper's code asks a model of this name.

    >>> asked_as("mistralai/Mistral-7B-v0.1"), asked_as("hkust-nlp/dart-math-llama3-8b-prop2diff")
    (('qa', 'paper'), ('alpaca', 0))
    """
    name = re.split(r"/|--", model.rstrip("/").lower())[-1]
    if name in _BASE:
        return "qa", PAPER
    return next(((template, shots) for part, template, shots in _OTHERS if part in name), (TEMPLATE, 0))


def default_template(protocol: object, model: str = "") -> str:
    """The template for a model whose own is not known: as the protocol asks it, where there is one."""
    return asked_as(model)[0] if protocol else "chat"


def protocol_stops(template: Template) -> tuple[str, ...]:
    """The strings at which the paper ends a response: what stands before a query and a response, anywhere."""
    if template.chat:
        return ()
    query, response = template.before_query.strip(), template.before_response.strip()
    # What a template adds behind the colon ("Let's think step by step.") is no marker there.
    head, colon, _ = response.partition(":")
    return tuple(dict.fromkeys(marker for marker in (query, head + colon) if marker))


def judged_by_the_paper(sources: Sequence[QuerySource]) -> list[QuerySource]:
    """The sources with the paper's grader. Raises `ConfigError` for one that has a verifier of its own."""
    for source in sources:
        if is_own(source.verifier):
            raise ConfigError(
                f"{source.dataset} is judged by {source.verifier}, and protocol dart-math judges by the "
                "paper's rules; leave out one of the two"
            )
    return [source.model_copy(update={"verifier": DART_MATH}) for source in sources]
