"""One OpenAI-compatible server: its client, what it is, and how it is doing."""

from __future__ import annotations

import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dartmath.base.terminal import info, warn
from dartmath.engines.config import public_url
from dartmath.engines.openai.breaker import Breaker
from dartmath.engines.openai.call import Call
from dartmath.engines.openai.client import Client
from dartmath.engines.openai.deadline import Deadline
from dartmath.engines.openai.failure import Failure
from dartmath.engines.openai.identity import same_model
from dartmath.engines.openai.pace import Pace
from dartmath.engines.openai.server_line import headers_of, key_of, split_line
from dartmath.engines.protocol import Answerer, Completion

if TYPE_CHECKING:
    from asyncio import Timeout

    from dartmath.engines.config import OpenAIEngine

# A limit or a throughput below this share of the best is told; at this share it has come back.
_COLLAPSED, _RECOVERED = 0.25, 0.5
# Seconds over which a server's throughput is compared with its best.
_MINUTE = 60.0
# A request older than this many of the longest responses lately, and than so many seconds, may hang: it takes
# no slot any more.
_STALE, _STALE_SECONDS = 2.0, 0.5
# One older than this many is asked for again, where most of those beside which it was sent, and so many at
# least, have been answered since: a server that pauses answers none, and the first answers are short ones.
_LOST, _MOST, _OVERTAKERS = 4.0, 0.75, 8
# Answers in a row of several responses that are all the same, of so many tokens at least and at such a
# temperature, until they are held to be copies.
_COPIES, _COPY_TOKENS, _COPY_TEMPERATURE = 3, 16, 0.5
# Requests for several responses that are refused in a row until it is asked for fewer.
_REFUSALS = 3
# Numbers are shown whole from here on.
_LARGE = 10
# A pause that a server asks for is told from here on, in seconds.
_LONG_PAUSE = 30.0


@dataclass(slots=True, eq=False)
class Open:
    """A request that is on its way, since when, and since when it has been silent.

    `overtaken` is the number of answers of its server from which on others have overtaken it. It is for so
    many `responses` of at most `tokens` each.
    """

    tokens: int
    responses: int
    late: int
    timeout: Timeout
    began: float
    overtaken: float
    heard: float = 0.0

    def hear(self) -> None:
        """An event of its stream came."""
        self.heard = time.monotonic()


@dataclass(slots=True)
class _Throughput:
    """Tokens of the last minute, and of the best one."""

    since: float
    tokens: int = 0
    best: float = 0.0
    told: set[str] = field(default_factory=set)


class Server:
    """The state of one server. `url` may hold a password; `name` is what people see.

    `url` and the environment variable with its key, where it has one of its own, come from a line
    "URL key=NAME".
    """

    def __init__(self, line: str, section: OpenAIEngine) -> None:
        self.line = line
        url, own_key = split_line(line)
        self.url, self.name = url, public_url(url)
        self.salt = zlib.crc32(url.encode())
        self.key = key_of(own_key, section.api_key_env)
        self.client = Client(url, headers_of(self.key, section.headers))
        self.pace = Pace(section.concurrency, section.max_concurrency)
        self.deadline = Deadline(section.timeout)
        self.breaker = Breaker()
        self.call: Call | None = None
        self.open: set[Open] = set()
        self.stale = self.in_flight = self.answered = self.failed = 0
        self.failing_since: float | None = None
        self.answered_at = float("-inf")
        self.held_until = 0.0
        self.last_error = ""
        self.refused = False
        self.leaving = False
        self.ignores: list[str] = []
        self.together, self.copies, self.refusals = 1, 0, 0
        self.answers_as = ""
        self._throughput = _Throughput(time.monotonic())

    @property
    def usable(self) -> bool:
        """Whether it may ever be sent requests again."""
        return not (self.refused or self.leaving)

    @property
    def state(self) -> str:
        """A word for people: "starting" until it has answered, "down" while its breaker is open."""
        if self.refused or self.leaving:
            return "refused" if self.refused else "leaving"
        if self.call is None:
            return "starting"
        if self.breaker.state == "closed" and self.held:
            return "waiting"
        return {"closed": "up", "open": "down", "half-open": "trying"}[self.breaker.state]

    @property
    def held(self) -> bool:
        """Whether it has asked to be left alone, and that time is not over."""
        return time.monotonic() < self.held_until

    @property
    def load(self) -> int:
        """Requests that count against the limit: those that may hang do not."""
        return self.in_flight - self.stale

    @property
    def free(self) -> bool:
        """Whether a request may be sent to it now."""
        return (
            self.usable
            and self.call is not None
            and self.load < self.pace.limit
            and self.breaker.allows
            and not self.held
        )

    @property
    def room(self) -> int:
        """Responses that it may be asked for in one request now, where it may be sent one."""
        few = self.breaker.state != "closed"
        return 1 if few else min(self.together, self.pace.limit - self.load)

    def opened(self, tokens: int, responses: int, late: int, timeout: Timeout) -> Open:
        """A request for `responses` of at most `tokens` that is sent now, after `late` time-outs."""
        overtaken = self.answered + max(_OVERTAKERS, _MOST * self.load)
        one = Open(tokens, responses, late, timeout, time.monotonic(), overtaken)
        self.open.add(one)
        return one

    def answered_in(self, seconds: float, tokens: Sequence[int]) -> None:
        """A request was answered well, with responses of so many `tokens`."""
        self.answered += len(tokens)
        self.answered_at = time.monotonic()
        self.failing_since = None
        self.breaker.success()
        for one in tokens:
            self.pace.finished(one, self.load, seconds)
        # The longest of them is what took the time.
        self.deadline.answered(seconds, max(tokens))
        self._throughput.tokens += sum(tokens)

    def ask_for(self, responses: int, why: str) -> None:
        """Ask it for no more than so many responses at once from now on; `why` is told."""
        if responses >= self.together:
            return
        self.together = responses
        how = f"in requests of {responses}" if responses > 1 else "one by one"
        warn(f"{self.name} {why}; its responses are asked for {how}")

    def refuses_several(self, responses: int, why: str) -> None:
        """A request for so many responses was refused: for what it asks, where that does not happen again."""
        self.breaker.success()
        self.refusals += 1
        if self.refusals >= _REFUSALS:
            self.refusals = 0
            self.ask_for(responses // 2, f"refuses {responses} responses at once ({why})")

    def compare(self, found: Sequence[Completion], temperature: float) -> None:
        """Look whether responses that were asked for at once are but copies of one."""
        alike = len({(one.thoughts, one.text) for one in found}) == 1
        telling = temperature >= _COPY_TEMPERATURE and found[0].completion_tokens >= _COPY_TOKENS
        self.copies = self.copies + 1 if alike and telling else 0
        self.refusals = 0
        if self.copies >= _COPIES:
            self.ask_for(1, "answers with copies of one response where several are asked for")

    def other_model(self, by: Answerer | None) -> Failure | None:
        """What is wrong when an answer names another model than the first one did."""
        name = by.model if by else ""
        self.answers_as = self.answers_as or name
        if name in ("", self.answers_as):
            return None
        return Failure(
            f"{self.name} now answers as {name!r}, and before as {self.answers_as!r}: the samples of two "
            "models may not be mixed; serve the first one again",
            final=True,
        )

    def failed_with(self, failure: Failure, seconds: float = 0.0) -> None:
        """A request failed after `seconds`."""
        self.failed += 1
        self.last_error = failure.message
        self.refused |= failure.final or (failure.refusal and self.call is None)
        if self.failing_since is None and (failure.retry or failure.final):
            self.failing_since = time.monotonic()
        if failure.overload and self.call is not None:
            self.pace.refused(seconds)
        if failure.pause:
            self._hold(failure)
        # A time-out of a server that answers others is no sign of death.
        silent = failure.late and self.answered_at < time.monotonic() - seconds
        if failure.blames_server or silent:
            self.breaker.failure()
        elif failure.retry:
            self.breaker.abandoned()
        else:  # it refuses this one request, so it works
            self.breaker.success()

    def _hold(self, failure: Failure) -> None:
        until = time.monotonic() + failure.pause
        if failure.pause >= _LONG_PAUSE and until > self.held_until + _LONG_PAUSE:
            warn(f"{self.name} asks to wait {failure.pause:.0f} s; {failure.message}")
        self.held_until = max(self.held_until, until)

    def lost(self, patience: float) -> bool:
        """Whether it has done nothing but fail for `patience` seconds, or refuses for good."""
        if self.refused:
            return True
        working = self.in_flight > 0 and self.breaker.state == "closed"
        since = self.failing_since
        if since is None or working or self.held:
            return False
        return time.monotonic() - max(since, self.held_until) >= patience

    def look(self, pace: float | None) -> None:
        """End the requests that are late, count those that may hang, and tell what has collapsed.

        `pace` is the seconds per token of other servers, for one whose own are not known.
        """
        now, stale = time.monotonic(), 0
        longest = self.deadline.longest
        stale_at, lost_at = (
            float("inf") if longest is None else max(_STALE_SECONDS, share * longest)
            for share in (_STALE, _LOST)
        )
        for one in self.open:
            if one.heard:
                late = now - one.heard > self.deadline.silence() * 2.0**one.late
            else:
                age = now - one.began
                late = age > self.deadline.limit(one.tokens, pace=pace, late=one.late)
                late |= age > lost_at * 2.0**one.late and self._hangs(one)
                stale += one.responses * (age > stale_at)
            if late and one.timeout.when() is None:
                one.timeout.reschedule(0.0)
        self.stale = stale
        self._tell_collapse(now)

    def _hangs(self, one: Open) -> bool:
        """Whether the server has forgotten a request, by what it did with the others.

        Only where its seed brings the same response again: without one, asking again would redraw the
        longest responses, and leave a pool of shorter ones.
        """
        seeded = self.call is not None and self.call.seed and not any("seed" in what for what in self.ignores)
        return seeded and self.answered >= one.overtaken

    def _tell_collapse(self, now: float) -> None:
        pace, seen = self.pace, self._throughput
        if pace.fixed is None:
            self._tell("limit", pace.limit, pace.highest, "requests at a time")
        if now - seen.since < _MINUTE:
            return
        rate = seen.tokens / (now - seen.since)
        # At the end of a run there is less work, and no fault in it.
        if self.load >= 0.8 * pace.limit:
            self._tell("rate", rate, seen.best, "tokens/s")
        seen.best, seen.tokens, seen.since = max(seen.best, rate), 0, now

    def _tell(self, what: str, value: float, best: float, unit: str) -> None:
        told = self._throughput.told
        if what not in told and value < _COLLAPSED * best:
            told.add(what)
            why = f"; its last error: {self.last_error}" if self.last_error else ""
            warn(f"{self.name} is down to {_few(value)} {unit}, from {_few(best)}{why}")
        elif what in told and value >= _RECOVERED * best:
            told.discard(what)
            info(f"{self.name} is back at {_few(value)} {unit}")

    def snapshot(self) -> dict[str, Any]:
        """What a status line shows."""
        return {
            "url": self.name,
            "state": self.state,
            "in_flight": self.in_flight,
            "limit": self.pace.limit,
            "tokens_per_second": round(self.pace.rate, 1),
            "answered": self.answered,
            "failed": self.failed,
            "last_error": self.last_error,
        }

    def describe(self) -> dict[str, Any]:
        """What manifests record of it."""
        call = self.call
        return {
            "url": self.name,
            "kind": call.kind if call else "",
            "model": call.model if call else "",
            "answers_as": self.answers_as,
            "ignores": self.ignores,
            "n": self.together,
        }

    def agrees_with(self, other: Server) -> bool:
        """Whether both serve the same model, as far as they say."""
        mine, others = ({s.answers_as or (s.call.model if s.call else "")} for s in (self, other))
        (one,), (two,) = mine, others
        return one == two or same_model(one, two)


def _few(value: float) -> str:
    """A number for people: whole where it is large."""
    return f"{value:,.0f}" if value >= _LARGE or value == int(value) else f"{value:.2g}"
