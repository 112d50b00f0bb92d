r"""Equal and nearly equal responses, of which a set keeps the first.

Two responses are equal when their texts are, up to white space; by notation, when they are after what TeX,
Unicode and style allow to differ is taken away: case, punctuation, `$` and `\(`, layout commands, signs of
multiplication, marks of bold type. Near duplicates share most of their word 3-grams.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dartmath.curation.config import CurationSection
from dartmath.curation.decontaminate import loosen
from dartmath.curation.pool import QueryPool, digest
from dartmath.curation.signature import likenesses, unpacked

_LAYOUT = re.compile(r"\\(?:text|textbf|mathrm|mathbf|mbox|boxed|operatorname)(?![a-zA-Z])")
_SIGNS = str.maketrans({**dict.fromkeys("\u00d7\u00b7\u22c5\u2217", "*"), **dict.fromkeys("{}#`", "")})


def notation_digest(text: str) -> bytes:
    r"""16 bytes that two texts share when they differ in notation alone.

    >>> notation_digest(r"So **3 \times 4 = \text{12}**.") == notation_digest("so $3 * 4 = 12$")
    True
    """
    text = loosen(text)
    if "\\" in text:
        text = _LAYOUT.sub("", text)
    return digest(text.replace("**", "").replace("__", "").translate(_SIGNS))


def deduplicate(pools: Sequence[QueryPool], section: CurationSection) -> None:
    """Drop from `pools` what `section` takes for duplicates; the first of each in trial order stays."""
    seen: set[bytes] = set()
    for pool in pools:
        pool.deduplicate()
        if section.across_queries:
            pool.keep([c for c in pool.candidates if c.digest not in seen], "duplicate of another query")
            seen.update(c.digest for c in pool.candidates)
        if section.duplicates == "near":
            _drop_near(pool, section.near_likeness)


def _drop_near(pool: QueryPool, least: float) -> None:
    """Drop each candidate that is at least so much like one before it that stays."""
    if len(pool.candidates) <= 1:
        return
    sketches = unpacked([c.sketch for c in pool.candidates])
    kept: list[int] = []
    for place in range(len(pool.candidates)):
        if not kept or likenesses(sketches[place], sketches[kept]).max() < least:
            kept.append(place)
    pool.keep([pool.candidates[place] for place in kept], "near duplicate")
