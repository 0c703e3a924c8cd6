import copy
import io
import json
import pickle
from collections.abc import Mapping
from dataclasses import asdict, replace

import joblib
import pytest

from experiments.language import Baseline, Search

WEIGHTS = {"class_weight": {0: 1.0, 1: 5.0}, "hidden": [1, 2]}
BASELINE = Baseline(name="forest", algorithm="random_forest", settings={"C": 1.0, **WEIGHTS})
SEARCH = Search(name="searched", candidate=BASELINE, space={"settings.C": (0.1, 1.0)}, n_trials=2)


def by_joblib(value):
    file = io.BytesIO()
    joblib.dump(value, file)
    file.seek(0)
    return joblib.load(file)


@pytest.mark.parametrize("mapping", [BASELINE.settings, BASELINE.settings["class_weight"], SEARCH.space])
@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.__setitem__("C", 2.0),
        lambda m: m.__delitem__("C"),
        lambda m: m.update(C=2.0),
        lambda m: m.__ior__({"C": 2.0}),
        lambda m: m.setdefault("D", 2.0),
        lambda m: m.pop("C", None),
        lambda m: m.popitem(),
        lambda m: m.clear(),
    ],
)
def test_a_declared_mapping_cannot_be_changed(mapping, change):
    before = dict(mapping)
    with pytest.raises(ValueError, match="settings that stay as declared"):
        change(mapping)
    assert mapping == before


def test_what_was_handed_in_may_change_afterwards():
    settings = {"C": 1.0, "nested": {"a": [1]}}
    baseline = Baseline(name="logistic", algorithm="logistic_regression", settings=settings)
    settings["C"] = 2.0
    settings["nested"]["a"].append(2)
    assert baseline.settings == {"C": 1.0, "nested": {"a": (1,)}}


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda d: pickle.loads(pickle.dumps(d)), by_joblib])
@pytest.mark.parametrize("declaration", [BASELINE, SEARCH])
def test_a_copy_is_equal_and_frozen_too(again, declaration):
    copied = again(declaration)
    assert copied == declaration
    (mapping,) = [value for value in vars(copied).values() if isinstance(value, Mapping)]
    with pytest.raises(ValueError, match="stay as declared"):
        mapping["C"] = 2.0


def test_dataclasses_and_json_know_a_declared_mapping():
    changed = replace(BASELINE, settings={**BASELINE.settings, "C": 2.0})
    assert (changed.settings["C"], BASELINE.settings["C"]) == (2.0, 1.0)
    assert asdict(BASELINE)["settings"] == {"C": 1.0, "class_weight": {0: 1.0, 1: 5.0}, "hidden": (1, 2)}
    assert json.loads(json.dumps(asdict(SEARCH)))["candidate"]["settings"]["C"] == 1.0
