"""Endless queries from reasoning-gym's generators: no download, graded difficulty, exact answers.

    {"dataset": "reasoning-gym/chain_sum", "options": {"min_terms": 2, "max_terms": 2},
     "select": {"n": 50, "seed": 1}}

A row: "What is 12 + 7?" with the reference "19". Covered by a verifier of the user's own alone, which
finds the generator's metadata in the query's: generators whose question has many right answers
(puzzles, anagrams, code), since a rule that compares with one reference would call the others wrong;
those that ask for a form rather than a value (fractions in lowest terms, sorted words), since an
unreduced answer has the right value; and those with rounded answers, which need a tolerance. Their
own scorers are not used: some of them evaluate what a model wrote.
Source: https://github.com/open-thought/reasoning-gym
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from dartmath.base.errors import ConfigError, DataError, UnknownNameError, nearest
from dartmath.base.extras import require
from dartmath.queries.config import QuerySource
from dartmath.queries.query import Query, make_query, plain
from dartmath.verify.custom import is_own

PREFIX = "reasoning-gym/"
DEFAULT_SIZE = 100

# Generators with one right answer, which is a number, an expression or a list of numbers.
GENERATORS = (
    "basic_arithmetic",
    "chain_sum",
    "coin_flip",
    "complex_arithmetic",
    "count_bits",
    "count_primes",
    "decimal_arithmetic",
    "decimal_chain_sum",
    "dice",
    "gcd",
    "gsm_symbolic",
    "largest_island",
    "lcm",
    "leg_counting",
    "letter_counting",
    "number_sequence",
    "products",
    "rectangle_count",
    "simple_equations",
    "simple_geometry",
)


def generate(source: QuerySource) -> list[Query]:
    """`source.select.n` different queries (100 when absent), the same for the same seed.

    Raises `UnknownNameError` for an unknown generator, `ConfigError` for a bad option, and
    `DataError` when the generator cannot make that many different queries.
    """
    require("reasoning_gym", purpose=source.dataset)
    name = _check_name(source)
    size = source.select.n or DEFAULT_SIZE
    # Questions of easy generators repeat: draw more than asked, and keep the first of each.
    drawn = _create(name, source.options, source.select.seed, size * 10)
    queries: dict[str, Query] = {}
    for index in range(size * 10):
        query = _convert(source, name, drawn[index])
        queries.setdefault(query.text, query)
        if len(queries) == size:
            return list(queries.values())
    raise DataError(
        f"{source.dataset} made only {len(queries)} different queries of {size}; "
        "lower select.n or widen the generator's options"
    )


def _check_name(source: QuerySource) -> str:
    name = source.dataset.removeprefix(PREFIX)
    own = is_own(source.verifier)
    if name not in GENERATORS:
        known = [*_all_generators()]
        if name not in known:
            raise UnknownNameError("generator", name, known if own else GENERATORS)
        if not own:
            raise ConfigError(
                f"{source.dataset} has no single right value that can be compared; give it a verifier of "
                f"your own (`verifier: file.py:name`), or use one of: {', '.join(GENERATORS)}"
            )
    if source.select.levels or source.select.domains:
        raise ConfigError(
            f"{source.dataset} has no levels or domains to select; set its options instead, "
            f"such as {', '.join(sorted(_defaults(name))[:3])}"
        )
    return name


def _all_generators() -> Iterable[str]:
    from reasoning_gym.factory import DATASETS

    return [*DATASETS]


def _defaults(name: str) -> dict[str, Any]:
    """Options of a generator with their default values (None where it has none)."""
    from reasoning_gym.factory import DATASETS

    fields = dataclasses.fields(DATASETS[name][1])
    return {f.name: f.default for f in fields if f.name not in ("seed", "size")}


def _create(name: str, options: Mapping[str, Any], seed: int, size: int) -> Any:
    import reasoning_gym

    known = _defaults(name)
    for key in options:
        if key in ("seed", "size"):
            place = "select.seed" if key == "seed" else "select.n"
            raise ConfigError(f"{PREFIX}{name}: set {place}, not options.{key}")
        if key not in known:
            raise ConfigError(f"{PREFIX}{name}: unknown option {key!r}{nearest(key, known)}")
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in options.items()}
    try:
        return reasoning_gym.create_dataset(name, seed=seed, size=size, **given)
    except (AssertionError, TypeError, ValueError) as error:
        raise ConfigError(f"{PREFIX}{name} refuses its options {dict(options)!r}: {error}") from error


def _convert(source: QuerySource, name: str, item: Mapping[str, Any]) -> Query:
    return make_query(
        source.dataset,
        item["question"].strip(),
        str(item["answer"]),
        verifier=source.verifier,
        domain=name,
        band=source.band,
        entry=plain(item["metadata"]) if is_own(source.verifier) else None,
    )
