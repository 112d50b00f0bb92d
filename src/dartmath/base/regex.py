"""`regex`: a regular expression that is compiled when it is first used.

Compiling the few hundred patterns of the verifier takes longer than everything else that its first verdict
waits for, and one verdict needs a few dozen of them.
"""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "split")


class _Uncompiled:
    """Stands for a pattern; has the methods of the compiled one as attributes from the first use on."""

    def __init__(self, source: str, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        # Only asked for what the instance does not have yet: every method is looked up here once.
        compiled = re.compile(self._source, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)

    def __repr__(self) -> str:
        return f"regex({self._source!r})"


def regex(source: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern `source`, as `re.compile` makes it, but when one of its methods is called first.

    For patterns at the top of a module; a mistake in one shows in its first use, and in the test of all.
    """
    return cast("re.Pattern[str]", _Uncompiled(source, flags))
