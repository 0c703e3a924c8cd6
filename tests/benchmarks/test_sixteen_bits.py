"""Products in 16 bits are really taken, compared with the same net in 32, and leave the policy as it was."""

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits

from benchmarks import sixteen_bits
from benchmarks.tuning import DIGITS, noise
from benchmarks.turns import Gain


@pytest.fixture(scope="module")
def digits():
    """Real digits as images of 28 x 28: each pixel three times, and a margin of two."""
    X, y = load_digits(return_X_y=True)
    large = np.kron(X[:400].reshape(-1, 8, 8) / 16, np.ones((3, 3)))
    return np.pad(large, ((0, 0), (2, 2), (2, 2))).astype(np.float32), y[:400]


def test_both_precisions_are_timed_and_only_one_has_16_bits(monkeypatch):
    built = []
    policies = lambda problem, ways: built.append(keras.config.dtype_policy().compute_dtype)  # noqa: E731
    monkeypatch.setattr(sixteen_bits, "Steps", policies)
    monkeypatch.setattr(sixteen_bits, "in_turns", lambda usual, other, n_turns, rtol: "gain")
    assert sixteen_bits.gain(noise(64, 10, None, 10, DIGITS)) == "gain"
    assert built == ["float32", "bfloat16"]
    assert keras.config.dtype_policy().name == "float32"


def test_a_net_learns_by_either(digits):
    X, y = digits
    fine, coarse = (sixteen_bits.accuracy(X, y, 0, precision, 12) for precision in ("float32", "mixed_bfloat16"))
    assert min(fine, coarse) > 0.6
    assert keras.config.dtype_policy().name == "float32"


def test_every_size_is_there_by_its_name():
    names = [(net, problem.batch_size) for net, problem in sixteen_bits.problems()]
    assert names[0] == ("8 x 8 pixels, conv 16-32 maps", 32)
    assert names[-2:] == [("784-30-10", 128), ("784-1000-1000-10", 128)]
    assert len(names) == 8


def test_a_gain_is_told_with_its_interval():
    gain = Gain(usual=2e-3, other=1e-3, times=2.0, low=1.9, high=2.1)
    assert sixteen_bits.told(gain) == "2,000 us | 1,000 us | 2.00 (1.90 to 2.10)"
