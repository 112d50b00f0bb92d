"""The documentation site builds without warnings and loads nothing from the network."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docs.pages import CHECKOUT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(CHECKOUT / "docs", folder / "docs")
    shutil.copy(CHECKOUT / "zensical.toml", folder)
    program = Path(sys.executable).with_name("zensical")
    built = subprocess.run(
        [program, "build", "--strict", "--clean"], cwd=folder, capture_output=True, text=True, check=False
    )
    shown = re.sub(r"\x1b\[[0-9;]*m", "", built.stdout)
    assert built.returncode == 0, shown or built.stderr
    return folder / "site"


def test_every_page_is_built(site: Path) -> None:
    pages = {p.relative_to(CHECKOUT / "docs").with_suffix(".html") for p in (CHECKOUT / "docs").rglob("*.md")}
    assert pages <= {p.relative_to(site) for p in site.rglob("*.html")}


def test_every_page_can_be_reached(site: Path) -> None:
    listed = (CHECKOUT / "zensical.toml").read_text(encoding="utf-8")
    pages = [p.relative_to(CHECKOUT / "docs").as_posix() for p in (CHECKOUT / "docs").rglob("*.md")]
    named = re.findall(r'"([\w/-]+\.md)"', listed)
    assert sorted(named) == sorted(pages), "list every page once in nav of zensical.toml"


def test_nothing_is_loaded_from_the_network(site: Path) -> None:
    loads = re.compile(r"<(?:script|img|iframe)[^>]*\bsrc=\"?https?:|<link[^>]*rel=\"?stylesheet[^>]*https?:")
    for page in site.rglob("*.html"):
        assert not loads.search(page.read_text(encoding="utf-8")), page
