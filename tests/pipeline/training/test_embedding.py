"""A raw table through a net that embeds its categories: where levels go, what folds share, and what is served."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from experiments.language import Ensemble, RealMLP, Splitting, Training
from models import classifier, regressor
from models.effects import effects
from pipeline.data.split import split
from pipeline.data.table import Table
from pipeline.data.values import Fold
from pipeline.training.rows import prepare
from pipeline.training.train import train

TRAINING = Training(epochs=5, learning_rate=0.05, batch_size=None, optimizer="adam")
NET = RealMLP(name="net", hidden_units=(8,), training=TRAINING)
N, N_TOWNS = 640, 30


def frame(**changed):
    """People of thirty towns, of which each has its own share of those who leave; some towns are small."""
    random = np.random.default_rng(0)
    town = random.choice(N_TOWNS, N, p=np.r_[np.full(26, 0.037), np.full(4, 0.0095)])
    table = pd.DataFrame(
        {
            "age": random.integers(18, 80, N).astype(float),
            "town": [f"town {number:02d}" for number in town],
            "plan": random.choice(["basic", "plus", "gold"], N),
        }
    )
    table.loc[random.random(N) < 0.1, "town"] = None
    share = np.random.default_rng(1).permutation(N_TOWNS) / N_TOWNS
    table["left"] = np.where(random.random(N) < share[town], "yes", "no")
    return table.assign(**changed)


@pytest.fixture(scope="module")
def people():
    return Table(source=frame(), target="left", name="people").load()


@pytest.fixture(scope="module")
def folds(people):
    return split(people, Splitting(kind="stratified_k_fold", n_splits=3, n_folds=3), seed=1)


@pytest.fixture(scope="module")
def together(people, folds):
    return train(NET, people, folds)


def layer_of(trained):
    """The embedding inside a trained net."""
    (core,) = (layer for layer in trained.model.model.layers if hasattr(layer, "layers"))
    return core.layers[0]


def test_folds_with_tables_of_their_own_are_one_program_and_each_is_the_fold_alone(people, folds, together):
    assert {one.engine.split(", ")[-1] for one in together} == {"3 nets at once"}
    common = [one.model.encoder.parts_.named_transformers_["level numbers"].common_[0].tolist() for one in together]
    assert len({*map(tuple, common)}) > 1  # what is rare in one is common in another
    (alone,) = train(NET, people, folds[2:])
    assert "at once" not in alone.engine
    answers = [one.model.predict_proba(people.X) for one in (together[2], alone)]
    np.testing.assert_allclose(*answers, rtol=0, atol=1e-5)


def test_each_level_is_8_numbers_beside_those_of_all_other_columns(together):
    layer = layer_of(together[0])
    assert layer.table.shape == (N_TOWNS + 2, 8)
    columns = 1 + 4  # age, three plans, and what is other
    periodic = columns * 4
    expected = columns * (16 + 16 + 17 * 3) + (N_TOWNS + 2) * 8 + (periodic + 8) + (periodic + 8 + 1) * 8 + 8 + 9
    one_hot = together[0].model.encoder.get_feature_names_out().tolist()
    assert one_hot[-1] == "town"
    expected -= (columns - (len(one_hot) - 1)) * (16 + 16 + 17 * 3 + 4 + 4 * 8)
    assert together[0].n_parameters == expected


def test_a_level_never_seen_is_what_is_rare_a_gap_is_a_gap_and_each_level_answers_for_itself(people, together):
    model = together[0].model
    common = model.encoder.parts_.named_transformers_["level numbers"].common_[0].astype(int).tolist()
    (rare,) = [level for level in range(N_TOWNS) if level not in common][-1:]

    def ask(code):
        row = people.X[:1].copy()
        row[:, 1] = code
        return model.predict_proba(row)[0, 1]

    assert ask(-1) == ask(rare)
    answers = [ask(code) for code in (-1, np.nan, *common)]
    assert len(set(answers)) == len(answers)
    tables = layer_of(together[0]).table.numpy()
    assert tables[0].any()  # some training rows have a gap, and some a rare level
    assert tables[1].any()


def test_test_rows_change_no_net_even_if_the_contract_is_read_from_them_too(people, folds):
    """A level that only test rows have is one place more in the table, and moves no number of any other."""
    (fold,) = folds[:1]
    table = frame()
    table.loc[fold.test_rows[::2], "town"] = "another town"
    table.loc[fold.test_rows[1::2], ["town", "age"]] = None
    other = Table(source=table, target="left", name="other").load()
    assert len(other.columns.used[1].levels) == N_TOWNS + 1
    first, second = (train(NET, dataset, (fold,))[0].model for dataset in (people, other))
    rows = fold.train_rows
    np.testing.assert_array_equal(first.predict_proba(people.X[rows]), second.predict_proba(other.X[rows]))


def test_what_is_saved_takes_the_raw_table_and_says_what_each_column_adds(people, together, tmp_path):
    model = together[0].model
    classifier.save(model, tmp_path, people.class_names, background=people.X[:50])
    served = classifier._load_pyfunc(str(tmp_path))
    raw = frame().drop(columns="left")[["town", "plan", "age"]]
    raw.loc[0, "town"], raw.loc[1, "town"] = "nowhere", None
    X = people.columns.matrix(raw)
    np.testing.assert_allclose(served.predict(raw).to_numpy(), model.predict_proba(X), rtol=0, atol=1e-12)
    added = served.effects(raw[:40], np.ones(40, int))
    expected = effects(lambda rows: model.encoded(rows), X[:40], people.X[:50], np.ones(40, int))
    np.testing.assert_allclose(added, expected, atol=1e-12)
    odds = lambda rows: np.log(model.predict_proba(rows)) @ [-1, 1]  # noqa: E731
    swapped = np.repeat(X[:1], 50, axis=0)
    swapped[:, 1] = people.X[:50, 1]
    assert added[0, 1] == pytest.approx(odds(X[:1])[0] - odds(swapped).mean(), abs=1e-6)
    assert added[:, 1].std() > 0.01


def test_members_of_a_vote_embed_too(people, folds):
    vote = Ensemble(name="vote", net=NET, n_members=2, column_share=0.6, bagging=True)
    (trained,) = train(vote, people, folds[:1])
    assert trained.engine.endswith("2 nets at once")
    assert np.isfinite(trained.model.predict_proba(people.X)).all()


def test_of_a_table_of_one_category_without_gaps_and_rare_levels_both_are_the_zero_row():
    random = np.random.default_rng(3)
    towns = random.permutation(np.resize(np.arange(12), N))
    table = pd.DataFrame({"town": [f"town {number:02d}" for number in towns], "price": towns + random.normal(size=N)})
    prices = Table(source=table, target="price", name="prices", task="regression").load()
    net = replace(NET, activation="mish")
    (trained,) = train(net, prices, split(prices, Splitting(kind="random", test_share=0.3, n_folds=1), seed=1))
    assert isinstance(trained.model, regressor.NetRegressor)
    tables = layer_of(trained).table.numpy()
    assert not tables[:2].any()
    assert tables[2:].all()
    gap, unseen, first = trained.model.predict(np.array([[np.nan], [-1.0], [0.0]]))
    assert gap == unseen != first


def test_by_target_is_what_other_nets_have(people, folds):
    by_target = replace(NET, categories="by_target")
    rows = prepare(by_target, people, folds[0])
    assert rows.encoder.get_feature_names_out()[-1] == "town by target"
    assert rows.places == ()
    assert [net.parameters()["net.categories"] for net in (NET, by_target)] == ["embedding", "by_target"]


def test_folds_that_embed_other_categories_in_rows_of_one_width_are_programs_of_their_own():
    """Of one category the training rows of one fold have nine levels, of the other those of the other."""
    random = np.random.default_rng(5)
    table = pd.DataFrame({"left": random.choice(["no", "yes"], N)})
    table = table.assign(a=random.choice([*"abcdefghij"], N), b=random.choice([*"ABCDEFGHIJK"], N))
    pair = Table(source=table, target="left", name="pair").load()
    kept = (table["a"] != "j", ~table["b"].isin(["J", "K"]))
    folds = [
        Fold(index=index, seed=index, train_rows=np.flatnonzero(own), test_rows=np.flatnonzero(~own))
        for index, own in enumerate(kept)
    ]
    first, second = train(NET, pair, folds)
    assert [one.model.encoder.places() for one in (first, second)] == [(13,), (12,)]
    assert first.model.model.input_shape == second.model.model.input_shape == (None, 10)
    assert np.isfinite([one.model.predict_proba(pair.X) for one in (first, second)]).all()


def test_it_learns_what_no_mean_of_the_target_says():
    """In every second town the old leave, in the others the young: each town's share is a half."""
    random = np.random.default_rng(7)
    town, age = random.integers(0, 12, N), random.normal(size=N).round(3)
    left = np.where((age > 0) ^ (town % 2 == 1), "yes", "no")
    table = pd.DataFrame({"town": [f"town {number:02d}" for number in town], "age": age, "left": left})
    turned = Table(source=table, target="left", name="turned").load()
    folds = split(turned, Splitting(kind="random", test_share=0.3, n_folds=1), seed=1)
    rows = folds[0].test_rows
    found = []
    for categories in ("embedding", "by_target"):
        net = replace(NET, categories=categories, training=replace(TRAINING, epochs=80))
        (trained,) = train(net, turned, folds)
        found.append(roc_auc_score(turned.y[rows], trained.model.predict_proba(turned.X[rows])[:, 1]))
    assert found[0] > 0.95
    assert found[1] < 0.85  # by chance the means differ a little, and tell one town from another
