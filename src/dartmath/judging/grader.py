"""HybridGrader: rules decide; only what they refuse goes to a judge."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from dartmath.base.errors import ConfigError
from dartmath.base.files import write_text
from dartmath.judging.client import JudgeFailure, ask, key_of
from dartmath.judging.config import JudgeSection
from dartmath.judging.prompt import PROMPT_HASH, new_nonce, read_reply
from dartmath.judging.verdicts import JUDGEMENTS, Verdicts
from dartmath.verify.contract.outcome import Outcome, Verdict
from dartmath.verify.contract.question import HYBRID, Gradable
from dartmath.verify.serve.batch import Grader

SUMMARY = "judge.json"
"""File beside `JUDGEMENTS` with the judge and the counts of the last session."""

_REFUSED = frozenset([Outcome.WRONG, Outcome.UNPARSABLE, Outcome.NO_ANSWER])
"""Outcomes of the rules that a judge may overrule. What was cut off, or failed, has no answer to judge."""


@dataclass
class Counts:
    """How often the judge was needed, and how far it and the rules agree."""

    asked: int = 0
    cached: int = 0
    correct: int = 0
    wrong: int = 0
    failed: int = 0
    left_out: int = 0
    audited: int = 0
    audited_correct: int = 0

    def agreement(self) -> dict[str, float | None]:
        """Shares of what the rules called wrong, and correct, that the judge calls the same."""
        judged = self.correct + self.wrong
        return {
            "on_refused": self.wrong / judged if judged else None,
            "on_correct": self.audited_correct / self.audited if self.audited else None,
        }


class HybridGrader:
    """A grader around the rules' grader, with the same face.

    Only queries with `verifier: hybrid` are judged, and of these only what the rules call wrong, unparsable
    or not found. A failure of the judge leaves the rules' verdict as it is and says so in its reason.
    Verdicts are kept in `folder` (see `Verdicts`); closing writes `judge.json` there.
    """

    def __init__(
        self, rules: AbstractContextManager[Grader], section: JudgeSection, folder: Path | None = None
    ) -> None:
        self._inner, self._section, self._folder = rules, section, folder
        self._key = key_of(section)
        self._verdicts = Verdicts(folder and folder / JUDGEMENTS, section.model)
        self._spent = len(self._verdicts)
        self._lock = threading.Lock()
        self.counts = Counts()

    def __enter__(self) -> HybridGrader:
        self._rules = self._inner.__enter__()
        self._threads = ThreadPoolExecutor(self._section.concurrency, thread_name_prefix="judge")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._inner.__exit__(kind, error, trace)
        self._threads.shutdown(cancel_futures=kind is not None)
        if self._folder is not None:
            write_text(self._folder / SUMMARY, _as_json(self.summary()))

    def submit(
        self, query: Gradable, response: str, finish_reason: str = "stop", *, in_thought: bool = False
    ) -> Future[Verdict]:
        """The verdict of the rules, or of the judge where they refuse; it never raises for the judge."""
        judged: Future[Verdict] = Future()
        found = self._rules.submit(query, response, finish_reason, in_thought=in_thought)
        found.add_done_callback(lambda done: self._pass_on(query, response, done, judged))
        return judged

    def summary(self) -> dict[str, Any]:
        """Who judged, how often, and how far judge and rules agree."""
        counts = {name: getattr(self.counts, name) for name in Counts.__dataclass_fields__}
        agreement = self.counts.agreement()
        return {"judge": self._section.model, "prompt": PROMPT_HASH, **counts, "agreement": agreement}

    def _pass_on(
        self, query: Gradable, response: str, done: Future[Verdict], judged: Future[Verdict]
    ) -> None:
        """In the thread of the rules: resolve at once, or hand over to a thread that waits for the judge."""
        if (error := done.exception()) is not None:
            judged.set_exception(error)
            return
        verdict = done.result()
        if not (response.strip() and query.verifier == HYBRID and self._wanted(verdict, response)):
            judged.set_result(verdict)
            return
        try:
            self._threads.submit(self._judge, query, response, verdict, judged)
        except RuntimeError:  # the grader is being closed
            judged.set_result(verdict)

    def _wanted(self, verdict: Verdict, response: str) -> bool:
        return verdict.outcome in _REFUSED or (verdict.correct and self._is_audited(response))

    def _is_audited(self, response: str) -> bool:
        """By a hash of the response, so that the same ones are audited in every session."""
        share = int.from_bytes(hashlib.sha256(response.encode()).digest()[:6]) / 2**48
        return share < self._section.audit

    def _judge(self, query: Gradable, response: str, verdict: Verdict, judged: Future[Verdict]) -> None:
        try:
            judged.set_result(self._decided(query, response, verdict))
        except Exception as error:  # a future that never resolves would stop the run
            judged.set_exception(error)

    def _decided(self, query: Gradable, response: str, verdict: Verdict) -> Verdict:
        same = self._said(query, response, verdict)
        if isinstance(same, str):
            return replace(verdict, reason=f"{verdict.reason}; the judge gave no verdict: {same}")
        with self._lock:
            if verdict.correct:
                self.counts.audited += 1
                self.counts.audited_correct += same
                return verdict
            self.counts.correct += same
            self.counts.wrong += not same
        judge = f"{self._section.model} (prompt {PROMPT_HASH})"
        says = "the same answer" if same else "another answer"
        reason = f"{judge} says {says}; the rules: {verdict.outcome}, {verdict.reason}"
        return replace(
            verdict, outcome=Outcome.CORRECT if same else Outcome.WRONG, comparison="judge", reason=reason
        )

    def _said(self, query: Gradable, response: str, verdict: Verdict) -> bool | str:
        """What the judge says, now or before; a text says why it says nothing."""
        asked = (query.text, tuple(query.references), response)
        key = self._verdicts.key(*asked)
        if (known := self._verdicts.get(key)) is not None:
            self._count("cached")
            return known
        with self._lock:
            if self._spent >= self._section.max_calls:
                self.counts.left_out += 1
                return f"the budget of {self._section.max_calls} calls is spent"
            self._spent += 1
        self._count("asked")
        nonce = new_nonce()
        try:
            reply = ask(self._section, self._key, asked, nonce)
        except JudgeFailure as failure:
            self._count("failed")
            return str(failure)
        same = read_reply(reply, nonce)
        if same is None:
            self._count("failed")
            return "its reply is not of the form that was asked for"
        self._verdicts.add(key, same, rules=str(verdict.outcome), extracted=verdict.answer)
        return same

    def _count(self, name: str) -> None:
        with self._lock:
            setattr(self.counts, name, getattr(self.counts, name) + 1)


def judge_record(section: JudgeSection | None, verifiers: Iterable[str]) -> dict[str, str] | None:
    """Who judges, as a run records it: the model and the wording of its prompt.

    Raises `ConfigError` for `verifiers` of queries of which one wants a judge where there is none.
    """
    if section is not None:
        return {"model": section.model, "prompt": PROMPT_HASH}
    if HYBRID in verifiers:
        raise ConfigError(
            f"verifier: {HYBRID}: no judge is given; name one with judge.url and judge.model, "
            "or write verifier: math"
        )
    return None


def _as_json(summary: Mapping[str, Any]) -> str:
    return json.dumps(summary, indent=2) + "\n"
