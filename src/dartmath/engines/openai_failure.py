"""What an exception of an exchange means: try again, elsewhere, later, or never."""

from __future__ import annotations

from dartmath.base.text import printable
from dartmath.engines.openai_call import BadAnswerError
from dartmath.engines.openai_server import Failure

_REFUSED = {
    401: "refuses the API key: set the environment variable that engine.api_key_env names",
    403: "forbids the request: check the key's rights",
    404: "does not know the path or the model: check engine.base_urls (they end in /v1) and engine.model",
}


def understand(error: Exception, server: str, secret: str) -> Failure:
    """The failure behind an exception of `exchange`; `secret` never shows in its message.

    Raises the exception again where it is none of the network's or the server's.
    """
    import httpx2
    import openai

    if isinstance(error, openai.APIStatusError):
        return _status(error, server, secret)
    if isinstance(error, TimeoutError | openai.APITimeoutError):
        return Failure(f"{server}: no answer in time", overload=True)
    if isinstance(error, BadAnswerError):
        return Failure(f"{server}: {_clean(str(error), secret)}")
    if isinstance(error, openai.APIError | httpx2.HTTPError | OSError):
        cause = _telling(error.__cause__ or error)
        return Failure(f"{server}: {type(cause).__name__}: {_clean(str(cause), secret)}")
    raise error


def _telling(error: BaseException) -> BaseException:
    """The first of an error and what it came from that says anything: a broken TLS handshake says nothing."""
    below = error.__cause__ or error.__context__
    return error if str(error) or below is None else _telling(below)


def _status(error: object, server: str, secret: str) -> Failure:
    status = int(error.status_code)  # type: ignore[attr-defined]
    said = _clean(str(getattr(error, "message", "")), secret)
    message = f"{server}: HTTP {status}: {said}"
    if status in _REFUSED:
        return Failure(f"{server} {_REFUSED[status]} (HTTP {status}: {said})", final=True)
    if status == 429:
        return Failure(message, blames_server=False, overload=True, pause=_retry_after(error))
    if status >= 500:
        return Failure(message, overload=status == 503, pause=_retry_after(error))
    retry = status in (408, 409, 425)
    return Failure(message, retry=retry, blames_server=False)


def _retry_after(error: object) -> float:
    value = error.response.headers.get("retry-after", "")  # type: ignore[attr-defined]
    try:
        return min(max(float(value), 0.0), 60.0)
    except ValueError:
        return 0.0


def _clean(text: str, secret: str) -> str:
    shown = text.replace(secret, "***") if secret else text
    return printable(" ".join(shown.split())[:200])
