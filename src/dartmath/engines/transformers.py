"""The embedded engine: a transformers model in this process, on CPU or one GPU."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dartmath.base.errors import DartmathError, EngineError
from dartmath.base.manifest import versions
from dartmath.base.memory import give_back_freed
from dartmath.base.terminal import info
from dartmath.engines.protocol import Completion, Request
from dartmath.engines.stops import context_length, ends, prompt_error
from dartmath.model import load_model, load_tokenizer, pick_device
from dartmath.prompts.template import Prompt, Template, chat_text, encode_prompt

if TYPE_CHECKING:
    from dartmath.engines.config import TransformersEngine
    from dartmath.engines.transformers_decoder import Decoder, DecodingRow
    from dartmath.model import ModelSection

_MIB = 2**20


class EmbeddedEngine:
    """Continuous batching on a transformers model, in a thread of its own.

    Every request draws from a random stream that depends on its seed alone. Its text is the same
    run after run where the logits are; these differ in their last bits with the batch it is
    decoded in (`docs/engines.md` says how often that shows, for bfloat16 and float32).
    """

    def __init__(self, section: TransformersEngine, model: ModelSection, template: Template) -> None:
        self.section, self.model_section, self.template = section, model, template
        self._tokenizer: Any = None
        self._thread: threading.Thread | None = None
        self._inbox: queue.SimpleQueue[Callable[[Decoder], None] | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pending: set[asyncio.Future[Completion]] = set()
        self._error: DartmathError | None = None
        self._encode = lru_cache(4096)(lambda text: tuple(encode_prompt(self.tokenizer, text)))
        self._facts: dict[str, Any] = {}

    @property
    def concurrency(self) -> int:
        """Requests that are decoded together."""
        return self.section.concurrency

    @property
    def tokenizer(self) -> Any:
        """The model's tokenizer, loaded at first use."""
        if self._tokenizer is None:
            self._tokenizer = load_tokenizer(self.model_section)
        return self._tokenizer

    async def __aenter__(self) -> EmbeddedEngine:
        self._loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._work, args=(ready,), name="decoder", daemon=True)
        self._thread.start()
        try:
            await ready
        except BaseException:
            # Nobody leaves a context that was not entered: the thread ends when it has loaded.
            self._inbox.put(None)
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._inbox.put(None)
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)
            self._thread = None
        self._fail(EngineError("the engine has been closed"))
        give_back_freed()

    async def generate(self, request: Request) -> Completion:
        """Generate one response; cancelling aborts it at the next token."""
        if self._error or self._loop is None or self._thread is None:
            raise self._error or EngineError("the engine is not running; use it in `async with`")
        future: asyncio.Future[Completion] = self._loop.create_future()
        job = _Job(self, request, future)
        self._pending.add(future)
        try:
            self._inbox.put(job.enter)
            return await future
        except asyncio.CancelledError:
            self._inbox.put(job.abort)
            raise
        finally:
            self._pending.discard(future)

    def describe(self) -> dict[str, Any]:
        """Kind, model, device, number format and versions."""
        found = {k: v for k, v in versions().items() if k in ("torch", "transformers")}
        return {"kind": "transformers", "model": self.model_section.name, **self._facts, "versions": found}

    def encode(self, prompt: Prompt) -> tuple[int, ...]:
        """Token ids of a prompt; messages without a text are rendered with the chat template."""
        text = chat_text(self.tokenizer, prompt.messages) if prompt.text is None else prompt.text
        return tuple(self._encode(text))

    def tell(self, future: asyncio.Future[Any], outcome: Any) -> None:
        """Settle a future of the event loop from the model's thread."""
        self._call(_settle, future, outcome)

    def _call(self, function: Callable[..., None], *arguments: Any) -> None:
        """Have the event loop call a function; one that is closed has nobody left to tell."""
        assert self._loop is not None
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function, *arguments)

    def _work(self, ready: asyncio.Future[None]) -> None:
        """The thread's life: load, then decode until told to stop. Every failure reaches the callers."""
        try:
            decoder = self._load()
            self.tell(ready, None)
            self._decode(decoder)
        except Exception as error:  # whatever it is, those who wait must learn of it
            explained = _explain(error)
            explained.__cause__ = error
            self._call(self._give_up, ready, explained)

    def _load(self) -> Decoder:
        import torch

        from dartmath.engines.transformers_attention import use_grouped_attention
        from dartmath.engines.transformers_cache import check_supported
        from dartmath.engines.transformers_decoder import Decoder
        from dartmath.engines.transformers_linear import pack_linears
        from dartmath.engines.transformers_memory import CacheBudget

        if self.section.threads:
            torch.set_num_threads(self.section.threads)
        model = load_model(self.model_section, pick_device(self.section.device))
        check_supported(model)
        use_grouped_attention(model)
        pack_linears(model, self.section.concurrency)
        self._facts = {"device": str(model.device), "dtype": str(model.dtype).removeprefix("torch.")}
        section = self.section
        most = None if section.cache_mb is None else section.cache_mb * _MIB
        budget = CacheBudget(section.concurrency, model.device, most, info)
        return Decoder(model, self.tokenizer, section.concurrency, section.prompt_cache_mb * _MIB, budget)

    def _decode(self, decoder: Decoder) -> None:
        while True:
            while not (decoder.busy and self._inbox.empty()):
                command = self._inbox.get()
                if command is None:
                    return
                command(decoder)
            decoder.step()

    def _give_up(self, ready: asyncio.Future[None], error: DartmathError) -> None:
        """In one step, since the loop may close as soon as `ready` is settled."""
        self._fail(error)
        _settle(ready, error)

    def _fail(self, error: DartmathError) -> None:
        self._error = error
        for future in self._pending:
            _settle(future, error)


class _Job:
    """A request on its way into the decoder and, perhaps, out of it before its end."""

    def __init__(self, engine: EmbeddedEngine, request: Request, future: asyncio.Future[Completion]) -> None:
        self.engine, self.request, self.future = engine, request, future
        self.row: DecodingRow | None = None

    def enter(self, decoder: Decoder) -> None:
        from dartmath.engines.transformers_decoder import DecodingRow

        prompt = self.engine.encode(self.request.prompt)
        context = context_length(decoder.model.config, decoder.tokenizer)
        if error := prompt_error(len(prompt), context):
            self._done(Completion("", "error", prompt_tokens=len(prompt), error=error))
            return
        strings = self.request.generation.stop
        end = ends(decoder.tokenizer, decoder.model.generation_config, self.engine.template, strings)
        limit = min(self.request.generation.max_tokens, context - len(prompt))
        self.row = DecodingRow(self.request, prompt, limit, end, self._done)
        decoder.waiting.append(self.row)

    def abort(self, decoder: Decoder) -> None:
        if self.row is not None:
            self.row.aborted = True

    def _done(self, completion: Completion) -> None:
        self.engine.tell(self.future, completion)


def _explain(error: Exception) -> DartmathError:
    """A failure of the model thread as an error for the user."""
    if isinstance(error, DartmathError):
        return error
    if isinstance(error, MemoryError) or "out of memory" in str(error) or "can't allocate" in str(error):
        return EngineError(f"out of memory ({error}); lower engine.cache_mb or engine.concurrency")
    return EngineError(f"the model failed: {type(error).__name__}: {error}")


def _settle(future: asyncio.Future[Any], outcome: Any) -> None:
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
