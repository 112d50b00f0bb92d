"""GGUF: the trained model as one file of 16-bit weights, for llama.cpp, Ollama and what is built on them.

The field names of the file are llama.cpp's (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). It
writes those architectures and splits of text that a test runs in llama.cpp, and refuses all others: a
file with the wrong split of text loads, answers, and is another model.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dartmath.base.errors import ConfigError
from dartmath.base.extras import require
from dartmath.base.files import beside

NAME = "model.gguf"
"""Name of the file inside an exported folder."""

# transformers' model types, and what llama.cpp calls them. Of Llama and Mistral it keeps the rows of
# queries and keys in pairs (see `_paired`).
_ARCHITECTURES = {"llama": "llama", "mistral": "llama", "qwen2": "qwen2", "qwen3": "qwen3"}
_DIGITS = r"\p{N}"
# What the patterns of Llama 3 and Qwen 2 share: contractions, words, digits, signs, spaces.
_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}DIGITS| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# How a byte-level tokenizer splits text before its merges, and llama.cpp's name for it: the pattern in
# tokenizer.json ("" for GPT-2's own), and whether digits are set apart before it.
_SPLITS = {
    ("", False): "gpt-2",
    ("", True): "smollm",
    (_WORDS.replace("DIGITS", "{1,3}"), False): "llama-bpe",
    (_WORDS.replace("DIGITS", ""), False): "qwen2",
}
_WAY_OUT = "convert the folder with llama.cpp's convert_hf_to_gguf.py instead, and leave --gguf out"


def check_gguf(config: Any, tokenizer: Any) -> None:
    """Raise `ConfigError` for a model or a tokenizer that cannot be written here, with the way out."""
    if config.model_type not in _ARCHITECTURES:
        known = ", ".join(_ARCHITECTURES)
        raise ConfigError(f"gguf: {config.model_type} models are not written here ({known} are); {_WAY_OUT}")
    rope = getattr(config, "rope_parameters", None) or {}
    if rope.get("rope_type", "default") != "default":
        raise ConfigError(f"gguf: positions are scaled ({rope['rope_type']}); {_WAY_OUT}")
    _split(
        json.loads(tokenizer.backend_tokenizer.to_str()) if hasattr(tokenizer, "backend_tokenizer") else {}
    )


def write_gguf(folder: Path) -> Path:
    """Write `model.gguf` into the exported `folder`, from the files there; whole, or not at all.

    Weights are float16, norms and biases float32. Raises `ConfigError` for what `check_gguf` refuses, and
    for weights beyond float16.
    """
    require("gguf", purpose="gguf")
    from gguf import GGUFWriter
    from transformers import AutoConfig, AutoTokenizer, GenerationConfig

    config, tokenizer = AutoConfig.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    check_gguf(config, tokenizer)
    path, temporary = folder / NAME, beside(folder / NAME)
    # Weights go through a file, so that memory holds one of them at a time.
    writer = GGUFWriter(temporary, _ARCHITECTURES[config.model_type], use_temp_file=True)
    _add_shape(writer, config)
    _add_tokenizer(
        writer, tokenizer, config.vocab_size, GenerationConfig.from_pretrained(folder).eos_token_id
    )
    for name, values in _tensors(folder, config):
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    temporary.rename(path)
    return path


def _add_shape(writer: Any, config: Any) -> None:
    from gguf import LlamaFileType

    window = getattr(config, "sliding_window", None)
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    writer.add_file_type(LlamaFileType.MOSTLY_F16)
    writer.add_block_count(config.num_hidden_layers)
    # llama.cpp has no window for these architectures: within it, there is none.
    writer.add_context_length(min(config.max_position_embeddings, window or config.max_position_embeddings))
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(head)
    writer.add_value_length(head)
    writer.add_rope_dimension_count(head)
    writer.add_rope_freq_base(float(config.rope_parameters["rope_theta"]))
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)


def _add_tokenizer(writer: Any, tokenizer: Any, rows: int, ends: list[int] | int) -> None:
    """Tokens, merges, special tokens, template; `ends` as generation_config.json has them."""
    from gguf import TokenType

    known = json.loads(tokenizer.backend_tokenizer.to_str())
    added = tokenizer.added_tokens_decoder
    names = {token: name for name, token in tokenizer.get_vocab().items()}
    kinds = {
        token: TokenType.CONTROL if entry.special else TokenType.USER_DEFINED
        for token, entry in added.items()
    }
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(_split(known))
    # Rows of the matrix behind the last token have no name, and every row needs one.
    writer.add_token_list([names.get(row, f"[PAD{row}]") for row in range(rows)])
    unused = (TokenType.NORMAL if row in names else TokenType.UNUSED for row in range(rows))
    writer.add_token_types([kinds.get(row, kind) for row, kind in enumerate(unused)])
    writer.add_token_merges([" ".join(pair) for pair in known["model"]["merges"]])
    first, *others = ends if isinstance(ends, list) else [ends]
    writer.add_eos_token_id(first)
    if others:
        writer.add_eot_token_id(others[0])
    if tokenizer.bos_token_id is not None:
        writer.add_bos_token_id(tokenizer.bos_token_id)
    if tokenizer.pad_token_id is not None:
        writer.add_pad_token_id(tokenizer.pad_token_id)
    begins = tokenizer.encode("1")[0] == tokenizer.bos_token_id and tokenizer.bos_token_id is not None
    writer.add_add_bos_token(begins)
    if tokenizer.chat_template:
        writer.add_chat_template(tokenizer.chat_template)


def _split(known: dict[str, Any]) -> str:
    """llama.cpp's name for how the tokenizer of a tokenizer.json splits text; `ConfigError` for others."""
    # llama.cpp leaves texts as they are; NFC changes none that is written with usual keyboards.
    plain = known.get("normalizer") in (None, {"type": "NFC"}, {"type": "Sequence", "normalizers": []})
    if known.get("model", {}).get("type") == "BPE" and plain:
        steps = known["pre_tokenizer"] or {}
        steps = steps["pretokenizers"] if steps.get("type") == "Sequence" else [steps]
        digits = _alone(steps[0])
        *splits, last = steps[1:] if digits else steps
        patterns = [step.get("pattern", {}).get("Regex") for step in splits]
        byte_level = last.get("type") == "ByteLevel" and not last["add_prefix_space"]
        if byte_level and len(patterns) == (0 if last["use_regex"] else 1):
            name = _SPLITS.get(("".join(map(str, patterns)), digits))
            if name:
                return name
    raise ConfigError(f"gguf: this tokenizer splits text in a way that is not known here; {_WAY_OUT}")


def _alone(step: dict[str, Any]) -> bool:
    """Whether a step of a pre-tokenizer sets every digit apart."""
    if step.get("type") == "Digits":
        return bool(step["individual_digits"])
    return step.get("type") == "Split" and step["pattern"].get("Regex") == _DIGITS


def _tensors(folder: Path, config: Any) -> Iterator[tuple[str, Any]]:
    """Names and values of the file's tensors, one at a time."""
    import numpy as np
    from gguf import MODEL_ARCH_NAMES, get_tensor_name_map
    from safetensors import safe_open

    wanted = _ARCHITECTURES[config.model_type]
    kind = next(kind for kind, name in MODEL_ARCH_NAMES.items() if name == wanted)
    names = get_tensor_name_map(kind, config.num_hidden_layers)
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, framework="pt") as file:
            for key in file.keys():  # noqa: SIM118  # not a mapping
                name = names.get_name(key, try_suffixes=(".weight", ".bias"))
                if name is None:
                    raise ConfigError(f"gguf: llama.cpp has no place for the weights {key!r}; {_WAY_OUT}")
                values = file.get_tensor(key).float().numpy()
                if wanted == "llama" and ".self_attn." in key and ("q_proj" in key or "k_proj" in key):
                    heads = config.num_attention_heads if "q_proj" in key else config.num_key_value_heads
                    values = _paired(values, heads)
                if values.ndim > 1 and np.abs(values).max() > np.finfo(np.float16).max:
                    raise ConfigError(f"gguf: weights of {key!r} are beyond float16; {_WAY_OUT}")
                yield name, values.astype(np.float16) if values.ndim > 1 else values


def _paired(values: Any, heads: int) -> Any:
    """Rows of queries or keys with those that are turned together side by side.

    Rotary positions turn pairs of numbers. transformers takes the halves of a head as partners, llama.cpp,
    for this architecture, neighbours.
    """
    size = values.shape[0] // heads
    halves = values.reshape(heads, 2, size // 2, *values.shape[1:])
    return halves.swapaxes(1, 2).reshape(values.shape)
