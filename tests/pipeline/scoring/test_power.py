"""Which differences are found in three of four runs, against simulated ones."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from experiments.language import Baseline, Comparison, DenseNet, Splitting, Training
from pipeline.data.task import Classification
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.compare import gather
from pipeline.scoring.contrasts import contrast
from pipeline.scoring.judgment import LEVEL, max_t
from pipeline.scoring.power import POWER, asked_about, chance_to_find, findable, level_in_family, smallest_found
from pipeline.scoring.significance import corrected_difference
from pipeline.scoring.values import Scores

N_FOLDS, N_ROWS, N_TEST = 8, 100, 20
NET = DenseNet(name="net_1", hidden_units=(3,), training=Training(epochs=1, learning_rate=0.1))
COMPARISON = Comparison(
    name="drawn",
    title="Drawn",
    where="nowhere",
    data="iris",
    splitting=Splitting(n_folds=N_FOLDS),
    candidates=(
        NET,
        replace(NET, name="net_2"),
        Baseline(name="guess", algorithm="majority_class"),
        Baseline(name="baseline_1", algorithm="logistic_regression"),
        Baseline(name="baseline_2", algorithm="naive_bayes"),
    ),
    metrics=("accuracy",),
    primary_metric="accuracy",
    positive_class=1,
)
Y = (np.arange(N_ROWS) < 50).astype(np.int64)


def fold(index, n_positive=10):
    test_rows = np.concatenate([np.arange(n_positive), 50 + np.arange(N_TEST - n_positive)])
    return Fold(index=index, seed=index, train_rows=np.setdiff1d(np.arange(N_ROWS), test_rows), test_rows=test_rows)


def found_in(values, comparison=COMPARISON, y=Y, folds=None):
    """The result of candidates that score ``values``, by name, an array over folds."""
    folds = folds or tuple(map(fold, range(N_FOLDS)))
    dataset = Dataset(
        name="iris",
        X=np.zeros((N_ROWS, 1)),
        y=y,
        feature_names=("a",),
        task=Classification(class_names=("sound", "bankrupt")),
        source="drawn",
        citation="nobody",
        version="1",
    )
    return gather(comparison, dataset, folds, (), scored(values, comparison, y, folds))


def scored(values, comparison, y, folds):
    """Scores of nothing but these values."""
    families = {candidate.name: candidate.family for candidate in comparison.candidates}
    return [
        Scores(
            candidate=name,
            family=families[name],
            fold_index=one.index,
            seed=one.seed,
            metrics={comparison.primary_metric: float(value)},
            y_true=y[one.test_rows],
            predicted=np.tile([0.4, 0.6], (N_TEST, 1)),
            confusion=np.zeros((2, 2), dtype=np.int64),
        )
        for name, own in values.items()
        for one, value in zip(folds, own, strict=True)
    ]


def spread(random, means, deviation=0.03):
    """Scores whose mean varies as the corrected test believes: folds share a part."""
    shared = np.sqrt(N_TEST / (N_ROWS - N_TEST))
    return {
        name: mean + deviation * (random.normal(size=N_FOLDS) + shared * random.normal())
        for name, mean in means.items()
    }


@pytest.mark.parametrize(("degrees", "level"), [(2, 0.05), (9, 0.05), (9, 0.002), (29, 0.01)])
def test_the_chance_is_that_of_the_noncentral_t(degrees, level):
    bound = stats.t.isf(level / 2, degrees)
    for size in (0.5, 2.0, 4.0):
        wanted = stats.nct.sf(bound, degrees, size) + stats.nct.sf(bound, degrees, -size)
        assert chance_to_find(size, degrees, level) == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("degrees", [1, 4, 9, np.inf])
def test_what_is_found_in_three_of_four_runs_is_found_in_three_of_four(degrees):
    size = smallest_found(0.02, degrees, level=0.01)
    assert chance_to_find(size / 0.02, degrees, 0.01) == pytest.approx(POWER, abs=1e-6)
    assert smallest_found(0.04, degrees, level=0.01) == pytest.approx(2 * size)


def test_three_of_four_simulated_runs_find_it_by_the_corrected_test():
    random, deviation, n = np.random.default_rng(0), 0.03, 800
    error = deviation * np.sqrt(1 / N_FOLDS + N_TEST / (N_ROWS - N_TEST))
    size = smallest_found(error, N_FOLDS - 1)
    n_found = 0
    for _ in range(n):
        differences = spread(random, {"difference": size}, deviation)["difference"]
        found = corrected_difference(differences, n_train=N_ROWS - N_TEST, n_test=N_TEST, equivalence=0.001)
        n_found += found.p_value < 0.05
    low, high = stats.binomtest(n_found, n).proportion_ci(0.99)
    assert low <= POWER <= high


def share_found(comparison, size, n):
    """How many of ``n`` runs call the first net better than the first baseline, where it is by ``size``."""
    random = np.random.default_rng(1)
    folds = tuple(map(fold, range(N_FOLDS)))
    means = {one.name: 0.7 for one in comparison.candidates} | {"net_1": 0.7 + size, "guess": 0.1}
    n_found = 0
    for _ in range(n):
        contrasts = contrast(scored(spread(random, means, DEVIATION), comparison, Y, folds), folds, comparison)
        (own,) = [one for one in contrasts if (one.candidate, one.reference) == ("net_1", "baseline_1")]
        n_found += own.judgment == "better"
    return stats.binomtest(n_found, n).proportion_ci(0.99)


# Two candidates that vary alone: the error of their difference is that of one, times the root of 2. It is larger than
# the least that 100 rows can have.
DEVIATION = 0.06
ERROR = DEVIATION * np.sqrt(2 * (1 / N_FOLDS + N_TEST / (N_ROWS - N_TEST)))


def test_a_pair_that_is_alone_is_found_in_three_of_four_runs_by_its_word():
    alone = replace(COMPARISON, candidates=tuple(COMPARISON.candidates[k] for k in (0, 2, 3)))
    low, high = share_found(alone, smallest_found(ERROR, N_FOLDS - 1), 150)
    assert low <= POWER <= high


def test_a_pair_of_several_is_found_in_three_of_four_runs_or_more():
    """Nets and baselines are equal but for one net, so that its other pair is found, too."""
    of_pairs = np.array([[1, 0.5, 0.5, 0], [0.5, 1, 0, 0.5], [0.5, 0, 1, 0.5], [0, 0.5, 0.5, 1]])
    size = smallest_found(ERROR, N_FOLDS - 1, level=level_in_family(of_pairs, N_FOLDS - 1))
    assert share_found(COMPARISON, size, 60).high >= POWER


def test_the_level_of_one_of_many_lies_between_its_share_and_all():
    alike = np.full((6, 6), 0.5) + 0.5 * np.eye(6)
    assert 0.05 / 6 < level_in_family(alike, 9) < 0.05
    assert level_in_family(np.eye(1), 9) == 0.05
    assert level_in_family(np.eye(6), np.inf) == pytest.approx(1 - 0.95 ** (1 / 6), rel=0.1)


@pytest.mark.parametrize("degrees", [9, np.inf])
def test_the_level_is_what_max_t_makes_the_familys(degrees):
    alike = np.full((6, 6), 0.5) + 0.5 * np.eye(6)
    level = level_in_family(alike, degrees)
    assert max_t(np.full(6, level), alike, degrees)[0] == pytest.approx(LEVEL, abs=0.002)


MEANS = {"net_1": 0.8, "net_2": 0.7, "guess": 0.5, "baseline_1": 0.72, "baseline_2": 0.75}


def test_it_is_asked_about_the_best_of_both_families_or_the_declared_pair():
    values = spread(np.random.default_rng(2), MEANS, 0.01)
    result = found_in(values)
    own = findable(result)
    assert (own.candidate, own.reference, own.n_pairs) == ("net_1", "baseline_2", 4)
    contrast = result.against("baseline_2")["net_1"]
    error = (contrast.high - contrast.low) / 2 / stats.t.ppf(0.975, N_FOLDS - 1)
    assert own.difference == pytest.approx(smallest_found(error, N_FOLDS - 1, level=own.level))
    assert 0.05 / 4 < own.level < 0.05

    declared = found_in(values, replace(COMPARISON, primary=("net_2", "baseline_1")))
    own = findable(declared)
    assert (own.candidate, own.reference, own.n_pairs, own.level) == ("net_2", "baseline_1", 1, 0.05)


def test_where_nothing_is_known_of_chance_nothing_is_promised():
    same = dict.fromkeys(MEANS, np.full(N_FOLDS, 0.7))
    losses = replace(COMPARISON, metrics=("log_loss",), primary_metric="log_loss")
    assert not found_in(same, losses).against("baseline_1")["net_1"].has_interval
    assert findable(found_in(same, losses)) is None
    without = replace(COMPARISON, candidates=COMPARISON.candidates[2:])
    values = {name: own for name, own in spread(np.random.default_rng(0), MEANS).items() if "net" not in name}
    assert asked_about(found_in(values, without)) is None
    assert findable(found_in(values, without)) is None
    assert np.isnan(smallest_found(0.0, 9))
    assert np.isnan(smallest_found(np.nan, 9))


def test_where_bounds_end_at_the_largest_difference_the_other_side_tells_or_nothing_does():
    result = found_in(spread(np.random.default_rng(2), MEANS, 0.01))
    one = result.against("baseline_2")["net_1"]

    def changed(**bounds):
        contrasts = [replace(c, **bounds) if c == one else c for c in result.contrasts]
        return findable(replace(result, contrasts=tuple(contrasts)))

    error = (one.difference - one.low) / stats.t.ppf(0.975, N_FOLDS - 1)
    found = changed(high=one.difference + (one.difference - one.low) / 2)
    assert found.difference == pytest.approx(smallest_found(error, N_FOLDS - 1, level=found.level))
    assert changed(low=-1.0, high=1.0) is None


def test_the_rows_that_tell_most_are_those_of_a_rare_class():
    values = spread(np.random.default_rng(3), MEANS)
    own = findable(found_in(values))
    assert (own.n_rows, own.of) == (N_TEST, "")
    rare = (np.arange(N_ROWS) < 5).astype(np.int64)  # 5 of 100: those of the test rows of even folds, and of odd ones
    folds = tuple(fold(index, n_positive=4 - index % 2) for index in range(N_FOLDS))
    own = findable(found_in(values, y=rare, folds=folds))
    assert (own.n_rows, own.of) == (3.5, "bankrupt")
