"""After which epochs rows are judged."""

import pytest

from models.engine.fitting.asked import Asked


@pytest.mark.parametrize(("frequency", "judged"), [(1, [0, 1, 2, 3, 4]), (2, [1, 3]), (5, [4]), ([1, 4], [0, 3])])
def test_epochs_are_counted_from_one_as_in_keras(frequency, judged):
    asked = Asked(epochs=5, batch_size=None, shuffle=False, validation_freq=frequency)
    assert [epoch for epoch in range(5) if asked.judges(epoch)] == judged
    assert asked.n_judged == len(judged)
