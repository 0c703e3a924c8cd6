"""Mistakes that a teacher makes at the blackboard, each put into the code: some test of its file must see it.

A mistake is one line that reads otherwise. Another process runs the file's tests on the changed source, mistake after
mistake, each on modules that it loads anew; the sources themselves stay as they are. Those of the slides' own lines,
example 7's among them, are in the lecture's tests.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[3]


class Mistake(NamedTuple):
    """A line of a module of the blackboard that reads otherwise, and the test file that is to see it."""

    words: str
    module: str
    right: str
    wrong: str
    tests: str


MISTAKES = (
    Mistake(
        "Rosenblatt's bias learns without alpha",
        "perceptron",
        "w, b = w + learning_rate * error * x, b + learning_rate * error",
        "w, b = w + learning_rate * error * x, b + error",
        "test_perceptron.py",
    ),
    Mistake(
        "a neuron fires at its threshold, not above it",
        "activations",
        "    return np.where(z > 0, 1.0, 0.0)\n\n\ndef sigmoid",
        "    return np.where(z >= 0, 1.0, 0.0)\n\n\ndef sigmoid",
        "test_perceptron.py",
    ),
    Mistake(
        "the hidden neuron's slope is dropped",
        "by_hand",
        "dz.append(da[-1] * SLOPES[net.activations[layer]](z[layer], a[layer + 1]))",
        "dz.append(da[-1])",
        "test_by_hand.py",
    ),
    Mistake(
        "the output's slope is dropped from the quadratic cost",
        "by_hand",
        "return error, error * SLOPES[net.activations[-1]](z, a)",
        "return error, error",
        "test_by_hand.py",
    ),
    Mistake(
        "a slope by the weights of the wrong layer",
        "by_hand",
        "da.append(dz[-1] @ net.weights[layer + 1])",
        "da.append(dz[-1] @ net.weights[-1])",
        "test_by_hand.py",
    ),
    Mistake(
        "up the hill",
        "gradient_descent",
        "path[i] - learning_rate * gradient(path[i])",
        "path[i] + learning_rate * gradient(path[i])",
        "test_gradient_descent.py",
    ),
    Mistake(
        "the intercept of the logistic regression is forgotten",
        "logistic_regression",
        "np.column_stack([np.ones(len(X)), X])",
        "np.column_stack([np.zeros(len(X)), X])",
        "test_logistic_regression.py",
    ),
    Mistake(
        "Newton's curvature without 1 - h",
        "logistic_regression",
        "(design.T * (h * (1 - h))) @ design / len(X)",
        "(design.T * h) @ design / len(X)",
        "test_logistic_regression.py",
    ),
    Mistake(
        "the Boltzmann machine's hidden units do not hear their biases",
        "boltzmann",
        "return sigmoid(v @ machine.weights + machine.hidden)",
        "return sigmoid(v @ machine.weights)",
        "test_boltzmann.py",
    ),
    Mistake(
        "dropout divides by the chance of staying away",
        "dropout",
        "np.where(stays, a / (1 - rate), 0.0)",
        "np.where(stays, a / rate, 0.0)",
        "test_dropout.py",
    ),
    Mistake(
        "R's normal numbers take their two uniform numbers in the other order",
        "r_random",
        "ndtri((np.floor(_BIG * pairs[:, 0]) + pairs[:, 1]) / _BIG)",
        "ndtri((np.floor(_BIG * pairs[:, 1]) + pairs[:, 0]) / _BIG)",
        "test_r_random.py",
    ),
    Mistake(
        "a row that leaves a cluster is counted as if the mean stayed",
        "unsupervised",
        "own_size / np.maximum(own_size - 1, 1) * own_distance",
        "own_distance",
        "test_unsupervised.py",
    ),
    Mistake(
        "the next moment's slope does not come back through the loop",
        "recurrent_by_hand",
        "after = dz[:, t] @ loop.T",
        "after = 0 * dz[:, t]",
        "test_recurrent_by_hand.py",
    ),
)

_CHANGED = """
import importlib.abc, importlib.util, json, sys
import pytest

PLACES = ("/models/blackboard/", "/tests/")


class Changed(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    def __init__(self, name, file, text):
        self.name, self.file, self.text = name, file, text

    def find_spec(self, wanted, path=None, target=None):
        return importlib.util.spec_from_file_location(wanted, self.file, loader=self) if wanted == self.name else None

    def get_filename(self, fullname):
        return self.file

    def get_data(self, path):
        return self.text.encode()


codes = []
for name, file, text, tests in json.loads(sys.stdin.read()):
    for each, loaded in list(sys.modules.items()):
        if any(place in (getattr(loaded, "__file__", None) or "") for place in PLACES):
            del sys.modules[each]
    finder = Changed(name, file, text)
    sys.meta_path.insert(0, finder)
    codes.append(int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "--noconftest", tests])))
    sys.meta_path.remove(finder)
print(json.dumps(codes))
"""


@pytest.fixture(scope="module")
def codes():
    """What pytest ends with of each mistake, and then of a source as it is: 0 all passed, 1 some did not."""
    asked = [asking(mistake, mistake.wrong) for mistake in MISTAKES]
    asked.append(asking(MISTAKES[0], MISTAKES[0].right))
    done = subprocess.run(
        [sys.executable, "-c", _CHANGED], cwd=ROOT, input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    *wrong, right = json.loads(done.stdout.splitlines()[-1])
    return {"": right} | dict(zip((mistake.words for mistake in MISTAKES), wrong, strict=True))


def asking(mistake: Mistake, line: str) -> list[str]:
    """Returns a module's name, its file, a source in which a line reads so, and the tests that are to see it."""
    text = source(mistake).read_text(encoding="utf-8")
    assert text.count(mistake.right) == 1
    name, tests = f"models.blackboard.{mistake.module}", Path(__file__).with_name(mistake.tests)
    return [name, str(source(mistake)), text.replace(mistake.right, line), str(tests)]


def source(mistake: Mistake) -> Path:
    """Returns the file that a mistake is made in."""
    return ROOT / "models" / "blackboard" / f"{mistake.module}.py"


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake.words for mistake in MISTAKES])
def test_a_mistake_at_the_blackboard_is_seen(mistake, codes):
    assert codes[mistake.words] == pytest.ExitCode.TESTS_FAILED


def test_without_a_mistake_the_tests_pass(codes):
    """So that they fail for what was changed, and not for how it is run."""
    assert codes[""] == pytest.ExitCode.OK
