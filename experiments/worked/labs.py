"""The labs: one net, 784-15-10, three times over: in Keras, step by step, and in Keras's two ways of writing it."""

from dataclasses import replace

from experiments.language.printed import Definition, Reading, WorkedExample

LABS = WorkedExample(
    name="labs",
    title="The labs: one net, written three times",
    where="Lab",
    story=(
        "Lab 1 trains a net of 15 sigmoid neurons by Keras, lab 2 constructs the same net function by function "
        "(models/blackboard/by_hand.py), lab 3 "
        "writes it as a Sequential and as a functional model. From the same weights, with the rows in the same order, "
        "all of them must end at the same weights. Here they learn scikit-learn's digits of 8 x 8 pixels, which need "
        "no download; the experiment mnist_labs is the same on the 60,000 of MNIST, where the net is 784-15-10."
    ),
    givens={
        "hidden_units": 15,
        "cost": "quadratic",
        "learning_rate": 3.0,
        "batch_size": 10,
        "epochs": 5,
        "train_share": 0.8,
        "seed": 1,
    },
    definitions=(
        Definition(
            term="Quadratic cost",
            latex=r"C = \frac{1}{2n} \sum_x \| y(x) - a \|^2",
            text="Over the $n$ rows of a batch; $y(x)$ is 1 at the digit's place, else 0.",
        ),
    ),
    reading=(
        Reading(title="The MNIST database of handwritten digits", link="http://yann.lecun.com/exdb/mnist/"),
        Reading(
            title="Build your own neural network in R",
            link="https://www.kaggle.com/russwill/build-your-own-neural-network-in-r",
        ),
    ),
)

MNIST_LABS = replace(
    LABS,
    name="mnist_labs",
    beside="labs",
    title="The labs on MNIST: 784-15-10, written three times",
    story=(
        "The net of the labs, 15 sigmoid neurons between 784 pixels and 10 digits, learns all 60,000 training images "
        "of MNIST: by Keras, step by step in NumPy, and in Keras's two ways of writing it. From the same weights, with "
        "the rows in the same order, all of them must end at the same weights."
    ),
    data="mnist",
    givens={**LABS.givens, "batch_size": 32},
)
