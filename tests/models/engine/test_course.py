"""Every epoch meets every row once, in an order that is the seed's own, in company or alone."""

import numpy as np
import pytest

from models.engine.calls import Pace
from models.engine.course import Course, row_orders


def course(**change):
    settings = {"shape": (), "n_rows": 20, "batch_size": 6, "epochs": 3, "seeds": [3], "shuffle": True}
    n_rows = 20 * len(change.get("seeds", [3]))
    data = (np.arange(n_rows, dtype=np.float32), np.zeros(n_rows, np.float32))
    return Course(data=data, **{**settings, **change})


def met(course):
    """The rows of the first epoch, batch by batch."""
    pace = Pace()
    pace.n_steps = 1000
    call = next(course.calls(pace))
    batches = [*call.full.numpy()[0], call.rest.numpy()[0]]
    return [np.asarray(call.data[0])[batch] for batch in batches]


def test_every_epoch_has_every_row_once_in_another_order():
    orders = row_orders(3, 20, shuffle=True)
    first, second = next(orders), next(orders)
    assert sorted(first) == sorted(second) == list(range(20))
    assert list(first) != list(second)


@pytest.mark.parametrize(("batch_size", "at_once", "n_steps"), [(6, 6, 12), (20, 20, 3), (None, 20, 3), (99, 20, 3)])
def test_updates_are_counted_with_the_smaller_last_one(batch_size, at_once, n_steps):
    planned = course(batch_size=batch_size)
    assert (planned.rows_at_once, planned.n_steps) == (at_once, n_steps)


def test_a_net_meets_the_rows_in_the_order_of_its_seed():
    batches = met(course())
    assert [len(batch) for batch in batches] == [6, 6, 6, 2]
    np.testing.assert_array_equal(np.concatenate(batches), next(row_orders(3, 20, shuffle=True)))


def test_replicates_meet_their_own_rows_as_each_would_alone():
    batches = met(course(shape=(2,), seeds=[3, 8]))
    assert [batch.shape for batch in batches] == [(2, 6), (2, 6), (2, 6), (2, 2)]
    together = np.concatenate(batches, axis=1)
    for replicate, seed in enumerate([3, 8]):
        alone = np.concatenate(met(course(seeds=[seed])))
        np.testing.assert_array_equal(together[replicate], alone + 20 * replicate)


@pytest.mark.parametrize("change", [{"shuffle": False}, {"batch_size": None}], ids=str)
def test_rows_stay_in_order_where_it_is_asked_or_makes_no_difference(change):
    np.testing.assert_array_equal(np.concatenate(met(course(**change))), np.arange(20))


def test_rows_are_streamed_where_they_take_more_than_the_device_may_hold():
    n_bytes = 20 * 2 * 4
    assert [course(device_bytes=bound).streams for bound in (None, n_bytes, n_bytes - 1)] == [False, False, True]
    resident, streamed = (
        next(planned.calls(Pace())).data[0].shape[0] for planned in (course(), course(device_bytes=n_bytes - 1))
    )
    assert streamed < resident == 20
