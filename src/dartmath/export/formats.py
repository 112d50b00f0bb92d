"""All formats of exports by name: the built-in ones, and those of other packages."""

from __future__ import annotations

from dartmath.base.errors import ConfigError, UnknownNameError
from dartmath.base.plugins import load_plugin, plugins
from dartmath.export.axolotl import AXOLOTL
from dartmath.export.format import Format
from dartmath.export.kto import KTO, LLAMA_FACTORY_KTO
from dartmath.export.messages import LLAMA_FACTORY, MESSAGES, OPEN_INSTRUCT, TORCHTUNE
from dartmath.export.openai import OPENAI
from dartmath.export.preference import CONVERSATION_PAIRS, LLAMA_FACTORY_PAIRS, OPENAI_PAIRS, PREFERENCE
from dartmath.export.prompt_completion import PROMPT_COMPLETION
from dartmath.export.rl_queries import OPEN_INSTRUCT_RLVR, TRL_GRPO, VERIFIERS, VERL
from dartmath.export.stepwise import STEPWISE

FORMATS = {
    "messages": MESSAGES,
    "prompt-completion": PROMPT_COMPLETION,
    "openai": OPENAI,
    "axolotl": AXOLOTL,
    "llama-factory": LLAMA_FACTORY,
    "torchtune": TORCHTUNE,
    "open-instruct": OPEN_INSTRUCT,
    "preference": PREFERENCE,
    "preference-conversations": CONVERSATION_PAIRS,
    "openai-preference": OPENAI_PAIRS,
    "llama-factory-preference": LLAMA_FACTORY_PAIRS,
    "kto": KTO,
    "llama-factory-kto": LLAMA_FACTORY_KTO,
    "stepwise": STEPWISE,
    "trl-grpo": TRL_GRPO,
    "verl": VERL,
    "verifiers": VERIFIERS,
    "open-instruct-rlvr": OPEN_INSTRUCT_RLVR,
}


def format_names() -> list[str]:
    """Names of the formats: the built-in ones, then those of other packages."""
    return [*FORMATS, *plugins("exporters")]


def find_format(name: str) -> Format:
    """The format called `name`.

    Raises `UnknownNameError` for another name, `ConfigError` where a package has something else under it.
    """
    if name in FORMATS:
        return FORMATS[name]
    if name not in plugins("exporters"):
        raise UnknownNameError("export format", name, format_names())
    found = load_plugin("exporters", name)
    if not isinstance(found, Format):
        raise ConfigError(
            f"dartmath.exporters: {name!r} is a {type(found).__name__}, not a dartmath.export.Format"
        )
    return found
