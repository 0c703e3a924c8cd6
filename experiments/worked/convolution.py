"""Convolutional layers: local receptive fields, shared weights, pooling, example 10."""

from experiments.language.printed import Definition, Printed, Question, Reading, WorkedExample

_WHERE = "Convolutional neural networks"

CONVOLUTION = WorkedExample(
    name="convolution",
    title="Convolution: one small kernel for the whole picture",
    where=f"{_WHERE} | Example 10",
    story=(
        "Every neuron of a feature map looks at its own small field of the picture, and all of them share one kernel "
        "and one bias: they find the same feature in different places. Pooling keeps the strongest answer of each "
        "small square. Sizes and counts are those of the slides' 28 x 28 pixels; what is computed and pictured are "
        "scikit-learn's real digits of 8 x 8, with fields of 3 x 3, because they need no download."
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
            text="A field of side $k$ has so many places along a side of $n$ pixels.",
        ),
        Definition(
            term="Shared weights and bias",
            latex=r"a_{jk} = \sigma(b + \sum_l \sum_m w_{lm} a_{j+l,k+m})",
            text="The neuron in row $j$ and column $k$ of the map; $w$ and $b$ are the same for all of them.",
        ),
        Definition(
            term="Number of parameters",
            latex=r"20 (5 \cdot 5 + 1) = 520, \quad 30 (28 \cdot 28 + 1) = 23550",
            text="20 feature maps, whatever the picture's size, against 30 dense neurons on this one.",
        ),
        Definition(term="Pooling", text="Simplifies the feature map: the largest value of each small square is kept."),
        Definition(
            term="Other poolings",
            latex=r"\frac{1}{n} \sum a, \quad \sqrt{\sum a^2}",
            text="The mean of the square; or L2 pooling, the root of its sum of squares. Back through them, each value "
            "gets an equal share, or one in proportion to itself.",
        ),
        Definition(
            term="Slope of a shared weight",
            latex=r"\frac{\partial C}{\partial w_{lm}} = \sum_j \sum_k \frac{\partial C}{\partial z_{jk}} a_{j+l,k+m}",
            text="Every place of the map has a say.",
        ),
        Definition(
            term="Slope by the picture",
            latex=(
                r"\frac{\partial C}{\partial a_{pq}} = \sum_l \sum_m w_{lm} \frac{\partial C}{\partial z_{p-l,q-m}}"
            ),
            text="Every neuron hands its slope back to all of its field.",
        ),
        Definition(
            term="Slope through pooling", text="All of it goes to the neuron that was kept; the others have none."
        ),
    ),
    questions=(
        Question(
            text="What are 20 maps worth, and three layers of 30?",
            answer="The experiment example_10 trains both, beside 30 dense neurons; example_10_mnist on MNIST.",
            where="Example 10",
            experiment="example_10",
        ),
    ),
    reading=(
        Reading(
            title="Identifying Traffic Signs with Deep Learning",
            link="https://towardsdatascience.com/identifying-traffic-signs-with-deep-learning-5151eece09cb",
        ),
    ),
)
