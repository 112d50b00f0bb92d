"""The `engine:` section of a recipe."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dartmath.config import Section


class TransformersEngine(Section):
    """The embedded engine: PyTorch and transformers, on CPU or one GPU."""

    kind: Literal["transformers"] = "transformers"
    """The embedded engine."""
    concurrency: int = Field(64, ge=1)
    """Sequences decoded together."""
    device: str = "auto"
    """`auto`, `cpu`, `cuda`, `cuda:1` ..."""
    threads: int | None = Field(None, ge=1)
    """CPU threads of PyTorch; its default (OMP_NUM_THREADS) when absent."""
    prompt_cache_mb: int = Field(512, ge=0)
    """Memory for the keys and values of recent prompts, which other trials of a query re-use."""


class VllmEngine(Section):
    """vLLM in this process, one replica per group of GPUs."""

    kind: Literal["vllm"] = "vllm"
    """vLLM's AsyncLLM."""
    concurrency: int = Field(256, ge=1)
    """Requests in flight per replica."""
    replicas: int = Field(1, ge=1)
    """Data-parallel replicas."""
    tensor_parallel: int = Field(1, ge=1)
    """GPUs of one replica."""
    gpu_memory: float = Field(0.9, gt=0, le=1)
    """Share of GPU memory to use."""
    max_model_len: int | None = Field(None, ge=1)
    """Context length; the model's own when absent."""


class OpenAIEngine(Section):
    """Any number of OpenAI-compatible servers."""

    kind: Literal["openai"] = "openai"
    """OpenAI-compatible servers."""
    base_urls: list[str] = Field(default=["http://127.0.0.1:8000/v1"], min_length=1)
    """Servers, such as http://host:8000/v1."""
    endpoint: Literal["completions", "chat"] = "completions"
    """`completions` with our own template, or `chat` with the server's."""
    model: str | None = None
    """Model name as the server knows it; the recipe's model name when absent."""
    api_key_env: str = "OPENAI_API_KEY"
    """Environment variable that holds the key; never written anywhere."""
    concurrency: int | None = Field(None, ge=1)
    """Requests in flight per server; found by measuring when absent."""
    timeout: float = Field(600.0, gt=0)
    """Seconds until a request is given up and retried."""
    retries: int = Field(5, ge=0)
    """Tries after the first of one request."""


class RayEngine(Section):
    """Replicas of another engine as actors of a Ray cluster."""

    kind: Literal["ray"] = "ray"
    """Ray actors."""
    replicas: int = Field(1, ge=1)
    """Actors."""
    engine: Annotated[TransformersEngine | VllmEngine, Field(discriminator="kind")] = VllmEngine()
    """The engine each actor runs."""
    address: str | None = None
    """Ray cluster address; a local cluster when absent."""
    gpus: float = Field(1.0, ge=0)
    """GPUs of one actor."""
    cpus: float = Field(1.0, ge=0)
    """CPUs of one actor."""


EngineSection = Annotated[
    TransformersEngine | VllmEngine | OpenAIEngine | RayEngine, Field(discriminator="kind")
]
