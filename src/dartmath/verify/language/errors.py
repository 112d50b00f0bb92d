"""What the readers of notation raise."""

from __future__ import annotations


class NotationError(ValueError):
    """The text is no mathematics that this grammar knows."""
