"""The formulas of the lecture's review of unsupervised learning; scikit-learn and SciPy do the work."""

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from models.blackboard.trace import Array

Dissimilarity = Literal["euclidean", "correlation"]
Labels = NDArray[np.int64]
Linkage = Literal["complete", "single", "average", "centroid"]
DENDROGRAMS: tuple[tuple[Linkage, Dissimilarity], ...] = tuple(
    (linkage, dissimilarity)
    for dissimilarity in get_args(Dissimilarity)
    for linkage in get_args(Linkage)
    if (linkage, dissimilarity) != ("centroid", "correlation")
)
"""Which go together: a centroid needs the geometry of Euclidean distance."""


def proportion_of_variance_explained(X: Array, scores: Array) -> Array:
    """Returns the share of the variance that each principal component explains.

    Formula:
        PVE_m = sum_i z_im² / sum_j sum_i x_ij².

    Args:
        X: ``(n_samples, n_features)``, columns of mean 0.
        scores: ``(n_samples, n_components)``, the coordinates z_im.

    Source:
        Review | PCA | Proportion Variance Explained.
    """
    return (scores**2).sum(axis=0) / (X**2).sum()


def principal_components(X: Array) -> tuple[Array, Array]:
    """Returns the scores z_im and the loadings, one column for each component, largest variance first.

    A column's sign is free; it is chosen so that the largest loading is positive.

    Args:
        X: ``(n_samples, n_features)``, columns of mean 0.
    """
    _, _, rows = np.linalg.svd(X, full_matrices=False)
    loadings = rows.T
    loadings = loadings * np.sign(loadings[np.abs(loadings).argmax(axis=0), range(loadings.shape[1])])
    return X @ loadings, loadings


def variance_along(X: Array, directions: Array) -> Array:
    """Returns the variance of the rows along directions; the first principal component is where it is largest.

    Formula:
        Var = 1/n sum_i (x_i . u)², for a direction u of length 1.

    Args:
        X: ``(n_samples, n_features)``, columns of mean 0.
        directions: ``(n_directions, n_features)``, each of length 1.

    Source:
        Review | PCA | How?
    """
    return ((X @ directions.T) ** 2).mean(axis=0)


def within_cluster_variation(X: Array, labels: NDArray[np.integer]) -> Array:
    """Returns the variation within each cluster: twice its share of scikit-learn's ``inertia_``.

    Formula:
        WCV(C_k) = 1/|C_k| sum over all pairs i, i' in C_k of sum_j (x_ij - x_i'j)².

    Args:
        X: ``(n_samples, n_features)``.
        labels: ``(n_samples,)``, the cluster of each row.

    Source:
        Review | K-means clustering.
    """
    clusters = [X[labels == label] for label in np.unique(labels)]
    return np.array([cdist(rows, rows, "sqeuclidean").sum() / len(rows) for rows in clusters])


def exchange(X: Array, n_clusters: int, *, n_starts: int, seed: int) -> Labels:
    """Clusters by K-means, then by exchanging single rows, from many starts, and returns the best labels found.

    K-means stops where no row is nearer to another mean. Hartigan and Wong look further: a row that moves takes its
    old mean away from it and draws its new one nearer, so a move may pay although no other mean is nearer.

    Formula:
        moving row i from cluster A to B changes the sum of squares by
        n_B / (n_B + 1) ||x_i - mean_B||² - n_A / (n_A - 1) ||x_i - mean_A||²; the largest gain is taken until none is.

    Args:
        X: ``(n_samples, n_features)``.
        n_clusters: How many.
        n_starts: Each from its own randomly chosen rows as means.
        seed: Of the starts.

    Source:
        Review | K-means clustering; Hartigan and Wong (1979), Algorithm AS 136.
    """
    generator = np.random.default_rng(seed)
    rows = np.array([generator.permutation(len(X))[:n_clusters] for _ in range(n_starts)])
    labels = _squared_distances(X, X[rows]).argmin(axis=2)
    labels = _until_nothing_changes(labels, lambda now: _distances_to_means(X, now, n_clusters)[0].argmin(axis=2))
    labels = _until_nothing_changes(labels, lambda now: _with_best_move(X, now, n_clusters))
    spread = np.take_along_axis(_distances_to_means(X, labels, n_clusters)[0], labels[:, :, None], axis=2)
    return labels[spread.sum(axis=(1, 2)).argmin()]


def _until_nothing_changes(labels: Labels, improve: Callable[[Labels], Labels]) -> Labels:
    while not np.array_equal(better := improve(labels), labels):
        labels = better
    return labels


def _squared_distances(X: Array, means: Array) -> Array:
    """Of every row to every mean of every start, ``(n_starts, n_samples, n_clusters)``."""
    squares = (X**2).sum(axis=1)[None, :, None] + (means**2).sum(axis=2)[:, None]
    return squares - 2 * X @ means.swapaxes(1, 2)


def _distances_to_means(X: Array, labels: Labels, n_clusters: int) -> tuple[Array, Array]:
    """The same to the means of the clusters, and the clusters' sizes; an empty one is infinitely far."""
    member = (labels[:, None] == np.arange(n_clusters)[:, None]).astype(np.float64)
    sizes = member.sum(axis=2)
    distances = _squared_distances(X, member @ X / np.maximum(sizes, 1)[:, :, None])
    return np.where(sizes[:, None] > 0, distances, np.inf), sizes


def _with_best_move(X: Array, labels: Labels, n_clusters: int) -> Labels:
    """Moves one row of every start, if that pays by more than rounding; no row leaves a cluster of its own."""
    distances, sizes = _distances_to_means(X, labels, n_clusters)
    own_size = np.take_along_axis(sizes, labels, axis=1)
    own_distance = np.take_along_axis(distances, labels[:, :, None], axis=2)[:, :, 0]
    saved = np.where(own_size > 1, own_size / np.maximum(own_size - 1, 1) * own_distance, 0.0)
    paid = np.where(sizes > 0, sizes / (sizes + 1), 0.0)[:, None] * np.where(np.isfinite(distances), distances, 0.0)
    change = np.where(labels[:, :, None] == np.arange(n_clusters), 0.0, paid - saved[:, :, None])
    flat = change.reshape(len(labels), -1)
    best = flat.argmin(axis=1)
    pays = flat[np.arange(len(labels)), best] < -1e-9
    row, cluster = np.divmod(best, n_clusters)
    moved = labels.copy()
    moved[pays, row[pays]] = cluster[pays]
    return moved


def distance_between(first: Array, second: Array, *, linkage: Linkage, dissimilarity: Dissimilarity) -> float:
    """Returns how far two clusters are apart.

    Formula:
        complete: the largest distance of a pair; single: the smallest; average: the mean; centroid: between the means.
        Correlation distance of two rows: 1 - their correlation.

    Args:
        first: Rows of one cluster.
        second: Rows of the other.
        linkage: How clusters are compared.
        dissimilarity: How rows are.

    Source:
        Review | Hierarchical clustering.
    """
    if linkage == "centroid":
        return float(np.linalg.norm(first.mean(axis=0) - second.mean(axis=0)))
    pairs = cdist(first, second, dissimilarity)
    if linkage == "average":
        return float(pairs.mean())
    return float(pairs.max() if linkage == "complete" else pairs.min())
