"""Benchmarks as tasks of other harnesses, with this project's prompts, stop strings and grader.

FOLDER/inspect_tasks.py     a task of Inspect per benchmark: `inspect eval FOLDER/inspect_tasks.py`
FOLDER/lighteval_tasks.py   the same for lighteval: `--custom-tasks FOLDER/lighteval_tasks.py`
FOLDER/tasks.json           the `evaluation:` section, and name, checksum and number of queries of each task
FOLDER/prompts.json         template, worked examples and stop strings
FOLDER/TASK/test.jsonl      the queries of a task

A folder is whole: nothing is loaded from elsewhere when a harness runs it, on this machine or another.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dartmath.base.errors import ConfigError, DataError
from dartmath.base.files import write_text
from dartmath.base.manifest import versions
from dartmath.base.ownership import check_folder
from dartmath.base.section import validate
from dartmath.evaluation.config import EvaluationSection
from dartmath.evaluation.lenient import lenient_settings, may_differ
from dartmath.evaluation.logs import words
from dartmath.evaluation.prompting import AskedPrompts, read_prompting, write_prompting
from dartmath.evaluation.run import check_examples, load_benchmarks, prompting_of, sampling_section
from dartmath.evaluation.score import Benchmark
from dartmath.prompts.examples import shots_for
from dartmath.prompts.template import Prompt, Template
from dartmath.prompts.thoughts import with_thoughts
from dartmath.queries.download import content_checksum
from dartmath.queries.query import Query
from dartmath.verify.contract.outcome import Verdict
from dartmath.verify.contract.settings import GradingSettings
from dartmath.verify.serve.grading_pool import GradingPool

FILE = "tasks.json"
ROWS = "test.jsonl"

_INSPECT = '''"""Benchmarks as tasks of Inspect, written by `dartmath tasks`."""

from pathlib import Path

from dartmath.evaluation.tasks_inspect import inspect_task
from inspect_ai import task

FOLDER = Path(__file__).parent
'''
_INSPECT_TASK = """

@task
def {name}():
    return inspect_task(FOLDER, "{name}")
"""
_LIGHTEVAL = '''"""Benchmarks as tasks of lighteval, written by `dartmath tasks`."""

from pathlib import Path

from dartmath.evaluation.tasks_lighteval import lighteval_tasks

TASKS_TABLE = lighteval_tasks(Path(__file__).parent)
'''


@dataclass(frozen=True, slots=True)
class HarnessTask:
    """One benchmark for a harness: `name` is its word there, `folder` holds its rows."""

    name: str
    benchmark: str
    checksum: str
    folder: Path
    section: EvaluationSection
    prompting: AskedPrompts

    def queries(self) -> Iterator[Query]:
        """Its queries, in the order of the benchmark. Raises `DataError` where the file is damaged."""
        path = self.folder / ROWS
        try:
            for line in path.read_text(encoding="utf-8").splitlines():
                yield read_query(json.loads(line))
        except (OSError, ValueError, KeyError) as error:
            raise _damaged(path, error) from error

    def prompt(self, query: Query) -> Prompt:
        """The prompt as an engine here is given it."""
        examples = self.prompting.shots.get(query.dataset, ())
        return self.prompting.template.render(query.text, examples=examples)

    def judge(self, query: Query, response: TaskResponse) -> Judgement:
        """The verdict on a response, and whether it is correct by the lenient metric."""
        text, finish_reason = cut(response.whole, self.prompting.stops, response.finish_reason)
        grading = self.section.grading
        verdict = self._submit(grading, query, text, finish_reason).result()
        if verdict.correct or not may_differ(query, verdict.outcome):
            return Judgement(verdict, verdict.correct)
        again = self._submit(lenient_settings(grading), query, text, finish_reason)
        return Judgement(verdict, again.result().correct)

    def _submit(
        self, grading: GradingSettings, query: Query, text: str, finish_reason: str
    ) -> Future[Verdict]:
        pool = _pool(grading.model_dump_json(), self.section.verify_seconds)
        return pool.submit(query, text, finish_reason)


@dataclass(frozen=True, slots=True)
class TaskResponse:
    """What a model said: its text, the thoughts that a server gave apart, and "stop" or "length"."""

    text: str
    finish_reason: str
    thoughts: str | None = None

    @property
    def whole(self) -> str:
        """Text and thoughts, as engines here hand them on."""
        return with_thoughts(self.text, self.thoughts)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a response, and whether it is correct by the lenient metric."""

    verdict: Verdict
    lenient: bool


@cache
def _pool(grading: str, seconds: float) -> GradingPool:
    """One process that grades for every task of these settings; it ends with this one."""
    return GradingPool(1, seconds, GradingSettings.model_validate_json(grading))


def cut(text: str, stops: Sequence[str], finish_reason: str) -> tuple[str, str]:
    """The text up to the first stop string, for harnesses whose servers do not heed all of them.

    >>> cut("It is 7.\\n\\n### Instruction:\\nNext", ("### Instruction:",), "length")
    ('It is 7.\\n\\n', 'stop')
    """
    places = [place for stop in stops if (place := text.find(stop)) >= 0]
    return (text[: min(places)], "stop") if places else (text, finish_reason)


def read_query(row: dict[str, Any]) -> Query:
    """The query of a row of `TASK/test.jsonl`."""
    return Query.from_json(json.loads(row["query"]))


def write_tasks(section: EvaluationSection, template: Template, folder: Path) -> list[HarnessTask]:
    """Write the benchmarks of `section` to `folder` as tasks; returns them.

    Raises `ConfigError` where the section asks what a single turn of another harness cannot do (tools, a
    judge), and what `load_benchmarks` raises.
    """
    for key in ("tools", "judge"):
        if getattr(section, key) is not None:
            raise ConfigError(f"a task of another harness has no {key}; leave out evaluation.{key}")
    if not (folder / FILE).is_file():
        check_folder(folder)
    skipped: dict[str, str] = {}
    benchmarks = load_benchmarks(section, skipped=skipped)
    shots = shots_for([one.source for one in benchmarks], section.shots)
    check_examples(benchmarks, shots)
    prompting = prompting_of(sampling_section(section, template), template, shots)
    names = [_identifier(word) for word in words([one.name for one in benchmarks])]
    for name, benchmark in zip(names, benchmarks, strict=True):
        _write_rows(folder / name, benchmark)
    write_prompting(folder, prompting)
    about = {
        "format": 1,
        "section": section.model_dump(mode="json"),
        "versions": versions(),
        "skipped": skipped,
        "tasks": {name: _about(one) for name, one in zip(names, benchmarks, strict=True)},
    }
    write_text(folder / FILE, json.dumps(about, ensure_ascii=False, indent=2) + "\n")
    write_text(folder / "inspect_tasks.py", _INSPECT + "".join(_INSPECT_TASK.format(name=n) for n in names))
    write_text(folder / "lighteval_tasks.py", _LIGHTEVAL)
    return read_tasks(folder)


def read_tasks(folder: Path) -> list[HarnessTask]:
    """The tasks that `write_tasks` wrote to `folder`; `DataError` where it is not one, or damaged."""
    path = folder / FILE
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        section = validate(EvaluationSection, about["section"], where=str(path))
        prompting = read_prompting(folder)
        return [
            HarnessTask(name, one["benchmark"], one["checksum"], folder / name, section, prompting)
            for name, one in about["tasks"].items()
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> DataError:
    return DataError(f"cannot be read ({error}); write the folder again with: dartmath tasks", path=path)


def _about(benchmark: Benchmark) -> dict[str, Any]:
    return {
        "benchmark": benchmark.name,
        "source": benchmark.source.model_dump(mode="json"),
        "queries": len(benchmark.queries),
        "checksum": content_checksum(benchmark.queries),
    }


def _write_rows(folder: Path, benchmark: Benchmark) -> None:
    # A query is one text, since readers of tables want the same keys of the same kinds in all rows.
    rows = ({"id": query.id, "query": json.dumps(query.to_json())} for query in benchmark.queries)
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / ROWS, "".join(json.dumps(row) + "\n" for row in rows))


def _identifier(word: str) -> str:
    return word if word.isidentifier() else f"task_{word}"
