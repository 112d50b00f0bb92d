"""Memory that the stages of a recipe will take, against what this machine has, before anything is loaded.

Of sampling and evaluation it counts weights, keys and values as the embedded engine bounds them; of training
what `dartmath train --plan` counts. `python benchmarks/peak_memory.py` sets both beside what a run took.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dartmath.base.errors import DataError, MissingDependencyError
from dartmath.base.extras import require
from dartmath.base.memory import available_memory
from dartmath.engines.config import EngineSection, TransformersEngine, VllmEngine
from dartmath.model import ModelSection, load_tokenizer, pick_device, pick_dtype, resolve_model
from dartmath.prompts.template import Example, Template, encode_prompt, load_template
from dartmath.queries.query import Query
from dartmath.recipe import Recipe, base_model, evaluation_engine

GIB = 2**30
_MIB = 2**20
# What glibc holds over what the embedded engine asked for: keys and values of a prompt are small blocks.
# Forecast so, the demo's sampling takes 1.4 GiB; it took 1.5 in a process that had loaded the trainer too.
_HELD = 1.2


@dataclass(frozen=True, slots=True)
class StageMemory:
    """What a stage takes of one device.

    Attributes:
        stage: "sample", "evaluate" or "train".
        device: "this machine" or "the GPU".
        parts: GiB by what takes them.
        total: the most GiB at a time, which may be less than all parts together.
        free: GiB that can be had there now.
        ways: how to make it less.
    """

    stage: str
    device: str
    parts: dict[str, float]
    total: float
    free: float
    ways: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether there is as much."""
        return self.total <= self.free

    @property
    def warning(self) -> str:
        """What to tell a user where it does not fit."""
        return (
            f"{self.stage} takes about {self.total:.1f} GiB of memory, and {self.device} has {self.free:.1f} "
            f"free; {', '.join(self.ways)}"
        )

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {**asdict(self), "fits": self.fits}


def forecast_memory(recipe: Recipe, queries: Sequence[Query]) -> list[StageMemory]:
    """What the stages of `recipe` take that load a model on this machine; `queries` are those sampled.

    A stage on servers, on a cluster, or with a model whose shape cannot be read is not among them; none is
    where the libraries are missing that load models.
    """
    try:
        require("torch", "transformers", purpose="loading a model")
    except MissingDependencyError:
        return []
    found = [
        _of_engine("sample", recipe.engine, recipe.model, lambda: _sampled(recipe, queries)),
        _of_training(recipe),
    ]
    if recipe.evaluation:
        engine, model = evaluation_engine(recipe), base_model(recipe)
        found.append(_of_engine("evaluate", engine, model, lambda: _evaluated(recipe)))
    return [one for one in found if one is not None]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an engine is asked: queries, those with the longest prompts, worked examples, most new tokens."""

    count: int
    longest: Sequence[Query]
    template: Template
    shots: Mapping[str, Sequence[Example]]
    max_tokens: int

    def prompt_tokens(self, model: ModelSection) -> int:
        """Tokens of the longest prompt."""
        tokenizer = load_tokenizer(model)
        prompts = [
            self.template.render(one.text, examples=self.shots.get(one.dataset, ()), tokenizer=tokenizer)
            for one in self.longest
        ]
        return max((len(encode_prompt(tokenizer, prompt.text or "")) for prompt in prompts), default=0)


def _sampled(recipe: Recipe, queries: Sequence[Query]) -> _Asked:
    from dartmath.prompts.examples import shots_for

    shots = shots_for(recipe.queries, recipe.sampling.shots)
    template = load_template(recipe.template)
    return _Asked(len(queries), _longest(queries), template, shots, recipe.sampling.max_tokens)


def _evaluated(recipe: Recipe) -> _Asked:
    from dartmath.evaluation.run import load_benchmarks
    from dartmath.prompts.examples import shots_for

    section = recipe.evaluation
    assert section is not None
    benchmarks = load_benchmarks(section)
    queries = [query for one in benchmarks for query in one.queries]
    shots = shots_for([one.source for one in benchmarks], section.shots, tools=section.tools is not None)
    template = load_template((recipe.training and recipe.training.template) or recipe.template)
    return _Asked(len(queries), _longest(queries), template, shots, section.max_tokens)


def _longest(queries: Sequence[Query]) -> list[Query]:
    """The longest query of each data set, whose prompts have worked examples of their own."""
    found: dict[str, Query] = {}
    for query in queries:
        if query.dataset not in found or len(query.text) > len(found[query.dataset].text):
            found[query.dataset] = query
    return list(found.values())


def _of_engine(
    stage: str, engine: EngineSection, model: ModelSection, asked: Callable[[], _Asked]
) -> StageMemory | None:
    """What an engine in this process takes; None for other engines, and where it cannot be told."""
    if not isinstance(engine, TransformersEngine | VllmEngine):
        return None
    try:
        if isinstance(engine, VllmEngine):
            return _of_vllm(stage, engine, model)
        return _of_transformers(stage, engine, model, asked())
    except (DataError, MissingDependencyError):
        return None  # a model that cannot be read is an error of the stage that loads it


def _of_transformers(
    stage: str, engine: TransformersEngine, model: ModelSection, asked: _Asked
) -> StageMemory:
    from dartmath.engines.transformers_memory import row_bytes, wanted_bytes
    from dartmath.training.memory import LIBRARIES

    device = pick_device(engine.device)
    on_gpu = device.startswith("cuda")
    name, free = _room(device)
    width = pick_dtype(model.dtype, device).itemsize
    config, parameters = _shape(model)
    if device == "cpu" and getattr(config, "tie_word_embeddings", False):
        # Of the output layer there is a copy in the layout of the CPU's kernels.
        parameters += config.vocab_size * config.hidden_size
    weights, token = width * parameters, width * _numbers_of_token(config)
    prompt = asked.prompt_tokens(model)
    context = getattr(config, "max_position_embeddings", None) or prompt + asked.max_tokens
    row = row_bytes(token, min(prompt + asked.max_tokens, context))
    most = None if engine.cache_mb is None else max(row, engine.cache_mb * _MIB)
    cache = most or wanted_bytes(engine.concurrency, row, max(0, free - weights), on_gpu=on_gpu)
    prompts = min(engine.prompt_cache_mb * _MIB, asked.count * prompt * token)
    libraries = LIBRARIES["gpu" if on_gpu else "cpu"]
    held = 1.0 if on_gpu else _HELD
    # On a CPU the weights lie there twice while they are laid out for its kernels, before any response.
    passing = 2 * weights if device == "cpu" else weights
    return StageMemory(
        stage,
        name,
        {
            "weights": weights / GIB,
            "keys and values": cache / GIB,
            "prompts": prompts / GIB,
            "libraries": libraries,
        },
        libraries + max(passing, held * (weights + cache + prompts)) / GIB,
        free / GIB,
        _ways_of_engine(engine, width, heavy=passing > cache + prompts + weights),
    )


def _ways_of_engine(engine: TransformersEngine, width: int, *, heavy: bool) -> tuple[str, ...]:
    """What makes an engine take less; `heavy` where the weights alone take the most."""
    narrower = ("load it in 16 bits (model.dtype: bfloat16)",) if width > 2 else ()  # noqa: PLR2004
    smaller = ("take a smaller model", "or one on a server (engine.kind: openai)")
    if heavy:
        return (*narrower, *smaller)
    return (
        f"lower engine.concurrency (now {engine.concurrency}) or engine.cache_mb",
        f"engine.prompt_cache_mb (now {engine.prompt_cache_mb})",
        *narrower,
        *smaller,
    )


def _of_vllm(stage: str, engine: VllmEngine, model: ModelSection) -> StageMemory | None:
    """The weights, without which vLLM does not start: it takes the rest of its share for keys and values."""
    import torch

    if not torch.cuda.is_available():
        return None
    _, parameters = _shape(model)
    weights = pick_dtype(model.dtype, "cuda").itemsize * parameters / engine.tensor_parallel / GIB
    share = engine.gpu_memory * torch.cuda.get_device_properties(0).total_memory / GIB
    ways = (
        f"spread it over more GPUs (engine.tensor_parallel, now {engine.tensor_parallel})",
        'quantise it (engine.options: {quantization: "fp8"})',
        "or take a smaller model",
    )
    return StageMemory(
        stage, "the share of the GPU (engine.gpu_memory)", {"weights": weights}, weights, share, ways
    )


def _of_training(recipe: Recipe) -> StageMemory | None:
    from dartmath.training.hardware import choose_dtype
    from dartmath.training.memory import memory_table
    from dartmath.training.shape import model_shape

    section = recipe.training
    if section is None:
        return None
    base = base_model(recipe)
    try:
        shape = model_shape(base.name, resolve_model(base.name), base.revision)
    except (DataError, MissingDependencyError):
        return None
    device = pick_device()
    on_gpu = device.startswith("cuda")
    name, free = _room(device)
    table = memory_table(section, shape, place="gpu" if on_gpu else "cpu", dtype=choose_dtype(section))
    # Launch configurations shard a model over all its devices; without one each has it whole.
    memory = table[-1 if section.launch else 0]
    # Processes on CPUs share the memory of this machine.
    times = 1 if on_gpu else section.gpus
    parts = {
        "weights": memory.weights,
        "gradients": memory.gradients,
        "optimiser": memory.optimiser,
        "activations": memory.activations,
        "libraries and buffers": memory.beside,
    }
    parts = {what: times * gib for what, gib in parts.items()}
    return StageMemory(
        "train", name, parts, times * memory.total, free / GIB, _ways_of_training(recipe, on_gpu)
    )


def _ways_of_training(recipe: Recipe, on_gpu: bool) -> tuple[str, ...]:
    section = recipe.training
    assert section is not None
    checkpointing = on_gpu if section.gradient_checkpointing is None else section.gradient_checkpointing
    ways = [] if checkpointing else ["set training.gradient_checkpointing: true"]
    if section.micro_batch > 1:
        ways.append(f"lower training.micro_batch (now {section.micro_batch})")
    ways.append(f"lower training.max_length (now {section.max_length})")
    if section.lora is None:
        ways.append("train adapters (training.lora.rank: 16)")
    return (*ways, "or train elsewhere: `dartmath train --plan` reckons for other devices")


def _room(device: str) -> tuple[str, int]:
    """What a device is called, and the bytes that can be had there."""
    if not device.startswith("cuda"):
        return "this machine", available_memory()
    import torch

    return "the GPU", int(torch.cuda.mem_get_info(device)[0])


def _shape(model: ModelSection) -> tuple[Any, int]:
    """The configuration of a model and its number of parameters.

    Raises `DataError` where its configuration cannot be read, or says too little of its size.
    """
    from dartmath.training.shape import model_shape

    shape = model_shape(model.name, resolve_model(model.name), model.revision)
    if getattr(shape.config, "quantization_config", None) or not hasattr(shape.config, "num_attention_heads"):
        raise DataError(f"the configuration of {model.name!r} does not say what it takes")
    return shape.config, shape.parameters


def _numbers_of_token(config: Any) -> int:
    """Keys and values of one token: of every layer, and of every head that has its own."""
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return int(2 * config.num_hidden_layers * heads * size)
