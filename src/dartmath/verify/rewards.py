"""Reward functions in the shapes that TRL, verl and verifiers call.

    TRL         GRPOTrainer(reward_funcs=trl_reward, ...)            with a column "answer"
    verl        custom_reward_function.path=.../rewards.py, custom_reward_function.name=verl_reward
    verifiers   Rubric(funcs=[verifiers_reward])                     with a column "answer"

Each gives 1.0 for a correct final answer and 0.0 for everything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dartmath.errors import DataError
from dartmath.verify.judge import grade
from dartmath.verify.outcome import Verdict

Messages = Sequence[Mapping[str, Any]]

_COLUMNS = ("answer", "reference", "references", "solution", "ground_truth")


@dataclass(frozen=True, slots=True)
class _Question:
    text: str
    references: tuple[str, ...]
    verifier: str = "math"
    metadata: Mapping[str, Any] = field(default_factory=dict)


def trl_reward(
    prompts: Sequence[str | Messages], completions: Sequence[str | Messages], **columns: Any
) -> list[float]:
    """Rewards for `trl.GRPOTrainer(reward_funcs=...)`.

    Args:
        prompts: one prompt per completion, as text or as chat messages.
        completions: the sampled responses, as text or as chat messages.
        columns: the data set's other columns. The references are in the first that is present of
            "answer", "reference", "references", "solution" and "ground_truth".

    Raises:
        DataError: when the data set has none of these columns.
    """
    name = next((column for column in _COLUMNS if columns.get(column) is not None), None)
    if name is None:
        raise DataError(f"the data set has no column of reference answers; add one of {', '.join(_COLUMNS)}")
    rows = zip(prompts, completions, columns[name], strict=True)
    return [_reward(_text(prompt), _text(completion), reference) for prompt, completion, reference in rows]


def verl_reward(
    data_source: str,
    solution_str: str,
    ground_truth: str | Sequence[str],
    extra_info: Mapping[str, Any] | None = None,
    **_: Any,
) -> dict[str, float | str]:
    """The score of one response for verl's `custom_reward_function`, with its outcome beside it.

    `extra_info["question"]`, where present, is the query. `data_source` is not looked at, except
    that a name with "theoremqa" in it selects that benchmark's rules.
    """
    question = str((extra_info or {}).get("question") or "")
    mode = "theoremqa" if "theoremqa" in data_source.lower() else "math"
    verdict = _judge(question, solution_str, ground_truth, mode)
    return {"score": float(verdict.correct), "acc": float(verdict.correct), "outcome": str(verdict.outcome)}


def verifiers_reward(
    completion: str | Messages, answer: str | Sequence[str], prompt: str | Messages = "", **_: Any
) -> float:
    """The reward of one rollout for `verifiers.Rubric(funcs=[...])`."""
    return _reward(_text(prompt), _text(completion), answer)


def _reward(query: str, response: str, references: str | Sequence[str]) -> float:
    return float(_judge(query, response, references, "math").correct)


def _judge(query: str, response: str, references: str | Sequence[str], mode: str) -> Verdict:
    accepted = (references,) if isinstance(references, str) else tuple(map(str, references))
    return grade(_Question(query, accepted, mode), response)


def _text(content: str | Messages) -> str:
    """The text of a completion or prompt; of chat messages the last one's."""
    if isinstance(content, str):
        return content
    last = content[-1].get("content") if content else ""
    if isinstance(last, str):
        return last
    return "".join(str(part.get("text", "")) for part in last or () if isinstance(part, Mapping))
