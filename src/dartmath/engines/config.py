"""The `engine:` section of a recipe."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_serializer, model_validator

from dartmath.base.section import Section


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
    cache_mb: int | None = Field(None, ge=1)
    """Memory for the keys and values of what is decoded; as responses need and the machine has if absent."""
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
    options: dict[str, Any] = {}
    """Further arguments of vLLM's AsyncEngineArgs, such as {"quantization": "fp8"}."""


class OpenAIEngine(Section):
    """Any number of OpenAI-compatible servers, which may join and leave during a run."""

    kind: Literal["openai"] = "openai"
    """OpenAI-compatible servers."""
    base_urls: list[str] = ["http://127.0.0.1:8000/v1"]
    """Servers, such as http://host:8000/v1, or "URL key=NAME" with an environment variable for its key.
    A user name, a password and a query in one are written nowhere."""
    servers_file: Path | None = None
    """Text file with one server per line, read again whenever it changes; replaces `base_urls`."""
    endpoint: Literal["completions", "chat"] = "completions"
    """`completions` with our own template, or `chat` with the server's."""
    model: str | None = None
    """Model name as the server knows it; the recipe's model name when absent."""
    headers: dict[str, str] = {}
    """Further HTTP headers; a value `$NAME` is read from the environment and written nowhere."""
    api_key_env: str = "OPENAI_API_KEY"
    """Environment variable that holds the key; never written anywhere."""
    concurrency: int | None = Field(None, ge=1)
    """Requests in flight per server; found by measuring when absent."""
    max_concurrency: int = Field(1024, ge=1)
    """Most requests in flight per server when they are found by measuring."""
    timeout: float | None = Field(None, gt=0)
    """Seconds that every response may take; more where its tokens need more at the measured pace."""
    retries: int = Field(8, ge=0)
    """Tries after the first of one request; the pause before each doubles, up to 30 seconds."""
    patience: float = Field(120.0, gt=0)
    """Seconds without an answer from any server until the run stops."""
    stream: bool = False
    """Stream responses: for servers that notice an aborted request only while they write."""
    n: int = Field(1, ge=1, le=16)
    """Most responses of one query in one request, where the server gives as many and different ones."""
    seed: bool = True
    """Send each trial's seed; without one some servers use faster samplers."""
    extra_body: dict[str, Any] = {}
    """Further fields of every request; `null` leaves one out that would be sent."""
    text_fields: dict[str, Literal["text", "thoughts", "ignore"]] = {}
    """What further fields of a message hold, where a server has some of its own."""

    @field_serializer("base_urls")
    def _without_passwords(self, urls: list[str]) -> list[str]:
        # Resolved recipes lie beside results, and cards are published.
        return [_public_line(line) for line in urls]


def _public_line(line: str) -> str:
    return " ".join([public_url(line.split(" ", maxsplit=1)[0]), *line.split()[1:]])


def public_url(url: str) -> str:
    """`url` without user name, password and query, fit to be shown and recorded."""
    # Not by a parser of URLs: this one is also shown where it is none.
    scheme, sign, rest = url.partition("://") if "://" in url else ("", "", url)
    return scheme + sign + re.split(r"[?#]", rest.rpartition("@")[2])[0]


class BatchEngine(Section):
    """A batch API: files of requests that are answered within hours, at a part of the price."""

    kind: Literal["batch"] = "batch"
    """Batches: OpenAI's batch API, or files that `vllm run-batch` answers."""
    base_url: str | None = None
    """Service with a batch API, such as https://api.openai.com/v1, or "URL key=NAME"."""
    command: str | None = None
    """Command that answers a file where there is no service, such as
    `vllm run-batch -i {input} -o {output} --model {model}`; with neither, the files are left to you."""
    endpoint: Literal["completions", "chat"] = "chat"
    """`completions` with our own template, or `chat` with the server's."""
    model: str | None = None
    """Model name as the service knows it; the recipe's model name when absent."""
    requests: int = Field(10_000, ge=1, le=50_000)
    """Most requests of a batch."""
    window: str = "24h"
    """Time in which the service is asked to answer a batch."""
    poll: float = Field(30.0, gt=0)
    """Seconds between two looks at a batch."""
    retries: int = Field(2, ge=0)
    """Further batches in which a request is tried that expired, was dropped or failed for the moment."""
    patience: float = Field(3600.0, gt=0)
    """Seconds without an answer from the service until the run stops."""
    headers: dict[str, str] = {}
    """Further HTTP headers; a value `$NAME` is read from the environment and written nowhere."""
    api_key_env: str = "OPENAI_API_KEY"
    """Environment variable that holds the key; never written anywhere."""
    seed: bool = True
    """Send each trial's seed."""
    extra_body: dict[str, Any] = {}
    """Further fields of every request; `null` leaves one out that would be sent."""
    text_fields: dict[str, Literal["text", "thoughts", "ignore"]] = {}
    """What further fields of a message hold, where a server has some of its own."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.base_url is not None and self.command is not None:
            raise ValueError("base_url and command are two ways to have a batch answered; name one")
        return self

    @field_serializer("base_url")
    def _without_password(self, line: str | None) -> str | None:
        return None if line is None else _public_line(line)


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
    grading: int = Field(0, ge=0)
    """Actors that verify; 0 verifies beside the controller, where one process does thousands a second."""


class PackageEngine(Section):
    """The engine of another installed package, found by its entry point in `dartmath.engines`."""

    kind: Literal["package"] = "package"
    """An engine of another package."""
    name: str
    """Name of the entry point."""
    concurrency: int = Field(64, ge=1)
    """Requests in flight."""
    options: dict[str, Any] = {}
    """What that engine takes beside."""


EngineSection = Annotated[
    TransformersEngine | VllmEngine | OpenAIEngine | BatchEngine | RayEngine | PackageEngine,
    Field(discriminator="kind"),
]


def sends_messages(section: EngineSection) -> bool:
    """Whether prompts go out as messages, for a server to render by the model's own template."""
    return isinstance(section, OpenAIEngine | BatchEngine) and section.endpoint == "chat"
