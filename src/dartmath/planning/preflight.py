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
    from dartmath.curation.check import KEY as CHECK
    from dartmath.engines import NEEDS
    from dartmath.evaluation.published import find_published
    from dartmath.evaluation.run import load_benchmarks
    from dartmath.judging.grader import judge_record
    from dartmath.queries.config import QuerySource
    from dartmath.queries.load import load
    from dartmath.training.launch import launch_file
    from dartmath.training.layout import batch_layout
    from dartmath.training.run import NEEDS as TRAINING
    from dartmath.verify.custom import KEY, is_own

    if recipe.engine.kind in NEEDS:
        require(*NEEDS[recipe.engine.kind], purpose=f"engine {recipe.engine.kind!r}")
    _check_teachers(recipe.sampling.teachers)
    require(*recipe.sampling.log_to, purpose="sampling.log_to")
    if recipe.training:
        require(*TRAINING, purpose="training")
    load_template(recipe.template)
    for policy in (recipe.sampling.policy, recipe.curation.policy):
        if policy:
            policy.target(1, 0)  # a function of the user's own is loaded and called
    for name in recipe.report.published:
        find_published(name)
    for source in (*recipe.queries, *(recipe.evaluation.benchmarks if recipe.evaluation else ())):
        if is_own(source.verifier):
            load_function(source.verifier, KEY)
    judge_record(recipe.sampling.judge, (source.verifier for source in recipe.queries))
    if recipe.training:
        load_template(recipe.training.template or recipe.template)
        resolve_model(recipe.training.model or recipe.model.name)
        batch_layout(recipe.training)
        if recipe.training.launch:
            launch_file(recipe.training.launch)
    if recipe.curation.check:
        load_function(recipe.curation.check, CHECK)
    for name in recipe.curation.decontaminate:
        load(QuerySource(dataset=name))
    if recipe.evaluation:
        judge_record(recipe.evaluation.judge, (source.verifier for source in recipe.evaluation.benchmarks))
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
