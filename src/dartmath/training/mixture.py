"""Mixture: the weighted union of several token stores; every one of them is used."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dartmath.base.errors import DataError
from dartmath.training.store import PairStore, Store
from dartmath.training.tokens import Tokens

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True)
class Mixture:
    """Examples of several stores; example i is `stores[store[i]][index[i]]`."""

    stores: Sequence[Store]
    store: npt.NDArray[np.int32]
    index: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, number: int) -> Tokens:
        return self.stores[int(self.store[number])][int(self.index[number])]

    def pair(self, number: int) -> tuple[Tokens, Tokens]:
        """The right and the wrong response of a pair."""
        store = self.stores[int(self.store[number])]
        assert isinstance(store, PairStore)  # the objective says what stores there are
        return store.pair(int(self.index[number]))

    def label(self, number: int) -> bool:
        """Whether a labelled response is right."""
        store = self.stores[int(self.store[number])]
        assert not isinstance(store, PairStore)  # the objective says what stores there are
        return store.labels is None or bool(store.labels[int(self.index[number])])

    @property
    def weighed(self) -> bool:
        """Whether losses of examples have weights."""
        return any(not isinstance(store, PairStore) and store.weights is not None for store in self.stores)

    def weight(self, number: int) -> float:
        """What the loss of an example is multiplied by."""
        store = self.stores[int(self.store[number])]
        if isinstance(store, PairStore) or store.weights is None:
            return 1.0
        return float(store.weights[int(self.index[number])])

    @property
    def dropped(self) -> dict[str, int]:
        """Rows of all stores that were left out, by reason."""
        total: Counter[str] = Counter()
        for store in self.stores:
            total.update(store.dropped)
        return dict(total)

    @property
    def trained_tokens(self) -> int:
        """Tokens with loss in one epoch."""
        masked = sum(
            int(store.untrained[self.index[self.store == number]].sum())
            for number, store in enumerate(self.stores)
        )
        return int(self.lengths.sum()) - masked

    @property
    def attended(self) -> float:
        """Mean length of the example that a token is in: how far attention reaches, were it not causal."""
        return float((self.lengths**2).sum() / self.lengths.sum())

    def where(self, number: int) -> str:
        """Source and row of an example, for messages."""
        store = self.stores[int(self.store[number])]
        return f"{store.source} row {store.rows[self.index[number]]}"


def hold_out(mixture: Mixture, share: float, *, seed: int) -> tuple[Mixture, Mixture]:
    """Split by queries: what is trained on, and what is held out, about `share` of the queries.

    A query is known by its prompt, so all of its responses are on one side. Raises `DataError` where a
    side would be empty.
    """
    import numpy as np

    held = np.fromiter((_is_held(mixture, i, share, seed) for i in range(len(mixture))), bool, len(mixture))
    if held.all() or not held.any():
        raise DataError(
            f"validation.share {share} of the queries of {len(mixture)} examples leaves nothing on one side; "
            "raise it, or give more data"
        )
    return _part(mixture, ~held), _part(mixture, held)


def _is_held(mixture: Mixture, number: int, share: float, seed: int) -> bool:
    """Whether the hash of an example's prompt, as a number between 0 and 1, is below `share`."""
    tokens = mixture[number]
    prompt = array("I", tokens.ids[: tokens.prompt]).tobytes()
    digest = hashlib.blake2b(prompt, digest_size=8, key=seed.to_bytes(8, "big", signed=True)).digest()
    return int.from_bytes(digest, "big") < share * 2**64


def _part(mixture: Mixture, chosen: npt.NDArray[np.bool_]) -> Mixture:
    return Mixture(mixture.stores, mixture.store[chosen], mixture.index[chosen], mixture.lengths[chosen])


def mix(stores: Sequence[Store], weights: Sequence[float], *, seed: int) -> Mixture:
    """Mix `stores`: a row of weight w is seen w times in an epoch.

    The fraction of a weight takes a seeded sample: 0.25 takes a quarter of the rows, 2.5 takes
    all of them twice and a half of them once more. Raises `DataError` when a store gives nothing.
    """
    import numpy as np

    chosen = []
    for number, (store, weight) in enumerate(zip(stores, weights, strict=True)):
        picked = _repeat(len(store), weight, seed=seed + number)
        if not len(picked):
            raise DataError(_nothing(store, weight), path=store.source)
        chosen.append(picked)
    store_of = np.repeat(np.arange(len(stores), dtype=np.int32), [len(c) for c in chosen])
    lengths = np.concatenate([s.lengths[c] for s, c in zip(stores, chosen, strict=True)])
    return Mixture(stores, store_of, np.concatenate(chosen), lengths)


def _repeat(rows: int, weight: float, *, seed: int) -> npt.NDArray[np.int64]:
    import numpy as np

    whole = np.tile(np.arange(rows, dtype=np.int64), int(weight))
    part = round(rows * (weight - int(weight)))
    sample = np.random.default_rng(seed).permutation(rows)[:part]
    return np.concatenate([whole, np.sort(sample)])


def _nothing(store: Store, weight: float) -> str:
    if len(store):
        return f"weight {weight} of {len(store)} examples is less than one example"
    reasons = ", ".join(f"{n} {reason}" for reason, n in store.dropped.items())
    return f"no example to train on ({reasons or 'the data set is empty'})"
