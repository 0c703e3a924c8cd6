"""Ramps over quantiles, beside NumPy's own interpolation."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from models.layers.piecewise import PiecewiseLinear


@pytest.fixture(scope="module")
def table():
    X, _ = load_breast_cancer(return_X_y=True)
    return X[:, :6]


def test_the_ramps_of_a_column_add_up_to_its_place_among_the_edges(table):
    """``np.interp`` of the edges' numbers is an independent way to the same sum."""
    layer = PiecewiseLinear.fit(table[:400], n_bins=8)
    ramps = np.asarray(layer(table)).reshape(len(table), 6, 8)
    for feature in range(6):
        edges = np.quantile(table[:400, feature], np.arange(9) / 8)
        np.testing.assert_allclose(ramps[:, feature].sum(axis=1), np.interp(table[:, feature], edges, range(9)))


def test_a_ramp_begins_only_where_the_one_before_it_has_ended(table):
    ramps = np.asarray(PiecewiseLinear.fit(table, n_bins=8)(table)).reshape(len(table), 6, 8)
    assert (ramps[:, :, :-1][ramps[:, :, 1:] > 0] == 1).all()
    assert ((ramps >= 0) & (ramps <= 1)).all()


def test_two_values_are_one_ramp_a_constant_is_none_and_nothing_goes_beyond_the_ends():
    X = np.array([[0.0, 7.0, 0.0], [1.0, 7.0, 2.0], [1.0, 7.0, 4.0], [1.0, 7.0, 4.0]])
    layer = PiecewiseLinear.fit(X, n_bins=2)
    assert layer.compute_output_shape((None, 3)) == (None, 1 + 1 + 2)
    rows = np.array([[0.5, 7.0, 1.0], [1e12, 9.0, 1e12], [-1e12, -1e12, -1e12]])
    expected = [[0.5, 0.0, 0.3333333333333333, 0.0], [1.0, 0.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0]]
    np.testing.assert_allclose(layer(rows), expected, rtol=1e-14)
