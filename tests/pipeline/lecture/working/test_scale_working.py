import numpy as np
import pytest

from experiments.worked.scale import SCALE
from models.blackboard import by_hand
from models.blackboard.trace import Descent, initialize
from pipeline.lecture.drawing import draw
from pipeline.lecture.work import work
from pipeline.lecture.working.data import digits

FEW = {"hidden_units": (2, 12), "n_rows": (50, 400), "n_test": 300, "n_updates": 300, "n_splits": 2}


@pytest.fixture(scope="module")
def worked():
    return work(SCALE.with_givens(**FEW))


def test_a_point_of_the_curve_is_the_labs_net_on_rows_that_it_did_not_see(worked):
    images, answers = digits()
    X, wanted = images.reshape(len(images), -1) / 16, np.eye(10)[answers]
    shares = []
    for seed in (1, 2):
        order = np.random.default_rng(seed).permutation(len(X))
        test, rows = order[:300], order[300:350]
        how = Descent(
            cost="cross_entropy", learning_rate=1.0, epochs=100, batch_size=20, shuffle_seed=seed
        )  # of 3 updates
        net, _ = by_hand.train(initialize((64, 12, 10), seed=seed), X[rows], wanted[rows], how)
        shares.append(np.mean(by_hand.forward(net, X[test])[1][-1].argmax(axis=1) == answers[test]))

    table = worked.tables["scale"].set_index(["hidden neurons", "rows"])
    assert table.loc[(12, 50), "mean"] == pytest.approx(np.mean(shares))


def test_a_large_net_gains_from_rows_what_a_small_one_cannot(worked):
    table = worked.tables["scale"].set_index(["hidden neurons", "rows"])["mean"]
    assert table[12, 400] - table[12, 50] > 0.05
    assert table[12, 400] > table[2, 400] + 0.2
    assert (worked.tables["scale"]["low"] <= worked.tables["scale"]["mean"]).all()


def test_it_is_drawn_and_too_many_rows_are_refused(worked):
    assert [figure.title for figure in draw(worked)] == ["Scale drives progress"]
    with pytest.raises(ValueError, match="scale: expected rows for learning and testing within 1797"):
        work(SCALE.with_givens(n_rows=(1700,)))
