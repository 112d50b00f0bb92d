"""Is the model that was written the model that was trained?

Merging, sharding and the libraries' own writing stand between the two, and each has lost something
silently before: an end token, a revision, a configuration. So a finished run reads its own folder, as
a server would, and compares what comes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dartmath.base.errors import TrainingError
from dartmath.base.terminal import warn
from dartmath.model import ModelSection, load_model, load_tokenizer
from dartmath.training.config import TrainingSection
from dartmath.training.mixture import Mixture

_TEXTS = 4
_TOKENS = 64  # of each text: enough for every layer and position to matter, cheap on a CPU
# Largest change of a token's log-probability, in nats. Written in the format in which they were trained,
# weights come back bit by bit, and only the order of sums differs; more so between a GPU, where they were
# trained, and the CPU, where they are read.
_EXACT, _ELSEWHERE = 1e-3, 1e-2
# Merged into a base in bfloat16, or written in 16 bits, weights are rounded to 8 bits: some hundredths of a
# nat on single tokens of models at hand. Another revision of the base or a lost adapter is beyond it.
_ROUNDED = 0.5
# A base in 4 bits is another function than the float base that its adapters are merged into; measured
# drifts are some tenths of a nat. Only a gross mistake is told from that.
_QUANTIZED = 5.0
# Settings of config.json that say how a model was written or loaded, and not what it computes.
_INCIDENTAL = frozenset(
    {
        "_name_or_path",
        "architectures",
        "dtype",
        # Trainers set these to the tokenizer's; generation reads generation_config.json, which is compared.
        "bos_token_id",
        "eos_token_id",
        "pad_token_id",
        "quantization_config",
        "torch_dtype",
        "transformers_version",
        "use_cache",
    }
)


@dataclass(frozen=True)
class Trained:
    """What the written model is compared with: the trained one in memory.

    Attributes:
        texts: token ids of some training examples.
        log_probs: of each text, the log-probability of every token behind the first.
        config: the settings that shape what the model computes.
        ends: token ids at which it stops.
        limit: how far log-probabilities may differ, in nats.
    """

    texts: list[list[int]]
    log_probs: list[Any]
    config: dict[str, Any]
    ends: list[int]
    limit: float


def look_at_trained(model: Any, mixture: Mixture, device: Any, *, section: TrainingSection) -> Trained:
    """Score some training texts by the trained model. With a sharded one, all processes call this."""
    texts = [mixture[i].ids[:_TOKENS] for i in range(min(_TEXTS, len(mixture)))]
    training = model.training
    model.eval()
    with plain_attention(model):
        log_probs = [_log_probs(model, ids, device) for ids in texts]
    model.train(training)
    formats = {str(parameter.dtype) for parameter in model.parameters()}
    lora = section.lora
    rounded = section.export_dtype != "float32" or (lora is not None and formats != {"torch.float32"})
    exact = _EXACT if str(device) == "cpu" else _ELSEWHERE
    limit = _QUANTIZED if lora is not None and lora.quantize else _ROUNDED if rounded else exact
    return Trained(
        texts, log_probs, _computing(model.config), list(model.generation_config.eos_token_id), limit
    )


@contextmanager
def plain_attention(model: Any) -> Iterator[None]:
    """Let a model attend by SDPA for a while: kernels of training may know 16-bit numbers alone."""
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    kernel = base.config._attn_implementation
    try:
        base.set_attn_implementation("sdpa")
    except (ValueError, ImportError):  # an architecture without it has kept a kernel of its own
        yield
        return
    try:
        yield
    finally:
        base.set_attn_implementation(kernel)


def check_export(folder: Path, trained: Trained, tokenizer: Any) -> None:
    """Read the exported folder and compare it with what was trained.

    Raises `TrainingError` that says what differs; the checkpoints are still there.
    """
    section = ModelSection(name=str(folder), dtype="float32")
    written = load_model(section, "cpu")
    found = [*_differences(written, trained), *_of_tokenizer(load_tokenizer(section), tokenizer, trained)]
    if found:
        raise TrainingError(
            f"the model written to {folder} is not the one that was trained: {'; '.join(found)}. Its "
            "checkpoints are kept; please report the versions in manifest.json"
        )


def affordable(model: Any) -> bool:
    """Whether the exported weights can be read into memory once more; warns where they cannot."""
    import psutil

    from dartmath.training.shape import count_parameters

    needed, free = 4 * count_parameters(model), psutil.virtual_memory().available
    if needed > free:
        warn(
            "the written weights are not read back and compared: that takes "
            f"{needed / 1e9:.0f} GB of memory, and {free / 1e9:.0f} GB are free"
        )
        return False
    return True


def _differences(written: Any, trained: Trained) -> list[str]:
    config = _computing(written.config)
    found = [
        f"{key} is {config.get(key)!r} instead of {trained.config.get(key)!r}"
        for key in sorted({*config, *trained.config})
        if config.get(key) != trained.config.get(key)
    ]
    ends = written.generation_config.eos_token_id
    if set(ends if isinstance(ends, list) else [ends]) != set(trained.ends):
        found.append(f"it stops at tokens {ends} instead of {trained.ends}")
    worst = max(
        float((_log_probs(written, ids, "cpu") - expected).abs().max())
        for ids, expected in zip(trained.texts, trained.log_probs, strict=True)
    )
    if not worst <= trained.limit:
        found.append(f"log-probabilities differ by {worst:.2g} nats (at most {trained.limit:g})")
    return found


def _of_tokenizer(written: Any, tokenizer: Any, trained: Trained) -> list[str]:
    texts = [tokenizer.decode(ids, skip_special_tokens=True) for ids in trained.texts]
    same = all(written.encode(text) == tokenizer.encode(text) for text in texts)
    found = [] if same else ["its tokenizer splits the training texts differently"]
    if written.chat_template != tokenizer.chat_template:
        found.append("its chat template is another one")
    return found


def _computing(config: Any) -> dict[str, Any]:
    """The settings of a model's configuration that shape what it computes."""
    settings = config.get_text_config().to_dict()
    return {key: value for key, value in settings.items() if key not in _INCIDENTAL}


def _log_probs(model: Any, ids: list[int], device: Any) -> Any:
    """Log-probabilities [len(ids) - 1] of the tokens behind the first, in float32 on the CPU."""
    import torch

    batch = torch.tensor([ids], device=device)
    with torch.no_grad():
        logits = model(input_ids=batch, use_cache=False).logits[0, :-1].float().log_softmax(-1)
    return logits.gather(1, batch[0, 1:, None])[:, 0].cpu()
