"""Example 2: what the parameters of a net are called, and how many there are."""

from experiments.language.printed import Definition, Printed, Question, WorkedExample

ARCHITECTURE = WorkedExample(
    name="architecture",
    title="Layers, weights, biases: names and numbers",
    where="The architecture | Parameters | Example 2; Lab",
    story=(
        "Each neuron of a layer has one weight for each neuron before it, and one bias. A small net shows every name "
        "and every value of one forward pass; the count is then taken by formula and by Keras for nets of any sizes, "
        "among them the lab's for handwritten digits."
    ),
    givens={
        "layers": (784, 15, 10),
        "drawn_layers": (2, 3, 2),
        "deep_layers": (2, 3, 3, 1),
        "drawn_seed": 2,
        "drawn_x": (0.5, -1.0),
        "drawn_y": (1.0, 0.0),
        "counted_layers": (
            (2, 1),
            (2, 1, 1),
            (2, 2, 2),
            (4, 10, 3),
            (4, 5, 3, 3),
            (784, 15, 10),
            (784, 30, 10),
            (95, 30, 1),
        ),
    },
    printed=(Printed("784;15;10", item="lab1", symbol="layers", where="Lab | MNIST", kind="given"),),
    definitions=(
        Definition(
            term="Weight",
            latex="w_{ij}^{(L)}",
            text="$L$: the layer; $i$: which neuron of it; $j$: which of the neuron's weights.",
        ),
        Definition(term="Bias", latex="b_i^{(L)}", text="Of neuron $i$ in layer $L$."),
        Definition(
            term="Value of a neuron",
            latex=r"z_i^{(L)} = \sum_j w_{ij}^{(L)} a_j^{(L-1)} + b_i^{(L)}",
            text="What arrives, weighted, and the bias.",
        ),
        Definition(
            term="Activation value",
            latex=r"a_i^{(L)} = \sigma(z_i^{(L)})",
            text="What it hands on; layer 0 hands on the inputs.",
        ),
        Definition(
            term="Number of parameters",
            latex=r"\sum_{L \ge 1} n_L (n_{L-1} + 1)",
            text=r"With $n_L$ neurons in layer $L$: one weight for each input, and one bias.",
        ),
        Definition(term="Feedforward net", text="There are no loops: information is always fed forward."),
        Definition(
            term="Recurrent net",
            text="Feedback loops are possible: a neuron can fire for some time before it becomes quiet.",
        ),
    ),
    questions=(
        Question(
            text="What are the parameters of a neural network to be estimated? How many of them?",
            answer=(
                "All weights and all biases. A layer of $n$ neurons after one of $m$ has $n (m + 1)$ of them; the "
                r"layers' counts add up. The lab's 784-15-10 has $15 \cdot 785 + 10 \cdot 16$, which is 11,935."
            ),
            where="The architecture | Parameters",
        ),
    ),
)
