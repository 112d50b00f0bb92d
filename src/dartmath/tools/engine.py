"""ToolEngine: tool-integrated reasoning on top of any engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from dartmath.base.cpus import available_cpus
from dartmath.base.errors import ConfigError
from dartmath.base.file_limit import raise_file_limit
from dartmath.engines.protocol import Completion, Engine, Request
from dartmath.prompts.template import Prompt
from dartmath.tools.backend import CodeRunner, find_backend
from dartmath.tools.blocks import CLOSING_FENCE, STOPS, ending, output_block
from dartmath.tools.calls import ToolCall
from dartmath.tools.config import ToolsSection
from dartmath.tools.conversation import ToolConversation
from dartmath.tools.isolation import Isolation
from dartmath.tools.ledger import Ledger
from dartmath.tools.sandbox import BlockResult
from dartmath.tools.turns import Turns

# Continuations that ran nothing (a block in another language closed) before a response is cut off.
_MOST_IDLE_TURNS = 32


class ToolEngine:
    """An engine whose responses may run Python.

    With `form: fenced`, the inner engine generates until a Python block is complete; the block runs in the
    sandbox of this response; its output is appended and generation goes on from there, until the model
    ends, its tokens are used up, or it asks for more than `calls` runs twice. Token counts are those of
    the inner engine over all turns; what the sandbox appended costs prompt tokens only.
    `Completion.details["tools"]` counts the outcomes of the blocks. With `form: calls` a chat model calls
    the tool in messages instead, and its response is written down with the same blocks.

    Raises `SandboxError` on entering where code cannot be isolated, `ConfigError` for an engine that
    cannot do what the form needs: continue a text, or hold a conversation (the chat endpoint of a server).
    """

    def __init__(self, engine: Engine, section: ToolsSection) -> None:
        self._engine, self._section = engine, section
        self._isolation: Isolation | None = None
        self._new: Callable[[], CodeRunner] | None = None
        self._threads: ThreadPoolExecutor | None = None
        self.ledger = Ledger(section)

    @property
    def concurrency(self) -> int:
        """That of the inner engine."""
        return self._engine.concurrency

    @property
    def tokenizer(self) -> Any:
        """That of the inner engine, if it has one."""
        return getattr(self._engine, "tokenizer", None)

    def servers(self) -> list[dict[str, Any]] | None:
        """Those of the inner engine, if it has any."""
        inner = getattr(self._engine, "servers", None)
        return inner() if callable(inner) else None

    async def __aenter__(self) -> ToolEngine:
        # Each sandbox has five files open, and there may be one for every request.
        raise_file_limit()
        self._new, self._isolation = await asyncio.to_thread(find_backend, self._section)
        self._threads = ThreadPoolExecutor(max(4, available_cpus()), thread_name_prefix="sandbox")
        await self._engine.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        threads, self._threads = self._threads, None
        if threads is not None:
            await asyncio.to_thread(threads.shutdown)
        await self._engine.__aexit__(*exc)

    async def generate(self, request: Request) -> Completion:
        """Generate one response, running its code."""
        calls = self._section.form == "calls"
        if calls and not _is_chat_endpoint(self._engine):
            raise ConfigError(
                "calls of a tool are made in a conversation with a server; set endpoint: chat in the engine "
                "section (kind: openai), or form: fenced in the tools section"
            )
        if not calls and (request.prompt.text is None or _is_chat_endpoint(self._engine)):
            raise ConfigError(
                "tool use continues a response after each block, which needs the prompt as text; "
                "set endpoint: completions in the engine section, or choose a text template, or set "
                "form: calls in the tools section"
            )
        assert self._new is not None, "the engine is entered before it generates"
        sandbox = self._new()
        try:
            return await (self._converse if calls else self._continue)(request, sandbox)
        finally:
            await self._close(sandbox)

    async def _continue(self, request: Request, sandbox: CodeRunner) -> Completion:
        """A response of one text, paused for each block."""
        response = _Response(request)
        while True:
            turn = await self._engine.generate(response.request(request.prompt.text or ""))
            finish = response.add(turn)
            if finish is None:
                finish = await self._act(response, turn, sandbox)
            if finish is not None:
                return response.completion(turn, finish)

    async def _converse(self, request: Request, sandbox: CodeRunner) -> Completion:
        """A response of several messages, with the outputs of the calls between them."""
        response = ToolConversation(request)
        while True:
            turn = await self._engine.generate(response.request())
            said, calls = response.add(turn)
            if turn.finish_reason != "stop" or not calls:
                return response.completion(turn, turn.finish_reason)
            results: list[BlockResult] = []
            for call in calls:
                over = response.runs + len(results) >= self._section.calls
                results.append(await self._call(call, sandbox, over=over))
            response.answer(said, calls, [(result.outcome, result.output) for result in results])
            if response.outcomes["refused"] > 1 or response.tokens_left <= 0:
                return response.completion(turn, "length")

    async def _call(self, call: ToolCall, sandbox: CodeRunner, *, over: bool) -> BlockResult:
        if call.wrong and not over:
            return BlockResult("error", call.wrong)
        return await self._run(call.code, sandbox, over=over)

    def describe(self) -> dict[str, Any]:
        """The inner engine's description with the tools and their isolation."""
        isolation = self._isolation.describe() if self._isolation else None
        tools = {**self._section.model_dump(mode="json"), "sandbox": isolation}
        return {**self._engine.describe(), "tools": tools}

    async def _act(self, response: _Response, turn: Completion, sandbox: CodeRunner) -> str | None:
        """Do what the paused response asks for; its finish reason where that ends it."""
        end = ending(response.text)
        if end.kind == "python":
            result = await self._run(end.code, sandbox, over=response.runs >= self._section.calls)
            response.text += output_block(result.output, after=end, text=response.text)
            response.outcomes[result.outcome] += 1
            over = response.outcomes["refused"] > 1 or response.tokens_left <= 0
            return "length" if over else None
        # An engine that names the stop string settles what the text alone cannot: whether a bare
        # fence came, or the end of the response.
        fence = turn.details.get("stop") == CLOSING_FENCE if "stop" in turn.details else end.kind == "other"
        if not fence:
            return "stop"
        response.text += CLOSING_FENCE
        response.idle_turns += 1
        over = response.idle_turns > _MOST_IDLE_TURNS or response.tokens_left <= 0
        return "length" if over else None

    async def _run(self, code: str, sandbox: CodeRunner, *, over: bool) -> BlockResult:
        if over:
            return BlockResult("refused", f"refused: no more than {self._section.calls} blocks may run")
        running = asyncio.ensure_future(self._in_thread(self.ledger.run, sandbox, code))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            sandbox.kill()
            await running
            raise

    async def _close(self, sandbox: CodeRunner) -> None:
        # A request that is cancelled while the engine closes finds the threads gone.
        if sandbox.started and self._threads is not None:
            await self._in_thread(self.ledger.close, sandbox)
        else:
            self.ledger.close(sandbox)

    async def _in_thread(self, function: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)


@dataclass(slots=True)
class _Response(Turns):
    """A response that grows turn by turn."""

    text: str = ""
    idle_turns: int = 0

    def request(self, prompt: str) -> Request:
        """The request of the next turn, with a random stream of its own."""
        generation = replace(
            self.first.generation,
            max_tokens=self.tokens_left,
            stop=tuple(dict.fromkeys((*self.first.generation.stop, *STOPS))),
        )
        return replace(
            self.first,
            prompt=Prompt(prompt + self.text),
            generation=generation,
            seed=self.seed,
            series_seed=self.series_seed,
        )

    def add(self, turn: Completion) -> str | None:
        """Take a turn in; its finish reason where the response cannot go on."""
        self.count(turn)
        self.text += turn.text
        return None if turn.finish_reason == "stop" else turn.finish_reason

    def completion(self, last: Completion, finish: str) -> Completion:
        """The whole response as one completion."""
        details = {k: v for k, v in last.details.items() if k != "stop"}
        return self.whole(last, finish, self.text, details)


def _is_chat_endpoint(engine: Engine) -> bool:
    section = getattr(engine, "section", None)
    return getattr(section, "endpoint", None) == "chat"
