"""Every row is trained on once an epoch, in the order given, however the steps are cut into calls."""

import itertools

import numpy as np
import pytest

from models.engine.calls import Pace, in_batches, resident_calls
from models.engine.course import row_orders


def rows_trained_on(calls):
    """Returns row numbers in the order in which the compiled loop meets them."""
    for call in calls:
        for full, rest in itertools.islice(zip(call.full.numpy(), call.rest.numpy(), strict=True), call.n_epochs):
            yield from full[call.first : call.last].ravel()
            if call.share == 1.0:
                yield from rest


@pytest.mark.parametrize("affordable", [1, 3, 4, 5, 1000])
def test_any_pace_meets_the_same_rows_in_the_same_order(affordable):
    pace = Pace()
    pace.n_steps = affordable
    data = (np.zeros((19, 2), np.float32),)
    calls = resident_calls(data, row_orders(7, 19, shuffle=True), n_rows=19, batch_size=4, epochs=5, pace=pace)
    orders = row_orders(7, 19, shuffle=True)
    assert list(rows_trained_on(calls)) == list(np.concatenate([next(orders) for _ in range(5)]))


def test_batches_and_the_rest_are_the_order_cut():
    full, rest = in_batches(np.arange(14, dtype=np.int32).reshape(2, 7), 3)
    assert full.tolist() == [[[0, 1, 2], [7, 8, 9]], [[3, 4, 5], [10, 11, 12]]]
    assert rest.tolist() == [[6], [13]]


def test_a_call_takes_as_many_steps_as_fit_into_a_second_but_grows_with_caution():
    pace = Pace()
    pace.learn(1, 0.001)
    assert pace.n_steps == 16
    pace.learn(16, 0.016)
    assert pace.n_steps == 256
    pace.learn(256, 2.56)
    assert pace.n_steps == 100
    pace.learn(100, 1000.0)
    assert pace.n_steps == 1


def test_the_few_steps_that_end_an_epoch_do_not_undo_what_a_call_of_more_has_taught():
    pace = Pace()
    pace.n_steps = 160
    pace.learn(10, 0.004)
    assert pace.n_steps > 170
