"""A declared recurrent net through the stages, on real digits."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.gallery import GALLERY
from experiments.language import Splitting
from models.classifier import load, save
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.scoring.evaluate import evaluate, judge_by
from pipeline.tracking.logged_values import flat_parameters
from pipeline.training.train import train

NETS = [candidate for candidate in GALLERY.candidates if candidate.name in ("simple_rnn", "lstm")]


@pytest.mark.parametrize("net", NETS, ids=lambda net: net.name)
def test_it_learns_digits_and_survives_the_way_to_disk(net, tmp_path):
    net = replace(net, units=(32,), training=replace(net.training, learning_rate=0.01))
    dataset = ingest("digits")
    (fold,) = split(dataset, Splitting(n_folds=1), seed=1)

    (trained,) = train(net, dataset, [fold], judge=judge_by(GALLERY), epochs=6)

    assert evaluate(trained, dataset, fold, GALLERY).metrics["accuracy"] > 0.8  # always the commonest digit: 0.12
    save(trained.model, tmp_path / "net", dataset.class_names)
    images = dataset.X[fold.test_rows[:50]]
    np.testing.assert_array_equal(load(tmp_path / "net")[0].predict_proba(images), trained.model.predict_proba(images))


def test_a_table_is_not_read_row_by_row(small):
    dataset = ingest("iris")

    with pytest.raises(ValueError, match="expected images"):
        train(NETS[0], dataset, split(dataset, Splitting(n_folds=1), seed=1), judge=judge_by(small))


def test_it_is_told_in_words_and_parameters():
    simple, lstm = NETS

    assert simple.words().startswith("images row by row into 64 simple recurrent neurons; adam at rate 0.003")
    assert replace(lstm, units=(16, 8)).words().startswith("images row by row into 16 and 8 LSTM cells; adam")
    parameters = flat_parameters(lstm)
    assert (parameters["algorithm"], parameters["net.units"], parameters["net.cell"]) == (
        "recurrent_net",
        "(64,)",
        "lstm",
    )
