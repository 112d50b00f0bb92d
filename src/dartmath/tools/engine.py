"""ToolEngine: tool-integrated reasoning on top of any engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from dartmath.base.cpus import available_cpus
from dartmath.base.errors import ConfigError
from dartmath.base.file_limit import raise_file_limit
from dartmath.engines.protocol import Completion, Engine, Request
from dartmath.prompts.template import Prompt
from dartmath.tools.backend import CodeRunner, find_backend
from dartmath.tools.blocks import CLOSING_FENCE, STOPS, Ending, ending, output_block
from dartmath.tools.config import ToolsSection
from dartmath.tools.isolation import Isolation
from dartmath.tools.ledger import Ledger
from dartmath.tools.sandbox import BlockResult
from dartmath.tools.worker import OUTCOMES

# Continuations that ran nothing (a block in another language closed) before a response is cut off.
_MOST_IDLE_TURNS = 32
_TURN_SEED = 0x9E3779B1


class ToolEngine:
    """An engine whose responses may run Python.

    The inner engine generates until a Python block is complete; the block runs in the sandbox of
    this response; its output is appended and generation goes on from there, until the model ends,
    its tokens are used up, or it asks for more than `calls` runs twice. Token counts are those of
    the inner engine over all turns; what the sandbox appended costs prompt tokens only.
    `Completion.details["tools"]` counts the outcomes of the blocks.

    Raises `SandboxError` on entering where code cannot be isolated, `ConfigError` for an engine
    that cannot continue a text (the chat endpoint of a server).
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
        """Generate one response, running its code blocks."""
        if request.prompt.text is None or _is_chat_endpoint(self._engine):
            raise ConfigError(
                "tool use continues a response after each block, which needs the prompt as text; "
                "set endpoint: completions in the engine section, or choose a text template"
            )
        assert self._new is not None, "the engine is entered before it generates"
        sandbox = self._new()
        response = _Response(request)
        try:
            while True:
                turn = await self._engine.generate(response.request(request.prompt.text))
                finish = response.add(turn)
                if finish is None:
                    finish = await self._act(response, turn, sandbox)
                if finish is not None:
                    return response.completion(turn, finish)
        finally:
            await self._close(sandbox)

    def describe(self) -> dict[str, Any]:
        """The inner engine's description with the tools and their isolation."""
        isolation = self._isolation.describe() if self._isolation else None
        tools = {**self._section.model_dump(mode="json"), "sandbox": isolation}
        return {**self._engine.describe(), "tools": tools}

    async def _act(self, response: _Response, turn: Completion, sandbox: CodeRunner) -> str | None:
        """Do what the paused response asks for; its finish reason where that ends it."""
        end = ending(response.text)
        if end.kind == "python":
            result = await self._run(response, end, sandbox)
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

    async def _run(self, response: _Response, end: Ending, sandbox: CodeRunner) -> BlockResult:
        if response.runs >= self._section.calls:
            return BlockResult("refused", f"refused: no more than {self._section.calls} blocks may run")
        running = asyncio.ensure_future(self._in_thread(self.ledger.run, sandbox, end.code))
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
class _Response:
    """A response that grows turn by turn."""

    first: Request
    text: str = ""
    turns: int = 0
    idle_turns: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    outcomes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))

    @property
    def runs(self) -> int:
        return sum(count for outcome, count in self.outcomes.items() if outcome != "refused")

    @property
    def tokens_left(self) -> int:
        return self.first.generation.max_tokens - self.completion_tokens

    def request(self, prompt: str) -> Request:
        """The request of the next turn, with a random stream of its own."""
        generation = replace(
            self.first.generation,
            max_tokens=self.tokens_left,
            stop=tuple(dict.fromkeys((*self.first.generation.stop, *STOPS))),
        )
        seed = self.first.seed if self.turns == 0 else (self.first.seed + self.turns * _TURN_SEED) % 2**31
        return replace(self.first, prompt=Prompt(prompt + self.text), generation=generation, seed=seed)

    def add(self, turn: Completion) -> str | None:
        """Take a turn in; its finish reason where the response cannot go on."""
        self.turns += 1
        self.text += turn.text
        self.prompt_tokens += turn.prompt_tokens
        self.completion_tokens += turn.completion_tokens
        return None if turn.finish_reason == "stop" else turn.finish_reason

    def completion(self, last: Completion, finish: str) -> Completion:
        """The whole response as one completion."""
        details = {k: v for k, v in last.details.items() if k != "stop"}
        return replace(
            last,
            text=self.text,
            finish_reason=finish,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            details={**details, "tools": dict(self.outcomes), "turns": self.turns},
        )


def _is_chat_endpoint(engine: Engine) -> bool:
    section = getattr(engine, "section", None)
    return getattr(section, "endpoint", None) == "chat"
