"""What is trained on a table with a contract: saved with its encoder, served on the table itself."""

from io import StringIO

import keras
import numpy as np
import pandas as pd
import pytest

from models import baselines, classifier
from models.encoding.columns import GAPS_OF_PANDAS, Column, Columns
from models.encoding.encoder import Encoder
from models.layers.preprocessing import fit_inputs
from models.nets import dense, real_mlp

LEVELS = tuple(f"{number:02d}" for number in range(12))
COLUMNS = Columns(
    columns=(
        Column(name="visits", kind="number", missing=0.1),
        Column(name="member", kind="yes/no", levels=("no", "yes")),
        Column(name="joined", kind="date", date_format="%d.%m.%Y"),
        Column(name="plan", kind="category", levels=("basic", "plus")),
        Column(name="branch", kind="category", levels=LEVELS),
        Column(name="id", kind="id"),
    ),
    target="left",
    class_names=("stays", "leaves"),
)
N = 300


def raw_table():
    rng = np.random.default_rng(2)
    days = pd.to_datetime("2021-01-01") + pd.to_timedelta(rng.integers(0, 365, N), unit="D")
    visits = pd.Series(rng.integers(0, 30, N), dtype="Int64").mask(rng.random(N) < 0.1)
    table = pd.DataFrame(
        {
            "visits": visits,
            "member": rng.choice(["no", "yes"], N),
            "joined": days.strftime("%d.%m.%Y"),
            "plan": rng.choice(["basic", "plus"], N),
            "branch": np.array(LEVELS, object)[rng.integers(0, 12, N)],
            "id": np.arange(N),
        }
    )
    y = (visits.fillna(10).to_numpy(float) + rng.normal(0, 5, N) > 15).astype(np.int64)
    return table, y


TABLE, Y = raw_table()
X = COLUMNS.matrix(TABLE)


def net():
    encoder = Encoder(COLUMNS)
    rows = encoder.fit_transform(X, Y)
    core = dense.build(rows.shape[1:], 1, [5], seed=3)
    layers = [keras.Input(rows.shape[1:], dtype="float64"), fit_inputs("standardize", rows), core]
    return classifier.NetClassifier(keras.Sequential(layers), encoder)


def embedding_net():
    encoder = Encoder(COLUMNS, "embedded")
    rows = encoder.fit_transform(X, Y)
    core = real_mlp.build(rows.shape[1:], 1, [5], places=encoder.places(), seed=3)
    weights = np.random.default_rng(0)
    core.set_weights([weights.normal(size=weight.shape) for weight in core.get_weights()])
    layers = [keras.Input(rows.shape[1:], dtype="float64"), fit_inputs("robust_clip", rows, n_places=1), core]
    return classifier.NetClassifier(keras.Sequential(layers), encoder)


def baseline(algorithm, inputs="raw"):
    unfitted = baselines.build(algorithm, inputs, {}, seed=0, columns=COLUMNS)
    return classifier.PipelineClassifier(baselines.fit(unfitted, X, Y)[0])


MODELS = {
    "net": net,
    "net that embeds": embedding_net,
    "linear": lambda: baseline("logistic_regression", "standardize"),
    "neighbors": lambda: baseline("k_nearest_neighbors", "standardize"),
    "forest": lambda: baseline("random_forest"),
    "boosting": lambda: baseline("hist_gradient_boosting"),
    "boosting of z-scores": lambda: baseline("hist_gradient_boosting", "standardize"),
    "dummy": lambda: baseline("majority_class"),
}


@pytest.fixture(scope="module", params=MODELS)
def saved(request, tmp_path_factory):
    """A model and the folder it was saved to."""
    model = MODELS[request.param]()
    folder = tmp_path_factory.mktemp("saved")
    classifier.save(model, folder, COLUMNS.class_names)
    return model, folder


def as_text(table):
    return table.astype(object).where(table.notna(), None).astype("str")


FORMS = {
    "as it came": TABLE,
    "as text": as_text(TABLE),
    "columns reversed, one more": TABLE[list(reversed(TABLE.columns))].assign(remark="x"),
    "typed": TABLE.assign(
        visits=TABLE["visits"].astype("float64"),
        joined=pd.to_datetime(TABLE["joined"], format="%d.%m.%Y"),
        plan=TABLE["plan"].astype("category"),
        member=TABLE["member"].astype("category"),
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_served_model_answers_the_raw_table_in_every_form(saved, form):
    model, folder = saved
    table = FORMS[form].set_axis(range(100, 100 + N))
    y_proba = classifier._load_pyfunc(str(folder)).predict(table)
    assert list(y_proba) == ["stays", "leaves"]
    assert list(y_proba.index) == list(table.index)
    np.testing.assert_allclose(y_proba.to_numpy(), model.predict_proba(X), atol=1e-12)


def test_a_loaded_model_takes_what_the_training_took(saved):
    model, folder = saved
    loaded, class_names = classifier.load(folder)
    assert class_names == ["stays", "leaves"]
    assert loaded.columns == COLUMNS == Columns.from_json((folder / "columns.json").read_text(encoding="utf-8"))
    np.testing.assert_allclose(loaded.predict_proba(X), model.predict_proba(X), atol=1e-12)


def test_gaps_and_levels_never_seen_are_answered(saved):
    _, folder = saved
    table = TABLE[:2].assign(visits=None, member="perhaps", joined="", plan="gold", branch=["99", None])
    y_proba = classifier._load_pyfunc(str(folder)).predict(table)
    assert np.isfinite(y_proba.to_numpy()).all()


def test_a_missing_column_and_a_wrong_cell_are_refused_by_name(saved):
    served = classifier._load_pyfunc(str(saved[1]))
    with pytest.raises(ValueError, match=r"Received: missing=\['plan'\]\."):
        served.predict(TABLE.drop(columns="plan"))
    with pytest.raises(ValueError, match=r"Column 'visits': expected a finite number .* row=1, value='many'"):
        served.predict(TABLE.assign(visits=["1", "many"] * (N // 2)))


def test_rows_of_another_width_are_refused(saved):
    with pytest.raises(ValueError, match=r"expected rows of shape \(5,\)\. Received: X\.shape=\(300, 4\)"):
        saved[0].predict_proba(X[:, :4])


def test_boosting_splits_categories_as_such_and_has_gaps_left():
    boosting = baseline("hist_gradient_boosting").pipeline
    assert boosting["classifier"].is_categorical_.tolist() == [True] * 2 + [False] * 5
    assert np.isnan(boosting["encoder"].transform(X)).any()
    of_scores = baseline("hist_gradient_boosting", "standardize").pipeline
    assert not np.isnan(of_scores["encoder"].transform(X)).any()


def test_a_model_without_a_contract_is_saved_as_before(tmp_path):
    numbers = np.nan_to_num(X)
    plain = baselines.build("logistic_regression", "standardize", {}, seed=0).fit(numbers, Y)
    model = classifier.PipelineClassifier(plain)
    classifier.save(model, tmp_path, COLUMNS.class_names)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["class_names.json", "model.joblib"]
    assert model.columns is None
    served = classifier._load_pyfunc(str(tmp_path))
    with pytest.raises(ValueError, match="a finite number in each cell"):
        served.predict(pd.DataFrame(X))
    np.testing.assert_allclose(served.predict(pd.DataFrame(numbers)), model.predict_proba(numbers), atol=1e-12)


# Words that pandas, and so a server that is sent CSV, reads as gaps


@pytest.fixture(scope="module")
def of_countries(tmp_path_factory):
    """A served model of a table in which NA is Namibia and None an extra, with gaps in both columns, and the table."""
    random = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "country": random.choice(["NA", "DE", "FR", ""], N, p=[0.3, 0.3, 0.3, 0.1]),
            "extra": random.choice(["None", "some", ""], N, p=[0.4, 0.5, 0.1]),
            "age": random.integers(18, 90, N).astype(float),
        }
    )
    columns = Columns(
        columns=(
            Column(name="country", kind="category", levels=("DE", "FR", "NA"), missing=0.1),
            Column(name="extra", kind="yes/no", levels=("None", "some"), missing=0.1),
            Column(name="age", kind="number"),
        ),
        target="left",
        class_names=("stays", "leaves"),
    )
    y = ((table["country"] == "NA") ^ (random.random(N) < 0.2)).to_numpy(np.int64)
    unfitted = baselines.build("logistic_regression", "standardize", {}, seed=0, columns=columns)
    model = classifier.PipelineClassifier(baselines.fit(unfitted, columns.matrix(table), y)[0])
    folder = tmp_path_factory.mktemp("countries")
    classifier.save(model, folder, columns.class_names)
    return classifier._load_pyfunc(str(folder)), columns, table, model.predict_proba(columns.matrix(table))


def test_namibia_stays_a_country_on_every_way_that_keeps_it(of_countries):
    served, columns, table, expected = of_countries
    json = pd.read_json(StringIO(table.to_json(orient="records")), orient="records")
    with_gaps = table.replace({"country": {"": None}, "extra": {"": np.nan}})  # as predict and Outcome.predict hand on
    for rows in (table, json, columns.typed(table), columns.typed(with_gaps), columns.frame(columns.matrix(table))):
        np.testing.assert_allclose(served.predict(rows).to_numpy(), expected, atol=1e-12)


@pytest.mark.parametrize(("column", "level"), [("country", "NA"), ("extra", "None")])
def test_namibia_read_as_a_gap_is_refused_by_name_and_not_answered(of_countries, column, level):
    served, _, table, _ = of_countries
    own = table.assign(**{name: "DE" if name == "country" else "some" for name in {"country", "extra"} - {column}})
    csv = pd.read_csv(StringIO(own.to_csv(index=False)), dtype={"country": str, "extra": str})  # as a server does
    first = int(np.flatnonzero(table[column].isin(["", level]))[0])
    with pytest.raises(ValueError, match=f"Column '{column}': expected .*'{level}' is a level.*row={first}.*JSON"):
        served.predict(csv)


def test_the_words_are_those_that_pandas_reads_as_gaps():
    read = pd.read_csv(
        StringIO("word,row\n" + "".join(f'"{word}",1\n' for word in GAPS_OF_PANDAS)), dtype={"word": str}
    )
    assert read["word"].isna().all()
    others = ["-", "?", ".", "none", "missing", "Namibia", "N.A."]
    read = pd.read_csv(StringIO("word,row\n" + "".join(f'"{word}",1\n' for word in others)), dtype={"word": str})
    assert read["word"].tolist() == others


def test_a_gap_where_no_level_reads_as_one_is_a_gap(of_countries):
    served, _, table, expected = of_countries
    gaps = served.predict(table.assign(age=np.nan)).to_numpy()
    assert np.isfinite(gaps).all()
    assert not np.allclose(gaps, expected)
