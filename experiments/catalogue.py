"""Every experiment by name."""

from experiments.bankruptcy import BANKRUPTCY, BANKRUPTCY_K_FOLD, BANKRUPTCY_SEARCH
from experiments.digits import DIGITS
from experiments.gallery import GALLERY
from experiments.iris import IRIS
from experiments.language import Comparison, Ladder
from experiments.leak import LEAK
from experiments.mnist import MNIST
from experiments.mnist_best import MNIST_BEST, MNIST_QUICK
from experiments.mnist_ladder import MNIST_LADDER

STANDARD: dict[str, Comparison] = {comparison.name: comparison for comparison in (IRIS, DIGITS, MNIST, BANKRUPTCY)}
"""What a run without names takes, in its order."""

ON_REQUEST: dict[str, Comparison] = {
    comparison.name: comparison for comparison in (BANKRUPTCY_K_FOLD, BANKRUPTCY_SEARCH, LEAK, GALLERY)
}
"""What takes long, or repeats a question under other terms: run when it is named."""

COMPARISONS: dict[str, Comparison] = {**STANDARD, **ON_REQUEST}

LADDERS: dict[str, Ladder] = {ladder.name: ladder for ladder in (MNIST_LADDER, MNIST_BEST, MNIST_QUICK)}
"""Nets against printed figures, each of which takes long: run when it is named."""
