"""What the lecture leaves to its audience: example 9 and the homework; declared as comparisons elsewhere."""

from experiments.language.printed import Printed, Question, Reading, WorkedExample


def _task(text: str, item: str, symbol: str, where: str) -> Printed:
    return Printed(text, item=item, symbol=symbol, where=where, kind="given")


_NEITHER = (
    "R neuralnet's figure of one net from an unpublished seed, and neither Q1's nor Q2's on all 150 flowers. Tried: "
    "rprop+ with neuralnet's settings from 20 starts, which ends at errors of .001 to 1.9 after 770 to 100,000 steps; "
    "with petals alone 3.3, with sepals alone 15.6 to 18.8, with one hidden neuron 13.9 to 50."
)

ASSIGNMENTS = WorkedExample(
    name="assignments",
    title="Left to you: Iris and homework",
    where="Example 9; Homework",
    story=(
        "Nets that the audience is asked to build. The experiments iris and bankruptcy train them "
        "many times over and compare them with ordinary classifiers."
    ),
    givens={
        "q1_hidden_units": (10,),
        "q2_hidden_units": (5, 3),
        "split": (80, 20),
        "seed": 1,
        "homework_q2_hidden_units": (30,),
        "q4_n_other_models": 5,
    },
    printed=(
        _task("10", "example9", "q1_hidden_units", "Example 9"),
        _task("5;3", "example9", "q2_hidden_units", "Example 9"),
        Printed(
            "9.027655", item="example9", symbol="sse", where="Example 9 | figure", kind="not_recomputable", why=_NEITHER
        ),
        Printed(
            "25046", item="example9", symbol="steps", where="Example 9 | figure", kind="not_recomputable", why=_NEITHER
        ),
        _task("80/20", "homework", "split", "Homework | Q1"),
        _task("1", "homework", "seed", "Homework | Q1"),
        Printed(
            "30",
            item="homework",
            symbol="q2_hidden_units",
            where="Homework | Q2",
            kind="given",
            givens=("homework_q2_hidden_units",),
        ),
        _task("5", "homework", "q4_n_other_models", "Homework | Q4"),
    ),
    questions=(
        Question(
            text="Example 9: what is the performance of 10 sigmoid neurons, of (5, 3), and of your own net?",
            answer="The experiment iris answers with intervals over repeated splits.",
            where="Example 9, Q1 to Q3",
        ),
        Question(
            text=(
                "Homework: 30 sigmoid neurons, a deep sigmoid net, and 5 other models on company bankruptcy. Which "
                "is best?"
            ),
            answer="The experiment bankruptcy answers with intervals, and with the majority class beside them.",
            where="Homework, Q1 to Q4",
        ),
    ),
    reading=(
        Reading(
            title="Taiwanese Bankruptcy Prediction",
            link="https://archive.ics.uci.edu/ml/datasets/Taiwanese+Bankruptcy+Prediction",
        ),
    ),
)
