"""A number of a net in the unit of its target."""

import keras
import numpy as np
from sklearn.preprocessing import StandardScaler

from models.layers.target import Unstandardize


def test_it_is_the_inverse_of_the_standard_scaler():
    y = np.random.default_rng(0).gamma(2.0, 1e6, size=(50, 1))
    scaler = StandardScaler().fit(y)
    layer = Unstandardize(mean=scaler.mean_[0], deviation=scaler.scale_[0])
    np.testing.assert_allclose(layer(scaler.transform(y)), y, rtol=1e-14)


def test_digits_that_float32_has_not_are_kept():
    z = np.array([[0.0], [1.0]], np.float32)
    assert np.asarray(Unstandardize(mean=1_700_000_000.5, deviation=0.25)(z)).ravel().tolist() == [
        1_700_000_000.5,
        1_700_000_000.75,
    ]


def test_a_saved_net_carries_it(tmp_path):
    net = keras.Sequential([keras.Input((1,)), Unstandardize(mean=-3.3, deviation=0.1)])
    net.save(tmp_path / "net.keras")
    loaded = keras.saving.load_model(tmp_path / "net.keras")
    rows = np.linspace(-2, 2, 9)[:, None]
    np.testing.assert_array_equal(loaded(rows), net(rows))
    assert net.layers[-1].trainable_weights == []
