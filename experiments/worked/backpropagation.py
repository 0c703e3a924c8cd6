"""Examples 6, 7 and 8: backpropagation, derivative by derivative.

Lecture -> Keras: ``w_ij^(L)`` is ``layers[L-1].kernel[j-1, i-1]``, ``b_i^(L)`` is ``layers[L-1].bias[i-1]``, ``alpha``
is ``learning_rate``.

Examples 6 and 7 print formulas only; they are evaluated on example 8's numbers along the path x1, x2 -> h1 -> o1.
"""

from experiments.language.printed import Definition, Erratum, Formula, Printed, Question, Reading, WorkedExample


def _number(text: str, symbol: str, step: int, exact: bool = False) -> Printed:
    where = f"Example 8 | step {step}"
    return Printed(text, item="example8", symbol=symbol, where=where, kind="exact" if exact else "rounded")


def _given(text: str, symbol: str, step: int, names: tuple[str, ...] = ()) -> Printed:
    where = f"Example 8 | step {step}" if step else "Example 8"
    return Printed(text, item="example8", symbol=symbol, where=where, kind="given", givens=names)


def _value(item: str, symbol: str, text: str) -> Formula:
    return Formula(text, item=item, symbol=symbol, where=item.replace("example", "Example "))


def _chain(parameter: str, outer: str, inner: str) -> Formula:
    """A derivative as the slide prints it: in two factors and one, then with the outer layer's factors written out."""
    return Formula(
        f"{outer} = {inner}",
        item="example7",
        symbol=f"d{parameter}",
        where="Example 7",
        expression=outer.replace("/d", "_d"),
        updates=((f"d{parameter}", inner.replace("/d", "_d")),),
    )


def _derivative(item: str, parameter: str, text: str) -> Formula:
    """A derivative and the update that the slide writes with it."""
    update = (f"{parameter}_new", f"{parameter} - alpha * {text}")
    return Formula(
        text, item=item, symbol=f"d{parameter}", where=item.replace("example", "Example "), updates=(update,)
    )


_EXAMPLE_6 = (
    _value("example6", "z", "w11_1 * x1 + w12_1 * x2 + b1_1"),
    _value("example6", "a", "1/(1+exp(-z))"),
    _value("example6", "L", "1/2 * (a-y)^2"),
    _derivative("example6", "w11_1", "(a-y) * a * (1-a) * x1"),
    _derivative("example6", "w12_1", "(a-y) * a * (1-a) * x2"),
    _derivative("example6", "b1_1", "(a-y) * a * (1-a)"),
)
_EXAMPLE_7 = (
    _value("example7", "z1", "w11_1 * x1 + w12_1 * x2 + b1_1"),
    _value("example7", "a1", "1/(1+exp(-z1))"),
    _value("example7", "z2", "w11_2 * a1 + b1_2"),
    _value("example7", "a2", "1/(1+exp(-z2))"),
    _value("example7", "L", "1/2 * (a2-y)^2"),
    _derivative("example7", "w11_2", "(a2-y) * a2 * (1-a2) * a1"),
    Formula(
        "(a2-y) * a2 * (1-a2)",
        item="example7",
        symbol="db1_2",
        where="Example 7",
        updates=(
            ("b1_2_new", "w11_2 - alpha * (a2-y) * a2 * (1-a2)"),
            ("b1_2_new", "b1_2 - alpha * (a2-y) * a2 * (1-a2)"),
        ),
    ),
    _chain("w11_1", "dL/da1 * da1/dz1 * dz1/dw11_1", "dL/da2 * da2/dz2 * da1/da1 * dz1/dw11_1 * dz1/dw11_1"),
    _chain("w12_1", "dL/da1 * da1/dz1 * dz1/dw12_1", "dL/da2 * da2/dz2 * da2/da1 * da1/dz1 * dz1/dw12_1"),
    _chain("b1_1", "dL/da1 * da1/dz1 * dz1/db1_1", "dL/da2 * da2/dz2 * dz2/da1 * da1/db1_1 * dz1/db1_1"),
)
_TRANSCRIBED = "So it stands in the text of the slides that we have, which may have slipped itself."
_EXAMPLE_8 = (
    _given("0.5", "alpha", 0),
    _given("0.05;0.10", "x", 1),
    _given("0.01;0.99", "y", 1),
    _given("0.15;0.20;0.25;0.30", "w1..w4", 2, ("w1", "w2", "w3", "w4")),
    _given("0.40;0.45;0.50;0.55", "w5..w8", 2, ("w5", "w6", "w7", "w8")),
    _given(".35", "b1", 2),
    _given(".60", "b2", 2),
    _number("0.3775", "z_h1", 2),
    _number("0.5933", "a_h1", 2),
    _number("0.3925", "z_h2", 2),
    _number("0.5969", "a_h2", 2),
    _number("1.1059", "z_o1", 2),
    _number("0.7514", "a_o1", 2),
    _number("1.2249", "z_o2", 2),
    _number("0.7729", "a_o2", 2),
    _number("0.2984", "E_total", 3),
    _number("0.7414", "dE_da_o1", 4),
    _number("0.1868", "da_o1_dz_o1", 4),
    _number("0.5933", "dz_o1_dw5", 4),
    _number(".0820", "dE_dw5", 4),
    _number("0.3590", "w5_new", 4),
    _number("0.4087", "w6_new", 4),
    _number("0.5113", "w7_new", 4),
    _number("0.5617", "w8_new", 4),
    _number("0.1385", "dE_o1_dz_o1", 5),
    _number("0.40", "dz_o1_da_h1", 5, exact=True),
    _number("0.0554", "dE_o1_da_h1", 5),
    _number("-0.0190", "dE_o2_da_h1", 5),
    _number("0.0364", "dE_total_da_h1", 5),
    _number("0.2413", "da_h1_dz_h1", 5),
    _number("0.05", "dz_h1_dw1", 5, exact=True),
    _number("0.0004", "dE_dw1", 5),
    _number("0.1498", "w1_new", 5),
    _number("0.1996", "w2_new", 5),
    _number("0.2498", "w3_new", 5),
    _number("0.2995", "w4_new", 5),
)

BACKPROPAGATION = WorkedExample(
    name="backpropagation",
    title="Backpropagation by hand",
    where="Calculation | Backpropagation | Examples 6, 7 and 8",
    story=(
        "One neuron, then one hidden neuron, then two hidden neurons and two outputs: each derivative is a product of "
        "the local slopes on the way from the error back to the weight. Examples 6 and 7 print formulas only; they are "
        "worked on example 8's numbers, along the path from $x_1$ and $x_2$ by $h_1$ to $o_1$. All weights and biases "
        "are updated together after the backward pass, and the passes are repeated until the error stops falling."
    ),
    notation={"z1": "z_1^{(1)}", "a1": "a_1^{(1)}", "z2": "z_1^{(2)}", "a2": "a_1^{(2)}"},
    givens={
        "alpha": 0.5,
        "x": (0.05, 0.10),
        "y": (0.01, 0.99),
        "w1": 0.15,
        "w2": 0.20,
        "w3": 0.25,
        "w4": 0.30,
        "w5": 0.40,
        "w6": 0.45,
        "w7": 0.50,
        "w8": 0.55,
        "b1": 0.35,
        "b2": 0.60,
    },
    printed=(*_EXAMPLE_6, *_EXAMPLE_7, *_EXAMPLE_8),
    errata=(
        Erratum(
            item="example7",
            symbol="db1_2",
            printed="w11_2 - alpha * (a2-y) * a2 * (1-a2)",
            computed="b1_2 - alpha * (a2-y) * a2 * (1-a2)",
            why="The update of b1(2) starts from w11(2), copied from the slide before; the last line has it right.",
        ),
        Erratum(
            item="example7",
            symbol="dw11_1",
            printed="dL_da2 * da2_dz2 * da1_da1 * dz1_dw11_1 * dz1_dw11_1",
            computed="dL_da2 * da2_dz2 * dz2_da1 * da1_dz1 * dz1_dw11_1",
            why=f"The third factor should be dz1(2)/da1(1), the fourth da1(1)/dz1(1). {_TRANSCRIBED}",
        ),
        Erratum(
            item="example7",
            symbol="dw12_1",
            printed="dL_da2 * da2_dz2 * da2_da1 * da1_dz1 * dz1_dw12_1",
            computed="dL_da2 * da2_dz2 * dz2_da1 * da1_dz1 * dz1_dw12_1",
            why="The third factor should be dz1(2)/da1(1): da1(2)/da1(1) passes the output's activation a second time. "
            f"{_TRANSCRIBED}",
        ),
        Erratum(
            item="example8",
            symbol="dE_dw5",
            printed=".0820",
            computed="0.0822",
            why="The slide's own factors 0.7414 * 0.1868 * 0.5933 give 0.0822.",
        ),
        Erratum(
            item="example8",
            symbol="w5_new",
            printed="0.3590",
            computed="0.3589",
            why="Carried on from 0.0820: 0.40 - 0.5 * 0.0820 is 0.3590.",
        ),
        Erratum(
            item="example8",
            symbol="w8_new",
            printed="0.5617",
            computed="0.5614",
            why="0.56137 rounds to 0.5614; printed is 0.56137 without its 3.",
        ),
    ),
    definitions=(
        Definition(
            term="Loss of one row",
            latex=r"L(a, y) = \frac{1}{2} (a - y)^2",
            text=r"The factor $\frac{1}{2}$ cancels the 2 of the derivative.",
        ),
        Definition(term="Cost", latex=r"C = \sum_{j=1}^{N} L(a_j, y_j)", text="The sum over all rows."),
        Definition(
            term="Total error of example 8",
            latex=r"E_{total} = \frac{1}{2} \sum (actual - output)^2",
            text="The sum runs over the two outputs.",
        ),
        Definition(
            term="Chain rule to an output weight",
            latex=r"\frac{\partial E_{total}}{\partial w_5} = \frac{\partial E_{total}}{\partial a_{o1}}"
            r" \frac{\partial a_{o1}}{\partial z_{o1}} \frac{\partial z_{o1}}{\partial w_5}",
            text="Step 4: one path leads from the error to $w_5$.",
        ),
        Definition(
            term="Chain rule to a hidden weight",
            latex=r"\frac{\partial E_{total}}{\partial w_1} = \left(\frac{\partial E_{o1}}{\partial a_{h1}}"
            r" + \frac{\partial E_{o2}}{\partial a_{h1}}\right)"
            r" \frac{\partial a_{h1}}{\partial z_{h1}} \frac{\partial z_{h1}}{\partial w_1}",
            text="Step 5: two paths lead from the error to $h_1$, and their slopes add.",
        ),
        Definition(
            term="Update",
            latex=r"w^{+} \leftarrow w - \alpha \frac{\partial E_{total}}{\partial w}",
            text="Step 6: of all weights and biases at once, after the backward pass.",
        ),
        Definition(
            term="Slips of the pen",
            text="Example 7 writes $z_{11}^{(2)}$ beside $z_1^{(2)}$ for the same value; its chain for $b_1^{(1)}$ "
            r"has $\partial a_1^{(1)} / \partial b_1^{(1)}$ where $\partial a_1^{(1)} / \partial z_1^{(1)}$ belongs, "
            "which leaves the number right because the factor after it is 1. In example 8, step 4 writes 1 - 07514 "
            "without its point, and step 5 heads the new hidden weights with 'output layer'; the numbers there are "
            "right.",
        ),
    ),
    questions=(
        Question(
            text=(
                "How to calculate the gradient of the weights $w_j$ and bias $b_j$ in every layer of a neural network?"
            ),
            answer=(
                "Backward from the cost: dz of a neuron is da times the slope of its activation; the gradient of a "
                "weight is dz of the neuron it enters times the activation it multiplies, that of a bias is dz itself; "
                "da of the layer before is the sum of its outgoing weights times their dz. One pass gives all of them."
            ),
            where="Calculation | Backpropagation",
        ),
    ),
    reading=(
        Reading(
            title="What is backpropagation really doing? Chapter 3, deep learning",
            link="https://www.youtube.com/watch?v=Ilg3gGewQ5U",
        ),
        Reading(
            title="Andrew Ng, Neural Networks Learning: Backpropagation Algorithm",
            link="https://www.youtube.com/watch?v=x_Eamf8MHwU",
        ),
        Reading(
            title="Andrew Ng, Neural Networks Learning: Backpropagation Intuition",
            link="https://www.youtube.com/watch?v=mOmkv5SI9hU",
        ),
    ),
)
