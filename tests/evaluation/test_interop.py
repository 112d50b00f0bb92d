"""Logs in the forms of other tools: what their readers need is there."""

from __future__ import annotations

import json
import re
import statistics
from pathlib import Path

import pytest

from dartmath.base.errors import DataError, UnknownNameError
from dartmath.evaluation.interop import export
from dartmath.evaluation.prompting import AskedPrompts, read_prompting, write_prompting
from dartmath.prompts.template import Example, load_template
from dartmath.queries.config import QuerySource
from evaluation.memory import make_queries, make_sample, write_evaluation


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    queries = make_queries(3, "set/test")
    samples = [
        make_sample(query, trial, f"so\u2028it is \\boxed{{{trial}}}")
        for query in queries
        for trial in range(2)
    ]
    write_evaluation(tmp_path / "run", [(QuerySource(dataset="set/test"), queries)], samples, 2)
    return tmp_path / "run"


def test_lm_evaluation_harness(folder: Path, tmp_path: Path) -> None:
    results, samples = export(folder, "lm-eval", tmp_path / "logs")
    assert results.parent == samples.parent == tmp_path / "logs" / "given"
    assert samples.name == results.name.replace("results", "samples_set_test").replace(".json", ".jsonl")
    rows = [json.loads(line) for line in samples.read_text(encoding="utf-8").splitlines()]
    assert [row["doc_id"] for row in rows] == [0, 0, 1, 1, 2, 2]
    assert [row["exact_match"] for row in rows] == [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    assert rows[0]["target"] == "0"
    assert rows[0]["resps"] == [["so\u2028it is \\boxed{0}"]]
    assert rows[0]["filtered_resps"] == ["0"]
    asked = rows[0]["arguments"]["gen_args_0"]
    assert asked["arg_0"] == "User:\nWhat is 0?\n\nAssistant:\n"
    assert asked["arg_1"]["until"] == list(load_template("qa").stops)
    assert rows[0]["doc_hash"] == rows[1]["doc_hash"] != rows[2]["doc_hash"]
    (metrics,) = json.loads(results.read_text(encoding="utf-8"))["results"].values()
    assert metrics["exact_match,none"] == pytest.approx(1 / 3)
    assert metrics["exact_match_stderr,none"] == pytest.approx(statistics.stdev([0.5, 0.5, 0.0]) / 3**0.5)


def test_logs_hold_the_prompt_as_it_was_put_to_the_model(folder: Path, tmp_path: Path) -> None:
    hashes, prompts = set(), set()
    shown = {"set/test": [Example("How many?", "\\boxed{9}")]}
    for name, shots in (("qa", {}), ("alpaca", {}), ("alpaca", shown), ("chat", shown)):
        template = load_template(name)
        write_prompting(folder, AskedPrompts(template, shots, template.stops))
        assert read_prompting(folder) == AskedPrompts(template, shots, template.stops)
        results, samples = export(folder, "lm-eval", tmp_path / "lm-eval")
        row = json.loads(samples.read_text(encoding="utf-8").splitlines()[0])
        hashes.add(row["prompt_hash"])
        prompts.add(row["arguments"]["gen_args_0"]["arg_0"])
        (config,) = json.loads(results.read_text(encoding="utf-8"))["configs"].values()
        assert config["num_fewshot"] == len(shots)
        (path,) = export(folder, "inspect", tmp_path / "inspect")
        log = json.loads(path.read_text(encoding="utf-8"))
        assert log["samples"][0]["messages"][0]["content"] in prompts
        assert log["eval"]["model_generate_config"]["stop_seqs"] == list(template.stops)
    assert len(hashes) == len(prompts) == 4
    assert any(json.loads(one)[0]["content"] == "How many?" for one in prompts if one.startswith("["))


def test_a_folder_that_does_not_say_how_it_asked_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "prompts.json").unlink()
    with pytest.raises(DataError, match=r"prompts\.json.*asks nothing anew"):
        export(folder, "lm-eval", tmp_path / "logs")


@pytest.mark.parametrize("form", ["lm-eval", "inspect"])
def test_logs_hold_the_trials_that_were_scored(form: str, tmp_path: Path) -> None:
    queries = make_queries(3, "set/test")
    samples = [make_sample(query, trial, "\\boxed{0}") for query in queries for trial in range(4)]
    # Evaluated with four trials before, and now with two.
    write_evaluation(tmp_path / "run", [(QuerySource(dataset="set/test"), queries)], samples, 2)
    written = export(tmp_path / "run", form, tmp_path / "logs")
    text = written[-1].read_text(encoding="utf-8")
    found = text.splitlines() if form == "lm-eval" else json.loads(text)["samples"]
    assert len(found) == 6


def test_benchmarks_of_similar_names_have_tasks_of_their_own(tmp_path: Path) -> None:
    sources = [(QuerySource(dataset=name), make_queries(1, name)) for name in ("a/b", "a-b", "a_b_2")]
    samples = [make_sample(queries[0], 0, "\\boxed{0}") for _, queries in sources]
    write_evaluation(tmp_path / "run", sources, samples, 1)
    results, *files = export(tmp_path / "run", "lm-eval", tmp_path / "logs")
    assert len(set(files)) == 3
    assert len(json.loads(results.read_text(encoding="utf-8"))["results"]) == 3


def test_logs_stay_in_their_folder_whatever_the_model_is_called(tmp_path: Path) -> None:
    queries = make_queries(1)
    write_evaluation(
        tmp_path / "run", [(QuerySource(dataset="own"), queries)], [make_sample(queries[0], 0, "0")], 1
    )
    path = tmp_path / "run" / "result.json"
    result = json.loads(path.read_text())
    path.write_text(json.dumps({**result, "model": {**result["model"], "name": ".."}}))
    for file in export(tmp_path / "run", "lm-eval", tmp_path / "logs"):
        assert file.resolve().is_relative_to((tmp_path / "logs").resolve())


def test_lm_evaluation_harness_reads_its_logs(folder: Path, tmp_path: Path) -> None:
    utils = pytest.importorskip("lm_eval.utils", reason="lm-eval is not installed")
    files = [str(path) for path in export(folder, "lm-eval", tmp_path / "logs")]
    (results,), (samples,) = utils.get_results_filenames(files), utils.get_sample_results_filenames(files)
    assert utils.get_latest_filename([samples, samples.replace("_20", "_19")]) == samples
    table = utils.make_table(json.loads(Path(results).read_text(encoding="utf-8")))
    row = next(line for line in table.splitlines() if "set/test" in line)
    assert "0.3333" in row and "exact_match" in row and "0.1667" in row
    import datasets

    loaded = datasets.load_dataset(
        "json", data_files=samples, split="train", cache_dir=str(tmp_path / "cache")
    )
    assert loaded["exact_match"] == [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]


def test_inspect(folder: Path, tmp_path: Path) -> None:
    (path,) = export(folder, "inspect", tmp_path / "logs")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d[^_]*_set-test_[0-9a-f]{22}\.json", path.name)
    log = json.loads(path.read_text(encoding="utf-8"))
    assert (log["version"], log["status"], log["eval"]["task"]) == (2, "success", "set/test")
    assert log["eval"]["config"]["epochs"] == 2
    assert log["results"]["scores"][0]["metrics"]["accuracy"]["value"] == pytest.approx(1 / 3)
    assert [(s["epoch"], s["scores"]["dartmath"]["value"]) for s in log["samples"][:2]] == [
        (1, "C"),
        (2, "I"),
    ]
    assert export(folder, "inspect", tmp_path / "logs") == [path]


def test_inspect_reads_its_logs(folder: Path, tmp_path: Path) -> None:
    reader = pytest.importorskip("inspect_ai.log", reason="inspect-ai is not installed")
    pytest.importorskip("pandas", reason="pandas, which Inspect's data frames need, is not installed")
    from inspect_ai.analysis import evals_df, samples_df

    (path,) = export(folder, "inspect", tmp_path / "logs")
    log = reader.read_eval_log(str(path))
    assert [sample.score.value for sample in log.samples] == ["C", "I", "I", "C", "I", "I"]
    assert log.samples[0].output.completion == "so\u2028it is \\boxed{0}"
    assert [info.task for info in reader.list_eval_logs(str(tmp_path / "logs"))] == ["set-test"]
    reader.write_eval_log(log, str(tmp_path / "again.eval"))
    assert len(reader.read_eval_log(str(tmp_path / "again.eval")).samples) == 6
    (accuracy,) = evals_df(str(tmp_path / "logs"))["score_dartmath_accuracy"]
    assert accuracy == pytest.approx(1 / 3)
    assert list(samples_df(str(tmp_path / "logs"))["score_dartmath"]) == ["C", "I", "I", "C", "I", "I"]


def test_an_unknown_form_names_the_nearest(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match='did you mean "lm-eval"'):
        export(folder, "lm_eval", tmp_path)
