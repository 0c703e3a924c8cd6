"""The usual candidates of images that nobody has declared: a dense net, conv nets, and baselines on pixels."""

from dataclasses import replace

from experiments.language import (
    Augmentation,
    Baseline,
    Candidate,
    ConvNet,
    Convolution,
    DenseNet,
    Training,
)

FEW = 1_000  # images of which an epoch has few updates
MANY = 20_000  # images beyond which nets are trained for a few epochs, and a second conv net is left out

_LEAST_LEFT = 3.5  # pixels of a side after the last pooling, where more than two were made: rounded, four
_FEATURE_MAPS = (16, 32, 64, 64, 64)
_PLAIN_PIXELS = 1_024  # numbers of an image that baselines take as they are
_MOVED = 1 / 16  # of the shorter side

_DENSE = Training(epochs=100, learning_rate=0.01, batch_size=32, optimizer="adam", schedule="cosine")
_CONV = Training(epochs=40, learning_rate=0.003, batch_size=32, optimizer="adam", patience=8, validation_share=0.1)
_DENSE_OF_MANY = replace(_DENSE, epochs=30, learning_rate=0.003)
_CONV_OF_MANY = replace(_CONV, epochs=8, learning_rate=0.002, batch_size=128, patience=3, schedule="cosine")

_GUESS = Baseline(name="majority_class", algorithm="majority_class", reason="Looks at no pixel: what luck is worth.")
_LOGISTIC = Baseline(
    name="logistic_regression",
    algorithm="logistic_regression",
    inputs="rescale",
    settings={"max_iter": 200, "tol": 0.001},
    reason="The simplest that looks at the pixels.",
    chosen_on="nothing",
)
_FOREST = Baseline(
    name="random_forest",
    algorithm="random_forest",
    settings={"n_estimators": 200},
    reason="Hard to beat without tuning, among those that know nothing of neighboring pixels.",
    chosen_on="nothing",
)


def usual_image_candidates(shape: tuple[int, ...], n_images: int, *, flips: bool = False) -> tuple[Candidate, ...]:
    """Returns the candidates of images by their size and number.

    Args:
        shape: Of an image, ``(height, width)`` or ``(height, width, 3)``.
        n_images: All of them.
        flips: Whether left and right may be exchanged without changing a class.

    Example:
        >>> [candidate.name for candidate in usual_image_candidates((8, 8), 1797)]
        ['sigmoid_30', 'conv_16_32', 'conv_16_32_moved', 'majority_class', 'logistic_regression', 'random_forest']
    """
    conv = _conv_net(min(shape[:2]), n_images)
    moved = replace(
        conv,
        name=f"{conv.name}_{'mirrored' if flips else 'moved'}",
        augmentation=Augmentation(shift=max(1, round(_MOVED * min(shape[:2]))), flip=flips),
        reason="The same net, which sees each image a little elsewhere in each epoch.",
    )
    nets = (conv,) if n_images > MANY and not flips else (moved,) if n_images > MANY else (conv, moved)
    return _dense_net(n_images), *nets, _GUESS, *(_on_pixels(one, shape) for one in (_LOGISTIC, _FOREST))


def simplest_of_images() -> str:
    """Returns the name of the candidate that wins a draw."""
    return _LOGISTIC.name


def _dense_net(n_images: int) -> DenseNet:
    return DenseNet(
        name="sigmoid_30",
        hidden_units=(30,),
        inputs="rescale",
        training=_DENSE_OF_MANY if n_images > MANY else _DENSE,
        reason="The lecture's net on the pixels in a row: it knows nothing of neighbors.",
        chosen_on="nothing",
    )


def _conv_net(side: int, n_images: int) -> ConvNet:
    """Returns a conv net that pools until about four pixels of a side are left, twice at least."""
    n_layers = 2
    while n_layers < len(_FEATURE_MAPS) and side / 2 ** (n_layers + 1) >= _LEAST_LEFT:
        n_layers += 1
    maps = _FEATURE_MAPS[:n_layers]
    training = _CONV_OF_MANY if n_images > MANY else _CONV
    return ConvNet(
        name=f"conv_{'_'.join(map(str, maps))}",
        convolutions=tuple(Convolution(feature_maps=n, kernel_size=3, padding="same") for n in maps),
        hidden_units=(64,),
        batch_normalization=n_layers > 2,
        dropout=0.25,
        training=replace(training, batch_size=16) if n_images <= FEW else training,
        reason="The conv net of the digits of 8 by 8 pixels; the larger images are, the more layers it has.",
        chosen_on="other_rows",
    )


def _on_pixels(baseline: Baseline, shape: tuple[int, ...]) -> Baseline:
    n_numbers = 1
    for length in shape:
        n_numbers *= length
    return baseline if n_numbers <= _PLAIN_PIXELS else replace(baseline, inputs="thumbnail")
