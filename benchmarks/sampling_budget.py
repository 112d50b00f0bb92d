"""What a budget of tokens is exceeded by, and what heeding it costs in throughput.

    python benchmarks/sampling_budget.py [--queries 300] [--slots 256]

The real controller on a virtual clock, with responses as long as the paper's: 2048 tokens at most, some
500 on the average. Budgets are given as multiples of what one request in every slot takes at most.
Throughput is against all slots busy to the end.
"""

from __future__ import annotations

import argparse

from sampling_efficiency import make_workload
from sampling_virtual import MAX_TOKENS, TOKENS_PER_SECOND, run_virtually

from dartmath.sampling.config import Budget
from dartmath.sampling.policy import VRT

_WAVES = (0.01, 0.1, 0.5, 1, 3, 10, 30)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--slots", type=int, default=256)
    chosen = parser.parse_args()
    workload = make_workload(chosen.queries)
    print("| waves | budget, tokens | spent / budget | throughput |")
    print("| ---: | ---: | ---: | ---: |")
    for waves in _WAVES:
        budget = round(waves * chosen.slots * MAX_TOKENS)
        tally, _, took = run_virtually(workload, VRT(trials=1000), chosen.slots, Budget(tokens=budget))
        share = tally.total_tokens / (took * chosen.slots * TOKENS_PER_SECOND)
        print(f"| {waves:g} | {budget:,} | {tally.total_tokens / budget:.1%} | {share:.1%} |", flush=True)


if __name__ == "__main__":
    main()
