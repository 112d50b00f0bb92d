"""`dartmath report`: one offline HTML report, or its main figure as SVG."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dartmath.cli._shared import JsonOption, OverwriteOption


def command(
    runs: Annotated[list[Path], typer.Argument(help="Run folders, or output folders of single stages.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="The HTML file [default: report.html in the run's folder; of several, here]."),
    ] = None,
    title: Annotated[str | None, typer.Option(help="Title; the names of the runs when absent.")] = None,
    samples: Annotated[int, typer.Option(min=0, help="Most responses to look at.")] = 600,
    seed: Annotated[int, typer.Option(help="Seed that draws them.")] = 0,
    published: Annotated[
        list[str] | None, typer.Option(help="Published model whose scores stand beside the results.")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(help="Write only the figure of responses per query, as SVG.")
    ] = None,
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write one HTML file about one run, or about several side by side; it needs no network.

    Examples:
        dartmath report runs/tiny --out tiny.html
        dartmath report runs/uniform runs/prop2diff --out both.html
        dartmath report runs/gsm8k --published dart-math-llama3-8b-uniform
        dartmath report runs/tiny --figure responses.svg
    """
    if figure is not None:
        from dartmath.base.errors import ConfigError
        from dartmath.report import figure_svg

        of_page = {"--out": out, "--title": title, "--published": published}
        if vain := [flag for flag, value in of_page.items() if value]:
            raise ConfigError(f"{', '.join(vain)}: of the page, which --figure does not write; leave it out")
        if len(runs) > 1:
            raise ConfigError(f"--figure is of one run, and {len(runs)} are given; call it for each of them")
        _say(figure_svg(runs[0], figure), written=True, as_json=as_json)
        return
    from dartmath.base.ownership import owner_of
    from dartmath.report import write_report

    out = out or (runs[0] if len(runs) == 1 else Path()) / "report.html"
    from dartmath.evaluation.published import find_published

    for name in published or ():
        find_published(name)
    path = write_report(
        runs,
        out,
        title=title,
        samples=samples,
        seed=seed,
        published=published or (),
        overwrite=overwrite,
    )
    _say(path, written=owner_of(path)[0] == "dartmath", as_json=as_json)


def _say(path: Path, *, written: bool, as_json: bool) -> None:
    """Say what was written; a file of somebody's was kept, and that is said already."""
    from dartmath.base.terminal import info, print_json

    size = path.stat().st_size
    if as_json:
        print_json({"path": str(path), "size": size, "written": written})
    elif written:
        info(f"wrote {path} ({size / 1e6:.1f} MB)")
