"""The autoencoders of the lecture's page, against scikit-learn's principal components."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA


@pytest.fixture(scope="module")
def worked(lecture):
    return lecture["autoencoder"]


def test_the_linear_one_ends_in_the_subspace_of_the_review(worked):
    assert len(worked.agreements) == 2
    for agreement in worked.agreements:
        assert agreement.holds, agreement


def test_errors_are_those_of_scikit_learn_and_the_deep_one_is_better(worked):
    pixels = load_digits().data / 16
    train, test = pixels[:1437], pixels[1437:]
    pca = PCA(2).fit(train)
    by_pca = np.square(test - pca.inverse_transform(pca.transform(test))).mean()

    mean, components, linear, deep = worked.tables["errors"]["error_on_test_rows"]

    assert mean == pytest.approx(np.square(test - train.mean(axis=0)).mean())
    assert components == pytest.approx(by_pca)
    assert linear == pytest.approx(by_pca, rel=1e-3)
    assert deep < 0.8 * by_pca


def test_what_is_drawn_are_unseen_digits_and_pictures(worked):
    digits = load_digits()

    np.testing.assert_allclose(worked.arrays["images"], digits.images[1437:] / 16, atol=1e-12)
    np.testing.assert_array_equal(worked.arrays["labels"], digits.target[1437:])
    for name in ("pca.images", "deep.images"):
        assert worked.arrays[name].shape == (360, 8, 8)
        assert worked.arrays[name].min() >= 0
        assert worked.arrays[name].max() <= 1
