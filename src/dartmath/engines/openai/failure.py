"""What went wrong with one try: whose fault it is, and whether to try again, elsewhere, later, or never."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import orjson

from dartmath.base.text import printable
from dartmath.engines.config import public_url
from dartmath.engines.openai.client import BadAnswerError, HttpError, NetworkError
from dartmath.engines.openai.server_line import base_of

_REFUSED = {
    401: "refuses the API key: set the environment variable that engine.api_key_env names",
    402: "asks for payment: add credit to the account of the key",
    403: "forbids the request: check the key's rights",
    404: "does not know the path or the model: check engine.base_urls (most end in /v1) and engine.model",
    405: "takes no such request: check engine.base_urls (most end in /v1)",
}
# Too many requests, unavailable, and what gateways answer for an overloaded upstream (Anthropic's 529).
OVERLOAD = (429, 503, 529)
# Requests that another moment may serve; every other 4xx is a verdict on the request.
# 424 is TGI's word for a generation that failed, 499 a gateway's for a connection that was closed.
_PASSING = (408, 409, 421, 424, 425, 499)
# No pause that a server asks for is longer: a daily quota is no reason to sleep until midnight.
_LONGEST_PAUSE = 600.0

_AGAIN_IN = re.compile(
    r"(?:try again|retry) (?:in|after) (?=\d)(?:(?P<minutes>\d{1,4})m(?!s))?"
    r"(?:(?P<seconds>\d{1,6}(?:\.\d{1,9})?) ?s)?"
    r"(?:(?P<ms>\d{1,9}(?:\.\d{1,9})?) ?ms)?",
    re.IGNORECASE,
)
# What servers say of a prompt that does not fit, with status 400, 413, 422, 500 or even 200.
_TOO_LONG = (
    "context length",
    "context_length",
    "context size",
    "context_size",
    "context window",
    "context limit",
    "maximum context",
    "model's context",
    "request too large for",
    "prompt is too long",
    "input is too long",
    "longer than the maximum",
    "reduce the length",
    "exceeds the maximum number of tokens",
    "exceeds the maximum allowed length",
    "max_new_tokens` must be",
)
_FILTERED = ("content_filter", "content management policy", "responsibleaipolicyviolation", "flagged_input")
# No waiting brings money back.
_NO_MONEY = (
    "insufficient_quota",
    "insufficient_balance",
    "insufficient balance",
    "insufficient credits",
    "credit_balance_exhausted",
    "billing_hard_limit",
    "billing_not_active",
    "exceeded your current quota",
)


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong with one try, and what it says.

    Attributes:
        message: for people.
        hopeless: whether it is a verdict on the query: too long for the context, refused by a filter.
        withheld: whether it is a verdict on this response alone: another to the same prompt may pass.
        retry: whether the same request may succeed another time or elsewhere.
        blames_server: whether it counts towards the server's circuit breaker.
        overload: whether the server had too many requests; such a try does not count as one.
        late: whether no answer came in time.
        refusal: whether the server refuses everything: for good at first contact, and where it answered
            before, perhaps for as long as it takes to start again.
        final: whether the server will never answer any more.
        again: whether to ask again at once in another form, which is no further try.
        alone: whether each of several responses is to be asked for by itself.
        pause: seconds the server asked to wait.
        said: the body of an error, for what looks closer.
    """

    message: str
    hopeless: bool = False
    withheld: bool = False
    retry: bool = True
    blames_server: bool = True
    overload: bool = False
    late: bool = False
    refusal: bool = False
    final: bool = False
    again: bool = False
    alone: bool = False
    pause: float = 0.0
    said: str = ""

    @property
    def of_request(self) -> bool:
        """Whether the server refuses this request alone, for how it asks and not for what."""
        return not (self.retry or self.hopeless or self.withheld or self.refusal or self.final)


def understand(error: Exception, server: str, secret: str) -> Failure:
    """The failure behind an exception of an exchange; `secret` never shows in its message.

    Raises the exception again where it is none of the network's or the server's.
    """
    if isinstance(error, HttpError):
        return _status(error, server, secret)
    if isinstance(error, TimeoutError):
        return Failure(f"{server}: no answer in time", blames_server=False, late=True)
    if isinstance(error, BadAnswerError):
        return _bad_answer(error, server, secret)
    if isinstance(error, NetworkError | OSError):
        cause = _telling(error.__cause__ or error)
        return Failure(f"{server}: {type(cause).__name__}: {_clean(str(cause), secret)}")
    raise error


def _bad_answer(error: BadAnswerError, server: str, secret: str) -> Failure:
    said = str(error)
    message = f"{server}: {_clean(said, secret)}"
    if error.filtered:
        # Another response to the same prompt may pass.
        return Failure(message, withheld=True, retry=False, blames_server=False, said=said)
    if _is(said, _TOO_LONG) or _is(said, _FILTERED):
        return Failure(message, hopeless=True, retry=False, blames_server=False, said=said)
    if _is(said, _NO_MONEY):
        return Failure(message, final=True)
    return Failure(message, said=said)


def _telling(error: BaseException) -> BaseException:
    """The first of an error and what it came from that says anything: a broken TLS handshake says nothing."""
    below = error.__cause__ or error.__context__
    return error if str(error) or below is None else _telling(below)


def _status(error: HttpError, server: str, secret: str) -> Failure:
    status, told = error.status, error.body.decode("utf-8", "replace")
    said = _clean(error_text(error.body), secret)
    message = f"{server}: HTTP {status}: {said}"
    if status == HTTPStatus.PAYMENT_REQUIRED or _is(told, _NO_MONEY):
        return Failure(f"{server} {_REFUSED[402]} (HTTP {status}: {said})", final=True)
    if status < HTTPStatus.BAD_REQUEST:
        return Failure(_redirected(error, server), refusal=True)
    verdict = _is(told, _TOO_LONG) or _is(told, _FILTERED)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE or (status >= HTTPStatus.BAD_REQUEST and verdict):
        return Failure(message, hopeless=True, retry=False, blames_server=False, said=told)
    if status in _REFUSED:
        return Failure(f"{server} {_REFUSED[status]} (HTTP {status}: {said})", refusal=True, said=told)
    if status in OVERLOAD:
        pause = asked_pause(error.headers) or told_pause(said)
        return Failure(
            message, blames_server=status == HTTPStatus.SERVICE_UNAVAILABLE, overload=True, pause=pause
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Failure(message, pause=asked_pause(error.headers))
    return Failure(message, retry=status in _PASSING, blames_server=False, said=told)


def _redirected(error: HttpError, server: str) -> str:
    """What to do about an answer that only says where else to ask."""
    base = base_of(public_url(error.headers.get("location", "")))
    way = f"name that in engine.base_urls: {base}" if base else "check engine.base_urls"
    return f"{server} sends requests on to another address (HTTP {error.status}); {printable(way)}"


def _is(text: str, signs: tuple[str, ...]) -> bool:
    lowered = text.lower()
    return any(sign in lowered for sign in signs)


def error_text(body: bytes) -> str:
    """What an error's body says to people: OpenAI's `error.message`, or what others have in its place."""
    try:
        row: Any = orjson.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
    for key in ("error", "message", "detail"):
        if isinstance(row, dict) and row.get(key):
            row = row[key]
    return row if isinstance(row, str) else orjson.dumps(row).decode()


def asked_pause(headers: Mapping[str, str]) -> float:
    """Seconds that a server asks to wait: `retry-after-ms`, or `Retry-After` in seconds or as a date."""
    for name, unit in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        value = headers.get(name, "").strip()
        try:
            return _bounded(float(value) * unit)
        except ValueError:
            pass
    try:
        return _bounded(parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - time.time())
    except ValueError:
        return 0.0


def told_pause(text: str) -> float:
    """Seconds that a message asks to wait, as where no header does; 0 where it says nothing.

    >>> told_pause("Limit 6000. Please try again in 1m2.5s."), told_pause("try again in 494ms")
    (62.5, 0.494)
    """
    found = _AGAIN_IN.search(text)
    if found is None:
        return 0.0
    seconds = float(found["minutes"] or 0) * 60 + float(found["seconds"] or 0)
    return _bounded(seconds + float(found["ms"] or 0) / 1000)


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), _LONGEST_PAUSE) if math.isfinite(seconds) else 0.0


def _clean(text: str, secret: str) -> str:
    shown = text.replace(secret, "***") if secret else text
    return printable(" ".join(shown.split())[:200])
