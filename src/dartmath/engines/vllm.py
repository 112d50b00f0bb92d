"""The vLLM engine: AsyncLLM in this process, with data-parallel replicas and prefix caching."""

from __future__ import annotations

import asyncio
import itertools
import os
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from dartmath.base.errors import ConfigError, DataError, EngineError, MissingDependencyError
from dartmath.base.manifest import versions
from dartmath.engines.protocol import Completion, Request
from dartmath.engines.stops import Ends, ends, prompt_error
from dartmath.model import load_tokenizer, resolve_model
from dartmath.prompts.template import Prompt, Template, chat_text, encode_prompt

if TYPE_CHECKING:
    from dartmath.engines.config import VllmEngine
    from dartmath.model import ModelSection

# vLLM's CPU build dies when a request with a seed has its prompt split, so there no prompt is split.
_CPU_BATCHED_TOKENS = 65536


class VllmAsyncEngine:
    """vLLM's own continuous batching; its engine processes run beside this one.

    A seed fixes a request's random stream. vLLM's logits differ in their last bits with what is
    decoded beside it, so texts may differ between runs; set VLLM_BATCH_INVARIANT=1 where the
    GPU supports it for texts that do not (https://docs.vllm.ai/en/latest/features/batch_invariance/).
    """

    def __init__(self, section: VllmEngine, model: ModelSection, template: Template) -> None:
        self.section, self.model_section, self.template = section, model, template
        self._engine: Any = None
        self._context = 0
        self._device = ""
        self._numbers = itertools.count()
        self._encode = lru_cache(4096)(lambda text: tuple(encode_prompt(self.tokenizer, text)))

    @property
    def concurrency(self) -> int:
        """Requests in flight over all replicas."""
        return self.section.concurrency * self.section.replicas

    @cached_property
    def tokenizer(self) -> Any:
        """The model's tokenizer."""
        return load_tokenizer(self.model_section)

    async def __aenter__(self) -> VllmAsyncEngine:
        os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
        os.environ.setdefault("VLLM_LOGGING_LEVEL", "WARNING")
        try:
            from vllm import AsyncEngineArgs
            from vllm.platforms import current_platform
            from vllm.v1.engine.async_llm import AsyncLLM
        except ImportError as error:
            raise MissingDependencyError(
                f"engine 'vllm' cannot be imported ({error}); run: pip install 'dartmath[vllm]'"
            ) from error
        self._device = "cpu" if current_platform.is_cpu() else current_platform.get_device_name()
        try:
            arguments = AsyncEngineArgs(**self._arguments(cpu=current_platform.is_cpu()))
            self._engine = AsyncLLM.from_engine_args(arguments)
        except TypeError as error:
            raise ConfigError(f"engine.options: vLLM's AsyncEngineArgs refuses them: {error}") from error
        except (OSError, ValueError) as error:
            raise DataError(f"vLLM cannot load {self.model_section.name!r}: {error}") from error
        except RuntimeError as error:
            raise EngineError(f"vLLM did not start ({error}); its log above says why") from error
        self._context = int(self._engine.model_config.max_model_len)
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._engine is not None:
            await asyncio.to_thread(self._engine.shutdown)
            self._engine = None

    async def generate(self, request: Request) -> Completion:
        """Generate one response; cancelling aborts it in the engine."""
        if self._engine is None:
            raise EngineError("the engine is not running; use it in `async with`")
        from vllm.v1.engine.exceptions import EngineDeadError, EngineGenerateError

        prompt = self._tokens(request.prompt)
        if problem := prompt_error(len(prompt), self._context):
            return Completion("", "error", prompt_tokens=len(prompt), error=problem)
        name = f"{next(self._numbers)}-{request.id}"
        inputs = {"prompt_token_ids": list(prompt)}
        try:
            stream = self._engine.generate(inputs, self._parameters(request, len(prompt)), name)
            outputs = [output async for output in stream]
        except EngineDeadError as error:
            raise EngineError(f"vLLM died ({error}); its log says why") from error
        except (EngineGenerateError, ValueError) as error:
            return Completion("", "error", prompt_tokens=len(prompt), error=f"vLLM refused: {error}")
        return _completion(outputs, len(prompt))

    def describe(self) -> dict[str, Any]:
        """Kind, model, device, replicas and versions."""
        found = {k: v for k, v in versions().items() if k in ("torch", "transformers", "vllm")}
        return {
            "kind": "vllm",
            "model": self.model_section.name,
            "device": self._device,
            "dtype": self.model_section.dtype,
            "replicas": self.section.replicas,
            "tensor_parallel": self.section.tensor_parallel,
            "versions": found,
        }

    def _arguments(self, *, cpu: bool) -> dict[str, Any]:
        section = self.section
        arguments = {
            "model": resolve_model(self.model_section.name),
            "revision": self.model_section.revision,
            "dtype": self.model_section.dtype,
            "max_model_len": section.max_model_len,
            "max_num_seqs": section.concurrency,
            "tensor_parallel_size": section.tensor_parallel,
            "data_parallel_size": section.replicas,
            "enable_prefix_caching": True,
        }
        if cpu:
            return {
                **arguments,
                "enforce_eager": True,
                "max_num_batched_tokens": _CPU_BATCHED_TOKENS,
                **section.options,
            }
        return {**arguments, "gpu_memory_utilization": section.gpu_memory, **section.options}

    def _tokens(self, prompt: Prompt) -> tuple[int, ...]:
        text = chat_text(self.tokenizer, prompt.messages) if prompt.text is None else prompt.text
        return self._encode(text)

    def _parameters(self, request: Request, prompt_tokens: int) -> Any:
        from vllm import SamplingParams
        from vllm.sampling_params import RequestOutputKind

        generation = request.generation
        end = self._ends(generation.stop)
        return SamplingParams(
            temperature=generation.temperature,
            top_p=generation.top_p,
            top_k=generation.top_k or -1,
            max_tokens=min(generation.max_tokens, self._context - prompt_tokens),
            seed=request.seed,
            stop=list(end.strings),
            stop_token_ids=sorted(end.ids),
            output_kind=RequestOutputKind.FINAL_ONLY,
        )

    def _ends(self, stop: tuple[str, ...]) -> Ends:
        # vLLM adds the ids of the model's generation_config by itself.
        return ends(self.tokenizer, None, self.template, stop)


def _completion(outputs: list[Any], prompt_tokens: int) -> Completion:
    """The one final output of a request."""
    found = outputs[-1].outputs[0] if outputs and outputs[-1].outputs else None
    if found is None or found.finish_reason not in ("stop", "length"):
        reason = found.finish_reason if found else None
        return Completion("", "error", prompt_tokens=prompt_tokens, error=f"vLLM ended it with {reason!r}")
    return Completion(found.text, found.finish_reason, prompt_tokens, len(found.token_ids))
