"""How often intervals hold the truth of rows that hang together, in groups or in time, or count unequally.

Nothing is trained: a classifier is given that knows one of the two things that decide of a row, and rows share both
with their neighbors. Beside it stands the interval that takes rows for single ones. What was found is in
``docs/tables.md``.

    python -m benchmarks.coverage.together 400
"""

import sys
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from experiments.language import Baseline, Comparison, Splitting
from pipeline.data.forward import stretches
from pipeline.data.split import N_STRETCHES
from pipeline.data.values import Fold
from pipeline.scoring.intervals import interval_of
from pipeline.scoring.metrics import confusion
from pipeline.scoring.taken import resamples_of
from pipeline.scoring.values import Scores
from pipeline.scoring.weighted import score_of

METRICS = ("accuracy", "roc_auc", "log_loss", "brier_score")
_SHARED = 0.8  # of the variance of what the classifier knows
_UNKNOWN = 2.0  # standard deviation of what it does not, on the log odds
_MANY = 400_000

Random = np.random.Generator
Pair = tuple[NDArray[np.float64], NDArray[np.float64]]
Drawn = tuple[list[Scores], tuple[Fold, ...], Comparison]


def answered(random: Random, shared: Pair, shift: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Returns classes and probabilities of rows that share with their neighbors what is known, and what is not."""
    n = len(shared[0])
    x = np.sqrt(_SHARED) * shared[0] + np.sqrt(1 - _SHARED) * random.normal(size=n)
    y = (random.random(n) < expit(2 * x + shift + _UNKNOWN * shared[1])).astype(np.int64)
    q = expit((2 * x + shift) / np.sqrt(1 + 0.35 * _UNKNOWN**2))
    return y, np.stack([1 - q, q], axis=1)


def truth(shift: float) -> dict[str, float]:
    """Returns each score of very many single rows."""
    random = np.random.default_rng(99)
    y, p = answered(random, (random.normal(size=_MANY), random.normal(size=_MANY)), shift)
    return {name: score_of(name, y, p, 1) for name in METRICS}


def in_time(random: Random, *, n: int, phi: float, n_blocks: int, shift: float) -> Drawn:
    """Returns blocks forward in time; what rows share decays by ``phi`` from row to row."""
    size = n // n_blocks
    y, p = answered(random, (_decaying(random, n + size, phi), _decaying(random, n + size, phi)), shift)
    scores, folds = [], []
    for index in range(n_blocks):
        tested = np.arange(size * (index + 1), size * (index + 2))
        own = stretches(tested, max(2, round(N_STRETCHES / n_blocks)))
        fold = Fold(index=index, seed=index, train_rows=np.arange(tested[0]), test_rows=tested, stretches=own)
        scores.append(_scores(fold, y, p, clusterings=(own,), in_time=True))
        folds.append(fold)
    return scores, tuple(folds), _comparison(Splitting(kind="forward", time="t", n_folds=n_blocks))


def in_groups(random: Random, *, n_groups: int, size: int, n_folds: int, shift: float) -> Drawn:
    """Returns groups of rows that share nearly all with each other."""
    groups = np.arange(n_groups * size) // size
    y, p = answered(random, (random.normal(size=n_groups)[groups], random.normal(size=n_groups)[groups]), shift)
    part = random.permutation(np.arange(n_groups) % n_folds)[groups]
    folds = _folds(part, n_folds)
    scores = [_scores(fold, y, p, clusterings=(groups[fold.test_rows],)) for fold in folds]
    return scores, folds, _comparison(_dealt(n_folds))


def weighed(random: Random, *, n: int, sigma: float, n_folds: int, shift: float) -> Drawn:
    """Returns single rows with lognormal weights."""
    y, p = answered(random, (random.normal(size=n), random.normal(size=n)), shift)
    weights = random.lognormal(0, sigma, n)
    folds = _folds(random.permutation(np.arange(n) % n_folds), n_folds)
    return [_scores(fold, y, p, weights=weights[fold.test_rows]) for fold in folds], folds, _comparison(_dealt(n_folds))


def held(
    draw: Callable[[Random], Drawn], true: Mapping[str, float], n_runs: int, *, single: bool = False
) -> dict[str, float]:
    """Returns how often the interval of each score holds the truth; ``single`` takes rows for independent and equal."""
    hits = dict.fromkeys(METRICS, 0)
    for seed in range(n_runs):
        scores, folds, comparison = draw(np.random.default_rng(seed))
        if single:
            scores = [
                _scores(fold, y=one.y_true, p=one.predicted, rows=slice(None))
                for fold, one in zip(folds, scores, strict=True)
            ]
        resamples = resamples_of(folds, comparison)
        for name in METRICS:
            found, _ = interval_of(name, scores, folds, comparison, resamples)
            hits[name] += found.low <= true[name] <= found.high
    return {name: hit / n_runs for name, hit in hits.items()}


def cells(shift: float) -> Iterator[tuple[str, Callable[[Random], Drawn], bool]]:
    """Yields what is simulated, and whether single rows are shown beside it."""
    for n in (600, 2000):
        for phi in (0.0, 0.5, 0.8, 0.95):
            for n_blocks in (5, 1):
                name = f"{n} rows in {n_blocks} blocks of time, from row to row {phi:g} is shared"
                yield name, _with(in_time, n=n, phi=phi, n_blocks=n_blocks, shift=shift), n_blocks == 1
    for n_groups, size in ((200, 3), (60, 5), (20, 15), (10, 30)):
        for n_folds in (5, 1):
            name = f"{n_groups} groups of {size} rows, {n_folds} folds"
            yield name, _with(in_groups, n_groups=n_groups, size=size, n_folds=n_folds, shift=shift), n_folds == 1
    for sigma in (0.5, 1.2):
        for n_folds in (5, 1):
            name = f"300 rows with lognormal weights of {sigma:g}, {n_folds} folds"
            yield name, _with(weighed, n=300, sigma=sigma, n_folds=n_folds, shift=shift), False


def _with(draw: Callable[..., Drawn], **how: float) -> Callable[[Random], Drawn]:
    return lambda random: draw(random, **how)


def _decaying(random: Random, n: int, phi: float) -> NDArray[np.float64]:
    values = random.normal(size=n)
    for row in range(1, n):
        values[row] = phi * values[row - 1] + np.sqrt(1 - phi**2) * values[row]
    return values


def _folds(part: NDArray[np.int64], n_folds: int) -> tuple[Fold, ...]:
    """Returns a fold for each part; of one part, a test set beside four times as many training rows."""
    n = len(part)
    if n_folds == 1:
        return (Fold(index=0, seed=1, train_rows=np.arange(n, 5 * n), test_rows=np.arange(n)),)
    return tuple(
        Fold(index=k, seed=k, train_rows=np.flatnonzero(part != k), test_rows=np.flatnonzero(part == k))
        for k in range(n_folds)
    )


def _scores(
    fold: Fold, y: NDArray[np.int64], p: NDArray[np.float64], rows: slice | None = None, **said: object
) -> Scores:
    own = fold.test_rows if rows is None else rows
    truths, answers, weights = y[own], p[own], said.get("weights")
    return Scores(
        candidate="one",
        family="baseline",
        fold_index=fold.index,
        seed=0,
        metrics={name: score_of(name, truths, answers, 1, weights) for name in METRICS},  # type: ignore[arg-type]
        y_true=truths,
        predicted=answers,
        confusion=confusion(truths, answers),
        **said,  # type: ignore[arg-type]
    )


def _dealt(n_folds: int) -> Splitting:
    return (
        Splitting(kind="stratified_k_fold", n_splits=n_folds, n_folds=n_folds) if n_folds > 1 else Splitting(n_folds=1)
    )


def _comparison(splitting: Splitting) -> Comparison:
    return Comparison(
        name="together",
        title="Rows that hang together",
        where="simulated",
        data="simulated",
        splitting=splitting,
        candidates=(Baseline(name="one", algorithm="naive_bayes"), Baseline(name="guess", algorithm="majority_class")),
        metrics=METRICS,
        primary_metric="accuracy",
        positive_class=1,
    )


def main(n_runs: int) -> None:
    """Prints the share of runs whose interval holds the truth, for each score."""
    for shift in (0.0, -4.0):
        true = truth(shift)
        print(f"Accuracy {true['accuracy']:.2f}, ROC-AUC {true['roc_auc']:.2f}")
        for name, draw, beside in cells(shift):
            for single in (False, True)[: 1 + beside]:
                shares = held(draw, true, n_runs, single=single)
                told = "  ".join(f"{metric} {100 * share:.0f} %" for metric, share in shares.items())
                print(f"  {'taken for single rows' if single else name}: {told}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
