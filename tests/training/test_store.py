"""The token cache: whole, never stale, shared by equal content."""

from pathlib import Path
from typing import Any

import pytest

from dartmath.base.errors import DataError
from dartmath.prompts.template import load_template
from dartmath.training.mixture import mix
from dartmath.training.store import store_key, tokenise
from dartmath.training.tokens import Encoder, Tokens
from training.material import byte_level_tokenizer, examples, write_jsonl


@pytest.fixture
def encoder(byte_tokenizer: Any) -> Encoder:
    return Encoder(byte_tokenizer, load_template("qa"), max_length=512)


@pytest.fixture
def source(tmp_path: Path) -> str:
    return str(write_jsonl(tmp_path / "rows.jsonl", examples(30)))


def test_a_store_holds_every_example_in_order(source: str, encoder: Encoder) -> None:
    store = tokenise(source, encoder)
    expected = [encoder.encode(*row) for row in examples(30)]
    assert [store[i] for i in range(len(store))] == expected
    assert store.lengths.tolist() == [len(e.ids) for e in expected if isinstance(e, Tokens)]
    assert store.rows.tolist() == list(range(1, 31))


def test_the_second_time_nothing_is_tokenised(
    source: str, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tokenise(source, encoder)
    monkeypatch.setattr(encoder, "encode_many", lambda _: pytest.fail("tokenised again"))
    again = tokenise(source, encoder)
    assert again.ids.tolist() == first.ids.tolist()


def test_whatever_shapes_the_tokens_changes_the_key(
    source: str, encoder: Encoder, byte_tokenizer: Any, tmp_path: Path
) -> None:
    template = load_template("qa")
    other_rows = str(write_jsonl(tmp_path / "other.jsonl", examples(31)))
    keys = [
        store_key(source, encoder),
        store_key(other_rows, encoder),
        store_key(source, Encoder(byte_tokenizer, load_template("alpaca"), max_length=512)),
        store_key(source, Encoder(byte_tokenizer, template, max_length=100)),
        store_key(source, Encoder(byte_tokenizer, template, max_length=512, too_long="truncate")),
        store_key(source, Encoder(byte_level_tokenizer(bos=False), template, max_length=512)),
    ]
    assert len(set(keys)) == len(keys)


def test_dropped_rows_are_counted_by_reason(tmp_path: Path, byte_tokenizer: Any) -> None:
    rows = [("a", "fits"), ("a", ""), ("a", "</s>"), ("a", "long " * 100)]
    source = str(write_jsonl(tmp_path / "rows.jsonl", rows))
    store = tokenise(source, Encoder(byte_tokenizer, load_template("qa"), max_length=100))
    assert store.dropped == {"empty_response": 1, "special_token_in_response": 1, "too_long": 1}
    assert store.rows.tolist() == [1]


def test_a_failure_leaves_no_half_store(tmp_path: Path, encoder: Encoder, cache: Path) -> None:
    path = write_jsonl(tmp_path / "rows.jsonl", examples(3))
    path.write_text(path.read_text() + "{broken\n")
    with pytest.raises(DataError):
        tokenise(str(path), encoder)
    assert list((cache / "tokens").iterdir()) == []


def test_a_damaged_cache_says_what_to_delete(source: str, encoder: Encoder, cache: Path) -> None:
    tokenise(source, encoder)
    folder = cache / "tokens" / store_key(source, encoder)
    (folder / "ids.bin").write_bytes(b"")
    with pytest.raises(DataError, match="delete the folder"):
        tokenise(source, encoder)


def test_weights_repeat_rows_and_take_a_seeded_part(source: str, encoder: Encoder) -> None:
    store = tokenise(source, encoder)
    mixture = mix([store, store], [1.0, 2.5], seed=3)
    assert len(mixture) == 30 + 75
    counts = [mixture.index[30:].tolist().count(i) for i in range(30)]
    assert sorted(counts) == [2] * 15 + [3] * 15
    assert mixture.index.tolist() == mix([store, store], [1.0, 2.5], seed=3).index.tolist()
    assert mixture.index.tolist() != mix([store, store], [1.0, 2.5], seed=4).index.tolist()
    assert mixture.where(31).endswith("rows.jsonl row 2")


def test_a_weight_that_takes_nothing_is_an_error(source: str, encoder: Encoder) -> None:
    with pytest.raises(DataError, match=r"weight 0\.01 of 30 examples"):
        mix([tokenise(source, encoder)], [0.01], seed=0)
