"""Preflight: a wrong name in a late section is an error before anything runs."""

from __future__ import annotations

from typing import Any

import pytest

from dartmath.base.errors import ConfigError, UsageError
from dartmath.planning.preflight import check_recipe
from dartmath.recipe import load_recipe


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"template": "alpaka"}, 'did you mean "alpaca"'),
        ({"sampling.policy": {"kind": "custom", "function": "nowhere:target"}}, "nowhere"),
        ({"training.template": "alpaka"}, 'did you mean "alpaca"'),
        ({"training.model": "./nowhere"}, "no such model folder"),
        ({"training.batch_size": 3, "training.micro_batch": 2}, "not a multiple"),
        ({"training.launch": "zreo3"}, 'did you mean "zero3"'),
        ({"report.published": ["dart-math-llama3-8b-unifrom"]}, 'did you mean "dart-math-llama3-8b-uniform"'),
        ({"curation.decontaminate": ["gsm8k/tset"]}, 'did you mean "gsm8k/test"'),
        ({"queries": [{"dataset": "a.jsonl", "verifier": "absent.py:f"}]}, r"cannot load 'absent\.py:f'"),
        ({"queries": [{"dataset": "a.jsonl", "verifier": "hybrid"}]}, "no judge is given"),
        ({"evaluation.benchmarks": [{"dataset": "a.jsonl", "verifier": "hybrid"}]}, "no judge is given"),
        ({"evaluation.benchmarks": [{"dataset": "gsm8k/tset"}]}, 'did you mean "gsm8k/test"'),
        ({"evaluation.benchmarks": [{"dataset": "held-out.jsonl"}]}, "held-out.jsonl: no such file"),
        ({"evaluation.benchmarks": [], "evaluation.suite": "dart"}, "dart-math"),
    ],
)
def test_wrong_names_are_found_first(smollm2: str, wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        check_recipe(load_recipe("tiny", wrong))


def test_a_benchmark_named_twice(smollm2: str) -> None:
    source = {"dataset": "reasoning-gym/chain_sum", "select": {"n": 2}}
    with pytest.raises(ConfigError, match="named twice"):
        check_recipe(load_recipe("tiny", {"evaluation.benchmarks": [source, source]}))


def test_a_right_recipe_passes(smollm2: str) -> None:
    check_recipe(load_recipe("tiny"))
