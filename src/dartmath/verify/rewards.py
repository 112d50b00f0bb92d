"""Reward functions in the shapes that TRL, verl and verifiers call.

    TRL         GRPOTrainer(reward_funcs=trl_reward, ...)            with a column "answer"
    verl        custom_reward_function.path=pkg://dartmath.verify.rewards
                custom_reward_function.name=verl_reward
    verifiers   Rubric(funcs=[verifiers_reward])                     with a column "answer"

Each gives 1.0 for a correct final answer and 0.0 for every other one. Where there is no reference to
compare with, TRL gets None (the row counts for no reward function) and the others 0.0. References may be
anything that `read_reference` reads, such as whole solutions with a box; one that cannot be read is an
error that names its column. `settings` are given with `functools.partial`, and so is a `grader` that judges
instead of this process: a `GradingPool`, or a `dartmath.judging.grader.HybridGrader` around one, whose model
sees what the rules refuse. `settings_for` derives from all references of a data set what one row cannot show.

verl may load this file without making it a module, so it must define no classes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dartmath.base.errors import ConfigError, DataError
from dartmath.verify.contract.outcome import Outcome, Verdict
from dartmath.verify.contract.question import HYBRID, Question
from dartmath.verify.extract.thoughts import opens_thought
from dartmath.verify.golds import read_reference, settled
from dartmath.verify.judge import grade

if TYPE_CHECKING:
    from concurrent.futures import Future

    from dartmath.verify.contract.settings import GradingSettings
    from dartmath.verify.serve.batch import Grader

__all__ = ["settings_for", "trl_reward", "verifiers_reward", "verl_reward"]
Messages = Sequence[Mapping[str, Any]]

_COLUMNS = ("answer", "reference", "references", "solution", "ground_truth")
_NO_REFERENCE = Verdict(Outcome.ERROR, None, "none", "the row has no reference answer")


def settings_for(
    references: Iterable[Any], settings: GradingSettings | None = None, *, column: str = "answer"
) -> GradingSettings:
    """Settings for a data set with these cells of references: whether they use a decimal comma is known then.

    >>> settings_for(["0,5", "2,75", "18,25"]).decimal_comma
    True

    Raises `DataError` for a cell that cannot be read.
    """
    from dartmath.verify.contract.settings import GradingSettings

    texts = (text for cell in references for text in read_reference(cell, column))
    return settled(settings or GradingSettings(), texts)


def trl_reward(
    prompts: Sequence[str | Messages],
    completions: Sequence[str | Messages],
    log_metric: Callable[[str, float], None] | None = None,
    log_extra: Callable[[str, list[Any]], None] | None = None,
    settings: GradingSettings | None = None,
    *,
    grader: Grader | None = None,
    **columns: Any,
) -> list[float | None]:
    """Rewards for `trl.GRPOTrainer(reward_funcs=...)`; None for a row without a reference.

    Args:
        prompts: one prompt per completion, as text or as chat messages.
        completions: the sampled responses, as text or as chat messages.
        log_metric: given by the trainer; gets the share of every outcome as "outcome/correct" and so on.
        log_extra: given by the trainer; gets the outcomes as a column of the table of completions.
        settings: how answers are found and compared; None is `GradingSettings()`.
        grader: gives the verdicts, with settings of its own; None grades here.
        columns: the data set's other columns. The references are in the first that is present of
            "answer", "reference", "references", "solution" and "ground_truth".

    Raises:
        DataError: when the data set has none of these columns, or a cell in it cannot be read.
        ConfigError: for `settings` beside a `grader`.
    """
    name = next((column for column in _COLUMNS if columns.get(column) is not None), None)
    if name is None:
        raise DataError(f"the data set has no column of reference answers; add one of {', '.join(_COLUMNS)}")
    rows = zip(prompts, completions, columns[name], strict=True)
    pending = [
        _judge(_text(prompt), _text(completion), read_reference(cell, name), settings=settings, grader=grader)
        for prompt, completion, cell in rows
    ]
    verdicts = [found() for found in pending]
    if log_metric is not None:
        for outcome, count in Counter(str(verdict.outcome) for verdict in verdicts).items():
            log_metric(f"outcome/{outcome}", count / len(verdicts))
    if log_extra is not None:
        log_extra("outcome", [str(verdict.outcome) for verdict in verdicts])
    return [None if verdict is _NO_REFERENCE else float(verdict.correct) for verdict in verdicts]


def verl_reward(
    data_source: str,
    solution_str: str,
    ground_truth: Any,
    extra_info: Mapping[str, Any] | None = None,
    settings: GradingSettings | None = None,
    *,
    grader: Grader | None = None,
    **_: Any,
) -> dict[str, float | str]:
    """The score of one response for verl's `custom_reward_function`, with its outcome beside it.

    `extra_info["question"]`, where present, is the query. `data_source` is not looked at, except
    that a name with "theoremqa" in it selects that benchmark's rules. Raises `DataError` for a ground truth
    that cannot be read.
    """
    question = str((extra_info or {}).get("question") or "")
    mode = "theoremqa" if "theoremqa" in str(data_source).lower() else "math"
    references = read_reference(ground_truth, "ground_truth")
    verdict = _judge(question, solution_str, references, mode, settings=settings, grader=grader)()
    return {"score": float(verdict.correct), "acc": float(verdict.correct), "outcome": str(verdict.outcome)}


def verifiers_reward(
    completion: str | Messages,
    answer: Any,
    prompt: str | Messages = "",
    settings: GradingSettings | None = None,
    *,
    grader: Grader | None = None,
    **_: Any,
) -> float:
    """The reward of one rollout for `verifiers.Rubric(funcs=[...])`.

    Raises `DataError` for an answer that cannot be read.
    """
    references = read_reference(answer, "answer")
    found = _judge(_text(prompt), _text(completion), references, settings=settings, grader=grader)
    return float(found().correct)


def _judge(
    query: str,
    response: str,
    references: tuple[str, ...],
    mode: str = "math",
    *,
    settings: GradingSettings | None,
    grader: Grader | None,
) -> Callable[[], Verdict]:
    """What gives the verdict; with a grader, it works on from now and is waited for when asked."""
    if not references:
        return lambda: _NO_REFERENCE
    in_thought = opens_thought(query)
    if grader is None:
        verdict = grade(Question(query, references, mode), response, in_thought=in_thought, settings=settings)
        return lambda: verdict
    if settings is not None:
        raise ConfigError("settings beside a grader have no effect: give them to the grader itself")
    question = Question(query, references, HYBRID if mode == "math" else mode)
    judged: Future[Verdict] = grader.submit(question, response, in_thought=in_thought)
    return judged.result


def _text(content: str | Messages) -> str:
    """The text of a completion or prompt; of chat messages the last one's."""
    if isinstance(content, str):
        return content
    last = content[-1].get("content") if content else ""
    if isinstance(last, str):
        return last
    return "".join(str(part.get("text", "")) for part in last or () if isinstance(part, Mapping))
