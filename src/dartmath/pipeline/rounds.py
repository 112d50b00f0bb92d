"""Expert iteration: a recipe in rounds, each a whole run of it with the model that the last one trained.

    round-1/ ── model ──> round-2/ ── model ──> round-3/ ...     each a run as `dartmath.pipeline` makes it
        └── evaluation ──────┴── evaluation ──────┴──> rounds.json, report.html

A round differs from an ordinary run by keys of its recipe alone, which lies in its folder: any verb works
on it. What is finished is known by the manifests of its stages, and a model by its content, so the same
command again is always right, and another model in a round's place is refused.

Sources: expert iteration (Polu et al. 2022, arXiv 2202.01344), STaR (2203.14465), RAFT (2304.06767),
ReST-EM (2312.06585).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dartmath.base.errors import ConfigError
from dartmath.base.ownership import write_owned
from dartmath.base.round_folders import round_folder
from dartmath.base.run_lock import RunLock
from dartmath.base.terminal import info, warn
from dartmath.engines.config import BatchEngine, OpenAIEngine
from dartmath.pipeline.stages import RunFolders, run_recipe
from dartmath.planning.preflight import check_recipe
from dartmath.recipe import Recipe, base_model, evaluation_engine, with_keys
from dartmath.rounds.config import RoundsSection
from dartmath.rounds.result import RoundsResult, sum_up, write_rounds

_SECTIONS = ("sampling", "curation", "training", "engine")
# What the rounds themselves decide.
_OWN = ("training.model", "training.revision", "training.datasets")
_LONGEST = 80


def run_rounds(recipe: Recipe, *, amend: bool = False) -> RoundsResult:
    """Run the rounds of `recipe` that are not finished yet, until it says stop; returns what came out.

    Raises `ConfigError` before anything runs where a round cannot work, the errors of the stages, and
    `JournalError` while another process runs into the same folder; whatever was finished before stays.
    """
    section = _check(recipe)
    root = recipe.folder
    root.mkdir(parents=True, exist_ok=True)
    with RunLock(root):
        for number in range(1, section.count + 1):
            info(f"\n══ round {number} of at most {section.count} ══ {round_folder(root, number)}")
            run_recipe(round_recipe(recipe, number), amend=amend)
            result = sum_up(root, number, section, name=recipe.name)
            _record(recipe, result)
            if result.stopped:
                break
    return result


def round_recipe(recipe: Recipe, number: int) -> Recipe:
    """The recipe of one round: an ordinary one, in a folder of its own.

    From the second on, it samples with the model of the round before, by the template with which that was
    trained, on an engine that can load it. Every round has a seed of its own, so that one that changed its
    model little does not sample the same responses again. Raises `ConfigError` for a wrong key of
    `rounds.later`.
    """
    section = _section(recipe)
    keys: dict[str, Any] = {
        "rounds": None,
        "name": f"{recipe.name[:_LONGEST]}-round-{number}",
        "run": str(round_folder(recipe.folder, number)),
        "seed": recipe.seed + number - 1,
        "report.title": f"{recipe.report.title or recipe.name}, round {number}",
    }
    if number > 1:
        keys |= {**_later(recipe, section, number), **section.later}
    return with_keys(recipe, keys, where="rounds.later")


def _later(recipe: Recipe, section: RoundsSection, number: int) -> Mapping[str, Any]:
    assert recipe.training is not None
    last = RunFolders(round_folder(recipe.folder, number - 1))
    base = base_model(recipe)
    trained = {"training.model": base.name, "training.revision": base.revision}
    if section.start == "last":
        trained = {"training.model": str(last.model), "training.revision": None}
    keys: dict[str, Any] = {
        "model": {"name": str(last.model), "dtype": recipe.model.dtype},
        "engine": evaluation_engine(recipe),
        "template": recipe.training.template or recipe.template,
        "evaluation.before": False,
        **trained,
    }
    if section.sets == "all":
        earlier = [RunFolders(round_folder(recipe.folder, one)).dataset for one in range(1, number)]
        own = list(recipe.training.datasets)
        keys["training.datasets"] = [*own, *({"path": str(folder)} for folder in earlier)]
    return keys


def _section(recipe: Recipe) -> RoundsSection:
    for key in ("rounds", "queries", "training", "evaluation"):
        if not getattr(recipe, key):
            raise ConfigError(f"recipe {recipe.name!r} has no `{key}:` section, which rounds need")
    if recipe.study:
        raise ConfigError("a study compares arms on one pool, and rounds make one each; take one of them out")
    assert recipe.rounds is not None
    return recipe.rounds


def _check(recipe: Recipe) -> RoundsSection:
    """Refuse before the first round what a later one would refuse."""
    section = _section(recipe)
    _check_later(section)
    _check_model(recipe, section)
    _check_held_out(recipe, section)
    if section.count > 1:
        # The model of the first round is not there yet; what that starts from stands for it.
        base = base_model(recipe)
        models = {"model": recipe.model, "training.model": base.name, "training.revision": base.revision}
        check_recipe(with_keys(round_recipe(recipe, 2), models, where="rounds"))
    return section


def _check_later(section: RoundsSection) -> None:
    for key in section.later:
        if key.split(".")[0] not in _SECTIONS or "." not in key or key in _OWN:
            raise ConfigError(
                f"rounds.later: {key!r} cannot differ between rounds; keys of sampling, curation, training "
                "and engine can, such as sampling.shots"
            )


def _check_model(recipe: Recipe, section: RoundsSection) -> None:
    """Whether what a round trains can be sampled with, and trained on."""
    assert recipe.training is not None
    if section.count > 1 and isinstance(evaluation_engine(recipe), OpenAIEngine | BatchEngine):
        raise ConfigError(
            "evaluation.engine: rounds after the first sample with the model just trained, which a server "
            "does not serve; set it to vllm or transformers"
        )
    if section.sets == "all" and recipe.training.objective != "sft":
        raise ConfigError(
            "rounds.sets: all adds the sets of earlier rounds, which objective "
            f"{recipe.training.objective} does not train on; set sets: last"
        )
    lora = recipe.training.lora
    if section.start == "last" and lora and not lora.merge:
        raise ConfigError(
            "rounds.start: last trains the model of the round before, which would be adapters alone; set "
            "training.lora.merge, or start: base"
        )


def _check_held_out(recipe: Recipe, section: RoundsSection) -> None:
    from dartmath.evaluation.run import load_benchmarks

    assert recipe.evaluation is not None
    known = [one.name for one in load_benchmarks(recipe.evaluation)]
    if unknown := [name for name in section.held_out if name not in known]:
        raise ConfigError(
            f"rounds.held_out: there is no benchmark {unknown[0]!r}; evaluation has {', '.join(known)}"
        )


def _record(recipe: Recipe, result: RoundsResult) -> None:
    """Write what came out so far, the recipe that made it, the report, and the cards, which name rounds."""
    from dartmath.report import write_cards, write_report

    write_rounds(recipe.folder, result)
    kept = recipe.folder / "recipe.yaml"
    if write_owned(kept, recipe.to_yaml(), of="the run") == "kept":
        warn(f"{kept} was written or edited by somebody, and is kept; it may differ from the recipe given")
    write_cards(recipe.report, recipe.folder)
    title = recipe.report.title or recipe.name
    write_report(
        [recipe.folder], recipe.folder / "report.html", title=title, published=recipe.report.published
    )
