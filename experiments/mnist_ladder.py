"""Every figure that Nielsen's book reports of MNIST, with the book's own nets.

The book counts its L2 penalty in two ways, and both become Keras's ``l2 * sum(kernel ** 2)`` here: chapter 3 adds
``lambda / (2 n)`` for n = 50,000 rows; the program of chapter 6 adds ``lambda / (2 m)`` for its m mini-batches of an
epoch, 5,000 of them, or 25,000 on the expanded set.
"""

from experiments.language import Activation, ConvNet, Convolution, DenseNet, Initializer, Ladder, Rung, Training
from experiments.language.nets import Cost, Schedule

_CHAPTER_3_L2 = 5.0 / (2 * 50_000)
_CHAPTER_6_L2 = 0.1 / (2 * 5_000)
_EXPANDED_L2 = 0.1 / (2 * 25_000)

_CHOSEN_BY_VALIDATION = "The book takes the epoch of the best test accuracy; here validation rows choose."
_LARGER_BATCH = "Mini-batches of 100 at ten times the rate instead of 10, for speed. "
_INITIAL_WEIGHTS = (
    "Initial weights are four times Glorot's (sigmoid) or He's (ReLU), biases 0; the book's are N(0, 1 / outputs) and "
    "N(0, 1). "
)
_FEWER_EPOCHS = "Fewer epochs, with a rate that falls to 0 over them by a cosine; the book's rate is constant. "
_SMOOTHED = (
    "A tenth of each label is spread over all classes; the book's labels are 0 or 1. Of two nets that learned from a "
    "fifth of the images, the one with it had 99.17 percent of the validation rows, the one without 98.95."
)


def _training(
    *,
    learning_rate: float,
    epochs: int,
    cost: Cost = "log_likelihood",
    batch_size: int = 10,
    schedule: Schedule = "constant",
    label_smoothing: float = 0.0,
    expanded: bool = False,
) -> Training:
    """Returns the book's protocol: the last 10,000 training rows held out, the epoch of their best accuracy kept."""
    return Training(
        epochs=epochs,
        learning_rate=learning_rate,
        batch_size=batch_size,
        cost=cost,
        schedule=schedule,
        label_smoothing=label_smoothing,
        patience=epochs,
        monitor="accuracy",
        validation_share=1 / 6,
        validation_rows="last",
        expansion="one_pixel_shifts" if expanded else "none",
    )


_EXPANDED = _training(
    learning_rate=0.3, epochs=16, batch_size=100, schedule="cosine", label_smoothing=0.1, expanded=True
)


def _dense(
    name: str, units: int, training: Training, *, kernel_initializer: Initializer = "scaled_normal", l2: float = 0.0
) -> DenseNet:
    return DenseNet(
        name=name,
        hidden_units=(units,),
        inputs="rescale",
        kernel_initializer=kernel_initializer,
        bias_initializer="standard_normal",
        l2=l2,
        training=training,
    )


def _conv(
    name: str,
    training: Training,
    *,
    feature_maps: tuple[int, ...] = (20, 40),
    hidden_units: tuple[int, ...] = (100,),
    activation: Activation = "relu",
    dropout: float = 0.0,
    l2: float = 0.0,
) -> ConvNet:
    return ConvNet(
        name=name,
        convolutions=tuple(Convolution(feature_maps=n) for n in feature_maps),
        hidden_units=hidden_units,
        activation=activation,
        dropout=dropout,
        map_dropout=dropout,
        l2=l2,
        training=training,
    )


MNIST_LADDER = Ladder(
    name="mnist_ladder",
    title="MNIST, from 95 to 99.67 percent: Nielsen's nets",
    where="Nielsen, Neural Networks and Deep Learning, chapters 1, 3 and 6",
    data="mnist",
    rungs=(
        Rung(
            net=_dense("quadratic_30", 30, _training(learning_rate=3.0, epochs=30, cost="quadratic")),
            figure="95.42",
            where="Chapter 1",
            n_seeds=5,
            departures="Initial weights as in chapter 3, N(0, 1 / inputs), instead of N(0, 1): 96.1 percent of the "
            "validation rows instead of 95.4. " + _CHOSEN_BY_VALIDATION,
        ),
        Rung(
            net=_dense(
                "quadratic_100",
                100,
                _training(learning_rate=3.0, epochs=30, cost="quadratic"),
                kernel_initializer="standard_normal",
            ),
            figure="96.59",
            where="Chapter 1",
            n_seeds=20,
            departures=_CHOSEN_BY_VALIDATION
            + " From these initial weights most nets hardly ever say one or two of the digits.",
        ),
        Rung(
            net=_dense("cross_entropy_30", 30, _training(learning_rate=0.5, epochs=30, cost="cross_entropy")),
            figure="95.49",
            where="Chapter 3",
            n_seeds=5,
        ),
        Rung(
            net=_dense("cross_entropy_100", 100, _training(learning_rate=0.5, epochs=30, cost="cross_entropy")),
            figure="96.82",
            where="Chapter 3",
            n_seeds=5,
        ),
        Rung(
            net=_dense(
                "penalized_100",
                100,
                _training(learning_rate=0.5, epochs=30, cost="cross_entropy"),
                l2=_CHAPTER_3_L2,
            ),
            figure="97.92",
            where="Chapter 3",
            n_seeds=12,
            measured_on="validation",
        ),
        Rung(
            net=_dense(
                "penalized_slow_100",
                100,
                _training(learning_rate=0.1, epochs=60, cost="cross_entropy"),
                l2=_CHAPTER_3_L2,
            ),
            figure="98.04",
            where="Chapter 3",
            n_seeds=12,
            measured_on="validation",
        ),
        Rung(
            net=_dense("softmax_100", 100, _training(learning_rate=0.1, epochs=60)),
            figure="97.80",
            where="Chapter 6",
            n_seeds=3,
            departures="Initial weights as in chapter 3.",
        ),
        Rung(
            net=_conv(
                "conv_20_sigmoid",
                _training(learning_rate=1.0, epochs=60, batch_size=100),
                feature_maps=(20,),
                activation="sigmoid",
            ),
            figure="98.78",
            where="Chapter 6",
            n_seeds=2,
            departures=_LARGER_BATCH + _INITIAL_WEIGHTS,
        ),
        Rung(
            net=_conv(
                "conv_20_40_sigmoid", _training(learning_rate=1.0, epochs=60, batch_size=100), activation="sigmoid"
            ),
            figure="99.06",
            where="Chapter 6",
            n_seeds=2,
            departures=_LARGER_BATCH + _INITIAL_WEIGHTS,
        ),
        Rung(
            net=_conv("conv_20_40_relu", _training(learning_rate=0.3, epochs=60, batch_size=100), l2=_CHAPTER_6_L2),
            figure="99.23",
            where="Chapter 6",
            n_seeds=2,
            departures=_LARGER_BATCH + _INITIAL_WEIGHTS,
        ),
        Rung(
            net=_conv("expanded_100", _EXPANDED, l2=_EXPANDED_L2),
            figure="99.37",
            where="Chapter 6",
            n_seeds=1,
            departures=_LARGER_BATCH + _INITIAL_WEIGHTS + _FEWER_EPOCHS + "16 instead of 60. " + _SMOOTHED,
        ),
        Rung(
            net=_conv("expanded_100_100", _EXPANDED, hidden_units=(100, 100), l2=_EXPANDED_L2),
            figure="99.43",
            where="Chapter 6",
            n_seeds=1,
            departures=_LARGER_BATCH + _INITIAL_WEIGHTS + _FEWER_EPOCHS + "16 instead of 60. " + _SMOOTHED,
        ),
        Rung(
            net=_conv(
                "dropout_1000_1000",
                _training(learning_rate=0.3, epochs=16, batch_size=100, schedule="one_cycle", expanded=True),
                hidden_units=(1000, 1000),
                dropout=0.5,
            ),
            figure="99.60",
            where="Chapter 6",
            n_seeds=5,
            vote="99.67",
            departures=_LARGER_BATCH
            + _INITIAL_WEIGHTS
            + "16 epochs instead of 40, with a rate that rises over the first quarter and falls to 0 by a cosine: "
            "where it was full from the start, all rectified neurons died. Five nets vote by their mean probability, "
            "the book's by majority.",
        ),
    ),
    notes="50,000 rows are trained on, the last 10,000 of the 60,000 choose the epoch, and the 10,000 test rows are "
    "scored once, at that epoch.",
)
