"""XLA or graph: the rule and its override."""

import keras
import pytest

from models.engine.compilation import MANY_STEPS, use_xla
from models.nets import conv, dense


def conv_net():
    return conv.build((8, 8), 10, [conv.Convolution(feature_maps=2, kernel_size=3, pool_size=1, padding="same")])


@pytest.mark.parametrize(
    ("net", "n_steps", "expected"),
    [
        (lambda: dense.build((4,), 3, [5]), MANY_STEPS, True),
        (lambda: dense.build((4,), 3, [5]), MANY_STEPS - 1, False),
        (conv_net, MANY_STEPS, False),
        (lambda: keras.Sequential([keras.Input((8, 8)), conv_net()]), MANY_STEPS, False),
    ],
)
def test_xla_is_for_long_trainings_without_convolutions(net, n_steps, expected):
    assert use_xla(net(), n_steps=n_steps) is expected


def test_the_rule_can_be_overridden():
    assert use_xla(conv_net(), "xla", n_steps=1)
    assert not use_xla(dense.build((4,), 3, [5]), "graph", n_steps=10**6)


def test_an_unknown_way_is_told():
    with pytest.raises(ValueError, match="train: expected compilation auto, xla or graph"):
        use_xla(conv_net(), "jit", n_steps=1)
