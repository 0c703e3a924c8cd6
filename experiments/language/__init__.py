"""The language of declarations: frozen, keyword-only dataclasses, each checked where it is written.

A declaration says *what* is tried and why; nothing here trains, reads a file or imports more than the standard
library. Change one with ``dataclasses.replace``: the copy is checked again. A kind of candidate of one's own is a class
under ``Candidate`` or ``Net`` and a call of ``register``.

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
from experiments.language.candidate import KINDS, Candidate, register, registered
from experiments.language.comparison import Comparison
from experiments.language.decision import Decision
from experiments.language.declaration import Declaration
from experiments.language.ensemble import Ensemble
from experiments.language.exercise import Exercise
from experiments.language.expect import Expect
from experiments.language.gate import Gate
from experiments.language.inputs import Inputs
from experiments.language.ladder import Ladder, Rung
from experiments.language.leak import Leak
from experiments.language.metric import METRICS, Metric, MetricName
from experiments.language.nets import (
    Activation,
    Augmentation,
    Cell,
    ConvNet,
    Convolution,
    DenseNet,
    Initializer,
    LayeredNet,
    Net,
    Optimizer,
    Precision,
    Rates,
    RealMLP,
    RecurrentNet,
    Schedule,
    Style,
    TabM,
    Training,
)
from experiments.language.search import Search
from experiments.language.splitting import Splitting

__all__ = [
    "KINDS",
    "METRICS",
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
    "Declaration",
    "DenseNet",
    "Ensemble",
    "Exercise",
    "Expect",
    "Gate",
    "Initializer",
    "Inputs",
    "Ladder",
    "LayeredNet",
    "Leak",
    "Metric",
    "MetricName",
    "Net",
    "Optimizer",
    "Precision",
    "Rates",
    "RealMLP",
    "RecurrentNet",
    "Rung",
    "Schedule",
    "Search",
    "Splitting",
    "Style",
    "TabM",
    "Training",
    "register",
    "registered",
]
