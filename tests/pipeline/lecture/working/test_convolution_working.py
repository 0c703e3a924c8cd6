"""Example 10: counted as the slides count, worked on real digits."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import correlate

from experiments.worked.convolution import CONVOLUTION
from models.nets.conv import Convolution, build
from pipeline.data.ingest import ingest
from pipeline.lecture.working.convolution import EDGES, edge_kernels, work_convolution

QUICK = CONVOLUTION.with_givens(epochs=1)


@pytest.fixture(scope="module")
def worked():
    return work_convolution(CONVOLUTION)


def test_a_convolution_shares_520_parameters_where_dense_neurons_have_23550(worked):
    table = worked.tables["counts"].set_index("layer")

    for column in ("parameters", "parameters_in_Keras"):
        assert table[column].to_dict() == {"convolution": 20 * (5 * 5 + 1), "dense": 30 * (28 * 28 + 1)}


def test_three_layers_of_30_maps_are_counted_as_the_builder_builds_them(worked):
    convolutions = [
        Convolution(feature_maps=30, kernel_size=5, pool_size=pool_size, padding="valid") for pool_size in (2, 1, 2)
    ]
    built = build((28, 28), 10, convolutions)

    assert worked.tables["three_layers"]["parameters"].sum() == built.count_params()


def test_everything_by_hand_is_that_of_keras_and_the_tape(worked):
    assert len(worked.agreements) == 3 + 3 * 2 + 2 * 8 + 1
    assert [each for each in worked.agreements if not each.holds] == []
    assert max(each.allowed for each in worked.agreements) <= 1e-10


@pytest.mark.parametrize("name", ["edges", "learnt"])
def test_pictured_maps_fit_their_kernels(worked, name):
    kernels, maps, pooled = (worked.arrays[f"{name}.{what}"] for what in ("kernels", "maps", "pooled"))

    assert kernels.shape[:2] == (3, 3)
    assert maps.shape[:2] == (6, 6)
    np.testing.assert_array_equal(pooled, maps.reshape(3, 2, 3, 2, -1).max(axis=(1, 3)))


def test_maps_of_edges_are_correlations_of_the_digit_cut_off_at_0(worked):
    for index in range(len(EDGES)):
        found = correlate(worked.arrays["digit"], worked.arrays["edges.kernels"][..., index], mode="valid")
        np.testing.assert_allclose(worked.arrays["edges.maps"][..., index], np.maximum(found, 0), atol=1e-12)


def test_an_edge_is_found_where_a_stroke_begins_or_ends():
    stroke = np.zeros((5, 5))
    stroke[:, 2:] = 1

    answers = {
        edge: correlate(stroke, edge_kernels((3, 3))[:, :, 0, index], mode="valid").max()
        for index, edge in enumerate(EDGES)
    }

    assert answers == {"left": 3.0, "right": 0.0, "upper": 0.0, "lower": 0.0}


def test_the_net_has_learnt_to_read_digits_it_never_saw(worked):
    assert worked.by_hand["digits"]["accuracy"] > 0.9  # always the commonest: 0.1
    assert worked.curves["learnt.cost"][-50:].mean() < 0.1 * worked.curves["learnt.cost"][:5].mean()


def test_learning_is_repeatable():
    once, again = work_convolution(QUICK), work_convolution(QUICK)

    np.testing.assert_array_equal(once.arrays["learnt.kernels"], again.arrays["learnt.kernels"])


def test_mnist_is_pictured_at_the_slides_sizes_when_it_is_given(real_data_dir):
    mnist = ingest("mnist", data_dir=real_data_dir)
    few = replace(mnist, X=mnist.X[:300], y=mnist.y[:300], test_rows=None)

    worked = work_convolution(QUICK.with_givens(pictured_field=(5, 5)), few)

    assert worked.arrays["digit"].shape == (28, 28)
    assert worked.arrays["learnt.maps"].shape == (24, 24, 8)
    assert worked.arrays["learnt.pooled"].shape == (12, 12, 8)
    assert all(each.holds for each in worked.agreements)


def test_three_layers_need_three_pools():
    with pytest.raises(ValueError, match=r"convolution: expected pools of 3 layers. Received: pools_of_three"):
        work_convolution(CONVOLUTION.with_givens(pools_of_three=((2, 2),)))
