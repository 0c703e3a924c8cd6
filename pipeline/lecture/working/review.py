"""Review: principal components, K-means and dendrograms of the US arrests.

Drawn from the result: ``arrays["pve"]``, ``arrays["cumulative_pve"]``, ``arrays["scores"]`` and ``arrays["loadings"]``
(biplot), ``curves["elbow"]`` (least sum of WCV found for 1, 2, ... clusters), ``arrays["labels"]`` (of the chosen
number), ``arrays["linkage.<linkage>.<dissimilarity>"]`` (SciPy's, for dendrograms), ``tables["states"]`` (names,
standardized), ``tables["restarts"]`` (sum of WCV by seed), ``arrays["petals"]`` and ``arrays["kinds"]`` of Iris,
``arrays["starts"]`` (labels of K-means from the first few starts, a row for each), ``arrays["angles"]`` (degrees from
the petals' length) and ``arrays["variances"]`` (of the petals in that direction).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from experiments.language.printed import WorkedExample
from models.blackboard import unsupervised
from models.blackboard.trace import Array
from pipeline.lecture.values import Agreement, Worked
from pipeline.lecture.working.data import table_of

N_STARTS_SHOWN = 6  # as many as the slide's figure has


def work_review(example: WorkedExample) -> Worked:
    """Computes components, clusters and dendrograms, and the slides' formulas beside the libraries' results."""
    g = example.givens
    states = table_of(example).set_index("Unnamed: 0").rename_axis("state")
    X = StandardScaler().fit_transform(states.to_numpy(np.float64))
    flowers, kinds = load_iris(return_X_y=True)
    scores, loadings = unsupervised.principal_components(X)
    pve = unsupervised.proportion_of_variance_explained(X, scores)
    restarts = [_one_start(X, g["n_clusters"], g["kmeans_seed"] + i) for i in range(g["n_restarts"])]
    best = {
        k: unsupervised.exchange(X, k, n_starts=g["exchange_starts"], seed=g["kmeans_seed"])
        for k in {*range(1, g["max_clusters"] + 1), g["n_clusters"]}
    }
    elbow = np.array([_sum_of_variation(X, best[k]) for k in range(1, g["max_clusters"] + 1)])
    turned = np.arange(g["n_directions"]) * 180 / g["n_directions"]
    petals = flowers[:, 2:] - flowers[:, 2:].mean(axis=0)
    variances = unsupervised.variance_along(petals, _directions(turned))
    trees = {pair: linkage(X, method=pair[0], metric=pair[1]) for pair in unsupervised.DENDROGRAMS}
    return Worked(
        example=example,
        by_hand={"review": {"usarrests_scree": pve, **_printed_formulas(X, scores, restarts[0])}},
        by_library={"review": _by_scikit_learn(X, restarts[0])},
        libraries={"review": "scikit-learn"},
        curves={"elbow": elbow},
        arrays={
            "pve": pve,
            "cumulative_pve": np.cumsum(pve),
            "scores": scores,
            "loadings": loadings,
            "labels": best[g["n_clusters"]],
            "starts": np.array([model.labels_ for model in restarts[:N_STARTS_SHOWN]]),
            "petals": flowers[:, 2:],
            "kinds": kinds,
            "angles": turned,
            "variances": variances,
            **{f"linkage.{method}.{dissimilarity}": tree for (method, dissimilarity), tree in trees.items()},
        },
        tables={
            "states": pd.DataFrame(X, index=states.index, columns=states.columns),
            "restarts": _restarts_table(X, restarts, g["kmeans_seed"]),
        },
        agreements=(
            *_agreements_on_turning(petals, turned, variances),
            _agreement_on_elbow(elbow, g["r_elbow"]),
            *_agreements_on_trees(X, trees),
        ),
    )


def _printed_formulas(X: Array, scores: Array, clustered: KMeans) -> dict[str, Any]:
    """What the slides' formulas of variances and of one start's clusters are made of."""
    clusters = [X[clustered.labels_ == label] for label in range(clustered.n_clusters)]
    pairs = np.array([((rows[:, None] - rows[None]) ** 2).sum() for rows in clusters])
    return {
        "n": len(X),
        "z": scores,
        "x": X,
        "n_k": np.array([len(rows) for rows in clusters]),
        "squares_of_pairs": pairs,
        "wcv": unsupervised.within_cluster_variation(X, clustered.labels_),
    }


def _by_scikit_learn(X: Array, clustered: KMeans) -> dict[str, Any]:
    """The same from its own PCA and from its distances to the clusters' means."""
    pca = PCA().fit(X)
    nearest = clustered.transform(X).min(axis=1) ** 2
    return {
        "var_z": pca.explained_variance_ * (len(X) - 1) / len(X),  # scikit-learn divides by n - 1
        "pve": pca.explained_variance_ratio_,
        "wcv": 2 * np.bincount(clustered.labels_, weights=nearest),
    }


def _one_start(X: Array, n_clusters: int, seed: int) -> KMeans:
    return KMeans(n_clusters, init="random", n_init=1, random_state=seed).fit(X)


def _restarts_table(X: Array, restarts: Sequence[KMeans], first_seed: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "seed": [first_seed + i for i in range(len(restarts))],
            "sum_of_wcv": [_sum_of_variation(X, model.labels_) for model in restarts],
        }
    )


def _sum_of_variation(X: Array, labels: NDArray[Any]) -> float:
    return float(unsupervised.within_cluster_variation(X, labels).sum())


def _heights(X: Array, tree: Array, method: Any, dissimilarity: Any) -> Array:
    """The slide's distance between the two clusters of every merge of SciPy's tree."""
    members = {i: [i] for i in range(len(X))}
    heights = []
    for new, (first, second) in enumerate(tree[:, :2].astype(int).tolist(), len(X)):
        pair = X[members[first]], X[members[second]]
        heights.append(unsupervised.distance_between(*pair, linkage=method, dissimilarity=dissimilarity))
        members[new] = members.pop(first) + members.pop(second)
    return np.array(heights)


def _directions(degrees: Array) -> Array:
    """Directions of a plane, each of length 1."""
    return np.column_stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])


def _agreements_on_turning(petals: Array, turned: Array, variances: Array) -> tuple[Agreement, ...]:
    """Where the variance is largest, to half of a turn, and how large it is there."""
    pca = PCA().fit(petals)
    across, up = pca.components_[0]
    angle = np.degrees(np.arctan2(up, across)) % 180
    largest = unsupervised.variance_along(petals, pca.components_[:1])
    return (
        _agreement(
            "the direction of the petals' largest variance, in degrees",
            "scikit-learn's first component",
            turned[variances.argmax()] - angle,
            90 / len(turned),
        ),
        _agreement(
            "the petals' variance along that component",
            "scikit-learn's explained variance",
            largest - pca.explained_variance_[0] * (len(petals) - 1) / len(petals),
            1e-12,
        ),
    )


def _agreement_on_elbow(elbow: Array, of_r: Sequence[tuple[int, float]]) -> Agreement:
    return _agreement(
        f"least sum of within-cluster variation, {of_r[0][0]} to {of_r[-1][0]} clusters",
        "R's kmeans(nstart = 200), to three decimals",
        [elbow[k - 1] - least for k, least in of_r if k <= len(elbow)],
        5e-4,
    )


def _agreements_on_trees(X: Array, trees: Mapping[Any, Array]) -> tuple[Agreement, ...]:
    return tuple(
        _agreement(
            f"{method} linkage, {dissimilarity}: height of every merge",
            "SciPy",
            _heights(X, tree, method, dissimilarity) - tree[:, 2],
            1e-10,
        )
        for (method, dissimilarity), tree in trees.items()
    )


def _agreement(what: str, peer: str, difference: Any, allowed: float) -> Agreement:
    return Agreement(what=what, peer=peer, difference=float(np.abs(difference).max()), allowed=allowed)
