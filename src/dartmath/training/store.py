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
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dartmath.base.errors import DataError
from dartmath.base.files import beside, write_text
from dartmath.base.terminal import progress_bar
from dartmath.model import cache_dir
from dartmath.training.rows import COLUMNS, Columns, Row, fingerprint, read_rows
from dartmath.training.tokens import Encoder, Tokens

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_FORMAT = 1
_META = "meta.json"


@dataclass(frozen=True)
class TokenStore:
    """The examples of one data set as token ids.

    Attributes:
        ids: all token ids, one example after the other (uint32).
        offsets: where each example begins in `ids`, and the end (int64).
        prompts: masked tokens at the start of each example (int32).
        rows: row number of each example in `source`, from 1 (int64).
        source: the file, folder or Hub data set.
        dropped: how many rows were left out, by reason.
    """

    ids: npt.NDArray[np.uint32]
    offsets: npt.NDArray[np.int64]
    prompts: npt.NDArray[np.int32]
    rows: npt.NDArray[np.int64]
    source: str
    dropped: dict[str, int]

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
        return Tokens(ids.tolist(), int(self.prompts[index]))


def tokenise(source: str, encoder: Encoder, columns: Columns = COLUMNS) -> TokenStore:
    """The token store of `source`, from the cache or made now."""
    folder = cache_dir() / "tokens" / store_key(source, encoder, columns)
    if not (folder / _META).is_file():
        _write(folder, source, encoder, columns)
    return open_store(folder, source)


def store_key(source: str, encoder: Encoder, columns: Columns = COLUMNS) -> str:
    """Hash of all that shapes the tokens of `source`."""
    parts = {
        "format": _FORMAT,
        "rows": fingerprint(source),
        "columns": columns,
        "tokenizer": tokenizer_hash(encoder.tokenizer),
        "template": encoder.template.hash,
        "max_length": encoder.max_length,
        "too_long": encoder.too_long,
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
        size = int(offsets[-1])
        ids = np.memmap(folder / "ids.bin", np.uint32, "r", shape=(size,)) if size else np.empty(0, np.uint32)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(
            f"damaged token cache ({error}); delete the folder and start again", path=folder
        ) from error
    return TokenStore(ids, offsets, prompts, rows, source, meta["dropped"])


def _write(folder: Path, source: str, encoder: Encoder, columns: Columns) -> None:
    """Write the store beside its place and move it there, so that it is whole or absent."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = beside(folder)
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    try:
        _write_arrays(temporary, read_rows(source, columns), encoder, source)
        temporary.rename(folder)
    except OSError:
        if not (folder / _META).is_file():  # else another process was faster
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write_arrays(folder: Path, batches: Iterable[list[Row]], encoder: Encoder, source: str) -> None:
    import numpy as np

    lengths, prompts, numbers = array("q"), array("i"), array("q")
    dropped: Counter[str] = Counter()
    done = 0
    with (
        (folder / "ids.bin").open("wb") as file,
        progress_bar(f"tokenising {Path(source).name}", None) as bar,
    ):
        for batch in batches:
            encoded = encoder.encode_many([(row.query, row.response) for row in batch])
            for row, tokens in zip(batch, encoded, strict=True):
                if not isinstance(tokens, Tokens):
                    dropped[tokens.value] += 1
                    continue
                np.asarray(tokens.ids, dtype=np.uint32).tofile(file)
                lengths.append(len(tokens.ids))
                prompts.append(tokens.prompt)
                numbers.append(row.number)
            done += len(batch)
            bar.update(done)
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    np.save(folder / "offsets.npy", offsets)
    np.save(folder / "prompts.npy", np.asarray(prompts, dtype=np.int32))
    np.save(folder / "rows.npy", np.asarray(numbers, dtype=np.int64))
    write_text(folder / _META, json.dumps({"source": source, "dropped": dict(dropped)}))
