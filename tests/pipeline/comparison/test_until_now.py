"""What was served until now, on the folds of a later run: trained as it was declared, told, no part of the result."""

import json
import shutil
from dataclasses import replace
from io import StringIO
from types import SimpleNamespace

import mlflow
import pandas as pd
import pytest

from experiments.language import Baseline, Comparison, Gate
from experiments.language.written import written
from models.engine.devices import choose
from pipeline.comparison.champion import Champion
from pipeline.comparison.flow import ComparisonJob
from pipeline.comparison.registration import Registration
from pipeline.comparison.until_now import look_back, said_of
from pipeline.data.split import split
from pipeline.flow.desk import Desk
from pipeline.scoring.compare import gather
from pipeline.scoring.evaluate import evaluate
from pipeline.scoring.tables import scores_table
from pipeline.telling.terminal import Terminal
from pipeline.tracking import Tracker
from pipeline.tracking.served import Served
from pipeline.training.executors import Here
from pipeline.training.train import train
from pipeline.training.values import Interrupted

STUMP = Baseline(name="stump", algorithm="decision_tree", settings={"max_depth": 1})


def run(place, comparison, dataset, executor=None):
    """Runs a comparison in the store of a folder and returns its record, or the interrupt."""
    folds = split(dataset, comparison.splitting, seed=1)
    uri = f"sqlite:///{place}/mlflow.db"
    desk = Desk(tracker=Tracker(uri), terminal=Terminal(quiet=True), executor=executor or Here())
    mlflow.set_tracking_uri(uri)
    try:
        return ComparisonJob(comparison=comparison, dataset=dataset, folds=folds).run(desk)
    except KeyboardInterrupt as stopped:
        return stopped


def of(comparison: Comparison, *candidates) -> Comparison:
    """The comparison of other candidates, the first of which is the simplest."""
    dummy = next(one for one in comparison.candidates if one.name == comparison.dummy)
    gate = Gate(simplest=candidates[0].name)
    return replace(comparison, candidates=(dummy, *candidates), decision=None, gate=gate)


def last_run():
    """The last comparison, with its files as text."""
    (experiment,) = [one for one in mlflow.search_experiments() if one.name == "tumors"]
    found = mlflow.MlflowClient().search_runs([experiment.experiment_id], "tags.kind = 'comparison'")[0]
    return found, lambda name: mlflow.artifacts.load_text(f"{found.info.artifact_uri}/{name}")


def gathered(comparison, dataset):
    """The result of a comparison that no store knows of."""
    folds = split(dataset, comparison.splitting, seed=1)
    trained = [item for candidate in comparison.candidates for item in train(candidate, dataset, folds)]
    scores = [evaluate(item, dataset, folds[item.fold_index], comparison) for item in trained]
    return gather(comparison, dataset, folds, trained, scores)


@pytest.fixture(scope="module")
def logistic(tumors_comparison):
    return next(one for one in tumors_comparison.candidates if one.name == "logistic_regression")


@pytest.fixture(scope="module")
def result(tumors_comparison, tumors):
    """Where the stump is the champion."""
    return gathered(of(tumors_comparison, STUMP), tumors)


@pytest.fixture(scope="module")
def served(empty_database, tmp_path_factory, tumors_comparison, tumors, logistic):
    """A store in which logistic regression is served."""
    place = tmp_path_factory.mktemp("served")
    shutil.copy(empty_database, place / "mlflow.db")
    run(place, of(tumors_comparison, logistic), tumors)
    return place


@pytest.fixture(scope="module")
def replaced(served, tmp_path_factory, tumors_comparison, tumors):
    """The same store after a run without it: its record, the parent, files as text, the client."""
    place = tmp_path_factory.mktemp("replaced")
    shutil.copy(served / "mlflow.db", place / "mlflow.db")

    def refuse(*arguments, **options):
        raise AssertionError("the stored model may have seen the rows")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mlflow.pyfunc, "load_model", refuse)
        record = run(place, of(tumors_comparison, STUMP), tumors)
    parent, text = last_run()
    return SimpleNamespace(record=record, parent=parent, text=text, client=mlflow.MlflowClient())


def test_its_declaration_is_trained_on_the_same_folds(replaced, tumors_comparison, tumors, logistic):
    both = gathered(of(tumors_comparison, STUMP, logistic), tumors)
    wanted, found = both.against("stump")["logistic_regression"], replaced.record["registration"]["until_now"]
    assert (found["difference"], found["low"], found["high"]) == (wanted.difference, wanted.low, wanted.high)
    assert (found["candidate"], found["version"]) == ("logistic_regression", "models:/tumors/1")
    assert (found["trained"], found["declared_as"], found["judgment"]) == (True, None, "better")
    until_now = pd.read_csv(StringIO(replaced.text("until_now.csv")), float_precision="round_trip")
    beside = both.of("logistic_regression").scores
    assert until_now["value"].tolist() == [value for one in beside for value in one.metrics.values()]


def test_it_is_no_part_of_the_result(replaced, result):
    assert replaced.record["scores"] == scores_table(result.scores).to_dict(orient="records")
    assert [one["p_corrected"] for one in replaced.record["contrasts"]] == [one.p_corrected for one in result.contrasts]
    for name in ("comparison.csv", "scores.csv"):
        assert set(pd.read_csv(StringIO(replaced.text(name)))["candidate"]) == {"majority_class", "stump"}
    (child,) = replaced.client.search_runs([replaced.parent.info.experiment_id], "tags.kind = 'served_until_now'")
    assert child.data.tags["mlflow.parentRunId"] == replaced.parent.info.run_id
    assert child.info.run_name == "logistic_regression_until_now"
    assert child.data.params["algorithm"] == "logistic_regression"


def test_that_it_was_better_is_said_wherever_the_champion_is_and_its_version_stays(replaced):
    told = replaced.record["registration"]
    assert (told["before"], told["candidate"], told["changed"]) == ("logistic_regression", "stump", True)
    sentence = (
        "Until now logistic regression was served: it is no candidate of this run; its declaration, trained on the "
        "same folds, is 0."
    )
    version = replaced.client.get_model_version_by_alias("tumors", "champion")
    for text in (told["words"], version.description, replaced.parent.data.tags["mlflow.note.content"]):
        assert sentence in text
        assert " higher (95\u00a0% interval of the difference " in text.partition(sentence)[2]
        assert " models:/tumors/1 stays as it is." in text
    assert (str(version.version), version.tags["candidate"]) == ("2", "stump")


def as_served(name, candidate, dataset, **changed):
    """What the alias names, had this candidate been registered."""
    said = {**json.loads(said_of(replace(candidate, name=name), dataset, None)["champion.json"]), **changed}
    return Served(address="models:/tumors/1", candidate=name, declared=json.dumps(said))


def test_another_declaration_of_the_same_name_is_another_champion(result):
    deeper = replace(STUMP, settings={"max_depth": 2})
    found = look_back(result, "stump", as_served("stump", deeper, result.dataset), Desk.silent(choose()))
    assert (found.candidate, found.own, found.scored is not None) == ("stump", "", True)
    assert found.contrast.difference != 0
    champion = Champion(candidate="stump", passes=True, reason="")
    assert Registration(done="", chosen=champion, refitted=object(), before=found).is_another


def test_the_same_declaration_of_another_name_is_the_same_champion(result):
    renamed = replace(STUMP, name="plain", reason="Renamed.")
    found = look_back(result, "stump", as_served("plain", renamed, result.dataset), Desk.silent(choose()))
    assert (found.own, found.scored, found.words()) == ("stump", None, "")
    champion = Champion(candidate="stump", passes=True, reason="")
    assert not Registration(done="", chosen=champion, refitted=object(), before=found).is_another


@pytest.mark.parametrize("changed", [{"columns_sha256": "0123"}, {"task": "another"}, {"epochs": 3}])
def test_the_same_declaration_of_something_else_is_another_champion(result, changed):
    found = look_back(result, "stump", as_served("stump", STUMP, result.dataset, **changed), Desk.silent(choose()))
    assert (found.own, found.contrast) == ("", None)
    champion = Champion(candidate="stump", passes=True, reason="")
    assert Registration(done="", chosen=champion, refitted=object(), before=found).is_another


def test_columns_go_by_name_in_any_order(tumors):
    turned = replace(tumors, feature_names=tumors.feature_names[::-1])
    assert said_of(STUMP, turned, None) == said_of(STUMP, tumors, None)


def test_a_tag_that_people_changed_does_not_say_what_was_served(result, logistic):
    served = replace(as_served("logistic_regression", logistic, result.dataset), candidate="")
    assert look_back(result, "stump", served, Desk.silent(choose())).candidate == "logistic_regression"


def test_whatever_ails_the_old_declaration_the_champion_is_not_lost(result, logistic, monkeypatch):
    def broken(*arguments):
        raise KeyError("depth")

    monkeypatch.setattr("pipeline.comparison.until_now.train_and_score", broken)
    found = look_back(result, "stump", as_served("odd", logistic, result.dataset), Desk.silent(choose()))
    assert found.why_not == "its declaration cannot be trained here ('depth')"


class Interrupting(Here):
    """Is interrupted when what was served until now is trained."""

    def map(self, trainer, groups, means, progress):
        if groups[0].works[0].candidate.name.endswith("_until_now"):
            raise Interrupted(())
        yield from super().map(trainer, groups, means, progress)


def test_an_interrupt_of_its_training_leaves_the_registry_as_it_was(served, tmp_path, tumors_comparison, tumors):
    shutil.copy(served / "mlflow.db", tmp_path / "mlflow.db")
    assert isinstance(run(tmp_path, of(tumors_comparison, STUMP), tumors, Interrupting()), KeyboardInterrupt)
    said = "interrupted while what was served until now was trained on the same folds; the registry is as it was."
    parent, text = last_run()
    assert parent.info.status == "KILLED"
    assert said in text("report.html")
    (version,) = mlflow.MlflowClient().search_model_versions("name = 'tumors'")
    assert str(version.version) == "1"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"declaration": {}},
            "this program cannot read its declaration (read: expected a candidate as it was written",
        ),
        ({"columns_sha256": "0123"}, "it was of other columns"),
        ({"task": "regression of price"}, "it predicted something else: regression of price"),
        ({"epochs": 3}, "its nets had 3 epochs, here they have as many epochs as declared"),
        (
            {"declaration": json.loads(written(replace(STUMP, name="odd", settings={"depth": 3})))},
            "its declaration cannot be trained here (",
        ),
    ],
)
def test_why_nothing_is_known_is_one_sentence(result, logistic, changed, told):
    served = as_served("odd", logistic, result.dataset, **changed)
    found = look_back(result, "stump", served, Desk.silent(choose()))
    assert found.words().startswith(f" Until now odd was served: it is not compared, for {told}")
    assert (found.words().endswith("."), found.contrast, found.own) == (True, None, "")
    assert found.record()["why_not"].startswith(told)


def test_of_several_workers_that_share_batches_none_trains_it(result, logistic):
    """Those that follow the first know no store, and would not take part."""
    served = as_served("odd", logistic, result.dataset)
    desk = replace(Desk.silent(choose()), placement=SimpleNamespace(strategy="mirrored"))
    assert look_back(result, "stump", served, desk).words().endswith("for nothing is trained for it with --strategy.")


def test_nothing_is_said_where_nothing_was_served(result):
    assert look_back(result, "stump", None, Desk.silent(choose())).words() == ""


@pytest.mark.parametrize(
    ("declared", "told"),
    [("", "nothing says how it was declared"), ("{", "this program cannot read its declaration ("), ("[]", "this ")],
)
def test_so_it_is_of_an_earlier_version_and_of_a_damaged_file(result, declared, told):
    served = Served(address="models:/tumors/1", candidate="odd", declared=declared)
    words = look_back(result, "stump", served, Desk.silent(choose())).words()
    assert words.startswith(f" Until now odd was served: it is not compared, for {told}")


def test_what_cannot_be_written_leaves_no_file(tumors):
    odd = Baseline(name="odd", algorithm="k_nearest_neighbors", settings={"weights": len})
    assert said_of(odd, tumors, None) == {}
