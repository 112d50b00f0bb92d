"""write_report: one HTML file that needs no network, of one run or several side by side."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dartmath.base.errors import UsageError
from dartmath.base.manifest import versions
from dartmath.base.ownership import keep_or_write
from dartmath.base.terminal import holds_words
from dartmath.base.text import encodable
from dartmath.report.blocks import PageSection
from dartmath.report.browser import browser_data
from dartmath.report.plot import Figure
from dartmath.report.query_rows import MOST_QUERIES
from dartmath.report.runs import Run, Stage, find_runs
from dartmath.report.sections import all_sections, labelled
from dartmath.report.statistics import SamplingStatistics, browse_evaluation, read_statistics
from dartmath.rounds.result import RoundsResult, read_rounds

_ASSETS = Path(__file__).parent / "assets"
# Of other hosts; the names of XML are no addresses.
_ADDRESS = re.compile(r"https:(?=//)")
# plotly.js takes 1.2 MB; samples and figures together stay below 8.
_BROWSER_BYTES = 6_000_000


def write_report(
    folders: Sequence[Path | str],
    out: Path | str,
    *,
    title: str | None = None,
    samples: int = 600,
    seed: int = 0,
    published: Sequence[str] = (),
    overwrite: bool = False,
) -> Path:
    """Write the report of the runs (or stage outputs) in `folders` to the file `out`.

    `samples` responses at most can be looked at, drawn by `seed` evenly over bands and outcomes;
    all other numbers are over everything. `published` names models whose printed scores stand
    beside the results. A file that somebody wrote or edited is kept, which is said, unless `overwrite`.
    Raises `DataError` for a folder without stage outputs, and where `out` is the report of other runs.
    """
    out = Path(out)
    if out.is_dir():
        raise UsageError(f"{out} is a folder; give the report a file name: {out / 'report.html'}")
    runs = find_runs([Path(folder) for folder in folders])
    evaluations = labelled(runs, "evaluations")
    share = max(1, samples // max(1, len(evaluations) + sum(len(run.samples) for run in runs)))
    statistics = [
        (label, read_statistics(run, stage, label=label, browse=share, seed=seed))
        for run in runs
        for label, stage in _named(run)
    ]
    browsable = [one.browse for _, one in statistics]
    browsable += [
        browse_evaluation(stage, label=f"evaluation {label}", browse=share, seed=seed)
        for label, stage in evaluations.items()
        if (stage.folder / "samples").is_dir()
    ]
    page = render(
        title or " and ".join(run.name for run in runs),
        all_sections(runs, statistics, published, _in_rounds(folders)),
        browser_data(browsable, _BROWSER_BYTES) | query_data(statistics),
    )
    # Seen from the report, so that it holds no path of this machine.
    here = out.absolute().parent
    seen = [os.path.relpath(Path(folder).absolute(), here) for folder in folders]
    of = " and ".join("this folder" if one == "." else one for one in seen)
    keep_or_write(out, page, of=of, overwrite=overwrite)
    return out


def _in_rounds(folders: Sequence[Path | str]) -> list[RoundsResult]:
    """What came of the rounds of each folder that has finished some."""
    return [found for folder in folders if (found := read_rounds(Path(folder)))]


def query_data(statistics: Sequence[tuple[str, SamplingStatistics]]) -> dict[str, Any]:
    """The rows of the table of queries, and how many queries there are of each run."""
    rows = [{"run": label, **row} for label, one in statistics for row in one.queries[:MOST_QUERIES]]
    return {"table": rows, "listed": {label: len(one.queries) for label, one in statistics}}


def _named(run: Run) -> list[tuple[str, Stage]]:
    """The run's sampling stages with names that tell them apart."""
    several = len(run.samples) > 1
    return [(f"{run.name} {stage.label}" if several else run.name, stage) for stage in run.samples]


def render(title: str, sections: Sequence[PageSection], browser: dict[str, Any]) -> str:
    """The page. Its policy lets the browser run its own two scripts and load nothing at all."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    figures = {f.id: f.spec for section in sections for f in section.blocks if isinstance(f, Figure)}
    environment = Environment(
        loader=FileSystemLoader(_ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["holds_words"] = holds_words
    environment.tests["figure"] = lambda block: isinstance(block, Figure)
    scripts = {"plotly": _plotly(), "own": (_ASSETS / "report.js").read_text(encoding="utf-8")}
    page = environment.get_template("report.html.j2").render(
        title=title,
        sections=sections,
        data=_safe_json({"figures": figures, **browser}),
        style=(_ASSETS / "report.css").read_text(encoding="utf-8"),
        scripts={name: _for_script(text) for name, text in scripts.items()},
        hashes=[_hash(_for_script(text)) for text in scripts.values()],
        browsable=bool(browser["samples"]),
        listed=bool(browser.get("table")),
        version=versions().get("dartmath", ""),
    )
    return encodable(page)


def _plotly() -> str:
    """plotly.js, its bundle of bars and lines alone, with every address in it made one of nowhere.

    Its menu offers to upload a chart to its makers; the page shows no such button, its policy forbids it,
    and the script does not know where to.
    """
    script = (_ASSETS / "plotly-basic.min.js").read_text(encoding="utf-8")
    return _ADDRESS.sub("nowhere:", script)


def _safe_json(data: Any) -> str:
    """JSON that cannot end its script element or open another one, nor break in JavaScript."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _for_script(text: str) -> str:
    # plotly.js quotes "</script" in a string; a browser would end the script there.
    return text.replace("</script", "<\\/script").replace("\r\n", "\n")


def _hash(text: str) -> str:
    """The hash by which a content security policy allows an inline script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
