"""What a server's answer says: its responses, why they ended, who answered, what they cost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dartmath.base.terminal import warn
from dartmath.engines.finish import Ended, ended
from dartmath.engines.openai.client import BadAnswerError
from dartmath.engines.openai.said import Asked, Said, told_failure
from dartmath.engines.openai.usage import ResponseShare, Usage, estimated_tokens
from dartmath.engines.protocol import Answerer, Completion

# No tokenizer's tokens are longer than a few hundred characters; a text beyond this is none of `max_tokens`.
_TOKEN_CHARS = 1024


def read_answer(answer: Mapping[str, Any], asked: Asked) -> Completion:
    """The response in one whole answer.

    Raises `BadAnswerError` where there is none, and `HttpError` for an error that has a code.
    """
    return only(read_answers(answer, asked))


def only(found: Sequence[Completion | BadAnswerError]) -> Completion:
    """The one response that was asked for; raises what it is where it is none."""
    if isinstance(found[0], BadAnswerError):
        raise found[0]
    return found[0]


def read_answers(answer: Mapping[str, Any], asked: Asked) -> list[Completion | BadAnswerError]:
    """The responses in one whole answer, in the order of their indices: as many as were asked for, or fewer.

    One that is none is what is wrong with it. Raises as `read_answer` where there is no response at all.
    """
    if answer.get("error"):
        raise told_failure(answer["error"], "place of an answer")
    answer = _unwrapped(answer)
    try:
        said = [_whole(choice, asked) for choice in _in_order(answer["choices"])[: asked.responses]]
        usage = Usage.of(answer.get("usage"))
        # A thinker that spent all its tokens before it said anything: some gateways leave the choice out.
        if not said and usage.completion >= asked.tokens:
            said = [Said(asked, reason="length")]
        elif not said:
            raise IndexError("no choices")
    except (KeyError, IndexError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise BadAnswerError(f"no completion but {str(answer)[:80]!r}") from error
    return _completions(said, usage, answer)


def _unwrapped(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer that a gateway puts into another object; raises the error that stands in place of one."""
    if "choices" in answer:
        return answer
    for name in ("data", "result"):
        inner = answer.get(name)
        if isinstance(inner, dict) and "choices" in inner:
            return inner
    # vLLM's older form, and that of gateways: {"object": "error", "message": ..., "code": 503}.
    if isinstance(answer.get("message"), str):
        raise told_failure(dict(answer), "place of an answer")
    return answer


def _in_order(choices: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Choices by their indices, where each has one of its own."""
    places = [choice.get("index") for choice in choices] if len(choices) > 1 else []
    if not places or sorted(map(str, places)) != sorted(map(str, range(len(places)))):
        return choices
    return sorted(choices, key=lambda choice: int(choice["index"]))


def _whole(choice: Mapping[str, Any], asked: Asked) -> Said:
    if "text" not in choice and not isinstance(choice["message"], dict):
        raise TypeError("no message")
    said = Said(asked)
    said.add(choice)
    return said


async def read_stream(
    events: AsyncIterator[Mapping[str, Any]], asked: Asked
) -> list[Completion | BadAnswerError]:
    """The responses in the events of a stream; `BadAnswerError` where it ends before one response does.

    As `read_answers` with an error among the events.
    """
    said, about, usage = dict[int, Said](), dict[str, Any](), None
    async for event in events:
        choices = event.get("choices") or []
        if not isinstance(choices, list):
            raise BadAnswerError(f"a broken stream: choices {choices!r}")
        if any(isinstance(choice, dict) and "message" in choice for choice in choices):
            return read_answers(event, asked)
        if event.get("error"):
            raise told_failure(event["error"], "a stream")
        if "choices" not in event and isinstance(event.get("message"), str):
            raise told_failure(event, "a stream")
        try:
            for choice in choices:
                # Some number the one response that they give otherwise.
                place = int(choice.get("index") or 0) if asked.responses > 1 else 0
                said.setdefault(place, Said(asked)).add(choice)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadAnswerError(f"a broken stream: {error}") from error
        usage = event.get("usage") or usage
        about |= {name: event[name] for name in ("model", "system_fingerprint") if event.get(name)}
    ended_ones = [said[place] for place in sorted(said) if said[place].reason is not None]
    if not ended_ones:
        raise BadAnswerError("a stream that ends before the response does")
    try:
        return _completions(ended_ones[: asked.responses], Usage.of(usage), about)
    except (TypeError, ValueError, OverflowError, AttributeError) as error:
        raise BadAnswerError(f"a broken stream: {error}") from error


def _completions(
    said: Sequence[Said], usage: Usage, about: Mapping[str, Any]
) -> list[Completion | BadAnswerError]:
    found: list[Completion | BadAnswerError] = []
    parts = [_part(one) for one in said] if len(said) > 1 else [ResponseShare(1)]
    if not (usage.prompt or usage.completion):
        usage = replace(usage, prompt=estimated_tokens(said[0].asked.prompt_size))
    for one, share in zip(said, usage.divided(parts, counts_first=said[0].asked.counts_first), strict=True):
        try:
            found.append(_completion(one, share, about))
        except BadAnswerError as error:
            found.append(error)
    return found


def _part(said: Said) -> ResponseShare:
    reason = said.reason if isinstance(said.reason, str) else None
    thoughts = len(said.thought or "")
    cut = ended(reason) is Ended.CUT
    # A server that gives log-probabilities gives one for each token; characters are about as good a share.
    size = len(said.logprobs) or len(said.text) + thoughts
    return ResponseShare(max(1, size), thoughts, said.asked.tokens if cut else None)


def _completion(said: Said, usage: Usage, about: Mapping[str, Any]) -> Completion:
    asked, text, thoughts = said.asked, said.text, said.thought
    if len(text) + len(thoughts or "") > _TOKEN_CHARS * asked.tokens:
        raise BadAnswerError(f"a text of {len(text):,} characters for at most {asked.tokens} tokens")
    reason = _reason(said, usage)
    if not text and not thoughts and not usage.completion:
        # A response that ends at once has its end-of-text token, and one that a gateway gave up has none.
        raise BadAnswerError("an empty answer for which no token was written")
    details: dict[str, Any] = {"calls": said.called, "said": said.said} if said.calls else {}
    if not usage.completion:
        usage, details["estimated"] = _estimated(said, usage), True
    places = [place for stop in asked.stops if (place := text.find(stop)) >= 0]
    text = text[: min(places)] if places else text
    return Completion(
        text,
        "stop" if places else reason,
        usage.prompt,
        usage.completion,
        cached_tokens=usage.cached,
        reasoning_tokens=usage.reasoning,
        thoughts=thoughts,
        logprob=sum(said.logprobs) / len(said.logprobs) if said.logprobs else None,
        answered_by=Answerer(
            asked.server, str(about.get("model") or ""), _word(about.get("system_fingerprint"))
        ),
        details=details,
    )


def _estimated(said: Said, usage: Usage) -> Usage:
    """The usage of a response for which the server counted no tokens, those of the prompt aside.

    Without it, a budget of tokens or money would never end a run whose server counts none, or stops counting.
    """
    thoughts = len((said.thought or "").encode())
    written = len(said.logprobs) or estimated_tokens(len(said.text.encode()) + thoughts)
    written = min(written, said.asked.tokens)
    return replace(usage, completion=written, reasoning=min(estimated_tokens(thoughts), written))


def _reason(said: Said, usage: Usage) -> str:
    """ "stop" or "length"; `BadAnswerError` for a response that did not end by itself or at its limit."""
    reason, asked = said.reason, said.asked
    if reason is not None and not isinstance(reason, str):
        raise BadAnswerError(f"a finish reason that is none: {reason!r}")
    meaning = ended(reason)
    cut = "length" if usage.completion >= asked.tokens else "stop"
    if meaning is Ended.WHOLE:
        return "stop"
    if meaning is Ended.CUT:
        return "length"
    if meaning is Ended.FILTERED:
        raise BadAnswerError(f"the server's filter withheld the response ({reason})", filtered=True)
    if reason is None and not asked.gives_reasons:
        return cut
    if meaning is Ended.BROKEN:
        raise BadAnswerError(f"an unfinished answer (finish_reason {reason!r})")
    _tell(asked.server, str(reason))
    return cut


# A server that makes up a reason for every answer shall fill neither the memory nor the terminal.
_MOST_TOLD = 100
_told: set[tuple[str, str]] = set()


def _tell(server: str, reason: str) -> None:
    """Say once that a finish reason is not known."""
    if (server, reason) not in _told and len(_told) < _MOST_TOLD:
        _told.add((server, reason))
        warn(
            f"{server} ends responses with a reason that dartmath does not know, {reason[:40]!r}; they count "
            "as whole, or as cut off where they have as many tokens as were asked for"
        )


def _word(value: Any) -> str | None:
    return value[:100] if isinstance(value, str) and value else None
