"""Questions of a verb: asked in a terminal, answered by their defaults everywhere else."""

from __future__ import annotations

from collections.abc import Callable

import typer

from dartmath.base.errors import ConfigError, UsageError


class Asker:
    """Asks for what no flag says.

    A check raises `UsageError` for an answer that cannot be: the question is then asked again.
    """

    def __init__(self, *, active: bool) -> None:
        self.active = active

    def text(self, question: str, default: str, check: Callable[[str], object] = str) -> str:
        """A line of text that passes `check`."""

        def checked(given: str) -> str:
            try:
                check(given)
            except UsageError as error:
                raise typer.BadParameter(str(error)) from None
            return given

        if not self.active:
            return default
        shown = bool(default)
        return str(typer.prompt(question, default=default, err=True, value_proc=checked, show_default=shown))

    def number(self, question: str, default: int) -> int:
        """A whole number of at least 1."""
        return int(self.text(question, str(default), _check_number))

    def yes(self, question: str, *, default: bool) -> bool:
        """Yes or no."""
        return typer.confirm(question, default=default, err=True) if self.active else default


def _check_number(given: str) -> None:
    if not given.isdecimal() or int(given) < 1:
        raise ConfigError(f"a whole number of at least 1, not {given!r}")
