"""`dartmath train`: fine-tune a model on a training set, with exact packing."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dartmath.base.errors import ConfigError
from dartmath.cli._options import parse_set, resolve_section, section_options
from dartmath.cli._shared import JsonOption, SetOption, TrainingDataOption
from dartmath.training.config import TrainingSection

if TYPE_CHECKING:
    from dartmath.pipeline.training import TrainingRequest
    from dartmath.training.plan import Plan
    from dartmath.training.summary import TrainingSummary


@section_options(TrainingSection)
def command(
    recipe: Annotated[
        str | None, typer.Argument(help="Recipe to take everything from; without one, --model and --data.")
    ] = None,
    *,
    data: TrainingDataOption = None,
    out: Annotated[Path | None, typer.Option(help="Output folder; `model` in the recipe's folder.")] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Show steps, tokens, memory and hours; load and train nothing.")
    ] = False,
    probe: Annotated[
        bool, typer.Option("--probe", help="With --plan: make a few steps here, and reckon with their pace.")
    ] = False,
    device: Annotated[
        str | None, typer.Option(help="Device that --plan reckons with: A100 (default), H100 ..., or CPU.")
    ] = None,
    mfu: Annotated[float, typer.Option(help="Share of the device's peak that --plan expects.")] = 0.4,
    rows: Annotated[int | None, typer.Option(help="Rows that --plan reckons with, where no data is.")] = None,
    tokens_per_row: Annotated[
        float | None, typer.Option(help="Mean tokens of a row, prompt included, for --plan with --rows.")
    ] = None,
    set_: SetOption = None,
    as_json: JsonOption = False,
    overrides: dict[str, Any],
) -> None:
    """Fine-tune a model on a training set: loss on the response alone, sequences packed exactly; or on
    preferences.

    The same command again goes on from the newest checkpoint; a finished run does nothing. On
    several GPUs give --gpus, or start it with accelerate or torchrun.

    Examples:
        dartmath train tiny
        dartmath train --model smollm2-135m-instruct --data runs/tiny/dataset --batch-size 4 --epochs 1
        dartmath train tiny --lora-rank 16 --learning-rate 2e-4 --out runs/tiny/lora
        dartmath train --model smollm2-135m-instruct --objective dpo --data pairs.jsonl --learning-rate 1e-6
        dartmath train dart-math/mistral-7b-prop2diff --plan
        dartmath train dart-math/mistral-7b-prop2diff --data hub:hkust-nlp/dart-math-hard --gpus 8
    """
    from dartmath.pipeline.training import training_request
    from dartmath.training.job import is_main

    request = training_request(
        recipe, overrides, parse_set(set_), data=data, out=out, resolve=resolve_section
    )
    if probe and not plan:
        raise ConfigError("--probe measures the pace for a plan; give --plan too")
    if plan:
        made = request.plan(
            device=device or _device(probe), mfu=mfu, rows=rows, tokens_per_row=tokens_per_row, probe=probe
        )
        show_plan(made, as_json)
        return
    summary = request.train()
    if is_main():
        show_summary(summary, request, as_json)


def _device(probe: bool) -> str:
    """What to plan for where nobody says: of a probe the device that it runs on, else the paper's."""
    if not probe:
        return "A100"
    from dartmath.training.hardware import known_device

    return known_device()


def show_summary(summary: TrainingSummary, request: TrainingRequest, as_json: bool) -> None:
    """Print what was trained."""
    from dartmath.base.terminal import print_json, print_table

    if as_json:
        print_json(asdict(summary))
        return

    rows = [
        ("examples", f"{summary.examples:,}"),
        ("rows dropped", ", ".join(f"{n:,} {why}" for why, n in summary.dropped.items()) or "0"),
        _sequences(summary, request.section),
        ("optimiser steps", f"{summary.steps:,}"),
        ("tokens", f"{summary.tokens:,} at {summary.tokens_per_second:,.0f}/s"),
        ("loss, first to last tenth", f"{summary.first_loss:.4f} -> {summary.last_loss:.4f}"),
        ("trained parameters", f"{summary.trainable:,} of {summary.parameters:,}"),
    ]
    print_table(f"trained: {request.out}", ("", ""), rows)


def _sequences(summary: TrainingSummary, section: TrainingSection) -> tuple[str, str]:
    """What a batch counts, and how many there are."""
    names = {"dpo": "pairs", "kto": "responses"}
    if section.objective in names:
        return names[section.objective], f"{summary.sequences:,}"
    return "packed sequences", f"{summary.sequences:,} ({summary.efficiency:.1%} full)"


def show_plan(plan: Plan, as_json: bool) -> None:
    """Print a plan."""
    from dartmath.base.terminal import print_json, print_table

    if as_json:
        print_json({**asdict(plan), "memory_gib": {m.sharding: round(m.total, 1) for m in plan.memory}})
        return

    layout = plan.layout
    batch = f"{layout.gpus} GPUs x {layout.micro_batch} x {layout.accumulation} accumulated"
    print_table(
        "plan",
        ("", ""),
        [
            ("data", f"{plan.data.rows:,} rows, {plan.data.tokens:,} tokens ({plan.data.source})"),
            ("packed sequences", f"{plan.data.sequences:,} per epoch"),
            ("batch", f"{layout.batch_size} sequences = {batch}"),
            ("optimiser steps", f"{plan.steps:,}, of which {plan.warmup:,} warm up"),
            ("tokens of the run", f"{plan.tokens:,}"),
            ("parameters", f"{plan.parameters / 1e9:.2f} B, trained {plan.trainable / 1e9:.2f} B"),
            ("time", f"{_time(plan.hours)} on {layout.gpus} x {plan.device} at {_pace(plan)}"),
            ("disk", f"{plan.disk_gib:.1f} GiB at the most"),
        ],
    )
    rows = [
        (
            m.sharding,
            *(f"{v:.1f}" for v in (m.weights, m.gradients, m.optimiser, m.activations)),
            *(f"{v:.1f}" for v in (m.beside, m.total)),
            "yes" if m.total <= plan.device_gib else "no",
        )
        for m in plan.memory
    ]
    columns = ("GiB per device", "weights", "gradients", "optimiser", "activations", "else", "total", "fits")
    print_table(f"memory ({plan.device}: {plan.device_gib:.0f} GiB)", columns, rows)


def _pace(plan: Plan) -> str:
    """What the time was reckoned with."""
    if plan.pace is None:
        return f"{plan.mfu:.0%} MFU"
    return f"{plan.pace.tokens_per_second:,.0f} tokens/s each (measured; peak {plan.pace.peak_gib:.1f} GiB)"


def _time(hours: float) -> str:
    return f"{hours:.1f} h" if hours >= 1 else f"{60 * hours:.1f} min"
