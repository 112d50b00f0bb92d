"""`protocol: dart-math`: everything that the paper fixed is fixed, and both judges' verdicts are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dartmath.base.errors import ConfigError
from dartmath.base.section import validate
from dartmath.cli._rows import RowFlags
from dartmath.cli.evaluate import recipe_of
from dartmath.evaluation.both_rules import FILE
from dartmath.evaluation.config import EvaluationSection
from dartmath.evaluation.protocol import FIXED, asked_as, judged_by_the_paper, protocol_stops
from dartmath.evaluation.run import sampling_section
from dartmath.evaluation.stored import score_responses
from dartmath.model import ModelSection
from dartmath.prompts.examples import shots_for, shots_in_words
from dartmath.prompts.template import Example, builtin_templates, load_template
from dartmath.queries.config import QuerySource
from dartmath.queries.query import make_query
from dartmath.queries.registry import find_dataset, find_suite
from dartmath.sampling.config import ResponseColumns
from dartmath.sampling.responses import StoredResponses
from dartmath.verify import grade

# Query, reference, response, finish reason; right by the paper's rules; right by this project's.
ROWS = [
    ("What is 6 times 7?", "42", "6 x 7 = 42, as 6 tens", "stop", False, False),
    ("What is 6 times 8?", "48", "Multiply 6 by 8 to get 48 apples", "stop", True, False),
    ("What is 6 times 9?", "54", r"\boxed{54} and then", "length", False, True),
    ("What is half of 1?", "0.5", r"\boxed{50}", "stop", True, False),
    ("What is 7 plus 8?", "15", r"\boxed{15}", "stop", True, True),
    ("What is x plus 1?", "x+1", r"\boxed{1+x}", "stop", True, True),
]


@pytest.fixture
def scored(tmp_path: Path) -> Path:
    queries = tmp_path / "own.jsonl"
    queries.write_text("".join(json.dumps({"query": q, "reference": r}) + "\n" for q, r, *_ in ROWS))
    responses = tmp_path / "said.jsonl"
    rows = ({"query": q, "response": said, "finish_reason": end, "tokens": 9} for q, _, said, end, *_ in ROWS)
    responses.write_text("".join(json.dumps(row) + "\n" for row in rows))
    section = EvaluationSection(
        protocol="dart-math", benchmarks=[QuerySource(dataset=str(queries))], workers=0
    )
    stored = StoredResponses((str(responses),), ResponseColumns(finish="finish_reason", tokens="tokens"))
    folder = tmp_path / "scored"
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    score_responses(stored, ModelSection(name=str(model)), load_template("alpaca"), section, folder)
    return folder


def test_both_judges_score_the_same_responses_and_their_differences_are_listed(scored: Path) -> None:
    (one,) = json.loads((scored / "result.json").read_text())["benchmarks"]
    assert one["pass_at_1"]["value"] == pytest.approx(sum(paper for *_, paper, _ in ROWS) / len(ROWS))
    assert one["own_rules"]["value"] == pytest.approx(sum(own for *_, own in ROWS) / len(ROWS))
    listed = [json.loads(line) for line in (scored / FILE).read_text().splitlines()]
    expected = {(r,) for _, r, *_, paper, own in ROWS if paper != own}
    assert {tuple(row["references"]) for row in listed} == expected
    assert all((row["paper"] == "correct") != (row["own"] == "correct") for row in listed)


def test_settings_of_the_protocol_cannot_be_others() -> None:
    section = EvaluationSection(protocol="dart-math")
    assert {key: getattr(section, key) for key in FIXED} == FIXED
    with pytest.raises(ValueError, match="leave out temperature, max_tokens"):
        EvaluationSection(protocol="dart-math", temperature=0.7, max_tokens=512)


def test_base_models_are_shown_as_many_examples_as_in_the_paper() -> None:
    sources = [QuerySource(dataset=name) for name in find_suite("dart-math")]
    counts = {name: len(shown) for name, shown in shots_for(sources, "paper").items()}
    assert counts == dict.fromkeys(find_suite("dart-math"), 4) | {"theoremqa": 5}
    assert shots_in_words("paper") == "4-shot (TheoremQA 5)"


def test_shots_are_a_number_or_those_of_the_paper() -> None:
    section = validate(EvaluationSection, {"shots": "4"}, where="options")
    assert section.shots == 4
    with pytest.raises(ConfigError, match="shots: a number of worked examples or `paper`, not 'many'"):
        validate(EvaluationSection, {"shots": "many"}, where="options")


@pytest.mark.parametrize(
    ("model", "template", "shots"),
    [
        ("hkust-nlp/dart-math-mistral-7b-uniform", "alpaca", 0),
        ("models/my-own", "alpaca", 0),
        ("mistralai/Mistral-7B-v0.1", "qa", "paper"),
        ("mistralai--Mistral-7B-v0.1", "qa", "paper"),
        ("/models/meta-llama--Meta-Llama-3-8B/", "qa", "paper"),
        ("meta-llama/Meta-Llama-3-8B-Instruct", "llama3", 0),
        ("deepseek-ai/deepseek-math-7b-rl", "deepseekmath", 0),
        ("deepseek-ai/deepseek-math-7b-base", "qa", "paper"),
        ("TIGER-Lab/MAmmoTH2-7B", "mammoth2", "paper"),
        ("Xwin-LM/Xwin-Math-7B-V1.0", "xwin", 0),
        ("Vivacem/Mistral-7B-MMIQC", "mmiqc", 0),
    ],
)
def test_models_are_asked_as_the_paper_asked_them(model: str, template: str, shots: int | str) -> None:
    assert asked_as(model) == (template, shots)
    assert template in builtin_templates()


def test_the_command_asks_as_the_paper_did_unless_told_otherwise() -> None:
    flags, protocol = RowFlags({}, {}), {"evaluation.protocol": "dart-math"}
    base = recipe_of(None, [], flags, {"model.name": "mistralai/Mistral-7B-v0.1", **protocol})
    assert (base.template, base.evaluation and base.evaluation.shots) == ("qa", "paper")
    given = {"template": "alpaca", "evaluation.shots": 2}
    told = recipe_of(None, [], flags, {"model.name": "mistralai/Mistral-7B-v0.1", **protocol, **given})
    assert (told.template, told.evaluation and told.evaluation.shots) == ("alpaca", 2)
    plain = recipe_of(
        None, [], flags, {"model.name": "mistralai/Mistral-7B-v0.1", "evaluation.suite": "recent"}
    )
    assert (plain.template, plain.evaluation and plain.evaluation.shots) == ("chat", 0)


def test_what_is_selected_holds_for_named_benchmarks_and_for_those_of_a_suite() -> None:
    chosen = {"evaluation.select.mislabelled": False, "evaluation.select.levels": ["5"]}
    given = {"model.name": "acme/x", "evaluation.suite": "dart-math", **chosen}
    section = recipe_of(None, ["gsm8k/test", "svamp"], RowFlags({}, {}), given).evaluation
    assert section is not None
    for select in (section.select, *(source.select for source in section.benchmarks)):
        assert (select.mislabelled, select.levels, select.n) == (False, ["5"], None)


def _judged(said: str, reference: str, *, end: str = "stop", **metadata: object) -> bool:
    query = make_query("own", "What is it?", reference, verifier="dart-math", **metadata)
    return grade(query, said, finish_reason=end).correct


def _rows_are_the_papers() -> bool:
    return [find_dataset(name).rows for name in find_suite("dart-math")] == [5000, 1319, 2818, 1000, 675, 800]


def _prompts_are_the_papers() -> bool:
    shown = [Example("A?", "B.")]
    found = load_template("qa").render("C?", examples=shown).text
    alpaca = load_template("alpaca").render("C?").text or ""
    return found == "User:\nA?\n\nAssistant:\nB.\n\nUser:\nC?\n\nAssistant:\n" and alpaca.endswith(
        "completes the request.\n\n### Instruction:\nC?\n\n### Response:\n"
    )


def _shots_are_the_papers() -> bool:
    counts = shots_for([QuerySource(dataset=name) for name in find_suite("dart-math")], "paper")
    return [len(shown) for shown in counts.values()] == [4, 4, 4, 4, 4, 5]


def _decoding_is_the_papers() -> bool:
    asked = sampling_section(EvaluationSection(protocol="dart-math"), load_template("alpaca"))
    decoding = (asked.temperature, asked.top_p, asked.max_tokens)
    return decoding == (0.0, 1.0, 2048) and asked.policy.model_dump().get("trials") == 1


# Each row of the table in docs/evaluation.md: what is the same here as in the paper's code.
PARTS: dict[str, Callable[[], bool]] = {
    "benchmarks and rows": _rows_are_the_papers,
    "prompt": _prompts_are_the_papers,
    "shots": _shots_are_the_papers,
    "decoding": _decoding_is_the_papers,
    "stop strings": lambda: protocol_stops(load_template("alpaca")) == ("### Instruction:", "### Response:"),
    "a response that was cut off": lambda: not _judged(r"\boxed{42}", "42", end="length"),
    "where the answer is looked for": lambda: (
        _judged("so $41$ and $42$", "42") and _judged("42 apples", "42")
    ),
    "when two answers are equal": lambda: (
        _judged(r"\boxed{1/2}", "0.5") and not _judged(r"\boxed{0.501}", "0.5")
    ),
    "OlympiadBench": lambda: _judged(r"\boxed{2.05}", "2", judged_as="olympiad", tolerance=0.1),
    "references": lambda: (
        _judged(r"\boxed{7}", "8", original="7") and not _judged(r"\boxed{8}", "8", original="7")
    ),
}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_of_the_protocol_is_the_papers(part: str) -> None:
    assert PARTS[part]()


def test_the_page_names_every_part() -> None:
    page = Path(__file__).parents[2].joinpath("docs", "evaluation.md").read_text(encoding="utf-8")
    table = page.partition("### The paper's protocol")[2].partition("\nEach of the ten")[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")]
    assert rows == ["part", "---", *PARTS]


# What the paper's code hands to its engine: the query's and the response's marker, without white space.
STOPS = {
    "alpaca": ("### Instruction:", "### Response:"),
    "qa": ("User:", "Assistant:"),
    "deepseekmath": ("User:", "Assistant:"),
    "wizardmath": ("### Instruction:", "### Response:"),
    "mammoth2": ("Problem:", "Solution:"),
    "xwin": ("USER:", "ASSISTANT:"),
    "mmiqc": ("### Instruction:", "### Response:"),
    "llama3": (
        "<|start_header_id|>user<|end_header_id|>",
        "<|start_header_id|>assistant<|end_header_id|>",
    ),
    "chat": (),
}


@pytest.mark.parametrize("name", STOPS)
def test_responses_end_at_the_papers_stop_strings(name: str) -> None:
    template = builtin_templates()[name]
    assert protocol_stops(template) == STOPS[name]
    section = EvaluationSection(protocol="dart-math")
    assert sampling_section(section, template).stop == list(STOPS[name])
    assert sampling_section(EvaluationSection(), template).stop == []


def test_a_verifier_of_ones_own_and_the_protocol_exclude_each_other() -> None:
    with pytest.raises(ConfigError, match=r"checks\.py:judge"):
        judged_by_the_paper([QuerySource(dataset="own.jsonl", verifier="checks.py:judge")])
