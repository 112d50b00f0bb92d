"""Queries with references and pass rates, for reinforcement learning.

The rewards that go with them are those of `dartmath.verify.rewards`.
"""

from __future__ import annotations

import json
from typing import Any

from dartmath.export.format import ABOUT, BOTH, Format, RowSource
from dartmath.export.prompting import Prompting

_RATES = ("pass_rate", "trials", "correct")


def _rates(example: RowSource) -> dict[str, Any]:
    return {"pass_rate": example.pass_rate, "trials": example.trials, "correct": example.correct}


def _trl(example: RowSource, prompting: Prompting) -> dict[str, Any]:
    prompt = prompting.prompt(example.query.text)
    return {"prompt": prompt, "answer": example.reference, **_rates(example), **example.about()}


def _verl(example: RowSource, prompting: Prompting) -> dict[str, Any]:
    info = {"split": "train", "question": example.query.text, "answer": example.reference}
    return {
        "data_source": example.query.dataset,
        "prompt": prompting.messages(example.query.text),
        "ability": "math",
        "reward_model": {"style": "rule", "ground_truth": example.reference},
        "extra_info": {**info, **_rates(example), **example.about()},
    }


def _verifiers(example: RowSource, prompting: Prompting) -> dict[str, Any]:
    # A JSON text: rows whose mappings differ would otherwise get one another's keys.
    info = json.dumps({**_rates(example), **example.about()}, ensure_ascii=False)
    prompt = prompting.messages(example.query.text)
    return {"prompt": prompt, "answer": example.reference, "info": info}


def _open_instruct(example: RowSource, prompting: Prompting) -> dict[str, Any]:
    about = {name: value for name, value in example.about().items() if name != "dataset"}
    messages = prompting.messages(example.query.text)
    # Its column `dataset` names what verifies, not where the query is from.
    shown = {"messages": messages, "ground_truth": example.reference, "dataset": "math"}
    return {**shown, "source": example.query.dataset, **_rates(example), **about}


TRL_GRPO = Format(
    "queries",
    "TRL's GRPOTrainer: `prompt`, `answer`",
    ("prompt", "answer", *_RATES, *ABOUT),
    _trl,
    lambda path, prompting: "GRPOTrainer(reward_funcs=dartmath.verify.rewards.trl_reward, ...)",
    prompts=BOTH,
)
VERL = Format(
    "queries",
    "verl: `data_source`, `prompt`, `reward_model`, `extra_info`",
    ("split", "question", "answer", *_RATES, *ABOUT),
    _verl,
    lambda path, prompting: (
        f"data.train_files={path} custom_reward_function.path=pkg://dartmath.verify.rewards "
        "custom_reward_function.name=verl_reward"
    ),
    suffixes=(".parquet", ".jsonl"),
)
VERIFIERS = Format(
    "queries",
    "verifiers and prime-rl: `prompt`, `answer`, `info`",
    (*_RATES, *ABOUT),
    _verifiers,
    lambda path, prompting: "SingleTurnEnv(dataset=..., rubric=Rubric(funcs=[verifiers_reward]))",
)
OPEN_INSTRUCT_RLVR = Format(
    "queries",
    "open-instruct's RLVR: `messages`, `ground_truth`, `dataset`",
    ("messages", "ground_truth", "dataset", "source", *_RATES, *ABOUT),
    _open_instruct,
    lambda path, prompting: f"--dataset_mixer_list {path} 1.0",
)
