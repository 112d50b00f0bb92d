"""Token store: a tokenised data set on disk, memory-mapped, written once and kept in the cache.

The key is a hash of everything that shapes the tokens (rows, tokenizer, template, options), so
that a changed template or file is never answered with old tokens. Memory while writing is
bounded by one batch of rows; while training, only the pages in use are in memory.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dartmath.base.errors import DataError
from dartmath.base.files import beside, write_text
from dartmath.base.terminal import progress_bar
from dartmath.model import cache_dir
from dartmath.prompts.thoughts import THOUGHTS
from dartmath.training.exported_rows import row_reader
from dartmath.training.rows import COLUMNS, Columns, Row, data_fingerprint, read_rows
from dartmath.training.tokens import Dropped, Encoder, Span, Tokens

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Batch = list[tuple[Row, list[Tokens] | Dropped]]
"""Rows with their examples, or why they are left out."""

_FORMAT = 1
_META = "meta.json"
_LABELS, _WEIGHTS, _MASKED = "labels.npy", "weights.npy", "masked.npy"
# Set in the id of a token that is masked behind its prompt. No vocabulary comes near it.
_MASK = 1 << 31


@dataclass(frozen=True)
class TokenStore:
    """The examples of one data set as token ids.

    Attributes:
        ids: all token ids, one example after the other (uint32); the highest bit says that one is masked.
        offsets: where each example begins in `ids`, and the end (int64).
        prompts: masked tokens at the start of each example (int32).
        rows: row number of each example in `source`, from 1 (int64).
        source: the file, folder or Hub data set.
        dropped: how many rows were left out, by reason.
        labels: whether each response is right (bool); None where all are.
        weights: what the loss of each is multiplied by (float32); None where all are 1.
        masked: masked tokens of each example behind its prompt (int32); None where there are none.
    """

    ids: npt.NDArray[np.uint32]
    offsets: npt.NDArray[np.int64]
    prompts: npt.NDArray[np.int32]
    rows: npt.NDArray[np.int64]
    source: str
    dropped: dict[str, int]
    labels: npt.NDArray[np.bool_] | None = None
    weights: npt.NDArray[np.float32] | None = None
    masked: npt.NDArray[np.int32] | None = None

    def __len__(self) -> int:
        return len(self.prompts)

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Tokens of each example."""
        import numpy as np

        return np.diff(self.offsets)

    def __getitem__(self, index: int) -> Tokens:
        """One example."""
        ids = self.ids[self.offsets[index] : self.offsets[index + 1]]
        prompt = int(self.prompts[index])
        if self.masked is None or not self.masked[index]:
            return Tokens(ids.tolist(), prompt)
        return Tokens((ids & (_MASK - 1)).tolist(), prompt, _spans(ids >= _MASK))

    @property
    def untrained(self) -> npt.NDArray[np.int32]:
        """Tokens of each example without loss."""
        return self.prompts if self.masked is None else self.prompts + self.masked


@dataclass(frozen=True)
class PairStore:
    """Pairs of a right and a wrong response: `sides` holds both of each, one after the other.

    What it has in common with `TokenStore` is of a whole pair; a pair as one example is its right side.
    """

    sides: TokenStore

    def __len__(self) -> int:
        return len(self.sides) // 2

    @property
    def source(self) -> str:
        """The file, folder or Hub data set."""
        return self.sides.source

    @property
    def dropped(self) -> dict[str, int]:
        """How many rows were left out, by reason."""
        return self.sides.dropped

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """Row number of each pair in `source`, from 1."""
        return self.sides.rows[::2]

    @property
    def prompts(self) -> npt.NDArray[np.int32]:
        """Masked tokens of each pair."""
        return self.sides.prompts[::2] + self.sides.prompts[1::2]

    @property
    def untrained(self) -> npt.NDArray[np.int32]:
        """Tokens of each pair without loss."""
        return self.prompts

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Tokens of each pair."""
        return self.sides.lengths[::2] + self.sides.lengths[1::2]

    def __getitem__(self, index: int) -> Tokens:
        """The right side of a pair."""
        return self.sides[2 * index]

    def pair(self, index: int) -> tuple[Tokens, Tokens]:
        """The right and the wrong side of a pair."""
        return self.sides[2 * index], self.sides[2 * index + 1]


Store = TokenStore | PairStore


def tokenise(
    source: str,
    encoder: Encoder,
    columns: Columns = COLUMNS,
    objective: str = "sft",
    weight: str | None = None,
) -> TokenStore:
    """The token store of `source`, from the cache or made now.

    Of objective "dpo" it holds both sides of each pair, one after the other: see `PairStore`. `weight` is
    the column of weights.
    """
    folder = cache_dir() / "tokens" / store_key(source, encoder, columns, objective, weight)
    if not (folder / _META).is_file():
        # Rows of preferences have other columns, all of which are looked at.
        named = [*columns, *([weight] if weight else [])] if objective == "sft" else []
        read = row_reader(objective, encoder.template, columns, weight)
        _write(folder, encoder, read_rows(source, named, read), source)
    return open_store(folder, source)


def store_key(
    source: str,
    encoder: Encoder,
    columns: Columns = COLUMNS,
    objective: str = "sft",
    weight: str | None = None,
) -> str:
    """Hash of all that shapes the tokens of `source`."""
    parts = {
        "format": _FORMAT,
        "rows": data_fingerprint(source),
        "columns": columns,
        "tokenizer": tokenizer_hash(encoder.tokenizer),
        "template": encoder.template.hash,
        # Of templates that write thoughts as stores of earlier versions do, those stay good.
        **({} if encoder.thoughts == THOUGHTS else {"thoughts": encoder.thoughts}),
        "max_length": encoder.max_length,
        "too_long": encoder.too_long,
        # Not of supervised fine-tuning, whose stores of earlier versions stay good.
        **({} if objective == "sft" else {"objective": objective}),
        **({} if weight is None else {"weight": weight}),
        **({"outputs": "masked"} if encoder.mask_outputs else {}),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:24]


def tokenizer_hash(tokenizer: Any) -> str:
    """Hash of a tokenizer: vocabulary, merges, special tokens and chat template."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    vocabulary = backend.to_str() if backend else json.dumps(tokenizer.get_vocab(), sort_keys=True)
    shape = [vocabulary, repr(tokenizer.special_tokens_map), str(getattr(tokenizer, "chat_template", None))]
    return hashlib.sha256("\0".join(shape).encode()).hexdigest()[:16]


def open_store(folder: Path, source: str) -> TokenStore:
    """Open a written store; raises `DataError` when it is damaged."""
    import numpy as np

    try:
        meta = json.loads((folder / _META).read_text(encoding="utf-8"))
        offsets, prompts, rows = (np.load(folder / f"{name}.npy") for name in ("offsets", "prompts", "rows"))
        named = (folder / name for name in (_LABELS, _WEIGHTS, _MASKED))
        labels, weights, masked = (np.load(path) if path.is_file() else None for path in named)
        size = int(offsets[-1])
        ids = np.memmap(folder / "ids.bin", np.uint32, "r", shape=(size,)) if size else np.empty(0, np.uint32)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(
            f"damaged token cache ({error}); delete the folder and start again", path=folder
        ) from error
    return TokenStore(ids, offsets, prompts, rows, source, meta["dropped"], labels, weights, masked)


def _write(folder: Path, encoder: Encoder, rows: Iterable[list[Row]], source: str) -> None:
    """Write the store beside its place and move it there, so that it is whole or absent."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = beside(folder)
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    try:
        _write_arrays(temporary, rows, encoder, source)
        temporary.rename(folder)
    except OSError:
        if not (folder / _META).is_file():  # else another process was faster
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _spans(flags: npt.NDArray[np.bool_]) -> tuple[Span, ...]:
    """Where runs of True begin and end."""
    import numpy as np

    edges = np.flatnonzero(np.diff(flags, prepend=False, append=False)).tolist()
    return tuple(zip(edges[::2], edges[1::2], strict=True))


def _encoded(batch: list[Row], encoder: Encoder) -> Iterator[tuple[Row, list[Tokens] | Dropped]]:
    """Each row with the tokens of its one or two responses, or why it is left out."""
    plain = _encoded_responses([row for row in batch if row.conversation is None], encoder)
    for row in batch:
        yield (
            next(plain) if row.conversation is None else (row, encoder.encode_conversation(row.conversation))
        )


def _encoded_responses(batch: list[Row], encoder: Encoder) -> Iterator[tuple[Row, list[Tokens] | Dropped]]:
    sides = [[row.response] if row.rejected is None else [row.response, row.rejected] for row in batch]
    found = iter(
        encoder.encode_many(
            [(r.query, text) for r, texts in zip(batch, sides, strict=True) for text in texts]
        )
    )
    for row, texts in zip(batch, sides, strict=True):
        tokens = [next(found) for _ in texts]
        reason = next((one for one in tokens if isinstance(one, Dropped)), None)
        match tokens:
            case [chosen, rejected] if reason is None and chosen == rejected:
                reason = Dropped.SAME
        yield row, reason or [one for one in tokens if isinstance(one, Tokens)]


def _ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Each batch, while a thread makes the next one: tokenizers work outside of Python's lock."""
    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(next, batches, None)
        while (batch := pending.result()) is not None:
            pending = pool.submit(next, batches, None)
            yield batch


def _write_arrays(folder: Path, batches: Iterable[list[Row]], encoder: Encoder, source: str) -> None:
    """Write tokens and their places; labels and weights only where not all of them are 1."""
    import numpy as np

    lengths, prompts, numbers, labels = array("q"), array("i"), array("q"), array("b")
    weights, masked = array("f"), array("i")
    dropped: Counter[str] = Counter()
    done = 0
    with (
        (folder / "ids.bin").open("wb") as file,
        progress_bar(f"tokenising {Path(source).name}", None) as bar,
    ):
        for batch in _ahead([*_encoded(batch, encoder)] for batch in batches):
            for row, sides in batch:
                if isinstance(sides, Dropped):
                    dropped[sides.value] += 1
                    continue
                for tokens in sides:
                    ids = np.asarray(tokens.ids, dtype=np.uint32)
                    for start, end in tokens.masked:
                        ids[start:end] |= _MASK
                    ids.tofile(file)
                    masked.append(sum(end - start for start, end in tokens.masked))
                    lengths.append(len(tokens.ids))
                    prompts.append(tokens.prompt)
                    numbers.append(row.number)
                    labels.append(row.label)
                    weights.append(row.weight)
            done += len(batch)
            bar.update(done)
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    np.save(folder / "offsets.npy", offsets)
    np.save(folder / "prompts.npy", np.asarray(prompts, dtype=np.int32))
    np.save(folder / "rows.npy", np.asarray(numbers, dtype=np.int64))
    for name, values in {_LABELS: np.asarray(labels, bool), _WEIGHTS: np.asarray(weights)}.items():
        if (values != 1).any():
            np.save(folder / name, values)
    if any(masked):
        np.save(folder / _MASKED, np.asarray(masked, np.int32))
    write_text(folder / _META, json.dumps({"source": source, "dropped": dict(dropped)}))
