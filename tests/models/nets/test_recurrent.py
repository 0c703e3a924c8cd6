import keras
import numpy as np
import pytest
from scipy.special import expit
from sklearn.datasets import load_digits

from models.engine import one_net
from models.nets import recurrent


@pytest.fixture(scope="module")
def digits():
    data = load_digits()
    return (data.images / 16).astype(np.float32), data.target


def last_layer(model, X):
    """What the output neurons see, and their layer's weights before."""
    _, layer, _ = model.layers
    return np.asarray(keras.Model(model.input, layer.output)(X)), [w.astype(np.float64) for w in layer.get_weights()]


def test_a_simple_cell_follows_its_formula_row_by_row(digits):
    X = digits[0][:5]
    state, (kernel, recurrent_kernel, bias) = last_layer(recurrent.build((8, 8), 10, [6], cell="simple", seed=3), X)

    h = np.zeros((5, 6))
    for row in range(8):
        h = np.tanh(X[:, row] @ kernel + h @ recurrent_kernel + bias)

    np.testing.assert_allclose(state, h, atol=1e-5)


def test_an_lstm_follows_its_formula_row_by_row(digits):
    X = digits[0][:5]
    state, (kernel, recurrent_kernel, bias) = last_layer(recurrent.build((8, 8), 10, [6], seed=3), X)

    h = c = np.zeros((5, 6))
    for row in range(8):
        i, f, g, o = np.split(X[:, row] @ kernel + h @ recurrent_kernel + bias, 4, axis=1)
        c = expit(f) * c + expit(i) * np.tanh(g)
        h = expit(o) * np.tanh(c)

    np.testing.assert_allclose(state, h, atol=1e-5)


def test_layers_before_the_last_hand_on_every_state():
    model = recurrent.build((8, 8), 10, [6, 5, 4], style="sequential")

    assert [layer.output.shape[1:] for layer in model.layers] == [(8, 6), (8, 5), (4,), (10,)]


def test_no_two_kernels_start_alike_and_a_seed_repeats_them():
    first, again, other = (recurrent.build((8, 8), 8, [8, 8], cell="simple", seed=seed) for seed in (1, 1, 2))

    kernels = [weights for weights in first.get_weights() if weights.ndim == 2]
    assert not any((one == two).all() for i, one in enumerate(kernels) for two in kernels[:i])
    for ours, repeated, different in zip(first.get_weights(), again.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, repeated)
        assert ours.ndim == 1 or (ours != different).any()


@pytest.mark.parametrize("cell", ["simple", "lstm"])
def test_digits_are_read_row_by_row(digits, cell):
    X, y = digits
    model = recurrent.build((8, 8), 10, [32], cell=cell, seed=1)
    one_net.train(
        model,
        X[:1437],
        y[:1437],
        loss=keras.losses.SparseCategoricalCrossentropy(),
        optimizer=keras.optimizers.Adam(0.01),
        epochs=10,
        batch_size=32,
        seed=0,
    )

    answers = model(X[1437:]).numpy().argmax(axis=1)

    assert (answers == y[1437:]).mean() > 0.8  # always the commonest digit: 0.11


@pytest.mark.parametrize("wrong", [{"cell": "gru"}, {"units": []}])
def test_another_cell_or_none_is_refused(wrong):
    with pytest.raises(ValueError, match=r"recurrent.build: expected a cell simple or lstm and one layer at least"):
        recurrent.build((8, 8), 10, **{"units": [4], **wrong})


def test_another_output_than_softmax_is_refused():
    with pytest.raises(ValueError, match=r"recurrent.build: expected softmax outputs, .* output_activation='sigmoid'"):
        recurrent.build((8, 8), 10, [4], output_activation="sigmoid")
