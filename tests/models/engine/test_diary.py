"""Early stopping needs something to look at, and looks at the weights that are kept."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from models.engine.diary import Diary, Watch


def test_patience_without_rows_is_refused():
    message = r"train: expected validation_data with patience. Received: patience=3, validation_data=None. Give both"
    with pytest.raises(ValueError, match=message):
        Watch(patience=3)


def test_patience_with_averaged_weights_is_refused():
    watch = Watch(rows=(np.zeros(1),), patience=3)
    watch.require_last_weights(keras.optimizers.SGD())
    with pytest.raises(ValueError, match=r"expected patience or averaged weights. Received: patience=3, use_ema=True"):
        watch.require_last_weights(keras.optimizers.SGD(use_ema=True))


def test_all_it_remembers_can_lie_on_a_gpu():
    """TensorFlow keeps whole numbers of 32 bits beside a GPU, where XLA cannot reach them."""
    diary = Diary((2,), [tf.ones((2, 3))], 4, "float32", Watch(rows=(np.zeros(1),), patience=1))
    numbers = [value for value in vars(diary).values() if isinstance(value, tf.Variable)]
    assert len(numbers) == 10
    assert tf.int32 not in {number.dtype for number in numbers}
