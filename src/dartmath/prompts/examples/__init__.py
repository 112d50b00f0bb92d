"""Worked examples for few-shot prompts, one YAML file per family of benchmarks.

They were written for this project and stand in no benchmark, so that they leak nothing. The paper
uses 4 for MATH, GSM8K, CollegeMath, DeepMind-Mathematics and OlympiadBench, and 5 for TheoremQA.
Those for tool-integrated reasoning (`*-tool.yaml`) show Python blocks and their output.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from dartmath.base.errors import ConfigError, UnknownNameError
from dartmath.prompts.template import Example

if TYPE_CHECKING:
    from dartmath.queries.config import QuerySource

PAPER: Literal["paper"] = "paper"
"""As many worked examples as the paper showed, which is all there are: 4, and 5 for TheoremQA."""

MOST = 5
"""The most worked examples that any data set has."""

_DEFAULT = "math"
_TOOL = "-tool"


@dataclass(frozen=True, slots=True)
class AnsweredExample:
    """A worked example and the answer that its response gives."""

    example: Example
    answer: str
    answer_type: str | None = None


def examples_for(dataset: str, shots: int, *, tools: bool = False) -> list[Example]:
    """The first `shots` worked examples that fit a data set, with Python blocks where `tools` are used.

    Generators and data sets of a user's own get the examples of MATH. Raises `ConfigError` when
    there are fewer than `shots`.
    """
    found = worked_examples(family_of(dataset, tools=tools))
    if shots > len(found):
        raise ConfigError(f"there are {len(found)} worked examples for {dataset}, not {shots}; lower `shots`")
    return [worked.example for worked in found[:shots]]


def shots_for(
    sources: Iterable[QuerySource], shots: int | Literal["paper"], *, tools: bool = False
) -> dict[str, list[Example]]:
    """The first `shots` worked examples of every data set: its source's own, or the built-in ones.

    "paper" takes all that a data set has.

    Data sets go by the name that their queries have (see `Query.dataset`). Raises `ConfigError` when
    there are fewer than `shots`.
    """
    from dartmath.queries.load import dataset_of

    found: dict[str, list[Example]] = {}
    for source in sources if shots else ():
        own = [Example(one.query, one.response) for one in source.examples]
        if shots == PAPER:
            count = len(own) or len(worked_examples(family_of(source.dataset, tools=tools)))
        else:
            count = int(shots)
        if own and count > len(own):
            raise ConfigError(f"{source.dataset} has {len(own)} `examples`, not {count}; add some")
        chosen = own[:count] if own else examples_for(source.dataset, count, tools=tools)
        name = dataset_of(source)
        if found.setdefault(name, chosen) != chosen:
            raise ConfigError(f"{name} is listed twice with different worked examples")
    return found


def shots_in_words(shots: int | str) -> str:
    """The field's short form: "4-shot", and "4-shot (TheoremQA 5)" for as many as the paper showed."""
    return f"{MOST - 1}-shot (TheoremQA {MOST})" if shots == PAPER else f"{shots}-shot"


def family_of(dataset: str, *, tools: bool = False) -> str:
    """Which file of examples fits a data set; with `tools`, the nearest one that has Python blocks."""
    from dartmath.queries.registry import datasets

    known = datasets()
    family = known[dataset].examples if dataset in known else _DEFAULT
    if not tools:
        return family
    return f"{family}{_TOOL}" if f"{family}{_TOOL}" in families() else f"{_DEFAULT}{_TOOL}"


def families() -> list[str]:
    """All files of examples."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.yaml"))


@cache
def worked_examples(family: str) -> tuple[AnsweredExample, ...]:
    """All worked examples of one family; `UnknownNameError` when there is none of that name."""
    import yaml

    if family not in families():
        raise UnknownNameError("family of examples", family, families())
    path = Path(__file__).with_name(f"{family}.yaml")
    return tuple(_from_row(row) for row in yaml.safe_load(path.read_text(encoding="utf-8")))


def _from_row(row: Mapping[str, Any]) -> AnsweredExample:
    query = row["query"]
    if "instruction" in row:
        from dartmath.queries.builtin.olympiadbench import instruction

        query = f"{instruction(row['instruction'])}\n{query}"
    return AnsweredExample(Example(query, row["response"]), row["answer"], row.get("answer_type"))
