"""Example 10, trained: one layer of 20 feature maps and three layers of 30, on digits offline and on MNIST."""

from dataclasses import replace

from experiments.language import Baseline, Comparison, ConvNet, Convolution, DenseNet, Exercise, Splitting, Training
from experiments.language.nets.conv import Padding

_SHRUNK = "On 8 x 8 pixels the fields are 3 x 3, and maps keep their size until they are pooled."
_TRAINING = Training(epochs=30, learning_rate=0.003, batch_size=32, optimizer="adam", schedule="cosine")


_DENSE_30 = DenseNet(
    name="dense_30",
    hidden_units=(30,),
    activation="relu",
    inputs="rescale",
    training=_TRAINING,
    reason="The slide's other side: 30 neurons that see all pixels and share nothing.",
)


def _maps(n: int, pool: int, *, kernel: int, padding: Padding) -> Convolution:
    return Convolution(feature_maps=n, kernel_size=kernel, pool_size=pool, padding=padding)


def _nets(training: Training, reason: str, *, kernel: int, padding: Padding) -> tuple[ConvNet, ConvNet]:
    """The slides' two nets: pooled after the first and the last of three layers, ten outputs, nothing dense between."""
    three = tuple(_maps(30, pool, kernel=kernel, padding=padding) for pool in (2, 1, 2))
    return (
        ConvNet(
            name="one_layer_20",
            convolutions=(_maps(20, 2, kernel=kernel, padding=padding),),
            training=training,
            reason=f"Putting it all together: 20 maps, pooling, ten outputs. {reason}".strip(),
        ),
        ConvNet(
            name="three_layers_30",
            convolutions=three,
            training=training,
            reason=f"Three convolutional layers of 30 maps; where they are pooled is our choice. {reason}".strip(),
        ),
    )


EXAMPLE_10 = Comparison(
    name="example_10",
    title="Example 10, trained: one layer of 20 maps, three layers of 30",
    where="Convolutional neural networks | Example 10",
    data="digits",
    splitting=Splitting(test_share=0.2, n_folds=5),
    candidates=(
        *_nets(_TRAINING, _SHRUNK, kernel=3, padding="same"),
        _DENSE_30,
        Baseline(name="majority_class", algorithm="majority_class"),
        Baseline(name="logistic_regression", algorithm="logistic_regression", inputs="rescale"),
        Baseline(name="k_nearest_neighbors", algorithm="k_nearest_neighbors", inputs="rescale"),
    ),
    metrics=("accuracy", "log_loss"),
    primary_metric="accuracy",
    exercises=(
        Exercise(name="A", text="One convolutional layer of 20 feature maps", candidates=("one_layer_20",)),
        Exercise(name="B", text="Three convolutional layers of 30 feature maps", candidates=("three_layers_30",)),
        Exercise(name="C", text="30 dense neurons instead", candidates=("dense_30",)),
    ),
)

EXAMPLE_10_MNIST = replace(
    EXAMPLE_10,
    name="example_10_mnist",
    title="Example 10, trained on MNIST's 28 x 28 pixels",
    data="mnist",
    splitting=Splitting(kind="canonical", n_folds=1),
    candidates=(
        *_nets(replace(_TRAINING, epochs=6, learning_rate=0.001, batch_size=128), "", kernel=5, padding="valid"),
        replace(_DENSE_30, training=replace(_TRAINING, epochs=6, batch_size=128)),
        Baseline(name="majority_class", algorithm="majority_class"),
    ),
    notes="29,330 parameters of one layer's net and 47,050 of three: as counted on the lecture's page.",
)
