"""Logistic regression as a computation graph: the chain rule, one local slope at a time."""

from experiments.language.printed import Definition, Formula, Question, WorkedExample

_WHERE = "Computation graph of logistic regression"

COMPUTATION_GRAPH = WorkedExample(
    name="computation_graph",
    title="Logistic regression as a computation graph",
    where=_WHERE,
    story=(
        "Inputs and parameters flow forward to $z$, $a$ and the loss; slopes flow backward. The numbers are the first "
        "row of example 5 with weights of our choice; the batch is all of its fifty rows."
    ),
    givens={"w1": 0.5, "w2": -0.25, "b": 0.1},
    printed=(
        Formula("x1*dz", item="graph", symbol="dw1", where=_WHERE),
        Formula("x2*dz", item="graph", symbol="dw2", where=_WHERE),
        Formula("dz", item="graph", symbol="db", where=_WHERE),
    ),
    definitions=(
        Definition(
            term="Forward",
            latex=r"z = w_1 x_1 + w_2 x_2 + b, \quad a = \sigma(z), \quad L(a, y) = -y \log a - (1 - y) \log(1 - a)",
            text="$w$ are the coefficients of the regression, $b$ its intercept.",
        ),
        Definition(
            term="Slope of the loss",
            latex=r"\frac{\partial L}{\partial a} = -\frac{y}{a} + \frac{1 - y}{1 - a}",
            text="Of cross-entropy.",
        ),
        Definition(
            term="Down to z",
            latex=r"\partial z = \frac{\partial L}{\partial a} \frac{\partial a}{\partial z} = a - y",
            text="Times $a (1 - a)$, everything but the error cancels.",
        ),
        Definition(
            term="Down to the parameters",
            latex=r"\partial w_1 = x_1 \partial z, \quad \partial w_2 = x_2 \partial z, \quad \partial b = \partial z",
            text="For a batch: their means over rows.",
        ),
    ),
    questions=(
        Question(
            text=(
                "In order to use gradient descent to optimize the loss function $L(a, y)$, how can we calculate the "
                "partial derivatives by $w_1$, $w_2$ and $b$ using this computation graph?"
            ),
            answer=(
                r"Backward, edge by edge: the slope of $L$ by $a$, times that of $a$ by $z$, times that of $z$ by the "
                r"parameter. What is known at $z$ serves all three: $dw_1 = x_1 \, dz$, $dw_2 = x_2 \, dz$, $db = dz$."
            ),
            where=_WHERE,
        ),
    ),
)
