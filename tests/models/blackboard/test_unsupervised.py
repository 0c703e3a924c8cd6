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
