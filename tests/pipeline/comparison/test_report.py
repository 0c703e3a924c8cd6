import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import permutations, product
from xml.etree import ElementTree

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss
from sklearn.neural_network import MLPClassifier

from experiments.bankruptcy import BANKRUPTCY
from experiments.language import METRICS, Baseline, Comparison, DenseNet, Search, Splitting, Training
from pipeline.comparison.limits import limits
from pipeline.comparison.report import command, report, sections
from pipeline.comparison.terms import undone_section
from pipeline.comparison.verdict import verdict
from pipeline.data.split import split
from pipeline.data.task import Classification
from pipeline.data.values import Dataset
from pipeline.run import _by
from pipeline.scoring.contrasts import question_of
from pipeline.scoring.result import Result
from pipeline.scoring.values import Contrast, Ranks, Scores, Summary
from pipeline.training.values import Trained, Trial

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
def dataset():
    X, y = load_iris(return_X_y=True)
    return Dataset(
        name="iris",
        X=X,
        y=y.astype(np.int64),
        feature_names=tuple("abcd"),
        task=Classification(class_names=("setosa", "<b>versicolor", "virginica")),
        source="a <shipped> copy",
        citation="Fisher (1936)",
        version="1.0.0",
    )


@pytest.fixture(scope="module")
def result(dataset):
    """Every candidate on two folds; intervals, differences and ranks by hand."""
    trained, scores, folds = [], [], split(dataset, COMPARISON.splitting, seed=1)
    for fold, candidate in product(folds, COMPARISON.candidates):
        trained.append(trained_on(fold, candidate, dataset))
        scores.append(scored_on(fold, trained[-1], dataset))
    summaries = summarized(scores)
    return Result(
        comparison=COMPARISON,
        dataset=dataset,
        folds=folds,
        trained=tuple(trained),
        scores=tuple(scores),
        summaries=summaries,
        contrasts=contrasted(summaries),
        ranks=in_order(COMPARISON),
    )


def trained_on(fold, candidate, dataset):
    model, history = fitted(candidate, dataset.X[fold.train_rows], dataset.y[fold.train_rows], fold.index)
    return Trained(
        candidate=candidate,
        fold_index=fold.index,
        seed=fold.seed,
        model=model,
        history=history,
        best_epoch=29 if history else None,
        n_parameters=35 if history else None,
        seconds=0.5,
        engine="scikit-learn",
        train_rows=fold.train_rows,
        validation_rows=fold.train_rows[:0],
    )


def scored_on(fold, trained, dataset):
    y_true, y_proba = dataset.y[fold.test_rows], trained.model.predict_proba(dataset.X[fold.test_rows])
    y_pred = y_proba.argmax(axis=1)
    return Scores(
        candidate=trained.candidate.name,
        family=trained.candidate.family,
        fold_index=fold.index,
        seed=fold.seed,
        metrics={
            "accuracy": accuracy_score(y_true, y_pred),
            "log_loss": log_loss(y_true, y_proba, labels=range(3)),
        },
        y_true=y_true,
        predicted=y_proba,
        confusion=confusion_matrix(y_true, y_pred, labels=range(3)),
    )


def summarized(scores, half=0.03):
    """Means with intervals of one width."""

    def summary(candidate, metric):
        values = [one.metrics[metric] for one in scores if one.candidate == candidate.name]
        mean = float(np.mean(values))
        return Summary(
            candidate=candidate.name,
            family=candidate.family,
            metric=metric,
            mean=mean,
            low=mean - half,
            high=mean + half,
            n=len(values),
            method="mean and <thirty> thousandths",
        )

    return tuple(summary(candidate, metric) for candidate, metric in product(COMPARISON.candidates, COMPARISON.metrics))


def contrasted(summaries):
    """Every two candidates, judged by the sign of the difference alone."""

    def contrast(one, other):
        difference = one.mean - other.mean
        better = (-difference if METRICS[one.metric].lower_is_better else difference) > 0
        return Contrast(
            candidate=one.candidate,
            family=one.family,
            reference=other.candidate,
            metric=one.metric,
            difference=difference,
            low=difference - 0.02,
            high=difference + 0.02,
            p_value=0.2,
            p_corrected=0.6,
            better=0.97 if better else 0.0,
            equal=0.03,
            worse=0.0 if better else 0.97,
            judgment="better" if better else "worse",
            n=one.n,
            method="differences and <forty> tests",
            question=question_of((one.candidate, other.candidate), COMPARISON),
        )

    return tuple(contrast(one, other) for one, other in permutations(summaries, 2) if one.metric == other.metric)


def in_order(comparison):
    """Ranks in the order of the declaration, the first two not told apart."""
    names = [candidate.name for candidate in comparison.candidates]
    average = {name: 1.0 + row for row, name in enumerate(names)}
    return Ranks(average=average, groups=(tuple(names[:2]),), n=2, over="folds")


def told(result):
    return report(result, sections(result))


@pytest.fixture(scope="module")
def html(result):
    return told(result)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def results(page):
    """The rows of the first table, by candidate."""
    return {row.split("|")[1].strip(): row for row in page.rows[1:4]}


def summarized_as(result, summaries):
    """The result with other summaries, contrasted anew."""
    return replace(result, summaries=tuple(summaries), contrasts=contrasted(summaries))


def with_means(result, **means):
    """The result with other means of accuracy, their intervals as wide as before."""
    return summarized_as(
        result,
        [
            replace(one, mean=means[one.candidate], low=means[one.candidate] - 0.03, high=means[one.candidate] + 0.03)
            if one.metric == "accuracy"
            else one
            for one in result.summaries
        ],
    )


@pytest.fixture(scope="module")
def apart(result):
    """Fisher's discriminant 0.1 before the net, and that 0.5 before the majority class."""
    return with_means(result, sigmoid_4=0.8, majority_class=0.3, fisher=0.9)


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


def test_every_candidate_and_metric_is_in_the_table_with_its_mean_and_interval(result, page):
    rows = results(page)
    assert set(rows) == {"sigmoid 4", "majority class", "fisher"}
    assert "Accuracy" in page.rows[0]
    assert "Log loss" in page.rows[0]
    for s in result.summaries:
        mean = np.mean([one.metrics[s.metric] for one in result.of(s.candidate).scores])
        assert f"{mean:.4f}|{s.low:.4f}–{s.high:.4f}".replace("-", "−") in rows[s.candidate.replace("_", " ")]


def test_the_best_of_each_metric_is_bold_whichever_way_is_better(result, page):
    best = []
    for metric in COMPARISON.metrics:
        means = [s.mean for s in result.summaries if s.metric == metric]
        best.append(min(means) if METRICS[metric].lower_is_better else max(means))
    bold = {number for row in results(page).values() for number in re.findall(r"\|\*([\d.]+)", row)}
    assert bold == {f"{mean:.4f}" for mean in best}


def test_the_majority_class_is_marked_as_the_reference(html, page):
    assert "reference" in results(page)["majority class"]
    assert len(re.findall(r'<tr class="reference">', html)) == 1
    assert "|net|" in results(page)["sigmoid 4"]
    assert "|baseline|" in results(page)["fisher"]


def test_rows_are_ranked_by_the_primary_metric_whichever_way_is_better(result):
    by_accuracy = with_means(result, sigmoid_4=0.7, majority_class=0.5, fisher=0.9)
    assert list(results(Page(told(by_accuracy)))) == ["fisher", "sigmoid 4", "majority class"]
    turned = {"accuracy": "log_loss", "log_loss": "accuracy"}
    by_loss = summarized_as(result, [replace(s, metric=turned[s.metric]) for s in by_accuracy.summaries])
    by_loss = replace(by_loss, comparison=replace(COMPARISON, primary_metric="log_loss"))
    assert list(results(Page(told(by_loss)))) == ["majority class", "sigmoid 4", "fisher"]


def test_names_and_notes_are_escaped(html):
    for markup in ("<script", "<three", "<b>versicolor", "<plain>", "<shipped>", "<thirty>", "<forty>"):
        assert markup not in html
        assert markup.replace("<", "&lt;").replace(">", "&gt;") in html


def test_the_verdict_comes_first(result, page):
    assert page.text.index(verdict(result)) < page.text.index("Table")


def test_the_contents_lead_through_the_page_in_its_order(result, page):
    anchors = [anchor for section in sections(result) for anchor in section.anchors]
    at_a_glance, contents = ["#noise", "#time", "#undone"], [f"#{anchor}" for anchor in anchors]
    assert [link for link in page.values("href") if link[1:] in anchors] == at_a_glance + contents
    ids = [id for id in page.values("id") if id in anchors]
    assert ids == anchors


def test_without_intervals_no_cell_is_made_up(result):
    unknown = dict.fromkeys(
        ("difference", "low", "high", "p_value", "p_corrected", "better", "equal", "worse"), float("nan")
    )
    spreadless = replace(
        result,
        summaries=tuple(replace(s, low=float("nan"), high=float("nan")) for s in result.summaries),
        contrasts=tuple(replace(c, judgment="cannot_say", **unknown) for c in result.contrasts),
    )
    html = told(spreadless)
    assert "nothing is known about chance" in html
    assert not re.search(r"\bnan\b", Page(html).text)


def rows_after(page, start):
    """The rows of the table whose first row begins so."""
    first = next(number for number, row in enumerate(page.rows) if row.startswith(start))
    return [row.split("|")[1:] for row in page.rows[first + 1 :]]


def test_differences_to_the_best_stand_beside_their_interval_p_and_judgment(apart):
    sure = replace(apart, contrasts=tuple(replace(c, p_corrected=0.00003) for c in apart.contrasts))
    net, majority = rows_after(Page(told(sure)), "|Minus fisher")[:2]
    assert net == ["sigmoid 4", "net", "−0.1000", "−0.1200 to −0.0800", "< 0.0001", "worse", "0 / 3 / 97 %"]
    assert majority[:5] == ["majority class", "reference", "−0.6000", "−0.6200 to −0.5800", "< 0.0001"]


def test_the_matrix_holds_each_minus_each_best_first(apart):
    page = Page(told(apart))
    assert rows_after(page, "|1|fisher|2|sigmoid 4|3|majority class")[:3] == [
        ["1 fisher", "·", "+0.100", "better", "+0.600", "better"],
        ["2 sigmoid 4", "−0.100", "worse", "·", "+0.500", "better"],
        ["3 majority class", "−0.600", "worse", "−0.500", "worse", "·"],
    ]
    assert "Of 3 pairs 3 are told apart, 0 are practically equal, and of 0 it cannot be said." in page.text
    hints = [hint for hint in page.values("title") if " minus " in hint]
    assert hints[0] == "fisher minus sigmoid 4: 0.1000 (95 % interval 0.0800 to 0.1200), p 0.6000, better"


def test_every_pair_is_told_once_in_numbers(apart):
    pairs = [row[:3] for row in rows_after(Page(told(apart)), "|Candidate|Minus")[:3]]
    assert pairs == [
        ["fisher", "sigmoid 4", "0.1000"],
        ["fisher", "majority class", "0.6000"],
        ["sigmoid 4", "majority class", "0.5000"],
    ]


def test_it_says_what_is_asked_and_what_is_corrected_together(page):
    assert "The question is every net against every baseline: 1 difference, corrected together." in page.text
    assert "2 more ask who is better than guessing." in page.text
    assert "exploratory" not in page.text


def test_ranks_that_could_not_be_given_are_not_drawn(result, page):
    unknown = replace(result.ranks, average=dict.fromkeys(result.ranks.average, float("nan")))
    assert "ranks" in page.values("id")
    for ranks in (unknown, None):
        other = Page(told(replace(result, ranks=ranks)))
        assert "ranks" not in other.values("id")
        assert "#ranks" not in other.values("href")


def test_the_time_of_nets_and_of_baselines_is_their_sum_over_folds(page):
    assert "the net took 1.00 s to train, the 2 baselines 2.00 s" in page.text


def test_what_was_not_done_is_said(result, page):
    after = page.text[page.text.rindex("What was not done") :]
    assert all(sentence in after for sentence in limits(COMPARISON, n_folds=2))
    hurried = Page(report(result, sections(result, epochs=3)))
    assert "Nets were not trained for their declared epochs but for 3 at the most." in hurried.text
    assert "the &lt;neighbors&gt;" in undone_section(["the <neighbors>"]).html


def test_a_search_that_nobody_could_score_is_among_what_was_not_done(result):
    space = {"inputs": ("raw", "standardize")}
    search = Search(name="fisher", candidate=COMPARISON.candidates[2], space=space, n_trials=2)
    comparison = replace(COMPARISON, candidates=(*COMPARISON.candidates[:2], search))
    trial = Trial(settings={"inputs": "raw"}, score=float("nan"), chosen=True)
    trained = [
        replace(one, candidate=search, trials=(trial,)) if one.candidate.name == "fisher" else one
        for one in result.trained
    ]
    page = told(replace(result, comparison=comparison, trained=tuple(trained)))
    assert "on 2 of 2 folds no trial could be scored by accuracy on all parts" in page


def test_the_command_gives_this_result_again(result):
    assert command(result) == "chalktape run iris --seed 1 --folds 2"
    assert command(replace(result, folds=result.folds[1:]), 3) == "chalktape run iris --seed 2 --folds 1 --epochs 3"
    canonical = replace(COMPARISON, splitting=Splitting(kind="canonical", n_folds=1))
    assert command(replace(result, comparison=canonical)) == "chalktape run iris --seed 1"
    assert f"<code>{command(result)}</code>" in told(result)
    by_level = replace(result, comparison=_by("net worth", BANKRUPTCY))
    assert command(by_level).startswith("chalktape run bankruptcy --by 'net worth' --seed 1")


def test_confusion_is_summed_over_folds(result, page):
    counts = sum(one.confusion for one in result.of("fisher").scores)
    for name, row in zip(result.dataset.class_names, counts, strict=True):
        assert any(table_row == "|".join(map(str, ["", name, *row])) for table_row in page.rows)


def test_the_classes_are_counted_in_the_first_test_rows(result, page):
    in_test = int((result.dataset.y[result.folds[0].test_rows] == 2).sum())
    assert any(re.fullmatch(rf"\|virginica\|50\|33.3 %\|{50 - in_test}\|{in_test}", row) for row in page.rows)


def test_pictures_for_the_store_are_those_of_the_page(result, html):
    figures = [figure for section in sections(result) for figure in section.figures]
    assert [figure.title for figure in figures] == ["Intervals", "Differences to the best"]
    assert all(figure.svg in html for figure in figures)


def test_a_page_of_many_candidates_and_folds_stays_below_two_megabytes(result):
    fisher = COMPARISON.candidates[-1]
    copies = [replace(fisher, name=f"copy_{number}") for number in range(11)]
    comparison = replace(COMPARISON, candidates=(*COMPARISON.candidates, *copies))

    def copied(one):
        return [replace(one, candidate=copy.name) for copy in copies if one.candidate == fisher.name]

    def retrained(run):
        return [replace(run, candidate=copy) for copy in copies if run.candidate == fisher]

    def multiplied(items, more):
        """Each item, and what copies have of it, on fifty times the folds."""
        whole = [*items, *(one for item in items for one in more(item))]
        return tuple(replace(one, fold_index=one.fold_index + n) for n in range(0, 100, 2) for one in whole)

    summaries = [*result.summaries, *(one for summary in result.summaries for one in copied(summary))]
    large = replace(
        summarized_as(result, summaries),
        comparison=comparison,
        folds=tuple(replace(fold, index=fold.index + n) for n in range(0, 100, 2) for fold in result.folds),
        trained=multiplied(result.trained, retrained),
        scores=multiplied(result.scores, copied),
        ranks=in_order(comparison),
    )
    html = told(large)
    assert "the first 20 folds" in html
    assert len(html.encode()) < 2_000_000


@pytest.mark.parametrize("missing", ["scores", "summaries", "contrasts"])
def test_half_a_result_is_not_told(result, missing):
    with pytest.raises(ValueError, match="report: expected"):
        sections(replace(result, **{missing: ()}))
