"""Conversation: a response whose model calls the tool in chat format, turn by turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dartmath.engines.protocol import Completion, Request
from dartmath.prompts.template import Prompt
from dartmath.tools.calls import TOOL, ToolCall, calls_of, messages_of
from dartmath.tools.turns import Turns
from dartmath.tools.worker import BlockOutcome


@dataclass(slots=True)
class ToolConversation(Turns):
    """A response that grows turn by turn, as messages and as the text that is graded and trained on.

    In the text a call is a fenced Python block and its output the block after it, whatever form the
    server has for them.
    """

    messages: list[dict[str, Any]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    calls: int = 0

    def request(self) -> Request:
        """The request of the next turn, with a random stream of its own."""
        return replace(
            self.first,
            prompt=Prompt(None, (*self.first.prompt.messages, *self.messages)),
            generation=replace(self.first.generation, max_tokens=self.tokens_left),
            seed=self.seed,
            series_seed=self.series_seed,
            tools=(TOOL,),
        )

    def add(self, turn: Completion) -> tuple[str, list[ToolCall]]:
        """Take a turn in; what it says, and the calls that wait to be run."""
        self.count(turn)
        self.thoughts += [turn.thoughts] if turn.thoughts else []
        said, calls = calls_of(turn.details.get("said", turn.text), turn.details.get("calls", ()))
        self.texts += [said] if said else []
        return said, calls

    def answer(
        self, said: str, calls: Sequence[ToolCall], results: Sequence[tuple[BlockOutcome, str]]
    ) -> None:
        """Take in what came of the calls of the last turn."""
        outputs = [output for _, output in results]
        self.messages += messages_of(said, calls, outputs, self.calls)
        self.calls += len(calls)
        for call, (outcome, output) in zip(calls, results, strict=True):
            self.outcomes[outcome] += 1
            self.texts.append(call.shown(output))

    def completion(self, last: Completion, finish: str) -> Completion:
        """The whole response as one completion."""
        text = ""
        for part in self.texts:
            text += part if not text or text.endswith("\n") else f"\n{part}"
        known = {key: value for key, value in last.details.items() if key not in ("stop", "calls", "said")}
        thoughts = "\n".join(self.thoughts) or None
        return replace(self.whole(last, finish, text, known), thoughts=thoughts)
