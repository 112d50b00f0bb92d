"""The command line: one file per verb, imported only when the verb is used."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable
from importlib import import_module
from io import TextIOWrapper
from typing import Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

# In the order of the pipeline, so that `dartmath --help` reads like a tour of it.
VERBS: dict[str, tuple[str, str, str]] = {
    # verb: (panel, module, what it does)
    "run": ("Start here", "run", "Run a whole recipe: sample, curate, train, evaluate, report."),
    "recipes": ("Start here", "recipes", "List the built-in recipes, or show one."),
    "preview": ("Start here", "preview", "Show the resolved recipe, prompts and loss mask; run nothing."),
    "init": ("Start here", "init", "Write a commented recipe for your own queries."),
    "doctor": ("Start here", "doctor", "What is here, what is missing, and the command that adds it."),
    "sample": (
        "One stage at a time",
        "sample",
        "Sample responses with difficulty-aware budgets, and verify them.",
    ),
    "import": ("One stage at a time", "import_", "Make a run of responses that are there already."),
    "curate": ("One stage at a time", "curate", "Select a training set from the pool of samples."),
    "export": (
        "One stage at a time",
        "export",
        "Write a file for another trainer: messages, preference pairs, queries for RL.",
    ),
    "train": ("One stage at a time", "train", "Fine-tune a model on a training set, with exact packing."),
    "evaluate": ("One stage at a time", "evaluate", "Measure Pass@1 on benchmarks."),
    "tasks": ("One stage at a time", "tasks", "Write benchmarks as tasks of Inspect and lighteval."),
    "report": ("One stage at a time", "report", "Write one offline HTML report of one or several runs."),
    "card": ("One stage at a time", "card", "Write the model card or the dataset card."),
    "status": ("Look inside", "status", "Progress, rate, ETA and outcomes of a run, also while it runs."),
    "forecast": ("Look inside", "forecast", "Expected samples, tokens, hours and coverage of a recipe."),
    "datasets": ("Look inside", "datasets", "List the benchmarks and training sets, or look at one."),
    "verify": ("Look inside", "verify", "Judge an answer against a reference, and say why."),
    "compare": ("Look inside", "compare", "Compare two evaluations, or one with published numbers."),
    "regrade": ("Look inside", "regrade", "Verify stored responses again, and list the disagreements."),
    "consensus": (
        "Look inside",
        "consensus",
        "References for queries without, from what the responses agree on.",
    ),
    "study": (
        "Look inside",
        "study",
        "Compare policies, checks or training on one pool, over sizes and seeds.",
    ),
    "lr-search": ("Look inside", "lr_search", "Search the learning rate by short runs on a benchmark."),
    "push": ("Publish", "push", "Push a model or a data set to the Hub, or list what would be."),
}
# Full disks and missing permissions: nothing that a traceback explains.
_FAULTS_OF_THE_MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM)
# Paths that are not what was expected of them; neither is this.
_FAULTS_OF_A_PATH = (
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EEXIST,
    errno.ENAMETOOLONG,
    errno.ELOOP,
)
PANELS = ("Start here", "One stage at a time", "Look inside", "Publish")


class LazyGroup(TyperGroup):
    """A group whose verbs are imported when they are called, so that help stays instant."""

    _listing = False

    def list_commands(self, ctx: Any) -> list[str]:
        """Verbs in the order of their panels, then of the table."""
        return sorted(VERBS, key=lambda verb: PANELS.index(VERBS[verb][0]))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The verb's command; while help is drawn, only its name and one-line help."""
        if cmd_name not in VERBS:
            return None
        panel, _, summary = VERBS[cmd_name]
        if self._listing:
            return TyperCommand(cmd_name, help=summary, rich_help_panel=panel)
        return load_verb(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """As the base class, with the nearest verb named when there is none."""
        wrong = bool(args) and not args[0].startswith("-") and args[0] not in VERBS
        if wrong and not ctx.resilient_parsing:
            from dartmath.base.errors import UnknownNameError

            raise UnknownNameError("command", args[0], VERBS)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """As the base class, with Ctrl-C as an error of the tree."""
        from dartmath.base.errors import Interrupted

        try:
            return super().invoke(ctx)
        except typer.Abort:
            raise Interrupted("stopped; nothing was done") from None
        except ModuleNotFoundError as error:
            from dartmath.base.extras import missing_package

            raise missing_package(error) or error from error
        except KeyboardInterrupt:
            raise Interrupted("stopped; what was finished is kept, and the same command goes on") from None

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Draw the help without importing any verb."""
        self._listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._listing = False

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Complete verbs without importing any."""
        self._listing = True
        try:
            return super().shell_complete(ctx, incomplete)
        finally:
            self._listing = False


def load_verb(verb: str) -> Any:
    """The command of one of `VERBS`."""
    loaded = import_module(f"dartmath.cli.{VERBS[verb][1]}")
    app = getattr(loaded, "app", None)
    if app is None:
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(verb)(loaded.command)
    command = get_command(app)
    command.name = verb
    for one in (command, *getattr(command, "commands", {}).values()):
        one.help = _keep_lines_of_examples(one.help or "")
        _explain_options(one)
    return command


def _explain_options(command: Any) -> None:
    """Let a wrong option be answered as every other mistake is: with its value and the way out."""
    parse = command.parse_args

    def explained(ctx: Any, args: list[str]) -> Any:
        given = list(args)
        try:
            return parse(ctx, args)
        except Exception as error:
            # click's own, which typer carries under one name or another.
            kinds = {
                "NoSuchOption": _no_option,
                "BadParameter": _bad_value,
                "MissingParameter": _missing,
                "BadOptionUsage": _lacks_value,
                "UsageError": _one_too_many,
            }
            explain = kinds.get(type(error).__name__)
            if explain is None or ctx.resilient_parsing:
                raise
            raise explain(error, ctx, given) from None

    command.parse_args = explained


def _no_option(error: Any, ctx: Any, given: list[str]) -> Exception:
    from dartmath.base.errors import UsageError, nearest

    name = str(error.option_name)
    if name.lstrip("-")[:1].isdigit():
        way = "; if it is an answer, put `--` before it, and before all that follows"
        return UsageError(f"{ctx.command_path} has no option {name}{way}")
    known = [one for p in ctx.command.params for one in p.opts if one.startswith("--")]
    close = nearest(name, known)
    way = close if "did you mean" in close else f"; `{ctx.command_path} --help` lists its options"
    if "--set" in known:
        way += "; any key of a recipe is set by --set KEY=VALUE"
    return UsageError(f"{ctx.command_path} has no option {name}{way}")


def _missing(error: Any, ctx: Any, given: list[str]) -> Exception:
    from dartmath.base.errors import ConfigError

    param = error.param
    flag = next((one for one in param.opts if one.startswith("--")), "")
    form = str(param.metavar or "VALUE" if flag else param.name).upper()
    told = " ".join((param.help or "").split()).rstrip(".")
    what = f"{flag} {form}".strip() + (f" ({told})" if told else "")
    return ConfigError(f"missing: {what}; `{ctx.command_path} --help` shows examples")


def _bad_value(error: Any, ctx: Any, given: list[str]) -> Exception:
    from dartmath.base.errors import ConfigError

    names = list(getattr(error.param, "opts", ()))
    if not names:
        return error  # type: ignore[no-any-return]
    value = next((given[i + 1] for i, word in enumerate(given[:-1]) if word in names), None)
    value = value or next((w.partition("=")[2] for w in given if w.partition("=")[0] in names), None)
    said = error.message.rstrip(".")
    return ConfigError(f"{names[0]}: {said}" + ("" if value is None else f" (got {value!r})"))


def _lacks_value(error: Any, ctx: Any, given: list[str]) -> Exception:
    from dartmath.base.errors import UsageError

    said = error.message.rstrip(".")
    return UsageError(f"{said[:1].lower()}{said[1:]}; `{ctx.command_path} --help` shows examples")


def _one_too_many(error: Any, ctx: Any, given: list[str]) -> Exception:
    """Words beyond what a verb takes."""
    from dartmath.base.errors import UsageError

    found = re.search(r"extra arguments? ?(?:\(s\))? ?\((.*)\)", error.message, re.DOTALL)
    if found is None:
        return error  # type: ignore[no-any-return]
    taken = " ".join(str(one.name).upper() for one in ctx.command.params if one.param_type_name == "argument")
    takes = f"takes {taken} and options" if taken else "takes options alone"
    return UsageError(
        f"{ctx.command_path} {takes}; too much: {found[1]!r}. What has spaces or stars in it stands in "
        f"quotes; `{ctx.command_path} --help` shows examples"
    )


def _keep_lines_of_examples(text: str) -> str:
    r"""Mark the examples at the end of a help text as preformatted (click's `\b`)."""
    head, found, examples = text.partition("Examples:\n")
    return f"{head}\b\nExamples:\n{examples}" if found else text


app = typer.Typer(cls=LazyGroup, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def root(version: bool = typer.Option(False, "--version", help="Print the version and exit.")) -> None:
    """Difficulty-aware rejection tuning: from queries with checkable answers to a fine-tuned model.

    Try it: dartmath run tiny

    Every verb has an example at the end of its help: dartmath VERB --help
    """
    if version:
        from dartmath import __version__

        print(f"dartmath {__version__}")
        raise typer.Exit


def _leave_at_once(code: int) -> NoReturn:
    """End the process without tearing Python down: a thread that loads a model would abort it."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main(command: Callable[[], Any] | None = None) -> None:
    """Run the command line, or one command; expected errors become one message and their exit code."""
    from dartmath.base.errors import DartmathError, Interrupted
    from dartmath.base.pytorch import prepare_pytorch
    from dartmath.base.text import printable

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal without Unicode shows the code of what it cannot show.
            stream.reconfigure(errors="backslashreplace")
    # Bars of other libraries would mix with ours, and with piped output.
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TQDM_DISABLE", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    prepare_pytorch()
    try:
        (command or app)()
    except DartmathError as error:
        print(f"error: {printable(str(error))}", file=sys.stderr)
        if isinstance(error, Interrupted):
            _leave_at_once(error.exit_code)
        sys.exit(error.exit_code)
    except OSError as error:
        if error.errno in _FAULTS_OF_THE_MACHINE:
            way, code = "what was finished is kept, the same command goes on", 4
        elif error.errno in _FAULTS_OF_A_PATH and error.filename:
            way, code = "give another path", 2
        else:
            raise
        print(f"error: {printable(str(error))}; {way}", file=sys.stderr)
        sys.exit(code)
