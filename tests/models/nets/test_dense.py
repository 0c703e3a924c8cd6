from itertools import pairwise

import keras
import numpy as np
import pytest

from models.nets.dense import build


@pytest.mark.parametrize("sizes", [(784, 15, 10), (4, 5, 3, 3), (95, 30, 2)])
def test_parameters_are_weights_and_biases_of_every_layer(sizes):
    n_features, *hidden, n_outputs = sizes
    expected = sum((below + 1) * above for below, above in pairwise(sizes))
    assert build((n_features,), n_outputs, hidden).count_params() == expected


def test_sequential_and_functional_nets_are_the_same_function():
    X = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    one, other = (build((4,), 3, [6, 5], style=style, seed=7) for style in ("sequential", "functional"))
    assert isinstance(one, keras.Sequential)
    assert not isinstance(other, keras.Sequential)
    np.testing.assert_array_equal(one(X), other(X))


def test_the_same_seed_gives_the_same_weights_and_another_seed_others():
    one, again, other = (build((4,), 1, [6, 6], seed=seed).get_weights() for seed in (1, 1, 2))
    assert all((a == b).all() for a, b in zip(one, again, strict=True))
    assert all((a != b).all() for a, b in zip(one[::2], other[::2], strict=True))


def test_layers_of_the_same_shape_start_from_different_kernels():
    first, second = (
        layer.kernel for layer in build((6,), 1, [6, 6]).layers if hasattr(layer, "kernel") and layer.units == 6
    )
    assert not np.array_equal(first, second)


def test_two_classes_take_one_sigmoid_and_more_take_softmax():
    X = np.random.default_rng(0).normal(size=(5, 4))
    assert build((4,), 1, [3])(X).shape == (5, 1)
    np.testing.assert_allclose(np.sum(build((4,), 3, [3])(X), axis=1), 1, rtol=1e-6)


def test_no_hidden_layer_is_logistic_regression():
    net = build((2,), 1, [])
    X = np.array([[0.5, -2.0]])
    w, b = net.get_weights()
    assert float(net(X)[0, 0]) == pytest.approx(float(1 / (1 + np.exp(-(X @ w + b)[0, 0]))), rel=1e-6)


def test_batch_normalization_stands_before_the_activation_and_takes_the_biass_place():
    net = build((4,), 1, [3], batch_normalization=True)
    kinds = [type(layer).__name__ for layer in net.layers]
    assert kinds == ["Dense", "BatchNormalization", "Activation", "Dense"]
    assert net.layers[0].bias is None


def test_the_penalty_is_l2_times_the_sum_of_squared_kernels():
    net = build((4,), 1, [3], l2=0.5)
    kernels = [layer.kernel.numpy() for layer in net.layers if hasattr(layer, "kernel")]
    expected = 0.5 * sum((kernel**2).sum() for kernel in kernels)
    assert float(sum(net.losses)) == pytest.approx(expected, rel=1e-6)


def test_an_unknown_style_is_refused():
    with pytest.raises(ValueError, match="Received: style='subclassed'"):
        build((4,), 1, [3], style="subclassed")


def test_biases_can_be_drawn_and_no_two_layers_draw_the_same():
    net = build((6,), 6, [6, 6], bias_initializer="standard_normal", output_activation="sigmoid", seed=3)
    biases = [layer.bias.numpy() for layer in net.layers if hasattr(layer, "bias")]
    assert len(biases) == 3
    assert len({bias.tobytes() for bias in biases}) == 3
    assert net.layers[-1].activation is keras.activations.sigmoid
