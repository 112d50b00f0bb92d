"""Logs of an evaluation in the forms of other tools, so that their viewers and scripts can be used.

Both forms hold the query as it stands in the data set and the prompt as it was put to the model.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dartmath.base.errors import UnknownNameError
from dartmath.base.files import write_text
from dartmath.base.plugins import load_plugin, plugins
from dartmath.evaluation.interop_inspect import inspect_logs
from dartmath.evaluation.interop_lm_eval import lm_eval_logs
from dartmath.evaluation.logs import Evaluation, Logs
from dartmath.evaluation.prompting import read_prompting
from dartmath.evaluation.result import read_result
from dartmath.evaluation.run import SAMPLES, benchmarks_of, samples_by_query
from dartmath.sampling.journal import open_journal

FORMS: dict[str, Callable[[Evaluation], Logs]] = {"lm-eval": lm_eval_logs, "inspect": inspect_logs}


def log_formats() -> list[str]:
    """Names of the forms of logs: the built-in ones, then those of other packages."""
    return [*FORMS, *plugins("log_formats")]


def export(folder: Path, form: str, out: Path) -> list[Path]:
    """Write the logs of the evaluation in `folder` to the folder `out`; returns their paths.

    `form` is one of `log_formats()`; raises `UnknownNameError` for another. The same evaluation
    gives the same file names again.
    """
    if form not in log_formats():
        raise UnknownNameError("log format", form, log_formats())
    make: Callable[[Evaluation], Logs] = FORMS.get(form) or load_plugin("log_formats", form)
    result = read_result(folder)
    journal = open_journal(folder / SAMPLES)
    pairs = zip(benchmarks_of(result, journal), result.benchmarks, strict=True)
    started = str(journal.manifest.get("created", result.created))
    # The journal may hold more trials, of an earlier evaluation into the same folder.
    scored = {id: found[: result.section["trials"]] for id, found in samples_by_query(journal).items()}
    evaluation = Evaluation(result, tuple(pairs), scored, started, read_prompting(folder))
    written = []
    for name, text in make(evaluation):
        written.append(out / name)
        write_text(out / name, text)
    return written
