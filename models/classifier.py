"""A trained candidate as users meet it: raw rows in, a probability for each class out; saved and loaded as a folder.

Nets and scikit-learn's pipelines stand behind the same two calls. Rows of a table with a contract are what
``Columns.matrix`` makes of it; once saved and served, a model takes the table itself. ``_load_pyfunc`` is the entry
that MLflow calls when it loads or serves a model, so a saved folder needs this package and nothing else of the project.
What predicts numbers is in ``regressor``; what both have in common in ``trained``.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.checks import mistake
from models.effects import effects
from models.request import beside_training, told_by_servers
from models.threshold import Threshold
from models.trained import (
    TrainedNet,
    TrainedPipeline,
    answered,
    background_of,
    contract_of,
    holds_net,
    raw_rows,
    sent_rows,
    write,
)

if TYPE_CHECKING:  # of image files only: a model of tables is served without Pillow
    from models.images import Images

_CLASSES_FILE = "class_names.json"
_CLASSES_BY_LINE = "class_names.txt"
"""Where earlier versions wrote them, a line each: a name that has a line break became two."""
_THRESHOLD_FILE = "decision.json"
_IMAGES_FILE = "images.json"


class NetClassifier(TrainedNet):
    """A Keras model from raw rows to output activations, as a classifier.

    Args:
        model: One sigmoid neuron for two classes, or one softmax neuron for each class.
        encoder: Of a table with a contract: what stands before the model.
    """

    asks = "predict_proba"

    def predict_proba(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Returns ``(n_samples, n_classes)`` probabilities for raw rows.

        Raises:
            ValueError: Rows of another shape than the net was trained on, or images of other than whole pixels.
        """
        return self.answers(X)

    def _answers(self, activations: NDArray[np.float64]) -> NDArray[np.float64]:
        if activations.shape[1] == 1:
            return np.hstack([1 - activations, activations])
        # float32 softmax sums to 1 within 1e-7 only; scores are taken in float64.
        return activations / activations.sum(axis=1, keepdims=True)


class PipelineClassifier(TrainedPipeline):
    """A fitted scikit-learn pipeline as a classifier; images are flattened row by row.

    Args:
        pipeline: Ends in a classifier with ``predict_proba``; of a table with a contract it begins with ``encoder``.
    """

    asks = "predict_proba"

    def predict_proba(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Returns ``(n_samples, n_classes)`` probabilities for raw rows."""
        return self.answers(X)


Classifier = NetClassifier | PipelineClassifier


def save(
    classifier: Classifier,
    folder: Path,
    class_names: Sequence[str],
    threshold: Threshold | None = None,
    background: NDArray[np.float64] | None = None,
    images: "Images | None" = None,
) -> None:
    """Writes a classifier into a new or empty ``folder``, with the names of its classes in order.

    Args:
        classifier: Trained.
        folder: Made where it is not there.
        class_names: In the order of its probabilities.
        threshold: From which probability on a row is raised, where a decision was declared.
        background: ``(n_background, n_columns)``, some training rows of a table, against which an answer is explained.
        images: What image files are made into, where it was trained on some.
    """
    write(classifier, folder, background)
    (folder / _CLASSES_FILE).write_text(json.dumps([*class_names], ensure_ascii=False), encoding="utf-8")
    if threshold is not None:
        (folder / _THRESHOLD_FILE).write_text(threshold.to_json(), encoding="utf-8")
    if images is not None:
        (folder / _IMAGES_FILE).write_text(images.to_json(), encoding="utf-8")


def load(folder: Path) -> tuple[Classifier, list[str]]:
    """Returns the classifier that ``save`` wrote, and its class names.

    Raises:
        ValueError: The folder holds no saved classifier.
    """
    classifier = NetClassifier.read(folder) if holds_net(folder) else PipelineClassifier.read(folder)
    return classifier, _class_names(folder)


def _class_names(folder: Path) -> list[str]:
    """Returns the names of classes in the order of their probabilities."""
    if not (folder / _CLASSES_FILE).exists():
        return (folder / _CLASSES_BY_LINE).read_text(encoding="utf-8").splitlines()
    names: list[str] = json.loads((folder / _CLASSES_FILE).read_text(encoding="utf-8"))
    return names


def _images_of(folder: Path) -> "Images | None":
    """Returns what image files are made into; ``None`` of a classifier that was not trained on some."""
    file = folder / _IMAGES_FILE
    if not file.exists():
        return None
    from models.images import Images

    return Images.from_json(file.read_text(encoding="utf-8"))


class _Served:
    """What MLflow calls: a table or an array of raw rows to a table of probabilities, one column for each class.

    What was trained on image files also takes files, in base64.

    A threshold is carried and not applied: who reads probabilities by their columns reads them as before.
    """

    def __init__(self, folder: Path) -> None:
        self.classifier, self.class_names = load(folder)
        self.columns = contract_of(folder)
        self.background = background_of(folder)
        self.images = _images_of(folder)
        threshold = folder / _THRESHOLD_FILE
        self.threshold = Threshold.from_json(threshold.read_text(encoding="utf-8")) if threshold.exists() else None

    def get_raw_model(self) -> "_Served":
        """Returns itself, as MLflow hands it on: with what it carries beside its answers."""
        return self

    def effects(self, data: pd.DataFrame, classes: NDArray[np.intp]) -> NDArray[np.float64]:
        """Returns what each column adds to the log-odds of each row's class.

        Raises:
            ValueError: The model was saved without a background.
        """
        if self.background is None:
            raise ValueError(mistake("effects", "a background", "Save the model with one.", background=None))
        X = np.asarray(raw_rows(data, self.columns), np.float64)
        return effects(self.classifier.encoded, X, self.background, classes)

    @told_by_servers
    def predict(self, data: pd.DataFrame | NDArray[Any], params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        compared = beside_training(data, self.columns, params)
        if compared is not None:
            return compared
        index = data.index if isinstance(data, pd.DataFrame) else None
        rows = sent_rows(data, self.columns) if self.images is None else self.images.rows(data)
        y_proba = answered(self.classifier.predict_proba, rows, data, self.columns)
        return pd.DataFrame(y_proba, columns=self.class_names, index=index)


def _load_pyfunc(path: str) -> _Served:
    return _Served(Path(path))
