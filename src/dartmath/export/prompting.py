"""Prompting: how a query and a response are written in an export."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from dartmath.base.errors import ConfigError
from dartmath.export.config import ExportSection
from dartmath.prompts.template import Template
from dartmath.prompts.thoughts import THOUGHTS, delimiters_of, in_delimiters
from dartmath.verify.extract.thoughts import thoughts

Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Prompting:
    """A template, whether prompts are its messages or its text, and where thoughts go.

    `thoughts` is as in `ExportSection`. Worked examples of sampling are left out: a model is tuned to answer
    without them.
    """

    template: Template
    as_messages: bool = True
    thoughts: Literal["text", "field", "drop"] = "text"
    system: str | None = None

    def messages(self, query: str) -> list[Message]:
        """The prompt as chat messages. Of a text template it is the bare query: its layout is no message."""
        template = self.template
        if self.system is not None:
            template = replace(template, system=self.system, chat=True)
            if not self.template.chat:
                template = replace(template, before_query="", after_query="")
        return list(template.messages(query))

    def prompt(self, query: str) -> str | list[Message]:
        """The prompt in the form of this export."""
        if self.as_messages:
            return self.messages(query)
        template = self.template if self.system is None else replace(self.template, system=self.system)
        text = template.render(query).text
        assert text is not None  # a chat template is never asked for its text: see `prompting_of`
        return text

    def assistant(self, response: str) -> Message:
        """The response as a chat message."""
        if self.thoughts == "text":
            return {"role": "assistant", "content": response}
        thought, rest = split_thoughts(response)
        if self.thoughts == "drop":
            return {"role": "assistant", "content": rest}
        return {"role": "assistant", "reasoning_content": thought, "content": rest}

    def completion(self, response: str) -> str | list[Message]:
        """The response in the form of this export; a text has the template's end, where it names one."""
        if self.as_messages:
            return [self.assistant(response)]
        own = in_delimiters(response, delimiters_of(self.template))
        text = split_thoughts(response)[1] if self.thoughts == "drop" else own
        lead = self.template.lead
        return f"{lead}{text.lstrip(' ')}{self.template.end}" if lead else text + self.template.end

    def conversation(self, query: str, response: str) -> list[Message]:
        """Prompt and response as chat messages."""
        return [*self.messages(query), self.assistant(response)]


def split_thoughts(response: str) -> tuple[str, str]:
    r"""(thoughts without their delimiters, the rest).

    >>> split_thoughts("<think>\n3 and 4\n</think>\n\nIt is 7.")
    ('3 and 4', 'It is 7.')
    """
    spans = thoughts(response)
    if not spans:
        return "", response
    inner = [response[start:end] for start, end in spans]
    rest, last = [], 0
    for start, end in spans:
        rest.append(response[last:start])
        last = end
    rest.append(response[last:])
    opening, closing = THOUGHTS[0].strip(), THOUGHTS[1].strip()
    bare = [one.removeprefix(opening).removesuffix(closing).strip() for one in inner]
    return "\n\n".join(bare), "".join(rest).strip()


def prompting_of(
    template: Template, section: ExportSection, *, holds: frozenset[str], name: str, fields: bool = True
) -> Prompting:
    """The prompting of the format `name`, whose prompts may be "messages", "text" or both (`holds`).

    `fields` says whether its loader reads `reasoning_content` of a message.

    Raises `ConfigError` for a form that the format or the template does not have.
    """
    wanted: str = section.prompt
    if wanted == "auto":
        wanted = "messages" if template.chat or "text" not in holds else "text"
    if wanted not in holds:
        raise ConfigError(f"--prompt {wanted}: rows of {name} hold {' or '.join(sorted(holds))} alone")
    if wanted == "text" and template.chat:
        raise ConfigError(
            f"--prompt text: template {template.name!r} is the tokenizer's own chat template, whose text the "
            "trainer makes; take --prompt messages, or another --template"
        )
    if wanted == "text" and section.thoughts == "field":
        raise ConfigError("--thoughts field is a field of a message, and these prompts are texts; take drop")
    if not fields and section.thoughts == "field":
        raise ConfigError(
            f"--thoughts field: what loads {name} does not read `reasoning_content`; take text or drop"
        )
    return Prompting(template, wanted == "messages", section.thoughts, section.system)
