"""Scale drives progress: a learning curve of three sizes of nets over the number of rows they learn from."""

from dataclasses import replace

from experiments.language.printed import Definition, Question, WorkedExample

SCALE = WorkedExample(
    name="scale",
    beside="history",
    title="Scale drives progress: three sizes of nets, more and more rows",
    where="II. Neural Networks | Why neural networks?",
    story=(
        "The slide's drawing, measured: a small, a middle and a large net learn from more and more of "
        "scikit-learn's digits and are asked about digits that none of them saw. All take as many steps of the same "
        "size. What a small net cannot hold, more rows do not teach it; a large one goes on learning."
    ),
    givens={
        "hidden_units": (3, 10, 60),
        "n_rows": (80, 160, 320, 640, 1280),
        "n_test": 400,
        "n_updates": 1500,
        "learning_rate": 1.0,
        "batch_size": 20,
        "n_splits": 8,
        "seed": 1,
    },
    definitions=(
        Definition(
            term="Learning curve",
            text="The share of unseen rows that are right, over the number of rows that were learned from.",
        ),
    ),
    questions=(
        Question(
            text="Does a larger net always gain?",
            answer=(
                "Only while the rows teach it something that the smaller one has no room for: with few rows the curves "
                "lie close together, and an interval says whether they are apart at all."
            ),
            where="Why neural networks?",
        ),
    ),
)

SCALE_MNIST = replace(
    SCALE,
    name="mnist_scale",
    title="Scale drives progress, on MNIST",
    data="mnist",
    givens={
        **SCALE.givens,
        "n_rows": (100, 400, 1600, 6400, 25600),
        "n_test": 10000,
        "n_updates": 10000,
        "n_splits": 3,
    },
)
