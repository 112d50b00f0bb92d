"""The wheel carries everything: it installs into an empty environment and works there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from core_tour import Tour
from dartmath.recipe import builtin_recipes

CHECKOUT = Path(__file__).parents[1]
# Without it, so that neither pip nor Python takes this checkout for an installed package.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
SOURCES = ("src", "recipes", "launch", "pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the sources."""
    folder = tmp_path_factory.mktemp("checkout")
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in SOURCES:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignore)
        else:
            shutil.copy(source, folder / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", "dist", "."]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if built.returncode and "No matching distribution found for setuptools" in built.stderr:
        pytest.skip("no package index to take the build tools from")
    assert built.returncode == 0, built.stderr
    return next((folder / "dist").glob("*.whl"))


@pytest.mark.slow
def test_everything_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    package = CHECKOUT / "src" / "dartmath"
    data = {
        p.relative_to(CHECKOUT / "src").as_posix()
        for p in package.rglob("*")
        if p.is_file() and p.suffix != ".pyc"
    }
    recipes = {f"dartmath/recipes/{name}.yaml" for name in builtin_recipes()}
    assert "dartmath/py.typed" in data
    launch = {"dartmath/launch/zero3.yaml", "dartmath/launch/fsdp2.yaml"}
    assert data | recipes | launch <= names


@pytest.mark.slow
def test_installed_in_an_empty_environment_it_works(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "empty", with_pip=True)
    program = tmp_path / "empty" / "bin" / "python"
    subprocess.run(
        [program, "-m", "pip", "install", "--quiet", "--no-deps", wheel], check=True, env=ENVIRONMENT
    )
    # The dependencies of this environment serve, but not its dartmath.
    packages = next((tmp_path / "empty" / "lib").glob("python3*/site-packages"))
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [program.with_name("dartmath"), *arguments],
            cwd=tmp_path,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "dartmath run tiny" in run("--help")
    listed = run("recipes")
    assert all(name in listed for name in builtin_recipes())
    assert run("recipes", "show", "tiny") == (CHECKOUT / "recipes" / "tiny.yaml").read_text()
    place = subprocess.run(
        [program, "-c", "import dartmath; print(dartmath.__file__)"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(place.stdout.strip()).is_relative_to(tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(1800)  # how long packages take to arrive says nothing of them
def test_installed_as_it_comes_it_has_no_torch_and_its_verbs_work(wheel: Path, tmp_path: Path) -> None:
    """The core from the package index alone, in an environment that holds nothing else."""
    venv.create(tmp_path / "core", with_pip=True)
    program = tmp_path / "core" / "bin" / "python"
    command = [str(program), "-m", "pip", "install", "--quiet", str(wheel)]
    installed = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if installed.returncode and "No matching distribution" in installed.stderr:
        pytest.skip("no package index to take the core's libraries from")
    assert installed.returncode == 0, installed.stderr
    packages = next((tmp_path / "core" / "lib").glob("python3*/site-packages"))
    here = {path.name for path in packages.iterdir()}
    assert not here & {"torch", "transformers", "datasets", "scipy", "pandas", "sympy", "plotly", "trl"}
    size = sum(path.stat().st_size for path in packages.rglob("*") if path.is_file())
    assert size < 500e6
    (tmp_path / "work").mkdir()
    tour = Tour(str(program), tmp_path / "work", {**ENVIRONMENT, "HF_HUB_OFFLINE": "1"})
    tour.verify()
    tour.offline()
    tour.refusals()
