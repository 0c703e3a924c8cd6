"""Who may move a champion's alias, from a real run to a real store: a comparison run as declared, and nothing else."""

import ast
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import mlflow
import numpy as np
import pandas as pd
import pytest

from experiments.language import Gate, Splitting
from experiments.language.quick_try import QuickTry
from pipeline import predict
from pipeline.comparison import registration
from pipeline.comparison.flow import ComparisonJob
from pipeline.comparison.registration import how_it_departs
from pipeline.data.split import inner_folds, split
from pipeline.flow.desk import Desk
from pipeline.telling.terminal import Terminal
from pipeline.tracking import Tracker
from pipeline.tracking.model import load_model
from pipeline.tracking.silent import SilentTracker
from pipeline.training.executors import Here
from pipeline.training.values import Interrupted
from pipeline.words.names import title

ROOT = Path(__file__).parents[3]
MODEL = "models:/tumors@champion"


def job(comparison, dataset, n_folds=None):
    """The comparison with its rows divided."""
    folds = split(dataset, comparison.splitting, seed=1, n_folds=n_folds)
    inner = inner_folds(dataset, folds, comparison.decision.n_inner) if comparison.decision else ()
    return ComparisonJob(comparison=comparison, dataset=dataset, folds=folds, inner_folds=inner)


@dataclass(frozen=True)
class Store:
    """A store of its own.

    Attributes:
        place: Its folder.
    """

    place: Path

    @property
    def uri(self) -> str:
        """Of the database."""
        return f"sqlite:///{self.place}/mlflow.db"

    def client(self) -> mlflow.MlflowClient:
        mlflow.set_tracking_uri(self.uri)
        return mlflow.MlflowClient()

    def runs(self, filter_string: str, name: str = "tumors"):
        client = self.client()
        return client.search_runs([client.get_experiment_by_name(name).experiment_id], filter_string)

    def versions(self) -> list[int]:
        return sorted(int(version.version) for version in self.client().search_model_versions("name = 'tumors'"))

    def run(self, job, executor=None, **options) -> SimpleNamespace:
        """Runs a job and returns its record and what it told."""
        terminal, told = Terminal(), []
        desk = Desk(tracker=Tracker(self.uri), terminal=terminal, executor=executor or Here(), **options)
        with terminal.console.capture() as shown:
            try:
                told.append(job.run(desk))
            except KeyboardInterrupt as error:
                told.append(error)
        return SimpleNamespace(record=told[0], shown=shown.get())


@pytest.fixture(scope="module")
def comparison(tumors_comparison):
    """With a gate; without a net and without importance nothing takes long."""
    decision = replace(tumors_comparison.decision, candidates=("logistic_regression",), n_inner=2)
    return replace(
        tumors_comparison,
        candidates=tumors_comparison.candidates[1:],
        splitting=Splitting(n_folds=3, test_share=0.3),
        decision=decision,
        gate=Gate(simplest="logistic_regression"),
    )


@pytest.fixture(scope="module")
def served(empty_database, tmp_path_factory, comparison, tumors):
    """One run whose champion is registered: its store, what was recorded and told."""
    store = Store(tmp_path_factory.mktemp("served"))
    shutil.copy(empty_database, store.place / "mlflow.db")
    done = store.run(job(comparison, tumors))
    return SimpleNamespace(store=store, record=done.record, shown=done.shown)


@pytest.fixture
def copied(served, tmp_path):
    """A store of its own in which the champion is version 1."""
    shutil.copy(served.store.place / "mlflow.db", tmp_path / "mlflow.db")
    return Store(tmp_path)


def test_the_registered_model_is_the_refitted_one(served, tumors):
    version = served.store.client().get_model_version_by_alias("tumors", "champion")
    (refit,) = served.store.runs("tags.kind = 'refit'")
    assert version.run_id == refit.info.run_id
    assert refit.info.run_name == "logistic_regression, refitted on all rows"
    (candidate,) = served.store.runs("tags.mlflow.runName = 'logistic_regression'")
    rows = pd.DataFrame(tumors.X, columns=list(tumors.feature_names))
    by_alias = load_model(MODEL, served.store.uri).predict(rows)["malignant"]
    (fold_0,) = served.store.client().search_logged_models(
        [candidate.info.experiment_id], filter_string=f"source_run_id = '{candidate.info.run_id}'"
    )
    by_fold_0 = load_model(fold_0.model_uri, served.store.uri).predict(rows)["malignant"]
    assert np.abs(by_alias - by_fold_0).max() > 1e-3


def test_it_is_no_candidate_where_candidates_are_listed(served, comparison):
    names = {candidate.name for candidate in comparison.candidates}
    assert {run.info.run_name for run in served.store.runs("tags.kind = 'candidate'")} == names
    assert {run.info.run_name for run in served.store.runs("tags.family != ''")} == names
    assert {one["candidate"] for one in served.record["summaries"]} == names
    (parent,) = served.store.runs("tags.kind = 'comparison'")
    table = pd.read_csv(f"{parent.info.artifact_uri}/comparison.csv")
    assert set(table["candidate"]) == names


def test_terminal_note_page_and_record_tell_the_same(served):
    (parent,) = served.store.runs("tags.kind = 'comparison'")
    page = Path(f"{parent.info.artifact_uri.removeprefix('file://')}/report.html").read_text(encoding="utf-8")
    (line,) = [line for line in served.shown.splitlines() if line.startswith("Registered")]
    assert line.startswith("Registered: models:/tumors@champion, version 1, refitted on all 463 rows (")
    assert line == served.record["registration"]["words"]
    assert line in parent.data.tags["mlflow.note.content"]
    done, _, _ = line.partition(" logistic regression has the best")
    assert done.endswith(" seconds).")
    assert done in page
    assert "Not registered" not in page
    assert served.record["registration"]["served"].items() >= {"refitted": True, "rows": 463}.items()
    assert served.record["registration"]["threshold"]["rule"] in ("cheapest", "recall")


def test_the_terminal_says_how_to_score_rows_and_how_to_serve(served):
    lines = served.shown.splitlines()
    place = lines.index("To score rows with it, and to serve it:")
    assert [line.strip() for line in lines[place + 1 : place + 4]] == [
        f"export MLFLOW_TRACKING_URI={served.store.uri}",
        f"chalktape predict {MODEL} rows.csv -o scored.csv",
        f"mlflow models serve -m {MODEL} --env-manager local --port 5001",
    ]
    assert lines[place + 4].startswith("Report: ")


def test_the_version_carries_its_threshold_where_people_and_filters_look(served):
    version = served.store.client().get_model_version_by_alias("tumors", "champion")
    threshold = load_model(MODEL, served.store.uri).threshold
    assert version.tags["threshold"] == repr(threshold.value)
    assert version.tags["positive_class"] == threshold.positive_class == "malignant"
    assert f"{threshold.words()}." in version.description
    assert (threshold.cost_ratio, threshold.recall) == (20, 0.9)
    assert vars(threshold) == served.record["registration"]["threshold"]


def test_the_terminal_says_why_two_thresholds_differ(served):
    """Below the mean over folds of the decisions it named the registered one, and the page alone said why."""
    above = (
        "'chalktape predict' decides by the threshold of this model; the decisions above are by others, one for each "
        "fold, chosen inside its training rows."
    )
    assert above in served.shown
    assert above in served.record["registration"]["words"]
    threshold = load_model(MODEL, served.store.uri).threshold
    lower, higher = sorted(threshold.by_rule.values())
    assert threshold.value == lower
    assert f"lower than {higher:.3g}, the " in served.shown
    assert above not in served.store.client().get_model_version_by_alias("tumors", "champion").description


def test_predict_decides_by_the_stored_threshold_and_says_so(served, tumors, tmp_path, capsys):
    pd.DataFrame(tumors.X, columns=list(tumors.feature_names)).to_csv(tmp_path / "rows.csv", index=False)
    arguments = [MODEL, str(tmp_path / "rows.csv"), "-o", str(tmp_path / "out.csv"), "--tracking-uri", served.store.uri]
    assert predict.main(arguments) == 0
    threshold = load_model(MODEL, served.store.uri).threshold
    assert f"{threshold.words()}; --threshold overrides." in capsys.readouterr().err
    table = pd.read_csv(tmp_path / "out.csv")
    assert list(table) == ["predicted_class", "decision", "probability_benign", "probability_malignant"]
    raised = table["probability_malignant"] > threshold.value
    assert table["decision"].tolist() == np.where(raised, "raise", "leave").tolist()
    assert (table["predicted_class"] == "malignant").sum() < raised.sum() < len(table)
    assert (raised[tumors.y == 1]).mean() > 0.85  # it was asked to find nine of ten


def test_fewer_folds_than_declared_leave_the_champion_alone(copied, comparison, tumors):
    done = copied.run(job(replace(comparison, decision=None), tumors, n_folds=2))
    assert (
        "Not registered: of the 3 declared folds 2 were run. --register (in Python register=True) insists."
        in done.shown
    )
    assert copied.versions() == [1]
    assert copied.runs("tags.kind = 'refit' and attributes.status != 'FINISHED'") == []
    assert len(copied.runs("tags.kind = 'refit'")) == 1
    assert done.record["registration"]["served"] is None


def test_nor_do_they_register_the_first(workplace, comparison, tumors):
    store = Store(workplace / "mlruns")
    store.run(job(replace(comparison, decision=None), tumors, n_folds=2))
    assert store.client().search_registered_models() == []


def test_more_folds_than_declared_register(copied, comparison, tumors):
    threshold = load_model(MODEL, copied.uri).threshold
    done = copied.run(job(replace(comparison, decision=None), tumors, n_folds=4))
    assert copied.versions() == [1, 2]
    asked = "where a missed row cost 20 false alarms and 90 % of the class were to be found, and now there is none."
    assert f"Until now the threshold was {threshold.value:.3g}, {asked}" in done.record["registration"]["words"]
    version = copied.client().get_model_version_by_alias("tumors", "champion")
    assert int(version.version) == 2
    assert "means over 4 folds of models trained on 70\u00a0% of the rows" in version.description
    assert load_model(MODEL, copied.uri).threshold is None  # none is declared


class Interrupting(Here):
    """Is interrupted when all rows are trained on."""

    def map(self, trainer, groups, means, progress):
        if len(groups[0].works[0].fold.test_rows) == 0:
            raise Interrupted(())
        yield from super().map(trainer, groups, means, progress)


def test_a_repetition_leaves_the_champion_alone(copied, comparison, tumors):
    done = copied.run(job(comparison, tumors), tags={"repeats": "0123"}, insists=True)
    assert copied.versions() == [1]
    assert "Not registered: it repeats run 0123." in done.shown


def test_the_record_says_what_was_served_before(served, copied, comparison, tumors, monkeypatch):
    first = served.record["registration"]
    assert (first["before"], first["changed"]) == (None, True)
    again = copied.run(job(comparison, tumors)).record["registration"]
    assert (again["before"], again["changed"]) == (first["candidate"], False)
    assert "Until now" not in again["words"]  # it is decided as before
    other = next(one.name for one in comparison.candidates if one.name != first["candidate"])
    monkeypatch.setattr("pipeline.tracking.registry.CHAMPION_FILE", "another.json")  # as earlier versions were
    cases = (
        ("gone", "is not compared, for nothing says how it was declared."),
        (other, " lower (95\u00a0% interval of the difference"),
    )
    for version, (before, told) in enumerate(cases, 2):
        copied.client().set_model_version_tag("tumors", str(version), "candidate", before)
        after = copied.run(job(comparison, tumors)).record["registration"]
        assert (after["before"], after["changed"]) == (before, True)
        assert f"Until now {title(before)} was served: it " in after["words"]
        assert told in after["words"].partition("Until now")[2]


def test_an_interrupt_of_the_refit_loses_the_refit_alone(copied, comparison, tumors):
    done = copied.run(job(replace(comparison, decision=None), tumors), executor=Interrupting())
    assert isinstance(done.record, KeyboardInterrupt)
    said = "Not registered: interrupted while logistic regression was refitted; the registry is as it was."
    assert said in done.shown
    assert "logistic_regression" in done.shown.partition(said)[0]  # the table was told before
    assert copied.versions() == [1]
    (stopped,) = copied.runs("tags.kind = 'comparison' and attributes.status = 'KILLED'")
    place = Path(stopped.info.artifact_uri.removeprefix("file://"))
    assert {"comparison.csv", "contrasts.csv", "scores.csv", "report.html"} <= {file.name for file in place.iterdir()}
    note = stopped.data.tags["mlflow.note.content"]
    assert note.partition(": ")[2].startswith("By average precision, logistic regression")
    assert note.endswith(said)
    assert said in (place / "report.html").read_text(encoding="utf-8")
    assert f"Report: {place / 'report.html'}" in done.shown


def test_a_worker_that_follows_trains_the_same_and_in_the_same_order(comparison, tumors, watched, quiet_desk):
    whole = replace(comparison, decision=None)
    job(whole, tumors).run(quiet_desk)
    led = [(item.candidate.name, len(item.train_rows)) for item in watched.trained]
    assert led[-1] == ("logistic_regression", 463)
    watched.trained.clear()
    job(whole, tumors).run(Desk(tracker=SilentTracker(), terminal=Terminal(quiet=True), executor=watched))
    assert [(item.candidate.name, len(item.train_rows)) for item in watched.trained] == led


@pytest.mark.parametrize(
    ("n_folds", "epochs", "tried", "how"),
    [
        (3, None, None, ""),
        (30, None, None, ""),
        (2, None, None, "of the 3 declared folds 2 were run"),
        (3, 5, None, "with --epochs the nets are not the declared ones"),
        (3, None, "2 of 3 declared candidates were run", "2 of 3 declared candidates were run"),
        (1, 5, None, "with --epochs the nets are not the declared ones; of the 3 declared folds 1 was run"),
    ],
)
def test_it_is_said_how_a_run_departs_from_what_is_declared(comparison, n_folds, epochs, tried, how):
    shown = replace(comparison, tried=tried and QuickTry(words=tried, options="--skip one"))
    assert how_it_departs(SimpleNamespace(comparison=shown, folds=range(n_folds)), epochs) == how


def test_a_program_with_uncommitted_changes_registers_nothing(comparison, monkeypatch):
    monkeypatch.setattr("pipeline.comparison.registration.is_changed", lambda: True)
    told = how_it_departs(SimpleNamespace(comparison=comparison, folds=range(3)), None)
    assert told == "the program's files differ from its commit, so that none repeats this run"


def test_a_gate_that_is_not_passed_is_told_beside_other_reasons(copied, comparison, tumors, monkeypatch):
    """``--fail-on gate`` ends with 3 there, and nobody would know why."""
    usual = registration.champion
    failed = {"passes": False, "reason": "It may be guessing."}
    monkeypatch.setattr(registration, "champion", lambda result: replace(usual(result), **failed))
    done = copied.run(job(replace(comparison, decision=None), tumors, n_folds=2))
    insists = "--register (in Python register=True) insists."
    told = f"of the 3 declared folds 2 were run. {insists} Nor would it pass its gate: It may be guessing."
    assert told in done.shown


def test_a_quick_try_registers_only_where_somebody_insists(copied, comparison, tumors):
    tried = QuickTry(words="sigmoid_3 is not as declared", options="--set sigmoid_3.l2=0.1")
    quick = replace(comparison, decision=None, tried=tried)
    done = copied.run(job(quick, tumors))
    assert "Not registered: sigmoid_3 is not as declared. --register (in Python register=True) insists." in done.shown
    assert copied.versions() == [1]
    insisted = copied.run(job(quick, tumors), insists=True)
    assert "Registered by --register: sigmoid_3 is not as declared." in insisted.shown
    assert copied.versions() == [1, 2]
    left = copied.run(job(replace(quick, gate=None), tumors), insists=True)
    assert "Not registered: sigmoid_3 is not as declared, and what is left has no gate." in left.shown


def calls(tree: ast.AST) -> set[str]:
    """Names of all that is called as an attribute."""
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {each.attr for each in called if isinstance(each, ast.Attribute)}


def test_nothing_else_can_move_the_alias():
    """One file speaks of versions and aliases to MLflow, one hands on to it, and one asks for it."""
    changes = {"register_model", "create_model_version", "set_registered_model_alias", "create_registered_model"}
    changes |= {"delete_registered_model_alias", "transition_model_version_stage", "copy_model_version"}
    changing, handing_on, asking = set(), set(), set()
    for file in (file for room in ("pipeline", "models", "chalktape") for file in (ROOT / room).rglob("*.py")):
        text, name = file.read_text(encoding="utf-8"), file.relative_to(ROOT).as_posix()
        tree = ast.parse(text)
        changing |= {name} if calls(tree) & changes else set()
        handing_on |= {name} if "tracking.registry" in text else set()
        asking |= {name} if "run.register(" in text else set()
    assert changing == {"pipeline/tracking/registry.py"}
    assert handing_on == {"pipeline/tracking/runs.py"}
    assert asking == {"pipeline/comparison/registration.py"}
