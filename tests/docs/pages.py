"""What the documentation tells a reader to type, and the files it tells them to write.

Commands are lines that start with `$ ` in blocks marked `console`. A comment before a block says
how tests treat it:

    <!-- commands: slow -->                  the whole page runs with the slow tests
    <!-- commands: skip, needs a GPU -->     is not run, for this reason; its options are checked

A block with a title, such as ```yaml title="mine.yaml", is a file that commands after it find.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[2]
_FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>```+)(?P<language>[\w-]*)(?P<rest>.*)$")
_MARK = re.compile(r"^\s*<!-- commands: (?P<how>slow|skip, .+) -->\s*$")
_TITLE = re.compile(r'title="(?P<name>[^"]+)"')
_SHELL = {"console", "bash", "sh", "shell", "text", ""}
_ENDS = {"|", "&&", "||", ";", ">", ">>", "2>", "<", "&"}


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: Path
    line: int
    language: str
    title: str | None
    mark: str
    lines: tuple[str, ...]

    @property
    def commands(self) -> list[str]:
        """The commands of a console block, continued lines joined."""
        found: list[str] = []
        open_line = False
        for line in self.lines:
            if open_line:
                found[-1] += "\n" + line
            elif line.startswith("$ "):
                found.append(line[2:])
            open_line = line.endswith("\\") and bool(found)
        return found

    @property
    def skipped(self) -> str:
        """Why the block is not run; empty when it is."""
        return self.mark.removeprefix("skip, ") if self.mark.startswith("skip") else ""


def pages() -> list[Path]:
    """Every page of the documentation, and the README."""
    found = sorted((CHECKOUT / "docs").rglob("*.md"))
    return [p for p in (CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", *found) if p.exists()]


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    mark, start, fence = "", 0, None
    content: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if fence is None:
            if found := _MARK.match(line):
                mark = found["how"]
            elif fence := _FENCE.match(line):
                start, content = number, []
            elif line.strip():
                mark = ""
        elif line.strip() == fence["ticks"]:
            title = _TITLE.search(fence["rest"])
            name = title["name"] if title else None
            yield Block(page, start, fence["language"], name, mark, tuple(content))
            fence, mark = None, ""
        else:
            content.append(line.removeprefix(fence["indent"]))


def dartmath_calls(block: Block) -> Iterator[list[str]]:
    """The arguments of every call of dartmath in a block that shows a shell."""
    if block.language not in _SHELL:
        return
    joined = "\n".join(block.lines).replace("\\\n", " ")
    shown = [line.strip().removeprefix("$ ") for line in joined.splitlines()]
    lines = block.commands if block.language == "console" else [s for s in shown if s.startswith("dartmath ")]
    for line in lines:
        words = shlex.split(line.replace("\\\n", " "), comments=True)
        while "dartmath" in words:
            words = words[words.index("dartmath") + 1 :]
            end = next(
                (i for i, word in enumerate(words) if word in _ENDS or word.startswith("#")), len(words)
            )
            yield words[:end]


def named_verbs(page: Path) -> set[str]:
    """Verbs that the prose names as `dartmath VERB`."""
    return set(re.findall(r"`dartmath ([a-z][a-z-]*)", page.read_text(encoding="utf-8")))


def refusal(group: Any, words: list[str]) -> str:
    """Why the command line refuses these words; empty when it takes them."""
    command, path = group, "dartmath"
    while words and not words[0].startswith("-") and hasattr(command, "get_command"):
        command, path, words = command.get_command(None, words[0]), words[0], words[1:]
        if command is None:
            return f"no command {path!r}"
    if hasattr(command, "get_command"):
        # Options of the program itself act as soon as they are parsed.
        known = {
            option
            for parameter in command.get_params(command.make_context(path, [], resilient_parsing=True))
            for option in parameter.opts
        }
        return "" if set(words) <= known else f"no option {words}"
    try:
        command.make_context(path, list(words))
    except Exception as error:
        # `--help` and `--version` end in an exception, too.
        return "" if type(error).__name__ == "Exit" else f"{type(error).__name__}: {error}"
    return ""
