"""QueryTexts: the query that a stored prompt asks, also where the prompt says more than the query.

Most dumps hold the prompt as it was sent: the query between a system message, an instruction ("put your
answer in a box") and the marks of a chat. The first such prompt is searched for every query; what stood
around the longest one found is then taken off the others, so that a million prompts cost one search.
"""

from __future__ import annotations

from collections.abc import Sequence

from dartmath.queries.query import Query

# Prompts that say more than a query, in forms not seen before: each costs a look at all queries.
_SEARCHES = 200
_FORMS = 20
# A shorter text is found by chance inside of others.
_SHORTEST = 12


class QueryTexts:
    """Queries by their texts."""

    def __init__(self, queries: Sequence[Query]) -> None:
        self._known: dict[str, Query] = {}
        for query in queries:
            self._known.setdefault(plain_text(query.text), query)
        self._around: list[tuple[str, str]] = []
        self._left = _SEARCHES

    def find(self, prompt: str) -> Query | None:
        """The query that `prompt` is, but for white space, or else the longest that it contains."""
        text = plain_text(prompt)
        if text in self._known:
            return self._known[text]
        for before, after in self._around:
            if len(text) > len(before) + len(after) and text.startswith(before) and text.endswith(after):
                inside = text[len(before) : len(text) - len(after)]
                if inside in self._known:
                    return self._known[inside]
        return self._search(text)

    def _search(self, text: str) -> Query | None:
        if self._left <= 0:
            return None
        self._left -= 1
        inside = [known for known in self._known if len(known) >= _SHORTEST and known in text]
        if not inside:
            return None
        longest = max(inside, key=len)
        before, _, after = text.rpartition(longest)
        if len(self._around) < _FORMS:
            self._around.append((before, after))
        return self._known[longest]


def plain_text(text: str) -> str:
    """A text as it is compared: white space may differ."""
    return " ".join(text.split())
