"""A rate is declared only for weights that a net has."""

from dataclasses import replace

import pytest

from experiments.language import ConvNet, Convolution, DenseNet, RealMLP, RecurrentNet, TabM, Training
from experiments.language.nets.rates import Rates
from models import nets

TRAINING = Training(epochs=1, learning_rate=0.1, optimizer="adam")
MAPS = Convolution(feature_maps=2, kernel_size=3)
DECLARED = [
    (DenseNet(name="net", hidden_units=(3,), training=TRAINING), (4,)),
    (ConvNet(name="net", convolutions=(MAPS,), training=TRAINING), (8, 8)),
    (RecurrentNet(name="net", units=(3,), training=TRAINING), (8, 8)),
    (TabM(name="net", hidden_units=(3,), n_members=2, training=TRAINING), (4,)),
    (TabM(name="net", hidden_units=(3,), n_members=2, adapters="mini", training=TRAINING), (4,)),
    (RealMLP(name="net", hidden_units=(3,), training=TRAINING), (4,)),
]


@pytest.mark.parametrize(("net", "shape"), DECLARED, ids=lambda value: type(value).__name__)
def test_rated_are_the_names_of_weights_that_are_built(net, shape):
    activation = None if net.kind == "recurrent_net" else "softmax"
    built = nets.build(net.kind, shape, 3, seed=0, name="net", output_activation=activation, **net.settings)
    names = {weight.name.partition("_")[0] for weight in built.trainable_variables}
    assert set(net.rated) == names & {"bias", "scale", "slope", "embedding"}


@pytest.mark.parametrize("net", [net for net, _ in DECLARED[:4]], ids=lambda net: type(net).__name__)
def test_a_rate_of_others_is_refused_where_it_is_declared(net):
    training = replace(TRAINING, rates=Rates(slope=0.1))
    with pytest.raises(ValueError, match=f"{type(net).__name__}: expected rates of weights that such a net has"):
        replace(net, training=training)
