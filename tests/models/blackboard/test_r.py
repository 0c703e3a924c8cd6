"""R itself, where it is installed: what it draws and fits, to the digits that it is asked to print."""

import shutil
import subprocess

import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage
from sklearn.datasets import load_iris
from sklearn.preprocessing import StandardScaler

from experiments.worked.logistic_regression import LOGISTIC_REGRESSION
from experiments.worked.review import REVIEW
from models.blackboard import logistic_regression, rprop, unsupervised
from models.blackboard.r_random import RRandom
from models.blackboard.rprop import Rprop
from models.blackboard.trace import initialize
from pipeline.lecture.working.data import example_5, table_of

R = shutil.which("Rscript")
pytestmark = pytest.mark.skipif(R is None, reason="Rscript is not installed")


def in_r(script, rows=None):
    """Runs a script on ``x``, the rows, and returns the numbers that it prints."""
    given = "" if rows is None else "\n".join(",".join(map(repr, row.tolist())) for row in rows)
    lines = 'x <- if (length(l <- readLines("stdin"))) as.matrix(read.csv(text = l, header = FALSE)) else NULL\n'
    program = f"{lines}{script}"
    shown = subprocess.run(
        [R, "-e", program], input=given, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    return np.array([float(number) for number in shown.split()])


def shown(expression):
    return f'cat(format(as.numeric({expression}), digits = 15), sep = "\\n")'


@pytest.fixture(scope="module")
def arrests():
    return StandardScaler().fit_transform(table_of(REVIEW).set_index("Unnamed: 0").to_numpy(np.float64))


def test_the_homeworks_rows_are_those_that_r_draws():
    drawn = in_r(f"set.seed(1)\n{shown('sample(6819, 0.8 * 6819)')}")

    assert (1 + RRandom(1).sample(6819, 5455)).tolist() == drawn.astype(int).tolist()


@pytest.mark.parametrize("seed", [2, 77, 2_147_483_647])
def test_normal_and_uniform_numbers_are_those_that_r_draws(seed):
    ours = RRandom(seed)
    np.testing.assert_allclose(in_r(f"set.seed({seed})\n{shown('c(runif(5), rnorm(40))')}"), [
        *ours.uniform(5), *ours.normal(40)
    ], atol=1e-13)  # fmt: skip


def test_newtons_method_is_glm():
    X, y = example_5(LOGISTIC_REGRESSION.givens)
    y = y[:, 0]
    theirs = in_r(
        "m <- glm(x[, 3] ~ x[, 1] + x[, 2], family = binomial, control = list(epsilon = 1e-14, maxit = 50))\n"
        + shown("c(coef(m), deviance(m), m$null.deviance)"),
        np.column_stack([X, y]),
    )
    theta = logistic_regression.newton(X, y, n_steps=15)[-1]

    np.testing.assert_allclose(theta.ravel(), theirs[:3], rtol=1e-9)
    assert 2 * len(y) * logistic_regression.cost(theta, X, y) == pytest.approx(theirs[3], rel=1e-9)


def test_principal_components_are_prcomp(arrests):
    theirs = in_r(f"p <- prcomp(x)\n{shown('c(p$sdev^2 / sum(p$sdev^2), abs(p$rotation))')}", arrests)
    scores, loadings = unsupervised.principal_components(arrests)

    np.testing.assert_allclose(unsupervised.proportion_of_variance_explained(arrests, scores), theirs[:4], atol=1e-12)
    np.testing.assert_allclose(np.abs(loadings).ravel(order="F"), theirs[4:], atol=1e-12)  # signs are free


def test_clusters_are_as_tight_as_kmeans_with_200_starts(arrests):
    script = "set.seed(1)\n" + shown(
        "sapply(2:10, function(k) kmeans(x, k, nstart = 200, iter.max = 100)$tot.withinss)"
    )
    starts, seed = REVIEW.givens["exchange_starts"], REVIEW.givens["kmeans_seed"]
    for k, theirs in enumerate(in_r(script, arrests), start=2):
        labels = unsupervised.exchange(arrests, k, n_starts=starts, seed=seed)
        ours = unsupervised.within_cluster_variation(arrests, labels).sum() / 2  # counted twice on the slides
        assert ours <= theirs * (1 + 1e-9), k


@pytest.mark.parametrize("method", ["complete", "single", "average"])
def test_heights_of_merges_are_hclust(arrests, method):
    theirs = in_r(shown(f'hclust(dist(x), "{method}")$height'), arrests)

    np.testing.assert_allclose(linkage(arrests, method=method)[:, 2], theirs, atol=1e-12)


RPROP = """
sigmoid <- function(z) 1 / (1 + exp(-z))
sizes <- c({sizes})
n_layers <- length(sizes) - 1
inputs <- x[, seq_len(sizes[1])]
targets <- x[, -seq_len(sizes[1])]
weights <- lapply(seq_len(n_layers), function(l) matrix(start[[l]], nrow = sizes[l] + 1, byrow = TRUE))
steps <- lapply(weights, function(w) 0 * w + 0.1)
memory <- lapply(weights, function(w) 0 * w)
errors <- c()
for (step in 0:{n_steps}) {{
  a <- list(inputs)
  for (l in seq_len(n_layers)) a[[l + 1]] <- sigmoid(cbind(1, a[[l]]) %*% weights[[l]])
  off <- a[[n_layers + 1]] - targets
  errors <- c(errors, sum(off^2) / 2)
  if (step == {n_steps}) break
  for (l in n_layers:1) {{
    delta <- off * a[[l + 1]] * (1 - a[[l + 1]])
    slope <- t(cbind(1, a[[l]])) %*% delta
    off <- delta %*% t(weights[[l]][-1, , drop = FALSE])
    before <- memory[[l]] * sign(slope)
    steps[[l]][before > 0] <- pmin(1.2 * steps[[l]][before > 0], 0.1)
    move <- ifelse(before < 0, memory[[l]], -sign(slope)) * steps[[l]]
    steps[[l]][before < 0] <- pmax(0.5 * steps[[l]][before < 0], 1e-10)
    memory[[l]] <- ifelse(before < 0, 0, sign(slope))
    weights[[l]] <- weights[[l]] + move
  }}
}}
"""


@pytest.mark.parametrize("sizes", [(4, 10, 3), (4, 5, 3, 3)])
def test_rprop_is_neuralnets_rule_in_base_r(sizes):
    """Example 9's two nets on all flowers: R's own arithmetic, weights as neuralnet keeps them, biases in row one."""
    X, kinds = load_iris(return_X_y=True)
    y, net, how = np.eye(3)[kinds], initialize(sizes, seed=2), Rprop(threshold=1e-9, max_steps=100)
    layers = [np.vstack([b, w.T]) for w, b in zip(net.weights, net.biases, strict=True)]
    start = ", ".join(f"c({', '.join(map(repr, layer.ravel().tolist()))})" for layer in layers)
    script = RPROP.format(sizes=", ".join(map(str, sizes)), n_steps=how.max_steps)
    theirs = in_r(f"start <- list({start})\n{script}" + shown("c(errors, unlist(weights))"), np.column_stack([X, y]))

    trained, errors, _ = rprop.train(net, X, y, how)

    np.testing.assert_allclose(errors, theirs[: len(errors)], rtol=1e-9)
    ours = [np.vstack([b, w.T]).ravel(order="F") for w, b in zip(trained.weights, trained.biases, strict=True)]
    np.testing.assert_allclose(np.concatenate(ours), theirs[len(errors) :], atol=1e-9)
