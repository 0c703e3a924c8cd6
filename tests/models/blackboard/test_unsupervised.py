import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage as scipy_linkage
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.preprocessing import scale

from models.blackboard import unsupervised


@pytest.fixture(scope="module")
def flowers():
    return scale(load_iris(return_X_y=True)[0])


def test_shares_of_variance_are_those_of_scikit_learn_and_add_up_to_1(flowers):
    scores, loadings = unsupervised.principal_components(flowers)

    pve = unsupervised.proportion_of_variance_explained(flowers, scores)

    np.testing.assert_allclose(pve, PCA().fit(flowers).explained_variance_ratio_, atol=1e-12)
    assert pve.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(loadings.T @ loadings, np.eye(4), atol=1e-12)
    assert (loadings.max(axis=0) >= -loadings.min(axis=0)).all()


def test_within_cluster_variation_counts_every_pair_twice():
    X = np.array([[0.0, 0.0], [0.0, 2.0], [5.0, 5.0]])

    # Cluster 0: pairs (1, 2) and (2, 1), each at squared distance 4, over its 2 rows.
    assert unsupervised.within_cluster_variation(X, np.array([0, 0, 1])).tolist() == [4.0, 0.0]


def test_within_cluster_variation_is_twice_the_inertia(flowers):
    model = KMeans(3, n_init=5, random_state=0).fit(flowers)

    total = unsupervised.within_cluster_variation(flowers, model.labels_).sum()

    assert total == pytest.approx(2 * model.inertia_)


@pytest.mark.parametrize("n_clusters", [1, 2, 3, 5, 9])
def test_no_exchange_of_a_single_row_pays_any_more(flowers, n_clusters):
    labels = unsupervised.exchange(flowers, n_clusters, n_starts=5, seed=0)

    least = unsupervised.within_cluster_variation(flowers, labels).sum()

    assert len(np.unique(labels)) == n_clusters
    for row in range(0, len(flowers), 7):
        for cluster in range(n_clusters):
            moved = labels.copy()
            moved[row] = cluster
            assert unsupervised.within_cluster_variation(flowers, moved).sum() >= least - 1e-8


def test_an_exchange_finds_what_k_means_leaves(flowers):
    # Means 0.5 and 4.6: 2.5 is nearer to the first one, where K-means leaves it; beside 4.6 it costs less.
    X = np.array([[0.0], [0.5], [2.5], [4.6]])
    left = KMeans(2, init=np.array([[1.0], [4.6]]), n_init=1).fit(X)

    labels = unsupervised.exchange(X, 2, n_starts=20, seed=0)

    assert left.labels_.tolist() == [0, 0, 0, 1]
    assert labels[2] == labels[3]
    assert unsupervised.within_cluster_variation(X, labels).sum() < 2 * left.inertia_


@pytest.mark.parametrize(("linkage", "dissimilarity"), unsupervised.DENDROGRAMS)
def test_the_last_merge_is_as_high_as_its_two_clusters_are_apart(flowers, linkage, dissimilarity):
    tree = scipy_linkage(flowers, method=linkage, metric=dissimilarity)

    def members(cluster):
        if cluster < len(flowers):
            return [cluster]
        return members(int(tree[cluster - len(flowers), 0])) + members(int(tree[cluster - len(flowers), 1]))

    first, second = (flowers[members(int(cluster))] for cluster in tree[-1, :2])

    apart = unsupervised.distance_between(first, second, linkage=linkage, dissimilarity=dissimilarity)

    assert apart == pytest.approx(tree[-1, 2])


def test_no_direction_has_more_variance_than_the_first_component():
    X = np.random.default_rng(5).normal(size=(40, 3)) @ np.array([[2.0, 0.5, 0.0], [0.0, 1.0, 0.3], [0.0, 0.0, 0.2]])
    X -= X.mean(axis=0)
    values, vectors = np.linalg.eigh(X.T @ X / len(X))
    turned = np.random.default_rng(6).normal(size=(500, 3))
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)

    np.testing.assert_allclose(unsupervised.variance_along(X, vectors.T), values, atol=1e-12)
    assert unsupervised.variance_along(X, turned).max() <= values[-1]
    np.testing.assert_allclose(unsupervised.variance_along(X, np.eye(3)), X.var(axis=0), atol=1e-12)
