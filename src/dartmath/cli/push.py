"""`dartmath push`: a model or a data set to the Hub, or the list of what would be."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from dartmath.base.errors import ConfigError, DartmathError, DataError, RunError
from dartmath.cli._shared import JsonOption
from dartmath.report.cards import RESULTS

Kind = Literal["model", "dataset"]
_KIND_OF_STAGE: dict[str, Kind] = {"train": "model", "curate": "dataset"}
# Needed to go on training, not to use the result.
_LEFT_OUT = ("checkpoint", "checkpoints", "runs", "logs")


@dataclass(frozen=True, slots=True)
class Upload:
    """What goes where."""

    folder: Path
    kind: Kind
    repository: str
    files: tuple[tuple[str, int], ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(size for _, size in self.files)


def command(
    folder: Annotated[Path, typer.Argument(help="Output folder of `dartmath train` or `dartmath curate`.")],
    to: Annotated[str, typer.Option("--to", metavar="OWNER/NAME", help="Repository on the Hub.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List files and sizes; push nothing.")] = False,
    public: Annotated[bool, typer.Option("--public", help="Make a new repository public.")] = False,
    message: Annotated[str, typer.Option(help="Message of the commit.")] = "Push with dartmath",
    as_json: JsonOption = False,
) -> None:
    """Push a model or a data set to the Hub, with its card and manifest.

    A new repository is private unless --public is given. Checkpoints and hidden files stay here. The
    token is read from HF_TOKEN or from `hf auth login`, and never shown.

    Examples:
        dartmath push runs/tiny/dataset --to me/tiny-dars --dry-run
        dartmath push runs/tiny/model --to me/tiny-dars-model --public
    """
    from dartmath.base.terminal import print_json

    upload = plan(folder, to)
    url = "" if dry_run else push(upload, private=not public, message=message)
    if as_json:
        files = [{"path": path, "size": size} for path, size in upload.files]
        print_json({"to": to, "type": upload.kind, "files": files, "size": upload.size, "url": url})
        return
    _show(upload)
    print(f"nothing was pushed; without --dry-run this goes to {to}" if dry_run else f"pushed: {url}")


def plan(folder: Path, repository: str) -> Upload:
    """What a push of `folder` would upload.

    Raises `DataError` for a folder that is no model or data set, or has no card; `ConfigError`
    for a name that the Hub does not accept; `MissingDependencyError` without the Hub's client.
    """
    from dartmath.base.extras import require

    require("huggingface_hub", purpose="pushing to the Hub")
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    from dartmath.base.manifest import read_manifest

    if repository.count("/") != 1:
        raise ConfigError(f"--to takes OWNER/NAME, got {repository!r}")
    try:
        validate_repo_id(repository)
    except HFValidationError:
        raise ConfigError(
            "--to takes OWNER/NAME, of at most 96 letters, digits, dots, dashes and underscores, got "
            f"{repository!r}"
        ) from None
    if not (folder / "manifest.json").is_file():
        inner = [one for name in ("dataset", "model") if (one := folder / name / "manifest.json").is_file()]
        if inner:
            shown = " or ".join(f"dartmath push {one.parent} --to {repository}" for one in inner)
            raise DataError(f"a whole run; push one of its results: {shown}", path=folder)
    stage = str(read_manifest(folder).get("stage"))
    if stage not in _KIND_OF_STAGE:
        raise DataError(f"only outputs of train and curate can be pushed, not of {stage}", path=folder)
    if not (folder / "README.md").is_file():
        raise DataError(f"there is no card yet; write it with: dartmath card {folder}", path=folder)
    return Upload(folder, _KIND_OF_STAGE[stage], repository, tuple(_files(folder)))


def _files(folder: Path) -> Iterator[tuple[str, int]]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") for part in parts) and "/".join(parts) != RESULTS
        left_out = any(part.split("-")[0] in _LEFT_OUT for part in parts[:-1])
        if path.is_file() and not hidden and not left_out and path.suffix != ".tmp":
            yield "/".join(parts), path.stat().st_size


def push(upload: Upload, *, private: bool, message: str) -> str:
    """Upload everything in one commit; the address of the repository.

    Raises `RunError` when the Hub refuses or cannot be reached; pushing again goes on with the
    files that are not there yet.
    """
    from huggingface_hub import HfApi

    api = HfApi()
    try:
        created = api.create_repo(upload.repository, repo_type=upload.kind, private=private, exist_ok=True)
        api.upload_folder(
            repo_id=upload.repository,
            repo_type=upload.kind,
            folder_path=upload.folder,
            commit_message=message,
            # Exactly what a dry run lists.
            allow_patterns=[glob.escape(path) for path, _ in upload.files],
        )
    except Exception as error:
        raise _explain(error, upload) from None
    return str(created)


def _explain(error: Exception, upload: Upload) -> DartmathError:
    """Whatever the Hub's client raised, as one line with the way out and without the token."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    reason = _without_secrets(str(error).strip().split("\n")[0]) or type(error).__name__
    ways = {
        401: "log in with: hf auth login (or set HF_TOKEN)",
        403: f"your token may not write to {upload.repository}; make one with write access",
        404: f"check the owner and name {upload.repository!r}, and log in with: hf auth login",
    }
    way = ways.get(status or 0, "the same command again sends what is missing")
    return RunError(f"the push to {upload.repository} failed: {reason}; {way}")


def _without_secrets(text: str) -> str:
    from huggingface_hub import get_token

    for secret in (get_token(), os.environ.get("HF_TOKEN")):
        if secret:
            text = text.replace(secret, "***")
    return text


def _show(upload: Upload) -> None:
    from dartmath.base.terminal import print_table

    rows = [(path, _readable(size)) for path, size in upload.files]
    rows.append((f"{len(upload.files)} files", _readable(upload.size)))
    print_table(f"{upload.kind} {upload.repository}", ("file", "size"), rows)


_STEP = 1000  # from one unit of size to the next


def _readable(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < _STEP:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= _STEP
    return f"{size:.1f} TB"
