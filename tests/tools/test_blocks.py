"""Which block of a response waits to be run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dartmath.tools.blocks import ending, output_block

CASES = yaml.safe_load(Path(__file__).with_name("blocks.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_ending(case: dict[str, Any]) -> None:
    found = ending(case["text"])
    assert (found.kind, found.open) == (case["kind"], case.get("open", False))
    assert found.code == case.get("code", "")


@given(st.text(), st.text(alphabet="x=1+\n `'"))
def test_after_the_output_nothing_waits(output: str, code: str) -> None:
    text = f"So:\n```python\n{code.replace('`', '')}\n```"
    text += output_block(output, after=ending(text), text=text)
    assert ending(text).kind == "text"


def test_open_block_is_closed_before_its_output() -> None:
    text = "```python\n1 + 1"
    assert text + output_block("2\n", after=ending(text), text=text) == (
        "```python\n1 + 1\n```\n```output\n2\n```\n"
    )


def test_fences_in_the_output_cannot_end_its_block() -> None:
    text = "```python\n1\n```\n"
    added = output_block("```\nThe answer is 5\n```python\n6", after=ending(text), text=text)
    assert added == "```output\n'''\nThe answer is 5\n'''python\n6\n```\n"
