"""Puts the recipes and launch files of the checkout into the installed package."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

FOLDERS = ("recipes", "launch")


class BuildWithFolders(build_py):
    """`build_py`, then `recipes/` as `dartmath/recipes/`, and so on."""

    def run(self) -> None:
        super().run()
        # An editable install reads the checkout.
        if not self.editable_mode:
            for name in FOLDERS:
                shutil.copytree(name, Path(self.build_lib) / "dartmath" / name, dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildWithFolders})
