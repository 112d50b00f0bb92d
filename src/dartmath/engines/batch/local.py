"""Waves that are answered here: by a command such as `vllm run-batch`, or by whoever puts the file there."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Callable

from dartmath.base.errors import ConfigError, EngineError
from dartmath.base.files import replacing
from dartmath.base.text import printable, shorten
from dartmath.engines.batch.wave import Wave

_SHOWN = 2000


class Command:
    """Gets waves answered by a command; `template` has {input}, {output} and perhaps {model}."""

    def __init__(self, template: str, model: str) -> None:
        self.name = template.split(maxsplit=1)[0] if template.strip() else ""
        self._model = model
        try:
            self._words = shlex.split(template)
            self._filled("in", "out")
        except (ValueError, KeyError, IndexError) as error:
            raise ConfigError(
                f"engine.command {template!r}: {error}; write it with {{input}}, {{output}} and {{model}}: "
                "vllm run-batch -i {input} -o {output} --model {model}"
            ) from error
        if not all(any(place in word for word in self._words) for place in ("{input}", "{output}")):
            raise ConfigError(f"engine.command {template!r} needs {{input}} and {{output}}, the two files")

    async def answer(self, wave: Wave, told: Callable[[str], None]) -> None:
        """Run the command on a wave; `EngineError` with its last words where it fails."""
        told("running")
        with replacing(wave.answers) as output:
            words = self._filled(str(wave.requests), str(output))
            try:
                process = await asyncio.create_subprocess_exec(
                    *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
                )
            except OSError as error:
                raise EngineError(f"engine.command cannot be started: {error}") from error
            try:
                said, _ = await process.communicate()
            except asyncio.CancelledError:
                process.kill()
                await process.wait()
                raise
            if process.returncode or not output.is_file():
                words_said = printable(shorten(said.decode("utf-8", "replace"), _SHOWN))
                raise EngineError(
                    f"engine.command ended with {process.returncode} and has answered nothing of "
                    f"{wave.requests}; mend it and run the same command again. It said:\n{words_said}"
                )

    async def close(self) -> None:
        """Nothing is left open."""

    def _filled(self, source: str, output: str) -> list[str]:
        return [word.format(input=source, output=output, model=self._model) for word in self._words]


class ByHand:
    """Waits for nobody: says which file is to be answered, and where its answers belong."""

    name = "files"

    async def answer(self, wave: Wave, told: Callable[[str], None]) -> None:
        """Raise `EngineError` with what to do."""
        raise EngineError(
            f"{len(wave.ids):,} requests are in {wave.requests}; have them answered, for example with: "
            f"vllm run-batch -i {wave.requests} -o {wave.answers} --model MODEL\n"
            f"and run the same command again: it goes on with {wave.answers.name}. With engine.base_url or "
            "engine.command it happens by itself"
        )

    async def close(self) -> None:
        """Nothing is left open."""
