"""Each fact of language stands once: what is added to its table is known to every rule."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dartmath.verify import verify
from dartmath.verify.language import money, vocabulary

_WITH_ONE_MORE = """
import json, sys, types
path, row, cases = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
source = open(path, encoding="utf-8").read()
assert source.count("CURRENCIES = (") == 1
module = types.ModuleType("dartmath.verify.language.money")
sys.modules[module.__name__] = module
exec(compile(source.replace("CURRENCIES = (", "CURRENCIES = (" + row), path, "exec"), module.__dict__)

from dartmath.verify import extract_answer, verify
print(json.dumps([
    extract_answer(answer).answer if reference is None else verify(reference, answer, query=query).correct
    for reference, answer, query in cases
]))
"""

_CASES = [
    ("{s}500", "500 {w}", None, True),
    ("500{s}", "500 {w}s", None, True),
    ("{s}5", "500 jots", None, True),
    ("{s}5", "$5", None, False),
    (r"\text{{{s}}}500", "{s}500", None, True),
    (r"\{c}500", "{s}500", None, True),
    ("{s}5 per hour", "{s}5 / hour", None, True),
    ("{s}5 / hour", "5 {w} per hour", None, True),
    ("{s}5 per hour", "{s}5 per day", None, False),
    ("1, 234", "{s}1,234", None, False),
    ("1, 234", "1,234", None, True),
    ("{s}785.12", "784", "A circle costs how much?", False),
    ("500", "{C} 500", None, True),
    ("500", "The cost is {s}500.", None, True),
    (None, "They buy 3.\nSo they pay 3 x 50 = {s}150 in all.", None, "{s}150"),
]


def _filled(text: str | None, currency: money.Currency) -> str | None:
    """A case about one currency; "jots" are its hundredths."""
    if text is None:
        return None
    sign = "\\$" if currency.sign == "$" else currency.sign  # a bare dollar may delimit a formula
    text = text.format(s=sign, w=(currency.names or ("",))[-1], c=currency.command, C=currency.code.upper())
    return text.replace("jots", currency.hundredths[0] if currency.hundredths else "jots")


def test_a_new_currency_is_one_row() -> None:
    """The row is put into the source of the table, in a process of its own; nothing else changes."""
    new = money.Currency("ztc", "₪", ("zlotnik",), ("jot",), command="zlot")
    cases = [[_filled(part, new) for part in case[:3]] for case in _CASES]
    command = [sys.executable, "-c", _WITH_ONE_MORE, str(Path(money.__file__)), f"{new!r}, "]
    run = subprocess.run(
        [*command, json.dumps(cases)], capture_output=True, text=True, check=True, timeout=120
    )
    expected = [_filled(case[3], new) if isinstance(case[3], str) else case[3] for case in _CASES]
    assert [list(pair) for pair in zip(cases, json.loads(run.stdout), strict=True)] == [
        list(pair) for pair in zip(cases, expected, strict=True)
    ]


@pytest.mark.parametrize("currency", money.CURRENCIES, ids=lambda currency: currency.code)
def test_every_currency_is_known_to_every_rule(currency: money.Currency) -> None:
    for reference, answer, query, correct in _CASES:
        if reference is None or ("{w}" in answer and not currency.names):
            continue
        if "{s}" in reference + answer and not currency.sign:
            continue
        if r"\{c}" in reference and currency.command is None:
            continue
        if "jots" in answer and not currency.hundredths:
            continue
        if answer == "$5" and currency.sign == "$":
            continue
        ours, theirs = _filled(reference, currency), _filled(answer, currency)
        assert ours is not None and theirs is not None
        assert verify(ours, theirs, query=query).correct is correct, (ours, theirs)


@pytest.mark.parametrize("word", ["not", "never", "cannot", "neither", "isn't"])
def test_a_negation_is_one_for_every_rule(word: str) -> None:
    assert not verify("Petya", f"Petya will {word} get it.", query="Who will get it?").correct
    assert not verify("9", f"The sum is {word} 9.").correct
    assert not verify("5", rf"5 \text{{ is {word} a value of it}}").correct
    assert not verify("5", rf"5 \text{{ {word} a value}}").correct


@pytest.mark.parametrize("word", vocabulary.APPROXIMATIONS)
def test_an_approximation_is_one_for_every_rule(word: str) -> None:
    word = word.replace("\\.?", ".")
    assert verify(r"\sqrt{2}", rf"\sqrt{{2}} ({word} 1.414)").correct
    assert verify("12", rf"\text{{{word} }}12").correct
    assert not verify("9", f"The sum is {word} 9.").correct


@pytest.mark.parametrize("command", ["text", "textbf", "mathrm", "mathbf", "mbox", "textnormal"])
def test_a_command_for_words_is_one_for_every_rule(command: str) -> None:
    query = rf"Which is it? \{command}{{(A)}} 10 \{command}{{(B)}} 12"
    assert verify("B", rf"\{command}{{(B)}}").correct
    assert verify("12", rf"\{command}{{(B)}}", query=query).correct
    assert verify(r"2^{nd}", rf"2^{{\{command}{{nd}}}}").correct
    assert verify("2500000", rf"2.5 \{command}{{ million}}").correct
    assert verify("20 degrees Celsius", rf"20^\circ\{command}{{C}}").correct
    assert verify("11 (base 2)", rf"\{command}{{11}}_2").correct
