"""Trials: from a query and a trial number to a request, and from its response to a sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from dartmath.base.text import encodable
from dartmath.engines.protocol import Completion, Generation, Request
from dartmath.prompts.template import Prompt
from dartmath.prompts.thoughts import with_thoughts
from dartmath.queries.query import Query
from dartmath.sampling.sample import Sample, hash_text, series_seed, trial_seed
from dartmath.verify.contract.outcome import Verdict
from dartmath.verify.extract.thoughts import opens_thought

Keep = Literal["text", "hash", "counts"]


@dataclass(frozen=True, slots=True)
class Landed:
    """A trial that came back from the engine; `text` is the completion's, made encodable."""

    index: int
    trial: int
    seed: int
    text: str
    completion: Completion
    seconds: float
    graded_before: bool = False
    teacher: int = 0


@dataclass(frozen=True, slots=True)
class Voice:
    """How a teacher is asked, and what it is called in samples: None for the recipe's own."""

    prompt: Callable[[Query], Prompt]
    generation: Generation
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Trials:
    """What every trial of a run has in common; `voices` are those of its teachers, by number.

    `keep_wrong` says what is kept of responses that are not correct.
    """

    queries: Sequence[Query]
    voices: Sequence[Voice]
    seed: int
    keep_wrong: Keep = "text"

    def request(self, index: int, trial: int, teacher: int = 0) -> Request:
        """The request of one trial of the query at `index`."""
        query, voice = self.queries[index], self.voices[teacher]
        return Request(
            id=f"{query.id}/{trial}",
            prompt=voice.prompt(query),
            generation=voice.generation,
            seed=trial_seed(self.seed, query.id, trial),
            teacher=teacher,
            series_seed=series_seed(self.seed, query.id, trial),
        )

    def largest(self) -> tuple[int, int]:
        """The most (prompt, generated) tokens that a request may take; a token of text is at least a byte."""
        longest = {query.dataset: query for query in sorted(self.queries, key=lambda q: _size(q.text))}
        prompts = [voice.prompt(query) for query in longest.values() for voice in self.voices]
        texts = [p.text or "".join(message["content"] for message in p.messages) for p in prompts]
        return max(map(_size, texts)), max(voice.generation.max_tokens for voice in self.voices)

    def opens_thought(self, landed: Landed) -> bool:
        """Whether the prompt of a trial ends in a thought that the response is to close."""
        text = self.voices[landed.teacher].prompt(self.queries[landed.index]).text
        return text is not None and opens_thought(text)

    def sample(self, landed: Landed, verdict: Verdict) -> Sample:
        """The sample of a judged response."""
        name = self.voices[landed.teacher].name
        return judged(self.queries[landed.index].id, landed, verdict, self.keep_wrong, name)


def judged(
    query_id: str, landed: Landed, verdict: Verdict, keep_wrong: Keep, teacher: str | None = None
) -> Sample:
    """The sample of a response with its verdict; of one that is not correct, what is to be kept of it."""
    keep = "text" if verdict.correct else keep_wrong
    completion, by = landed.completion, landed.completion.answered_by
    thoughts = None if completion.thoughts is None else encodable(completion.thoughts)
    return Sample(
        query_id=query_id,
        trial=landed.trial,
        text=landed.text if keep == "text" else "",
        finish_reason=completion.finish_reason,
        prompt_tokens=completion.prompt_tokens,
        completion_tokens=completion.completion_tokens,
        seed=landed.seed,
        outcome=verdict.outcome,
        answer=None if keep == "counts" or verdict.answer is None else encodable(verdict.answer),
        reason="" if keep == "counts" else encodable(verdict.reason),
        seconds=landed.seconds,
        text_hash=None if keep == "counts" else hash_text(with_thoughts(landed.text, thoughts)),
        tools=completion.details.get("tools"),
        thoughts=thoughts if keep == "text" else None,
        server=by.server if by else None,
        model=by.model if by else None,
        fingerprint=by.fingerprint if by else None,
        logprob=completion.logprob,
        cached_tokens=completion.cached_tokens or None,
        reasoning_tokens=completion.reasoning_tokens or None,
        teacher=teacher,
    )


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
