"""Nets beside boosting: the same trials for all, ranks and wins by hand, and an interrupted run that goes on."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from sklearn import datasets

from benchmarks.ranks import __main__ as command
from benchmarks.ranks import measured as measuring
from benchmarks.ranks.candidates import BOOSTING, NETS, comparison_of, names, search_of
from benchmarks.ranks.measured import Measured, keep, read
from benchmarks.ranks.page import page
from benchmarks.ranks.standing import Standing
from benchmarks.ranks.tables import TABLES
from pipeline.data.split import split
from pipeline.scoring.evaluate import judge_by


@pytest.mark.parametrize("table", [name for name in TABLES if name != "bankruptcy"])
def test_each_table_is_there_without_a_download_with_source_and_licence(table):
    one = TABLES[table]
    dataset = one.load()
    assert not dataset.is_image
    rows, columns = dataset.X.shape
    assert one.about.startswith(f"{rows:,} ")
    assert f" {columns} " in one.about
    assert "CC BY 4.0" in one.source or "no licence is stated" in one.source
    assert one.metric == (
        "rmse" if not dataset.task.has_classes else "roc_auc" if dataset.n_classes == 2 else "log_loss"
    )
    folds = split(dataset, one.splitting, seed=1)
    assert sorted(np.concatenate([fold.test_rows for fold in folds])) == list(range(rows))
    judge = judge_by(comparison_of(table, one, dataset.task.name))
    assert judge.lower_is_better is (one.metric != "roc_auc")


def test_digits_are_columns_of_the_same_numbers():
    digits = datasets.load_digits()
    dataset = TABLES["digits"].load()
    np.testing.assert_array_equal(dataset.X, digits.data)
    np.testing.assert_array_equal(dataset.y, digits.target)


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("name", [*NETS, *BOOSTING])
def test_each_candidate_has_as_many_trials_of_its_own_space(name, task):
    for n_rows in (200, 5_000):
        search = search_of(name, task, n_rows, 10)
        search.require_task(task)
        assert (search.name, search.n_trials, search.n_inner, search.proposer) == (name, 10, 3, "random")
        assert search.n_combinations >= 20
        assert search.family == ("net" if name in NETS else "baseline")


def rows(table, candidate, scores, inner, seconds=1.0, n_trials=10):
    return [
        Measured(
            table=table,
            candidate=candidate,
            n_trials=n_trials,
            fold=fold,
            score=score,
            inner=own,
            seconds=seconds,
            chosen="l2 = 0.1",
        )
        for fold, (score, own) in enumerate(zip(scores, inner, strict=True))
    ]


MEASURED = [
    *rows("breast_cancer", "vote", (0.99, 0.98), (0.97, 0.90)),
    *rows("breast_cancer", "tabm", (0.95, 0.99), (0.96, 0.95)),
    *rows("breast_cancer", "lightgbm", (0.97, 0.97), (0.99, 0.99)),
    *rows("wine", "vote", (0.10, 0.30), (0.2, 0.1)),
    *rows("wine", "tabm", (0.20, 0.20), (0.1, 0.2)),
    *rows("wine", "lightgbm", (0.05, 0.10), (0.1, 0.1)),
    *rows("iris", "vote", (0.05, 0.10), (0.1, 0.1)),  # the others are not measured yet
]


STANDING = Standing(measured=MEASURED, candidates=("vote", "tabm", "lightgbm"))


def test_ranks_and_wins_are_those_by_hand():
    standing = STANDING
    assert standing.tables == ("breast_cancer", "wine")
    assert standing.ranks("breast_cancer").tolist() == [1.5, 2.0, 2.5]  # 1 and 2, 3 and 1, 2 and 3
    assert standing.ranks("wine").tolist() == [2.5, 2.5, 1.0]
    mean = standing.mean_rank("vote")
    low, high = stats.t.interval(0.95, 1, loc=2.0, scale=stats.sem([1.5, 2.5]))
    assert (mean.mean, mean.low, mean.high) == pytest.approx((2.0, low, high))
    won, share = standing.wins("vote", "lightgbm")
    assert won == 1
    wilson = stats.binomtest(1, 2).proportion_ci(method="wilson")
    assert (share.low, share.high) == pytest.approx((wilson.low, wilson.high))


def test_a_family_is_told_by_the_one_that_its_training_rows_choose_on_each_fold():
    standing = STANDING
    assert [one.candidate for one in standing.picked("breast_cancer", NETS)] == ["vote", "tabm"]  # higher is better
    assert [one.candidate for one in standing.picked("wine", NETS)] == ["tabm", "vote"]  # lower is better
    gain = standing.gain("wine", standing.picked("wine", NETS), standing.picked("wine", BOOSTING))
    assert gain == pytest.approx(-((0.20 - 0.05) + (0.30 - 0.10)) / 2)


def test_the_page_tells_every_number_and_what_is_not_measured():
    text = page(STANDING, 10)
    assert "| iris (not measured) |" in text
    assert "| breast cancer, ROC-AUC | **0.9850** | 0.9700 | 0.9700 |" in text
    assert "| wine, log loss | 0.2000 | 0.2000 | **0.0750** |" in text
    assert "| wine, log loss | tabm and vote | lightgbm | −0.1750 |" in text
    assert "ahead on 1 of 2 tables" in text
    assert "draws 10 combinations of its settings and tries" in text
    few = page(STANDING, 4, "Measured on a train.")
    assert "draws 4 combinations of its settings (the usual 10 were not tried) and tries" in few
    assert "\nMeasured on a train.\n" in few
    assert "No table is measured on all candidates yet." in page(replace(STANDING, measured=MEASURED[:4]), 10)
    nets = page(replace(STANDING, candidates=("vote", "tabm")), 10)
    assert "## Ranks" in nets
    assert "The best net beside" not in nets


def test_what_is_kept_is_read_as_it_was(tmp_path):
    file = tmp_path / "ranks.csv"
    assert read(file) == []
    keep(file, MEASURED)
    assert read(file) == MEASURED


def test_an_interrupted_run_goes_on_and_other_budgets_stay(tmp_path, monkeypatch, capsys):
    asked = []

    def measure(table, candidate, n_trials):
        asked.append((table, candidate))
        if len(asked) == 3:
            raise KeyboardInterrupt
        return rows(table, candidate, (0.5, 0.6), (0.5, 0.6), n_trials=n_trials)

    monkeypatch.setattr(measuring, "measure", measure)
    file = tmp_path / "ranks.csv"
    keep(file, [replace(one, n_trials=50) for one in MEASURED])
    options = ["--trials", "4", "--tables", "wine", "iris", "--page", str(tmp_path / "ranks.md")]
    assert command.main(options) == 130
    assert "the same command goes on" in capsys.readouterr().err
    assert command.main(options) == 0
    every = [(table, name) for table in ("wine", "iris") for name in names()]
    assert asked == [*every[:2], every[2], *every[2:]]  # the third began anew
    assert sum(one.n_trials == 50 for one in read(file)) == len(MEASURED)
    assert command.main([*options, "--fresh", "--candidates", "vote"]) == 0
    assert asked[-2:] == [("wine", "vote"), ("iris", "vote")]
    assert len([one for one in read(file) if one.n_trials == 4]) == 2 * len(every)
    assert "## Ranks" in (tmp_path / "ranks.md").read_text()


def test_a_fold_is_scored_on_test_rows_by_what_its_training_rows_chose():
    """Of wine, by the fastest: the score is scikit-learn's of the same rows."""
    pytest.importorskip("lightgbm")
    found = measuring.measure("wine", "lightgbm", 2)
    assert [one.fold for one in found] == [0, 1, 2]
    assert all(0 < one.score < 1.2 and 0 < one.inner < 1.2 for one in found)  # log 3 is that of guessing
    assert all("settings.num_leaves = " in one.chosen for one in found)
