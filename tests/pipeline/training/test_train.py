from dataclasses import replace
from types import SimpleNamespace
from unittest.mock import patch

import keras
import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from experiments.digits import DIGITS
from experiments.language import KINDS, Splitting
from models.engine.devices import choose
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.training.executors import Here
from pipeline.training.train import Interrupted, register, train, train_works, trainer_of
from pipeline.training.work import Means, Work

IRIS = ingest("iris")
FOLDS = split(IRIS, Splitting(n_folds=3), seed=1)


def candidate(comparison, name):
    (found,) = [item for item in comparison.candidates if item.name == name]
    return found


def y_proba(trained, X):
    return np.stack([item.model.predict_proba(X) for item in trained])


@pytest.mark.parametrize("name", ["sigmoid_4", "stopped_early", "logistic_regression"])
def test_the_same_seed_gives_the_same_bits(small, name):
    one, again = (train(candidate(small, name), IRIS, FOLDS) for _ in range(2))
    np.testing.assert_array_equal(y_proba(one, IRIS.X), y_proba(again, IRIS.X))


def test_folds_trained_together_equal_folds_trained_alone(small):
    net = candidate(small, "sigmoid_4")
    together = train(net, IRIS, FOLDS)
    alone = [train(net, IRIS, [fold])[0] for fold in FOLDS]
    np.testing.assert_allclose(y_proba(together, IRIS.X), y_proba(alone, IRIS.X), atol=1e-5)


def test_folds_of_different_sizes_are_trained(small):
    folds = split(IRIS, Splitting(kind="stratified_k_fold", n_splits=4, n_folds=4), seed=1)
    trained = train(candidate(small, "sigmoid_4"), IRIS, folds, epochs=1)
    assert sorted({len(item.train_rows) for item in trained}) == [112, 113]


def test_a_net_learns_with_keras_fits_meaning(small):
    """One fold against ``fit`` on rows that were scaled outside, with the same initial weights and order of rows."""
    net = replace(candidate(small, "sigmoid_4"), training=replace(small.candidates[0].training, batch_size=None))
    (trained,) = train(net, IRIS, FOLDS[:1])
    X, y = IRIS.X[FOLDS[0].train_rows], IRIS.y[FOLDS[0].train_rows]
    core = _untrained_core(net)
    core.compile(keras.optimizers.Adam(0.05), keras.losses.SparseCategoricalCrossentropy())
    scaler = StandardScaler().fit(X)
    history = core.fit(scaler.transform(X), y, batch_size=len(X), epochs=3, shuffle=False, verbose=0)
    expected = core.predict(scaler.transform(IRIS.X), verbose=0)
    np.testing.assert_allclose(trained.model.predict_proba(IRIS.X), expected, atol=1e-5)
    np.testing.assert_allclose(trained.history["train_loss"], history.history["loss"], rtol=1e-5)


def _untrained_core(net):
    from models.nets import dense

    return dense.build((4,), 3, net.hidden_units, seed=FOLDS[0].seed)


def test_early_stopping_watches_rows_taken_from_the_training_rows_in_their_shares(small):
    for trained, fold in zip(train(candidate(small, "stopped_early"), IRIS, FOLDS), FOLDS, strict=True):
        assert len(trained.validation_rows) == 24
        assert set(trained.validation_rows) | set(trained.train_rows) == set(fold.train_rows)
        assert not set(trained.validation_rows) & set(trained.train_rows)
        assert np.ptp(np.bincount(IRIS.y[trained.validation_rows]) / np.bincount(IRIS.y[fold.train_rows])) < 0.03
        assert len(trained.history["validation_loss"]) == len(trained.history["train_loss"])
        assert trained.best_epoch == trained.history["validation_loss"].argmin()


def test_epochs_can_be_given(small):
    (trained,) = train(candidate(small, "sigmoid_4"), IRIS, FOLDS[:1], epochs=7)
    assert len(trained.history["train_loss"]) == 7


def test_parameters_are_counted_without_the_scaling(small):
    (trained,) = train(candidate(small, "sigmoid_4"), IRIS, FOLDS[:1])
    assert trained.n_parameters == (4 + 1) * 4 + (4 + 1) * 3


@pytest.mark.parametrize("name", ["sigmoid_30", "conv_16_32", "logistic_regression"])
def test_every_kind_of_candidate_takes_raw_images(name):
    digits = ingest("digits")
    folds = split(digits, Splitting(n_folds=1), seed=1)
    (trained,) = train(candidate(DIGITS, name), digits, folds, epochs=3)
    rows = folds[0].test_rows
    assert (trained.model.predict_proba(digits.X[rows]).argmax(axis=1) == digits.y[rows]).mean() > 0.8


@pytest.mark.parametrize(("name", "first"), [("logistic_regression", "1 of 3"), ("sigmoid_4", "3 nets at once, epoch")])
def test_progress_says_where_it_is_and_never_goes_back(small, name, first):
    told = []
    train(candidate(small, name), IRIS, FOLDS, progress=lambda where, share: told.append((where, share)))
    assert told[0][0].startswith(first)
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert 0 <= shares[0] < shares[-1] == 1


class Kept:
    """Remembers groups by their digests."""

    def __init__(self):
        self.groups = {}

    def find(self, group):
        return self.groups.get(group.digest)

    def keep(self, group, trained):
        assert group.digest not in self.groups, "what was found is not kept again"
        self.groups[group.digest] = tuple(trained)


class Counted(Here):
    """Trains as ever, but at most so many groups at a time."""

    def __init__(self, most=100):
        super().__init__()
        self.most = most
        self.works = []

    def map(self, trainer, groups, means, progress):
        for number, group in enumerate(groups):
            if number == self.most:
                raise Interrupted([])
            self.works += group.works
            yield from super().map(trainer, [group], means, progress)


def works(small, name, folds=FOLDS):
    return [Work(candidate=candidate(small, name), dataset=IRIS, fold=fold) for fold in folds]


def trained_with(own, finished, executor=None):
    means = Means(placement=choose(), executor=executor or Here(), finished=finished)
    return train_works(own, means, lambda where, share: None)


@pytest.mark.parametrize("name", ["logistic_regression", "sigmoid_4"])
def test_what_is_finished_is_not_trained_again(small, name):
    finished, executor, own = Kept(), Counted(), works(small, name)
    first = trained_with(own, finished, executor)
    assert executor.works == own
    assert trained_with(own, finished, executor) == first
    assert executor.works == own


def test_what_is_missing_is_trained_and_everything_comes_in_order(small):
    finished, executor, own = Kept(), Counted(), works(small, "logistic_regression")
    (middle,) = trained_with(own[1:2], finished)
    trained = trained_with(own, finished, executor)
    assert executor.works == [own[0], own[2]]
    assert trained[1] is middle
    assert [item.fold_index for item in trained] == [0, 1, 2]


def test_an_interrupt_hands_over_what_was_found_and_what_was_trained_and_keeps_it(small):
    finished, own = Kept(), works(small, "logistic_regression")
    (last,) = trained_with(own[2:], finished)
    with pytest.raises(Interrupted) as stopped:
        trained_with(own, finished, Counted(most=1))
    assert stopped.value.trained[0] is last
    assert [item.fold_index for item in stopped.value.trained] == [2, 0]
    assert len(finished.groups) == 2


def test_groups_are_not_fixed_by_what_is_left(small):
    """Nets trained together differ in the last bits from the same nets in another grouping."""
    finished, executor, own = Kept(), Counted(), works(small, "sigmoid_4")
    trained_with(own[:1], finished)
    trained_with(own, finished, executor)
    assert executor.works == own


def test_every_kind_has_a_trainer_and_kinds_of_nets_share_one(small):
    for kind in KINDS:
        assert trainer_of(SimpleNamespace(kind=kind, family="baseline"))
    net, strange = candidate(small, "sigmoid_4"), SimpleNamespace(kind="radial_net", family="net")
    assert trainer_of(net) is trainer_of(strange)


def test_a_kind_that_nothing_trains_is_answered_with_the_closest():
    strange = SimpleNamespace(kind="baselin", family="baseline")
    with pytest.raises(ValueError, match=r"train: expected a kind of candidate .*'baselin'. Did you mean 'baseline'\?"):
        trainer_of(strange)


@patch.dict("pipeline.training.train._TRAINERS")
def test_a_trainer_of_ones_own_takes_all_of_its_kind():
    own = object()
    register("oracle", own)
    assert trainer_of(SimpleNamespace(kind="oracle", family="baseline")) is own
    with pytest.raises(ValueError, match=r"train: expected a kind without a trainer. Received: kind='oracle'"):
        register("oracle", own)
