"""The one prompt template object, used by sampling, training, evaluation and the cards.

A prompt is laid out like this (examples only in few-shot prompts):

    {system}{before_query}QUERY{after_query}{before_response}RESPONSE{separator} ... the next query

The built-in templates are data (`templates.yaml` beside this file, each with its source); a
user's own is a YAML or JSON file with the same keys.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self, cast

from dartmath.base.errors import ConfigError, DataError, UnknownNameError, nearest
from dartmath.base.paths import expand_home


@dataclass(frozen=True, slots=True)
class Prompt:
    """What an engine is given: the text to continue, and the same as chat messages.

    `text` is None only where a chat template is the server's own and no tokenizer is at hand.
    """

    text: str | None
    messages: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example of a few-shot prompt."""

    query: str
    response: str


@dataclass(frozen=True, slots=True)
class Template:
    """How a query becomes a prompt and a response becomes a training target.

    Attributes:
        name: what a recipe and a manifest call it.
        system: the text before everything; for a chat template, the system message.
        before_query, after_query, before_response: the text around a query.
        separator: between a worked example and what follows.
        stop: strings at which generation ends, beside the model's own end-of-text token and the
            markers of the template's own turns (see `stops`).
        end: the text that closes a response in training; empty = the tokenizer's end-of-text.
        chat: use the tokenizer's own chat template instead of the texts.
        thoughts: what stands before the thoughts of a response, and between them and its answer, in training;
            empty = those of the tokenizer's chat template, or `<think>` and `</think>`.
        source: where this form is documented.
    """

    name: str
    system: str = ""
    before_query: str = ""
    after_query: str = ""
    before_response: str = ""
    separator: str = "\n\n"
    stop: tuple[str, ...] = ()
    end: str = ""
    chat: bool = False
    thoughts: tuple[str, ...] = ()
    source: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Self:
        """The template of what `asdict` gives, or its like in JSON."""
        lists = {name: tuple(fields.get(name, ())) for name in ("stop", "thoughts")}
        return cls(**{**fields, **lists})

    @property
    def hash(self) -> str:
        """12 hexadecimal digits of everything that shapes a prompt (not name, source and thoughts)."""
        fields = {k: v for k, v in asdict(self).items() if k not in ("name", "source", "thoughts")}
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def stops(self) -> tuple[str, ...]:
        """All strings at which a response ends: `stop`, and the markers with which a next turn would begin.

        A model that is shown turns in plain text (a base model with worked examples most of all) goes on
        with an invented query of its own, whose answer would be read as its answer.
        """
        if self.chat:
            return self.stop
        markers = (_marker(self.before_query), _marker(self.before_response))
        return tuple(dict.fromkeys((*self.stop, *filter(None, markers))))

    def own_part(self, response: str) -> str:
        """A response up to the first of `stops` behind its beginning, where generation would have ended."""
        start = len(response) - len(response.lstrip())
        places = [place for stop in self.stops if (place := response.find(stop, start + 1)) > start]
        return response[: min(places)] if places else response

    @property
    def lead(self) -> str:
        """The spaces that `render` drops from the end of a prompt; they belong to the response."""
        turn = self.before_query + self.after_query + self.before_response
        tail = self.before_response or self.after_query
        return "" if self.chat or not turn.strip() else tail[len(tail.rstrip(" ")) :]

    def messages(self, query: str, examples: Sequence[Example] = ()) -> tuple[dict[str, str], ...]:
        """The prompt as chat messages, ending with the user's."""
        head = [{"role": "system", "content": self.system}] if self.system and self.chat else []
        for example in examples:
            head.append({"role": "user", "content": self._ask(example.query)})
            head.append({"role": "assistant", "content": example.response})
        return (*head, {"role": "user", "content": self._ask(query)})

    def render(self, query: str, *, examples: Sequence[Example] = (), tokenizer: Any = None) -> Prompt:
        """The prompt of `query` after the worked `examples`.

        Trailing spaces are dropped, since most tokenizers join a space to the word that follows.
        A chat template needs the model's `tokenizer` for the text; without it only the messages
        are filled in.
        """
        messages = self.messages(query, examples)
        if not self.chat:
            return Prompt(self._text(query, examples), messages)
        if tokenizer is None:
            return Prompt(None, messages)
        return Prompt(chat_text(tokenizer, messages), messages)

    def _ask(self, query: str) -> str:
        return f"{self.before_query}{query}{self.after_query}" if self.chat else query

    def _text(self, query: str, examples: Sequence[Example]) -> str:
        shots = [self._turn(e.query) + e.response + self.separator for e in examples]
        return self.system + "".join(shots) + self._turn(query).rstrip(" ")

    def _turn(self, query: str) -> str:
        return f"{self.before_query}{query}{self.after_query}{self.before_response}"


def _marker(text: str) -> str:
    """The words that open a turn, as they stand at the beginning of a line; "" for a turn without any.

    Headings (`### Instruction:`) and special tokens (`<|im_start|>user`) mean nothing else, so they end
    a response wherever they stand. `Problem:` inside a sentence is a word like any other.
    """
    line = text.strip().partition("\n")[0].rstrip()
    return line if line.startswith(("#", "<")) or not line else f"\n{line}"


def chat_text(tokenizer: Any, messages: Sequence[dict[str, str]]) -> str:
    """The tokenizer's own rendering of `messages`, ready for the assistant to go on.

    Raises `ConfigError` for a tokenizer without a chat template.
    """
    if not getattr(tokenizer, "chat_template", None):
        raise ConfigError(
            "template 'chat' needs a tokenizer with a chat template, and this model's has none; "
            "choose a text template, for example: --template qa"
        )
    text = tokenizer.apply_chat_template(list(messages), tokenize=False, add_generation_prompt=True)
    return cast(str, text)


def encode_prompt(tokenizer: Any, text: str) -> list[int]:
    """Token ids of a prompt, with the beginning-of-text token exactly once.

    Used by every engine, by training and by the preview, so that a prompt has one tokenisation.
    """
    bos = tokenizer.bos_token
    return list(tokenizer.encode(text, add_special_tokens=not (bos and text.startswith(bos))))


@cache
def builtin_templates() -> dict[str, Template]:
    """All built-in templates by name."""
    rows = _read_mapping(Path(__file__).with_name("templates.yaml"))
    return {name: _from_mapping({"name": name, **row}, name) for name, row in rows.items()}


_OTHER_FILES = (".jinja", ".jinja2", ".j2", ".txt", ".toml", ".tmpl")


def load_template(name: str) -> Template:
    """The built-in template `name`, or the one in the YAML/JSON file of that path.

    Raises `UnknownNameError` with the nearest name, or `DataError` for a bad file.
    """
    known = builtin_templates()
    if name in known:
        return known[name]
    path = expand_home(name)
    if path.suffix in {".yaml", ".yml", ".json"}:
        if not path.is_file():
            raise DataError("no such template file", path=path)
        return _from_mapping({"name": path.stem, **_read_mapping(path)}, str(path))
    if path.is_file() or path.suffix in _OTHER_FILES:
        raise DataError("a template file ends in .yaml, .yml or .json", path=path)
    raise UnknownNameError("template", name, known)


def _read_mapping(path: Path) -> dict[str, Any]:
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DataError(f"not valid YAML or JSON: {error}", path=path) from error
    if not isinstance(data, dict):
        raise DataError("a template file is a mapping of template keys to texts", path=path)
    return data


def _from_mapping(row: dict[str, Any], where: str) -> Template:
    known = set(Template.__dataclass_fields__)
    for key, value in row.items():
        if key not in known:
            raise ConfigError(f"{where}: unknown template key {key!r}{nearest(key, known)}")
        wanted = _KINDS.get(key, "a text")
        if not _fits(value, wanted):
            raise ConfigError(f"{where}: template key {key!r} is {wanted}, found {value!r}")
    return Template.of(row)


_PAIR = 2
_KINDS = {
    "stop": "a list of texts that are not empty",
    "thoughts": "a list of two texts that are not empty",
    "chat": "true or false",
}


def _fits(value: Any, wanted: str) -> bool:
    if wanted == _KINDS["chat"]:
        return isinstance(value, bool)
    if wanted in (_KINDS["stop"], _KINDS["thoughts"]):
        whole = isinstance(value, list) and all(isinstance(one, str) and one for one in value)
        return whole and (wanted == _KINDS["stop"] or len(value) == _PAIR)
    return isinstance(value, str)
