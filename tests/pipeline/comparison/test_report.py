import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import permutations
from xml.etree import ElementTree

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

from experiments.language import LOWER_IS_BETTER, Baseline, Comparison, DenseNet, Splitting, Training
from pipeline.comparison.report import report
from pipeline.comparison.verdict import verdict
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.values import Contrast, Ranks, Scores, Summary
from pipeline.training.values import Trained

COMPARISON = Comparison(
    name="iris",
    title="Iris <three species> & four lengths",
    where="Example 9",
    data="iris",
    splitting=Splitting(n_folds=2),
    candidates=(
        DenseNet(
            name="sigmoid_4",
            hidden_units=(4,),
            training=Training(epochs=30, learning_rate=0.01),
            reason="Small & <plain>.",
        ),
        Baseline(name="majority_class", algorithm="majority_class"),
        Baseline(name="fisher", algorithm="linear_discriminant_analysis"),
    ),
    metrics=("accuracy", "log_loss"),
    primary_metric="accuracy",
    notes="<script>alert(1)</script>",
)


class Page(HTMLParser):
    """What the tests ask of a page; raises where tags do not match."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.rows, self.text = [], [], [], ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append("")
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data
        if "tr" in self.open and data.strip():
            self.rows[-1] += f"|{'*' if 'strong' in self.open else ''}{data.strip()}"

    def values(self, name):
        return [attributes[name] for _, attributes in self.tags if name in attributes]


def fitted(candidate, X, y, seed):
    if isinstance(candidate, DenseNet):
        model = MLPClassifier(candidate.hidden_units, activation="logistic", learning_rate_init=0.05, random_state=seed)
        losses = []
        for _ in range(candidate.training.epochs):
            model.partial_fit(X, y, classes=np.unique(y))
            losses.append(model.loss_)
        return model, {"train_loss": np.array(losses)}
    majority = candidate.algorithm == "majority_class"
    return (DummyClassifier() if majority else LinearDiscriminantAnalysis()).fit(X, y), {}


@pytest.fixture(scope="module")
def parts():
    X, y = load_iris(return_X_y=True)
    dataset = Dataset(
        name="iris",
        X=X,
        y=y.astype(np.int64),
        feature_names=tuple("abcd"),
        class_names=("setosa", "<b>versicolor", "virginica"),
        source="a <shipped> copy",
        citation="Fisher (1936)",
        version="1.0.0",
    )
    folds, trained, scores = [], [], []
    for index in range(2):
        train_rows, test_rows = train_test_split(np.arange(150), test_size=0.2, random_state=index + 1)
        folds.append(Fold(index=index, seed=index + 1, train_rows=train_rows, test_rows=test_rows))
        for candidate in COMPARISON.candidates:
            model, history = fitted(candidate, X[train_rows], y[train_rows], index)
            y_true, y_proba = y[test_rows], model.predict_proba(X[test_rows])
            y_pred = y_proba.argmax(axis=1)
            trained.append(
                Trained(
                    candidate=candidate,
                    fold_index=index,
                    seed=index + 1,
                    model=model,
                    history=history,
                    best_epoch=29 if history else None,
                    n_parameters=35 if history else None,
                    seconds=0.5,
                    engine="scikit-learn",
                    train_rows=train_rows,
                    validation_rows=train_rows[:0],
                )
            )
            scores.append(
                Scores(
                    candidate=candidate.name,
                    family=candidate.family,
                    fold_index=index,
                    seed=index + 1,
                    metrics={
                        "accuracy": accuracy_score(y_true, y_pred),
                        "log_loss": log_loss(y_true, y_proba, labels=range(3)),
                    },
                    y_true=y_true,
                    y_proba=y_proba,
                    confusion=confusion_matrix(y_true, y_pred, labels=range(3)),
                )
            )
    return COMPARISON, dataset, folds, trained, scores, summarized(scores)


def summarized(scores, half=0.03):
    summaries = []
    for candidate in COMPARISON.candidates:
        for metric in COMPARISON.metrics:
            values = [one.metrics[metric] for one in scores if one.candidate == candidate.name]
            mean = float(np.mean(values))
            summaries.append(
                Summary(
                    candidate=candidate.name,
                    family=candidate.family,
                    metric=metric,
                    mean=mean,
                    low=mean - half,
                    high=mean + half,
                    n=len(values),
                    method="mean and <thirty> thousandths",
                )
            )
    return summaries


@pytest.fixture(scope="module")
def html(parts):
    return told(*parts, left_out=["the <neighbors>"], command="python -m pipeline.run iris --folds 2")


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def contrasted(comparison, summaries):
    """Every two candidates, judged by the sign of the difference alone."""
    contrasts = []
    for one, other in permutations(summaries, 2):
        if one.metric == other.metric:
            difference = one.mean - other.mean
            better = (-difference if one.metric in LOWER_IS_BETTER else difference) > 0
            contrasts.append(
                Contrast(
                    candidate=one.candidate,
                    family=one.family,
                    reference=other.candidate,
                    metric=one.metric,
                    difference=difference,
                    low=difference - 0.02,
                    high=difference + 0.02,
                    p_value=0.2,
                    p_holm=0.6,
                    better=0.97 if better else 0.0,
                    equal=0.03,
                    worse=0.0 if better else 0.97,
                    judgment="better" if better else "worse",
                    n=one.n,
                    method="differences and <forty> tests",
                )
            )
    return contrasts


def in_order(comparison):
    """Ranks in the order of the declaration, the first two not told apart."""
    names = [candidate.name for candidate in comparison.candidates]
    average = {name: 1.0 + row for row, name in enumerate(names)}
    return Ranks(average=average, groups=(tuple(names[:2]),), n=2, over="folds")


def told(*parts, **options):
    return report(*parts, contrasted(parts[0], parts[-1]), in_order(parts[0]), **options)


def results(page):
    """The rows of the first table, by candidate."""
    return {row.split("|")[1].strip(): row for row in page.rows[1:4]}


def with_means(parts, **means):
    """The parts with other means of accuracy, their intervals as wide as before."""
    *others, summaries = parts
    changed = [
        replace(s, mean=means[s.candidate], low=means[s.candidate] - 0.03, high=means[s.candidate] + 0.03)
        if s.metric == "accuracy"
        else s
        for s in summaries
    ]
    return *others, changed


def test_the_page_loads_nothing(html, page):
    assert all(reference.startswith("#") for name in ("src", "href") for reference in page.values(name))
    assert not {"script", "link", "iframe", "img"} & {tag for tag, _ in page.tags}
    assert not re.search(r"url\((?!#)|@import|@font-face", html)


def test_ids_are_unique_and_every_reference_finds_one(page):
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    references = [name for value in page.values("aria-labelledby") for name in value.split()]
    references += [link[1:] for link in page.values("href")] + page.values("aria-describedby")
    assert set(references) <= set(ids)


def test_drawings_are_well_formed_and_named(html):
    drawings = [ElementTree.fromstring(drawing) for drawing in re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)]
    assert len(drawings) > 8
    assert all(drawing.get("aria-label") or drawing.get("aria-hidden") for drawing in drawings)


def test_headings_go_down_one_level_at_a_time(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert max(np.diff(levels)) == 1


def test_every_candidate_and_metric_is_in_the_table_with_its_mean_and_interval(parts, page):
    *_, scores, summaries = parts
    rows = results(page)
    assert set(rows) == {"sigmoid 4", "majority class", "fisher"}
    assert "Accuracy" in page.rows[0]
    assert "Log loss" in page.rows[0]
    for s in summaries:
        mean = np.mean([one.metrics[s.metric] for one in scores if one.candidate == s.candidate])
        assert f"{mean:.4f}|{s.low:.4f}–{s.high:.4f}".replace("-", "−") in rows[s.candidate.replace("_", " ")]


def test_the_best_of_each_metric_is_bold_whichever_way_is_better(parts, page):
    summaries = parts[-1]
    best = []
    for metric in COMPARISON.metrics:
        means = [s.mean for s in summaries if s.metric == metric]
        best.append(min(means) if metric in LOWER_IS_BETTER else max(means))
    bold = {number for row in results(page).values() for number in re.findall(r"\|\*([\d.]+)", row)}
    assert bold == {f"{mean:.4f}" for mean in best}


def test_the_majority_class_is_marked_as_the_reference(html, page):
    assert "reference" in results(page)["majority class"]
    assert len(re.findall(r'<tr class="reference">', html)) == 1
    assert "|net|" in results(page)["sigmoid 4"]
    assert "|baseline|" in results(page)["fisher"]


def test_rows_are_ranked_by_the_primary_metric_whichever_way_is_better(parts):
    by_accuracy = with_means(parts, sigmoid_4=0.7, majority_class=0.5, fisher=0.9)
    assert list(results(Page(told(*by_accuracy)))) == ["fisher", "sigmoid 4", "majority class"]
    summaries = [replace(s, metric={"accuracy": "log_loss", "log_loss": "accuracy"}[s.metric]) for s in by_accuracy[-1]]
    by_loss = (replace(COMPARISON, primary_metric="log_loss"), *by_accuracy[1:-1], summaries)
    assert list(results(Page(told(*by_loss)))) == ["majority class", "sigmoid 4", "fisher"]


def test_names_and_notes_are_escaped(html):
    for markup in ("<script", "<three", "<b>versicolor", "<plain>", "<shipped>", "<thirty>", "<forty>", "<neighbors>"):
        assert markup not in html
        assert markup.replace("<", "&lt;").replace(">", "&gt;") in html


def test_the_verdict_comes_first(parts, page):
    comparison, *_, summaries = parts
    assert page.text.index(verdict(comparison, summaries, contrasted(comparison, summaries))) < page.text.index("Table")


def test_without_intervals_no_cell_is_made_up(parts):
    comparison, *others, summaries = parts
    nan = float("nan")
    contrasts = [
        replace(
            c,
            difference=nan,
            low=nan,
            high=nan,
            p_value=nan,
            p_holm=nan,
            better=nan,
            equal=nan,
            worse=nan,
            judgment="cannot_say",
        )
        for c in contrasted(comparison, summaries)
    ]
    html = report(
        comparison, *others, [replace(s, low=nan, high=nan) for s in summaries], contrasts, in_order(comparison)
    )
    assert "nothing is known about chance" in html
    assert not re.search(r"\bnan\b", Page(html).text)


def rows_after(page, start):
    """The rows of the table whose first row begins so."""
    first = next(number for number, row in enumerate(page.rows) if row.startswith(start))
    return [row.split("|")[1:] for row in page.rows[first + 1 :]]


def test_differences_to_the_best_stand_beside_their_interval_p_and_judgment(parts):
    comparison, *_, summaries = parts = with_means(parts, sigmoid_4=0.8, majority_class=0.3, fisher=0.9)
    contrasts = [replace(c, p_holm=0.00003) for c in contrasted(comparison, summaries)]
    net, majority = rows_after(Page(report(*parts, contrasts, in_order(comparison))), "|Minus fisher")[:2]
    assert net == ["sigmoid 4", "net", "−0.1000", "−0.1200 to −0.0800", "< 0.0001", "worse", "0 / 3 / 97 %"]
    assert majority[:5] == ["majority class", "reference", "−0.6000", "−0.6200 to −0.5800", "< 0.0001"]


def test_the_matrix_holds_each_minus_each_best_first(parts):
    page = Page(told(*with_means(parts, sigmoid_4=0.8, majority_class=0.3, fisher=0.9)))
    assert rows_after(page, "|1|fisher|2|sigmoid 4|3|majority class")[:3] == [
        ["1 fisher", "·", "+0.100", "better", "+0.600", "better"],
        ["2 sigmoid 4", "−0.100", "worse", "·", "+0.500", "better"],
        ["3 majority class", "−0.600", "worse", "−0.500", "worse", "·"],
    ]
    assert "Of 3 pairs, each judged by itself, 3 differ by more than" in page.text
    assert "corrected for all pairs, p is below 0.05 in 0." in page.text
    hints = [hint for hint in page.values("title") if " minus " in hint]
    assert hints[0] == "fisher minus sigmoid 4: 0.1000 (95 % interval 0.0800 to 0.1200), p 0.6000, better"


def test_every_pair_is_told_once_in_numbers(parts):
    page = Page(told(*with_means(parts, sigmoid_4=0.8, majority_class=0.3, fisher=0.9)))
    pairs = [row[:3] for row in rows_after(page, "|Candidate|Minus")[:3]]
    assert pairs == [
        ["fisher", "sigmoid 4", "0.1000"],
        ["fisher", "majority class", "0.6000"],
        ["sigmoid 4", "majority class", "0.5000"],
    ]


def test_it_says_for_how_many_pairs_p_is_corrected(page):
    assert "corrected by Holm for the 3 pairs" in page.text


def test_ranks_that_could_not_be_given_are_not_drawn(parts, page):
    ranks = in_order(COMPARISON)
    unknown = replace(ranks, average=dict.fromkeys(ranks.average, float("nan")))
    assert "ranks" in page.values("id")
    assert "ranks" not in Page(report(*parts, contrasted(COMPARISON, parts[-1]), unknown)).values("id")


def test_the_time_of_nets_and_of_baselines_is_their_sum_over_folds(page):
    assert "the net took 1.00 s to train, the 2 baselines 2.00 s" in page.text


def test_what_was_not_done_is_said(page):
    assert "the <neighbors>" in page.text[page.text.rindex("What was not done") :]


def test_confusion_is_summed_over_folds(parts, page):
    counts = sum(one.confusion for one in parts[4] if one.candidate == "fisher")
    for name, row in zip(parts[1].class_names, counts, strict=True):
        assert any(table_row == "|".join(map(str, ["", name, *row])) for table_row in page.rows)


def test_the_classes_are_counted_in_the_first_test_rows(parts, page):
    dataset, folds = parts[1:3]
    in_test = int((dataset.y[folds[0].test_rows] == 2).sum())
    assert any(re.fullmatch(rf"\|virginica\|50\|33.3 %\|{50 - in_test}\|{in_test}", row) for row in page.rows)


def test_a_page_of_many_candidates_and_folds_stays_below_two_megabytes(parts):
    comparison, dataset, folds, trained, scores, summaries = parts
    names = [f"copy_{number}" for number in range(11)]
    baseline = comparison.candidates[-1]
    candidates = (*comparison.candidates, *(replace(baseline, name=name) for name in names))
    copies = {"fisher": ["fisher", *names]}
    trained = [
        replace(run, candidate=candidate)
        for run in trained
        for candidate in candidates
        if candidate.name in copies.get(run.candidate.name, [run.candidate.name])
    ]
    scores = [replace(s, candidate=name) for s in scores for name in copies.get(s.candidate, [s.candidate])]
    summaries = [replace(s, candidate=name) for s in summaries for name in copies.get(s.candidate, [s.candidate])]
    numbers = range(0, 100, 2)
    html = told(
        replace(comparison, candidates=candidates),
        dataset,
        [replace(fold, index=fold.index + n) for n in numbers for fold in folds],
        [replace(run, fold_index=run.fold_index + n) for n in numbers for run in trained],
        [replace(s, fold_index=s.fold_index + n) for n in numbers for s in scores],
        summaries,
    )
    assert "the first 20 folds" in html
    assert len(html.encode()) < 2_000_000


def test_what_is_missing_is_named(parts):
    comparison, dataset, folds, trained, scores, summaries = parts
    contrasts, ranks = contrasted(comparison, summaries), in_order(comparison)
    with pytest.raises(
        ValueError, match=r"report: expected scores of each candidate.*Received: unscored=\[\('fisher', 1"
    ):
        report(comparison, dataset, folds, trained, scores[:-1], summaries, contrasts, ranks)
    with pytest.raises(ValueError, match=r"report: expected a summary.*Received: missing=\[\('fisher', 'log_loss'\)\]"):
        report(comparison, dataset, folds, trained, scores, summaries[:-1], contrasts, ranks)
    with pytest.raises(ValueError, match="report: expected at least one fold"):
        report(comparison, dataset, [], trained, scores, summaries, contrasts, ranks)
    with pytest.raises(ValueError, match=r"report: expected a contrast of every two candidates.*Received: unpaired="):
        report(comparison, dataset, folds, trained, scores, summaries, contrasts[1:], ranks)
