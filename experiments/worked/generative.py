"""A variational autoencoder: a generative model of digits whose loss and slopes are worked by hand."""

from experiments.language.printed import Definition, Question, Reading, WorkedExample

GENERATIVE = WorkedExample(
    name="generative",
    beside="autoencoder",
    title="A variational autoencoder draws digits",
    where="Others | Generative models",
    story=(
        "An autoencoder gives back what it was given; a generative model draws what nobody gave it. Here every digit "
        "becomes a small cloud in a plane instead of a point, and all clouds together are pressed towards one round "
        "one: so any point of the plane, drawn at random, is near to something that was learned, and its decoder draws "
        "it. Loss and slopes are worked by hand and compared with the tape; the drawings come from the net trained so."
    ),
    givens={
        "n_code": 2,
        "n_hidden": 96,
        "learning_rate": 0.003,
        "epochs": 150,
        "batch_size": 32,
        "train_share": 0.8,
        "n_checked": 6,
        "n_side": 11,
        "n_drawn": 20,
        "seed": 1,
    },
    definitions=(
        Definition(
            term="Encoder",
            latex=r"z = m(x) + e^{s(x) / 2} \, \epsilon, \quad \epsilon \sim N(0, 1)",
            text="A cloud with middle $m$ and variance $e^s$; slopes go through $z$: the noise is drawn outside.",
        ),
        Definition(
            term="Loss",
            latex=r"C = \frac{1}{n} \sum_x \left[ -\log p(x \mid z) + \frac{1}{2} \sum_k"
            r" \left( e^{s_k} + m_k^2 - 1 - s_k \right) \right]",
            text="What giving back costs, and how far each cloud is from the round one (Kullback-Leibler).",
        ),
    ),
    questions=(
        Question(
            text="Why does the ordinary autoencoder not draw new digits?",
            answer=(
                "Nothing tells it where in its middle the digits lie, nor what to make of points between them. The "
                "second part of the loss does: it costs to be far from the round cloud, and to be a point."
            ),
            where="Others | Generative models",
        ),
    ),
    reading=(
        Reading(
            title="Kingma and Welling (2014), Auto-encoding variational Bayes", link="https://arxiv.org/abs/1312.6114"
        ),
    ),
)
