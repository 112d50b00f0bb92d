"""The verbs `train` and `lr-search`, as a person types them."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from dartmath import cli
from training.material import examples, write_jsonl


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: Any) -> int:
    """The exit code of `dartmath ARGUMENTS`."""
    monkeypatch.setattr(sys, "argv", ["dartmath", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return int(stopped.value.code or 0)


@pytest.fixture
def flags(tiny_llama: str, tmp_path: Path) -> list[Any]:
    data = write_jsonl(tmp_path / "rows.jsonl", examples(12))
    model = ["--model", tiny_llama, "--template", "qa", "--data", data]
    return [*model, "--max-length", 256, "--batch-size", 2, "--epochs", 1, "--out", tmp_path / "out"]


def test_train_prints_a_table_or_json_and_does_nothing_twice(
    flags: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, "train", *flags) == 0
    shown = capsys.readouterr().out
    assert "packed sequences" in shown
    assert max(map(len, shown.splitlines())) <= 100
    assert _run(monkeypatch, "train", *flags, "--json") == 0
    again = capsys.readouterr()
    assert json.loads(again.out)["examples"] == 12
    assert "already trained" in again.err
    assert (tmp_path / "out" / "model.safetensors").is_file()


def test_flags_of_lora_make_adapters(
    flags: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, "train", *flags, "--lora-rank", 4, "--no-lora-merge", "--json") == 0
    assert json.loads(capsys.readouterr().out)["trainable"] > 0
    assert (tmp_path / "out" / "adapter_config.json").is_file()


def test_a_plan_loads_and_writes_nothing(
    flags: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("dartmath.training.build.load_trainable", lambda *_, **__: pytest.fail("loaded"))
    assert _run(monkeypatch, "train", *flags, "--plan", "--json") == 0
    assert json.loads(capsys.readouterr().out)["data"]["rows"] == 12
    assert not (tmp_path / "out").exists()
    assert _run(monkeypatch, "train", "dart-math/llama3-70b-prop2diff", "--plan", "--device", "H100") == 0
    shown = capsys.readouterr().out
    assert "32 GPUs x 2 x 1 accumulated" in shown
    assert "ZeRO-3 / FSDP2" in shown
    assert max(map(len, shown.splitlines())) <= 100


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train"], "give --model and --data"),
        (["train", "--model", "/nowhere", "--data", "x.jsonl"], "no such model folder"),
        (["train", "no-such-recipe"], "unknown recipe"),
        (["train", "tiny", "--set", "training.epoch=2"], 'did you mean "epochs"'),
        (["train", "tiny", "--batch-size", "63", "--micro-batch", "2"], "try --micro-batch"),
        (["train", "tiny", "--template", "alpacca", "--plan"], 'did you mean "alpaca"'),
        (["lr-search", "tiny", "--grid", "1e-5,fast"], "separated by commas"),
    ],
)
def test_mistakes_are_explained(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _run(monkeypatch, *arguments) == 2
    assert message in capsys.readouterr().err
