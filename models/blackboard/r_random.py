"""R's random numbers in NumPy: ``set.seed``, ``runif``, ``rnorm`` and ``sample`` as R 3.6 and later draw them.

R's default generator is the Mersenne Twister, NumPy's own, filled in another way; normal numbers come by inversion,
whole ones by rejection. So what the lecture drew in R can be drawn again, digit by digit.

Example:
    >>> RRandom(1).normal(3).round(7)  # set.seed(1); rnorm(3)
    array([-0.6264538,  0.1836433, -0.8356286])
    >>> (1 + RRandom(1).sample(10, 10)).tolist()  # set.seed(1); sample(10)
    [9, 4, 7, 1, 2, 5, 3, 10, 6, 8]
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from models.blackboard.trace import Array
from models.checks import require

_WORDS = 624  # of the Mersenne Twister's state
_TO_UNIT = 2.3283064365386963e-10  # a word of 32 bits to 0 to 1, as R's source has it
_BIG = 2**27  # normal numbers take two uniform ones: 27 bits and the rest
_CHUNK = 16  # bits that R takes of a uniform number for a whole one


class RRandom:
    """R's stream of random numbers after ``set.seed(seed)``; each call goes on where the last one ended.

    Source:
        R Core Team, R sources, src/main/RNG.c, snorm.c and random.c.
    """

    def __init__(self, seed: int) -> None:
        """Fills the Mersenne Twister as ``set.seed`` does.

        Formula:
            s <- 69069 s + 1 mod 2^32: fifty times to scramble the seed, once to pass a word over, then for each word.
        """
        words = np.empty(_WORDS, np.uint32)
        s = seed % 2**32
        for _ in range(51):
            s = (69069 * s + 1) % 2**32
        for place in range(_WORDS):
            s = (69069 * s + 1) % 2**32
            words[place] = s
        self._twister = np.random.MT19937()
        self._twister.state = {"bit_generator": "MT19937", "state": {"key": words, "pos": _WORDS}}

    def uniform(self, n: int) -> Array:
        """Returns ``runif(n)``."""
        return np.asarray(self._twister.random_raw(n), np.float64) * _TO_UNIT

    def normal(self, n: int) -> Array:
        """Returns ``rnorm(n)``.

        Formula:
            z = Phi^-1((floor(2^27 u_1) + u_2) / 2^27).
        """
        pairs = self.uniform(2 * n).reshape(n, 2)
        return ndtri((np.floor(_BIG * pairs[:, 0]) + pairs[:, 1]) / _BIG)

    def sample(self, n: int, size: int) -> NDArray[np.int64]:
        """Returns ``sample(n, size)``, without replacement, counted from 0.

        Raises:
            ValueError: More is asked for than there is.
        """
        require(0 <= size <= n, "sample", "no more than there is", "Take a smaller size.", n=n, size=size)
        left = np.arange(n)
        drawn = np.empty(size, np.int64)
        for place in range(size):
            last = n - place - 1
            taken = self._below(last + 1)
            drawn[place], left[taken] = left[taken], left[last]
        return drawn

    def _below(self, n: int) -> int:
        """A whole number of 0 to n - 1: as many bits as n needs, drawn again while they are too large."""
        bits = (n - 1).bit_length()
        while True:
            value = 0
            for _ in range(bits // _CHUNK + 1):
                value = (value << _CHUNK) + int(self.uniform(1)[0] * 2**_CHUNK)
            value &= 2**bits - 1
            if value < n:
                return value
