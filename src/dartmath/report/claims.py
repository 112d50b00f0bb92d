"""What a card may claim: words, each from a fact of a manifest or of a result.

A claim without its fact is left out. `tests/report/test_claims.py` changes the facts one by one and
sees the card change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dartmath.base.round_folders import round_folders
from dartmath.base.text import printable
from dartmath.curation.effect import Effect
from dartmath.prompts.examples import shots_in_words
from dartmath.queries.registry import datasets
from dartmath.report.runs import Run, Stage
from dartmath.rounds.result import read_rounds
from dartmath.verify.contract.question import DART_MATH
from dartmath.verify.contract.settings import GradingSettings
from dartmath.verify.custom import bare_name, is_own

# Generators of reasoning-gym ask in English, and so do all built-in data sets.
_GENERATED = "reasoning-gym/"

_POLICIES = {
    "vrt": "the same number of trials for every query (vanilla rejection sampling, the paper's baseline)",
    "uniform": "difficulty-aware rejection sampling (Uniform: as many trials as a query needs for its share)",
    "prop2diff": "difficulty-aware rejection sampling (Prop2Diff: more correct responses to harder queries)",
    "budget": "difficulty-aware rejection sampling for a budget (Prop2Diff's targets, cheap gains first)",
    "band": "rejection sampling of the queries whose pass rate lies in a band",
}
_DIFFICULTY_AWARE = ("uniform", "prop2diff")


def is_difficulty_aware(run: Run) -> bool:
    """Whether every data set of a run was selected by one of the paper's two policies."""
    kinds = [dataset.summary["policy"]["kind"] for dataset in run.datasets if dataset.summary]
    return bool(kinds) and all(kind in _DIFFICULTY_AWARE for kind in kinds)


def selection(policy: Mapping[str, Any]) -> str:
    """How a policy selects, in words."""
    if policy["kind"] in _POLICIES:
        return _POLICIES[policy["kind"]]
    function = bare_name(str(policy.get("function", policy["kind"])))
    return f"rejection sampling by a policy of the makers, `{printable(function)}`"


def choice(summary: Mapping[str, Any]) -> str:
    """What a choice among right responses did; empty where the first trials were taken."""
    found = summary.get("choice")
    return Effect(**found).sentence() if found else ""


def chosen_round(run: Run) -> str:
    """Which round of expert iteration a run is, and by what it was chosen; empty for any other run."""
    here = run.folder.resolve()
    found, beside = read_rounds(here.parent), round_folders(here.parent)
    if found is None or here not in beside:
        return ""
    number = beside.index(here) + 1
    said = f"The model is of round {number} of {len(found.rounds)} of expert iteration"
    if number != found.best:
        return f"{said}, and not of the best one, which is {f'round {found.best}' if found.best else 'none'}."
    names = printable(", ".join(found.held_out))
    return f"{said}, chosen by its mean score on {names}: the scores there are too good for that."


def imported(sampling: Mapping[str, Any]) -> str:
    """What of a pool was sampled elsewhere; empty where this run sampled all of it."""
    found = sampling.get("imported")
    if not found:
        return ""
    total = (sampling.get("summary") or {}).get("samples")
    share = f" of {total:,}" if total else ""
    return f"{found['responses']:,}{share} responses of the pool were imported, not sampled by this run"


def trust(summary: Mapping[str, Any]) -> list[str]:
    """How far the rows of a set can be trusted: what of it is estimated to be luck, or wrong in the data."""
    return [*_luck(summary), *_suspected(summary)]


def _luck(summary: Mapping[str, Any]) -> Iterator[str]:
    """The share of lucky rows, where the pool tells: of the whole set, and of the band with most."""
    kind = "left" if summary.get("checked") else "share"
    shares = {one["band"]: one[kind] for one in summary.get("lucky") or () if one[kind] is not None}
    rows = {band["name"]: band["rows"] for band in summary["bands"] if band["name"] in shares}
    if not sum(rows.values()):
        return
    bounds = {one["band"] for one in summary["lucky"] if one["bound"]}
    whole = sum(shares[band] * count for band, count in rows.items()) / sum(rows.values())
    most = max(rows, key=lambda band: shares[band])
    how = "at most" if bounds & set(rows) else "an estimated"
    worst = f" ({shares[most]:.1%} of {printable(most)})" if len(rows) > 1 else ""
    yield f"Of the rows, {how} {whole:.1%}{worst} are right by luck: a flawed derivation ends at the answer."


def _suspected(summary: Mapping[str, Any]) -> Iterator[str]:
    if count := len(summary.get("suspects") or ()):
        all_ = summary["queries"]
        yield f"As the pool tells it, {count:,} of {all_:,} references are probably wrong; nobody looked."


def trained_on(run: Run, stage: Stage) -> list[str]:
    """A phrase for each data set that a model was trained on: those of this run, and the others by name."""
    made = {dataset.folder.resolve(): dataset for dataset in run.datasets if dataset.summary}
    phrases = []
    for source in stage.manifest.get("inputs") or []:
        path = (run.folder / source).resolve() if not str(source).startswith("hub:") else None
        dataset = next((d for folder, d in made.items() if path is not None and _same(folder, path)), None)
        if dataset is None:
            phrases.append(f"data set `{printable(_public(str(source)))}`, which this run did not make")
        else:
            rows = f"{dataset.summary['rows']:,} verified responses"
            phrases.append(f"{rows}, from {selection(dataset.summary['policy'])}")
    return phrases


def _same(folder: Path, path: Path) -> bool:
    # A run may have been moved since: its own data set still is the folder of that name.
    return folder == path or folder.parts[-2:] == path.parts[-2:]


def _public(source: str) -> str:
    """A source without the folders of its file, which are nobody else's business."""
    return source if source.startswith("hub:") else source.rstrip("/").rpartition("/")[2]


def languages(names: Sequence[str]) -> list[str]:
    """Languages of data sets, where all of them are known; codes of ISO 639-1."""
    known = datasets()
    english = all(name in known or name.startswith(_GENERATED) for name in names)
    return ["en"] if names and english else []


def queried(run: Run) -> list[str]:
    """The data sets whose queries a run's data sets hold."""
    return list(dict.fromkeys(g["name"] for d in run.datasets for g in d.summary.get("datasets", [])))


def is_whole(benchmark: Mapping[str, Any]) -> bool:
    """Whether a score is of all queries of its benchmark; of a set of the user's own: all of the file's."""
    known = datasets().get(benchmark["dataset"])
    if known is not None:
        return bool(benchmark["queries"] >= known.rows)
    select = (benchmark.get("source") or {}).get("select") or {}
    return select.get("flawed") is not False and not any(
        select.get(key) for key in ("n", "levels", "domains")
    )


def subset(benchmark: Mapping[str, Any]) -> str:
    """Which part of its benchmark a score is of, such as "437 of 5,000 queries, levels 1"; "" for all."""
    if is_whole(benchmark):
        return ""
    known = datasets().get(benchmark["dataset"])
    count = f"{benchmark['queries']:,}" + (f" of {known.rows:,}" if known else "") + " queries"
    select = (benchmark.get("source") or {}).get("select") or {}
    parts = [f"{key} {', '.join(select[key])}" for key in ("levels", "domains") if select.get(key)]
    parts += ["without flawed ones"] if select.get("flawed") is False else []
    parts += (
        ["without those whose reference is known to be wrong"] if select.get("mislabelled") is False else []
    )
    if select.get("n"):
        parts.append(f"a sample with seed {select.get('seed', 0)}")
    return printable("; ".join([count, *parts]))


def method(result: Mapping[str, Any]) -> str:
    """How responses were asked for, in the field's short form: "0-shot CoT", "4-shot, Python tools"."""
    section = result["section"]
    return f"{shots_in_words(section['shots'])}{', Python tools' if section.get('tools') else ' CoT'}"


def settings(result: Mapping[str, Any]) -> str:
    """How the model was asked and who judged, in one sentence."""
    section = result["section"]
    sampled = f"temperature {section['temperature']:g}, top-p {section['top_p']:g}"
    decoding = sampled if section["temperature"] else "greedy decoding"
    counted = isinstance(section["shots"], int) and section["shots"] > 0
    shots = f"{section['shots']} worked examples" if counted else shots_in_words(section["shots"])
    trials = "one response" if section["trials"] == 1 else f"{section['trials']} responses"
    tools = "; Python of the model was run in a sandbox" if section.get("tools") else ""
    return (
        f"{decoding}, {shots}, {trials} per query of at most {section['max_tokens']:,} new tokens{tools}; "
        f"answers judged {judge(result)}{_grading(section.get('grading') or {})}"
    )


def _grading(grading: Mapping[str, Any]) -> str:
    """The settings of grading that are not the usual ones."""
    usual = GradingSettings().model_dump(mode="json")
    others = [f"{key} {value}" for key, value in grading.items() if key in usual and value != usual[key]]
    return f" (with {', '.join(others)})" if others else ""


def judge(result: Mapping[str, Any]) -> str:
    """Who judged the responses of an evaluation: the rules, functions of the user's own, or a rival."""
    again = str(result.get("verifier", "dartmath"))
    if again.partition(" ")[0] != "dartmath":
        return f"by {bare_name(again)}"
    named = dict.fromkeys(b["source"].get("verifier", "math") for b in result["benchmarks"])
    own = [f"`{bare_name(name)}`" for name in named if is_own(name)]
    paper = ["the rules of the paper's grader, executing nothing"] if DART_MATH in named else []
    rule = ["rule, which executes nothing"] if len(own) + len(paper) < len(named) else []
    return f"by {' and by '.join([*rule, *paper, *own])}"
