"""`dartmath doctor`: what is here, what is missing, and the command that adds it."""

from __future__ import annotations

from dataclasses import asdict

from dartmath.base.errors import MissingDependencyError
from dartmath.cli._shared import JsonOption


def command(
    as_json: JsonOption = False,
) -> None:
    """Look at this machine: what is here, what is missing, and the exact command that adds it.

    Changes nothing and takes a few seconds. The exit code is 0 when the demo and local work can
    run, 3 when something required is missing.

    Examples:
        dartmath doctor
        dartmath doctor --json
    """
    from dartmath.base.terminal import print_json
    from dartmath.cli._checks import run_checks

    checks = list(run_checks())
    missing = [check.name for check in checks if check.status == "missing"]
    if as_json:
        print_json({"ready": not missing, "checks": [asdict(check) for check in checks]})
    else:
        _show([(c.area, c.name, c.status, c.found, c.fix) for c in checks])
    if missing:
        raise MissingDependencyError(
            f"dartmath cannot work without: {', '.join(missing)}; the way to add each stands above"
        )


_SIGNS = {"ok": ("✓", "green"), "optional": ("-", "dim"), "warning": ("!", "yellow"), "missing": ("✗", "red")}


def _show(rows: list[tuple[str, str, str, str, str]]) -> None:
    from rich.text import Text

    from dartmath.base.terminal import console

    out = console(stderr=False)
    last = ""
    for area, name, status, found, fix in rows:
        if area != last:
            out.print(Text(area, style="bold"))
            last = area
        sign, style = _SIGNS[status]
        out.print(Text.assemble("  ", (sign, style), f" {name:<22} {found}"), soft_wrap=True)
        if fix:
            out.print(Text(f"      {fix}", style="cyan"), soft_wrap=True)
