"""One contract that every kind of candidate passes, before its author thinks of it.

Kinds come from the tables: of the declarations, and of the algorithms of baselines. Each has one small example here,
and one that predicts numbers where it learns both; a kind without one fails.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from scipy.stats import binom, t

from experiments.language import (
    KINDS,
    Baseline,
    Candidate,
    Comparison,
    ConvNet,
    Convolution,
    DenseNet,
    Ensemble,
    RealMLP,
    RecurrentNet,
    Search,
    Splitting,
    TabM,
    Training,
)
from experiments.language.baseline import algorithms_of
from models import classifier, regressor
from models.checks import is_installed
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.data.task import Regression
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.evaluate import judge_by
from pipeline.training.train import train
from pipeline.training.values import Trained

# Of tests that must not fail by chance: a number of right rows that guessing reaches once in a million.
_RARE = 1e-6

TRAINING = Training(epochs=20, learning_rate=0.03, batch_size=16, optimizer="adam")
DENSE = DenseNet(name="dense", hidden_units=(6,), activation="tanh", training=TRAINING)
CONV = ConvNet(
    name="conv",
    convolutions=(Convolution(feature_maps=4, kernel_size=3),),
    training=replace(TRAINING, epochs=8, learning_rate=0.01),
)
RECURRENT = RecurrentNet(name="lstm", units=(12,), training=replace(TRAINING, epochs=8, learning_rate=0.01))
REAL = RealMLP(
    name="real",
    hidden_units=(6,),
    training=replace(RealMLP(name="recipe").training, epochs=40, batch_size=16, patience=40),
)
TABM = TabM(name="tabm", hidden_units=(6,), n_members=3, training=TRAINING)


@dataclass(frozen=True, kw_only=True)
class Example:
    """One small candidate of a kind.

    Attributes:
        candidate: Its declaration.
        data: What it is trained on.
        n_parameters: Trainable numbers, by a formula; ``None`` for what has none.
        draws: Whether another seed makes another model of the same rows.
    """

    candidate: Candidate
    data: str = "iris"
    n_parameters: int | None = None
    draws: bool = False


OF_NUMBERS = " of numbers"

# Iris has 4 features and 3 classes; digits have 8 rows of 8 pixels and 10 classes.
_OF_DENSE = (4 + 1) * 6 + (6 + 1) * 3
NETS = {
    "dense_net": Example(candidate=DENSE, n_parameters=_OF_DENSE, draws=True),
    # 4 kernels of 3 x 3 and a bias each; maps of 6 x 6 pooled to 3 x 3.
    "conv_net": Example(candidate=CONV, data="digits", n_parameters=4 * (3 * 3 + 1) + (4 * 3 * 3 + 1) * 10, draws=True),
    # Three gates and what is stored, each from 8 pixels, 12 remembered numbers and a bias.
    "recurrent_net": Example(
        candidate=RECURRENT, data="digits", n_parameters=4 * 12 * (8 + 12 + 1) + (12 + 1) * 10, draws=True
    ),
    # One kernel for three members; of its own each has what scales 4 inputs and 6 sums, 6 biases, and an output layer.
    "tabm": Example(candidate=TABM, n_parameters=4 * 6 + 3 * (4 + 6 + 6 + (6 + 1) * 3), draws=True),
    # Of a number 16 frequencies and phases and 17 weights of 3 values; of its 4 values a scale; slopes of 6 neurons.
    "real_mlp": Example(
        candidate=REAL, n_parameters=4 * (16 + 16 + 17 * 3) + 16 + (16 + 1) * 6 + 6 + (6 + 1) * 3, draws=True
    ),
    "ensemble": Example(
        candidate=Ensemble(name="vote", net=DENSE, n_members=2, column_share=0.5, bagging=True),
        n_parameters=2 * _OF_DENSE,
        draws=True,
    ),
    "search": Example(
        candidate=Search(
            name="searched", candidate=DENSE, space={"training.learning_rate": (1e-6, 0.03)}, n_trials=2, n_inner=2
        ),
        n_parameters=_OF_DENSE,
        draws=True,
    ),
}


def _baseline(algorithm: str, inputs: str = "raw", draws: bool = False, **settings: object) -> Example:
    candidate = Baseline(name=algorithm, algorithm=algorithm, inputs=inputs, settings=settings)
    return Example(candidate=candidate, draws=draws)


BASELINES = {
    example.candidate.algorithm: example
    for example in (
        _baseline("majority_class"),
        _baseline("logistic_regression", "standardize"),
        _baseline("linear_discriminant_analysis"),
        _baseline("quadratic_discriminant_analysis"),
        _baseline("naive_bayes"),
        _baseline("k_nearest_neighbors", "standardize"),
        # All features at every split would leave nothing to draw.
        _baseline("decision_tree", draws=True, max_features=1),
        _baseline("random_forest", draws=True, n_estimators=10),
        _baseline("extra_trees", draws=True, n_estimators=10),
        # It draws the rows that it holds out to stop early.
        _baseline("hist_gradient_boosting", draws=True, max_iter=10, min_samples_leaf=5, early_stopping=True),
        # What draws: rows for each tree. Leaves of fewer rows than usual, since there are 75.
        _baseline("lightgbm", draws=True, n_estimators=20, min_child_samples=5, subsample=0.8, subsample_freq=1),
        _baseline("catboost", draws=True, n_estimators=20),
        _baseline("xgboost", draws=True, n_estimators=10, subsample=0.8),
        _baseline("support_vector_machine", "standardize"),
    )
}
# Diabetes has 10 features; of digits the number itself is predicted, by one neuron.
_OF_DENSE_NUMBERS = (10 + 1) * 6 + (6 + 1)
NETS_OF_NUMBERS = {
    "dense_net": Example(candidate=DENSE, data="diabetes", n_parameters=_OF_DENSE_NUMBERS, draws=True),
    "tabm": Example(candidate=TABM, data="diabetes", n_parameters=10 * 6 + 3 * (10 + 6 + 6 + (6 + 1)), draws=True),
    "real_mlp": Example(
        candidate=REAL,
        data="diabetes",
        n_parameters=10 * (16 + 16 + 17 * 3) + 40 + (40 + 1) * 6 + 6 + (6 + 1),
        draws=True,
    ),
    "ensemble": Example(
        candidate=NETS["ensemble"].candidate, data="diabetes", n_parameters=2 * _OF_DENSE_NUMBERS, draws=True
    ),
    "search": Example(
        candidate=Search(
            name="searched",
            candidate=Baseline(name="ridge", algorithm="ridge", inputs="standardize"),
            space={"settings.alpha": (1e6, 1.0)},
            n_trials=2,
            n_inner=2,
        ),
        data="diabetes",
    ),
}
BASELINES_OF_NUMBERS = {
    example.candidate.algorithm: replace(example, data="diabetes")
    for example in (
        _baseline("mean"),
        _baseline("linear_regression"),
        _baseline("ridge", "standardize"),
        _baseline("k_nearest_neighbors", "standardize"),
        _baseline("decision_tree", draws=True, max_features=1, min_samples_leaf=10),
        _baseline("random_forest", draws=True, n_estimators=10),
        _baseline("extra_trees", draws=True, n_estimators=10),
        _baseline("hist_gradient_boosting", draws=True, max_iter=10, early_stopping=True),
        _baseline("lightgbm", draws=True, n_estimators=20, min_child_samples=5, subsample=0.8, subsample_freq=1),
        _baseline("catboost", draws=True, n_estimators=20),
        _baseline("xgboost", draws=True, n_estimators=10, subsample=0.8),
        _baseline("support_vector_machine", "standardize", C=100.0),
    )
}
EXAMPLES = (
    NETS | BASELINES | {f"{kind}{OF_NUMBERS}": one for kind, one in (NETS_OF_NUMBERS | BASELINES_OF_NUMBERS).items()}
)
_NETS = [kind for kind in KINDS if kind != "baseline"]
_OF_IMAGES = ("conv_net", "recurrent_net")  # of numbers, see test_nets_of_images_learn_numbers_too
OWN = [*_NETS, *algorithms_of("classification")]
OWN += [f"{kind}{OF_NUMBERS}" for kind in (*_NETS, *algorithms_of("regression")) if kind not in _OF_IMAGES]


def _or_skipped(kind: str):
    """A kind of a library that need not be installed is skipped where it is not."""
    candidate = EXAMPLES[kind].candidate if kind in EXAMPLES else None
    lacking = [name for name in (candidate.needs if candidate else ()) if not is_installed(name)]
    return pytest.param(kind, marks=pytest.mark.skipif(bool(lacking), reason=f"{lacking} is not installed"))


every_kind = pytest.mark.parametrize("kind", [_or_skipped(kind) for kind in OWN])


def example_of(kind: str) -> Example:
    assert kind in EXAMPLES, f"{kind} is registered and has no example in this file: add one"
    return EXAMPLES[kind]


@cache
def data(name: str) -> tuple[Dataset, Fold]:
    """The rows of a set, and a fold that learns from half of them; of digits every fourth is enough."""
    whole = ingest("digits" if name == "numerals" else name)
    if name == "numerals":
        whole = replace(whole, name=name, y=whole.y.astype(np.float64), task=Regression(target="numeral"))
    step = 4 if whole.is_image else 1
    dataset = replace(whole, X=whole.X[::step], y=whole.y[::step])
    (fold,) = split(dataset, Splitting(test_share=0.5, n_folds=1), seed=1)
    return dataset, fold


def judge(dataset_name: str):
    """By log loss or squared error, as a comparison would have a search choose."""
    has_classes = data(dataset_name)[0].task.has_classes
    metric, dummy = ("log_loss", "majority_class") if has_classes else ("rmse", "mean")
    return judge_by(
        Comparison(
            name="contract",
            title="Contract",
            where="nowhere",
            data=dataset_name,
            splitting=Splitting(n_folds=1),
            candidates=(Baseline(name=dummy, algorithm=dummy),),
            metrics=(metric,),
            primary_metric=metric,
        )
    )


def fit(
    kind: str,
    *,
    change: Callable[[Dataset, Fold], Dataset] | None = None,
    seed: int = 1,
) -> Trained:
    """Trains the example of a kind once, on rows that may be changed before."""
    example = example_of(kind)
    dataset, fold = data(example.data)
    dataset = change(dataset, fold) if change else dataset
    (trained,) = train(example.candidate, dataset, [replace(fold, seed=seed)], judge=judge(example.data))
    return trained


@cache
def fitted(kind: str) -> Trained:
    """The example of a kind, trained once for all that only look at it."""
    return fit(kind)


def said(kind: str, trained: Trained):
    """What a model says of all rows, as they came."""
    dataset, _ = data(example_of(kind).data)
    return dataset.task.predictions(trained.model, dataset.X)


def skill(trained: Trained, dataset: Dataset, fold: Fold) -> tuple[float, float, float]:
    """How well test rows are told, and between which bounds that lies where rows say nothing of what is told.

    Of classes it is how many are right: exactly binomial. Of numbers it is the correlation of what is predicted and
    what was observed, normal: as often beyond its bounds as Student's t; 0 where all rows are told the same.
    """
    n = len(fold.test_rows)
    if dataset.task.has_classes:
        low, high = binom.interval(1 - 2 * _RARE, n, 1 / dataset.n_classes)
        return n_right(trained, dataset, fold), low, high
    predicted = dataset.task.predictions(trained.model, dataset.X[fold.test_rows])
    together = np.corrcoef(predicted, dataset.y[fold.test_rows])[0, 1] if np.ptp(predicted) else 0.0
    bound = t.isf(_RARE, n - 2)
    high = bound / np.sqrt(n - 2 + bound**2)
    return together, -high, high


def n_right(trained: Trained, dataset: Dataset, fold: Fold) -> int:
    """Test rows whose most probable class is the true one."""
    predicted = trained.model.predict_proba(dataset.X[fold.test_rows]).argmax(axis=1)
    return int((predicted == dataset.y[fold.test_rows]).sum())


def test_every_kind_has_one_example_and_every_example_a_kind():
    assert set(EXAMPLES) == set(OWN)
    for kind, example in EXAMPLES.items():
        own = kind.removesuffix(OF_NUMBERS)
        assert own in (example.candidate.kind, getattr(example.candidate, "algorithm", None))
        assert data(example.data)[0].task.has_classes is (own == kind)


def test_a_kind_without_an_example_fails():
    with pytest.raises(AssertionError, match="oracle is registered and has no example"):
        fit("oracle")


@every_kind
def test_it_says_a_probability_for_each_class_or_a_number(kind):
    dataset, _ = data(example_of(kind).data)
    found = said(kind, fitted(kind))
    assert found.dtype == np.float64
    if not dataset.task.has_classes:
        assert found.shape == (dataset.n_samples,)
        assert np.isfinite(found).all()
        return
    assert found.shape == (dataset.n_samples, dataset.n_classes)
    assert ((found >= 0) & (found <= 1)).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=0, atol=1e-12)


@every_kind
def test_another_seed_gives_another_model_where_something_is_drawn(kind):
    same = np.array_equal(said(kind, fit(kind, seed=2)), said(kind, fitted(kind)))
    assert same is not example_of(kind).draws


@every_kind
def test_it_learns_from_raw_rows_and_takes_raw_rows(kind):
    """What looks at the input tells most test rows right as they came, and others where somebody scaled them before."""
    dataset, fold = data(example_of(kind).data)
    trained = fitted(kind)
    looks = kind not in ("majority_class", f"mean{OF_NUMBERS}")
    found, _, by_chance = skill(trained, dataset, fold)
    if dataset.task.has_classes:
        commonest = np.bincount(dataset.y[fold.test_rows]).max() / len(fold.test_rows)
        by_chance = binom.isf(_RARE, len(fold.test_rows), commonest)
    assert bool(found > by_chance) is looks
    scaled = dataset.X // 4 if dataset.is_image else (dataset.X - dataset.X.mean(axis=0)) / dataset.X.std(axis=0)
    assert np.array_equal(dataset.task.predictions(trained.model, scaled), said(kind, trained)) is not looks


@every_kind
def test_it_is_saved_and_loaded_as_it_is(kind, tmp_path):
    dataset, _ = data(example_of(kind).data)
    trained = fitted(kind)
    if dataset.task.has_classes:
        classifier.save(trained.model, tmp_path / "saved", dataset.class_names)
        loaded, class_names = classifier.load(tmp_path / "saved")
        assert tuple(class_names) == dataset.class_names
    else:
        regressor.save(trained.model, tmp_path / "saved", dataset.task.target)
        loaded, target = regressor.load(tmp_path / "saved")
        assert target == dataset.task.target
    np.testing.assert_array_equal(dataset.task.predictions(loaded, dataset.X), said(kind, trained))


def with_other_test_rows(dataset: Dataset, fold: Fold) -> Dataset:
    """The same training rows; test rows turned round and of another class each, or of far larger numbers."""
    X, y = dataset.X.copy(), dataset.y.copy()
    X[fold.test_rows] = dataset.pixel_maximum - X[fold.test_rows] if dataset.is_image else -1e3 * X[fold.test_rows]
    if dataset.task.has_classes:
        y[fold.test_rows] = (y[fold.test_rows] + 1) % dataset.n_classes
    else:
        y[fold.test_rows] *= -1e3
    return replace(dataset, X=X, y=y)


@every_kind
def test_the_same_seed_gives_the_same_bits_whatever_test_rows_hold(kind):
    one, other = fitted(kind), fit(kind, change=with_other_test_rows)
    np.testing.assert_array_equal(said(kind, other), said(kind, one))
    assert (other.n_parameters, other.best_epoch, other.trials) == (one.n_parameters, one.best_epoch, one.trials)
    assert other.history.keys() == one.history.keys()
    for name, curve in one.history.items():
        np.testing.assert_array_equal(other.history[name], curve)


def with_labels_by_lot(dataset: Dataset, fold: Fold) -> Dataset:
    """The same rows, each of any class with the same probability, or of a normal number."""
    random = np.random.default_rng(0)
    if dataset.task.has_classes:
        return replace(dataset, y=random.integers(dataset.n_classes, size=dataset.n_samples))
    return replace(dataset, y=random.normal(150.0, 80.0, size=dataset.n_samples))


@every_kind
def test_where_labels_are_drawn_by_lot_it_falls_to_chance(kind):
    """Labels say nothing of rows, so each test row is right with probability 1 / classes, whatever was learned.

    More than the bound are right where a test row is learned from, and with true labels, after as many epochs (see
    above).
    """
    dataset, fold = data(example_of(kind).data)
    found, low, high = skill(fit(kind, change=with_labels_by_lot), with_labels_by_lot(dataset, fold), fold)
    assert low <= found <= high


@pytest.mark.parametrize("name", ["iris", "diabetes"])
def test_learning_from_a_test_row_would_be_seen(name):
    """The bound of the test above is not so wide that a leak would pass it."""
    dataset, fold = data(name)
    drawn = with_labels_by_lot(dataset, fold)
    leaking = replace(fold, train_rows=np.append(fold.train_rows, fold.test_rows))
    (trained,) = train(BASELINES["extra_trees"].candidate, drawn, [leaking])
    found, _, high = skill(trained, drawn, fold)
    assert found > high


@every_kind
def test_progress_never_falls_and_reaches_one(kind):
    """Of two folds, which nets that cannot be trained together are trained on one after the other."""
    dataset, _ = data(example_of(kind).data)
    told, _ = progress_of(example_of(kind).candidate, dataset, split(dataset, Splitting(n_folds=2), seed=1), epochs=2)
    assert_rises_to_one(told)


def test_progress_of_a_search_whose_folds_choose_different_settings_rises_to_one():
    dataset, _ = data("iris")
    neighbors = Search(
        name="neighbors",
        candidate=BASELINES["k_nearest_neighbors"].candidate,
        space={"settings.n_neighbors": (5, 10)},
        n_trials=2,
        n_inner=2,
    )
    told, trained = progress_of(neighbors, dataset, split(dataset, Splitting(n_folds=6), seed=1))
    assert len({item.chosen["settings.n_neighbors"] for item in trained}) == 2
    assert_rises_to_one(told)


@pytest.mark.parametrize("kind", ["dense_net", "ensemble"])
def test_progress_of_nets_that_stop_early_rises_to_one(kind):
    """The rate is so high that validation loss does not fall for long."""
    dataset, fold = data("iris")
    stopped = replace(
        DENSE, training=Training(epochs=40, learning_rate=30.0, batch_size=16, patience=1, validation_share=0.3)
    )
    candidate = stopped if kind == "dense_net" else Ensemble(name="vote", net=stopped, n_members=2)
    told, (trained,) = progress_of(candidate, dataset, [fold])
    assert len(trained.history["train_loss"]) < 40
    assert_rises_to_one(told)


def progress_of(candidate: Candidate, dataset: Dataset, folds, epochs: int | None = None):
    """The shares that were told, and what was trained meanwhile."""
    told: list[float] = []
    trained = train(
        candidate,
        dataset,
        folds,
        judge=judge(dataset.name),
        epochs=epochs,
        progress=lambda where, share: told.append(share),
    )
    return told, trained


def assert_rises_to_one(told: list[float]) -> None:
    assert told == sorted(told)
    assert told[0] >= 0
    assert told[-1] == 1


@pytest.mark.parametrize(
    ("candidate", "n_parameters"),
    # As above, with one output instead of ten.
    [(CONV, 4 * (3 * 3 + 1) + (4 * 3 * 3 + 1)), (RECURRENT, 4 * 12 * (8 + 12 + 1) + (12 + 1))],
)
def test_nets_of_images_learn_numbers_too(candidate, n_parameters, tmp_path):
    """What is predicted is the digit itself, by one neuron."""
    dataset, fold = data("numerals")
    (trained,) = train(candidate, dataset, [fold])
    found, _, by_chance = skill(trained, dataset, fold)
    assert found > by_chance
    assert trained.n_parameters == n_parameters
    regressor.save(trained.model, tmp_path / "saved")
    np.testing.assert_array_equal(
        regressor.load(tmp_path / "saved")[0].predict(dataset.X), trained.model.predict(dataset.X)
    )


@every_kind
def test_parameters_are_counted_by_the_formula(kind):
    assert fitted(kind).n_parameters == example_of(kind).n_parameters


def trained_on(name: str, candidate: Candidate) -> Callable[[], object]:
    def attempt() -> object:
        dataset, fold = data(name)
        return train(candidate, dataset, [fold], judge=judge(name))

    return attempt


REFUSED = {
    "dense_net": {
        "fit_inputs: expected images for inputs='rescale'": trained_on("iris", replace(DENSE, inputs="rescale")),
        "fit_inputs: expected a table for inputs='standardize'": trained_on("digits", DENSE),
    },
    "conv_net": {
        "train 'conv': expected images for a conv_net. Received: dataset='iris'": trained_on("iris", CONV),
        "conv.build: expected an image that lasts for 3 convolutions": trained_on(
            "digits", replace(CONV, convolutions=3 * CONV.convolutions)
        ),
    },
    "recurrent_net": {
        "train 'lstm': expected images for a recurrent_net. Received: dataset='iris'": trained_on("iris", RECURRENT),
        "RecurrentNet: expected the cost log_likelihood. Received: cost='quadratic'": lambda: replace(
            RECURRENT, training=replace(TRAINING, cost="quadratic")
        ),
    },
    "tabm": {
        "TabM: expected n_members of 2 or more. Received: n_members=1": lambda: replace(TABM, n_members=1),
        "expected hidden_units of 1 or more each, of one layer at least": lambda: replace(TABM, hidden_units=()),
        "fit_inputs: expected a table for inputs='quantile_normal'": trained_on("digits", TABM),
    },
    "real_mlp": {
        "RealMLP: expected hidden_units of 1 or more each, of one layer at least": lambda: replace(
            REAL, hidden_units=()
        ),
        "expected no rate for embeddings without any. Received: n_embedded=1, embedding=0.1": lambda: replace(
            REAL, n_embedded=1
        ),
        "expected n_frequencies and sigma as they are without embeddings": lambda: replace(
            REAL, n_embedded=1, sigma=5.0
        ),
        "DenseNet: expected rates of weights that such a net has: bias. Received: rates={'bias': 0.1": lambda: replace(
            DENSE, training=REAL.training
        ),
        "fit_inputs: expected a table for inputs='robust_clip'": trained_on("digits", REAL),
    },
    "ensemble": {
        "Ensemble: expected net as a Net": lambda: Ensemble(name="vote", net=BASELINES["random_forest"].candidate),
        "Ensemble: expected n_members of 2 or more. Received: n_members=1": lambda: Ensemble(
            name="vote", net=DENSE, n_members=1
        ),
        "expected a column_share above 0 and at most 1. Received: column_share=0.0": lambda: Ensemble(
            name="blind", net=DENSE, column_share=0.0
        ),
        "expected a net that takes rows of columns": lambda: Ensemble(name="blind", net=CONV, column_share=0.5),
    },
    "search": {
        "expected a candidate that is no search itself": lambda: replace(
            NETS["search"].candidate, candidate=NETS["search"].candidate
        ),
        "train: expected a judge with a search": lambda: train(NETS["search"].candidate, *_alone("iris")),
        "n_inner training rows of every class or more": trained_on(
            "iris", replace(NETS["search"].candidate, n_inner=60)
        ),
    },
    **{
        algorithm: {
            "expected settings that": trained_on(
                "iris", Baseline(name="misspelt", algorithm=algorithm, settings={"max_detph": 3})
            ),
            "expected inputs that fit the data. Received: inputs='rescale'": trained_on(
                "iris", Baseline(name="rescaled", algorithm=algorithm, inputs="rescale")
            ),
        }
        for algorithm in algorithms_of("classification")
    },
}
_OF_CLASSES = "Training: expected nothing that only classes have. Received: balanced=True."
REFUSED |= {
    "dense_net of numbers": {
        _OF_CLASSES: trained_on("diabetes", replace(DENSE, training=replace(TRAINING, balanced=True))),
        "Received: cost='quadratic'": trained_on(
            "diabetes", replace(DENSE, training=replace(TRAINING, cost="quadratic"))
        ),
    },
    "tabm of numbers": {
        _OF_CLASSES: trained_on("diabetes", replace(TABM, training=replace(TRAINING, balanced=True))),
    },
    "real_mlp of numbers": {
        "expected nothing that only classes have. Received: label_smoothing=0.1": trained_on(
            "diabetes", replace(REAL, training=replace(REAL.training, label_smoothing=0.1))
        ),
    },
    "ensemble of numbers": {
        _OF_CLASSES: trained_on(
            "diabetes", Ensemble(name="vote", net=replace(DENSE, training=replace(TRAINING, balanced=True)))
        ),
    },
    "search of numbers": {
        _OF_CLASSES: trained_on(
            "diabetes", replace(NETS["search"].candidate, space={"training.balanced": (False, True)})
        ),
    },
    **{
        f"{algorithm}{OF_NUMBERS}": {
            "expected settings that": trained_on(
                "diabetes", Baseline(name="misspelt", algorithm=algorithm, settings={"max_detph": 3})
            ),
            "expected an algorithm of regression. Received: algorithm='naive_bayes'": trained_on(
                "diabetes", Baseline(name="bayes", algorithm="naive_bayes")
            ),
        }
        for algorithm in algorithms_of("regression")
    },
}


def _alone(name: str) -> tuple[Dataset, list[Fold]]:
    dataset, fold = data(name)
    return dataset, [fold]


@every_kind
def test_what_it_may_not_take_is_refused(kind):
    assert REFUSED.get(kind), f"{kind} is registered and nothing is said of what it refuses: say it"
    for message, attempt in REFUSED[kind].items():
        with pytest.raises(ValueError, match=re.escape(message)):
            attempt()
