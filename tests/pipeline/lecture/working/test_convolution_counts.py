import pytest

from pipeline.lecture.working.convolution_counts import agreement, by_formula, by_keras

NETS = [
    ((28, 28), (5, 5), [(20, (2, 2))], 10),
    ((28, 28), (5, 5), [(20, (2, 2)), (40, (2, 2))], 100),
    ((9, 12), (2, 3), [(3, (1, 2)), (4, (1, 1))], 2),
    ((28, 28), (5, 5), [], 30),
]


@pytest.mark.parametrize("net", NETS)
def test_the_formula_counts_every_layer_as_keras_does(net):
    assert by_formula(*net) == by_keras(*net)


def test_another_size_or_number_of_parameters_is_noticed():
    net = by_formula(*NETS[0])

    assert agreement("net", net, net).holds
    assert not agreement("net", net, by_formula((28, 28), (5, 5), [(20, (3, 3))], 10)).holds
    assert not agreement("net", net, by_formula((28, 28), (5, 5), [(20, (2, 2))], 11)).holds
