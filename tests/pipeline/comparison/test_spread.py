"""Several seeds a fold and parts of the rows: trained after the comparison, told, and without a trace in it."""

import io
import shutil
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from experiments.language import Baseline, Comparison, DenseNet, Gate, Search, Splitting, Training
from models.engine.devices import choose
from pipeline.comparison.flow import ComparisonJob
from pipeline.comparison.rows_curve import RowsCurve, require_rows, rows_section
from pipeline.comparison.seeds import Seeds, seeds_section
from pipeline.comparison.spread import look_for_spread
from pipeline.data.ingest import ingest
from pipeline.data.nested import part_of
from pipeline.data.split import split
from pipeline.flow.desk import Desk
from pipeline.plan import How, plan
from pipeline.scoring.compare import gather
from pipeline.scoring.components import components
from pipeline.scoring.values import Scores
from pipeline.telling.terminal import Terminal
from pipeline.tracking import Tracker
from pipeline.training.executors import Here
from pipeline.training.values import Interrupted

N_FOLDS = 3
DECLARED = Comparison(
    name="spread",
    title="Spread",
    where="nowhere",
    data="iris",
    splitting=Splitting(n_folds=N_FOLDS),
    candidates=(
        DenseNet(
            name="tanh_4",
            hidden_units=(4,),
            activation="tanh",
            training=Training(epochs=12, learning_rate=0.05, batch_size=16, optimizer="adam"),
        ),
        Baseline(name="majority_class", algorithm="majority_class"),
        Baseline(name="stump", algorithm="decision_tree", settings={"max_depth": 1}),
    ),
    metrics=("accuracy", "log_loss"),
    primary_metric="log_loss",
    gate=Gate(simplest="stump"),
)
BOTH = replace(DECLARED, n_seeds=3, learning_curve=(0.5, 0.75))


@dataclass(frozen=True)
class Run:
    """A finished run: its record, its files, and what was trained, in order."""

    record: dict
    files: dict[str, str]
    trained: list


def ran(comparison, place, empty_database, watched):
    shutil.copy(empty_database, place / "mlflow.db")
    dataset = ingest("iris")
    folds = split(dataset, comparison.splitting, seed=1)
    desk = Desk(tracker=Tracker(f"sqlite:///{place}/mlflow.db"), terminal=Terminal(quiet=True), executor=watched)
    record = ComparisonJob(comparison=comparison, dataset=dataset, folds=folds).run(desk)
    files = {path.name: path.read_text() for path in place.rglob("*") if path.suffix in {".csv", ".html"}}
    return Run(record=record, files=files, trained=watched.trained)


@pytest.fixture(scope="module")
def once(empty_database, tmp_path_factory, new_watched):
    """The comparison alone."""
    return ran(DECLARED, tmp_path_factory.mktemp("once"), empty_database, new_watched())


@pytest.fixture(scope="module")
def both(empty_database, tmp_path_factory, new_watched):
    """The same with several seeds and parts of the rows."""
    return ran(BOTH, tmp_path_factory.mktemp("both"), empty_database, new_watched())


def test_the_comparison_keeps_its_bits(once, both):
    for name in ("scores.csv", "comparison.csv", "contrasts.csv", "split.csv"):
        assert both.files[name] == once.files[name], name
    X = ingest("iris").X
    assert (both.trained[-1].model.predict_proba(X) == once.trained[-1].model.predict_proba(X)).all(), "refitted"


def test_seeds_and_parts_are_trained_after_the_comparison(once, both):
    n_own = 3 * N_FOLDS
    assert [run.candidate.name for run in once.trained[:n_own]] == [run.candidate.name for run in both.trained[:n_own]]
    assert len(both.trained) == len(once.trained) + 2 * N_FOLDS + 2 * 2 * N_FOLDS
    seeded = both.trained[n_own : n_own + 2 * N_FOLDS]
    assert {run.candidate.name for run in seeded} == {"tanh_4"}
    seeds = [run.seed for run in seeded]
    assert len({*seeds, *(run.seed for run in once.trained[:N_FOLDS])}) == 3 * N_FOLDS, "all differ"


def test_every_training_is_in_the_table_of_seeds(both):
    table = pd.read_csv(io.StringIO(both.files["seeds.csv"]))
    assert table.groupby("fold").size().to_dict() == dict.fromkeys(range(N_FOLDS), 3)
    first = pd.read_csv(io.StringIO(both.files["scores.csv"]))
    first = first[(first["candidate"] == "tanh_4") & (first["metric"] == "log_loss")]
    assert table["value"][:N_FOLDS].tolist() == first["value"].tolist()
    assert table["value"].nunique() == 3 * N_FOLDS
    found = components(np.stack([table[table["fold"] == fold]["value"] for fold in range(N_FOLDS)]))
    (told,) = both.record["seeds"]["components"]
    assert (told["of_seed"], told["of_split"]) == pytest.approx((found.of_seed, found.of_split))
    assert told["share_of_seed"] == pytest.approx(found.share_of_seed)


def test_every_training_on_parts_is_in_the_table_of_rows(both):
    table = pd.read_csv(io.StringIO(both.files["rows.csv"]))
    assert table.groupby("candidate").size().to_dict() == {"stump": 9, "tanh_4": 9}
    assert sorted(table["n_rows"].unique()) == [60, 90, 120]
    told = both.record["learning_curve"]
    points = {(one["candidate"], one["share"]): one["interval"]["mean"] for one in told["points"]}
    means = table.groupby(["candidate", "share"])["value"].mean()
    assert points == pytest.approx(means.to_dict())
    last = means["stump"][1.0] - means["stump"][0.75]
    (step,) = [one for one in told["steps"] if one["candidate"] == "stump"]
    assert step["difference"] == pytest.approx(last)


def test_the_page_tells_both(once, both):
    page = both.files["report.html"]
    assert 'id="seeds"' in page
    assert 'id="rows"' in page
    assert "was trained 3 times on each of 3 folds" in page
    assert "More data or a better net?" in page
    assert 'id="seeds"' not in once.files["report.html"]
    assert 'id="rows"' not in once.files["report.html"]
    assert (once.record["seeds"], once.record["learning_curve"]) == (None, None)
    for run in (once, both):
        assert run.record["findable"]["difference"] > 0
        assert "is found in three of four such runs only from" in run.files["report.html"]


def test_a_worker_that_follows_trains_the_same(both, new_watched):
    """It keeps nothing, and comes to the same."""
    watched, dataset = new_watched(), ingest("iris")
    desk = replace(Desk.silent(choose()), executor=watched)
    folds = split(dataset, BOTH.splitting, seed=1)
    record = ComparisonJob(comparison=BOTH, dataset=dataset, folds=folds).run(desk)
    told = [(run.candidate.name, run.seed, len(run.train_rows)) for run in watched.trained]
    assert told == [(run.candidate.name, run.seed, len(run.train_rows)) for run in both.trained]
    assert record["seeds"]["scores"] == both.record["seeds"]["scores"]


class Impatient(Here):
    """Is interrupted when a net is trained with another seed."""

    def map(self, trainer, groups, means, progress):
        if any(work.fold.seed > N_FOLDS for group in groups for work in group.works):
            raise Interrupted(())
        yield from super().map(trainer, groups, means, progress)


def test_an_interrupt_of_what_is_beyond_the_comparison_leaves_its_page(empty_database, tmp_path):
    with pytest.raises(Interrupted):
        ran(BOTH, tmp_path, empty_database, Impatient())
    (page,) = tmp_path.rglob("report.html")
    assert "the run was ended while candidates were trained with other seeds" in page.read_text()
    assert 'id="seeds"' not in page.read_text()
    assert list(tmp_path.rglob("scores.csv"))


# What is said of scores that no training made.

ROWS = ingest("iris")
FOLDS = split(ROWS, Splitting(n_folds=10), seed=1)


def scores(name, values, folds=FOLDS, seed=0):
    family = "net" if name == "tanh_4" else "baseline"
    return [
        Scores(
            candidate=name,
            family=family,
            fold_index=fold.index,
            seed=seed or fold.seed,
            metrics={"log_loss": float(value), "accuracy": 0.5},
            y_true=ROWS.y[fold.test_rows],
            predicted=np.full((len(fold.test_rows), 3), 1 / 3),
            confusion=np.zeros((3, 3), dtype=np.int64),
        )
        for fold, value in zip(folds, values, strict=True)
    ]


def found(net, baseline, comparison=BOTH, folds=FOLDS):
    """The result of a net and a baseline that lose so much on each fold."""
    values = {"tanh_4": net, "majority_class": np.linspace(1.09, 1.11, len(folds)), "stump": baseline}
    own = [one for name, losses in values.items() for one in scores(name, losses, folds)]
    return gather(comparison, ROWS, folds, (), own)


def noise(seed, deviation=0.01, n=10):
    return np.random.default_rng(seed).normal(0.0, deviation, n)


def curve(net_less, baseline_less, net=0.3, baseline=0.5):
    """The learning curve of a net and a baseline that lose so much more with fewer rows."""
    result = found(net + noise(0), baseline + noise(1))
    less = [
        *scores("tanh_4", net + noise(0) + net_less),
        *scores("stump", baseline + noise(1) + baseline_less),
    ]
    parts = {share: tuple(part_of(ROWS, fold, share) for fold in FOLDS) for share in (0.5, 0.75)}
    return RowsCurve(result=result, folds=parts, scores={0.5: tuple(less), 0.75: tuple(less)})


def test_more_rows_are_worth_it_where_the_last_ones_were():
    told = curve(0.1 + noise(2), 0.1 + noise(3)).words()
    assert "more rows are still worth it to tanh 4 and stump" in told
    assert "cannot be said" not in told
    assert "The last 25" in told
    assert told.endswith("What rows beyond these would bring was not tried.")


def test_more_rows_bring_no_more_where_the_last_ones_made_no_difference():
    told = curve(noise(2, 0.001), 0.1 + noise(3)).words()
    assert "more rows bring no more that matters to tanh 4; more rows are still worth it to stump" in told


def test_what_the_test_does_not_tell_is_not_said():
    told = curve(0.1 + noise(2, 0.5), noise(3, 0.001)).words()
    assert "whether more rows are worth it to tanh 4 cannot be said; " in told
    assert "more rows bring no more that matters to stump." in told


def test_what_separates_the_two_is_said_beside_what_rows_bring():
    assert "Beside stump, on all rows, tanh 4 is 0.20" in curve(noise(2), noise(3)).words()


def test_rows_are_told_of_one_candidate_where_there_is_no_other():
    without = replace(BOTH, candidates=BOTH.candidates[1:], n_seeds=1, gate=None)
    own = [*scores("majority_class", np.linspace(1.09, 1.11, 10)), *scores("stump", 0.5 + noise(1))]
    result = gather(without, ROWS, FOLDS, (), own)
    less = {0.75: tuple(scores("stump", 0.7 + noise(2)))}
    parts = {0.75: tuple(part_of(ROWS, fold, 0.75) for fold in FOLDS)}
    told = RowsCurve(result=result, folds=parts, scores=less)
    assert "more rows are still worth it to stump" in told.words()
    assert "Beside" not in told.words()
    assert "corrected for both" not in rows_section(told).html


def test_the_part_of_the_training_is_told_of_the_best_net_with_what_a_vote_leaves():
    result = found(0.3 + noise(0, 0.02), 0.5 + noise(1))
    more = [*scores("tanh_4", 0.3 + noise(5, 0.02), seed=71), *scores("tanh_4", 0.3 + noise(6, 0.02), seed=72)]
    told = Seeds(result=result, scores=tuple(reversed(more)))
    (part,) = told.of_each
    assert part.values.shape == (10, 3)
    assert (part.values[:, 0] == [one.metrics["log_loss"] for one in result.of("tanh_4").scores]).all()
    assert part.found.share_of_seed > 0.5
    assert told.words().startswith("Tanh 4 was trained 3 times on each of 10 folds: ")
    assert f"{part.found.deviation():.4f}; a vote of 5, if" in told.words()
    assert told.words().endswith(f"would leave {part.found.deviation(5):.4f}.")
    assert f"{100 * part.found.low:.0f}" in told.answer()


def test_a_fold_that_cannot_be_measured_is_left_out_of_the_parts():
    losses = 0.3 + noise(0)
    losses[4] = np.nan
    told = Seeds(result=found(losses, 0.5 + noise(1)), scores=tuple(scores("tanh_4", 0.3 + noise(5), seed=71)))
    assert told.of_each[0].folds == (0, 1, 2, 3, 5, 6, 7, 8, 9)


def test_one_fold_tells_what_the_seed_does_and_nothing_of_rows():
    alone = replace(BOTH, splitting=Splitting(n_folds=1))
    result = found([0.3], [0.5], alone, FOLDS[:1])
    more = [*scores("tanh_4", [0.32], FOLDS[:1], seed=71), *scores("tanh_4", [0.34], FOLDS[:1], seed=72)]
    told = Seeds(result=result, scores=tuple(more))
    assert "by the seed alone its log loss varies by a standard deviation of 0.0200." in told.words()
    assert told.words().endswith("A vote of 5, if its chance is that of the mean of 5 scores, would leave 0.0089.")
    assert ">nan" not in seeds_section(told).html


def test_trainings_that_come_to_the_same_are_no_chance():
    same = np.full(10, 0.3)
    told = Seeds(result=found(same, 0.5 + noise(1)), scores=tuple(scores("tanh_4", same, seed=71)))
    assert told.words() == "Tanh 4 was trained 2 times on each of 10 folds, and its log loss was the same each time."


def test_nothing_is_trained_where_nothing_is_declared(quiet_desk, watched):
    spread = look_for_spread(found(0.3 + noise(0), 0.5 + noise(1), DECLARED), quiet_desk)
    assert spread.sections() == ()
    assert watched.trained == []


def test_too_few_rows_of_a_class_are_refused_before_anything_is_trained(workplace):
    few = replace(BOTH, learning_curve=(0.02, 0.5))
    with pytest.raises(ValueError, match=r"2 training rows of every class or more .*fewest="):
        plan([], [few], How())
    require_rows(replace(few, learning_curve=(0.1,)), ROWS, FOLDS)
    net = BOTH.candidates[0]
    search = Search(name="searched", candidate=net, space={"l2": (0.0, 0.1)}, n_trials=2, n_inner=5)
    searched = replace(few, learning_curve=(0.1,), candidates=(search, *BOTH.candidates[1:]))
    with pytest.raises(ValueError, match="5 training rows of every class"):
        require_rows(searched, ROWS, FOLDS)
    neighbors = Baseline(name="neighbors", algorithm="k_nearest_neighbors", settings={"n_neighbors": 13})
    near = replace(few, learning_curve=(0.1,), candidates=(*BOTH.candidates, neighbors))
    with pytest.raises(ValueError, match="13 training rows or more in the smallest share"):
        require_rows(near, ROWS, FOLDS)
    stopped = replace(net, training=replace(net.training, patience=2, validation_share=0.15))
    watching = replace(few, learning_curve=(0.1,), candidates=(stopped, *BOTH.candidates[1:]))
    with pytest.raises(ValueError, match="14 training rows or more in the smallest share"):
        require_rows(watching, ROWS, FOLDS)
