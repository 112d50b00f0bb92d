"""evaluate: sample the benchmarks with VRT, then score them.

FOLDER/samples/      the journal of all responses (see `dartmath.sampling.journal`)
FOLDER/rows.parquet  one row per response, to look at
FOLDER/result.json   the scores and all that is needed to repeat them
FOLDER/manifest.json what reports and cards read
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from dartmath.base.errors import ConfigError, DataError, MissingDependencyError, RunError
from dartmath.base.manifest import new_manifest, versions, write_manifest
from dartmath.base.terminal import warn
from dartmath.engines.config import EngineSection
from dartmath.engines.protocol import Engine
from dartmath.evaluation.both_rules import Difference, judged_otherwise, write_differences
from dartmath.evaluation.config import EvaluationSection
from dartmath.evaluation.intervals import Estimate, macro
from dartmath.evaluation.prompting import AskedPrompts, write_prompting
from dartmath.evaluation.protocol import SUITE, judged_by_the_paper, protocol_stops
from dartmath.evaluation.result import FILE as RESULT
from dartmath.evaluation.result import BenchmarkResult, EvaluationResult, Score, read_result, write_result
from dartmath.evaluation.rows import write_rows
from dartmath.evaluation.score import Benchmark, score, to_score
from dartmath.model import ModelSection, describe_model
from dartmath.prompts.examples import MOST, PAPER
from dartmath.prompts.template import Example, Template
from dartmath.queries.config import QuerySource, Selector
from dartmath.queries.download import content_checksum
from dartmath.queries.load import load_set
from dartmath.queries.registry import find_dataset, find_suite
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.journal import JournalReader, open_journal
from dartmath.sampling.policy import VRT
from dartmath.sampling.sample import Sample

SAMPLES = "samples"


def evaluate(
    model: ModelSection,
    engine: EngineSection,
    template: Template,
    section: EvaluationSection,
    folder: Path,
    *,
    seed: int = 0,
) -> EvaluationResult:
    """Evaluate `model` on the benchmarks of `section`; everything is written to `folder`.

    The same call again goes on where the last one stopped; a finished one only scores again, and changes
    no file where the scores are the same. A benchmark may be added to a folder later. Raises
    `ConfigError` when no benchmark is named or a worked example is one of its queries, `DataError` for
    bad data, `JournalError` when the folder holds another evaluation.
    """
    from dartmath.prompts.examples import shots_for
    from dartmath.sampling.run import sample

    skipped: dict[str, str] = {}
    benchmarks = load_benchmarks(section, skipped=skipped)
    shots = shots_for([one.source for one in benchmarks], section.shots, tools=section.tools is not None)
    check_examples(benchmarks, shots)
    refuse_changed(folder, benchmarks)
    asked = sampling_section(section, template)
    summary = sample(
        [query for benchmark in benchmarks for query in benchmark.queries],
        _engine(engine, model, template, section),
        template,
        asked,
        folder / SAMPLES,
        seed=seed,
        model=model_identity(model, section),
        amend=(folder / SAMPLES).is_dir(),
        shots=shots,
    )
    if not summary.complete:
        raise RunError(f"the evaluation stopped ({summary.stopped}); run the same command again to go on")
    write_prompting(folder, prompting_of(asked, template, shots))
    return rescore(folder, benchmarks, section, skipped=skipped)


def rescore(
    folder: Path,
    benchmarks: Sequence[Benchmark],
    section: EvaluationSection,
    *,
    samples: Mapping[str, Sequence[Sample]] | None = None,
    out: Path | None = None,
    verifier: str = "dartmath",
    skipped: Mapping[str, str] | None = None,
) -> EvaluationResult:
    """Score the journal in `folder` and write result, rows and manifest there, or to `out`.

    `samples` replace those of the journal, when `verifier` has judged them again.
    """
    journal = open_journal(folder / SAMPLES)
    samples = samples_by_query(journal) if samples is None else samples
    out = out or folder
    differences: list[Difference] = []
    scored = [
        _scored(benchmark, samples, section, differences if section.protocol else None)
        for benchmark in benchmarks
    ]
    manifest = journal.manifest
    result = EvaluationResult(
        created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        model={key: value for key, value in manifest["model"].items() if key != "tools"},
        template=manifest["template"],
        engine=manifest.get("engine", {}),
        versions=manifest.get("versions", versions()),
        verifier=verifier,
        seed=manifest["seed"],
        section=section.model_dump(mode="json"),
        tokens=sum(one.completion_tokens for one in scored),
        seconds=float(manifest.get("summary", {}).get("seconds", 0.0)),
        benchmarks=scored,
        skipped=dict(skipped or {}),
        average=average([one.pass_at_1 for one in scored]),
    )
    result = _as_before(out, result)
    out.mkdir(parents=True, exist_ok=True)
    write_rows(out, benchmarks, samples)
    if section.protocol:
        write_differences(out, differences)
    write_result(out, result)
    write_manifest(out, _manifest(result))
    return result


def _as_before(folder: Path, result: EvaluationResult) -> EvaluationResult:
    """`result` with the time of the one in `folder`, where that says the same."""
    try:
        before = read_result(folder)
    except DataError:
        return result
    dated = result.model_copy(update={"created": before.created})
    # As text: a score that cannot be stated is not equal to itself.
    return dated if dated.model_dump_json() == before.model_dump_json() else result


def _scored(
    benchmark: Benchmark,
    samples: Mapping[str, Sequence[Sample]],
    section: EvaluationSection,
    differences: list[Difference] | None,
) -> BenchmarkResult:
    """The scores of a benchmark; under a protocol also those by this project's own rules."""
    result = score(benchmark, samples, section.trials, section.grading)
    if differences is None:
        return result
    found, own = judged_otherwise(benchmark, samples, section.trials, section.grading)
    differences += found
    return result.model_copy(update={"own_rules": own})


def load_benchmarks(section: EvaluationSection, *, skipped: dict[str, str] | None = None) -> list[Benchmark]:
    """The benchmarks of a section with their queries: those of the suite first.

    Benchmarks of a suite that are not at hand go to `skipped` with the reason, and a warning; where it is
    None, or nothing is left, they raise `MissingDependencyError`.
    """
    of_protocol = SUITE if section.protocol and not section.benchmarks else None
    named = section.suite or of_protocol
    names = find_suite(named) if named else ()
    suite = [QuerySource(dataset=name, select=_within(section.select, name)) for name in names]
    sources = [*suite, *section.benchmarks]
    if section.protocol:
        sources = judged_by_the_paper(sources)
    if not sources:
        raise ConfigError("no benchmark to evaluate on; give --suite dart-math or --benchmark gsm8k/test")
    optional = set(names) if skipped is not None and len(sources) > 1 else set()
    benchmarks = _loaded(sources, optional, {} if skipped is None else skipped)
    seen: set[str] = set()
    for benchmark in benchmarks:
        if benchmark.name in seen:
            raise ConfigError(f"benchmark {benchmark.name!r} is named twice; give each source its own `band`")
        seen.add(benchmark.name)
    return benchmarks


def _loaded(sources: Sequence[QuerySource], optional: Set[str], skipped: dict[str, str]) -> list[Benchmark]:
    found = []
    for source in sources:
        try:
            loaded = load_set(source)
            name = benchmark_name(source)
            found.append(Benchmark(name, source, tuple(loaded.queries), loaded.origin, loaded.checksum))
        except MissingDependencyError as error:
            last = source is sources[-1] and not found
            if source.dataset not in optional or last:
                raise
            skipped[source.dataset] = str(error)
            warn(f"{source.dataset} is skipped: {error}")
    return found


def check_examples(benchmarks: Sequence[Benchmark], shots: Mapping[str, Sequence[Example]]) -> None:
    """Refuse a worked example that is asked: the prompt would give the answer away."""
    asked = {(query.dataset, " ".join(query.text.split())) for one in benchmarks for query in one.queries}
    for dataset, examples in shots.items():
        for number, example in enumerate(examples, start=1):
            if (dataset, " ".join(example.query.split())) in asked:
                raise ConfigError(
                    f"worked example {number} of {dataset} is one of its queries: {example.query[:60]!r}; "
                    "take it out of `examples` or out of the benchmark"
                )


def refuse_changed(folder: Path, benchmarks: Sequence[Benchmark]) -> None:
    """Refuse benchmarks whose texts or references are not those that `folder` was evaluated on before.

    A data set may change between two runs, and a folder whose scores are of two versions says nothing.
    """
    if not (folder / RESULT).is_file():
        return
    before = {one.name: one for one in read_result(folder).benchmarks}
    for now in benchmarks:
        then = before.get(now.name)
        # Read as a source is: an older result lacks keys that have come since.
        if then is None or QuerySource.model_validate(then.source) != now.source:
            continue
        checksum = content_checksum(now.queries)
        missing = set(then.query_ids) - {query.id for query in now.queries}
        # A set of one's own may have grown.
        if missing or (checksum != then.checksum and len(now.queries) == then.queries):
            raise DataError(
                f"{now.name} has changed: {then.checksum} of {then.origin or 'an unknown origin'} was "
                f"evaluated here, and {checksum} of {now.origin} is read now; name the `revision` of "
                "before, or evaluate into another folder",
                path=folder,
            )


def _within(select: Selector, name: str) -> Selector:
    """The selection for one benchmark of a suite: all of one that is smaller than the sample."""
    small = select.n is not None and select.n > find_dataset(name).rows
    return select.model_copy(update={"n": None}) if small else select


def samples_by_query(journal: JournalReader) -> dict[str, list[Sample]]:
    """All samples of a journal by query id, in the order of their trials."""
    found: dict[str, list[Sample]] = defaultdict(list)
    for sample in journal.samples():
        found[sample.query_id].append(sample)
    for samples in found.values():
        samples.sort(key=lambda s: s.trial)
    return dict(found)


def average(scores: Sequence[Score]) -> Score:
    """The plain mean over benchmarks."""
    nan = float("nan")
    estimates = [
        Estimate(s.value, nan if s.low is None else s.low, nan if s.high is None else s.high, s.method)
        for s in scores
    ]
    return to_score(macro(estimates))


def benchmark_name(source: QuerySource) -> str:
    """What a benchmark is called in tables."""
    return f"{source.dataset} ({source.band})" if source.band else source.dataset


def _engine(
    engine: EngineSection, model: ModelSection, template: Template, section: EvaluationSection
) -> Engine:
    from dartmath.engines import create_engine

    made = create_engine(engine, model, template)
    if section.tools is None:
        return made
    from dartmath.tools import ToolEngine

    return ToolEngine(made, section.tools)


def sampling_section(section: EvaluationSection, template: Template) -> SamplingSection:
    """An evaluation as what it is to the controller: vanilla rejection sampling of its queries."""
    of_protocol = protocol_stops(template) if section.protocol else ()
    return SamplingSection(
        policy=VRT(trials=section.trials),
        temperature=section.temperature,
        top_p=section.top_p,
        max_tokens=section.max_tokens,
        stop=list(dict.fromkeys([*section.stop, *of_protocol])),
        shots=MOST if section.shots == PAPER else section.shots,
        workers=section.workers,
        verify_seconds=section.verify_seconds,
        grading=section.grading,
        judge=section.judge,
    )


def prompting_of(
    section: SamplingSection, template: Template, shots: Mapping[str, Sequence[Example]]
) -> AskedPrompts:
    """How an evaluation asks, for its folder: the stop strings are those that the engine is given."""
    return AskedPrompts(template, shots, tuple(dict.fromkeys((*template.stops, *section.stop))))


def model_identity(model: ModelSection, section: EvaluationSection) -> dict[str, Any]:
    """What the journal holds samples of: with tools, the model and its tools together."""
    identity = describe_model(model)
    if section.tools is not None:
        identity["tools"] = section.tools.model_dump(mode="json")
    return identity


def _manifest(result: EvaluationResult) -> dict[str, Any]:
    manifest = new_manifest(
        "evaluate",
        created=result.created,
        config=result.section,
        model=result.model,
        template=result.template,
        engine=result.engine,
        seed=result.seed,
        inputs=[SAMPLES],
    )
    summary = result.model_dump(mode="json", include={"average", "tokens", "seconds"})
    summary["benchmarks"] = [
        one.model_dump(mode="json", exclude={"query_ids", "source"}) for one in result.benchmarks
    ]
    return {**manifest, "finished": True, "summary": summary}


def benchmarks_of(result: EvaluationResult, journal: JournalReader) -> list[Benchmark]:
    """The benchmarks of a finished evaluation, from its own files, without loading data sets."""
    queries = {query.id: query for query in journal.queries()}
    try:
        return [
            Benchmark(
                one.name,
                QuerySource.model_validate(one.source),
                tuple(queries[query_id] for query_id in one.query_ids),
                one.origin,
                one.set_checksum,
            )
            for one in result.benchmarks
        ]
    except KeyError as error:
        raise DataError(
            f"result.json names query {error}, which its journal lacks; run the same `dartmath evaluate` "
            "again to score anew",
            path=journal.folder,
        ) from None
