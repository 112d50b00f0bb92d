"""Texts: the responses of chosen trials, in any order, while memory holds a few numbers for each."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection
from pathlib import Path
from types import TracebackType

from dartmath.base.text import encodable
from dartmath.curation.pool import Journal
from dartmath.verify.contract.outcome import Outcome

Key = tuple[str, int]
"""(query id, trial): what names a sample of a journal."""


class Texts:
    """A context in which the texts of `wanted` trials can be asked for.

    A journal holds its samples in the order in which they came: their texts wait for their turn in an
    unnamed file in the folder `spool`.
    """

    def __init__(
        self, journal: Journal, wanted: Collection[Key], spool: Path, outcomes: Collection[Outcome] | None
    ) -> None:
        self._places: dict[Key, int] = {}
        self._file = tempfile.TemporaryFile(dir=spool)  # noqa: SIM115
        for sample in journal.samples(outcomes):
            key = (sample.query_id, sample.trial)
            if key in wanted:
                self._places[key] = self._file.tell()
                pair = [encodable(sample.response), encodable(sample.answer or "")]
                self._file.write(json.dumps(pair).encode() + b"\n")

    def __enter__(self) -> Texts:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def of(self, key: Key) -> tuple[str, str]:
        """(response, answer) of a trial; the answer is "" where none was found."""
        self._file.seek(self._places[key])
        response, answer = json.loads(self._file.readline())
        return response, answer
