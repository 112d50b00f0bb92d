"""Where queries come from: the `queries:` list of a recipe and the benchmarks of an evaluation."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from dartmath.base.errors import nearest
from dartmath.base.section import Section
from dartmath.verify.contract.question import DOMAINS, VERIFIERS
from dartmath.verify.custom import is_own


class Selector(Section):
    """A subset of a data set: filters first, then a seeded sample of `n`."""

    n: int | None = Field(None, ge=1)
    """How many queries; all when absent."""
    seed: int = 0
    """Seed of the sample; the same seed gives the same queries."""
    levels: list[str] = []
    """Keep only these levels, such as ["4", "5"]."""
    domains: list[str] = []
    """Keep only these domains, such as ["Algebra"]."""
    flawed: bool = True
    """Whether queries with a flaw that their set is known for are kept, such as one that needs a picture
    that is not there."""
    mislabelled: bool = True
    """Whether queries of a built-in set whose reference is known to be wrong are kept; `mislabelled.yaml`
    lists them with who published it."""


class Columns(Section):
    """Which columns of a user's own rows hold what: a name, or a path such as `prompt[0].content`."""

    query: str = "query"
    """Column of the problem text."""
    reference: str = "reference"
    """Column of the reference answer: a text, a number, a list of acceptable answers, or a solution whose
    answer follows `####` or stands in its last box."""
    context: str | None = None
    """Column of a text that belongs before the problem, such as a passage or a table."""
    choices: list[str] = []
    """Column of the options of a multiple-choice question, or one column for each option."""
    first_choice: Literal[0, 1] | None = None
    """The number of the first option, where references are numbers of options; told by all of them when
    absent."""
    unit: str | None = None
    """Column of the unit of the reference answer, such as `m/s`."""
    id: str | None = None
    """Column of the query id; a content hash when absent."""
    level: str | None = None
    """Column of the level."""
    domain: str | None = None
    """Column of the domain."""
    repeated: bool = False
    """Rows may repeat a query, as in a file of responses; its first row counts."""
    keep: list[str] = []
    """Further columns that go along: into the training set, and to verifiers, of which `math` reads
    `tolerance` (an absolute difference) and `ordered` (true or false), and a function of your own any."""

    @model_validator(mode="after")
    def _apart(self) -> Self:
        """One column cannot be the problem and something else: its answer would stand in it."""
        for key in ("reference", "context", "unit"):
            if getattr(self, key) == self.query:
                raise ValueError(f"query and {key} are the same column, {self.query!r}; name one for each")
        return self


Skipped = Literal["bad", "no-answer", "words", "picture", "conflict"]
"""What rows of a user's own can be left out for."""


class WorkedExample(Section):
    """One worked example of a few-shot prompt."""

    query: str
    """The problem."""
    response: str
    """The response to imitate, with its final answer in the wanted form."""


class QuerySource(Section):
    """One data set."""

    dataset: str
    """A built-in name (`dartmath datasets` lists them), `reasoning-gym/GENERATOR`, a file of rows or a
    folder of them, here or at an address such as `s3://bucket/rows.parquet`, or `hub:OWNER/NAME`
    (`hub:OWNER/NAME:CONFIG` of several configurations)."""
    select: Selector = Selector()
    """Which of its queries."""
    columns: Columns | None = None
    """Column mapping of a user's own data set; told by names and contents when absent."""
    where: str | None = None
    """Which rows of a user's own data set are read, such as `level >= 3 and source != "synthetic"`."""
    skip: list[Skipped] = []
    """Rows of a user's own data set that are left out and counted: `bad` (cannot be read, or the
    reference is a text in which no answer is marked), `no-answer` (the reference says that there is none,
    such as "proof"), `words` (it is words and no mathematics), `picture` (the problem speaks of a picture
    or comes with one, and it is not there), `conflict` (one problem has several references that differ)."""
    encoding: str | None = None
    """Encoding of a text file, such as `cp1252` or `gb18030`; told by its bytes when absent."""
    options: dict[str, Any] = {}
    """Options of a reasoning-gym generator."""
    band: str | None = None
    """A name for tables, such as "one step"; kept in the query's metadata as "band"."""
    split: str = "train"
    """Split of a user's own Hub data set (`hub:OWNER/NAME`), or of a folder whose files name theirs."""
    mirror: str | None = None
    """Hub id (`OWNER/NAME` or `OWNER/NAME:CONFIG`) to read a built-in data set from instead."""
    revision: str | None = None
    """Branch, tag or commit of what is read from the Hub; the newest when absent."""
    checksum: str | None = Field(None, pattern="^[0-9a-f]{16}$")
    """Checksum of all texts and references of the set, as `dartmath datasets NAME` prints it: a set with
    another one is an error."""
    verifier: str = "math"
    """What judges the responses: `math`, `science`, `hybrid`, `theoremqa`, `dart-math` (the rules of the
    paper's own grader), or a function of your own, as `file.py:name` or `package.module:name`."""
    examples: list[WorkedExample] = []
    """Worked examples for few-shot prompts on this data set; the built-in ones when absent."""

    @field_validator("verifier")
    @classmethod
    def _known_verifier(cls, name: str) -> str:
        if name not in VERIFIERS and not is_own(name):
            raise ValueError(
                f"there is no verifier {name!r}{nearest(name, [*VERIFIERS, *DOMAINS, 'file.py:name'])}"
            )
        return name
