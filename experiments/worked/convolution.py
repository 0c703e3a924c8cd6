"""Convolutional layers: local receptive fields, shared weights, pooling, example 10."""

from experiments.printed import Definition, Printed, WorkedExample

_WHERE = "Convolutional neural networks"

CONVOLUTION = WorkedExample(
    name="convolution",
    title="Convolution: one small kernel for the whole picture",
    where=f"{_WHERE} | Example 10",
    story=(
        "Every neuron of a feature map looks at its own small field of the picture, and all of them share one kernel "
        "and one bias: they find the same feature in different places. Pooling keeps the strongest answer of each "
        "small square."
    ),
    givens={
        "input": (28, 28),
        "receptive_field": (5, 5),
        "pool": (2, 2),
        "n_feature_maps": 20,
        "n_layers_n_feature_maps": (3, 30),
        "dense_units": 30,
        "pools_of_three": ((2, 2), (1, 1), (2, 2)),
        "n_outputs": 10,
        "pictured_row": 5,
        "pictured_field": (3, 3),
        "pictured_maps": 8,
        "train_share": 0.8,
        "learning_rate": 0.3,
        "epochs": 10,
        "batch_size": 20,
        "seed": 1,
    },
    printed=(
        Printed("28x28", item="example10", symbol="input", where=_WHERE, kind="given"),
        Printed("24x24", item="example10", symbol="feature_map", where=f"{_WHERE} | Shared weights", kind="exact"),
        Printed("20", item="example10", symbol="n_feature_maps", where="Example 10", kind="given"),
        Printed("3;30", item="example10", symbol="n_layers_n_feature_maps", where="Example 10", kind="given"),
        Printed("12x12", item="example10", symbol="pooled", where="Pooling layers", kind="exact"),
    ),
    definitions=(
        Definition(
            term="Local receptive field",
            text="Each neuron of the first hidden layer is connected to a small region of the input neurons.",
        ),
        Definition(
            term="Size of a feature map",
            latex="n - k + 1",
            text="A field of side k has so many places along a side of n pixels.",
        ),
        Definition(
            term="Shared weights and bias",
            text=(
                "All neurons of a feature map use the same kernel and bias: k * k + 1 parameters, whatever the "
                "picture's size."
            ),
        ),
        Definition(term="Pooling", text="Simplifies the feature map: the largest value of each small square is kept."),
    ),
)
