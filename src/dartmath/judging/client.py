"""One request to the judge's server, with retries.

The engines' client is made for thousands of requests at a time and the limits of their servers; a judge
gets a few, from threads that wait. The standard library's client does, and needs no engine.
"""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from typing import Any

from dartmath.base.errors import ConfigError
from dartmath.judging.config import JudgeSection
from dartmath.judging.prompt import messages, reply_format

MAX_REPLY = 1 << 20
"""Bytes of a server's answer that are read."""

_PAUSES = (0.5, 2.0, 8.0)
_AGAIN = frozenset([408, 409, 429, 500, 502, 503, 504])
"""Statuses after which the same request may succeed."""


class JudgeFailure(Exception):
    """The server gave no reply; the text says why, without the key or what was sent."""


def key_of(section: JudgeSection) -> str | None:
    """The server's key. Raises `ConfigError` when the variable that shall hold it is not set."""
    if section.key_env is None:
        return None
    key = os.environ.get(section.key_env)
    if not key:
        raise ConfigError(f"judge.key_env: the environment variable {section.key_env} is not set")
    return key


def ask(section: JudgeSection, key: str | None, asked: tuple[str, tuple[str, ...], str], nonce: str) -> str:
    """The judge's reply to (query, references, response). Raises `JudgeFailure` when there is none."""
    body: dict[str, Any] = {
        "model": section.model,
        "messages": messages(*asked, nonce),
        "temperature": 0,
        "max_tokens": section.max_tokens,
    }
    if section.structured:
        body["response_format"] = reply_format(nonce)
    request = urllib.request.Request(
        f"{section.url}/chat/completions",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})},
    )
    for pause in (*_PAUSES, None):
        try:
            with urllib.request.urlopen(request, timeout=section.timeout) as answer:
                return _content(answer.read(MAX_REPLY))
        except urllib.error.HTTPError as error:
            failure = f"status {error.code}"
            if error.code not in _AGAIN:
                break
        except (OSError, ValueError) as error:
            failure = f"{type(error).__name__}: {getattr(error, 'reason', error)}"[:120]
        if pause is not None:
            time.sleep(pause)
    raise JudgeFailure(failure)


def _content(data: bytes) -> str:
    try:
        content = json.loads(data)["choices"][0]["message"]["content"]
    except (LookupError, TypeError) as error:
        raise ValueError("no choices in the server's answer") from error
    if not isinstance(content, str):
        raise ValueError("no text in the server's answer")
    return content
