"""Preflight: what a later stage of a run would refuse, refused before the first sample is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from dartmath.base.extras import require
from dartmath.base.functions import load_function
from dartmath.model import resolve_model
from dartmath.prompts.template import load_template
from dartmath.recipe import Recipe
from dartmath.sampling.config import TeacherSection


def check_recipe(recipe: Recipe) -> None:
    """Look up everything that `recipe` names; loads benchmarks, but no model.

    Raises what the stages would raise: `UnknownNameError`, `DataError`, `ConfigError` or
    `MissingDependencyError`.
    """
    _check_libraries(recipe)
    load_template(recipe.template)
    _check_functions(recipe)
    _check_training(recipe)
    _check_data(recipe)


def _check_libraries(recipe: Recipe) -> None:
    from dartmath.engines import NEEDS
    from dartmath.training.run import NEEDS as TRAINING

    if recipe.engine.kind in NEEDS:
        require(*NEEDS[recipe.engine.kind], purpose=f"engine {recipe.engine.kind!r}")
    _check_teachers(recipe.sampling.teachers)
    require(*recipe.sampling.log_to, purpose="sampling.log_to")
    if recipe.training:
        require(*TRAINING, purpose="training")


def _check_functions(recipe: Recipe) -> None:
    """Functions of the user's own, which are loaded and, where that costs nothing, called."""
    from dartmath.curation.check import KEY as CHECK
    from dartmath.judging.grader import judge_record
    from dartmath.verify.custom import is_own, load_own

    for policy in filter(None, (recipe.sampling.policy, recipe.curation.policy)):
        policy.target(1, 0)
    benchmarks = recipe.evaluation.benchmarks if recipe.evaluation else ()
    for source in (*recipe.queries, *benchmarks):
        if is_own(source.verifier):
            load_own(source.verifier)
    judge_record(recipe.sampling.judge, (source.verifier for source in recipe.queries))
    if recipe.evaluation:
        judge_record(recipe.evaluation.judge, (source.verifier for source in benchmarks))
    if recipe.curation.check:
        load_function(recipe.curation.check, CHECK)


def _check_training(recipe: Recipe) -> None:
    from dartmath.training.launch import launch_file
    from dartmath.training.layout import batch_layout

    if recipe.training is None:
        return
    load_template(recipe.training.template or recipe.template)
    resolve_model(recipe.training.model or recipe.model.name)
    batch_layout(recipe.training)
    if recipe.training.launch:
        launch_file(recipe.training.launch)


def _check_data(recipe: Recipe) -> None:
    """Data sets and published scores; what takes longest comes last."""
    from dartmath.evaluation.published import find_published
    from dartmath.evaluation.run import load_benchmarks
    from dartmath.queries.config import QuerySource
    from dartmath.queries.load import load

    for name in recipe.report.published:
        find_published(name)
    for name in recipe.curation.decontaminate:
        load(QuerySource(dataset=name))
    if recipe.evaluation:
        load_benchmarks(recipe.evaluation)


def _check_teachers(teachers: Sequence[TeacherSection]) -> None:
    from dartmath.engines import NEEDS

    for teacher in teachers:
        if teacher.engine and teacher.engine.kind in NEEDS:
            require(*NEEDS[teacher.engine.kind], purpose=f"the engine of teacher {teacher.name!r}")
        if teacher.template:
            load_template(teacher.template)
        if teacher.model:
            resolve_model(teacher.model.name)
