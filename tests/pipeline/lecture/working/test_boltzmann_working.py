import pytest

from experiments.worked.boltzmann import BOLTZMANN
from pipeline.lecture.drawing import draw
from pipeline.lecture.work import work


@pytest.fixture(scope="module")
def worked():
    return work(BOLTZMANN.with_givens(epochs=10, dream_steps=20, n_splits=2, stack_epochs=3, fine_tuning_epochs=3))


def test_everything_enumerated_is_the_tapes(worked):
    assert len(worked.agreements) == 4
    assert [each for each in worked.agreements if not each.holds] == []


def test_a_step_there_and_back_changes_less_and_less(worked):
    changed = worked.curves["changed"]

    assert changed[-1] < 0.6 * changed[0]
    assert worked.by_hand["digits"]["changed_of_unseen"] < 1.2 * changed[-1]


def test_dreams_and_fields_are_drawn(worked):
    assert worked.arrays["dreams"].shape == (10, 8, 8)
    assert [figure.title for figure in draw(worked)] == [
        "Dreams",
        "What hidden units look for",
        "A deep belief net is fine-tuned",
    ]


def test_the_stack_is_told_beside_random_weights_with_an_interval_of_the_difference(worked):
    table = worked.tables["belief_net"].set_index("net")
    stacked, random = worked.curves["stacked"], worked.curves["random"]

    assert len(stacked) == len(random) == 4  # before, and after each epoch
    assert stacked[-1] > stacked[0] + 0.3
    assert table.loc["from the stack", "mean"] == pytest.approx(stacked[-1])
    assert table.loc["difference", "mean"] == pytest.approx(stacked[-1] - random[-1])
    assert (table["low"] < table["mean"]).all()
