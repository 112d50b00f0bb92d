"""load: the queries of a source, whatever kind of source it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dartmath.base.errors import ConfigError, DataError, UnknownNameError
from dartmath.base.paths import expand_home
from dartmath.queries.config import QuerySource
from dartmath.queries.download import content_checksum, load_builtin
from dartmath.queries.files import HUB_PREFIX, OwnSet, load_own, own_name
from dartmath.queries.formats.opened import is_remote
from dartmath.queries.generators import PREFIX, generate
from dartmath.queries.query import Query
from dartmath.queries.registry import datasets
from dartmath.queries.rows import is_row_file, may_hold_splits
from dartmath.queries.select import select
from dartmath.verify.contract.question import DART_MATH, OTHERWISE, VERIFIERS
from dartmath.verify.custom import is_own


@dataclass(frozen=True, slots=True)
class Loaded:
    """The queries of one or several sources, and how many rows were left out, by data set and reason."""

    queries: list[Query]
    left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    own: OwnSet | None = None
    """What is known of a user's own data set, where it is one alone."""
    parts: Mapping[str, Loaded] = field(default_factory=dict)
    """What was loaded of each source, by the name that the source gives it."""
    origin: str = ""
    """Where the queries of one source were read from, with the commit where that has one."""
    checksum: str = ""
    """`content_checksum` of the whole set that the queries of one source were selected from."""


def load(source: QuerySource) -> list[Query]:
    """The selected queries of one source, in its order; see `load_set`."""
    return load_set(source).queries


def load_set(source: QuerySource) -> Loaded:
    """The selected queries of one source, in its order, and what was left out.

    Raises `UnknownNameError` with the nearest name, `ConfigError` for keys that do not belong to
    this kind of source, `DataError` with file and line for bad rows and for a set that has another checksum
    than the source says, and `MissingDependencyError` when the data is neither in `DARTMATH_DATA` nor on
    the Hub.
    """
    _check_keys(source)
    own: OwnSet | None = None
    origin = source.dataset
    if source.dataset.startswith(PREFIX):
        made = generate(source)
        return Loaded([_by_the_paper(one) for one in made] if source.verifier == DART_MATH else made)
    if source.dataset in datasets():
        known = datasets()[source.dataset]
        queries, origin = load_builtin(known, mirror=source.mirror, revision=source.revision)
        if is_own(source.verifier):
            queries = [replace(query, verifier=source.verifier) for query in queries]
    elif is_own_set(source.dataset):
        own = load_own(source)
        queries, origin = own.queries, own.origin
    else:
        raise UnknownNameError("dataset", source.dataset, datasets())
    if source.verifier == DART_MATH:
        queries = [_by_the_paper(query) for query in queries]
    checksum = _checked(source, queries, origin)
    chosen = select(queries, source.select, where=source.dataset)
    left_out = {own_name(source.dataset): dict(own.left_out)} if own and own.left_out else {}
    return Loaded(
        [_with_band(query, source.band) for query in chosen], left_out, own, origin=origin, checksum=checksum
    )


def is_own_set(name: str) -> bool:
    """Whether a name that is no built-in data set is that of a file, folder, address or Hub data set."""
    if name in datasets() or name.startswith(PREFIX):
        return False
    return is_row_file(name) or name.startswith(HUB_PREFIX) or is_remote(name) or _is_path(name)


def dataset_of(source: QuerySource) -> str:
    """What the queries of `source` give as their data set."""
    named = source.dataset in datasets() or source.dataset.startswith(PREFIX)
    return source.dataset if named else own_name(source.dataset)


def load_all(sources: Iterable[QuerySource]) -> list[Query]:
    """The queries of all sources; see `load_sets`."""
    return load_sets(sources).queries


def load_sets(sources: Iterable[QuerySource]) -> Loaded:
    """The queries of all sources.

    Raises `DataError` when two of them hold the same query id, `ConfigError` where there is no source.
    """
    found: dict[str, Query] = {}
    named = list(sources)
    if not named:
        raise ConfigError("no queries to sample; name them under `queries:` of the recipe, or with --data")
    left_out: dict[str, Mapping[str, int]] = {}
    parts: dict[str, Loaded] = {}
    for source in named:
        loaded = parts[source.dataset] = load_set(source)
        left_out.update(loaded.left_out)
        for query in loaded.queries:
            other = found.setdefault(query.id, query)
            if other is not query:
                raise DataError(
                    f"query id {query.id!r} is in {other.dataset} and again in {source.dataset}; "
                    "list every data set once, or give your queries ids that differ"
                )
    return Loaded(list(found.values()), left_out, parts=parts)


def _checked(source: QuerySource, queries: Sequence[Query], origin: str) -> str:
    """The checksum of a whole set; `DataError` where the source says another."""
    found = content_checksum(queries)
    if source.checksum is not None and source.checksum != found:
        raise DataError(
            f"{source.dataset}: {len(queries)} queries with checksum {found}, and `checksum` says "
            f"{source.checksum}; it is another version of the set: name the commit that had yours "
            "(`revision`), or take the new checksum once you have looked at what changed",
            path=origin,
        )
    return found


def _by_the_paper(query: Query) -> Query:
    """The query as the paper's grader judges it, with the verifier that would judge it otherwise."""
    otherwise = query.verifier if query.verifier != DART_MATH else VERIFIERS[0]
    return replace(query, verifier=DART_MATH, metadata={**query.metadata, OTHERWISE: otherwise})


def _with_band(query: Query, band: str | None) -> Query:
    return replace(query, metadata={**query.metadata, "band": band}) if band else query


def _is_path(name: str) -> bool:
    """Whether a name that is no data set stands for a file or folder, of whatever kind."""
    return name != "" and (expand_home(name).exists() or "*" in name)


def _check_keys(source: QuerySource) -> None:
    builtin, generator = source.dataset in datasets(), source.dataset.startswith(PREFIX)
    if not source.select.mislabelled and not builtin:
        raise ConfigError(
            f"{source.dataset}: `select.mislabelled` belongs to built-in data sets alone; leave out rows of "
            "your own set with `where`"
        )
    if source.checksum and generator:
        raise ConfigError(
            f"{source.dataset}: `checksum` belongs to sets that are read; a generator has a seed"
        )
    if source.options and not generator:
        raise ConfigError(f"{source.dataset}: `options` belong to reasoning-gym generators alone")
    for key in ("columns", "where", "skip", "encoding"):
        if getattr(source, key) and (builtin or generator):
            raise ConfigError(f"{source.dataset}: `{key}` belong to your own data sets alone")
    if source.mirror and not builtin:
        raise ConfigError(f"{source.dataset}: `mirror` belongs to built-in data sets alone")
    folder = _is_path(source.dataset) and not is_row_file(source.dataset)
    holds = folder or source.dataset.startswith(HUB_PREFIX) or may_hold_splits(source.dataset)
    if source.split != "train" and not holds:
        raise ConfigError(
            f"{source.dataset}: `split` belongs to your own Hub data sets, folders, JSON and YAML files alone"
        )
    if source.verifier not in ("math", DART_MATH) and (builtin or generator) and not is_own(source.verifier):
        raise ConfigError(
            f"{source.dataset} has a verifier; in its place you may name dart-math (the paper's rules) or a "
            "function of your own, file.py:name"
        )
    if source.revision and not (builtin or source.dataset.startswith(HUB_PREFIX)):
        raise ConfigError(f"{source.dataset}: `revision` belongs to what is read from the Hub alone")
