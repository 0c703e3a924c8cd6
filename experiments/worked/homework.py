"""The homework that the lecture ends with; declared as a comparison elsewhere."""

from experiments.language.printed import Printed, Question, Reading, WorkedExample


def _task(text: str, symbol: str, question: str, given: str = "") -> Printed:
    where, givens = f"Homework | {question}", (given,) if given else ()
    return Printed(text, item="homework", symbol=symbol, where=where, kind="given", givens=givens)


HOMEWORK = WorkedExample(
    name="homework",
    title="Homework: which companies go bankrupt",
    where="Homework",
    story=(
        "6,819 companies, 95 ratios, and few that went bankrupt. The experiment bankruptcy trains what is asked for on "
        "ten divisions and compares it with other models; experiments/homework.ipynb does it step by step, to hand in."
    ),
    givens={"split": (80, 20), "seed": 1, "homework_q2_hidden_units": (30,), "q4_n_other_models": 5},
    printed=(
        _task("80/20", "split", "Q1"),
        _task("1", "seed", "Q1"),
        _task("30", "q2_hidden_units", "Q2", given="homework_q2_hidden_units"),
        _task("5", "q4_n_other_models", "Q4"),
    ),
    questions=(
        Question(
            text="30 sigmoid neurons, a deep sigmoid net, and 5 other models on company bankruptcy. Which is best?",
            answer="The experiment bankruptcy answers with intervals, and with the majority class beside them.",
            where="Homework, Q1 to Q4",
            experiment="bankruptcy",
        ),
    ),
    reading=(
        Reading(
            title="Taiwanese Bankruptcy Prediction",
            link="https://archive.ics.uci.edu/ml/datasets/Taiwanese+Bankruptcy+Prediction",
        ),
    ),
)
