"""Members that share weights: equal to NumPy, one member after the other, forward and back."""

from itertools import pairwise

import keras
import numpy as np
import pytest
import tensorflow as tf

from models.losses import MembersLoss
from models.nets.tabm import build

K, UNITS = 3, (5, 4)


def rows(n_rows=11, n_features=6):
    random = np.random.default_rng(0)
    return random.normal(size=(n_rows, n_features)), random.integers(2, size=(n_rows, 1)).astype(float)


def net(adapters, n_outputs=1, **settings):
    """A net whose weights are all drawn: as it starts, most adapters are 1."""
    model = build((6,), n_outputs, UNITS, n_members=K, adapters=adapters, activation="tanh", **settings)
    random = np.random.default_rng(1)
    model.set_weights([random.normal(size=weight.shape) for weight in model.get_weights()])
    return model


def by_member(weights, adapters):
    """The weights of each member as those of a plain net: a kernel and a bias for each layer."""
    for k in range(K):
        left = list(weights)
        layers = []
        scale_in = left.pop(0)[k]
        for index in range(len(UNITS)):
            if adapters == "full":
                scale_in = left.pop(0)[k] if index else scale_in
                kernel, scale_out, bias = left.pop(0), left.pop(0)[k], left.pop(0)[k]
                layers.append((scale_in[:, None] * kernel * scale_out, bias))
            else:
                kernel, bias = left.pop(0), left.pop(0)
                layers.append((scale_in[:, None] * kernel if index == 0 else kernel, bias))
        layers.append((left.pop(0)[k], left.pop(0)[k]))
        assert not left
        yield layers


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def said_by(layers, X):
    """What a plain net puts out, and what each of its layers was given."""
    given = [X]
    for kernel, bias in layers[:-1]:
        given.append(np.tanh(given[-1] @ kernel + bias))
    kernel, bias = layers[-1]
    return sigmoid(given[-1] @ kernel + bias), given


def mean_loss(weights, adapters, X, y):
    """The mean over rows and members of each member's cross-entropy."""
    said = [said_by(layers, X)[0] for layers in by_member(weights, adapters)]
    return np.mean([-(y * np.log(p) + (1 - y) * np.log(1 - p)) for p in said])


def gradients(weights, adapters, X, y):
    """Of `mean_loss`, by hand: of each member's plain net, then by the chain rule of what made its kernels."""
    found = [np.zeros_like(weight) for weight in weights]
    for k, layers in enumerate(by_member(weights, adapters)):
        said, given = said_by(layers, X)
        delta = (said - y) / (len(X) * K)
        plain = []
        for (kernel, _), inputs in zip(reversed(layers), reversed(given), strict=True):
            plain.insert(0, (inputs.T @ delta, delta.sum(axis=0)))
            delta = (delta @ kernel.T) * (1 - inputs**2)
        place = iter(range(len(weights)))
        first = next(place)
        for index, (of_kernel, of_bias) in enumerate(plain[:-1]):
            if adapters == "full":
                r = first if index == 0 else next(place)
                w, s, b = next(place), next(place), next(place)
                scale_in, kernel, scale_out = weights[r][k], weights[w], weights[s][k]
                found[r][k] += (of_kernel * kernel * scale_out).sum(axis=1)
                found[w] += scale_in[:, None] * of_kernel * scale_out
                found[s][k] += (scale_in[:, None] * kernel * of_kernel).sum(axis=0)
                found[b][k] += of_bias
            else:
                w, b = next(place), next(place)
                scale_in = weights[first][k][:, None] if index == 0 else 1.0
                found[w] += scale_in * of_kernel
                found[b] += of_bias
                if index == 0:
                    found[first][k] += (weights[w] * of_kernel).sum(axis=1)
        for place_of, value in zip(place, plain[-1], strict=True):
            found[place_of][k] += value
    return found


@pytest.mark.parametrize("adapters", ["full", "mini"])
def test_the_net_says_the_mean_of_what_its_members_say(adapters, float64):
    X, _ = rows()
    model = net(adapters)
    expected = np.mean([said_by(layers, X)[0] for layers in by_member(model.get_weights(), adapters)], axis=0)
    np.testing.assert_allclose(model(X), expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("adapters", ["full", "mini"])
def test_loss_and_gradient_are_those_of_numpy(adapters, float64):
    X, y = rows()
    model = net(adapters)
    members = keras.Model(model.inputs, model.layers[-1].input)
    with tf.GradientTape() as tape:
        loss = MembersLoss(keras.losses.BinaryCrossentropy())(y, members(X))
    found = tape.gradient(loss, model.trainable_variables)
    weights = model.get_weights()
    np.testing.assert_allclose(loss, mean_loss(weights, adapters, X, y), rtol=0, atol=1e-10)
    for ours, expected in zip(found, gradients(weights, adapters, X, y), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-10)


def test_the_gradient_by_hand_is_a_difference_quotient(float64):
    X, y = rows()
    weights = net("full").get_weights()
    found = gradients(weights, "full", X, y)
    for number, weight in enumerate(weights):
        place = np.unravel_index(weight.size // 2, weight.shape)
        moved = []
        for step in (1e-6, -1e-6):
            other = [one.copy() for one in weights]
            other[number][place] += step
            moved.append(mean_loss(other, "full", X, y))
        assert found[number][place] == pytest.approx((moved[0] - moved[1]) / 2e-6, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("adapters", ["full", "mini"])
def test_members_start_apart_by_the_signs_of_the_first_adapter_and_their_output_layers(adapters):
    model = build((40,), 3, UNITS, n_members=K, adapters=adapters, seed=3)
    first, *others = [layer for layer in model.layers if hasattr(layer, "scale")]
    signs = first.scale.numpy()
    assert set(signs.ravel()) == {-1.0, 1.0}
    assert all((one != other).any() for one, other in pairwise(signs))
    assert all((layer.scale.numpy() == 1).all() for layer in others)
    for layer in model.layers:
        if type(layer).__name__ == "MemberAffine":
            assert np.ptp(layer.bias, axis=0).max() == 0 < np.ptp(layer.bias)
    kernel = model.layers[-2].kernel.numpy()
    assert (kernel[0] != kernel[1]).all()
    assert np.abs(kernel).max() <= UNITS[-1] ** -0.5


def test_parameters_are_shared_kernels_and_what_each_member_has_of_its_own():
    own = K * ((4 + 1) * 1)
    shared = 6 * 5 + 5 * 4
    assert build((6,), 1, UNITS, n_members=K).count_params() == shared + K * (6 + 5 + 5 + 5 + 4 + 4) + own
    mini = build((6,), 1, UNITS, n_members=K, adapters="mini")
    assert mini.count_params() == shared + (5 + 4) + K * 6 + own


def test_each_member_drops_by_itself():
    model = build((6,), 1, [2000], n_members=2, dropout=0.5, activation="linear", adapters="mini")
    dropped = keras.Model(model.inputs, model.layers[-3].output)
    one, other = np.moveaxis(np.asarray(dropped(np.ones((1, 6)), training=True)) == 0, 1, 0)
    assert 0.4 < one.mean() < 0.6
    assert 0.4 < (one == other).mean() < 0.6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"adapters": "some"}, r"tabm.build: expected adapters full or mini. Received: adapters='some'"),
        ({"n_members": 1}, "tabm.build: expected n_members of 2 or more. Received: n_members=1"),
        ({"hidden_units": ()}, "tabm.build: expected one hidden layer or more"),
    ],
)
def test_what_is_no_net_of_members_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        build((6,), 1, **{"hidden_units": UNITS, **change})
