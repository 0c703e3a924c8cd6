import numpy as np
import pytest
import tensorflow as tf

from models.blackboard import pooling
from pipeline.lecture.working.convolution_by_tape import pooled_by_tape

WAYS = {"mean": (pooling.mean_pool, pooling.mean_pool_back), "l2": (pooling.l2_pool, pooling.l2_pool_back)}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("pool", [(2, 2), (3, 1), (1, 1)])
def test_values_and_slopes_are_keras_and_the_tapes(way, pool):
    generator = np.random.default_rng(0)
    a = generator.normal(size=(2, 7, 5, 3))  # rows and columns are left over
    pool_them, back = WAYS[way]
    ours = pool_them(a, pool)
    dpooled = generator.normal(size=ours.shape)

    theirs, slopes = pooled_by_tape(way, a, pool, dpooled)

    np.testing.assert_allclose(ours, theirs, atol=1e-12)
    np.testing.assert_allclose(back(a, pool, dpooled), slopes, atol=1e-12)


def test_a_field_that_can_be_done_in_the_head():
    a = np.array([[1.0, 2.0], [4.0, 10.0]]).reshape(1, 2, 2, 1)
    one = np.ones((1, 1, 1, 1))

    assert pooling.mean_pool(a, (2, 2)).item() == 17 / 4
    assert pooling.l2_pool(a, (2, 2)).item() == 11  # 1 + 4 + 16 + 100 = 121
    assert pooling.mean_pool_back(a, (2, 2), one).ravel().tolist() == [0.25] * 4
    np.testing.assert_allclose(pooling.l2_pool_back(a, (2, 2), one).ravel(), np.array([1, 2, 4, 10]) / 11)


def test_a_field_of_zeros_has_no_slope_and_no_nan():
    a = np.zeros((1, 2, 2, 1))
    assert pooling.l2_pool_back(a, (2, 2), np.ones((1, 1, 1, 1))).tolist() == a.tolist()
    assert tf.reduce_all(tf.math.is_finite(pooling.l2_pool(a, (2, 2))))
