"""Prompts: the one template of sampling, training and evaluation, and worked examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dartmath.base.lazy import lazily

if TYPE_CHECKING:
    from dartmath.prompts.template import Example, Prompt, Template, builtin_templates, load_template

_HOMES = {
    "Example": "dartmath.prompts.template",
    "Prompt": "dartmath.prompts.template",
    "Template": "dartmath.prompts.template",
    "builtin_templates": "dartmath.prompts.template",
    "load_template": "dartmath.prompts.template",
}
__all__ = [
    "Example",
    "Prompt",
    "Template",
    "builtin_templates",
    "load_template",
]

__getattr__ = lazily(__name__, _HOMES)
