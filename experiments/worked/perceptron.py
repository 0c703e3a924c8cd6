"""Example 1: perceptrons decide about a cheese festival, and why nets of them could not be trained."""

from experiments.language.printed import Definition, Formula, Question, Reading, WorkedExample

PERCEPTRON = WorkedExample(
    name="perceptron",
    title="Perceptrons: to go or not to go",
    where="Neuron | Perceptrons | Example 1",
    story=(
        "Three answers of yes or no are weighted and compared with a threshold. Our weights 6, 2, 2 and threshold 5 "
        "belong to someone who goes in good weather and never in the rain. Rosenblatt's rule learns such a decision "
        "from its eight cases; it cannot learn exclusive or, which a second layer decides with ease."
    ),
    givens={
        "w": (6.0, 2.0, 2.0),
        "threshold": 5.0,
        "case_1": (1, 0, 1),
        "case_2": (0, 0, 0),
        "first_layer_w": ((1.0, 1.0), (-1.0, -1.0)),
        "first_layer_threshold": (0.5, -1.5),
        "second_layer_w": ((1.0, 1.0),),
        "second_layer_threshold": (1.5,),
        "alpha": 1.0,
        "max_epochs": 50,
        "net_seed": 1,
        "net_layers": (2, 4, 1),
        "net_alpha": 5.0,
        "net_epochs": 500,
    },
    printed=(
        Formula(
            "1/(1+exp(-sum_j w_j*x_j-b))",
            item="sigmoid",
            symbol="output",
            where="Neuron | Sigmoid neurons",
            expression="1/(1+exp(-sum(w_x)-b))",
            latex=r"\frac{1}{1 + \exp(-\sum_j w_j x_j - b)}",
        ),
    ),
    definitions=(
        Definition(
            term="Perceptron with a threshold",
            latex=r"output = \begin{cases} 0 & \text{if } \sum_j w_j x_j \le threshold \\"
            r" 1 & \text{if } \sum_j w_j x_j > threshold \end{cases}",
            text="Evidence is weighed up: the neuron fires or it does not.",
        ),
        Definition(
            term="Perceptron with a bias",
            latex=r"output = \begin{cases} 0 & \text{if } w \cdot x + b \le 0 \\"
            r" 1 & \text{if } w \cdot x + b > 0 \end{cases}, \quad b \equiv -threshold",
            text="The same rule: the bias is minus the threshold.",
        ),
        Definition(term="Dot product", latex=r"w \cdot x \equiv \sum_j w_j x_j", text="Weights times inputs, summed."),
        Definition(
            term="Sigmoid neuron",
            latex=r"output = \frac{1}{1 + \exp(-\sum_j w_j x_j - b)}",
            text="Similar to a perceptron, but a small change of a weight changes the output only a little.",
        ),
        Definition(
            term="Perceptron learning rule",
            latex=r"w_j \leftarrow w_j + \alpha (y - output) x_j, \quad b \leftarrow b + \alpha (y - output)",
            text="Rosenblatt's rule: nothing changes while the answer is right.",
        ),
    ),
    questions=(
        Question(
            text="Case 1: good weather, no friend joining, festival is close. Decision?",
            answer="6 + 2 is more than 5: go.",
            where="Perceptrons | Example 1",
        ),
        Question(
            text="Case 2: rainy day, no friend joining, festival is very far. Decision?",
            answer="0 is not more than 5: stay at home.",
            where="Perceptrons | Example 1",
        ),
        Question(
            text="How many outputs per perceptron?",
            answer="One. It may be drawn with several arrows, but they all carry the same value to the next layer.",
            where="Perceptrons | Example 1",
        ),
        Question(
            text="What is the problem with neural networks using perceptrons?",
            answer=(
                "The output jumps. A small change of a weight changes nothing, or flips the output and with it all "
                "that follows; the slope is 0 wherever there is one, so no gradient says which way to go. The "
                "sigmoid answers a small change with a small change."
            ),
            where="Perceptrons",
        ),
    ),
    reading=(Reading(title="Artificial Neural Networks", link="http://jmvidal.cse.sc.edu/talks/ann/allslides.html"),),
)
