"""The language of declarations: frozen, keyword-only dataclasses, each checked where it is written.

A declaration says *what* is tried and why; nothing here trains, reads a file or imports more than the standard
library. Change one with ``dataclasses.replace``: the copy is checked again.

Example:
    >>> net = DenseNet(name="sigmoid_10", hidden_units=(10,), training=Training(epochs=20, learning_rate=0.1))
    >>> net.activation
    'sigmoid'
    >>> DenseNet(name="none", hidden_units=(0,), training=Training(epochs=1, learning_rate=0.1))
    Traceback (most recent call last):
    ...
    ValueError: DenseNet: expected hidden_units of 1 or more each. Received: hidden_units=(0,).
    Name the neurons of each hidden layer; () is none.
"""

from experiments.language.baseline import Algorithm, Baseline
from experiments.language.comparison import LOWER_IS_BETTER, Candidate, Comparison, Metric
from experiments.language.decision import Decision
from experiments.language.ensemble import Ensemble
from experiments.language.gate import Gate
from experiments.language.ladder import Ladder, Rung
from experiments.language.leak import Leak
from experiments.language.nets import (
    Activation,
    Augmentation,
    Cell,
    ConvNet,
    Convolution,
    DenseNet,
    Inputs,
    Net,
    Optimizer,
    Precision,
    RecurrentNet,
    Schedule,
    Style,
    Training,
)
from experiments.language.search import Search
from experiments.language.splitting import Splitting

__all__ = [
    "LOWER_IS_BETTER",
    "Activation",
    "Algorithm",
    "Augmentation",
    "Baseline",
    "Candidate",
    "Cell",
    "Comparison",
    "ConvNet",
    "Convolution",
    "Decision",
    "DenseNet",
    "Ensemble",
    "Gate",
    "Inputs",
    "Ladder",
    "Leak",
    "Metric",
    "Net",
    "Optimizer",
    "Precision",
    "RecurrentNet",
    "Rung",
    "Schedule",
    "Search",
    "Splitting",
    "Style",
    "Training",
]
