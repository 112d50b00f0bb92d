"""`dartmath verify`: judge an answer against a reference, or a file of responses."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from dartmath.base.errors import DataError, UsageError
from dartmath.base.text import counted
from dartmath.cli._options import resolve_section, section_options
from dartmath.cli._shared import JsonOption, JudgeKeyOption, judge_section
from dartmath.verify.contract.settings import GradingSettings

if TYPE_CHECKING:
    from dartmath.judging.config import JudgeSection
    from dartmath.prompts.template import Template
    from dartmath.queries.rows import Row
    from dartmath.verify import Verdict
    from dartmath.verify.contract.question import Question

_TEXT = ("query", "question", "problem", "prompt")
_RESPONSES = ("response", "completion", "output", "resp", "text")
_ENDS = ("finish_reason", "stop_reason")
_REFERENCES = ("references", "reference", "answer", "ref", "ground_truth", "solution")


@section_options(GradingSettings)
def command(
    reference: Annotated[str | None, typer.Argument(help="The acceptable answer.")] = None,
    answer: Annotated[str | None, typer.Argument(help="The answer to judge.")] = None,
    *,
    query: Annotated[str | None, typer.Option(help="The problem; its wording can matter.")] = None,
    ordered: Annotated[bool, typer.Option("--ordered", help="Lists must come in this order.")] = False,
    verifier: Annotated[
        str | None, typer.Option(help="Function of your own that judges whole responses: file.py:name.")
    ] = None,
    file: Annotated[Path | None, typer.Option(help="File of responses, such as JSONL, CSV, Parquet.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the rows with their outcomes.")] = None,
    judge_url: Annotated[
        str | None, typer.Option(help="For --file: server of a model that judges what the rules refuse.")
    ] = None,
    judge_model: Annotated[str | None, typer.Option(help="Model to ask there.")] = None,
    judge_key_env: JudgeKeyOption = None,
    template: Annotated[
        str | None, typer.Option(help="For --file: the prompt template; its next query ends a response.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Grading processes for --file.")] = 1,
    as_json: JsonOption = False,
    overrides: dict[str, Any],
) -> None:
    """Judge an answer against a reference and say why; or judge every response of a file.

    Each row of a file has a reference (references, reference, answer, ref ...), a response
    (response, completion, output ...) and, if known, the query and how the response ended
    (finish_reason, stop_reason): one that was cut off counts only with an explicit answer.
    The rows come back as JSONL with the columns outcome, extracted, comparison and reason, in --out
    or in FILE.graded.jsonl. A row that cannot be graded has the outcome "error" and the line it
    stands in as its reason; then the exit code is 2. A reference may also be a whole solution with
    its answer marked, or a list. An answer that begins with a minus sign stands behind `--`.

    Examples:
        dartmath verify '\\frac12' '0.5'
        dartmath verify '(-\\infty, 3]' 'x \\le 3'
        dartmath verify -- '-5' '-5.0'
        dartmath verify --file responses.jsonl --workers 2
        dartmath verify 24 'It is \\boxed{8 * 3}' --verifier checks.py:judge
    """
    settings = resolve_section(GradingSettings, overrides)
    if file is not None:
        out = out or file.with_suffix(".graded.jsonl")
        judge = judge_section(judge_url, judge_model, judge_key_env)
        made_with = None if template is None else _template(template)
        _file(
            file, out, workers, verifier, as_json=as_json, settings=settings, judge=judge, template=made_with
        )
        return
    if judge_url is not None:
        raise UsageError("--judge-url goes with --file; a single answer is judged by rules")
    if template is not None:
        raise UsageError("--template goes with --file; a single answer has no next query")
    if reference is None or answer is None:
        raise UsageError("give a reference and an answer, or --file; see `dartmath verify --help`")
    from dartmath.verify import grade, verify
    from dartmath.verify.contract.question import Question

    if verifier is not None:
        verdict = grade(Question(query or "", (reference,), _own(verifier)), answer)
        _explain(verdict, {}, as_json)
        return
    verdict = verify(reference, answer, query=query, ordered=ordered or None, settings=settings)
    _explain(verdict, {"reference": reference, "answer": answer}, as_json)


def _template(name: str) -> Template:
    from dartmath.prompts.template import load_template

    return load_template(name)


def _own(name: str) -> str:
    """The name of a function of the user's own, once it is known that there is one."""
    from dartmath.verify.contract.question import DOMAINS
    from dartmath.verify.custom import is_own, load_own

    if not is_own(name):
        raise UsageError(
            f"--verifier {name}: one of {', '.join(DOMAINS)}, or a function of your own as file.py:name"
        )
    load_own(name)
    return name


def _explain(verdict: Verdict, sides: dict[str, str], as_json: bool) -> None:
    """Print the verdict, and below it how the verifier has read the two sides."""
    from dartmath.base.terminal import print_json
    from dartmath.base.text import encodable, printable
    from dartmath.verify import parse

    if as_json:
        print_json(_row(verdict))
        return
    precision = f", {verdict.precision} bits" if verdict.precision else ""
    lines = [f"{verdict.outcome}: {verdict.reason} ({verdict.comparison}{precision})"]
    lines += [f"  {'read as':<11}{verdict.reading}"] if verdict.reading else []
    lines += [f"  {name:<11}{parse(text)}"[:300] for name, text in sides.items()]
    print(printable(encodable("\n".join(lines))))


def _row(verdict: Verdict) -> dict[str, Any]:
    return {
        "outcome": str(verdict.outcome),
        "extracted": verdict.answer,
        "comparison": verdict.comparison,
        "reason": verdict.reason,
        "precision": verdict.precision,
        "reading": verdict.reading,
    }


def _file(
    path: Path,
    out: Path,
    workers: int,
    verifier: str | None,
    *,
    as_json: bool,
    settings: GradingSettings,
    judge: JudgeSection | None,
    template: Template | None,
) -> None:
    """Grade a file row by row; a row that cannot be graded is written with the outcome "error"."""
    from dartmath.judging.grader import HybridGrader
    from dartmath.verify import GradingPool
    from dartmath.verify.contract.question import HYBRID
    from dartmath.verify.serve.batch import AHEAD, grade_with

    own = None if verifier is None else _own(verifier)
    rows = _open(path, out)
    with out.open("w", encoding="utf-8") as sink:
        graded = _Graded(sink, "math" if judge is None else HYBRID, template)
        pairs = graded.pairs(rows, path, own)
        rules = GradingPool(workers, settings=settings)
        folder = out.with_name(f"{out.stem}.judge")
        hybrid = None if judge is None else HybridGrader(rules, judge, folder)
        grader: AbstractContextManager[Any] = hybrid or rules
        for verdict in grade_with(grader, pairs, ahead=AHEAD * workers or 1, progress=not as_json):
            graded.judged(verdict)
        graded.write_problems()
    _report(graded.counts, out, as_json, None if hybrid is None else hybrid.summary())
    if graded.problems:
        raise UsageError(
            f"{len(graded.problems)} of {sum(graded.counts.values())} rows could not be graded and have the "
            f'outcome "error" in {out}; the first is {graded.problems[0]}'
        )


class _Graded:
    """Rows on their way to the verifier, and with its verdicts to a file, in their order."""

    def __init__(self, sink: TextIO, mode: str, template: Template | None) -> None:
        self._sink, self._mode, self._template = sink, mode, template
        self._waiting: deque[tuple[Row, DataError | None]] = deque()
        self.counts: Counter[str] = Counter()
        self.problems: list[DataError] = []

    def pairs(
        self, rows: Iterable[tuple[int, Row | DataError]], path: Path, own: str | None
    ) -> Iterator[tuple[Question, str, str]]:
        """What can be graded, with how each response ended."""
        for number, row in rows:
            kept: Row = {} if isinstance(row, DataError) else row
            try:
                query, response, ended = _query_and_response(row, path, number, own, self._mode)
            except DataError as problem:
                self.problems.append(problem)
                self._waiting.append((kept, problem))
                continue
            self._waiting.append((kept, None))
            yield query, response if self._template is None else self._template.own_part(response), ended

    def judged(self, verdict: Verdict) -> None:
        """Write the next row that was graded, and those before it that could not be."""
        self.write_problems()
        self._write(self._waiting.popleft()[0], _row(verdict))

    def write_problems(self) -> None:
        """Write the next rows as long as they could not be graded."""
        while self._waiting and self._waiting[0][1] is not None:
            row, problem = self._waiting.popleft()
            self._write(row, {"outcome": "error", "reason": str(problem)})

    def _write(self, row: Row, columns: dict[str, Any]) -> None:
        self.counts[str(columns["outcome"])] += 1
        self._sink.write(json.dumps({**row, **columns}, default=str) + "\n")


def _open(path: Path, out: Path) -> Iterator[tuple[int, Row | DataError]]:
    """The rows of `path`, once it is known that writing `out` cannot destroy them."""
    from dartmath.queries.rows import try_rows

    rows = try_rows(path)
    if out.exists() and out.samefile(path):
        raise UsageError(f"--out {out} is the file of the responses itself; write to another one")
    return rows


def _query_and_response(
    row: Row | DataError, path: Path, line: int, own: str | None, mode: str
) -> tuple[Question, str, str]:
    from dartmath.engines.finish import Ended, ended
    from dartmath.verify.contract.question import VERIFIERS, Question

    if isinstance(row, DataError):
        raise row
    column = next((name for name in _REFERENCES if row.get(name) is not None), None)
    references = _read(row[column], column, path, line) if column else ()
    response = _first(row, _RESPONSES)
    if not references or not isinstance(response, str):
        missing = "response" if references else "reference"
        names = ", ".join(_RESPONSES if references else _REFERENCES)
        raise DataError(f"no {missing}; its key must be one of {names}", path=path, line=line)
    verifier = own or str(row.get("verifier", mode))
    if verifier not in VERIFIERS and not own:  # a row must not name code that is to run
        raise DataError(
            f"no verifier {verifier!r}; it must be one of {', '.join(VERIFIERS)}", path=path, line=line
        )
    metadata = row.get("metadata")
    text, known = str(_first(row, _TEXT) or ""), metadata if isinstance(metadata, dict) else {}
    cut = ended(_first(row, _ENDS)) is Ended.CUT
    return Question(text, references, verifier, known), response, "length" if cut else "stop"


def _read(cell: Any, column: str, path: Path, line: int) -> tuple[str, ...]:
    from dartmath.verify import read_reference

    try:
        return read_reference(cell, column)
    except DataError as problem:
        raise DataError(str(problem), path=path, line=line) from None


def _first(row: Row, names: tuple[str, ...]) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), None)


def _report(counts: Counter[str], out: Path, as_json: bool, judge: dict[str, Any] | None) -> None:
    from dartmath.base.terminal import print_json, print_table

    total = sum(counts.values())
    if as_json:
        found = {"total": total, "outcomes": dict(counts), "out": str(out)}
        print_json({**found, "judge": judge} if judge else found)
        return
    rows = [(name, count, f"{100 * count / total:.1f} %") for name, count in counts.most_common()]
    print_table(f"{counted(total, 'response')}, graded into {out}", ("outcome", "responses", "share"), rows)
    if judge:
        names = ("asked", "cached", "correct", "wrong", "failed", "left_out")
        title = f"{judge['judge']} (prompt {judge['prompt']}) on what the rules refused"
        print_table(title, ("", "responses"), [(name, judge[name]) for name in names])
