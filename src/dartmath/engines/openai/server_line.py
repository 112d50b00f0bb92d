"""A server's line, "URL" or "URL key=NAME", and the headers that its key and the section ask for."""

from __future__ import annotations

import os
import re

from dartmath.base.errors import ConfigError
from dartmath.engines.config import public_url

_ASKED = ("/chat/completions", "/completions", "/models")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


def split_line(line: str) -> tuple[str, str]:
    """(URL, environment variable of its key or "") of a server's line "URL" or "URL key=NAME"."""
    url, *others = line.split() or [""]
    if not others:
        return url, ""
    name, sign, variable = others[0].partition("=")
    if len(others) > 1 or name != "key" or not sign or not variable:
        raise ConfigError(
            f"not a server's line: {public_url(url)} {' '.join(others)!r}; write the URL alone, or "
            "URL key=NAME, where NAME is the environment variable that holds its key"
        )
    if not _VARIABLE.fullmatch(variable):
        # It may be the key: nobody shall see it.
        raise ConfigError(
            f"{public_url(url)}: what follows key= is no name of an environment variable, in "
            "capitals; put the key into one, such as export MY_KEY=..., and write key=MY_KEY"
        )
    return url, variable


def base_of(url: str) -> str:
    """A server's URL, of one of something that is asked of it; unchanged where it is none.

    >>> base_of("https://a.example/v1/chat/completions")
    'https://a.example/v1'
    """
    plain = public_url(url).rstrip("/")
    ending = next((one for one in _ASKED if plain.endswith(one)), None)
    return plain.removesuffix(ending) if ending else url


def _key(variable: str) -> str:
    key = os.environ.get(variable, "")
    if not key:
        raise ConfigError(f"the environment variable {variable} is not set; it holds the key of a server")
    return key


def key_of(own: str, usual: str) -> str:
    """The key in the environment variable `own`, which must be set; without one that in `usual`, or none."""
    return _key(own) if own else os.environ.get(usual, "")


def headers_of(key: str, headers: dict[str, str]) -> dict[str, str]:
    """The bearer of the key, and the headers of a section; "$NAME" stands for an environment variable."""
    bearer = {"Authorization": f"Bearer {key}"} if key else {}
    own = {name: _key(value[1:]) if value.startswith("$") else value for name, value in headers.items()}
    return {**bearer, **own}
