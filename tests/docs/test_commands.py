"""Every command in the documentation is one that exists, and runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from dartmath.cli import VERBS, app
from docs.pages import CHECKOUT, Block, blocks, dartmath_calls, named_verbs, pages, refusal

PAGES = pages()
IDS = [str(p.relative_to(CHECKOUT)) for p in PAGES]
_GENERATED = CHECKOUT / "docs" / "reference"
_BORROWED = ("recipes", "benchmarks")


def _runs(page: Path) -> list[Block]:
    return [b for b in blocks(page) if b.title or (b.language == "console" and not b.skipped)]


def _has_commands(page: Path) -> bool:
    return any(b.commands for b in _runs(page))


def _is_slow(page: Path) -> bool:
    return any(b.mark == "slow" for b in blocks(page))


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_calls_are_accepted_by_the_command_line(page: Path) -> None:
    group = get_command(app)
    for block in blocks(page):
        for words in dartmath_calls(block):
            where = f"{page.name}:{block.line}: dartmath {' '.join(words)}"
            assert refusal(group, words) == "", where


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_verbs_in_the_prose_exist(page: Path) -> None:
    assert named_verbs(page) <= set(VERBS)


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_console_blocks_mark_their_commands(page: Path) -> None:
    unmarked = [b.line for b in blocks(page) if b.language == "console" and not b.commands]
    assert not unmarked, "a console block shows its commands after `$ `"


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    "page", [p for p in PAGES if _has_commands(p) and not _is_slow(p)], ids=lambda p: p.name
)
def test_commands_run(page: Path, tmp_path: Path) -> None:
    run_page(page, tmp_path, seconds=300)


@pytest.mark.slow
@pytest.mark.timeout(14_400)
@pytest.mark.parametrize("page", [p for p in PAGES if _has_commands(p) and _is_slow(p)], ids=lambda p: p.name)
def test_long_commands_run(page: Path, tmp_path: Path) -> None:
    run_page(page, tmp_path, seconds=1200)


def run_page(page: Path, folder: Path, *, seconds: int) -> None:
    """Write the files and run the commands of a page, in order, in one folder.

    `seconds` are of processor time, for each process: how long a command waits for other work on the machine
    says nothing of it.
    """
    for name in _BORROWED:
        (folder / name).symlink_to(CHECKOUT / name)
    for block in _runs(page):
        if block.title:
            (folder / block.title).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.title).write_text("\n".join(block.lines) + "\n", encoding="utf-8")
        for command in block.commands:
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", f"ulimit -t {seconds}\n{command}"],
                cwd=folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{page.name}:{block.line}: {command}\n{done.stdout}\n{done.stderr}"


def _environment() -> dict[str, str]:
    here = str(Path(sys.executable).parent)
    made = {**os.environ, "PATH": f"{here}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
    data = CHECKOUT.parent / "shared" / "data"
    if "DARTMATH_DATA" not in made and data.is_dir():
        made["DARTMATH_DATA"] = str(data)
    return made
