"""Numbers are learned: as scikit-learn does on the same folds, by nets on a scale that is undone inside the model."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.model_selection import RepeatedKFold
from sklearn.preprocessing import StandardScaler

from experiments.diabetes import DIABETES
from experiments.language import Baseline, DenseNet, Ensemble, Splitting, Training
from models.layers.target import Unstandardize
from models.nets import dense
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.scoring.evaluate import evaluate
from pipeline.training.train import train

DATA = ingest("diabetes")
FOLDS = split(DATA, Splitting(kind="k_fold", n_splits=2, n_folds=4), seed=1)
TRAINING = Training(epochs=12, learning_rate=0.02, batch_size=32, optimizer="adam")
NET = DenseNet(name="net", hidden_units=(8,), activation="tanh", training=TRAINING, l2=0.001)
EARLY = replace(NET, training=replace(TRAINING, patience=3, validation_share=0.2, epochs=30))


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("linear_regression", lambda seed: LinearRegression()),
        (
            "gradient_boosting",
            lambda seed: HistGradientBoostingRegressor(learning_rate=0.05, max_iter=100, random_state=seed),
        ),
    ],
)
def test_scores_are_those_of_plain_scikit_learn_on_the_same_folds(name, make):
    (candidate,) = (one for one in DIABETES.candidates if one.name == name)
    folds = split(DATA, DIABETES.splitting, seed=1)
    plain = RepeatedKFold(n_splits=5, n_repeats=2, random_state=1).split(DATA.X)
    for fold, trained, (train_rows, test_rows) in zip(folds, train(candidate, DATA, folds), plain, strict=True):
        fitted = make(1 + fold.index).fit(DATA.X[train_rows], DATA.y[train_rows])
        said, y = fitted.predict(DATA.X[test_rows]), DATA.y[test_rows]
        found = evaluate(trained, DATA, fold, DIABETES).metrics
        assert found["r2"] == pytest.approx(r2_score(y, said), abs=1e-6)
        assert found["rmse"] == pytest.approx(root_mean_squared_error(y, said), abs=1e-6)
        assert found["mae"] == pytest.approx(mean_absolute_error(y, said), abs=1e-6)


@pytest.mark.parametrize("net", [NET, EARLY], ids=["to the end", "stopped early"])
def test_many_nets_at_once_are_each_the_net_that_is_trained_alone(net):
    together = train(net, DATA, FOLDS)
    assert together[0].engine.endswith("4 nets at once")
    for own, fold in zip(together[::2], FOLDS[::2], strict=True):
        (alone,) = train(net, DATA, [fold])
        assert own.best_epoch == alone.best_epoch
        np.testing.assert_allclose(own.model.predict(DATA.X), alone.model.predict(DATA.X), rtol=1e-4)


def test_a_net_learns_with_keras_fits_meaning_on_a_standardized_target():
    net = replace(NET, l2=0.0, training=replace(TRAINING, batch_size=None))
    (trained,) = train(net, DATA, FOLDS[:1])
    rows = FOLDS[0].train_rows
    X, y = StandardScaler().fit(DATA.X[rows]), StandardScaler().fit(DATA.y[rows, None])
    core = dense.build((10,), 1, (8,), activation="tanh", output_activation="linear", seed=FOLDS[0].seed)
    core.compile(keras.optimizers.Adam(0.02), "mse")
    learned = (X.transform(DATA.X[rows]), y.transform(DATA.y[rows, None]))
    history = core.fit(*learned, batch_size=len(rows), epochs=12, shuffle=False, verbose=0)
    expected = y.inverse_transform(core.predict(X.transform(DATA.X), verbose=0))[:, 0]
    np.testing.assert_allclose(trained.model.predict(DATA.X), expected, rtol=1e-5)
    np.testing.assert_allclose(trained.history["train_loss"], history.history["loss"], rtol=1e-5)


def test_the_scale_is_of_the_rows_that_are_learned_from_and_undone_inside_the_saved_model(tmp_path):
    (trained,) = train(EARLY, DATA, FOLDS[:1])
    learned = DATA.y[trained.train_rows]
    assert len(trained.train_rows) < len(FOLDS[0].train_rows)
    trained.model.model.save(tmp_path / "net.keras")
    whole = keras.saving.load_model(tmp_path / "net.keras")
    last = whole.layers[-1]
    assert isinstance(last, Unstandardize)
    assert (last.mean, last.deviation) == (learned.mean(), learned.std())
    np.testing.assert_array_equal(np.asarray(whole(DATA.X))[:, 0], trained.model.predict(DATA.X))


@pytest.mark.parametrize("candidate", [NET, Ensemble(name="vote", net=NET, n_members=2)], ids=lambda one: one.name)
def test_another_unit_of_the_target_is_another_unit_of_the_answer(candidate):
    """Rates and penalties mean the same for dollars and millions."""
    other = replace(DATA, y=1e9 + 1e-3 * DATA.y)
    (one,), (again,) = (train(candidate, data, FOLDS[:1]) for data in (DATA, other))
    np.testing.assert_allclose(again.model.predict(DATA.X), 1e9 + 1e-3 * one.model.predict(DATA.X), rtol=0, atol=1e-6)
    np.testing.assert_allclose(again.history["train_loss"], one.history["train_loss"], rtol=1e-4)


def test_a_vote_is_the_mean_of_its_nets():
    (vote,) = train(Ensemble(name="vote", net=NET, n_members=3), DATA, FOLDS[:1])
    (first,) = train(NET, DATA, FOLDS[:1])
    scale = vote.model.model.layers[-1]
    inputs = vote.model.model.inputs[0]
    outputs = [layer.output for layer in vote.model.model.layers if layer.name.startswith("net_")]
    said = np.stack([np.asarray(each, np.float64) for each in keras.Model(inputs, outputs)(DATA.X)])[..., 0]
    np.testing.assert_allclose(scale.mean + scale.deviation * said.mean(axis=0), vote.model.predict(DATA.X), rtol=1e-6)
    np.testing.assert_allclose(scale.mean + scale.deviation * said[0], first.model.predict(DATA.X), rtol=1e-4)


def test_a_target_of_one_value_is_learned_as_that_value():
    constant = replace(DATA, y=np.full(442, 0.1))
    (trained,) = train(replace(NET, training=replace(TRAINING, epochs=60)), constant, FOLDS[:1])
    np.testing.assert_allclose(trained.model.predict(DATA.X), 0.1, atol=0.05)


def test_what_cannot_learn_numbers_is_refused_before_it_is_trained():
    with pytest.raises(ValueError, match="Baseline 'lda': expected an algorithm of regression"):
        train(Baseline(name="lda", algorithm="linear_discriminant_analysis"), DATA, FOLDS)


def test_one_linear_neuron_comes_to_the_line_of_least_squares():
    neuron = DenseNet(
        name="neuron",
        hidden_units=(),
        training=Training(epochs=4000, learning_rate=0.05, batch_size=None, optimizer="adam", schedule="cosine"),
    )
    (trained,) = train(neuron, DATA, FOLDS[:1])
    rows = FOLDS[0].train_rows
    expected = LinearRegression().fit(DATA.X[rows], DATA.y[rows]).predict(DATA.X)
    np.testing.assert_allclose(trained.model.predict(DATA.X), expected, atol=0.02 * DATA.y.std())
