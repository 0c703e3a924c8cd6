"""Nets: what they are made of and how they are trained."""

from dataclasses import dataclass
from typing import Literal

from models.checks import require, require_name, require_one_of

Activation = Literal["sigmoid", "tanh", "relu", "linear"]
Inputs = Literal["raw", "standardize", "quantile_normal", "rescale"]
Optimizer = Literal["sgd", "adam", "adamw"]
Schedule = Literal["constant", "cosine", "one_cycle"]
Cost = Literal["log_likelihood", "cross_entropy", "quadratic"]
Monitor = Literal["loss", "accuracy"]
Held = Literal["random", "last"]
Expansion = Literal["none", "one_pixel_shifts"]
Precision = Literal["float32", "mixed_bfloat16"]
Style = Literal["sequential", "functional"]
Cell = Literal["simple", "lstm"]


def _require_net(owner: str, net: "DenseNet | ConvNet") -> None:
    """Checks what dense and convolutional nets have in common."""
    require_name(owner, net.name)
    require(
        all(units >= 1 for units in net.hidden_units),
        owner,
        "hidden_units of 1 or more each",
        "Name the neurons of each hidden layer; () is none.",
        hidden_units=net.hidden_units,
    )
    require_one_of(owner, "activation", net.activation, Activation)
    require_one_of(owner, "style", net.style, Style)
    _require_share(owner, "dropout", net.dropout)
    require(net.l2 >= 0, owner, "l2 of 0 or more", "It is a penalty.", l2=net.l2)


def _require_share(owner: str, name: str, value: float) -> None:
    require(0 <= value < 1, owner, f"{name} of 0 or more and below 1", "It is a share.", **{name: value})


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
        schedule: ``"cosine"`` lowers the rate to 0 over all epochs; ``"one_cycle"`` raises it over the first quarter
            of them before.
        cost: ``"log_likelihood"`` ends in softmax, or one sigmoid neuron for two classes. The others end in sigmoid
            neurons, one for each class, and sum over them: ``"cross_entropy"``, and ``"quadratic"``, half the squared
            error.
        patience: Early stopping: epochs without a better ``monitor`` before training ends and the best weights
            return; ``None`` trains all epochs on all training rows. As many as ``epochs`` never stops, and still
            returns the best epoch's weights.
        monitor: What makes an epoch better, on the rows held out.
        validation_share: Share of the training rows held out for early stopping.
        validation_rows: Which those are: ``"random"`` ones in the shares of the classes, or the ``"last"``.
        averaging: Of weights over updates: what the running average keeps at each; 0 takes the last weights.
        expansion: ``"one_pixel_shifts"`` adds every training image moved up, down, left and right by a pixel.
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
    cost: Cost = "log_likelihood"
    patience: int | None = None
    monitor: Monitor = "loss"
    validation_share: float = 0.0
    validation_rows: Held = "random"
    averaging: float = 0.0
    expansion: Expansion = "none"
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
        require_one_of(who, "optimizer", self.optimizer, Optimizer)
        require_one_of(who, "schedule", self.schedule, Schedule)
        require_one_of(who, "cost", self.cost, Cost)
        require_one_of(who, "monitor", self.monitor, Monitor)
        require_one_of(who, "validation_rows", self.validation_rows, Held)
        require_one_of(who, "expansion", self.expansion, Expansion)
        require_one_of(who, "precision", self.precision, Precision)
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
        require(
            self.patience is not None or (self.monitor, self.validation_rows) == ("loss", "random"),
            who,
            "patience with monitor or validation_rows",
            "Without it no rows are held out: take both out or add it.",
            monitor=self.monitor,
            validation_rows=self.validation_rows,
        )
        require(
            self.averaging == 0 or (self.patience is None and 0 < self.averaging < 1),
            who,
            "averaging within 0 and 1, without patience",
            "Early stopping watches the weights of each epoch, not their average.",
            averaging=self.averaging,
            patience=self.patience,
        )

    @property
    def images_per_row(self) -> int:
        """Training images that a row becomes by expansion."""
        return 5 if self.expansion == "one_pixel_shifts" else 1


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
            many. Besides, ``"standard_normal"`` draws from N(0, 1), and ``"scaled_normal"`` from N(0, 1 / inputs).
        bias_initializer: Likewise.
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
    bias_initializer: str = "zeros"
    batch_normalization: bool = False
    dropout: float = 0.0
    l2: float = 0.0
    style: Style = "sequential"
    reason: str = ""

    def __post_init__(self) -> None:
        _require_net("DenseNet", self)
        require_one_of("DenseNet", "inputs", self.inputs, Inputs)

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
class Augmentation:
    """Each image moved and turned at random whenever it is trained on.

    Attributes:
        shift: At most so many pixels, in either direction.
        rotation: At most so many degrees, either way.
        stretch: At most so much longer or shorter, each direction by itself; 0.1 is a tenth.
    """

    shift: float = 0.0
    rotation: float = 0.0
    stretch: float = 0.0

    def __post_init__(self) -> None:
        sizes = {"shift": self.shift, "rotation": self.rotation, "stretch": self.stretch}
        require(
            all(size >= 0 for size in sizes.values()) and any(sizes.values()) and self.stretch < 1,
            "Augmentation",
            "sizes of 0 or more, not all 0, and stretch below 1",
            "None is no augmentation.",
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
        batch_normalization: After each convolution and its pooling.
        dropout: Share of the dense hidden outputs set to 0 during training.
        map_dropout: The same of what the last maps hand to the dense layers.
        l2: Penalty on the kernels, as in Keras.
        augmentation: Of training images; ``None`` shows them as they are.
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
    map_dropout: float = 0.0
    l2: float = 0.0
    augmentation: Augmentation | None = None
    style: Style = "functional"
    reason: str = ""

    def __post_init__(self) -> None:
        _require_net("ConvNet", self)
        _require_share("ConvNet", "map_dropout", self.map_dropout)
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
class RecurrentNet:
    """A net that reads an image row by row, each in the light of those above it.

    Attributes:
        name: Of the candidate.
        units: Size of what each recurrent layer remembers, input side first.
        training: How it is trained.
        cell: ``"simple"`` squeezes all it remembers at every row; ``"lstm"`` keeps a part that is only added to.
        style: How the Keras model is built.
        reason: Why these settings.
    """

    name: str
    units: tuple[int, ...]
    training: Training
    cell: Cell = "lstm"
    style: Style = "functional"
    reason: str = ""

    def __post_init__(self) -> None:
        who = "RecurrentNet"
        require_name(who, self.name)
        require(
            len(self.units) >= 1 and all(units >= 1 for units in self.units),
            who,
            "units of 1 or more each, of one layer at least",
            "Name what each layer remembers.",
            units=self.units,
        )
        require_one_of(who, "cell", self.cell, Cell)
        require_one_of(who, "style", self.style, Style)
        require(
            self.training.cost == "log_likelihood",
            who,
            "the cost log_likelihood",
            "Its output is softmax.",
            cost=self.training.cost,
        )

    @property
    def family(self) -> str:
        """The tag that tells nets from baselines."""
        return "net"


Net = DenseNet | ConvNet | RecurrentNet
