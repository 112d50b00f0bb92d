"""Where queries come from: benchmarks, training sets, generators and the user's own files."""

from dartmath.queries.config import Columns, QuerySource, Selector
from dartmath.queries.load import load, load_all
from dartmath.queries.query import Query, make_query

__all__ = ["Columns", "Query", "QuerySource", "Selector", "load", "load_all", "make_query"]
