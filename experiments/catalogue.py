"""Every experiment by name."""

from experiments.bankruptcy import BANKRUPTCY, BANKRUPTCY_K_FOLD, BANKRUPTCY_R, BANKRUPTCY_SEARCH, BANKRUPTCY_VOTES
from experiments.diabetes import DIABETES
from experiments.digits import DIGITS
from experiments.example_10 import EXAMPLE_10, EXAMPLE_10_MNIST
from experiments.gallery import GALLERY
from experiments.iris import IRIS
from experiments.language import Comparison, Ladder
from experiments.language.printed import WorkedExample
from experiments.leak import LEAK
from experiments.lecture import EXAMPLES, ON_REQUEST
from experiments.mnist import MNIST
from experiments.mnist_best import MNIST_BEST, MNIST_QUICK
from experiments.mnist_ladder import MNIST_LADDER
from models.checks import require_new

Experiment = WorkedExample | Comparison | Ladder


def by_name(*experiments: Experiment) -> dict[str, Experiment]:
    """Returns name -> declaration.

    Raises:
        ValueError: Two have the same name.
    """
    named: dict[str, Experiment] = {}
    for experiment in experiments:
        require_new("catalogue", "name", experiment.name, named)
        named[experiment.name] = experiment
    return named


_STANDARD: tuple[Experiment, ...] = (*EXAMPLES, IRIS, DIGITS, MNIST, BANKRUPTCY)
_ON_REQUEST: tuple[Experiment, ...] = (
    *ON_REQUEST,
    DIABETES,
    BANKRUPTCY_K_FOLD,
    BANKRUPTCY_VOTES,
    BANKRUPTCY_R,
    BANKRUPTCY_SEARCH,
    LEAK,
    GALLERY,
    EXAMPLE_10,
    EXAMPLE_10_MNIST,
    MNIST_LADDER,
    MNIST_BEST,
    MNIST_QUICK,
)

EXPERIMENTS: dict[str, Experiment] = by_name(*_STANDARD, *_ON_REQUEST)
"""Name -> declaration of any kind: what there is to run."""

STANDARD: tuple[str, ...] = tuple(by_name(*_STANDARD))
"""What a run without names takes, in its order. All else takes long, is beyond the lecture, or repeats a question."""

COMPARISONS: dict[str, Comparison] = {
    name: experiment for name, experiment in EXPERIMENTS.items() if isinstance(experiment, Comparison)
}

LADDERS: dict[str, Ladder] = {
    name: experiment for name, experiment in EXPERIMENTS.items() if isinstance(experiment, Ladder)
}
"""Nets against printed figures, each of which takes long."""
