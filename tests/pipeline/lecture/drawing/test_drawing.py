"""Every picture of the lecture: well-formed, in the page's colors, readable alone, and drawn from the values."""

import base64
import re
from xml.etree import ElementTree

import pytest

from experiments.lecture import ON_REQUEST
from experiments.worked.backpropagation import BACKPROPAGATION
from experiments.worked.gradient_descent import GRADIENT_DESCENT
from experiments.worked.perceptron import PERCEPTRON
from models.blackboard.unsupervised import within_cluster_variation
from pipeline.lecture.drawing import DRAWINGS, draw
from pipeline.lecture.drawing.notation import to_latex
from pipeline.lecture.work import work
from pipeline.telling.canvas import COLORS


def test_every_example_with_values_to_draw_has_pictures(lecture, lecture_figures):
    for name, worked in lecture.items():
        drawable = bool(worked.arrays or worked.curves or worked.graphs or "time_line" in worked.example.givens)
        assert bool(lecture_figures[name]) == drawable


@pytest.mark.parametrize("name", sorted(DRAWINGS.keys() - {example.name for example in ON_REQUEST}))
def test_pictures_are_well_formed_and_described(lecture_figures, name):
    for figure in lecture_figures[name]:
        svg = ElementTree.fromstring(figure.svg)
        assert svg.get("role") == "img"
        assert len(svg.get("aria-label")) > 10
        assert figure.title
        assert figure.caption.endswith(".")
        assert not re.search(r"\bnan\b|\binf\b", figure.svg)
        assert not any(color in figure.svg for color in COLORS.values())
        assert figure.width == float(svg.get("viewBox").split()[2])


def test_titles_tell_the_pictures_of_an_example_apart(lecture_figures):
    for figures in lecture_figures.values():
        titles = [figure.title for figure in figures]
        assert len(titles) == len(set(titles))


def test_ids_are_unique_on_the_page(lecture_figures):
    ids = re.findall(r'\bid="([^"]+)"', "".join(figure.svg for own in lecture_figures.values() for figure in own))
    assert len(ids) == len(set(ids))


def test_ids_that_are_used_exist(lecture_figures):
    for figure in (figure for own in lecture_figures.values() for figure in own):
        used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', figure.svg))
        assert used <= set(re.findall(r'\bid="([^"]+)"', figure.svg))


def test_a_picture_stands_alone_in_light_and_dark(lecture_figures):
    figure = lecture_figures["backpropagation"][0]
    ElementTree.fromstring(figure.file)
    used = set(re.findall(r"var\((--[\w-]+)\)", figure.file))
    light, dark = figure.file.split("@media", 1)
    assert all(f"{name}:" in light for name in used)
    assert "prefers-color-scheme: dark" in dark
    shown = re.search(r"base64,([^\"]+)", figure._repr_html_())[1]
    assert base64.b64decode(shown).decode() == figure.file


def drawn(figures, title):
    """The picture of back-propagation with this title."""
    (found,) = (figure for figure in figures["backpropagation"] if figure.title == title)
    return found


def written(figure):
    return "".join(ElementTree.fromstring(figure.svg).itertext()).replace("\u200b", "")


def test_example_8_is_drawn_in_the_slides_symbols_and_numbers(lecture, lecture_figures):
    forward, backward = (written(drawn(lecture_figures, f"Example 8, {way}")) for way in ("forward", "backward"))
    values = lecture["backpropagation"].by_hand["example8"]
    for symbol in ("z_h1", "a_h1", "z_h2", "a_h2", "z_o1", "a_o1", "z_o2", "a_o2", "E_total"):
        assert f"{symbol.replace('_', '')}{values[symbol]:.4f}" in forward
    for error in ("E_o1", "E_o2"):
        assert f"{error.replace('_', '')}={values[error]:.4f}" in forward
    for name in ("w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "b1", "b2"):
        assert f"∂Etotal/∂{name}={values[f'dE_d{name}']:.4f}".replace("-", "−") in backward
        assert f"→ {values[f'{name}_new']:.4f}" in backward


def test_a_changed_given_changes_the_picture(lecture_figures):
    changed = {"backpropagation": draw(work(BACKPROPAGATION.with_givens(w5=0.41)))}
    for title in ("Example 7, forward", "Example 8, forward"):
        assert "0.41" in drawn(changed, title).svg
        assert "0.41" not in drawn(lecture_figures, title).svg
    assert drawn(changed, "Example 6, forward").svg == drawn(lecture_figures, "Example 6, forward").svg


def test_examples_6_and_7_are_drawn_with_their_slopes(lecture, lecture_figures):
    for number, names in ((6, ("w11_1", "w12_1", "b1_1")), (7, ("w11_1", "w12_1", "b1_1", "w11_2", "b1_2"))):
        values = lecture["backpropagation"].by_hand[f"example{number}"]
        forward, backward = (
            written(drawn(lecture_figures, f"Example {number}, {way}")) for way in ("forward", "backward")
        )
        assert f"L{values['L']:.4f}" in forward
        for name in names:
            assert f"∂L/∂{name.replace('_', '(')})={values[f'd{name}']:.4f}" in backward


def test_descents_are_named_by_what_they_did(lecture, lecture_figures):
    behaviors = set(lecture["gradient_descent"].tables["example3"]["behavior"])
    assert behaviors == {"converging", "crawling", "oscillating", "diverging"}
    titles = " ".join(figure.title for figure in lecture_figures["gradient_descent"])
    assert all(titles.count(behavior) == 2 for behavior in behaviors)


def test_other_rates_and_starts_are_drawn(tmp_path):
    figures = draw(work(GRADIENT_DESCENT.with_givens(learning_rates=(0.1, 0.2), starts3=(2.0,))))
    assert sum("α = 0.2:" in figure.title for figure in figures) == 2


def test_a_perceptron_that_looks_at_one_input_is_drawn():
    assert draw(work(PERCEPTRON.with_givens(w=(6.0, 0.0, 0.0))))


def test_dendrograms_of_every_linkage_and_dissimilarity(lecture_figures):
    titles = {figure.title for figure in lecture_figures["review"] if "linkage" in figure.title}
    assert {
        f"{linkage} linkage, Euclidean distance" for linkage in ("Complete", "Single", "Average", "Centroid")
    } <= titles
    assert {f"{linkage} linkage, 1 − correlation" for linkage in ("Complete", "Single", "Average")} <= titles


def test_every_state_is_a_leaf_of_every_dendrogram(lecture, lecture_figures):
    states = lecture["review"].tables["states"].index
    for figure in (figure for figure in lecture_figures["review"] if "linkage" in figure.title):
        assert all(f">{state}</text>" in figure.svg for state in states)


@pytest.mark.parametrize(
    ("symbol", "latex"),
    [
        ("dE_total_da_h1", r"\partial E_{total} / \partial a_{h1}"),
        ("da_o1_dz_o1", r"\partial a_{o1} / \partial z_{o1}"),
        ("dw11_1", r"\partial w_{11}^{(1)}"),
        ("alpha", r"\alpha"),
        ("delta_C", ""),
        ("df_null", ""),
        ("x1[0]", ""),
        ("w1..w4", ""),
    ],
)
def test_symbols_of_the_ledger_become_formulas_and_words_stay_words(symbol, latex):
    assert to_latex(symbol) == latex


def test_six_starts_of_k_means_are_drawn_with_their_sums(lecture, lecture_figures):
    worked = lecture["review"]
    starts = [figure for figure in lecture_figures["review"] if figure.title.startswith("Start ")]
    X, sums = worked.tables["states"].to_numpy(), []
    for labels in worked.arrays["starts"]:
        sums.append(within_cluster_variation(X, labels).sum())

    assert [figure.title for figure in starts] == [f"Start {place}: {total:.1f}" for place, total in enumerate(sums, 1)]
    assert len(starts) == 6
    assert min(sums) < max(sums)
