"""Commands of LaTeX that several rules have to see through."""

from __future__ import annotations

TEXT = (
    r"\\(?:text(?:bf|it|rm|tt|sf|sc|normal|up)?|mbox|hbox|emph"
    r"|math(?:rm|bf|it|sf|tt)|operatorname\*?)(?![a-zA-Z])"
)
"""Pattern of the commands that set words, or upright letters, inside a formula; a braced group follows."""

OPEN_TEXT = rf"{TEXT}\s*\{{\s*"
"""Such a command with its opening brace."""

SPACE = r"(?:\\[,;:! ]|\\q?quad(?![a-zA-Z])|[\s~])"
"""Pattern of one space in a formula: a command for it, a tie, or a blank."""
