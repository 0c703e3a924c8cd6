"""A restricted Boltzmann machine: enumerated for seven units, dreaming of digits; two of them as a deep belief net."""

from experiments.language.printed import Definition, Reading, WorkedExample

BOLTZMANN = WorkedExample(
    name="boltzmann",
    beside="dropout",
    title="A restricted Boltzmann machine dreams of digits",
    where="Others | Deep belief nets, generative models, and Boltzmann machines",
    story=(
        "A Boltzmann machine gives every state of its units an energy, and likely states a low one. With 4 visible and "
        "3 hidden units all states can be enumerated, so that likelihood and gradient are exact and can be checked. "
        "With 64 pixels they cannot; one step of the machine away from the data stands in, contrastive divergence. The "
        "machine that has learned so is a generative model: it draws digits that nobody wrote. Stacked, such machines "
        "are a deep belief net: two of them learn the pixels without answers, become the hidden layers of a classifier "
        "and are fine-tuned by back-propagation, beside the same net from random weights on the same rows."
    ),
    givens={
        "n_visible": 4,
        "n_hidden": 3,
        "n_rows": 6,
        "n_hidden_of_digits": 64,
        "learning_rate": 0.1,
        "epochs": 40,
        "batch_size": 20,
        "train_share": 0.8,
        "stacked_units": (64, 64),
        "stack_epochs": 20,
        "fine_tuning_rate": 1.0,
        "fine_tuning_epochs": 10,
        "n_splits": 10,
        "n_dreams": 10,
        "dream_steps": 200,
        "seed": 1,
    },
    definitions=(
        Definition(
            term="Energy",
            latex=r"E(v, h) = -\sum_{ij} v_i w_{ij} h_j - \sum_i b_i v_i - \sum_j c_j h_j",
            text="Restricted: no unit is joined to another of its layer.",
        ),
        Definition(
            term="Likelihood",
            latex=r"p(v) = \frac{1}{Z} \sum_h e^{-E(v, h)}, \quad Z = \sum_{v, h} e^{-E(v, h)}",
            text="$Z$, the partition function, sums over all states: two to the power of all units.",
        ),
        Definition(
            term="Gradient",
            latex=r"\frac{\partial \log p}{\partial w_{ij}}"
            r" = \langle v_i h_j \rangle_{data} - \langle v_i h_j \rangle_{model}",
            text="What is seen together is joined more strongly; what the machine dreams together, less.",
        ),
        Definition(
            term="Deep belief net",
            latex=r"v^{(l)} = p(h = 1 \mid v^{(l-1)}), \quad W^{(l)} = w^{(l) T}, \quad b^{(l)} = c^{(l)}",
            text="Each machine learns what the one below says; then its weights are a layer's, and answers come in.",
        ),
    ),
    reading=(
        Reading(title="Hinton (2002), Training products of experts by minimizing contrastive divergence"),
        Reading(title="Hinton, Osindero and Teh (2006), A fast learning algorithm for deep belief nets"),
    ),
)
