import keras
import numpy as np
import pytest
from scipy.stats import norm, rankdata
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import QuantileTransformer, RobustScaler, StandardScaler

from models.layers.preprocessing import QuantileNormal, RobustClip, Standardize, fit_inputs


@pytest.fixture(scope="module")
def table():
    X, _ = load_breast_cancer(return_X_y=True)
    ties = np.repeat([[0.0], [1.0], [1.0], [1.0]], 150, axis=0)[: len(X)]
    many_zeros = np.where(np.arange(len(X)) % 3 == 0, X[:, 0], 0.0)[:, None]
    return np.hstack([X, ties, many_zeros, np.full((len(X), 1), 3.0), X[:, :1] * 1e9])


def test_standardize_equals_scikit_learn(table):
    expected = StandardScaler().fit(table[:400]).transform(table[400:])
    np.testing.assert_allclose(Standardize.fit(table[:400])(table[400:]), expected, rtol=1e-9, atol=1e-12)


def test_a_constant_column_stays_finite_when_it_changes_later():
    layer = Standardize.fit(np.full((5, 1), 0.1))
    assert np.asarray(layer(np.array([[0.1], [1.1]]))).tolist() == [[0.0], [1.0]]


@pytest.mark.parametrize("n_quantiles", [10, 400])
def test_inside_the_training_range_shares_equal_scikit_learns(table, n_quantiles):
    train = table[:400]
    expected = QuantileTransformer(n_quantiles=n_quantiles, subsample=None).fit(train).transform(table)
    z = np.asarray(QuantileNormal.fit(train, n_quantiles)(table))
    share = (norm.cdf(z) * n_quantiles - 0.5) / (n_quantiles - 1)
    inside = (table > train.min(axis=0) + 1e-7) & (table < train.max(axis=0) - 1e-7)
    assert inside.mean() > 0.8
    np.testing.assert_allclose(share[inside], expected[inside], atol=1e-9)


def test_ties_land_in_the_middle_of_their_step_also_at_the_ends():
    X = np.array([0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 3.0])[:, None]
    middle_ranks = rankdata(X[:, 0]) - 1
    expected = norm.ppf((middle_ranks + 0.5) / len(X))
    np.testing.assert_allclose(np.asarray(QuantileNormal.fit(X)(X))[:, 0], expected, atol=1e-12)


def test_a_constant_column_becomes_zero_and_unseen_extremes_stay_at_the_ends():
    layer = QuantileNormal.fit(np.stack([np.full(100, 7.0), np.arange(100.0)], axis=1))
    z = np.asarray(layer(np.array([[7.0, 1e10], [7.0, -1e10]])))
    np.testing.assert_allclose(z, [[0.0, norm.ppf(0.995)], [0.0, norm.ppf(0.005)]], atol=1e-12)


def test_robust_clip_is_scikit_learns_robust_scale_bent(table):
    X = table[:, :30]
    v = RobustScaler().fit(X[:400]).transform(X)
    z = np.asarray(RobustClip.fit(X[:400])(X))
    np.testing.assert_allclose(z, v / np.sqrt(1 + v**2 / 9), rtol=1e-12, atol=1e-14)
    assert np.abs(v).max() > 3 > np.abs(z).max()


def test_robust_clip_takes_half_of_the_range_where_the_middle_half_is_one_value():
    mostly_one = np.array([2.0] * 8 + [1.0, 5.0])
    layer = RobustClip.fit(np.stack([mostly_one, np.full(10, 7.0)], axis=1))
    v = (6.0 - 2.0) / 2.0
    np.testing.assert_allclose(layer(np.array([[6.0, 1e9]])), [[v / np.sqrt(1 + v**2 / 9), 0.0]], rtol=1e-14)


@pytest.mark.parametrize("inputs", ["standardize", "quantile_normal", "robust_clip", "piecewise_linear"])
def test_a_saved_layer_maps_the_same(table, tmp_path, inputs):
    layer = fit_inputs(inputs, table)
    model = keras.Sequential([keras.Input((table.shape[1],), dtype="float64"), layer])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(table), layer(table))


def test_digits_below_float32_precision_are_kept():
    X = 0.8 + np.arange(10)[:, None] * 1e-12
    z = np.asarray(Standardize.fit(X)(X))
    assert len(np.unique(z)) == 10


def test_rescale_divides_by_the_largest_pixel():
    layer = fit_inputs("rescale", np.zeros((2, 8, 8), np.uint8), pixel_maximum=16)
    assert float(np.asarray(layer(np.full((1, 8, 8), 4, np.uint8))).max()) == 0.25


@pytest.mark.parametrize(
    ("inputs", "shape", "message"),
    [
        ("standardise", (5, 2), "Received: inputs='standardise'"),
        ("rescale", (5, 2), "images"),
        ("standardize", (5, 2, 2), "table"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(inputs, shape, message):
    with pytest.raises(ValueError, match=message):
        fit_inputs(inputs, np.zeros(shape))
