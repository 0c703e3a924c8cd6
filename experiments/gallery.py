"""The rest of the lecture's gallery on small digits: nets that remember, and what dropout is worth."""

from dataclasses import replace

from experiments.language import (
    Baseline,
    Comparison,
    ConvNet,
    Convolution,
    DenseNet,
    Exercise,
    RecurrentNet,
    Splitting,
    Training,
)

_TRAINING = Training(epochs=40, learning_rate=0.003, batch_size=32, optimizer="adam", schedule="cosine")
_ROW_BY_ROW = "An image is read row by row, as a sentence is read word by word; the last state decides."

_DENSE = DenseNet(
    name="dense",
    hidden_units=(256, 256),
    activation="relu",
    inputs="rescale",
    training=_TRAINING,
    reason="85,002 parameters for 1,437 images: wide enough to learn them by heart.",
)
_CONV = ConvNet(
    name="conv",
    convolutions=(
        Convolution(feature_maps=16, kernel_size=3, padding="same"),
        Convolution(feature_maps=32, kernel_size=3, padding="same"),
    ),
    hidden_units=(128,),
    training=replace(_TRAINING, epochs=20),
)

GALLERY = Comparison(
    name="gallery",
    title="The gallery: recurrent nets, and nets with and without dropout",
    where="Others | Recurrent neural networks; Dropout",
    data="digits",
    splitting=Splitting(test_share=0.2, n_folds=10),
    candidates=(
        RecurrentNet(name="simple_rnn", units=(64,), cell="simple", training=_TRAINING, reason=_ROW_BY_ROW),
        RecurrentNet(name="lstm", units=(64,), training=_TRAINING, reason=_ROW_BY_ROW),
        _DENSE,
        replace(
            _DENSE, name="dense_dropout", dropout=0.5, reason="As dense, with half of the hidden outputs set to 0."
        ),
        _CONV,
        replace(_CONV, name="conv_dropout", dropout=0.5, reason="As conv, with half of the dense outputs set to 0."),
        Baseline(name="majority_class", algorithm="majority_class"),
        Baseline(name="k_nearest_neighbors", algorithm="k_nearest_neighbors", inputs="rescale"),
    ),
    metrics=("log_loss", "accuracy"),
    primary_metric="log_loss",
    exercises=(
        Exercise(
            name="Dropout",
            text="The same net with dropout and without, dense and convolutional",
            candidates=("dense", "dense_dropout", "conv", "conv_dropout"),
        ),
    ),
    notes=(
        "With and without dropout is the same net on the same rows from the same seed: read the pairs in the table of "
        "differences. All nets train to the end: those without dropout have the time to overfit. Log loss ranks: "
        "on 360 test images accuracy moves by single ones."
    ),
)
