import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import TargetEncoder

from models.encoding.columns import Column, Columns
from models.encoding.encoder import Encoder, n_categories

CONTRACTS = ("monthly", "one year", "two years")
TOWNS = tuple(f"town {number:02d}" for number in range(12))
COLUMNS = Columns(
    columns=(
        Column(name="town", kind="category", levels=TOWNS),
        Column(name="age", kind="number"),
        Column(name="note", kind="text"),
        Column(name="member", kind="yes/no", levels=("no", "yes")),
        Column(name="joined", kind="date"),
        Column(name="contract", kind="category", levels=CONTRACTS),
        Column(name="income", kind="number"),
    ),
    target="left",
    class_names=("stays", "leaves"),
)
N = 600
READERS = ("dense", "embedded", "native")


@pytest.fixture(scope="module")
def rows():
    """Rows of all kinds with gaps in all but income, and a target that the town decides."""
    rng = np.random.default_rng(0)
    town = rng.integers(0, 11, N)  # nobody lives in the last one
    table = pd.DataFrame(
        {
            "town": np.array(TOWNS, object)[town],
            "age": rng.integers(18, 80, N).astype(float),
            "member": rng.choice(["no", "yes"], N, p=[0.3, 0.7]),
            "joined": (np.datetime64("2020-01-01") + rng.integers(0, 700, N)).astype(str),
            "contract": rng.choice(CONTRACTS, N, p=[0.6, 0.395, 0.005]),
            "income": rng.normal(2000, 300, N),
        }
    )
    table.loc[rng.random(N) < 0.1, "age"] = None
    for name in ("town", "member", "joined", "contract"):
        table.loc[rng.random(N) < 0.05, name] = None
    return COLUMNS.matrix(table), (rng.random(N) < 0.1 + 0.07 * town).astype(np.int64)


def named(encoder, X):
    return pd.DataFrame(encoder.transform(X), columns=encoder.get_feature_names_out())


def row(**cells):
    """One coded row, missing but for what is given."""
    return COLUMNS.matrix(pd.DataFrame([{**dict.fromkeys(column.name for column in COLUMNS.used), **cells}]))


def test_every_number_has_a_name_and_no_gap_is_left(rows):
    X, y = rows
    encoder = Encoder(COLUMNS)
    coded = encoder.fit_transform(X, y)
    assert encoder.get_feature_names_out().tolist() == [
        *("age", "income", "age missing", "member", "member missing"),
        *("joined days", "joined month", "joined weekday", "joined missing"),
        *("contract = monthly", "contract = one year", "contract = other", "contract = missing", "town by target"),
    ]
    assert coded.dtype == np.float64
    assert coded.shape == (N, 14)
    assert np.isfinite(coded).all()
    assert np.isfinite(encoder.transform(row())).all()


def test_gaps_become_the_median_of_the_training_rows_with_a_flag(rows):
    X, y = rows
    filled = named(Encoder(COLUMNS).fit(X[:400], y[:400]), row()).iloc[0]
    assert filled["age"] == np.nanmedian(X[:400, 1]) != np.nanmedian(X[:, 1])
    assert filled["income"] == np.median(X[:400, 5])
    assert filled["joined days"] == np.nanmedian(X[:400, 3]) - np.nanmin(X[:400, 3])
    assert filled[["age missing", "member missing", "joined missing", "contract = missing"]].tolist() == [1] * 4
    assert filled["member"] == 1  # most are


def test_a_rare_level_and_one_that_was_never_there_are_the_same(rows):
    X, y = rows
    encoder = Encoder(COLUMNS).fit(X, y)
    rare, unseen = (encoder.transform(row(contract=word)) for word in ("two years", "three years"))
    np.testing.assert_array_equal(rare, unseen)
    assert named(encoder, row(contract="two years"))["contract = other"].item() == 1


def test_a_level_without_rare_ones_beside_it_is_none_of_those_known(rows):
    X, y = rows
    common = X[:, 4] != 2
    encoder = Encoder(COLUMNS).fit(X[common], y[common])
    unseen = named(encoder, row(contract="two years"))
    assert "contract = other" not in unseen
    assert not unseen[["contract = monthly", "contract = one year", "contract = missing"]].any(axis=None)
    assert named(encoder, row(town="town 11"))["town by target"].item() == pytest.approx(y[common].mean())


def test_a_category_of_many_levels_is_the_mean_of_the_target_and_no_row_sees_its_own(rows):
    X, y = rows
    town = X[:, [0]]
    encoder = Encoder(COLUMNS, seed=3)
    learned = encoder.fit_transform(X, y)[:, -1]
    reference = TargetEncoder(target_type="binary", cv=StratifiedKFold(5, shuffle=True, random_state=3))
    np.testing.assert_allclose(learned, reference.fit_transform(town, y)[:, 0])
    np.testing.assert_allclose(encoder.transform(X)[:, -1], reference.transform(town)[:, 0])


def test_a_column_of_noise_tells_nothing_of_the_target_while_a_naive_encoding_gives_it_away():
    rng = np.random.default_rng(1)
    levels = tuple(f"{number:03d}" for number in range(60))
    columns = Columns(columns=(Column(name="code", kind="category", levels=levels),), target="y")
    X, y = rng.integers(0, 60, (900, 1)).astype(float), rng.integers(0, 2, 900)
    learned = Encoder(columns).fit_transform(X, y)[:, 0]
    naive = Encoder(columns).fit(X, y).transform(X)[:, 0]
    assert np.corrcoef(learned, y)[0, 1] < 0.05
    assert np.corrcoef(naive, y)[0, 1] > 0.2


def test_a_class_of_three_rows_is_encoded_without_a_word(rows, recwarn):
    X, y = rows
    few = np.r_[np.flatnonzero(y == 0), np.flatnonzero(y == 1)[:3]]
    assert np.isfinite(Encoder(COLUMNS).fit_transform(X[few], y[few])).all()
    assert not recwarn.list


def test_several_classes_give_a_mean_for_each(rows):
    X, y = rows
    several = Columns(columns=COLUMNS.columns, target="left", class_names=("a", "b", "c"))
    encoder = Encoder(several).fit(X, y + (np.arange(N) % 3 == 0))
    assert encoder.get_feature_names_out()[-3:].tolist() == ["town by a", "town by b", "town by c"]
    np.testing.assert_allclose(encoder.transform(X)[:, -3:].sum(axis=1), 1, atol=0.05)


def test_whole_numbers_to_predict_are_numbers_and_no_classes(rows):
    X, y = rows
    numbers = Columns(columns=COLUMNS.columns, target="left", task="regression")
    rating = y * 2.0 + 1 + (np.arange(N) % 2)
    coded = Encoder(numbers).fit(X, rating).transform(X)
    reference = TargetEncoder(target_type="continuous").fit(X[:, [0]], rating)
    np.testing.assert_allclose(coded[:, -1], reference.transform(X[:, [0]])[:, 0])


def test_boosting_gets_codes_first_and_gaps_as_they_are(rows):
    X, y = rows
    encoder = Encoder(COLUMNS, reader="native")
    coded = pd.DataFrame(encoder.fit_transform(X, y), columns=encoder.get_feature_names_out())
    assert list(coded) == [
        *("town", "contract", "age", "member", "income", "joined days", "joined month", "joined weekday")
    ]
    assert n_categories(COLUMNS) == 2
    np.testing.assert_array_equal(coded["age"], X[:, 1])
    np.testing.assert_array_equal(coded["town"], X[:, 0])
    assert set(coded["contract"].dropna()) == {0, 1, 2}
    np.testing.assert_array_equal(coded.isna().sum()[["town", "joined month"]], np.isnan(X[:, [0, 3]]).sum(axis=0))
    assert named(encoder, row(town="elsewhere"))["town"].item() == 11


def test_what_learns_numbers_of_levels_gets_places_last_and_needs_no_target(rows):
    X, y = rows
    encoder = Encoder(COLUMNS, reader="embedded")
    coded = pd.DataFrame(encoder.fit_transform(X), columns=encoder.get_feature_names_out())
    dense = Encoder(COLUMNS).fit(X, y)
    assert list(coded)[-1] == "town"
    assert list(coded)[:-1] == list(dense.get_feature_names_out())[:-1]
    np.testing.assert_array_equal(coded.iloc[:, :-1], dense.transform(X)[:, :-1])
    np.testing.assert_array_equal(encoder.sources(), dense.sources())
    assert encoder.places() == (14,)
    assert dense.places() == Encoder(COLUMNS, "native").fit(X, y).places() == ()
    np.testing.assert_array_equal(coded["town"], np.where(np.isnan(X[:, 0]), 0, X[:, 0] + 2))
    for town, place in (("town 11", 1), ("elsewhere", 1), (None, 0), ("town 03", 5)):
        assert named(encoder, row(town=town))["town"].item() == place


def test_places_are_those_of_the_contract_and_numbers_those_of_the_training_rows(rows):
    X, _ = rows
    some = X[(X[:, 0] != 3) & (X[:, 0] != 10)]  # nobody of two towns
    encoder = Encoder(COLUMNS, reader="embedded").fit(some)
    assert encoder.places() == ()  # nine are columns of 0 and 1
    encoder = Encoder(COLUMNS, reader="embedded").fit(X[X[:, 0] != 3])
    assert encoder.places() == (14,)
    for town, place in (("town 03", 1), ("town 02", 4), ("town 04", 5)):
        assert named(encoder, row(town=town))["town"].item() == place


@pytest.mark.parametrize("reader", READERS)
def test_numbers_without_gaps_stay_as_they_are_to_the_last_bit(reader):
    X, y = load_breast_cancer(return_X_y=True)
    columns = Columns(columns=tuple(Column(name=f"x{k}", kind="number") for k in range(30)), target="y")
    np.testing.assert_array_equal(Encoder(columns, reader).fit_transform(X, y), X)


@pytest.mark.parametrize("reader", READERS)
def test_test_rows_change_no_encoder(rows, reader):
    X, y = rows
    changed = X.copy()
    changed[400:] = row(town="town 11", age="99", joined="2030-01-01T07:00", contract="two years", income="1e6")
    first, second = (Encoder(COLUMNS, reader).fit(given[:400], y[:400]) for given in (X, changed))
    assert pickle.dumps(first) == pickle.dumps(second)
    naive = [Encoder(COLUMNS, reader).fit(given, y) for given in (X, changed)]
    assert pickle.dumps(naive[0]) != pickle.dumps(naive[1])


@pytest.mark.parametrize("reader", READERS)
def test_a_kept_encoder_encodes_the_same(rows, reader):
    X, y = rows
    encoder = Encoder(COLUMNS, reader).fit(X, y)
    again = pickle.loads(pickle.dumps(encoder))
    np.testing.assert_array_equal(again.transform(X), encoder.transform(X))
    assert again.columns == COLUMNS


def test_many_levels_without_a_target_and_rows_of_another_width_are_refused(rows):
    X, y = rows
    with pytest.raises(ValueError, match="Encoder: expected y with categories of many levels"):
        Encoder(COLUMNS).fit(X)
    with pytest.raises(ValueError, match=r"expected rows of shape \(6,\)\. Received: X\.shape=\(600, 5\)"):
        Encoder(COLUMNS).fit(X[:, :5], y)
    with pytest.raises(
        ValueError, match=r"expected a known reader\. Received: reader='natve'\. Did you mean 'native'\?"
    ):
        Encoder(COLUMNS, "natve").fit(X, y)


@pytest.mark.parametrize("y", [[0, 0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 0, 0, 1], [0, 1, 2, 3, 4, 5, 6]])
def test_few_rows_of_groups_are_coded(rows, y):
    """As inside the training rows of a first block of time: fewer of a class than parts."""
    X, groups = rows[0][:7], np.array([0, 0, 1, 2, 3, 4, 4])
    coded = Encoder(COLUMNS).fit_transform(X, np.array(y), groups=groups)
    assert coded.shape[0] == 7
    assert np.isfinite(coded).all()
