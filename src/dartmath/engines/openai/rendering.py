"""What it takes to send a server the prompt as text: the model's tokenizer, and no token twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dartmath.base.errors import DartmathError
from dartmath.base.terminal import warn
from dartmath.model import load_tokenizer

if TYPE_CHECKING:
    from dartmath.model import ModelSection
    from dartmath.prompts.template import Template


def prompt_tokenizer(endpoint: str, template: Template, model: ModelSection) -> Any:
    """The model's tokenizer where prompts are rendered with it and it can be loaded, else None."""
    if endpoint == "chat" or not template.chat:
        return None
    try:
        return load_tokenizer(model)
    except DartmathError as error:
        warn(f"{error}; prompts cannot be rendered here")
        return None


def added_bos(tokenizer: Any) -> str:
    """The beginning-of-text token that rendered prompts carry and the server adds by itself."""
    if tokenizer is None or not tokenizer.bos_token:
        return ""
    adds = tokenizer.encode("") == [tokenizer.bos_token_id]
    return str(tokenizer.bos_token) if adds else ""
