"""What dropout drops in many nets, drawn for all of them at once: the numbers that each would draw alone.

TensorFlow draws for one seed in one call, so that R nets would be R calls, one after the other. Its generator is no
more than ten rounds of multiplications of a counter by a key (Philox), which take any number of keys at once. Under XLA
these are TensorFlow's numbers to the bit; as a graph its kernel makes other numbers of the same bits, and the calls
stay.

Source:
    Salmon et al. (2011), Parallel random numbers: as easy as 1, 2, 3.
"""

import math
from typing import Any

import numpy as np
import tensorflow as tf

_N_ROUNDS = 10
_FACTORS = (0xD2511F53, 0xCD9E8D57)
_STEPS = (0x9E3779B9, 0xBB67AE85)  # of the key, from round to round
_MIXING_KEY = (0x3EC8F720, 0x02461E29)  # by which TensorFlow makes key and counter of a seed
_AT_ONCE = 8

Words = tuple[tf.Tensor, ...]


def suits(dtype: str, *, xla: bool) -> bool:
    """Returns whether ``kept`` is what TensorFlow draws: numbers of 32 bits, under XLA."""
    return xla and dtype == "float32"


def kept(seeds: tf.Tensor, rates: Any, shape: tuple[int, ...]) -> tf.Tensor:
    """Returns 0 for what is dropped and ``1 / (1 - rate)`` for what stays, as ``stateless_dropout`` of ones under XLA.

    Args:
        seeds: ``(n_nets, 2)`` whole numbers, not below 0.
        rates: Of all nets one number, or ``(n_nets,)``.
        shape: Of what one net drops from.

    Returns:
        ``(n_nets, *shape)``.
    """
    n_nets, n = seeds.shape[0], math.prod(shape)
    one = isinstance(rates, float)
    dropped = tf.constant(rates, tf.float32) if one else tf.reshape(tf.constant(rates, tf.float32), (n_nets, 1))
    scale = tf.constant(1 / (1 - rates), tf.float32) if one else 1.0 / (1.0 - dropped)
    stays = _unpacked(_packed(seeds, dropped, -(-n // 4)))[:, :n]
    return tf.reshape(tf.where(stays, scale, 0.0), (n_nets, *shape))


def _packed(seeds: tf.Tensor, dropped: tf.Tensor, n_words: int) -> tf.Tensor:
    """Returns whether each number stays, four to a word: the rounds are then one loop, and not one for each of four."""
    found = tf.zeros((), tf.uint32)
    for place, bits in enumerate(_bits(seeds, -(-n_words // _AT_ONCE) * _AT_ONCE)):
        number = tf.cast(_right(bits, 9), tf.float32) * 2.0**-23
        found |= tf.bitwise.left_shift(tf.cast(number >= dropped, tf.uint32), _whole(place))
    return found


def _unpacked(packed: tf.Tensor) -> tf.Tensor:
    """Returns ``(n_nets, 4 n_words)`` of the words' bits."""
    # XLA fuses no matrix product: without this one it would draw anew for each of the four.
    rows = tf.matmul(tf.reshape(tf.cast(packed, tf.float32), (-1, _AT_ONCE)), tf.eye(_AT_ONCE))
    words = tf.reshape(tf.cast(rows, tf.uint32), (*packed.shape, 1))
    return tf.reshape((words & tf.constant([1, 2, 4, 8], tf.uint32)) > 0, (packed.shape[0], -1))


def _bits(seeds: tf.Tensor, n_words: int) -> Words:
    """Returns four words of ``(n_nets, n_words)`` random bits, which TensorFlow hands out in turn."""
    seeds = tf.bitcast(seeds, tf.uint32)
    first, second, zero = seeds[:, :1], seeds[:, 1:], tf.zeros_like(seeds[:, :1])
    *key, low, high = _rounds((first, zero, second, zero), tuple(map(_whole, _MIXING_KEY)))
    counter = zero + tf.constant(np.arange(n_words, dtype=np.uint32))
    nothing = tf.zeros_like(counter)
    return _rounds((counter, nothing, nothing + low, nothing + high), tuple(key))


def _rounds(counter: Words, key: Words) -> Words:
    one, two, three, four = counter
    for _ in range(_N_ROUNDS):
        (high, low), (other_high, other_low) = _product(one, _FACTORS[0]), _product(three, _FACTORS[1])
        one, two, three, four = other_high ^ two ^ key[0], other_low, high ^ four ^ key[1], low
        key = tuple(part + _whole(step) for part, step in zip(key, _STEPS, strict=True))
    return one, two, three, four


def _product(word: tf.Tensor, factor: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the upper and the lower 32 bits of a product."""
    wide = tf.cast(word, tf.uint64) * tf.constant(factor, tf.uint64)
    return tf.cast(_right(wide, 32), tf.uint32), tf.cast(wide, tf.uint32)


def _right(bits: tf.Tensor, n: int) -> tf.Tensor:
    return tf.bitwise.right_shift(bits, tf.constant(n, bits.dtype))


def _whole(value: int) -> tf.Tensor:
    return tf.constant(value, tf.uint32)
