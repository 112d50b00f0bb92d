"""Peak memory and time of preparing a data set as large as the paper's for training.

    python benchmarks/prepare_memory.py [--rows 590000]

Writes a Parquet file of that many rows, then reads, tokenises, caches and packs it in a process of
its own, whose peak memory the system reports; then once more, with the cache warm. *CPU seconds* are
those of all threads: other work on the machine hardly changes them. The tokenizer spreads a batch over the
cores, so two quiet ones take little more than half of them.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

WORDS = r"we have that the so then value of sum is 2 x + y = 14 therefore answer and by \frac{1}{2} each"


def write_rows(path: Path, rows: int) -> None:
    """Rows whose responses are log-normal with a mean of about 274 tokens, 40 for each query."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = random.Random(0)
    words = WORDS.split()
    schema = pa.schema([("query", pa.string()), ("response", pa.string())])
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, rows, 20_000):
            n = min(20_000, rows - start)
            sizes = [min(1200, max(8, int(rng.lognormvariate(5.0, 0.6)))) for _ in range(n)]
            responses = [" ".join(rng.choices(words, k=k)) + "." for k in sizes]
            queries = [f"Query {(start + i) // 40}: " + "what is the value of x if " * 6 for i in range(n)]
            writer.write_table(pa.table({"query": queries, "response": responses}, schema=schema))


def prepare(path: str) -> None:
    """Tokenise and pack, and print what came of it and the peak memory in MiB."""
    import resource
    import time

    from dartmath.model import ModelSection, load_tokenizer
    from dartmath.prompts.template import load_template
    from dartmath.training.mixture import mix
    from dartmath.training.pack import pack
    from dartmath.training.store import tokenise
    from dartmath.training.tokens import Encoder

    begin = time.perf_counter()
    tokenizer = load_tokenizer(ModelSection(name="smollm2-135m-instruct"))
    store = tokenise(path, Encoder(tokenizer, load_template("alpaca"), max_length=4096))
    packing = pack(mix([store], [1.0], seed=0).lengths, 4096)
    seconds = time.perf_counter() - begin
    used = resource.getrusage(resource.RUSAGE_SELF)
    times = f"{seconds:.0f}\t{used.ru_utime + used.ru_stime:.0f}\t{used.ru_maxrss / 1024:.0f}"
    print(f"{len(store)}\t{packing.tokens}\t{len(packing)}\t{packing.efficiency:.4%}\t{times}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=590_000)
    parser.add_argument("--prepare", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.prepare:
        prepare(options.prepare)
        return
    from dartmath.base.terminal import print_table

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.parquet"
        write_rows(path, options.rows)
        # The converted model stays where it is; only the tokens go to the temporary folder.
        environment = {**os.environ, "DARTMATH_CACHE": folder}
        from dartmath.model import cache_dir

        (Path(folder) / "models").symlink_to(cache_dir() / "models")
        rows = []
        for when in ("first time", "from the cache"):
            command = [sys.executable, __file__, "--prepare", str(path)]
            out = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
            examples, tokens, sequences, *rest = out.split()
            rows.append((when, f"{int(examples):,}", f"{int(tokens):,}", f"{int(sequences):,}", *rest))
    columns = ("", "examples", "tokens", "sequences", "full", "seconds", "CPU seconds", "peak MiB")
    print_table("preparing a data set", columns, rows)


if __name__ == "__main__":
    main()
