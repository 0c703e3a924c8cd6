"""Every experiment by name, in the order in which a run without names takes them."""

from experiments.bankruptcy import BANKRUPTCY
from experiments.digits import DIGITS
from experiments.iris import IRIS
from experiments.mnist import MNIST
from experiments.spec import Comparison

COMPARISONS: dict[str, Comparison] = {comparison.name: comparison for comparison in (IRIS, DIGITS, MNIST, BANKRUPTCY)}
