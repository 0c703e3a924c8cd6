"""R's neuralnet: lab 1 and example 9 trained as the lecture's R package trains them, beside gradient descent."""

from experiments.language.printed import Definition, Question, WorkedExample

RPROP = WorkedExample(
    name="rprop",
    beside="labs",
    title="R's neuralnet: rprop+ beside gradient descent",
    where="Example 9 | figure; Lab | The MNIST database (package: neuralnet)",
    story=(
        "The lecture's R package does not descend by the gradient. Resilient backpropagation looks only at the sign of "
        "each slope: every weight has a step of its own, which grows by a fifth while the sign stays and is halved "
        "when it turns, and the step that went too far is taken back. It stops when no slope is larger than the "
        "threshold of 0.01. Here it trains the nets of example 9 on all flowers and the lab's net on scikit-learn's "
        "digits, from the same weights as full-batch gradient descent and for as many steps. neuralnet's error is "
        "half the sum of squared errors over all rows, not a mean."
    ),
    givens={
        "hidden_units": ((10,), (5, 3)),
        "lab_hidden_units": (15,),
        "threshold": 0.01,
        "max_steps": 8000,
        "lab_max_steps": 300,
        "learning_rate": 1.0,
        "lab_learning_rate": 3.0,
        "train_share": 0.8,
        "seed": 1,
    },
    definitions=(
        Definition(
            term="Slope keeps its sign",
            latex=r"\Delta_{ij} \leftarrow \min(1.2 \, \Delta_{ij}, 0.1), \quad"
            r" w_{ij} \leftarrow w_{ij} - sign\left(\frac{\partial E}{\partial w_{ij}}\right) \Delta_{ij}",
            text="The step grows, whatever the size of the slope.",
        ),
        Definition(
            term="Slope has turned",
            latex=r"w_{ij} \leftarrow w_{ij}"
            r" + sign\left(\frac{\partial E}{\partial w_{ij}}^{before}\right) \Delta_{ij}, \quad"
            r" \Delta_{ij} \leftarrow \max(0.5 \, \Delta_{ij}, 10^{-10})",
            text="The last step is taken back and halved: the plus of rprop+, weight backtracking.",
        ),
        Definition(
            term="Convergence",
            latex=r"\max_{ij} \left| \frac{\partial E}{\partial w_{ij}} \right| \le 0.01",
            text="neuralnet's threshold, of the largest slope; otherwise it gives up after stepmax steps.",
        ),
    ),
    questions=(
        Question(
            text="Why does neuralnet need no learning rate to be chosen?",
            answer=(
                "Each weight finds its own step: 0.1 at most, halved as often as it overshoots. A slope of a sigmoid "
                "far from its middle is small, but its sign is as good as that of a large one."
            ),
            where="Lab 1",
        ),
    ),
)
