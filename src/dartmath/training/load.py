"""Loading the model that is trained."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from dartmath.base.errors import ConfigError, DataError, UnknownNameError
from dartmath.base.terminal import info, warn
from dartmath.prompts.template import Template
from dartmath.training.config import Lora, TrainingSection
from dartmath.training.untrained import template_tokens, untrained_tokens


def load_trainable(
    path: str,
    section: TrainingSection,
    *,
    revision: str | None,
    dtype: str,
    attention: str,
    device: str | None = None,
) -> Any:
    """The causal language model at `path`, ready to be trained.

    `revision` is the commit of a model on the Hub; weights are read onto `device` where one is named. Full
    fine-tuning keeps the weights in float32 (the arithmetic is bfloat16 by autocast); with LoRA the frozen
    base is in `dtype`, or in 4 bits.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    from dartmath.training.attention import with_attention

    options: dict[str, Any] = {"revision": revision, "device_map": device and {"": device}}
    try:
        config = AutoConfig.from_pretrained(path, revision=revision)
        if not section.sliding_window:
            _without_sliding_window(config)
        options["dtype"] = getattr(torch, dtype if section.lora else "float32")
        if section.lora and section.lora.quantize:
            options["quantization_config"] = _four_bits()
        load = partial(AutoModelForCausalLM.from_pretrained, path, config=config, **options)
        return with_attention(attention, lambda kernel: load(attn_implementation=kernel))
    except (OSError, ValueError, ImportError) as error:
        raise DataError(f"cannot load the model {path!r}: {error}") from error


def check_vocabulary(model: Any, tokenizer: Any) -> None:
    """Raise `ConfigError` when the tokenizer has tokens that the model has no embedding for.

    Embeddings are never resized: published models have at least as many rows as tokens.
    """
    rows = model.get_input_embeddings().weight.shape[0]
    largest = max(tokenizer.get_vocab().values())
    if largest >= rows > 0:
        raise ConfigError(
            f"the tokenizer has token {largest}, but the model only {rows} embeddings; "
            "they do not belong together (or the tokens were added later: resize the model and save it first)"
        )


def lora_config(lora: Lora, model: Any, *, tokens: Sequence[int] = (), revision: str | None = None) -> Any:
    """PEFT's configuration of the adapters of `model`, which is `revision` of its repository.

    Whoever loads the adapters later adds them to the base that this names. The rows of `tokens` in the
    embeddings are trained too. Raises `UnknownNameError` for a module that the model does not have, which
    PEFT passes over where another one matches, and `ConfigError` for an adapter on the output layer, which
    the loss would not train.
    """
    from peft import LoraConfig

    saved = _modules_to_save(lora, model)
    return LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=lora.targets if lora.targets == "all-linear" else _targets(lora, model),
        use_dora=lora.dora,
        use_rslora=lora.rslora,
        modules_to_save=saved or None,
        trainable_token_indices=_token_rows(model, tokens, saved),
        # A tied output layer follows the embedding, whichever of the two is named.
        ensure_weight_tying=bool(saved) and bool(model.config.get_text_config().tie_word_embeddings),
        task_type="CAUSAL_LM",
        revision=revision,
    )


def tokens_to_train(lora: Lora, model: Any, tokenizer: Any, template: Template) -> list[int]:
    """The tokens whose embeddings are trained beside the adapters; says so, or warns where none are.

    Raises `UnknownNameError` for a token that the tokenizer does not have.
    """
    if lora.trainable_tokens not in ("auto", "none"):
        return _named_tokens(lora.trainable_tokens.split(), tokenizer)
    found = untrained_tokens(model, tokenizer, template_tokens(tokenizer, template))
    if not found:
        return []
    shown = ", ".join(tokenizer.convert_ids_to_tokens(found))
    if lora.trainable_tokens == "none":
        warn(
            f"the base model never learnt {shown} of template {template.name}, and adapters leave embeddings "
            "as they are: the trained model may never stop; --lora-trainable-tokens auto trains these rows"
        )
        return []
    info(f"the base model never learnt {shown}: the rows of the embeddings are trained beside the adapters")
    return found


def _named_tokens(names: list[str], tokenizer: Any) -> list[int]:
    vocabulary = tokenizer.get_vocab()
    for name in names:
        if name not in vocabulary:
            raise UnknownNameError(
                "token in lora.trainable_tokens", name, ["auto", "none", *tokenizer.get_added_vocab()]
            )
    return sorted({vocabulary[name] for name in names})


def _token_rows(model: Any, tokens: Sequence[int], saved: list[str]) -> dict[str, list[int]] | None:
    """By name of module, the rows that are trained; a module that is trained whole has them anyway."""
    ends = [model.get_input_embeddings(), model.get_output_embeddings()]
    names = [next(name for name, module in model.named_modules() if module is end) for end in ends]
    free = [name for name in names if name.rpartition(".")[2] not in saved]
    if model.config.get_text_config().tie_word_embeddings:
        # One matrix: the output layer follows the embedding, and is trained whole where either is.
        free = names[:1] if free == names else []
    return {name: list(tokens) for name in free} if tokens and free else None


def _modules_to_save(lora: Lora, model: Any) -> list[str]:
    names = [name.strip() for name in lora.modules_to_save.split(",") if name.strip()]
    known = sorted({name.rpartition(".")[2] for name, _ in model.named_modules() if name} - {""})
    for name in names:
        if name not in known:
            raise UnknownNameError("module in lora.modules_to_save", name, known)
    return names


def _targets(lora: Lora, model: Any) -> list[str]:
    import torch
    from transformers.pytorch_utils import Conv1D

    head, names = model.get_output_embeddings(), [name.strip() for name in lora.targets.split(",")]
    layers = {name: m for name, m in model.named_modules() if isinstance(m, torch.nn.Linear | Conv1D)}
    for target in names:
        found = [m for name, m in layers.items() if f".{name}".endswith(f".{target}")]
        if any(module is head for module in found):
            raise ConfigError(
                f"lora.targets: {target!r} is the output layer, whose weights the loss reads directly, so "
                "that an adapter on it would not be trained; leave it out (`all-linear` does)"
            )
        if not found:
            known = {name.rpartition(".")[2] for name, m in layers.items() if m is not head}
            raise UnknownNameError("module in lora.targets", target, ["all-linear", *known])
    return names


def _four_bits() -> Any:
    import torch
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def _without_sliding_window(config: Any) -> None:
    if not hasattr(config, "sliding_window"):
        raise ConfigError(
            f"sliding_window: false, but a {config.model_type} model has no sliding window; leave the key out"
        )
    if any(kind != "full_attention" for kind in getattr(config, "layer_types", None) or []):
        raise ConfigError(
            f"this {config.model_type} model mixes windowed and full layers by design; "
            "leave sliding_window out"
        )
    config.sliding_window = None
