from dataclasses import replace

import pytest

from experiments.iris import IRIS
from experiments.language import Baseline, Comparison, DenseNet, Splitting, Training
from pipeline.comparison.verdict import apart, note, runner_up, verdict
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.scoring.compare import gather
from pipeline.scoring.evaluate import evaluate
from pipeline.scoring.result import Result
from pipeline.scoring.values import Contrast, Summary
from pipeline.scoring.winner import Winner
from pipeline.training.train import train
from pipeline.words.numbers import number

TRAINING = Training(epochs=1, learning_rate=0.1)
COMPARISON = Comparison(
    name="flowers",
    title="Flowers",
    where="nowhere",
    data="iris",
    splitting=Splitting(n_folds=5),
    candidates=(
        DenseNet(name="small_net", hidden_units=(4,), training=TRAINING),
        DenseNet(name="large_net", hidden_units=(40,), training=TRAINING),
        Baseline(name="guess", algorithm="majority_class"),
        Baseline(name="fisher", algorithm="linear_discriminant_analysis"),
        Baseline(name="forest", algorithm="random_forest"),
    ),
    metrics=("accuracy",),
    primary_metric="accuracy",
)
NETS = {"small_net", "large_net"}


def told(how, judgments=None, half=0.03, comparison=COMPARISON, n=5, sure=0.99, **means):
    """What ``how`` says of these means; the others against the best as judged, against guessing better."""
    families = {name: "net" if name in NETS else "baseline" for name in means}
    fields = {"metric": comparison.primary_metric, "n": n, "method": "by hand"}
    summaries = [
        Summary(candidate=name, family=families[name], mean=mean, low=mean - 0.01, high=mean + 0.01, **fields)
        for name, mean in means.items()
    ]
    result = Result(comparison=comparison, dataset=ingest("iris"), folds=(), summaries=tuple(summaries))
    best = result.ranked[0].candidate
    pairs = [(name, best) for name in means if name not in {best, "guess"}]
    pairs += [(name, "guess") for name in means if name != "guess"]
    nothing = {name: float("nan") for name in ("p_value", "p_corrected", "better", "equal")} | {"worse": sure}
    contrasts = [
        Contrast(
            candidate=name,
            family=families[name],
            reference=reference,
            difference=means[name] - means[reference],
            low=means[name] - means[reference] - half,
            high=means[name] - means[reference] + half,
            judgment=(judgments or {}).get((name, reference), "better" if reference == "guess" else "cannot_say"),
            **fields,
            **nothing,
        )
        for name, reference in pairs
    ]
    return how(replace(result, contrasts=tuple(contrasts))).replace("\u00a0", " ")


def test_a_baseline_in_front_is_spoken_of_as_a_net_would_be():
    assert told(verdict, small_net=0.95, large_net=0.93, guess=0.3, fisher=0.98, forest=0.96) == (
        "By accuracy, fisher, a baseline, is best: 0.9800 (95 % interval 0.9700 to 0.9900), beside 0.3000 for the "
        "majority class; that it beats the best net, small net, is not shown: that one is 0.0300 lower (95 % interval "
        "of the difference −0.0600 to 0.0000), which may be chance among so many differences."
    )
    judgments = {("small_net", "fisher"): "worse"}
    said = told(verdict, judgments, small_net=0.95, large_net=0.93, guess=0.3, fisher=0.98, forest=0.96)
    assert "; it beats the best net, small net, which is 0.0300 lower (95 %" in said


@pytest.mark.parametrize(
    ("judgment", "claim", "meaning"),
    [
        ("worse", "it beats the best baseline, fisher, which is 0.0200 lower", "too much for chance."),
        ("practically_equal", "the best baseline, fisher, is 0.0200 lower", "practically equal."),
        ("cannot_say", "that it beats the best baseline, fisher, is not shown: that one is", "which may be chance."),
    ],
)
def test_a_net_in_front_is_said_to_beat_the_baselines_only_where_it_does(judgment, claim, meaning):
    judgments = {("fisher", "small_net"): judgment}
    said = told(verdict, judgments, small_net=0.98, large_net=0.97, guess=0.3, fisher=0.96, forest=0.95)
    assert "small net, a net, is best: 0.9800 (95 % interval 0.9700 to 0.9900)" in said
    assert f"; {claim}" in said
    assert said.endswith(f"(95 % interval of the difference −0.0500 to 0.0100), {meaning}")


def test_one_test_set_speaks_of_its_rows_alone():
    judgments = {("fisher", "small_net"): "worse"}
    said = told(verdict, judgments, n=1, small_net=0.98, large_net=0.97, guess=0.3, fisher=0.9, forest=0.8)
    assert said.endswith("too much for the luck of the test rows alone.")


def test_what_is_no_chance_may_still_be_too_little_to_matter():
    judgments = {("fisher", "small_net"): "worse"}
    said = told(verdict, judgments, sure=0.9, small_net=0.98, large_net=0.97, guess=0.3, fisher=0.96, forest=0.95)
    assert said.endswith(", too much for chance, though perhaps too little to matter.")


def test_where_it_is_not_known_what_matters_nothing_is_said_of_it():
    """Of errors of numbers without scores of guessing."""
    judgments = {("fisher", "small_net"): "worse"}
    means = {"small_net": 0.98, "large_net": 0.97, "guess": 0.3, "fisher": 0.96, "forest": 0.95}
    assert told(verdict, judgments, sure=float("nan"), **means).endswith(", too much for chance.")


def test_a_pair_that_was_not_asked_for_is_said_to_be_none():
    asked = replace(COMPARISON, primary=("large_net", "forest"))

    def explored(result):
        return verdict(replace(result, contrasts=tuple(replace(c, question="exploratory") for c in result.contrasts)))

    means = {"small_net": 0.98, "large_net": 0.97, "guess": 0.3, "fisher": 0.96, "forest": 0.95}
    assert told(explored, comparison=asked, **means).endswith("which may be chance, in a pair that was not asked for.")
    assert "asked for" not in told(verdict, **means)


def test_the_best_is_told_with_what_it_is_worth_after_the_choice():
    won = Winner(candidate="small_net", observed=0.98, mean=0.975, low=0.965, high=0.985, n_candidates=4)
    means = {"small_net": 0.98, "large_net": 0.97, "guess": 0.3, "fisher": 0.96, "forest": 0.95}
    said = told(lambda result: verdict(replace(result, winner=won)), **means)
    assert "0.9900), or 0.9750 (95 % interval 0.9650 to 0.9850) without the luck of being the best of 4, beside" in said


def test_a_lower_loss_is_in_front():
    by_loss = replace(COMPARISON, metrics=("log_loss",), primary_metric="log_loss")
    said = told(verdict, comparison=by_loss, small_net=0.2, large_net=0.3, guess=1.0, fisher=0.1, forest=0.4)
    assert "fisher, a baseline, is best: 0.1000" in said
    assert "small net, is not shown: that one is 0.1000 higher" in said


def test_without_another_family_the_next_is_told():
    said = told(verdict, guess=0.3, fisher=0.96, forest=0.95)
    assert "; the next, forest, is 0.0100 lower" in said


def test_alone_with_guessing_there_is_nobody_to_beat():
    said = told(verdict, small_net=0.9, guess=0.3)
    assert said.endswith("beside 0.3000 for the majority class.")
    assert told(runner_up, small_net=0.9, guess=0.3) == ""


def test_a_best_that_may_be_guessing_says_so():
    judgments = {("fisher", "guess"): "cannot_say"}
    said = told(verdict, judgments, small_net=0.31, large_net=0.30, guess=0.32, fisher=0.34, forest=0.33)
    assert "beside 0.3200 for the majority class, which it is not sure to beat; that it beats the best net" in said


def test_a_tie_names_both():
    said = told(verdict, small_net=0.9, large_net=0.8, guess=0.3, fisher=0.9, forest=0.7)
    assert "small net (net) and fisher (baseline) share the first place: 0.9000" in said


def test_nothing_better_than_guessing_is_admitted():
    said = told(verdict, small_net=0.2, large_net=0.1, guess=0.9, fisher=0.9, forest=0.7)
    assert said.startswith("By accuracy, no candidate is better than the majority class: 0.9000")


def test_without_spread_nothing_is_said_about_chance():
    said = told(verdict, half=float("nan"), small_net=0.95, large_net=0.93, guess=0.3, fisher=0.98, forest=0.96)
    assert "that one is 0.0300 lower, and without spread nothing is known about chance." in said
    assert "nan" not in said


def test_the_second_is_told_where_the_verdict_leaves_it_out():
    means = {"small_net": 0.95, "large_net": 0.93, "guess": 0.3, "fisher": 0.98, "forest": 0.96}
    assert told(runner_up, **means).startswith("Second is forest, 0.0200 lower (95 % interval of the difference")
    assert told(runner_up, **{**means, "small_net": 0.97}) == ""


def test_the_note_is_the_verdict_and_a_row_for_each_candidate_in_markdown():
    means = {"small_net": 0.95, "large_net": 0.93, "guess": 0.3, "fisher": 0.98, "forest": 0.96}
    first, empty, *table = told(note, {("large_net", "fisher"): "worse"}, **means).splitlines()
    assert first == told(verdict, **means)
    assert empty == ""
    assert table[0] == "| Candidate | Accuracy | 95 % interval | Against fisher | Against guess |"
    assert table[1] == "| --- | --- | --- | --- | --- |"
    assert [row.split(" | ")[0] for row in table[2:]] == [
        "| fisher",
        "| forest",
        "| small net",
        "| large net",
        "| guess",
    ]
    assert table[5] == "| large net | 0.9300 | 0.9200 to 0.9400 | −0.0500, worse | 0.6300, better |"


def test_iris_says_plainly_that_the_small_net_does_not_beat_fishers_discriminant():
    iris = ingest("iris")
    folds = split(iris, IRIS.splitting, seed=1)
    names = {"sigmoid_10", "linear_discriminant", IRIS.dummy}
    comparison = replace(IRIS, candidates=tuple(c for c in IRIS.candidates if c.name in names))
    trained = [run for candidate in comparison.candidates for run in train(candidate, iris, folds)]
    scores = [evaluate(run, iris, folds[run.fold_index], comparison) for run in trained]
    result = gather(comparison, iris, folds, trained, scores)
    said = verdict(result).replace("\u00a0", " ")
    assert said.startswith("By accuracy, linear discriminant, a baseline, is best: 0.9")
    net = result.against("linear_discriminant")["sigmoid_10"]
    assert net.difference < 0
    assert (
        f"that it beats the best net, sigmoid 10, is not shown: that one is {number(-net.difference)} lower (95 % "
        f"interval of the difference {number(net.low)} to {number(net.high)})"
    ) in said


def test_numbers_have_a_proper_minus_and_no_nan():
    assert (number(-0.25), number(float("nan"))) == ("−0.2500", "–")


def test_of_rows_in_too_few_groups_it_says_so():
    nothing = dict.fromkeys(("low", "high", "p_value", "p_corrected", "better", "equal", "worse"), float("nan"))
    few = Contrast(
        candidate="forest",
        family="baseline",
        reference="fisher",
        metric="accuracy",
        difference=-0.1,
        judgment="cannot_say",
        n=3,
        method="none: 3 groups of test rows, and it takes 5",
        **nothing,
    )
    assert apart(few) == "0.1000 lower, and nothing is known about chance: 3 groups of test rows, and it takes 5"
