"""What tests of the pipeline share: the lecture, worked once; a comparison with its champion; decisions on tumors."""

import shutil
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer

from experiments.language import Baseline, Comparison, Decision, DenseNet, Gate, Splitting, Training
from experiments.lecture import EXAMPLES
from pipeline.data.split import inner_folds, split
from pipeline.data.task import Classification
from pipeline.data.values import Dataset
from pipeline.decisions.decide import decide
from pipeline.decisions.values import Decided
from pipeline.flow.desk import Desk
from pipeline.lecture.check import check
from pipeline.lecture.drawing import draw
from pipeline.lecture.values import Check, Worked
from pipeline.lecture.work import work
from pipeline.plan import How, plan
from pipeline.process import interrupts
from pipeline.scoring.compare import gather
from pipeline.scoring.evaluate import evaluate
from pipeline.scoring.result import Result
from pipeline.scoring.values import Scores
from pipeline.telling.terminal import Terminal
from pipeline.tracking import Tracker
from pipeline.training.executors import Here
from pipeline.training.train import train
from pipeline.training.values import Trained
from pipeline.training.work import Group, Means, Progress, Trainer


@pytest.fixture(scope="session")
def lecture() -> dict[str, Worked]:
    """Every worked example by its name, in the lecture's order."""
    return {example.name: work(example) for example in EXAMPLES}


@pytest.fixture(scope="session")
def lecture_checks(lecture) -> list[Check]:
    """The whole ledger."""
    return [row for worked in lecture.values() for row in check(worked)]


@pytest.fixture(scope="session")
def lecture_figures(lecture):
    """Every picture by its example's name."""
    return {name: draw(worked) for name, worked in lecture.items()}


class Watched(Here):
    """Trains as ever, and remembers all that was trained, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.trained: list[Trained] = []

    def map(
        self, trainer: Trainer, groups: Sequence[Group], means: Means, progress: Progress
    ) -> Iterator[tuple[Trained, ...]]:
        for done in super().map(trainer, groups, means, progress):
            self.trained.extend(done)
            yield done


@pytest.fixture(scope="session")
def new_watched() -> type[Watched]:
    """Makes one for what more than one test looks at."""
    return Watched


@pytest.fixture
def watched() -> Watched:
    """Where a test can see what is trained."""
    return Watched()


@pytest.fixture
def quiet_desk(workplace, watched) -> Desk:
    """A desk in an empty working directory that tells nothing; what is trained at it can be seen."""
    return Desk(tracker=Tracker(), terminal=Terminal(quiet=True), executor=watched)


@pytest.fixture
def asked_to_end() -> Iterator[None]:
    """An end was asked for, and nobody has heard it yet."""
    with interrupts.orderly():
        with interrupts.held_back():
            signal.raise_signal(signal.SIGTERM)
        yield
    with interrupts.orderly():
        pass  # no later test hears it


FLOWERS = Comparison(
    name="flowers",
    title="Flowers",
    where="Example 9",
    data="iris",
    splitting=Splitting(n_folds=5),
    candidates=(
        DenseNet(
            name="tanh_8",
            hidden_units=(8,),
            activation="tanh",
            training=Training(epochs=60, learning_rate=0.05, batch_size=16, optimizer="adam"),
        ),
        Baseline(name="majority_class", algorithm="majority_class"),
        Baseline(name="stump", algorithm="decision_tree", settings={"max_depth": 1}),
    ),
    metrics=("accuracy", "log_loss"),
    primary_metric="accuracy",
    gate=Gate(simplest="stump"),
)


@pytest.fixture(scope="session", autouse=True)
def committed() -> Iterator[None]:
    """Runs register as those of a committed program do, also while somebody works on it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.comparison.registration.is_changed", lambda: False)
        yield


@dataclass(frozen=True)
class Registered:
    """A finished comparison whose champion is a net.

    Attributes:
        uri: Of the store.
        dataset: Iris.
        y_proba: Of the champion, refitted on all rows, for every row.
        shown: All that the run told in the terminal.
    """

    uri: str
    dataset: Dataset
    y_proba: NDArray[np.float64]
    shown: str

    @property
    def registered(self) -> str:
        """What the run said about the registry."""
        (line,) = [line for line in self.shown.splitlines() if line.startswith(("Registered", "Not registered"))]
        return line

    @property
    def rows(self) -> pd.DataFrame:
        """Every flower, unlabeled."""
        return pd.DataFrame(self.dataset.X, columns=self.dataset.feature_names)


@pytest.fixture(scope="session")
def flowers(empty_database, tmp_path_factory) -> Registered:
    """One run for all tests of what comes after a run."""
    place = tmp_path_factory.mktemp("registered")
    shutil.copy(empty_database, place / "mlflow.db")
    planned = plan([], [FLOWERS], How(tracking_uri=f"sqlite:///{place}/mlflow.db"))
    terminal, watched = Terminal(), Watched()
    with terminal.console.capture() as shown:
        planned.jobs[0].run(Desk(tracker=planned.tracker, terminal=terminal, executor=watched))
    dataset = planned.jobs[0].dataset
    y_proba = watched.trained[-1].model.predict_proba(dataset.X)
    return Registered(uri=planned.tracker.uri, dataset=dataset, y_proba=y_proba, shown=shown.get())


@pytest.fixture(scope="session")
def flowers_comparison() -> Comparison:
    """What ``flowers`` ran."""
    return FLOWERS


TUMORS = Comparison(
    name="tumors",
    title="Tumors",
    where="nowhere",
    data="tumors",
    splitting=Splitting(n_folds=3, test_share=0.3),
    candidates=(
        DenseNet(
            name="sigmoid_3",
            hidden_units=(3,),
            training=Training(epochs=5, learning_rate=0.05, optimizer="adam"),
        ),
        Baseline(name="majority_class", algorithm="majority_class"),
        Baseline(name="logistic_regression", algorithm="logistic_regression", inputs="standardize"),
    ),
    metrics=("average_precision", "type_1_error", "type_2_error"),
    primary_metric="average_precision",
    positive_class=1,
    decision=Decision(
        candidates=("sigmoid_3", "logistic_regression"),
        cost_ratio=20,
        recall=0.9,
        n_inner=3,
        rows="tumors",
        reason="A tumor that is missed <kills>.",
    ),
)


@pytest.fixture(scope="session")
def tumors_comparison() -> Comparison:
    """What is decided on tumors."""
    return TUMORS


@pytest.fixture(scope="session")
def tumors() -> Dataset:
    """Four measures of 569 tumors, every second malignant one left out: 106 of 463 are to be raised."""
    X, y = load_breast_cancer(return_X_y=True)
    malignant = np.flatnonzero(y == 0)
    kept = np.setdiff1d(np.arange(len(y)), malignant[::2])
    return Dataset(
        name="tumors",
        X=X[kept][:, [1, 4, 5, 9]],
        y=(y[kept] == 0).astype(np.int64),
        feature_names=("texture", "smoothness", "compactness", "fractal dimension"),
        task=Classification(class_names=("benign", "malignant")),
        source="scikit-learn",
        citation="Street et al. (1993)",
        version="1",
    )


def scored(dataset, folds) -> tuple[list[Trained], list[Scores]]:
    """The candidates on which tumors are decided, trained and scored."""
    candidates = [candidate for candidate in TUMORS.candidates if candidate.name in TUMORS.decision.candidates]
    trained = [run for candidate in candidates for run in train(candidate, dataset, folds)]
    return trained, [evaluate(run, dataset, folds[run.fold_index], TUMORS) for run in trained]


@pytest.fixture(scope="session")
def tumor_result(tumors) -> Result:
    """What was found on test rows."""
    folds = split(tumors, TUMORS.splitting, seed=1)
    return gather(TUMORS, tumors, folds, *scored(tumors, folds))


@pytest.fixture(scope="session")
def held_out_tumors(tumor_result) -> list[Scores]:
    """What was found on inner folds."""
    result = tumor_result
    return scored(result.dataset, inner_folds(result.dataset, result.folds, TUMORS.decision.n_inner))[1]


@pytest.fixture(scope="session")
def decided(tumor_result, held_out_tumors) -> Decided:
    """What decisions on tumors lead to."""
    return decide(tumor_result, held_out_tumors)
