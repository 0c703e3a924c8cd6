import numpy as np
import pytest
import tensorflow as tf

from models.blackboard import tape
from models.blackboard.activations import ACTIVATIONS, SLOPES, step_function


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_and_its_slope_are_those_of_tensorflow_also_at_0(name):
    z = np.array([-800.0, -3.0, -1e-9, 0.0, 1e-9, 0.7, 800.0])
    watched = tf.constant(z)
    with tf.GradientTape() as recorded:
        recorded.watch(watched)
        theirs = tape.ACTIVATIONS[name](watched)

    ours = ACTIVATIONS[name](z)

    np.testing.assert_allclose(ours, theirs, atol=1e-15)
    np.testing.assert_allclose(SLOPES[name](z, ours), recorded.gradient(theirs, watched), atol=1e-15)


def test_a_step_is_0_up_to_the_border():
    assert step_function(np.array([-1.0, 0.0, 1e-300])).tolist() == [0.0, 0.0, 1.0]
