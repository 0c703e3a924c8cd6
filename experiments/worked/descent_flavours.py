"""Batch, stochastic and mini-batch gradient descent on the same net and rows."""

from experiments.language.printed import Definition, Formula, Question, Reading, WorkedExample

_WHERE = "Appendix | Stochastic gradient descent"

DESCENT_FLAVOURS = WorkedExample(
    name="descent_flavours",
    title="Batch, mini-batch, stochastic",
    where=f"Backpropagation | Other notes; {_WHERE}",
    story=(
        "The same net, start, rows and learning rate; only the number of rows for each update differs. An epoch is "
        "one pass through all rows, so the flavours are compared at equal epochs, and at equal rows seen. At this "
        "one rate stochastic descent is ahead because it takes 50 steps where batch descent takes one; each flavour "
        "has a best rate of its own, and at that the order may be another."
    ),
    notation={"grad_C": r"\nabla C", "sgd": "w^{+}", "sgd_b": "b^{+}"},
    givens={
        "layers": (2, 1),
        "net_seed": 3,
        "order_seed": 1,
        "eta": 0.5,
        "epochs": 30,
        "batch_size": None,
        "mini_batch_size": 10,
        "stochastic_size": 1,
    },
    printed=(
        Formula(
            "1/n * sum_x grad C_x",
            item="appendix",
            symbol="grad_C",
            where=_WHERE,
            expression="1/n*sum(grad_C_x)",
            latex=r"\frac{1}{n} \sum_x \nabla C_x",
        ),
        Formula(
            "w - eta/m * sum_j dC_Xj/dw",
            item="appendix",
            symbol="sgd",
            where=_WHERE,
            expression="w - eta/m * sum(dC_X_dw)",
            latex=r"w - \frac{\eta}{m} \sum_j \frac{\partial C_{X_j}}{\partial w}",
        ),
        Formula(
            "b - eta/m * sum_j dC_Xj/db",
            item="appendix",
            symbol="sgd_b",
            where=_WHERE,
            expression="b - eta/m * sum(dC_X_db)",
            latex=r"b - \frac{\eta}{m} \sum_j \frac{\partial C_{X_j}}{\partial b}",
        ),
    ),
    definitions=(
        Definition(
            term="Mean of gradients",
            latex=r"\nabla C = \frac{1}{n} \sum_x \nabla C_x \approx \frac{1}{m} \sum_{j=1}^{m} \nabla C_{X_j}",
            text="A mini-batch $X_1, ..., X_m$ stands for all $n$ rows.",
        ),
        Definition(
            term="Stochastic gradient descent",
            latex=r"w_k \to w_k' = w_k - \frac{\eta}{m} \sum_j \frac{\partial C_{X_j}}{\partial w_k}, \quad"
            r" b_l \to b_l' = b_l - \frac{\eta}{m} \sum_j \frac{\partial C_{X_j}}{\partial b_l}",
            text="One update for each mini-batch.",
        ),
        Definition(
            term="Flavours",
            text="Batch: all rows for each update. Stochastic: a single row. Mini-batch: a few.",
        ),
    ),
    questions=(
        Question(
            text="What is an epoch of training?",
            answer=(
                "One pass through all mini-batches, so that every row has been used once: $n / m$ updates, rounded up "
                "when the last batch is smaller."
            ),
            where=_WHERE,
        ),
    ),
    reading=(
        Reading(title="Mini Batch Gradient Descent (C2W2L01)", link="https://www.youtube.com/watch?v=4qJaSmvhxi8"),
    ),
)
