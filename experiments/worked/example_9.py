"""Example 9: nets for Iris that the lecture leaves to its audience; declared as a comparison elsewhere."""

from experiments.language.printed import Printed, Question, WorkedExample


def _task(text: str, symbol: str) -> Printed:
    return Printed(text, item="example9", symbol=symbol, where="Example 9", kind="given")


def _figure(text: str, symbol: str) -> Printed:
    where = "Example 9 | figure"
    return Printed(text, item="example9", symbol=symbol, where=where, kind="not_recomputable", why=_NEITHER)


_NEITHER = (
    "R neuralnet's figure of one net from an unpublished seed, and neither Q1's nor Q2's on all 150 flowers. Tried: "
    "rprop+ with neuralnet's settings from 20 starts, which ends at errors of .001 to 1.9 after 770 to 100,000 steps; "
    "with petals alone 3.3, with sepals alone 15.6 to 18.8, with one hidden neuron 13.9 to 50."
)

EXAMPLE_9 = WorkedExample(
    name="example_9",
    title="Example 9: your own nets for Iris",
    where="Example 9",
    story=(
        "Nets that the audience is asked to build. The experiment iris trains them on ten divisions of the flowers and "
        "compares them with ordinary classifiers, so that a number comes with what it would be by chance."
    ),
    givens={"q1_hidden_units": (10,), "q2_hidden_units": (5, 3)},
    printed=(
        _task("10", "q1_hidden_units"),
        _task("5;3", "q2_hidden_units"),
        _figure("9.027655", "sse"),
        _figure("25046", "steps"),
    ),
    questions=(
        Question(
            text="What is the performance of 10 sigmoid neurons, of (5, 3), and of your own net?",
            answer="The experiment iris answers with intervals over repeated splits.",
            where="Example 9, Q1 to Q3",
            experiment="iris",
        ),
    ),
)
