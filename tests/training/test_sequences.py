"""Sequences as the trainer gets them, fillers, pairs, labels, and finding the rows of a batch again."""

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from dartmath.prompts.template import load_template
from dartmath.training.mixture import Mixture, mix
from dartmath.training.pack import Packing, alone, pack
from dartmath.training.sequences import (
    LOSS_WEIGHTS,
    find_sequences,
    labelled_rows,
    pair_rows,
    sequence,
    sequence_rows,
)
from dartmath.training.store import PairStore, tokenise
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


def test_a_filler_is_two_tokens_without_loss(mixture: Mixture, packing: Packing) -> None:
    filler = sequence(mixture, packing, len(packing), filler=7)
    labels = {"input_ids": [7, 7], "labels": [IGNORED, IGNORED], "seq_lengths": [2]}
    assert filler == {**labels, LOSS_WEIGHTS: [0.0, 0.0]}
    assert sequence(mixture, packing, len(packing) - 1, filler=7) != filler


@pytest.mark.parametrize("multiple", [1, 2, 5, 7])
def test_there_are_no_more_fillers_than_the_last_step_needs(
    mixture: Mixture, packing: Packing, multiple: int
) -> None:
    rows = sequence_rows(mixture, packing, multiple_of=multiple, filler=7)
    fillers = [row for row in rows if row["input_ids"] == [7, 7]]
    assert len(rows) == len(packing) + len(fillers) == -(-len(packing) // multiple) * multiple


def test_weights_are_those_of_each_examples_tokens(tmp_path: Path, byte_tokenizer: Any) -> None:
    rows = [{"query": q, "response": r, "w": 0.5 + n} for n, (q, r) in enumerate(examples(6))]
    path = tmp_path / "weighed.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    store = tokenise(str(path), Encoder(byte_tokenizer, load_template("qa")), weight="w")
    mixture = mix([store], [1.0], seed=0)
    packing = pack(mixture.lengths, 400)
    found = sequence_rows(mixture, packing, multiple_of=1, filler=1)
    for number in range(len(packing)):
        expected = [0.5 + float(i) for i in packing[number] for _ in mixture[int(i)].ids]
        assert found[number][LOSS_WEIGHTS] == expected


@pytest.fixture
def preferences(tmp_path: Path, byte_tokenizer: Any) -> tuple[Mixture, Mixture]:
    """Eleven pairs, and their 22 sides as labelled responses."""
    template = load_template("qa")
    rows = [
        {"prompt": template.render(query).text, "chosen": right, "rejected": f"I guess {number}."}
        for number, (query, right) in enumerate(examples(11))
    ]
    labels = [
        {"prompt": row["prompt"], "completion": row[side], "label": side == "chosen"}
        for row in rows
        for side in ("chosen", "rejected")
    ]
    mixtures = []
    for objective, lines in (("dpo", rows), ("kto", labels)):
        path = tmp_path / f"{objective}.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        store = tokenise(str(path), Encoder(byte_tokenizer, template), objective=objective)
        mixtures.append(mix([PairStore(store) if objective == "dpo" else store], [1.0], seed=0))
    return mixtures[0], mixtures[1]


def test_a_pair_is_its_prompt_and_both_responses(
    preferences: tuple[Mixture, Mixture], byte_tokenizer: Any
) -> None:
    rows = pair_rows(preferences[0], multiple_of=4)
    assert len(rows) == 11
    for number, (query, right) in enumerate(examples(11)):
        row = {name: byte_tokenizer.decode(ids) for name, ids in rows[number].items()}
        assert query in row["prompt_ids"] and right not in row["prompt_ids"]
        assert row["chosen_ids"].strip() == f"{right}</s>"
        assert row["rejected_ids"].strip() == f"I guess {number}.</s>"


@pytest.mark.parametrize(("group", "left"), [(2, 22), (3, 21), (4, 22), (7, 21), (22, 22)])
def test_the_other_prompt_of_a_labelled_response_is_of_its_group(
    preferences: tuple[Mixture, Mixture], group: int, left: int
) -> None:
    """A last group of one, which has no other, is left out."""
    mixture = preferences[1]
    found = labelled_rows(mixture, group=group, seed=3)
    assert len(found) == left
    rows = [mixture[number] for number in range(len(mixture))]
    parts = [(row.ids[: row.prompt], row.ids[row.prompt :]) for row in rows]
    order = [parts.index((row["prompt_ids"], row["completion_ids"])) for row in found]
    others = [[part[1] for part in parts].index(row["KL_completion_ids"]) for row in found]
    assert len(set(order)) == len(order) and order != sorted(order)
    assert [row["label"] for row in found] == [mixture.label(number) for number in order]
    for start in range(0, len(order), group):
        members, there = order[start : start + group], others[start : start + group]
        assert sorted(members) == sorted(there)
        assert all(one != other for one, other in zip(members, there, strict=True))
    again = labelled_rows(mixture, group=group, seed=3)
    assert [row["completion_ids"] for row in again] == [row["completion_ids"] for row in found]
