"""Two runs of one command: what is the same is said to be, and what moved is named."""

import json

import pytest

from pipeline.repeated import compared

EXPERIMENT = {
    "experiment": {"name": "iris", "candidates": [{"name": "net", "training": {"epochs": 5}}]},
    "data": {"rows": 150, "sha256": "a" * 64},
    "versions": {"keras": "3.15.1", "numpy": "2.4.6"},
    "git": "abc",
    "machine": {"system": "Linux", "cores": 2},
}
SCORES = "candidate,fold,seed,metric,value\nnet,0,1,accuracy,0.9\nnet,1,2,accuracy,0.8\nnet,1,2,roc_auc,\n"
SPLIT = "fold,row,part\n0,3,train\n"


def files(scores=SCORES, split=SPLIT, **changed):
    return {"experiment.json": json.dumps(EXPERIMENT | changed), "split.csv": split, "scores.csv": scores}


def test_what_is_the_same_to_the_bit_is_repeated():
    found = compared(files(), files())
    assert found.is_same
    assert found.words() == ["Repeated: the same data, rows of folds and declaration, every score to the bit."]


def test_another_program_library_or_machine_is_told_and_is_no_part_of_the_run():
    found = compared(files(), files(git="def", versions={"keras": "3.16.0"}, machine={"system": "Linux", "cores": 8}))
    assert found.is_same
    assert found.words()[:-1] == [
        "Another program: commit abc then, def now.",
        "Another keras: 3.15.1 then, 3.16.0 now.",
        "Another numpy: 2.4.6 then, none now.",
        "Another machine: Linux, 2 then, Linux, 8 now.",
    ]


@pytest.mark.parametrize(
    ("again", "told"),
    [
        (files(data={"rows": 149, "sha256": "b" * 64}), "The data: 150 rows then, 149 now, digests aaaaaaaaaaaa and"),
        (
            files(experiment={"name": "iris", "candidates": [{"name": "net", "training": {"epochs": 6}}]}),
            "The declaration: candidates.0.training.epochs was 5 and is 6.",
        ),
        (
            files(experiment={"name": "iris", "candidates": []}),
            "The declaration: candidates was [{'name': 'net', 'training': {'epochs': 5}}] and is [].",
        ),
        (files(split=SPLIT.replace("3", "4")), "The rows of folds."),
        (
            files(SCORES.replace("0.8", "0.8000000000000002")),
            "The scores: 1 of 3 differ, most the accuracy of net on fold 1, 0.8 then and 0.8000000000000002 now.",
        ),
        (
            files(SCORES.replace("roc_auc,\n", "roc_auc,0.5\n").replace("0.9", "0.91")),
            "The scores: 2 of 3 differ, most the roc_auc of net on fold 1, nan then and 0.5 now.",
        ),
        (files("\n".join([*SCORES.splitlines()[:1], *SCORES.splitlines()[:0:-1]])), "equal and stand in another order"),
        (files(SCORES + "other,0,1,accuracy,1.0\n"), "The scores: other is new, on some folds at least."),
        (files(SCORES.replace("net,1,2,accuracy,0.8\n", "")), "The scores: net is missing now"),
    ],
)
def test_what_moved_is_named(again, told):
    found = compared(files(), again)
    assert not found.is_same
    assert any(told in line for line in found.words()), found.words()
