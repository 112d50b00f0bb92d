"""Benchmarks as tasks of other harnesses: the same prompt, stop strings and score as here."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from dartmath.base.errors import ConfigError, DataError
from dartmath.evaluation.config import EvaluationSection
from dartmath.evaluation.result import BenchmarkResult
from dartmath.evaluation.stored import score_responses
from dartmath.evaluation.tasks import HarnessTask, TaskResponse, cut, read_tasks, write_tasks
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.queries.config import QuerySource
from dartmath.sampling.config import ResponseColumns
from dartmath.sampling.responses import StoredResponses
from dartmath.tools.config import ToolsSection
from engines.servers import llama_server

# Query, reference, response, finish reason: judged by all rules of answers, leniently, and by the stops.
ROWS = [
    ("What is 6 times 7?", "42", r"It is \boxed{42}.", "stop"),
    ("What is 6 times 8?", "48", "Multiply 6 by 8 to get 48", "stop"),
    ("What is 6 times 9?", "54", r"\boxed{54} and then", "length"),
    ("What is half of 1?", "0.5", r"\boxed{50}", "stop"),
    ("What is 7 plus 8?", "15", "15, I think, and then 16 and", "length"),
    ("What is x plus 1?", "x+1", "\\boxed{1+x}\n\nUser:\nWhat is 2?\n\nAssistant:\n\\boxed{2}", "length"),
]


def section_of(tmp_path: Path, **settings: Any) -> EvaluationSection:
    path = tmp_path / "own.jsonl"
    path.write_text("".join(json.dumps({"query": q, "reference": r}) + "\n" for q, r, *_ in ROWS))
    return EvaluationSection(benchmarks=[QuerySource(dataset=str(path))], workers=0, **settings)


def scored_here(
    tmp_path: Path, section: EvaluationSection, template: str, said: Sequence[tuple[str, str, str]]
) -> BenchmarkResult:
    """The scores by `dartmath evaluate --responses` of (query, response, finish reason)."""
    responses = tmp_path / "said.jsonl"
    rows = ({"query": q, "response": text, "finish_reason": end, "tokens": 9} for q, text, end in said)
    responses.write_text("".join(json.dumps(row) + "\n" for row in rows))
    stored = StoredResponses((str(responses),), ResponseColumns(finish="finish_reason", tokens="tokens"))
    model = tmp_path / "model"
    model.mkdir(exist_ok=True)
    (model / "config.json").write_text("{}")
    result = score_responses(
        stored, ModelSection(name=str(model)), load_template(template), section, tmp_path / "scored"
    )
    return result.benchmarks[0]


def the_task(tmp_path: Path, section: EvaluationSection, template: str) -> HarnessTask:
    (task,) = write_tasks(section, load_template(template), tmp_path / "tasks")
    assert read_tasks(tmp_path / "tasks") == [task]
    return task


@pytest.mark.parametrize("protocol", [None, "dart-math"])
def test_the_same_responses_get_the_same_score(protocol: str | None, tmp_path: Path) -> None:
    section = section_of(tmp_path, protocol=protocol)
    task = the_task(tmp_path, section, "qa")
    cuts = [(q, *cut(text, task.prompting.stops, end)) for q, _, text, end in ROWS]
    here = scored_here(tmp_path, section, "qa", cuts)
    judged = [
        task.judge(query, TaskResponse(text, end))
        for query, (_, _, text, end) in zip(task.queries(), ROWS, strict=True)
    ]
    assert here.lenient is not None and 0 < here.correct < len(ROWS)
    assert sum(one.verdict.correct for one in judged) == here.correct
    assert sum(one.lenient for one in judged) == round(here.lenient.value * len(ROWS))
    assert task.checksum == here.checksum


def test_thoughts_come_back_to_their_place(tmp_path: Path) -> None:
    task = the_task(tmp_path, section_of(tmp_path), "chat")
    (first, *_) = task.queries()
    assert task.judge(first, TaskResponse(r"\boxed{42}", "stop", thoughts=r"\boxed{41}?")).verdict.correct
    assert TaskResponse("7", "stop", thoughts="3 and 4").whole == "<think>\n3 and 4\n</think>\n\n7"


def test_a_folder_names_a_task_for_each_benchmark(tmp_path: Path) -> None:
    copies = [section_of(tmp_path).benchmarks[0].model_copy(update={"band": band}) for band in ("2x", "a-b")]
    tasks = write_tasks(EvaluationSection(benchmarks=copies), load_template("qa"), tmp_path / "tasks")
    tree = ast.parse((tmp_path / "tasks" / "inspect_tasks.py").read_text())
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert [f.name for f in functions] == [task.name for task in tasks]
    assert all(f.name.isidentifier() and ast.unparse(f.decorator_list[0]) == "task" for f in functions)
    assert len({task.name for task in tasks}) == 2


def test_what_one_turn_cannot_do_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no tools; leave out evaluation\.tools"):
        write_tasks(section_of(tmp_path, tools=ToolsSection()), load_template("qa"), tmp_path / "tasks")
    with pytest.raises(DataError, match="dartmath tasks"):
        read_tasks(tmp_path)


def inspect_logs(
    tasks: Path, model: str, monkeypatch: pytest.MonkeyPatch, url: str
) -> Iterator[tuple[Any, Any]]:
    """Each sample of a real run of Inspect, with its one call of the model."""
    inspect_ai = pytest.importorskip("inspect_ai", reason="inspect-ai is not installed")
    monkeypatch.chdir(tasks.parent)
    monkeypatch.setenv("LOCAL_BASE_URL", url)
    monkeypatch.setenv("LOCAL_API_KEY", "none")
    (log,) = inspect_ai.eval(
        f"{tasks.name}/inspect_tasks.py", model=model, log_dir="logs", display="none", max_retries=1
    )
    assert log.status == "success", log.error
    for sample in log.samples:
        (call,) = [event for event in sample.events if event.event == "model"]
        yield sample, call
    accuracies = {one.scorer: one.metrics["accuracy"].value for one in log.results.scores}
    assert accuracies["dartmath"] == pytest.approx(
        sum(s.scores["dartmath"].value == "C" for s in log.samples) / len(log.samples)
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("template", "shots", "model"),
    [("qa", 1, "openai-api-completions"), ("chat", 0, "openai-api"), ("alpaca", 0, "openai-api-completions")],
)
def test_inspect_asks_and_scores_as_here(
    template: str, shots: int, model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = section_of(tmp_path, shots=shots, max_tokens=48)
    task = the_task(tmp_path, section, template)
    said = []
    verdicts = {}
    with llama_server() as url:
        # Inspect keeps a model of one name, and with it the address of its server.
        name = f"{model}/local/{template}"
        for sample, call in inspect_logs(tmp_path / "tasks", name, monkeypatch, url):
            query = next(one for one in task.queries() if one.id == sample.id)
            prompt, request = task.prompt(query), call.call.request
            if prompt.text is None:
                assert [m["content"] for m in request["messages"]] == [m["content"] for m in prompt.messages]
            else:
                # A long prompt stands among the attachments of its log.
                asked = request["prompt"]
                assert sample.attachments.get(asked.removeprefix("attachment://"), asked) == prompt.text
            assert tuple(request.get("stop") or ()) == task.prompting.stops
            assert (request["max_tokens"], request["temperature"]) == (48, 0)
            end = "length" if sample.output.stop_reason == "max_tokens" else "stop"
            said.append((query.text, sample.output.completion, end))
            verdicts[query.id] = {name: score.value == "C" for name, score in sample.scores.items()}
    here = scored_here(tmp_path, section, template, said)
    assert len(said) == len(ROWS)
    assert here.lenient is not None
    assert sum(one["dartmath"] for one in verdicts.values()) == here.correct
    assert sum(one["dartmath_lenient"] for one in verdicts.values()) == round(here.lenient.value * len(ROWS))


@pytest.mark.parametrize(("template", "shots"), [("qa", 2), ("alpaca", 0), ("chat", 0)])
def test_lighteval_asks_and_scores_as_here(
    template: str, shots: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = pytest.importorskip("lighteval.tasks.registry", reason="lighteval is not installed").Registry
    from lighteval.metrics import apply_metric
    from lighteval.models.model_output import ModelResponse
    from lighteval.tasks.lighteval_task import LightevalTask
    from lighteval.tasks.prompt_manager import PromptManager

    section = section_of(tmp_path, shots=shots)
    task = the_task(tmp_path, section, template)
    module = registry.create_custom_tasks_module(tmp_path / "tasks" / "lighteval_tasks.py")
    (config,) = module.TASKS_TABLE
    asked = LightevalTask(config)
    docs = asked.get_docs()
    rows = {query: (text, end) for query, _, text, end in ROWS}
    queries = {query.text: query for query in task.queries()}
    said, responses = [], []
    for doc in docs:
        query = queries[json.loads(doc.specific["query"])["text"]]
        prompt = task.prompt(query)
        manager = PromptManager()
        if prompt.text is None:
            assert manager.prepare_prompt_api(doc) == list(prompt.messages)
        else:
            assert manager.prepare_prompt(doc) == prompt.text
        assert tuple(doc.stop_sequences) == task.prompting.stops
        text, end = rows[query.text]
        tokens = [0] * (section.max_tokens if end == "length" else 9)
        responses.append(ModelResponse(text=[text], output_tokens=[tokens]))
        said.append((query.text, *cut(text, task.prompting.stops, end)))
    here = scored_here(tmp_path, section, template, said)
    assert here.lenient is not None
    scores = apply_metric(responses, docs, asked.metrics)
    assert sum(one["dartmath"] for one in scores) == here.correct
    assert sum(one["dartmath_lenient"] for one in scores) == round(here.lenient.value * len(ROWS))


def test_lighteval_refuses_turns_that_it_would_write_itself(tmp_path: Path) -> None:
    registry = pytest.importorskip("lighteval.tasks.registry", reason="lighteval is not installed").Registry
    the_task(tmp_path, section_of(tmp_path, shots=2), "chat")
    with pytest.raises(ConfigError, match="without --shots"):
        registry.create_custom_tasks_module(tmp_path / "tasks" / "lighteval_tasks.py")
