"""Engines: what generates. `create_engine` makes the one that a recipe's section names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dartmath.base.extras import require
from dartmath.base.memory import return_large_blocks
from dartmath.base.plugins import load_plugin
from dartmath.base.pytorch import prepare_pytorch
from dartmath.engines.config import (
    BatchEngine,
    EngineSection,
    OpenAIEngine,
    PackageEngine,
    RayEngine,
    TransformersEngine,
    VllmEngine,
)
from dartmath.engines.protocol import Answerer, Completion, Engine, Generation, Request

if TYPE_CHECKING:
    from dartmath.model import ModelSection
    from dartmath.prompts.template import Template

NEEDS = {"transformers": ("torch", "transformers"), "vllm": ("vllm",), "ray": ("ray",)}
"""Libraries that an engine of that kind needs and the core goes without."""

__all__ = [
    "Answerer",
    "BatchEngine",
    "Completion",
    "Engine",
    "Generation",
    "OpenAIEngine",
    "PackageEngine",
    "RayEngine",
    "Request",
    "TransformersEngine",
    "VllmEngine",
    "create_engine",
]


def create_engine(section: EngineSection, model: ModelSection, template: Template) -> Engine:
    """The engine of a recipe's `engine:` section, not yet started: use it in `async with`."""
    require(*NEEDS.get(section.kind, ()), purpose=f"engine {section.kind!r}")
    if isinstance(section, TransformersEngine):
        prepare_pytorch()
        return_large_blocks()
        from dartmath.engines.transformers import EmbeddedEngine

        return EmbeddedEngine(section, model, template)
    if isinstance(section, OpenAIEngine):
        from dartmath.engines.openai.engine import RemoteEngine

        return RemoteEngine(section, model, template)
    if isinstance(section, BatchEngine):
        from dartmath.engines.batch.engine import BatchedEngine

        return BatchedEngine(section, model, template)
    if isinstance(section, RayEngine):
        from dartmath.engines.ray import ReplicatedEngine

        return ReplicatedEngine(section, model, template)
    if isinstance(section, PackageEngine):
        engine: Engine = load_plugin("engines", section.name)(section, model, template)
        return engine
    from dartmath.engines.vllm import VllmAsyncEngine

    return VllmAsyncEngine(section, model, template)
