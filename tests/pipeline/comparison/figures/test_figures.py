import re
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest

from experiments.language import DenseNet, Training
from pipeline.comparison.figures.lines import curve_plot, learning_curves
from pipeline.comparison.figures.rows import difference_plot, interval_plot, rank_plot
from pipeline.scoring.curves import GRID
from pipeline.scoring.values import Contrast, Ranks, Scores, Summary
from pipeline.telling import canvas
from pipeline.telling.canvas import Line
from pipeline.training.values import Trained


def summary(candidate, mean, family="baseline", half=0.02):
    return Summary(
        candidate=candidate,
        family=family,
        metric="accuracy",
        mean=mean,
        low=mean - half,
        high=mean + half,
        n=2,
        method="by hand",
    )


def on_folds(candidate, *values):
    nothing = np.zeros((2, 2))
    return [
        Scores(
            candidate=candidate,
            family="baseline",
            fold_index=index,
            seed=index,
            metrics={"accuracy": value},
            y_true=np.array([0, 1]),
            predicted=nothing,
            confusion=nothing.astype(np.int64),
        )
        for index, value in enumerate(values)
    ]


def intervals(level=0.5, half=0.02):
    summaries = [summary("net", 0.95, "net", half), summary("tree", 0.9, half=half), summary("majority", level, half=0)]
    scores = [*on_folds("net", 0.94, 0.96), *on_folds("tree", 0.9, 0.9), *on_folds("majority", level, level)]
    labels = {"net": "a <net>", "tree": "a tree", "majority": "majority class"}
    return interval_plot(summaries, scores, labels, reference="majority", title="Accuracy")


def differences(low=-0.04, equivalence=0.01):
    nothing = {name: float("nan") for name in ("p_value", "p_corrected", "better", "equal", "worse")}
    fields = {"reference": "forest", "metric": "accuracy", "judgment": "cannot_say", "n": 2, "method": "by hand"}
    contrasts = [
        Contrast(candidate=name, family=family, difference=-0.02, low=low, high=0.0, **fields, **nothing)
        for name, family in (("net", "net"), ("tree", "baseline"))
    ]
    labels = {"net": "a <net>", "tree": "a tree"}
    return difference_plot(contrasts, labels, equivalence=equivalence, title="Difference in accuracy")


def run(losses, best_epoch):
    return Trained(
        candidate=DenseNet(name="net", hidden_units=(1,), training=Training(epochs=1, learning_rate=0.1)),
        fold_index=0,
        seed=1,
        model=None,
        history=losses,
        best_epoch=best_epoch,
        n_parameters=3,
        seconds=0.0,
        engine="by hand",
        train_rows=np.arange(2),
        validation_rows=np.arange(0),
    )


def learning(n_epochs=30, best_epoch=20):
    epochs = np.arange(1, n_epochs + 1)
    losses = {"train_loss": 1 / epochs, "validation_loss": 1 / epochs + (epochs / n_epochs) ** 2}
    return learning_curves([run(losses, best_epoch)], label="Loss")


def roc_curves():
    lines = [(Line(color="faint"), GRID**0.5), (Line(color="net-1", dashes=(7, 4)), GRID**0.2)]
    return curve_plot("ROC", lines, 0.5, label="ROC curves, 2 < 3")


def ranked(*groups):
    average = {"net": 1.2, "tree": 2.0, "forest": 2.9, "majority": 3.9}
    roles = {"net": "net", "tree": "baseline", "forest": "baseline", "majority": "reference"}
    ranks = Ranks(average=average, groups=groups, n=10, over="folds")
    return rank_plot(ranks, roles, {name: f"a <{name}>" for name in average})


FIGURES = [intervals, differences, learning, roc_curves, ranked]


def ids(svg):
    return re.findall(r'\bid="([^"]+)"', svg)


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_is_well_formed_and_named(figure):
    root = ElementTree.fromstring(figure())
    assert root.get("role") == "img"
    assert root.get("aria-label")


@pytest.mark.parametrize("figure", FIGURES)
def test_colors_and_fonts_are_left_to_the_page(figure):
    svg = figure()
    assert "var(--" in svg
    assert not re.search(r"#[0-9a-fA-F]{3,6}\b(?!-)", re.sub(r'(href="|url\()#[^")]*', "", svg))
    assert "font-family" not in svg
    assert "<style" not in svg


def test_ids_are_unique_on_a_page_and_every_reference_finds_one():
    page = "".join(figure() for figure in FIGURES)
    assert len(ids(page)) == len(set(ids(page))) > 0
    references = re.findall(r'(?:href="|url\()#([^")]+)', page)
    assert references
    assert set(references) <= set(ids(page))


def test_the_same_values_give_the_same_figure():
    assert [figure() for figure in FIGURES] == [figure() for figure in FIGURES]


def test_drawing_leaves_matplotlib_as_it_was():
    before = dict(matplotlib.rcParams)
    roc_curves()
    assert dict(matplotlib.rcParams) == before


def test_labels_are_escaped():
    assert "a &lt;net&gt;" in intervals()
    assert "2 &lt; 3" in roc_curves()


def test_a_far_majority_class_does_not_squeeze_the_others():
    assert "← 0.300" in intervals(level=0.3)
    assert "←" not in intervals(level=0.85)


def test_intervals_that_do_not_exist_are_not_drawn():
    assert intervals(half=float("nan")).count("stroke-width: 2.5") == 0
    assert intervals(level=0.85).count("stroke-width: 2.5") == 3
    assert differences(low=float("nan")).count("stroke-width: 2.5") == 0
    assert differences().count("stroke-width: 2.5") == 2


def test_the_band_of_equivalence_is_as_wide_as_declared():
    def width(svg):
        path = next(path for path in re.findall(r"<path[^>]*>", svg) if "fill: var(--rule)" in path)
        return np.ptp([float(x) for x in re.findall(r"[ML] ([\d.]+)", path)])

    assert width(differences(equivalence=0.02)) == pytest.approx(2 * width(differences()), rel=0.25)


def test_long_curves_are_thinned():
    assert len(learning(n_epochs=50_000)) < 1.5 * len(learning(n_epochs=500))


def test_losses_over_decades_get_a_logarithmic_axis():
    decades = learning_curves([run({"train_loss": np.geomspace(1, 1e-4, 20)}, 19)], label="Loss")
    assert {">0.001<", ">0.01<", ">0.1<"} <= set(re.findall(r">[0-9.]+<", decades))


def test_a_group_is_one_bar_with_a_dot_for_each_member():
    def drawn(*groups):
        root = ElementTree.fromstring(ranked(*groups))
        ink = [path.get("style") for path in root.iter("path") if "stroke-width: 1.6" in (path.get("style") or "")]
        dots = [use for use in root.iter("use") if "fill: var(--ink)" in (use.get("style") or "")]
        return len(ink), len(dots)

    assert drawn() == (0, 0)
    assert drawn(("net", "tree")) == (1, 2)
    assert drawn(("net", "tree", "majority"), ("tree", "forest")) == (2, 5)


def test_each_role_has_a_mark_of_its_own():
    marks = [use.get("style") for use in ElementTree.fromstring(ranked()).iter("use")]
    for role, count in (("net-1", 1), ("baseline-1", 2), ("reference", 1)):
        assert sum(f"fill: var(--{role})" in (mark or "") for mark in marks) == count


@pytest.mark.parametrize("kind", ["ROC", "Precision-recall"])
def test_a_curve_is_drawn_alike_whether_the_place_of_its_axes_is_known_or_not(kind, monkeypatch):
    def drawn(heights):
        return curve_plot(kind, [(Line(color="net-1"), heights)], 0.3, label="one", of="it")

    unknown = []
    for heights in (GRID / 2, np.sqrt(GRID)):
        monkeypatch.setattr(canvas, "_places", {})
        unknown.append(drawn(heights))
    assert len(canvas._places) == 1
    assert unknown[0] != unknown[1]
    assert [drawn(GRID / 2), drawn(np.sqrt(GRID))] == unknown
    monkeypatch.setattr(canvas, "_places", {next(iter(canvas._places)): [0.2, 0.2, 0.5, 0.5]})
    assert drawn(GRID / 2) != unknown[0]
