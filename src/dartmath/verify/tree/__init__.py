"""The expression tree of a parsed answer, and the ways it is put together."""
