"""The formulas of the lecture's review of unsupervised learning; scikit-learn and SciPy do the work."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from models.blackboard.trace import Array

Dissimilarity = Literal["euclidean", "correlation"]
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
