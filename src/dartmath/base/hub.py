"""Whether the Hub answers: asked once and quickly, so that nothing waits for a network that is not there."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from functools import cache
from http import HTTPStatus

from dartmath.base.terminal import warn

SECONDS = 4.0
"""How long the Hub may take to answer: a slow line needs one or two, and a person waits for this."""


def endpoint() -> str:
    """The address of the Hub (`HF_ENDPOINT`)."""
    return os.environ.get("HF_ENDPOINT", "https://huggingface.co")


def is_switched_off() -> bool:
    """Whether `HF_HUB_OFFLINE` says that only what is here may be used."""
    return os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on")


def trouble() -> str:
    """Why the Hub does not answer; empty when it does. Takes at most `SECONDS`, whatever the network does."""
    answer = _within(SECONDS, _ask)
    return f"no answer within {SECONDS:.0f} s" if answer is None else answer


@cache
def use_cache_where_out_of_reach() -> str:
    """Ask once per process whether the Hub answers; where it does not, its clients use their caches alone.

    Without this they try each file of each name again for half a minute, with a line for every try.
    Returns why it does not answer, empty when it does.
    """
    if is_switched_off():
        return "HF_HUB_OFFLINE is set"
    if reason := trouble():
        warn(f"the Hub is out of reach ({endpoint()}: {reason}); only what is in its cache here can be used")
        _switch_off()
    return reason


def _switch_off() -> None:
    # For processes that are started from here, and for libraries that are not loaded yet.
    os.environ["HF_HUB_OFFLINE"] = "1"
    for name in ("huggingface_hub.constants", "datasets.config"):
        if module := sys.modules.get(name):
            module.HF_HUB_OFFLINE = True  # type: ignore[attr-defined]  # what each reads at every call


def _ask() -> str:
    """Empty when the server answers, with whatever status; else why not."""
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    try:
        with urlopen(Request(endpoint(), method="HEAD"), timeout=SECONDS):
            return ""
    except HTTPError as error:
        return f"status {error.code}" if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR else ""
    except URLError as error:
        return str(error.reason)
    except (OSError, ValueError) as error:
        return str(error)


def _within(seconds: float, function: Callable[[], str]) -> str | None:
    """The function's result, or None when it takes longer: looking a name up has no timeout."""
    results: list[str] = []
    thread = threading.Thread(target=lambda: results.append(function()), daemon=True)
    thread.start()
    thread.join(seconds)
    return results[0] if results else None
