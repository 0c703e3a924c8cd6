"""Three ways to pool a map, each against Keras's layers and the tape."""

import numpy as np
import pandas as pd

from models.blackboard import convolution_by_hand as by_hand
from models.blackboard import pooling
from models.blackboard.trace import Array
from pipeline.lecture.values import Agreement
from pipeline.lecture.working.convolution_by_tape import pooled_by_tape

WAYS = {
    "max": (by_hand.max_pool, by_hand.max_pool_back),
    "mean": (pooling.mean_pool, pooling.mean_pool_back),
    "l2": (pooling.l2_pool, pooling.l2_pool_back),
}
ALLOWED = 1e-10


def table(maps: Array, pool: tuple[int, int]) -> pd.DataFrame:
    """Returns what each way of pooling keeps of the field that is fullest on average; ``maps`` of one picture."""
    height, width = pool
    means = pooling.mean_pool(maps, pool)
    _, j, k, i = np.unravel_index(int(means.argmax()), means.shape)
    field = maps[:, j * height : (j + 1) * height, k * width : (k + 1) * width, i : i + 1]
    values = tuple(float(value) for value in field.ravel())
    kept = {name: float(way(field, pool).item()) for name, (way, _) in WAYS.items()}
    return pd.DataFrame([{"pooling": name, "field": values, "kept": value} for name, value in kept.items()])


def agreements(maps: Array, pool: tuple[int, int]) -> list[Agreement]:
    """Compares every way, forward and backward, on maps in which no field has two largest values."""
    maps = maps + np.arange(1, maps.size + 1).reshape(maps.shape) / maps.size
    found = []
    for name, (way, back) in WAYS.items():
        ours = way(maps, pool)
        theirs, slopes = pooled_by_tape(name, maps, pool, ours)
        found += [
            _agreement(f"{name} pooling", "Keras's layers", ours, theirs),
            _agreement(f"slopes through {name} pooling", "the tape", back(maps, pool, ours), slopes),
        ]
    return found


def _agreement(what: str, peer: str, ours: Array, theirs: Array) -> Agreement:
    return Agreement(what=what, peer=peer, difference=float(np.abs(ours - theirs).max()), allowed=ALLOWED)
