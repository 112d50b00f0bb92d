"""What an evaluation put to the model, kept beside its scores: template, worked examples and stop strings.

FOLDER/prompts.json is all that it takes to write the prompt of every query again, for logs of other tools.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from dartmath.base.errors import DataError
from dartmath.base.files import write_text
from dartmath.prompts.template import Example, Template
from dartmath.queries.query import Query

FILE = "prompts.json"


@dataclass(frozen=True, slots=True)
class AskedPrompts:
    """How queries were asked: `shots` are the worked examples by data set, `stops` where a response ends."""

    template: Template
    shots: Mapping[str, Sequence[Example]]
    stops: tuple[str, ...]

    def prompt(self, query: Query) -> str:
        """The prompt as text; of a chat template its messages as JSON, since the text is the tokenizer's."""
        rendered = self.template.render(query.text, examples=self.shots.get(query.dataset, ()))
        if rendered.text is not None:
            return rendered.text
        return json.dumps(list(rendered.messages), ensure_ascii=False)

    def count(self, dataset: str) -> int:
        """How many worked examples stood before a query of this data set."""
        return len(self.shots.get(dataset, ()))


def write_prompting(folder: Path, prompting: AskedPrompts) -> Path:
    """Write `folder/prompts.json`; returns its path."""
    path = folder / FILE
    shown = {name: [asdict(one) for one in examples] for name, examples in prompting.shots.items()}
    content = {"template": asdict(prompting.template), "shots": shown, "stops": list(prompting.stops)}
    write_text(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    return path


def read_prompting(folder: Path) -> AskedPrompts:
    """What `write_prompting` wrote; `DataError` where it is missing or damaged."""
    path = folder / FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        template = Template.of(content["template"])
        shots = {name: [Example(**one) for one in shown] for name, shown in content["shots"].items()}
        return AskedPrompts(template, shots, tuple(content["stops"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"cannot be read ({error}), and holds how the queries were asked; run the same "
            "`dartmath evaluate` again, which asks nothing anew and writes it",
            path=path,
        ) from error
