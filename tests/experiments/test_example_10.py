"""Example 10's nets are those that the lecture's page counts, and the smaller ones end at maps of the same size."""

from dataclasses import asdict

import pytest

from experiments.example_10 import EXAMPLE_10, EXAMPLE_10_MNIST
from models.nets import build
from pipeline.lecture.working.convolution_counts import by_formula

CHOSEN = ("hidden_units", "activation")


def built(comparison, name, shape):
    net = next(candidate for candidate in comparison.candidates if candidate.name == name)
    settings = {key: getattr(net, key) for key in CHOSEN}
    return build("conv_net", shape, 10, seed=0, convolutions=[asdict(one) for one in net.convolutions], **settings)


@pytest.mark.parametrize(
    ("name", "convolutions"),
    [
        ("one_layer_20", [(20, (2, 2))]),
        ("three_layers_30", [(30, (2, 2)), (30, (1, 1)), (30, (2, 2))]),
    ],
)
def test_on_mnist_they_have_the_parameters_of_the_slides_formula(name, convolutions):
    rows = by_formula((28, 28), (5, 5), convolutions, 10)

    assert built(EXAMPLE_10_MNIST, name, (28, 28)).count_params() == sum(n for _, _, n in rows)


def test_on_small_digits_three_layers_end_at_two_by_two_maps_as_on_mnist():
    small, large = (built(EXAMPLE_10, "three_layers_30", (8, 8)), built(EXAMPLE_10_MNIST, "three_layers_30", (28, 28)))

    assert [net.layers[-1].kernel.shape[0] for net in (small, large)] == [2 * 2 * 30] * 2
