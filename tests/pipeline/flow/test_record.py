"""The head of every record: versions, those of libraries that only some candidates need among them."""

from dataclasses import replace
from importlib import metadata

import pytest

from experiments.iris import IRIS
from experiments.language import Baseline, Search
from models import boosters
from pipeline.flow.record import versions_of
from pipeline.process.provenance import versions

MAJORITY = next(one for one in IRIS.candidates if one.name == "majority_class")
FOREST = Baseline(name="forest", algorithm="random_forest")
LIGHTGBM = Baseline(name="lightgbm", algorithm="lightgbm")
DRAWN = Search(name="drawn", candidate=FOREST, space={"settings.max_depth": (2, 4)}, n_trials=2)


def told(*candidates):
    return versions_of(replace(IRIS, candidates=(MAJORITY, *candidates), gate=None))


def told_besides(*candidates):
    return told(*candidates).keys() - versions().keys()


def test_what_nobody_asks_for_is_not_told_although_it_may_be_installed():
    assert told_besides(FOREST, DRAWN) == set()


def test_what_proposes_settings_is_told_with_its_version():
    pytest.importorskip("optuna")
    learns = replace(DRAWN, proposer="tpe")
    assert told(FOREST, learns)["optuna"] == metadata.version("optuna")
    assert learns.needs == ()  # a model is served without it


def test_a_boosting_library_is_told_where_one_candidate_of_it_is_tried(monkeypatch):
    monkeypatch.setattr(boosters, "installed_version", lambda name: f"{name} 9")
    searched = Search(name="searched", candidate=LIGHTGBM, space={"settings.num_leaves": (4, 8)}, n_trials=2)
    assert told_besides(FOREST, LIGHTGBM) == told_besides(searched) == {"lightgbm"}
    assert told(LIGHTGBM)["lightgbm"] == "lightgbm 9"


def test_a_library_that_is_not_installed_has_no_version(monkeypatch):
    monkeypatch.setattr(boosters, "installed_version", lambda name: "")
    assert told_besides(LIGHTGBM) == set()
