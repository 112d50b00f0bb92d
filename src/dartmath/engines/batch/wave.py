"""A wave on disk: the requests of one batch, what the service calls it, and what came back.

batches/000007.jsonl            requests, a line each, as batch APIs and `vllm run-batch` read them
batches/000007.json             ids of the requests, line by line, and the service's name of the batch
batches/000007.answers.jsonl    answers and errors, once the batch has ended
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from dartmath.base.errors import JournalError
from dartmath.base.files import replacing, sync, write_text

_STATE = re.compile(r"(\d{6})\.json")


@dataclass
class Wave:
    """The requests with these `ids`, of which none has more than `tokens` new tokens.

    `tag` is known before there is a batch, so that one which was made in the moment of a crash is found
    again; `batch` is the service's name of it.
    """

    folder: Path
    number: int
    ids: Sequence[str]
    tokens: int
    tag: str
    batch: str = ""

    @classmethod
    def write(
        cls, folder: Path, ids: Sequence[str], bodies: Sequence[dict[str, Any]], path: str, tokens: int
    ) -> Wave:
        """Make the next wave of `folder`, for the endpoint at `path`; it is on the disk when this returns."""
        number = max((int(match[1]) for match in _states(folder)), default=-1) + 1
        wave = cls(folder, number, ids, tokens, secrets.token_hex(16))
        with replacing(wave.requests) as temporary:
            with temporary.open("wb") as file:
                for index, body in enumerate(bodies):
                    row = {"custom_id": wave.line_id(index), "method": "POST", "url": path, "body": body}
                    file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
            sync(temporary)
        wave.save()
        return wave

    @classmethod
    def load_all(cls, folder: Path) -> list[Wave]:
        """The waves in `folder`, oldest first; `JournalError` where one is damaged."""
        waves = []
        for match in _states(folder):
            path = folder / match[0]
            try:
                waves.append(cls(folder=folder, **orjson.loads(path.read_bytes())))
            except (OSError, ValueError, TypeError) as error:
                raise JournalError(
                    f"{path}: cannot be read ({error}); it says which requests a batch holds: restore it, or "
                    "remove it to have them sampled again"
                ) from error
        return waves

    @property
    def requests(self) -> Path:
        """The file of requests."""
        return self.folder / f"{self.number:06d}.jsonl"

    @property
    def answers(self) -> Path:
        """The file of answers; there once the batch has ended."""
        return self.folder / f"{self.number:06d}.answers.jsonl"

    @property
    def name(self) -> str:
        """For people."""
        return f"batch {self.number:06d}"

    def save(self) -> None:
        """Keep what is known of it."""
        row = asdict(self)
        del row["folder"]
        write_text(self._state, orjson.dumps(row).decode())

    def remove(self) -> None:
        """Forget it: all its requests are recorded, or are to be sent again."""
        for path in (self.requests, self.answers, self._state):
            path.unlink(missing_ok=True)

    def line_id(self, index: int) -> str:
        """What the line at `index` is called; short and plain, as services want it."""
        return f"{self.number:06d}-{index:06d}"

    def read(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """(id of a request, what came back for it), each id once; lines that are none are left out."""
        indices = {self.line_id(index): index for index in range(len(self.ids))}
        with self.answers.open("rb") as file:
            for line in file:
                try:
                    row = orjson.loads(line)
                    index = indices.pop(row["custom_id"], None)
                except (ValueError, TypeError, KeyError):
                    continue
                if index is not None:
                    yield self.ids[index], row

    @property
    def _state(self) -> Path:
        return self.folder / f"{self.number:06d}.json"


def _states(folder: Path) -> list[re.Match[str]]:
    found = (_STATE.fullmatch(path.name) for path in folder.glob("[0-9]*.json"))
    return sorted((match for match in found if match), key=lambda match: match[1])
