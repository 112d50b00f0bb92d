"""Puts the recipes, which lie at the top of the checkout, into the installed package."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithRecipes(build_py):
    """`build_py`, then `recipes/` as `dartmath/recipes/`."""

    def run(self) -> None:
        super().run()
        # An editable install reads the checkout.
        if not self.editable_mode:
            target = Path(self.build_lib) / "dartmath" / "recipes"
            shutil.copytree("recipes", target, dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildWithRecipes})
