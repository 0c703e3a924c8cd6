import numpy as np
import pytest

from experiments.worked.generative import GENERATIVE
from pipeline.lecture.drawing import draw
from pipeline.lecture.work import work


@pytest.fixture(scope="module")
def worked():
    return work(GENERATIVE.with_givens(epochs=12))


def test_loss_and_slopes_are_the_tapes(worked):
    assert len(worked.agreements) == 11
    assert [each for each in worked.agreements if not each.holds] == []


def test_the_loss_falls_and_its_parts_are_the_whole(worked):
    losses = worked.curves["loss"]
    unseen = worked.tables["loss"].set_index("of").loc["unseen digits"]

    assert losses[-1] < 0.9 * losses[0]
    assert unseen["loss"] == pytest.approx(unseen["giving back"] + unseen["cloud"])
    assert unseen["loss"] < 1.1 * losses[-1]


def test_neighbors_in_the_plane_look_alike(worked):
    plane = worked.arrays["plane"].reshape(11, 11, -1)
    near, far = np.abs(np.diff(plane, axis=1)).mean(), np.abs(plane[:, 0] - plane[:, -1]).mean()
    assert 0 < near < far


def test_what_it_draws_is_drawn(worked):
    assert worked.arrays["drawn"].shape == (20, 8, 8)
    titles = ["Digits that nobody wrote", "The plane, drawn", "Where unseen digits lie"]
    assert [figure.title for figure in draw(worked)] == titles
