"""`verifier: sql`: the last query of a response, run on an embedded database in the sandbox.

A reference is JSON: `setup` makes the tables of an empty SQLite database, and either `query` is a right
query, or `rows` are the right rows. Rows are compared as a set that counts repetitions; in their order where
`ordered` says so, or, if nothing is said, where the right query ends in an ORDER BY. Numbers are equal to
within 1e-6 of their size. Names of columns do not count. For statements that change the tables, `check` is a
query whose rows are compared instead.
"""

from __future__ import annotations

import json
import math
import re
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dartmath.domains.reference import fenced, nothing, only, reference_of, verdict
from dartmath.tools.config import ToolsSection
from dartmath.tools.sandbox import Sandbox
from dartmath.tools.walls import find_isolation
from dartmath.verify.contract.outcome import Outcome, Verdict
from dartmath.verify.contract.question import Gradable

_KEYS = {"setup", "query", "rows", "ordered", "check", "seconds"}
_SECONDS = 2.0
_RELATIVE = 1e-6
_MOST_ROWS = 2000
_OUTPUT_CHARS = 400_000
_BEGINS = re.compile(
    r"\s*(?:--[^\n]*\n\s*)*(?:with|select|insert|update|delete|replace|values|create|alter|drop)\b", re.I
)
_LAST_ORDER = re.compile(r"\border\s+by\b[^()]*$", re.IGNORECASE)

# Runs in the sandbox. The statement is data there: no Python of the model's is ever run.
_RUN = """
import json, sqlite3


def _allowed_(what, *rest):
    return sqlite3.SQLITE_DENY if what == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK


def _run_(setup, statement, check, most):
    base = sqlite3.connect(":memory:")
    base.executescript(setup)
    base.set_authorizer(_allowed_)
    found = base.execute(statement)
    rows = (base.execute(check) if check else found).fetchmany(most + 1)
    return [[x.hex() if isinstance(x, bytes) else x for x in row] for row in rows]
"""


def judge(query: Gradable, response: str) -> Verdict:
    """Whether the last SQL statement of a response gives the right rows.

    Raises `ValueError` for a reference that is none, `SandboxError` where nothing can be isolated.
    """
    isolation, reference = find_isolation(), reference_of(query)
    _check(reference)
    statement = statement_of(response)
    if statement is None:
        return nothing("rows", "SQL statement")
    section = ToolsSection(seconds=float(reference.get("seconds", _SECONDS)), output_chars=_OUTPUT_CHARS)
    with Sandbox(isolation, section) as sandbox:
        sandbox.run(_RUN)
        wanted = reference.get("rows")
        if wanted is None:
            wanted, why, _ = _rows(sandbox, reference, reference["query"])
            if wanted is None:
                raise ValueError(f"the query of the reference fails: {why}")
        found, why, outcome = _rows(sandbox, reference, statement)
    if found is None:
        if outcome == "timeout":
            return Verdict(Outcome.TIMEOUT, statement[:200], "rows", why[:200])
        return verdict(False, "rows", why, statement)
    right, reason = _same(found, wanted, ordered=_is_ordered(reference))
    return verdict(right, "rows", reason, statement)


def _check(reference: Any) -> None:
    if not isinstance(reference, dict):
        raise ValueError("a reference of `sql` is a mapping with setup, and query or rows")
    only(reference, _KEYS, "a reference of `sql`")
    if ("query" in reference) == ("rows" in reference):
        raise ValueError("a reference of `sql` has either a query or rows")


def statement_of(response: str) -> str | None:
    """The last fenced block of SQL, or the whole response where it begins as a statement does."""
    blocks = [block for block in fenced(response, {"sql", "sqlite", "sqlite3"}) if _BEGINS.match(block)]
    if blocks:
        return blocks[-1].strip()
    return response.strip() if _BEGINS.match(response) else None


def _rows(
    sandbox: Sandbox, reference: Mapping[str, Any], statement: str
) -> tuple[list[list[Any]] | None, str, str]:
    """(rows, why there are none, what the sandbox said)."""
    mark = secrets.token_hex(16)
    asked = (reference.get("setup", ""), statement, reference.get("check"), _MOST_ROWS)
    given = json.dumps(json.dumps(asked))
    found = sandbox.run(f"print({mark!r} + json.dumps(_run_(*json.loads({given}))))\npass")
    if found.outcome != "ok":
        lines = found.output.strip().splitlines() or [found.outcome]
        return None, lines[-1], found.outcome
    try:
        rows = json.loads(found.output.rpartition(mark)[2])
    except ValueError:
        return None, "more rows than can be compared", "error"
    return rows, "", "ok"


def _is_ordered(reference: Mapping[str, Any]) -> bool:
    if "ordered" in reference:
        return bool(reference["ordered"])
    query = reference.get("check") or reference.get("query") or ""
    return _LAST_ORDER.search(query) is not None


def _same(
    found: Sequence[Sequence[Any]], wanted: Sequence[Sequence[Any]], *, ordered: bool
) -> tuple[bool, str]:
    if len(found) > _MOST_ROWS:
        return False, f"more than {_MOST_ROWS} rows"
    if len(found) != len(wanted):
        return False, f"{len(found)} rows, not {len(wanted)}"
    if found and wanted and len(found[0]) != len(wanted[0]):
        return False, f"{len(found[0])} columns, not {len(wanted[0])}"
    ours, theirs = [_rounded(row) for row in wanted], [_rounded(row) for row in found]
    if not ordered:
        # Rounding may part two numbers that are as good as equal; then a sorted comparison decides.
        if Counter(ours) == Counter(theirs):
            return True, _same_rows(len(found))
        ours, theirs = sorted(ours, key=repr), sorted(theirs, key=repr)
    differing = next((p for p, (a, b) in enumerate(zip(ours, theirs, strict=True)) if not _equal(a, b)), None)
    if differing is None:
        return True, _same_rows(len(found))
    return False, f"a row is {theirs[differing]}, not {ours[differing]}"


def _same_rows(count: int) -> str:
    return "the same row" if count == 1 else f"the same {count} rows"


def _rounded(row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(
        float(f"{x:.9g}") if isinstance(x, int | float) and not isinstance(x, bool) else x for x in row
    )


def _equal(a: Sequence[Any], b: Sequence[Any]) -> bool:
    return all(
        math.isclose(x, y, rel_tol=_RELATIVE, abs_tol=1e-12)
        if isinstance(x, float) and isinstance(y, float)
        else x == y
        for x, y in zip(a, b, strict=True)
    )
