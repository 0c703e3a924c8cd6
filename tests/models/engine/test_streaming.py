"""Rows that do not fit on the device are trained on all the same."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits

from models.engine.one_net import train
from models.nets import dense

ROOT = Path(__file__).parents[3]


def digits():
    X, y = load_digits(return_X_y=True)
    return (X / 16).astype(np.float32), y


@pytest.mark.parametrize("compilation", ["xla", "graph"])
def test_streamed_rows_give_the_bits_of_resident_rows(compilation):
    X, y = digits()
    histories, weights = [], []
    for device_bytes in (10**9, X.nbytes // 5):
        net = dense.build((64,), 10, [8], seed=0)
        history = train(
            net,
            X,
            y,
            loss=keras.losses.SparseCategoricalCrossentropy(),
            optimizer=keras.optimizers.Adam(0.01),
            epochs=3,
            batch_size=50,
            seed=4,
            sample_weight=np.linspace(0.5, 2, len(X)),
            validation_data=(X[:100], y[:100]),
            patience=2,
            compilation=compilation,
            device_bytes=device_bytes,
        )
        histories.append(history)
        weights.append(net.get_weights())
    resident, streamed = histories
    assert streamed.engine == f"{resident.engine}, streamed"
    np.testing.assert_array_equal(resident.train_loss, streamed.train_loss)
    np.testing.assert_array_equal(resident.validation_loss, streamed.validation_loss)
    for ours, theirs in zip(*weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


ROWS_AND_THEIR_BOUND = """
import sys
from pathlib import Path

import keras
import numpy as np

from models.engine.one_net import train
from models.engine.streaming import CHUNKS_ALIVE
from models.nets import dense


def anonymous_bytes():  # memory of this process that no file backs
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("RssAnon")]
    return int(line.split()[1]) * 1024


X = np.memmap(sys.argv[1], dtype=np.float32, mode="w+", shape=(40_000, 784))
bound = 16 * 2**20
assert X.nbytes > 7 * bound
seen = []
train(
    dense.build((784,), 10, []),
    X,
    np.arange(len(X)) % 10,
    loss=keras.losses.SparseCategoricalCrossentropy(),
    optimizer=keras.optimizers.SGD(0.1),
    epochs=1,
    batch_size=128,
    seed=0,
    compilation="graph",
    device_bytes=bound,
    progress=lambda *_: seen.append(anonymous_bytes()),
)
in_order = bound // CHUNKS_ALIVE  # train's own words: a copy of a chunk, in the order of the epoch, comes on top
print(len(seen), max(seen) - seen[0], bound + in_order)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from Linux's /proc")
def test_memory_stays_within_the_bound(tmp_path):
    """In a process of its own: what earlier tests left behind, and free at any moment, would be measured too."""
    arguments = [sys.executable, "-c", ROWS_AND_THEIR_BOUND, str(tmp_path / "rows")]
    ended = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    told, grown, allowed = map(int, ended.stdout.split())
    assert grown <= allowed
    assert told > 7
