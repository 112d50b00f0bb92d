r"""SciBench: quantities of ten college textbooks of physics, chemistry and mathematics.

Wang et al. 2023, https://arxiv.org/abs/2307.10635

A row (made up):

    {"problem_text": "Light takes 2 s. How far does it go?", "answer_latex": " 6", "answer_number": "6.0",
     "unit": "$10^8 \\mathrm{~m}$", "source": "fund", "problemid": " 1.1", "comment": " "}

As in the benchmark's own code, the problem ends with the unit that is asked, powers of ten of the unit belong
to the number, and an answer within 5 % of it is correct. Not covered: the problems with pictures, and the
solutions that go with some of them.
"""

from __future__ import annotations

import re

from dartmath.queries.dataset import Dataset, Web
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row

_FILES = (
    "https://raw.githubusercontent.com/mandyyyyii/scibench/"
    "e14e0ca3d3db0f02928a18d435b9c3d15656a7c5/dataset/original"
)
_POWER = re.compile(r"[\s$]*(?:\\mathrm\s*\{\s*)?10\^\{?\s*(-?\d+)\s*\}*\s*")
_RELATIVE = 0.05
_BOOKS = {
    "atkins": (105, "chemistry", "e888de3187d56b5a"),
    "calculus": (42, "mathematics", "4f33b339743c61f6"),
    "chemmc": (38, "chemistry", "d564c8520922ee5a"),
    "class": (56, "physics", "98bc1633c9ca5c9d"),
    "diff": (50, "mathematics", "87a3ee8f5f823f8f"),
    "fund": (71, "physics", "ad0c73c6be1d1443"),
    "matter": (47, "chemistry", "3beb7da446c08f73"),
    "quan": (33, "chemistry", "066ae88bc2899d72"),
    "stat": (72, "mathematics", "0691ea33113f189b"),
    "thermo": (66, "physics", "3fdb179f81213f06"),
}


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    # One is written with the sign of typesetters.
    number = row["answer_number"].strip().removeprefix("+").replace(",", "").replace("−", "-")
    power, unit = unit_of(row)
    asked = f" The unit of the answer is {unit}." if unit else ""
    return make_query(
        name,
        row["problem_text"].strip() + asked,
        rf"{number} \times 10^{{{power}}}" if power else number,
        tolerance=abs(float(number)) * 10.0**power * _RELATIVE,
        unit=unit or None,
        domain=_BOOKS[name.rpartition("/")[2]][1],
    )


def unit_of(row: Row) -> tuple[int, str]:
    r"""The power of ten that the unit holds, and the unit without it.

    >>> unit_of({"unit": " $10^{-19} \\mathrm{~J}$"})
    (-19, '$\\mathrm{~J}$')
    """
    unit = " ".join(str(row["unit"]).split())
    found = _POWER.match(unit)
    if found is None:
        return 0, "" if unit == "$" else unit
    rest = unit[found.end() :].strip()
    if rest.startswith("$"):
        return int(found[1]), rest[1:].strip()
    return int(found[1]), f"${rest}" if "$" in rest or not rest else f"${rest}$"


DATASETS = tuple(
    Dataset(
        name=f"scibench/{book}",
        title=f"SciBench ({book})",
        use="test",
        rows=rows,
        licence="MIT",
        source="https://github.com/mandyyyyii/scibench",
        file=f"scibench/{book}.json",
        origin=Web(f"{_FILES}/{book}.json"),
        convert=convert,
        checksum=checksum,
        examples="math",
    )
    for book, (rows, _, checksum) in _BOOKS.items()
)
