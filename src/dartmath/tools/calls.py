"""Calls of the tool `python` in chat format: what a model asked for, and how a response shows it.

A server gives calls apart from the text (`tool_calls` of an OpenAI-compatible message), or leaves them in
it, in the form that many chat templates teach (Hermes, Qwen): `<tool_call>{"name": ..., "arguments":
{...}}</tool_call>`. Both are what a model wrote, so that nothing about them can be relied on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dartmath.tools.blocks import Ending, output_block

NAME = "python"
TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": NAME,
        "description": "Run Python code. Variables are kept from one call to the next; what is printed, and "
        "the value of a last expression, is returned.",
        "parameters": {
            "type": "object",
            "properties": {"code": {"type": "string", "description": "the Python code"}},
            "required": ["code"],
        },
    },
}
"""The tool as it is described to the model, in the form of OpenAI's `tools`."""

OPEN, CLOSE = "<tool_call>", "</tool_call>"
MOST_CALLS = 16
"""Calls of one turn that are looked at; a model that writes more is lost."""
_SHOWN_CHARS = 2000


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call: its `code`, or `wrong`, which says why there is none; `raw` is what the model wrote."""

    raw: str
    code: str = ""
    wrong: str = ""

    def shown(self, output: str) -> str:
        """The call and its output as fenced blocks, as a response with tools has them in its text."""
        language, text = ("", self.raw[:_SHOWN_CHARS]) if self.wrong else (NAME, self.code)
        # A fence in the code would end the block.
        text = text.replace("```", "'''").rstrip()
        block = f"```{language}\n{text}\n```\n"
        return block + output_block(output, after=Ending("python"), text=block)


def calls_of(text: str, given: Sequence[Mapping[str, Any]]) -> tuple[str, list[ToolCall]]:
    """The text of a turn without its calls, and the calls: those that the server gave, then those in it.

    `given` are rows with the `name` and the `arguments`, a JSON text, of each.
    """
    said, written = _in_text(text)
    found = [_call(str(row.get("name") or ""), row.get("arguments")) for row in given]
    return said, [*found, *(call for one in written for call in _read(one))][:MOST_CALLS]


def _in_text(text: str) -> tuple[str, list[str]]:
    """The text outside of the marks of calls, and what stands between them; the last mark may be missing."""
    said, written, place = [], [], 0
    while (start := text.find(OPEN, place)) >= 0:
        said.append(text[place:start])
        end = text.find(CLOSE, start)
        end = len(text) if end < 0 else end
        written.append(text[start + len(OPEN) : end].strip())
        place = end + len(CLOSE)
    return "".join([*said, text[place:]]), written


# Line ends and tabs as they are in a text: code of several lines is often written so.
_DECODER = json.JSONDecoder(strict=False)


def _read(written: str) -> Iterator[ToolCall]:
    """The calls between two marks: mostly one, of some models several."""
    place = 0
    while place < len(written) or not place:
        try:
            row, place = _DECODER.raw_decode(written, place)
        except (ValueError, RecursionError) as error:
            yield ToolCall(written, wrong=f"the call is not JSON: {error}")
            return
        if isinstance(row, dict):
            # Llama's templates say `parameters`.
            yield _call(str(row.get("name") or ""), row.get("arguments", row.get("parameters")), written)
        else:
            yield ToolCall(written, wrong="the call is not an object with a name and arguments")
        while written[place : place + 1].isspace():
            place += 1


def _call(name: str, arguments: Any, written: str = "") -> ToolCall:
    """One call of a name with arguments, which are an object or the JSON text of one."""
    raw = written or f"{name}({arguments})"
    if name != NAME:
        return ToolCall(raw, wrong=f"there is no tool {name[:60]!r}; the only one is {NAME!r}")
    if isinstance(arguments, str):
        try:
            arguments = _DECODER.decode(arguments)
        except (ValueError, RecursionError) as error:
            return ToolCall(raw, wrong=f"the arguments are not JSON: {error}")
    code = arguments.get("code") if isinstance(arguments, dict) else None
    if not isinstance(code, str):
        return ToolCall(raw, wrong='the arguments are not an object with a text "code"')
    return ToolCall(raw, _unfenced(code))


_FENCED = re.compile(r"\s*```[a-z0-9]*\n(?P<code>.*?)\n?```\s*", re.DOTALL)


def _unfenced(code: str) -> str:
    """The code without a fence around the whole of it, which models that know both forms write."""
    found = _FENCED.fullmatch(code)
    return found["code"] if found else code


def messages_of(
    said: str, calls: Sequence[ToolCall], outputs: Sequence[str], first: int
) -> list[dict[str, Any]]:
    """The turn of a model and the answers to its calls, which are numbered from `first` in the response.

    What could not be read is sent back as a call without arguments: servers read them as JSON, and some
    refuse the whole conversation for a call that is none.
    """
    # Nine letters and digits, as Mistral's templates demand.
    ids = [f"call{first + place:05d}" for place in range(len(calls))]
    rows = [
        {
            "id": name,
            "type": "function",
            "function": {"name": NAME, "arguments": _json({} if call.wrong else {"code": call.code})},
        }
        for name, call in zip(ids, calls, strict=True)
    ]
    answers = [
        {"role": "tool", "tool_call_id": name, "content": output}
        for name, output in zip(ids, outputs, strict=True)
    ]
    return [{"role": "assistant", "content": said, "tool_calls": rows}, *answers]


def _json(value: Mapping[str, str]) -> str:
    # A lone surrogate, which JSON's own escapes can make, is no text that could be sent.
    clean = {name: text.encode("utf-8", "replace").decode() for name, text in value.items()}
    return json.dumps(clean)
