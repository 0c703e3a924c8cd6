import keras
import numpy as np
import pytest
from scipy.linalg import subspace_angles
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from models.blackboard import unsupervised
from models.engine import one_net
from models.nets import autoencoder


@pytest.fixture(scope="module")
def digits():
    X = load_digits().data / 16
    return (X - X[:1437].mean(axis=0)).astype(np.float32)


def trained(net, X, *, epochs, batch_size):
    n_steps = epochs * -(-len(X) // (batch_size or len(X)))
    schedule = keras.optimizers.schedules.CosineDecay(0.01, n_steps)
    one_net.train(
        net.model,
        X,
        X,
        loss=keras.losses.MeanSquaredError(),
        optimizer=keras.optimizers.Adam(schedule),
        epochs=epochs,
        batch_size=batch_size,
        seed=0,
    )
    return net


def squared_error(X, back):
    return float(np.square(X - np.asarray(back)).mean())


def test_a_linear_one_spans_the_subspace_of_the_principal_components(digits):
    net = trained(autoencoder.build(64, 4, seed=1), digits, epochs=1000, batch_size=None)
    pca = PCA(4).fit(digits)

    directions = net.decoder.get_weights()[0]

    assert np.degrees(subspace_angles(directions.T, pca.components_.T)).max() < 0.1
    _, loadings = unsupervised.principal_components(digits - digits.mean(axis=0))  # the review's own
    assert np.degrees(subspace_angles(directions.T, loadings[:, :4])).max() < 0.1
    best = squared_error(digits, pca.inverse_transform(pca.transform(digits)))
    assert squared_error(digits, net.model(digits)) == pytest.approx(best, rel=1e-5)


def test_a_deep_one_gives_unseen_digits_back_better_than_as_many_components(digits):
    train, test = digits[:1437], digits[1437:]
    net = trained(autoencoder.build(64, 2, [32], seed=1), train, epochs=60, batch_size=32)
    pca = PCA(2).fit(train)

    assert squared_error(test, net.model(test)) < 0.9 * squared_error(test, pca.inverse_transform(pca.transform(test)))


def test_the_model_is_the_decoder_of_the_encoder(digits):
    net = autoencoder.build(64, 3, [16, 8], seed=2)

    np.testing.assert_allclose(net.model(digits[:9]), net.decoder(net.encoder(digits[:9])), atol=1e-6)
    assert net.encoder(digits[:9]).shape == (9, 3)


def test_parameters_are_counted_by_formula():
    net = autoencoder.build(64, 2, [16])

    assert net.model.count_params() == 16 * 65 + 2 * 17 + 16 * 3 + 64 * 17


def test_layers_of_one_shape_start_differently_and_a_seed_repeats_them():
    first, again = (autoencoder.build(8, 8, [8], seed=4).model.get_weights() for _ in range(2))

    kernels = first[::2]
    assert not any((one == two).all() for i, one in enumerate(kernels) for two in kernels[:i])
    for ours, repeated in zip(first, again, strict=True):
        np.testing.assert_array_equal(ours, repeated)
