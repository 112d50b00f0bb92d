"""The loop of tool-integrated reasoning over any engine."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest

from dartmath.base.errors import ConfigError, SandboxError, UnknownNameError
from dartmath.engines.protocol import Completion, Generation, Request
from dartmath.prompts.template import Prompt
from dartmath.tools import Sandbox, ToolEngine, ToolsSection
from dartmath.tools.config import LOCAL
from dartmath.tools.isolation import Isolation

GENERATION = Generation(temperature=0.7, max_tokens=100, stop=("<end>",))


@dataclass
class ScriptedEngine:
    """An engine that goes through a script and, like a real one, stops at stop strings.

    Each step of the script is what the model would write if nothing stopped it. It tells the stop
    string, as some engines do, when `tells` is set.
    """

    script: list[str]
    tells: bool = False
    concurrency: int = 4
    requests: list[Request] = field(default_factory=list)
    entered: bool = False

    async def __aenter__(self) -> ScriptedEngine:
        self.entered = True
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.entered = False

    async def generate(self, request: Request) -> Completion:
        assert self.entered
        self.requests.append(request)
        text = self.script[len(self.requests) - 1]
        places = {text.find(stop): stop for stop in request.generation.stop if stop in text}
        place = min(places, default=len(text))
        words = len(text[:place].split())
        details = {"stop": places.get(place)} if self.tells else {}
        if words > request.generation.max_tokens:
            cut = " ".join(text.split()[: request.generation.max_tokens])
            return Completion(cut, "length", 10, request.generation.max_tokens, details=details)
        return Completion(text[:place], "stop", 10, words, details=details)

    def describe(self) -> dict[str, Any]:
        return {"kind": "scripted"}


def respond(
    isolation: Isolation, script: list[str], generation: Generation = GENERATION, **options: Any
) -> tuple[Completion, ScriptedEngine]:
    """The response of the tool engine to one request, and the scripted engine behind it."""
    tells = options.pop("tells", False)
    inner = ScriptedEngine(script, tells=tells)

    async def go() -> Completion:
        async with ToolEngine(inner, ToolsSection(**options)) as engine:
            request = Request("q", Prompt("Q: 2^10?\nA:"), generation, 5, series_seed=9)
            return await engine.generate(request)

    return asyncio.run(go()), inner


def test_a_block_in_a_list_ends_with_its_indented_fence(isolation: Isolation) -> None:
    script = ["1. Run it:\n   ```python\n   print(6 * 7)\n   ```\n   It prints 41.", "It is 42."]
    completion, _ = respond(isolation, script)
    assert completion.text == (
        "1. Run it:\n   ```python\n   print(6 * 7)\n   ```\n```output\n42\n```\nIt is 42."
    )


def test_a_block_runs_and_generation_goes_on(isolation: Isolation) -> None:
    script = [" Run it.\n```python\nprint(2 ** 10)\n```\n```output\n9\n```", "So \\boxed{1024}"]
    completion, inner = respond(isolation, script)
    assert completion.text == (
        " Run it.\n```python\nprint(2 ** 10)\n```\n```output\n1024\n```\nSo \\boxed{1024}"
    )
    assert completion.finish_reason == "stop"
    assert completion.details["tools"] == {"ok": 1, "error": 0, "timeout": 0, "refused": 0}
    assert completion.details["turns"] == 2
    assert inner.requests[1].prompt.text == "Q: 2^10?\nA:" + completion.text.removesuffix(script[1])


def test_token_counts_add_up_and_bound_the_turns(isolation: Isolation) -> None:
    script = ["a b c\n```python\n1\n```\n```output", "d e"]
    completion, inner = respond(isolation, script)
    assert completion.prompt_tokens == 20
    assert completion.completion_tokens == 5 + 2
    assert [r.generation.max_tokens for r in inner.requests] == [100, 95]
    assert all(set(r.generation.stop) > {"<end>", "```output"} for r in inner.requests)
    assert inner.requests[0].seed == 5
    assert len({r.seed for r in inner.requests}) == 2
    # A server is asked for trials of a series together, by their first turn: what follows differs among them.
    assert [r.series_seed for r in inner.requests] == [9, None]


def test_state_is_kept_between_the_blocks_of_a_response(isolation: Isolation) -> None:
    block = "```python\n{}\n```\n```output"
    completion, _ = respond(isolation, [block.format("x = 41"), block.format("x + 1"), "done"])
    assert "```output\n42\n```\ndone" in completion.text


def test_state_is_not_shared_between_responses(isolation: Isolation) -> None:
    inner = ScriptedEngine(["```python\nx = 1\n```\n", "", "```python\nx\n```\n", ""])

    async def go() -> list[Completion]:
        request = Request("q", Prompt("Q"), GENERATION, 0)
        async with ToolEngine(inner, ToolsSection()) as engine:
            return [await engine.generate(request), await engine.generate(request)]

    first, second = asyncio.run(go())
    assert first.details["tools"]["ok"] == 1
    assert "NameError" in second.text


@pytest.mark.parametrize(
    ("code", "outcome", "shown"),
    [
        ("1 / 0", "error", "ZeroDivisionError"),
        ("while True: pass", "timeout", "TimeoutError"),
        ("x = '" + "a" * 70000 + "'", "refused", "longer than"),
    ],
)
def test_outcomes_are_counted_and_shown(isolation: Isolation, code: str, outcome: str, shown: str) -> None:
    completion, _ = respond(isolation, [f"```python\n{code}\n```\n", "sorry"], seconds=0.3)
    assert completion.details["tools"][outcome] == 1
    assert shown in completion.text.split("```output")[1]
    assert completion.text.endswith("sorry")


def test_calls_are_limited_and_the_model_is_told_once(isolation: Isolation) -> None:
    block = "```python\nprint('run')\n```\n```output"
    completion, inner = respond(isolation, [block] * 9, calls=2)
    assert completion.details["tools"] == {"ok": 2, "error": 0, "timeout": 0, "refused": 2}
    assert "refused: no more than 2 blocks may run" in completion.text
    assert completion.finish_reason == "length"
    assert len(inner.requests) == 4


def test_the_last_tokens_may_not_go_to_a_block(isolation: Isolation) -> None:
    generation = Generation(max_tokens=2)
    completion, inner = respond(isolation, ["```python\n1+2\n```\n"], generation)
    assert completion.finish_reason == "length"
    assert completion.text.endswith("```output\n3\n```\n")
    assert len(inner.requests) == 1


def test_a_truncated_block_does_not_run(isolation: Isolation) -> None:
    completion, _ = respond(isolation, ["```python\n" + "x = 1\n" * 100], Generation(max_tokens=10))
    assert completion.finish_reason == "length"
    assert sum(completion.details["tools"].values()) == 0


def test_a_block_at_the_end_of_text_runs(isolation: Isolation) -> None:
    completion, _ = respond(isolation, ["```python\n6 * 7\n```", "It is 42."])
    assert completion.text == "```python\n6 * 7\n```\n```output\n42\n```\nIt is 42."


def test_blocks_in_other_languages_are_left_alone(isolation: Isolation) -> None:
    script = ["See\n```latex\nx^2\n```\nthen ", "the answer is 4"]
    completion, _ = respond(isolation, script)
    assert completion.text == "See\n```latex\nx^2\n```\nthe answer is 4"
    assert completion.finish_reason == "stop"


@pytest.mark.parametrize("tells", [True, False])
def test_a_response_without_code_is_untouched(isolation: Isolation, tells: bool) -> None:
    completion, inner = respond(isolation, ["The answer is 4.<end> and more"], tells=tells)
    assert (completion.text, completion.finish_reason) == ("The answer is 4.", "stop")
    assert len(inner.requests) == 1


def test_an_engine_that_tells_its_stop_string_goes_on_after_a_bare_fence(isolation: Isolation) -> None:
    completion, _ = respond(isolation, ["Look:\n```\n1 + 1\n```\n", "1 + 1\n```\n", "is 2"], tells=True)
    assert completion.text == "Look:\n```\n1 + 1\n```\nis 2"


def test_endless_fences_end(isolation: Isolation) -> None:
    completion, _ = respond(isolation, ["x\n```\n"] * 100, Generation(max_tokens=1000), tells=True)
    assert completion.finish_reason == "length"


@pytest.mark.parametrize("finish", ["error", "length"])
def test_the_end_of_a_turn_is_the_end_of_the_response(
    isolation: Isolation, monkeypatch: pytest.MonkeyPatch, finish: str
) -> None:
    inner = ScriptedEngine(["```python\n1\n```\n"])
    scripted = inner.generate

    async def generate(request: Request) -> Completion:
        if inner.requests:
            return Completion("partly", finish, 3, 1, error="why" if finish == "error" else "")
        return await scripted(request)

    monkeypatch.setattr(inner, "generate", generate)

    async def go() -> Completion:
        async with ToolEngine(inner, ToolsSection()) as engine:
            return await engine.generate(Request("q", Prompt("Q"), GENERATION, 0))

    completion = asyncio.run(go())
    assert completion.finish_reason == finish
    assert completion.text == "```python\n1\n```\n```output\n1\n```\npartly"
    assert completion.error == ("why" if finish == "error" else "")


def test_cancelling_ends_the_running_block(isolation: Isolation) -> None:
    inner = ScriptedEngine(["```python\nimport time; time.sleep(100)\n```\n"])

    async def go() -> None:
        async with ToolEngine(inner, ToolsSection(seconds=60)) as engine:
            task = asyncio.create_task(engine.generate(Request("q", Prompt("Q"), GENERATION, 0)))
            while not inner.requests:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.3)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(asyncio.wait_for(go(), 30))


def test_closing_the_engine_before_a_cancelled_response(isolation: Isolation) -> None:
    inner = ScriptedEngine(["```python\nx = 1\n```\n", "never"])
    never = asyncio.Event()

    async def go() -> None:
        engine = ToolEngine(inner, ToolsSection())
        async with engine:
            scripted = inner.generate

            async def generate(request: Request) -> Completion:
                if inner.requests:
                    await never.wait()
                return await scripted(request)

            inner.generate = generate  # type: ignore[method-assign]
            task = asyncio.create_task(engine.generate(Request("q", Prompt("Q"), GENERATION, 0)))
            while not inner.requests:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(asyncio.wait_for(go(), 30))


def test_many_responses_at_once(isolation: Isolation) -> None:
    @dataclass
    class Squares(ScriptedEngine):
        async def generate(self, request: Request) -> Completion:
            assert request.prompt.text is not None
            if "```output" in request.prompt.text:
                return Completion("", "stop", 1, 1)
            await asyncio.sleep(0)
            return Completion(f"```python\n{request.id} ** 2\n```", "stop", 1, 1)

    async def go() -> list[Completion]:
        async with ToolEngine(Squares([]), ToolsSection(seconds=20)) as engine:
            requests = [Request(str(i), Prompt("Q"), GENERATION, i) for i in range(20)]
            return await asyncio.gather(*(engine.generate(r) for r in requests))

    for i, completion in enumerate(asyncio.run(go())):
        assert f"```output\n{i * i}\n```" in completion.text


def test_a_prompt_without_text_is_refused(isolation: Isolation) -> None:
    async def go() -> None:
        async with ToolEngine(ScriptedEngine([]), ToolsSection()) as engine:
            await engine.generate(Request("q", Prompt(None, ({"role": "user"},)), GENERATION, 0))

    with pytest.raises(ConfigError, match="endpoint: completions"):
        asyncio.run(go())


def test_without_isolation_nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*, allow_weak: bool) -> Isolation:
        raise SandboxError("bubblewrap is not installed")

    monkeypatch.setattr("dartmath.tools.backend.find_isolation", refuse)
    inner = ScriptedEngine([])

    async def go() -> None:
        async with ToolEngine(inner, ToolsSection()):
            pass

    with pytest.raises(SandboxError):
        asyncio.run(go())
    assert not inner.entered


def test_description_names_tools_and_isolation(isolation: Isolation) -> None:
    async def go() -> dict[str, Any]:
        async with ToolEngine(ScriptedEngine([]), ToolsSection(calls=3)) as engine:
            assert engine.concurrency == 4
            return engine.describe()

    found = asyncio.run(go())
    assert found["kind"] == "scripted"
    assert found["tools"]["calls"] == 3
    assert found["tools"]["sandbox"] == isolation.describe()


@pytest.mark.slow
def test_a_real_model_runs_code(isolation: Isolation, smollm2: str) -> None:
    from dartmath.engines import create_engine
    from dartmath.engines.config import TransformersEngine
    from dartmath.model import ModelSection
    from dartmath.prompts.template import Example, load_template

    template = load_template("chat")
    inner = create_engine(TransformersEngine(concurrency=2), ModelSection(name=smollm2), template)
    code = "```python\nprint({})\n```\n```output\n{}\n```\nThe answer is \\boxed{{{}}}."
    shots = [
        Example(f"Use Python to compute {a} * {b}.", code.format(f"{a} * {b}", a * b, a * b))
        for a, b in ((12, 13), (45, 21), (7, 31))
    ]

    async def go() -> Completion:
        async with ToolEngine(inner, ToolsSection(calls=2, seconds=20)) as engine:
            prompt = template.render(
                "Use Python to compute 123 * 457.", examples=shots, tokenizer=engine.tokenizer
            )
            return await engine.generate(Request("q", prompt, Generation(temperature=0, max_tokens=120), 0))

    completion = asyncio.run(go())
    assert completion.details["tools"]["ok"] >= 1
    assert "```output\n56211\n```" in completion.text


class Elsewhere:
    """Another package's sandbox, with a real interpreter in it."""

    made: ClassVar[list[Elsewhere]] = []

    def __init__(self, section: ToolsSection) -> None:
        self.inner, self.closed = Sandbox(section=section.model_copy(update={"backend": LOCAL})), False
        Elsewhere.made.append(self)

    def run(self, code: str) -> tuple[str, str]:
        result = self.inner.run(code)
        return result.outcome, result.output

    def kill(self) -> None:
        self.inner.kill()

    def close(self) -> None:
        self.closed = True
        self.inner.close()


def test_blocks_run_in_the_sandbox_of_another_package(
    isolation: Isolation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dartmath.tools.backend.load_plugin", lambda group, name: Elsewhere)
    script = ["```python\nx = 6\n```\n", "```python\nprint(7 * x)\n```\n", "It is 42."]
    completion, _ = respond(isolation, script, backend="acme")
    assert completion.text.endswith("```output\n42\n```\nIt is 42.")
    assert completion.details["tools"]["ok"] == 2
    (made,) = Elsewhere.made
    assert made.closed


def test_a_backend_that_nobody_has_is_named(isolation: Isolation) -> None:
    with pytest.raises(UnknownNameError, match="acme"):
        respond(isolation, ["```python\n1\n```\n"], backend="acme")
