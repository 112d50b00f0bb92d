"""Shell completion: verbs without importing them, and the options of a verb."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dartmath.cli import VERBS


def complete(line: str, *, python: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """What bash is offered for a command line, by the real program."""
    # Words past the last blank are being typed.
    environment = {
        "_DARTMATH_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(line.count(" ")),
    }
    program = "import sys; sys.argv = ['dartmath']; from dartmath.cli import main; main()"
    return subprocess.run(
        [sys.executable, *python, "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("dartmath ", set(VERBS)),
        ("dartmath re", {v for v in VERBS if v.startswith("re")}),
        ("dartmath doctor --", {"--json", "--help"}),
        ("dartmath init --eng", {"--engine"}),
        ("dartmath no-such-verb --", {"--version", "--install-completion", "--show-completion", "--help"}),
    ],
)
def test_offers(line: str, offered: set[str]) -> None:
    done = complete(line)
    assert done.stderr == ""
    assert set(done.stdout.split()) == offered


def test_completing_a_verb_imports_no_verb() -> None:
    done = complete("dartmath ", python=("-X", "importtime"))
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert "dartmath.cli" in imported
    assert not {name for name in imported if name.startswith(("dartmath.cli.", "torch", "transformers"))}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_show_completion(shell: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dartmath", "--show-completion", shell],
        # The shell that runs the tests, which may be one without completion, must not matter.
        env={**os.environ, "HOME": str(tmp_path), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "COMPLETE" in done.stdout
