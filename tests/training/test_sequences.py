"""Sequences as the trainer gets them, fillers, and finding the rows of a batch again."""

import pickle
from pathlib import Path
from typing import Any

import pytest

from dartmath.prompts.template import load_template
from dartmath.training.mixture import Mixture, mix
from dartmath.training.pack import Packing, alone, pack
from dartmath.training.sequences import find_sequences, sequence, sequence_rows
from dartmath.training.store import tokenise
from dartmath.training.tokens import IGNORED, Encoder
from training.material import examples, write_jsonl


@pytest.fixture
def mixture(tmp_path: Path, byte_tokenizer: Any) -> Mixture:
    source = write_jsonl(tmp_path / "rows.jsonl", examples(15))
    return mix([tokenise(str(source), Encoder(byte_tokenizer, load_template("qa")))], [1.0], seed=0)


@pytest.fixture
def packing(mixture: Mixture) -> Packing:
    return pack(mixture.lengths, 320)


def test_a_sequence_is_its_examples_one_after_the_other(mixture: Mixture, packing: Packing) -> None:
    row = sequence(mixture, packing, 0, filler=1)
    parts = [mixture[int(i)] for i in packing[0]]
    assert row["seq_lengths"] == [len(part.ids) for part in parts]
    assert row["input_ids"] == [token for part in parts for token in part.ids]
    assert row["labels"] == [label for part in parts for label in part.labels]


def test_the_last_batch_is_filled_up_without_loss(mixture: Mixture, packing: Packing) -> None:
    rows = sequence_rows(mixture, packing, multiple_of=8, filler=1)
    assert len(rows) % 8 == 0
    assert len(rows) - len(packing) < 8
    fillers = [rows[i] for i in range(len(packing), len(rows))]
    assert all(set(row["labels"]) == {IGNORED} for row in fillers)
    trained = sum(label != IGNORED for i in range(len(rows)) for label in rows[i]["labels"])
    assert trained == mixture.trained_tokens


def test_without_packing_no_lengths_are_given(mixture: Mixture) -> None:
    rows = sequence_rows(mixture, alone(mixture.lengths, 320), multiple_of=1, filler=1, lengths=False)
    assert set(rows[0]) == {"input_ids", "labels"}
    assert len(rows) == len(mixture)


def test_rows_travel_to_worker_processes(mixture: Mixture, packing: Packing) -> None:
    rows = sequence_rows(mixture, packing, multiple_of=1, filler=1)
    assert pickle.loads(pickle.dumps(rows))[0] == rows[0]  # noqa: S301


def test_the_sequences_of_a_flat_batch_are_found_again(mixture: Mixture, packing: Packing) -> None:
    wanted = [2, 0]
    flat: list[int] = []
    for number in wanted:
        flat += [1, 1]  # a filler between them
        flat += sequence(mixture, packing, number, filler=1)["input_ids"]
    assert find_sequences(mixture, packing, flat) == wanted
    assert find_sequences(mixture, packing, [7, 7, 7]) == []
