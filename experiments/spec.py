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

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from experiments.checks import closest, require

Activation = Literal["sigmoid", "tanh", "relu", "linear"]
Inputs = Literal["raw", "standardize", "quantile_normal", "rescale"]
Optimizer = Literal["sgd", "adam", "adamw"]
Schedule = Literal["constant", "cosine"]
Precision = Literal["float32", "mixed_bfloat16"]
Style = Literal["sequential", "functional"]
Algorithm = Literal[
    "majority_class",
    "logistic_regression",
    "linear_discriminant_analysis",
    "quadratic_discriminant_analysis",
    "naive_bayes",
    "k_nearest_neighbors",
    "decision_tree",
    "random_forest",
    "extra_trees",
    "hist_gradient_boosting",
    "support_vector_machine",
]
Metric = Literal[
    "accuracy",
    "balanced_accuracy",
    "roc_auc",
    "average_precision",
    "f1",
    "log_loss",
    "brier_score",
    "type_1_error",
    "type_2_error",
]
LOWER_IS_BETTER: frozenset[str] = frozenset({"log_loss", "brier_score", "type_1_error", "type_2_error"})


def _require_one_of(owner: str, name: str, value: str, choices: Any) -> None:
    known = get_args(choices)
    require(value in known, owner, f"a known {name}", closest(str(value), known), **{name: value})


def _require_name(owner: str, name: str) -> None:
    """Names become MLflow runs, metric prefixes and file names."""
    legal = name.isascii() and name.replace("_", "").isalnum() and name == name.lower()
    require(legal, owner, "a name of lower-case letters, digits and underscores", "Rename it.", name=name)


def _require_net(owner: str, net: "Net") -> None:
    """Checks what dense and convolutional nets have in common."""
    _require_name(owner, net.name)
    require(
        all(units >= 1 for units in net.hidden_units),
        owner,
        "hidden_units of 1 or more each",
        "Name the neurons of each hidden layer; () is none.",
        hidden_units=net.hidden_units,
    )
    _require_one_of(owner, "activation", net.activation, Activation)
    _require_one_of(owner, "style", net.style, Style)
    require(0 <= net.dropout < 1, owner, "dropout of 0 or more and below 1", "It is a share.", dropout=net.dropout)
    require(net.l2 >= 0, owner, "l2 of 0 or more", "It is a penalty.", l2=net.l2)


@dataclass(frozen=True, kw_only=True)
class Training:
    """How a net is trained.

    Attributes:
        epochs: Passes through the training rows at the most.
        learning_rate: The optimizer's step; with a schedule, its highest value.
        batch_size: Rows per update; ``None`` takes all rows (the lecture's batch gradient descent).
        optimizer: ``"sgd"`` is the lecture's rule; the others are Keras's.
        momentum: Of ``"sgd"``.
        weight_decay: Of ``"adamw"``.
        schedule: ``"cosine"`` lowers the rate to 0 over all epochs.
        patience: Early stopping: epochs without a better validation loss before training ends and the best weights
            return; ``None`` trains all epochs on all training rows.
        validation_share: Share of the training rows held out for early stopping.
        balanced: Weights rows so that every class counts the same.
        precision: ``"mixed_bfloat16"`` multiplies in 16 bits on a GPU or TPU, and is refused on a CPU.
    """

    epochs: int
    learning_rate: float
    batch_size: int | None = 32
    optimizer: Optimizer = "sgd"
    momentum: float = 0.0
    weight_decay: float = 0.0
    schedule: Schedule = "constant"
    patience: int | None = None
    validation_share: float = 0.0
    balanced: bool = False
    precision: Precision = "float32"

    def __post_init__(self) -> None:
        who = "Training"
        require(self.epochs >= 1, who, "epochs of 1 or more", "Train at least once.", epochs=self.epochs)
        require(
            0 < self.learning_rate < float("inf"),
            who,
            "a positive learning_rate",
            "0.1 is a start.",
            learning_rate=self.learning_rate,
        )
        require(
            self.batch_size is None or self.batch_size >= 1,
            who,
            "batch_size of 1 or more, or None for all rows",
            "1 is stochastic gradient descent.",
            batch_size=self.batch_size,
        )
        _require_one_of(who, "optimizer", self.optimizer, Optimizer)
        _require_one_of(who, "schedule", self.schedule, Schedule)
        _require_one_of(who, "precision", self.precision, Precision)
        require(
            self.momentum == 0 or (self.optimizer == "sgd" and 0 < self.momentum < 1),
            who,
            "momentum within 0 and 1, with sgd only",
            "It would have no effect: take it out or use sgd.",
            momentum=self.momentum,
            optimizer=self.optimizer,
        )
        require(
            self.weight_decay == 0 or (self.optimizer == "adamw" and self.weight_decay > 0),
            who,
            "weight_decay with adamw only",
            "It would have no effect: take it out or use adamw.",
            weight_decay=self.weight_decay,
            optimizer=self.optimizer,
        )
        require(
            self.patience is None or self.patience >= 1,
            who,
            "patience of 1 or more, or None",
            "None never stops early.",
            patience=self.patience,
        )
        require(
            (self.patience is None and self.validation_share == 0)
            or (self.patience is not None and 0 < self.validation_share < 1),
            who,
            "validation_share within 0 and 1 together with patience, or neither",
            "Early stopping needs both; without it validation rows would only be lost.",
            patience=self.patience,
            validation_share=self.validation_share,
        )


@dataclass(frozen=True, kw_only=True)
class DenseNet:
    """A net of dense layers: the lecture's architecture, from a single neuron to deep stacks.

    Attributes:
        name: Of the candidate, in tables and MLflow.
        hidden_units: Neurons of each hidden layer, input side first; ``()`` is logistic regression.
        training: How it is trained.
        activation: Of the hidden layers. The output is a sigmoid (two classes) or softmax (more).
        inputs: What the first layer does to raw rows: nothing; z-scores; each feature to normal quantiles; division
            by the largest pixel.
        kernel_initializer: A Keras name. Glorot's keeps a sigmoid's signal alive over one or two layers, not over
            many.
        batch_normalization: Before each hidden activation: centres what enters a sigmoid, where its slope is largest.
        dropout: Share of hidden outputs set to 0 during training.
        l2: Penalty on the kernels, as in Keras: ``l2 * sum(kernel ** 2)`` is added to the mean loss.
        style: How the Keras model is built; the function is the same.
        reason: Why these settings, where it is not obvious.
    """

    name: str
    hidden_units: tuple[int, ...]
    training: Training
    activation: Activation = "sigmoid"
    inputs: Inputs = "standardize"
    kernel_initializer: str = "glorot_uniform"
    batch_normalization: bool = False
    dropout: float = 0.0
    l2: float = 0.0
    style: Style = "sequential"
    reason: str = ""

    def __post_init__(self) -> None:
        _require_net("DenseNet", self)
        _require_one_of("DenseNet", "inputs", self.inputs, Inputs)

    @property
    def family(self) -> str:
        """The tag that tells nets from baselines."""
        return "net"


@dataclass(frozen=True, kw_only=True)
class Convolution:
    """One convolutional layer and its pooling.

    Attributes:
        feature_maps: Kernels of the layer.
        kernel_size: Side of the local receptive field, in pixels.
        pool_size: Side of the max pooling that follows, in pixels; 1 is none.
        padding: ``"valid"`` shrinks the map by ``kernel_size - 1`` pixels, as on the slides; ``"same"`` keeps its
            size.
    """

    feature_maps: int
    kernel_size: int = 5
    pool_size: int = 2
    padding: Literal["valid", "same"] = "valid"

    def __post_init__(self) -> None:
        sizes = {"feature_maps": self.feature_maps, "kernel_size": self.kernel_size, "pool_size": self.pool_size}
        require(
            all(size >= 1 for size in sizes.values()),
            "Convolution",
            "sizes of 1 or more",
            "Pooling of 1 is none.",
            **sizes,
        )


@dataclass(frozen=True, kw_only=True)
class ConvNet:
    """A convolutional net: convolutions with pooling, then dense layers.

    Attributes:
        name: Of the candidate.
        convolutions: Input side first.
        training: How it is trained.
        hidden_units: Dense neurons after the last pooling.
        activation: Of convolutions and dense hidden layers.
        batch_normalization: After each convolution.
        dropout: Share of the dense hidden outputs set to 0 during training.
        l2: Penalty on the kernels, as in Keras.
        style: How the Keras model is built.
        reason: Why these settings.
    """

    name: str
    convolutions: tuple[Convolution, ...]
    training: Training
    hidden_units: tuple[int, ...] = ()
    activation: Activation = "relu"
    batch_normalization: bool = False
    dropout: float = 0.0
    l2: float = 0.0
    style: Style = "functional"
    reason: str = ""

    def __post_init__(self) -> None:
        _require_net("ConvNet", self)
        require(
            len(self.convolutions) >= 1,
            "ConvNet",
            "at least one Convolution",
            "Use DenseNet without.",
            convolutions=self.convolutions,
        )

    @property
    def family(self) -> str:
        """The tag that tells nets from baselines."""
        return "net"


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """An ordinary classifier behind the same call as the nets.

    Attributes:
        name: Of the candidate.
        algorithm: Which scikit-learn classifier.
        inputs: What is done to raw rows first; fitted on training rows, inside the model.
        settings: The classifier's arguments, by scikit-learn's names.
        reason: Why these settings.
    """

    name: str
    algorithm: Algorithm
    inputs: Inputs = "raw"
    settings: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""

    def __post_init__(self) -> None:
        _require_name("Baseline", self.name)
        _require_one_of("Baseline", "algorithm", self.algorithm, Algorithm)
        _require_one_of("Baseline", "inputs", self.inputs, Inputs)

    @property
    def family(self) -> str:
        """The tag that tells nets from baselines."""
        return "baseline"


Net = DenseNet | ConvNet
Candidate = DenseNet | ConvNet | Baseline


@dataclass(frozen=True, kw_only=True)
class Splitting:
    """How rows become folds.

    Attributes:
        kind: ``"random"`` repeats the homework's random split; ``"canonical"`` uses the test rows that the data set
            comes with.
        test_share: Of the random split.
        n_folds: Repeats, when the command line does not say otherwise; 1 for canonical test rows.
    """

    kind: Literal["random", "canonical"] = "random"
    test_share: float = 0.2
    n_folds: int = 10

    def __post_init__(self) -> None:
        require(
            0 < self.test_share < 1,
            "Splitting",
            "test_share within 0 and 1",
            "0.2 is the homework's.",
            test_share=self.test_share,
        )
        require(self.n_folds >= 1, "Splitting", "n_folds of 1 or more", "10 gives an interval.", n_folds=self.n_folds)
        require(
            self.kind == "random" or self.n_folds == 1,
            "Splitting",
            "n_folds of 1 with canonical test rows",
            "There is only one such split.",
            n_folds=self.n_folds,
        )


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Nets against baselines on one data set.

    Attributes:
        name: Of the experiment, on the command line and in MLflow.
        title: For people.
        where: The place in the lecture.
        data: Name of the data set.
        splitting: How rows become folds.
        candidates: Nets first; a majority class must be among the baselines, so that no accuracy stands alone.
        metrics: The table's columns, in order.
        primary_metric: The one that ranks.
        positive_class: Index of the class that F1, average precision and the error types speak of; ``None``
            averages over classes.
        practical_equivalence: Largest difference in a metric that makes no practical difference; 0.01 is a point of
            accuracy.
        notes: What a reader must know before believing the table.
    """

    name: str
    title: str
    where: str
    data: str
    splitting: Splitting
    candidates: tuple[Candidate, ...]
    metrics: tuple[Metric, ...]
    primary_metric: Metric
    positive_class: int | None = None
    practical_equivalence: float = 0.01
    notes: str = ""

    def __post_init__(self) -> None:
        who = f"Comparison {self.name!r}"
        _require_name("Comparison", self.name)
        names = [candidate.name for candidate in self.candidates]
        require(len(names) == len(set(names)), who, "candidates of different names", "Rename one.", candidates=names)
        majority = [c for c in self.candidates if isinstance(c, Baseline) and c.algorithm == "majority_class"]
        require(
            len(majority) == 1,
            who,
            "one majority_class among the candidates",
            "Accuracy must never stand alone.",
            candidates=names,
        )
        for metric in self.metrics:
            _require_one_of(who, "metric", metric, Metric)
        require(
            self.primary_metric in self.metrics,
            who,
            "primary_metric among the metrics",
            "Add it to metrics.",
            primary_metric=self.primary_metric,
        )
        two_class = {"type_1_error", "type_2_error"} & set(self.metrics)
        require(
            not two_class or self.positive_class is not None,
            who,
            "positive_class with error types",
            "Say which class.",
            metrics=self.metrics,
        )
        require(
            0 < self.practical_equivalence < 1,
            who,
            "practical_equivalence within 0 and 1",
            "0.01 is a point of accuracy.",
            practical_equivalence=self.practical_equivalence,
        )

    @property
    def majority_class(self) -> str:
        """Name of the candidate that looks at no input."""
        return next(c.name for c in self.candidates if isinstance(c, Baseline) and c.algorithm == "majority_class")

    @property
    def nets(self) -> tuple[Net, ...]:
        """The candidates that are nets."""
        return tuple(c for c in self.candidates if not isinstance(c, Baseline))
