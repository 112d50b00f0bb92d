"""What is left of a server's throughput after trouble, with the pace that finds its limit.

    python benchmarks/pace.py [--hours 6]

The real `Pace` on a virtual clock. The server takes 256 requests at once, and either refuses or queues the
rest. Trouble: two seconds in which everything is refused half an hour in; 20 seconds of refusals at the
start, as of a server that loads a model; 30 % of all answers refused, whatever the load; and a server that
takes 32 requests from half an hour on. The ideal keeps as many requests in flight as the server takes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from engines.openai.simulated import VirtualServer

_SLOTS, _FEWER = 256, 32
_TROUBLE: dict[str, Callable[[float], float]] = {
    "none": lambda now: 0.0,
    "one burst": lambda now: float(1800 <= now < 1802),
    "20 s at the start": lambda now: float(now < 20),
    "30 % refused": lambda now: 0.3,
}


def share(hours: float, seconds: float, trouble: str, *, queues: bool) -> tuple[float, int]:
    """(responses as a share of the ideal, the limit at the end)."""
    drop = trouble == "takes 32 from then on"
    server = VirtualServer(_SLOTS, seconds, queues, _TROUBLE.get(trouble, _TROUBLE["none"]))
    end = hours * 3600
    ideal = _SLOTS * end / seconds * (0.7 if trouble == "30 % refused" else 1.0)
    if drop:
        server.run(1800)
        server.slots = _FEWER
        ideal = (_SLOTS * 1800 + _FEWER * (end - 1800)) / seconds
    return server.run(end) / ideal, server.pace.limit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=6.0)
    hours = parser.parse_args().hours
    print("| seconds a response | trouble | refuses the rest | limit | queues the rest | limit |")
    print("| ---: | --- | ---: | ---: | ---: | ---: |")
    for seconds in (10.0, 60.0):
        for trouble in (*_TROUBLE, "takes 32 from then on"):
            refusing, one = share(hours, seconds, trouble, queues=False)
            queueing, two = share(hours, seconds, trouble, queues=True)
            print(
                f"| {seconds:.0f} | {trouble} | {refusing:.1%} | {one} | {queueing:.1%} | {two} |", flush=True
            )


if __name__ == "__main__":
    main()
