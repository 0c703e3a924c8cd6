"""What images that nobody has declared are compared by: their size and number decide."""

import pytest

from experiments.own_images import OwnImages, own_images_comparison
from experiments.usual_images import MANY, usual_image_candidates


def comparison(shape=(8, 8), class_counts=(200, 200, 200), **said):
    return own_images_comparison(OwnImages(name="own", shape=shape, class_counts=class_counts, **said))


@pytest.mark.parametrize(
    ("side", "n_poolings"), [(4, 2), (8, 2), (16, 2), (27, 2), (28, 3), (32, 3), (64, 4), (128, 5), (512, 5)]
)
def test_a_conv_net_pools_until_four_pixels_are_left(side, n_poolings):
    _, conv, *_ = usual_image_candidates((side, side + 8, 3), 2_000)
    assert len(conv.convolutions) == n_poolings
    assert side / 2**n_poolings >= min(side / 4, 3.5)


def test_many_images_have_fewer_candidates_and_one_split():
    few, many = comparison(), comparison(class_counts=(MANY, MANY, MANY))
    assert [c.name for c in few.candidates if c.family == "net"] == ["sigmoid_30", "conv_16_32", "conv_16_32_moved"]
    assert [c.name for c in many.candidates if c.family == "net"] == ["sigmoid_30", "conv_16_32"]
    assert (few.splitting.n_folds, many.splitting.n_folds) == (5, 1)
    assert {c.training.schedule for c in many.candidates if c.family == "net"} == {"cosine"}
    assert comparison(canonical=True).splitting.kind == "canonical"


def test_flips_are_declared_only_where_they_are_asked_for():
    assert next(c.augmentation for c in comparison().candidates if c.name == "conv_16_32_moved").flip is False
    (mirrored,) = [c for c in comparison(flips=True).candidates if c.name == "conv_16_32_mirrored"]
    assert "mirrored left to right by chance" in mirrored.words()


def test_baselines_look_at_thumbnails_of_large_images():
    inputs = {c.name: getattr(c, "inputs", None) for c in comparison(shape=(64, 64, 3)).candidates}
    assert inputs["logistic_regression"] == inputs["random_forest"] == "thumbnail"
    inputs = {c.name: getattr(c, "inputs", None) for c in comparison(shape=(28, 28)).candidates}
    assert (inputs["logistic_regression"], inputs["random_forest"]) == ("rescale", "raw")


@pytest.mark.parametrize(
    ("class_counts", "metric"),
    [
        ((50, 50), "roc_auc"),
        ((500, 20), "average_precision"),
        ((90,) * 11, "accuracy"),
        ((90, 90, 10), "balanced_accuracy"),
    ],
)
def test_the_metric_is_by_the_rarest_class(class_counts, metric):
    positive = 1 if len(class_counts) == 2 else None
    assert comparison(class_counts=class_counts, positive_class=positive).primary_metric == metric


def test_a_decision_is_of_two_classes():
    own = comparison(class_counts=(50, 50), positive_class=1, cost_ratio=5.0)
    assert own.decision.cost_ratio == 5
    with pytest.raises(ValueError, match="two classes for a decision"):
        comparison(cost_ratio=5.0)
