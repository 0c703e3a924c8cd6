"""A kind of net is found by its name, also one that somebody else has written."""

import keras
import numpy as np
import pytest

from models import nets

SETTINGS = {
    "dense_net": ((6,), {"hidden_units": (5,)}),
    "conv_net": (
        (8, 8),
        {"convolutions": ({"feature_maps": 4, "kernel_size": 3, "pool_size": 2, "padding": "same"},)},
    ),
    "recurrent_net": ((8, 8), {"units": (5,)}),
    "real_mlp": ((6,), {"hidden_units": (5,)}),
    "tabm": ((6,), {"hidden_units": (5,), "n_members": 3}),
}


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    """A table of the test's own."""
    monkeypatch.setattr(nets, "_BUILDERS", dict(nets._BUILDERS))
    return nets._BUILDERS


def linear(shape, n_outputs, *, output_activation, seed, name, scale):
    """A stranger's kind: one layer without a bias, all weights alike."""
    start = keras.initializers.Constant(scale)
    output = keras.layers.Dense(n_outputs, output_activation, use_bias=False, kernel_initializer=start)
    return keras.Sequential([keras.Input(shape), output], name=f"{name}_{seed}")


def last_weighted(net):
    """The output layer; of members their mean stands behind it."""
    return [layer for layer in net.layers if layer.weights][-1]


def test_every_kind_is_tried_here(kinds):
    assert set(kinds) == set(SETTINGS)


@pytest.mark.parametrize("kind", SETTINGS)
@pytest.mark.parametrize(("n_outputs", "activation"), [(1, "sigmoid"), (3, "softmax")])
def test_every_kind_takes_the_shape_of_a_row_and_ends_as_the_classes_want(kind, n_outputs, activation):
    shape, settings = SETTINGS[kind]
    net = nets.build(kind, shape, n_outputs, seed=1, name="mine", **settings)
    assert net.name == "mine"
    assert net.input_shape == (None, *shape)
    assert net.output_shape == (None, n_outputs)
    assert last_weighted(net).activation.__name__ == activation


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_seed_repeats_a_net_of_every_kind_and_another_one_does_not(kind):
    shape, settings = SETTINGS[kind]
    one, again, other = (nets.build(kind, shape, 3, seed=seed, **settings).get_weights() for seed in (1, 1, 2))
    assert all((a == b).all() for a, b in zip(one, again, strict=True))
    assert (one[0] != other[0]).any()


@pytest.mark.parametrize("kind", ["dense_net", "conv_net", "tabm", "real_mlp"])
def test_an_output_that_the_cost_wants_is_handed_on(kind):
    shape, settings = SETTINGS[kind]
    net = nets.build(kind, shape, 3, output_activation="sigmoid", seed=0, **settings)
    assert last_weighted(net).activation is keras.activations.sigmoid


def test_an_output_that_a_kind_does_not_have_is_refused():
    shape, settings = SETTINGS["recurrent_net"]
    with pytest.raises(ValueError, match="expected softmax outputs"):
        nets.build("recurrent_net", shape, 3, output_activation="sigmoid", seed=0, **settings)


def test_an_unknown_kind_is_answered_with_the_closest():
    with pytest.raises(ValueError, match=r"a known kind. Received: kind='convnet'. Did you mean 'conv_net'\?"):
        nets.build("convnet", (8, 8), 10, seed=0)


def test_a_strangers_kind_is_built_with_its_settings():
    nets.register("linear", linear)
    net = nets.build("linear", (2,), 3, output_activation="linear", seed=7, name="theirs", scale=0.5)
    assert net.name == "theirs_7"
    np.testing.assert_allclose(net(np.array([[1.0, 2.0]])), [[1.5, 1.5, 1.5]])


@pytest.mark.parametrize("taken", ["dense_net", "linear"])
def test_a_name_that_is_taken_is_refused(taken, kinds):
    nets.register("linear", linear)
    before = dict(kinds)
    with pytest.raises(
        ValueError, match=rf"nets.register: expected a kind that is not taken. Received: kind='{taken}'"
    ):
        nets.register(taken, lambda *_, **__: None)
    assert kinds == before
