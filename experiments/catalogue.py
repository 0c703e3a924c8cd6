"""Every experiment by name."""

from experiments.bankruptcy import BANKRUPTCY
from experiments.digits import DIGITS
from experiments.iris import IRIS
from experiments.mnist import MNIST
from experiments.spec import Comparison

STANDARD: dict[str, Comparison] = {comparison.name: comparison for comparison in (IRIS, DIGITS, MNIST, BANKRUPTCY)}
"""What a run without names takes, in its order."""

ON_REQUEST: dict[str, Comparison] = {}
"""What takes long, or repeats a question under other terms: run when it is named."""

COMPARISONS: dict[str, Comparison] = {**STANDARD, **ON_REQUEST}
