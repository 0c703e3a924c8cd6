from dataclasses import replace

import pytest

from experiments.gallery import GALLERY
from experiments.language import RecurrentNet, Training
from experiments.worked.recurrent import DROPOUT

TRAINING = Training(epochs=1, learning_rate=0.1)
BY_NAME = {candidate.name: candidate for candidate in GALLERY.candidates}


@pytest.mark.parametrize("name", ["dense", "conv"])
def test_dropout_is_all_that_tells_a_pair_apart(name):
    plain, dropped = BY_NAME[name], BY_NAME[f"{name}_dropout"]

    assert replace(dropped, name=name, dropout=0.0, reason=plain.reason) == plain
    assert dropped.dropout == 0.5


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"units": ()}, r"RecurrentNet: expected units of 1 or more each.* Received: units=\(\)\."),
        ({"units": (8, 0)}, r"Received: units=\(8, 0\)\."),
        ({"cell": "ltsm"}, r"expected a known cell\. Received: cell='ltsm'\. Did you mean 'lstm'\?"),
        ({"style": "sequentiall"}, r"Did you mean 'sequential'\?"),
        ({"name": "Big"}, r"expected a name of lower-case letters"),
        ({"training": replace(TRAINING, cost="quadratic")}, r"expected the cost log_likelihood.*cost='quadratic'"),
    ],
)
def test_a_wrong_recurrent_net_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        RecurrentNet(**{"name": "net", "units": (8,), "training": TRAINING, **wrong})


def test_what_dropout_is_worth_is_asked_of_both_pairs_and_on_the_lectures_page():
    (asked,) = GALLERY.exercises

    assert set(asked.candidates) == {"dense", "dense_dropout", "conv", "conv_dropout"}
    assert [question.experiment for question in DROPOUT.questions] == ["gallery"]
