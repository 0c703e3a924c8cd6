"""What predicts numbers: saved, loaded in another process, served on the table itself."""

import subprocess
import sys

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes

from models import baselines, regressor
from models.effects import effects
from models.encoding.columns import Column, Columns
from models.encoding.encoder import Encoder
from models.layers.preprocessing import fit_inputs
from models.layers.target import Unstandardize
from models.nets import dense

X, Y = load_diabetes(return_X_y=True, scaled=False)
NAMES = tuple(f"measure {k}" for k in range(10))
COLUMNS = Columns(
    columns=(*(Column(name=name, kind="number") for name in NAMES), Column(name="id", kind="id")),
    target="progression",
    task="regression",
)


def net(encoder=None):
    rows = X if encoder is None else encoder.fit_transform(X, Y)
    core = dense.build(rows.shape[1:], 1, [5], output_activation="linear", seed=3)
    first = [keras.Input(rows.shape[1:], dtype="float64"), fit_inputs("standardize", rows)]
    last = Unstandardize(mean=Y.mean(), deviation=Y.std())
    return regressor.NetRegressor(keras.Sequential([*first, core, last]), encoder)


def line(columns=None):
    unfitted = baselines.build("linear_regression", "standardize", {}, seed=0, task="regression", columns=columns)
    return regressor.PipelineRegressor(baselines.fit(unfitted, X, Y)[0])


def test_numbers_are_of_the_unit_of_the_target():
    predicted = net().predict(X)
    assert predicted.shape == (442,)
    assert predicted.dtype == np.float64
    assert 0 < predicted.mean() < 400


def test_a_line_says_what_scikit_learns_says():
    from sklearn.linear_model import LinearRegression

    np.testing.assert_allclose(line().predict(X), LinearRegression().fit(X, Y).predict(X), rtol=1e-9)


def test_a_saved_regressor_says_the_same_in_another_process(tmp_path):
    originals = {"net": net(), "line": line()}
    for name, original in originals.items():
        regressor.save(original, tmp_path / name, "disease progression")
    np.save(tmp_path / "rows.npy", X[:20])
    code = (
        "import sys, numpy as np; from models.regressor import _load_pyfunc; place = sys.argv[1];"
        "[_load_pyfunc(f'{place}/{name}').predict(np.load(f'{place}/rows.npy')).to_pickle(f'{place}/{name}.pkl')"
        " for name in ('net', 'line')]"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, capture_output=True)
    for name, original in originals.items():
        table = pd.read_pickle(tmp_path / f"{name}.pkl")
        assert list(table) == ["disease progression"]
        np.testing.assert_allclose(table.to_numpy()[:, 0], original.predict(X[:20]), rtol=1e-12)


@pytest.fixture(scope="module", params=[lambda: net(Encoder(COLUMNS)), lambda: line(COLUMNS)], ids=["net", "line"])
def served(request, tmp_path_factory):
    """A model of a table with a contract, as MLflow loads it, and the model that was saved."""
    folder = tmp_path_factory.mktemp("saved")
    model = request.param()
    regressor.save(model, folder, COLUMNS.target, X[:30])
    return regressor._load_pyfunc(str(folder)), model


TABLE = pd.DataFrame(X, columns=NAMES)
FORMS = {
    "as it came": TABLE,
    "as text": TABLE.astype(str),
    "columns reversed, one more": TABLE[list(reversed(NAMES))].assign(remark="x"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_served_model_answers_the_raw_table_in_every_form(served, form):
    table = FORMS[form].set_axis(range(100, 542))
    answer = served[0].predict(table)
    assert list(answer) == ["progression"]
    assert list(answer.index) == list(table.index)
    np.testing.assert_allclose(answer["progression"], served[1].predict(X), rtol=1e-12)


def test_a_missing_column_is_refused_by_name(served):
    with pytest.raises(ValueError, match=r"expected a column for each input.*missing=\['measure 3'\]"):
        served[0].predict(TABLE.drop(columns="measure 3"))


def test_plain_numbers_with_a_gap_are_refused(tmp_path):
    regressor.save(line(), tmp_path)
    plain = regressor._load_pyfunc(str(tmp_path))
    assert list(plain.predict(TABLE)) == ["prediction"]
    with pytest.raises(ValueError, match="predict: expected a finite number in each cell"):
        plain.predict(TABLE.where(TABLE["measure 2"] < TABLE["measure 2"].max()))


def test_effects_of_a_line_are_coefficient_times_distance_from_the_mean(tmp_path):
    model = line()
    scaled = model.pipeline["regressor"].coef_ / model.pipeline["inputs"].scale_
    regressor.save(model, tmp_path, "progression", X[50:130])
    found = regressor._load_pyfunc(str(tmp_path)).effects(TABLE)
    np.testing.assert_allclose(found, scaled * (X - X[50:130].mean(axis=0)), atol=1e-9)


def test_effects_of_a_net_are_the_change_of_its_number():
    model = net()
    found = effects(model.encoded, X[:3], X[100:140])
    replaced = np.repeat(X[:1], 40, axis=0)
    replaced[:, 4] = X[100:140, 4]
    expected = model.predict(X[:1])[0] - model.predict(replaced).mean()
    np.testing.assert_allclose(found[0, 4], expected, atol=1e-4)


def test_effects_need_training_rows(tmp_path):
    regressor.save(line(), tmp_path)
    with pytest.raises(ValueError, match="effects: expected a background"):
        regressor._load_pyfunc(str(tmp_path)).effects(TABLE)


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"expected model\.keras or model\.joblib"):
        regressor.load(tmp_path)


def test_rows_of_another_width_are_refused():
    with pytest.raises(ValueError, match=r"predict: expected rows of shape \(10,\)\. Received: X\.shape=\(2, 9\)\."):
        net().predict(X[:2, :9])
