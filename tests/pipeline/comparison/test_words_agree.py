"""Whatever the scores: verdict, gate, table and plot of one run say the same."""

from dataclasses import replace
from functools import cache
from math import isfinite

import numpy as np
import pytest

from experiments.language import Baseline, Comparison, DenseNet, Gate, Splitting, Training
from pipeline.comparison.champion import champion
from pipeline.comparison.differences import differences_section
from pipeline.comparison.verdict import note, runner_up, verdict
from pipeline.data.task import Classification
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.compare import gather
from pipeline.scoring.metrics import score
from pipeline.scoring.result import Result
from pipeline.scoring.values import Scores
from pipeline.words.names import title

NAN = float("nan")
TRAINING = Training(epochs=1, learning_rate=0.1)
METRICS = ("accuracy", "roc_auc", "average_precision", "log_loss")
SKILLS = (0.0, 0.3, 1.0, 3.0, 40.0)


def comparison(random) -> Comparison:
    """Some nets, some baselines, or only one of both; by any metric."""
    nets = [DenseNet(name=f"net_{k}", hidden_units=(2,), training=TRAINING) for k in range(random.integers(0, 4))]
    n_baselines = random.integers(0 if nets else 1, 4)
    baselines = [Baseline(name=f"baseline_{k}", algorithm="decision_tree") for k in range(n_baselines)]
    names = [one.name for one in (*nets, *baselines)]
    primary = (nets[0].name, baselines[0].name) if nets and baselines and random.random() < 0.3 else None
    return Comparison(
        name="any",
        title="Any",
        where="nowhere",
        data="any",
        splitting=Splitting(n_folds=10),
        candidates=(*nets, Baseline(name="guess", algorithm="majority_class"), *baselines),
        metrics=METRICS,
        primary_metric=str(random.choice(METRICS)),
        positive_class=1,
        primary=primary,
        gate=Gate(simplest=str(random.choice(names)), least_difference=float(random.choice([0.0, 0.05]))),
    )


def probabilities(random, y, skill):
    state = random.normal(skill * (2 * y - 1)) if skill else np.full(len(y), -1.0)
    positive = 1 / (1 + np.exp(-state))
    return np.stack([1 - positive, positive], axis=1)


@cache
def result(seed) -> Result:
    """A comparison of scores that nothing trained: good, bad, perfect, equal, with a fold that lacks a class."""
    random = np.random.default_rng(seed)
    declared, n_folds = comparison(random), int(random.choice([1, 2, 3, 10]))
    n_rows, share = int(random.choice([40, 300])), float(random.choice([0.1, 0.5]))
    y = (np.arange(n_rows) < max(share * n_rows, 3)).astype(np.int64)
    folds, scores = [], {}
    shown = {}
    for index in range(n_folds):
        test = random.choice(n_rows, n_rows // 4, replace=False)
        if n_folds == 1:
            test = np.union1d(test, [0, 1, 2])
        folds.append(Fold(index=index, seed=seed, train_rows=np.setdiff1d(np.arange(n_rows), test), test_rows=test))
    twins = random.random() < 0.3
    for candidate in declared.candidates:
        skill = 0.0 if candidate.name == "guess" else float(random.choice(SKILLS))
        for fold in folds:
            truth = y[fold.test_rows]
            y_proba = probabilities(random, truth, skill)
            if twins and candidate.name != "guess":
                y_proba = shown.setdefault(fold.index, y_proba)
            scores[candidate.name, fold.index] = Scores(
                candidate=candidate.name,
                family=candidate.family,
                fold_index=fold.index,
                seed=seed,
                metrics={name: score(name, truth, y_proba, 1) for name in METRICS},
                y_true=truth,
                predicted=y_proba,
                confusion=np.zeros((2, 2), dtype=np.int64),
            )
    dataset = Dataset(
        name="any",
        X=np.zeros((n_rows, 1)),
        y=y,
        feature_names=("x",),
        task=Classification(class_names=("no", "yes")),
        source="nowhere",
        citation="",
        version="1",
    )
    return gather(declared, dataset, tuple(folds), [], list(scores.values()))


@pytest.mark.parametrize("seed", range(60))
def test_verdict_gate_table_and_plot_say_the_same(seed):
    found = result(seed)
    told, guess, best = verdict(found), found.reference.candidate, found.ranked[0]
    chosen, section = champion(found), differences_section(found)
    assert "nan" not in f"{told}{runner_up(found)}{note(found)}{chosen.reason}"

    against_guess = found.against(guess)
    for one in found.contrasts:  # the words of a difference, its interval and its p-value
        if one.judgment in {"better", "worse"}:
            assert one.p_value <= one.p_corrected < 0.05
            assert one.low > 0 or one.high < 0
        assert one.has_interval or one.judgment in {"cannot_say", "practically_equal"}
        if one.judgment == "cannot_say" and isfinite(one.p_corrected):
            assert one.p_corrected >= 0.05

    if best.candidate in against_guess and "not sure to beat" in told:  # verdict and gate
        assert against_guess[best.candidate].judgment != "better"
        assert not chosen.passes or chosen.candidate != best.candidate
    if chosen.passes:
        assert against_guess[chosen.candidate].judgment == "better"
        least = found.comparison.gate.least_difference
        own = against_guess[chosen.candidate]
        assert (-own.high if found.primary.lower_is_better else own.low) > least
    elif chosen.candidate in against_guess and not found.comparison.gate.least_difference:
        assert against_guess[chosen.candidate].judgment != "better"

    shown = {pair.candidate: pair for pair in section.values["to_best"]}  # verdict and table
    to_best = found.against(best.candidate)
    for name, own in to_best.items():
        assert shown[title(name)].judgment == title(own.judgment)
    beaten = [pair for pair in shown.values() if f"it beats the best {pair.role}, {pair.candidate}, which" in told]
    unshown = [pair for pair in shown.values() if f"best {pair.role}, {pair.candidate}, is not shown" in told]
    assert all(pair.judgment == "worse" for pair in beaten)
    assert all(pair.judgment == "cannot say" for pair in unshown)


def test_the_property_is_not_empty():
    """The invented scores meet every word, both ways of the gate and both ways of the verdict."""
    results = [result(seed) for seed in range(60)]
    judgments = {one.judgment for found in results for one in found.contrasts}
    assert judgments == {"better", "worse", "practically_equal", "cannot_say"}
    assert {champion(found).passes for found in results} == {True, False}
    told = " ".join(verdict(found) for found in results)
    for words in ("it beats the best", "is not shown", "not sure to beat", "Asked was whether", "practically equal"):
        assert words in told
    lacking = [one for found in results for one in found.scores if not isfinite(one.metrics["roc_auc"])]
    assert lacking


def test_a_declared_question_is_answered_first():
    found = next(one for one in map(result, range(60)) if one.comparison.primary is not None)
    net, baseline = found.comparison.primary
    assert verdict(found).startswith(f"Asked was whether {title(net)} differs from {title(baseline)} in ")
    alone = replace(found, comparison=replace(found.comparison, primary=None))
    assert verdict(alone).startswith("By ")
