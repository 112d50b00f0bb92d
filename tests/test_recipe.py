"""Recipes: strict keys with the nearest name, overrides, round trip."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import pytest

from dartmath.base.errors import ConfigError, DataError, UnknownNameError
from dartmath.base.section import validate
from dartmath.prompts.template import load_template
from dartmath.recipe import Recipe, builtin_recipes, load_recipe, run_name, set_key, with_keys
from dartmath.sampling.policy import Custom

MINIMAL: dict[str, Any] = {
    "name": "mine",
    "model": {"name": "some/model"},
    "queries": [{"dataset": "math/train"}],
}


def write(folder: Path, text: str) -> str:
    path = folder / "recipe.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ({"sampling": {"temprature": 1}}, "unknown key 'sampling.temprature'; did you mean \"temperature\"?"),
        ({"sampling": {"policy": {"kind": "prop2diff", "pilott": 1}}}, 'did you mean "pilot"?'),
        ({"queries": [{"dataset": "x", "selct": {}}]}, "'queries.0.selct'; did you mean \"select\"?"),
        ({"sampling": {"policy": {"kind": "vrt", "pilot": 1}}}, "unknown key 'sampling.policy.pilot'"),
        ({"training": {"lora": {"rnk": 1}}}, 'did you mean "rank"?'),
        ({"engine": {"kind": "vlm"}}, "engine.kind: there is no 'vlm'; did you mean \"vllm\"?"),
        ({"sampling": {"policy": {"k": 3}}}, "sampling.policy.kind is missing; one of: vrt, uniform,"),
        ({"queries": [{"dataset": "x", "band": 3}]}, "queries.0.band: not a text: 3; put it in quotes"),
        ({"engine": "vllm"}, "engine: not a section: 'vllm'; write engine: {kind: vllm}"),
        ({"model": "me/it"}, "model: not a section: 'me/it'; its keys are dtype, name, revision"),
        (
            {"curation": {"decontaminate": "math/test"}},
            "not a list: 'math/test'; put it in brackets",
        ),
        ({"queries": [{}]}, "the key 'queries.0.dataset' is missing"),
        ({"sampling": {"top_p": 0}}, "sampling.top_p: Input should be greater than 0 (got 0)"),
        ({"sampling": {"policy": {"kind": "vrt", "trials": "x"}}}, "sampling.policy.trials: "),
        ({"name": "no spaces"}, "name: "),
        ({"name": ".."}, "name: "),
        ({"name": "a" * 101}, "name: "),
        ({"name": dt.date(2024, 1, 1)}, "name: not a text: 2024-01-01; put it in quotes"),
        ({"sampling": None}, "sampling: the section is empty; its keys are "),
        ({"sampling": {"max_tokens": True}}, "sampling: max_tokens is a number, not true"),
        ({"sampling": {"policy": {"kind": "band", "low": False}}}, "low is a number, not false"),
        ({"sampling": {"temperature": math.inf}}, "sampling.temperature: Input should be a finite number"),
        ({"queries": []}, "queries: "),
        ({"sampling": {"budget": {"money": 5}}}, "sampling: budget.money stops nothing without a price"),
    ],
)
def test_bad_key_or_value_is_named(bad: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        validate(Recipe, {**MINIMAL, **bad}, where="recipe.yaml")
    assert says in str(caught.value)


def test_every_bad_key_is_listed_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        validate(Recipe, {**MINIMAL, "sede": 1, "templat": "qa"}, where="recipe.yaml")
    assert len(str(caught.value).splitlines()) == 2


def test_resolved_recipe_round_trips(tmp_path: Path) -> None:
    recipe = validate(Recipe, {**MINIMAL, "training": {}, "evaluation": {}}, where="recipe.yaml")
    assert load_recipe(write(tmp_path, recipe.to_yaml())) == recipe


@pytest.mark.parametrize("defaults", [True, False])
def test_passwords_of_servers_are_not_written(defaults: bool) -> None:
    engine = {"kind": "openai", "base_urls": ["https://me:sesame@host:8000/v1?token=open"]}
    recipe = validate(Recipe, {**MINIMAL, "engine": engine, "evaluation": {"engine": engine}}, where="x")
    text = recipe.to_yaml(defaults=defaults)
    assert text.count("https://host:8000/v1") == 2
    assert "sesame" not in text and "open\n" not in text
    assert "sesame" not in str(recipe.model_dump(mode="json"))
    assert recipe.engine.base_urls == engine["base_urls"]  # type: ignore[union-attr]


def test_other_keys_leave_the_rest_as_it_was_given() -> None:
    engine = {"kind": "openai", "base_urls": ["https://me:sesame@host:8000/v1?token=open"]}
    data = {**MINIMAL, "engine": engine, "sampling": {"policy": {"kind": "uniform", "k": 3}}, "training": {}}
    recipe = validate(Recipe, data, where="x")
    keys = {
        "sampling.policy.cap": 9,
        "training.lora.rank": 4,
        "curation.seed": 1,
        "model.name": "other/model",
    }
    changed = with_keys(recipe, keys, where="test")
    expected = {
        **data,
        "model": {"name": "other/model"},
        "sampling": {"policy": {"kind": "uniform", "k": 3, "cap": 9}},
        "training": {"lora": {"rank": 4}},
        "curation": {"seed": 1},
    }
    assert changed == validate(Recipe, expected, where="x")
    assert changed.sampling.grading.tolerance.model_fields_set == set()
    assert (
        with_keys(changed, {"sampling.policy": {"kind": "vrt"}}, where="test").sampling.policy.kind == "vrt"
    )
    assert with_keys(recipe, {}, where="test") == recipe
    with pytest.raises(ConfigError, match=r"test: unknown key 'curation\.sed'; did you mean \"seed\""):
        with_keys(recipe, {"curation.sed": 1}, where="test")


@pytest.mark.parametrize("name", sorted(builtin_recipes()))
def test_a_recipe_without_its_defaults_is_the_same(name: str, tmp_path: Path) -> None:
    recipe = load_recipe(name)
    short = recipe.to_yaml(defaults=False)
    assert load_recipe(write(tmp_path, short)) == recipe
    assert len(short) < len(recipe.to_yaml()) and "null" not in short


def test_the_home_folder_is_found_in_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine.yaml").write_text("before_query: 'Q: '\n")
    (tmp_path / "mine.py").write_text("def most(trials, correct, k):\n    return k\n")
    recipe = validate(Recipe, {**MINIMAL, "run": "~/runs/x"}, where="x")
    assert recipe.folder == tmp_path / "runs" / "x"
    assert load_template("~/mine.yaml").before_query == "Q: "
    assert Custom(function="~/mine.py:most", k=3).target(0, 0) == 3


def test_overrides_reach_nested_keys(tmp_path: Path) -> None:
    path = write(tmp_path, validate(Recipe, MINIMAL, where="x").to_yaml())
    recipe = load_recipe(path, {"sampling.policy.k": 8, "queries.0.select.n": 3, "training.lora.rank": 4})
    assert recipe.sampling.policy.k == 8  # type: ignore[union-attr]
    assert recipe.queries[0].select.n == 3
    assert recipe.training is not None and recipe.training.lora is not None
    assert recipe.training.lora.rank == 4


def test_another_kind_drops_the_keys_of_the_old_one() -> None:
    data = {"policy": {"kind": "prop2diff", "pilot": 8}}
    set_key(data, "policy.kind", "vrt")
    assert data == {"policy": {"kind": "vrt"}}


@pytest.mark.parametrize(
    "dotted", ["queries.7.band", "queries.x", "queries.²", "queries.0.dataset.x", "name.deeper", "list.0.x"]
)
def test_override_of_nothing_is_an_error(dotted: str) -> None:
    with pytest.raises(ConfigError, match=dotted.split(".", maxsplit=1)[0]):
        set_key({**MINIMAL, "list": ["no section"]}, dotted, 1)


@pytest.mark.parametrize("text", ["/data/my sums.jsonl", "..", "", "-x", "Qwen/Qwen2.5-Math-7B", "é" * 300])
def test_any_text_gives_the_name_of_a_run(text: str) -> None:
    assert validate(Recipe, {**MINIMAL, "name": run_name(text)}, where="x").folder.name == run_name(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name: a\nqueries: [\n", r"recipe\.yaml:3: not valid YAML"),
        ("name: a\n\tseed: 1\n", r"recipe\.yaml:2: not valid YAML"),
        ("name: a\nseed: 1\nname: b\n", r"recipe\.yaml:3: the key 'name' is said twice; first on line 1"),
        ("model: {name: x}\nqueries:\n  - {dataset: a, dataset: b}\n", r"yaml:3: .*said twice"),
        ("- just\n- a list\n", r"recipe\.yaml: a recipe is a mapping"),
        ("", r"recipe\.yaml: a recipe is a mapping"),
        ("a: *b\n", r"recipe\.yaml:1: not valid YAML"),
        ("name: 2024-13-45\n", r"recipe\.yaml: cannot be read: month must be in 1\.\.12"),
        ("a: " + "[" * 5000, r"recipe\.yaml: nested too deeply"),
        ("a: !!python/object/apply:os.getcwd []\n", r"recipe\.yaml:1: not valid YAML"),
        ("name: a\r\nseed: 010\r\n", r"recipe\.yaml:2: 010 is 8 in YAML"),
        ("name: a\nsampling: {max_tokens: -0_17}\n", r"recipe\.yaml:2: -0_17 is -15 in YAML"),
        ("name: a\nseed: 1:30\n", r"recipe\.yaml:2: 1:30 is 90 in YAML"),
        ("sampling:\n  temperature: 1:30.5\n", r"recipe\.yaml:2: 1:30\.5 is 90\.5 in YAML"),
    ],
)
def test_a_file_that_is_no_recipe(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        load_recipe(write(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "sampling:\n  temperature: 1\n  temprature: 2\n",
            "recipe.yaml:6: unknown key 'sampling.temprature'",
        ),
        (
            "sampling:\n  policy: {kind: vrt, pilot: 1}\n",
            "recipe.yaml:5: unknown key 'sampling.policy.pilot'",
        ),
        ("training:\n  epochs: many\n", "recipe.yaml:5: training.epochs: "),
        (
            "sampling:\n  policy: {kind: band, low: 0.9, high: 0.1}\n",
            "low 0.9 is above high 0.1, so no query lies in the band",
        ),
    ],
)
def test_errors_name_the_line(tmp_path: Path, text: str, says: str) -> None:
    path = write(tmp_path, "name: a\nmodel: {name: x}\nqueries: [{dataset: math/train}]\n" + text)
    with pytest.raises(ConfigError) as caught:
        load_recipe(path)
    assert says in str(caught.value)


def test_other_numbers_are_read_as_they_look(tmp_path: Path) -> None:
    text = "seed: 08\nsampling: {max_tokens: 2_048, temperature: 1e-1, top_p: .5, budget: {samples: 0x10}}\n"
    recipe = load_recipe(
        write(tmp_path, f"name: '010'\nmodel: {{name: x}}\nqueries: [{{dataset: a}}]\n{text}")
    )
    sampling = recipe.sampling
    found = (recipe.name, recipe.seed, sampling.max_tokens, sampling.temperature, sampling.top_p)
    assert found == ("010", 8, 2048, 0.1, 0.5)
    assert sampling.budget.samples == 16
    assert load_recipe(write(tmp_path, recipe.to_yaml())) == recipe


def test_errors_of_overrides_name_the_override() -> None:
    with pytest.raises(ConfigError, match=r"^--set sampling.temprature: unknown key"):
        load_recipe("tiny", {"sampling.temprature": 1})


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file; `dartmath recipes` lists"):
        load_recipe(str(tmp_path / "none.yaml"))
    with pytest.raises(DataError, match="a folder, not a recipe"):
        load_recipe(str(tmp_path))


def test_unknown_recipe_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="tiny"):
        load_recipe("tinny")


@pytest.mark.parametrize("name", sorted(builtin_recipes()))
def test_every_built_in_recipe_loads_and_says_what_it_is(name: str) -> None:
    path = builtin_recipes()[name]
    assert load_recipe(name).name
    header = path.read_text(encoding="utf-8").split("\n\n")[0]
    assert header.startswith("# ") and "dartmath" in header, "the header names the command to run"
