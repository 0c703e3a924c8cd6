"""Two numbers of the lecture's history that cannot be recomputed here."""

from experiments.language.printed import Printed, WorkedExample

_WHERE = "II. Neural Networks | 2000 - present"

HISTORY = WorkedExample(
    name="history",
    title="A short history",
    where="II. Neural Networks | History",
    story=(
        "Perceptrons (1957), backpropagation (1986), convolutional nets, autoencoders and recurrent nets (1989 to "
        "1998), deep nets on graphics processors, dropout and ImageNet (since 2000)."
    ),
    printed=(
        Printed(
            "15.3",
            item="history",
            symbol="imagenet_top5_error_percent",
            where=_WHERE,
            kind="not_recomputable",
            why="A result of 2012 (Krizhevsky, Sutskever and Hinton), on 1.2 million images that are not here.",
        ),
        Printed(
            "70",
            item="history",
            symbol="gpu_over_cpu",
            where=_WHERE,
            kind="not_recomputable",
            why="A ratio of two machines of 2009 (Raina, Madhavan and Ng); any other pair has another.",
        ),
    ),
)
