"""A verifier of the user's own: a function of (query, response), named in the recipe.

    def judge(query, response):                      # checks.py, `verifier: checks.py:judge`
        return response.strip().endswith(query.references[0])

It runs where every verifier runs: in a worker process with a time limit, which is killed and
replaced when the function hangs. It returns True, False or a `Verdict`; what it raises is the
outcome `ERROR` of that response. `query` has `text`, `references` and `metadata`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from dartmath.base.errors import ConfigError
from dartmath.base.functions import load_function, source_hash
from dartmath.verify.contract.outcome import Outcome, Verdict
from dartmath.verify.contract.question import DOMAINS, Gradable

KEY = "verifier"


def is_own(verifier: str) -> bool:
    """Whether a verifier is a function of (query, response), the user's own or one of `DOMAINS`."""
    return ":" in verifier or verifier in DOMAINS


def load_own(verifier: str, key: str = KEY) -> Callable[..., Any]:
    """The function that a verifier's name is that of; `ConfigError`, with the `key`, where there is none."""
    return load_function(DOMAINS.get(verifier, verifier), key)


def bare_name(verifier: str) -> str:
    """The name without the folders of its file, which are nobody else's business.

    >>> bare_name("/home/me/checks.py:judge")
    'checks.py:judge'
    """
    return verifier.rpartition("/")[2] if ":" in verifier else verifier


def grade_own(query: Gradable, response: str, *, cut: bool) -> Verdict:
    """The verdict of the function that `query.verifier` names.

    A response that was cut off and that the function refuses is `TRUNCATED`. Raises `ConfigError`
    when there is no such function; what the function raises becomes the outcome `ERROR`.
    """
    function, name = load_own(query.verifier), query.verifier
    try:
        found = function(query, response)
    except Exception as error:  # whatever the function cannot judge is recorded, and sampling goes on
        return Verdict(Outcome.ERROR, None, "own", f"{name}: {type(error).__name__}: {error}"[:200])
    if isinstance(found, Verdict):
        return found
    if not isinstance(found, bool):
        shown = f"{name} returned {found!r}"[:150]
        return Verdict(Outcome.ERROR, None, "own", f"{shown}, not True, False or a Verdict")
    if cut and not found:
        return Verdict(Outcome.TRUNCATED, None, "own", f"cut off, and {name} says no")
    return Verdict(
        Outcome.CORRECT if found else Outcome.WRONG, None, "own", f"{name} says {'yes' if found else 'no'}"
    )


def own_verifiers(queries: Iterable[Gradable], key: str = KEY) -> dict[str, str]:
    """The user's own verifiers of some queries, each with the hash of its source.

    Every one is tried on an empty response to the first query that it is to judge, so that a
    mistake in it costs no sampling: `ConfigError` says what it raised, and the `key` that names it.
    """
    first: dict[str, Gradable] = {}
    for query in queries:
        if is_own(query.verifier):
            first.setdefault(query.verifier, query)
    for name, query in first.items():
        load_own(name, key)
        verdict = grade_own(query, "", cut=False)
        if verdict.outcome is Outcome.ERROR:
            raise ConfigError(f"{key}: tried on an empty response: {verdict.reason}")
    return own_hashes(first.values())


def own_hashes(queries: Iterable[Gradable]) -> dict[str, str]:
    """The user's own verifiers of some queries, each with the hash of its source; none is run."""
    names = sorted({query.verifier for query in queries if is_own(query.verifier)})
    return {name: source_hash(DOMAINS.get(name, name), KEY) for name in names}


def metadata_for(query: Gradable, keys: Iterable[str]) -> dict[str, Any]:
    """What of the query's metadata its verifier reads: all, or the built-in ones' `keys`."""
    metadata = query.metadata
    wanted = metadata if is_own(query.verifier) else keys
    return {key: metadata[key] for key in wanted if metadata.get(key) is not None}
