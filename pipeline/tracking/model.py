"""A trained candidate as an MLflow model, and back."""

import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import mlflow
import numpy as np
import pandas as pd
import pyarrow as pa
from mlflow.entities.model_registry import RegisteredModel
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature, infer_signature
from mlflow.pyfunc import PyFuncModel
from mlflow.store.artifact.models_artifact_repo import ModelsArtifactRepository
from mlflow.tracking import MlflowClient
from mlflow.types.schema import ColSpec, ParamSchema, ParamSpec, Schema
from numpy.typing import NDArray

from models.boosters import requirements
from models.checks import closest, mistake, require
from models.effects import background_rows
from models.encoding.columns import Columns
from models.prediction_interval import PredictionInterval
from models.request import PARAMS
from models.threshold import Threshold
from pipeline.process.provenance import versions
from pipeline.tracking.answering import as_gone
from pipeline.tracking.served import ALIAS
from pipeline.tracking.store import existing, place, readable

if TYPE_CHECKING:  # of what is logged, and of image files only: a model of tables is loaded without them
    from models.images import Images
    from pipeline.data.values import Dataset
    from pipeline.training.values import Trained

_LOGGED = "m-"
"""Begins the ID of a logged model."""
_PARAMS = ParamSchema([ParamSpec(name, "boolean", asked) for name, asked in PARAMS.items()])
Effects = Callable[..., NDArray[np.float64]]
"""A table, and a class for each row where there are some, to what each column adds to log-odds or number of the row,
``(n_rows, n_columns)``."""


def log_model(
    dataset: "Dataset",
    trained: "Trained",
    threshold: Threshold | None = None,
    interval: PredictionInterval | None = None,
) -> str:
    """Logs a trained model with its signature: raw rows in, a column of probabilities for each class, or a number, out.

    Of a table with a contract, raw rows are the table's own: numbers, dates and categories as text; a column in which
    a cell was missing is optional, so that one may be missing again. What was trained on image files names no inputs,
    since it takes arrays as well as files in base64.

    Args:
        dataset: What it was trained on.
        trained: The candidate on some of its rows.
        threshold: From which probability on a row is raised; it is carried and changes no answer.
        interval: How far from a predicted number the truth may lie; its ends stand beside the answer.

    Returns:
        Its address in the store.
    """
    from models import classifier, regressor  # they bring TensorFlow, which reading a store does not need

    task, module = dataset.task, classifier if dataset.task.has_classes else regressor
    rows = trained.train_rows[:3]
    example = dataset.X[rows] if dataset.is_image else raw_table(dataset, rows)
    predicted = task.predictions(trained.model, dataset.X[rows])
    if task.has_classes:
        answered = pd.DataFrame(predicted, columns=list(task.answer_names))
    else:
        (target,) = task.answer_names
        answered = pd.DataFrame(regressor.answers(target, predicted, interval))
    signature = infer_signature(example, answered)
    if dataset.columns is not None:
        signature = ModelSignature(inputs=_inputs(dataset.columns), outputs=signature.outputs, params=_PARAMS)
    if dataset.images is not None:
        signature = ModelSignature(outputs=signature.outputs)
    installed = versions()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / module.__name__.rpartition(".")[2]
        background = None if dataset.is_image else dataset.X[background_rows(trained.train_rows, trained.seed)]
        model: Any = trained.model
        if task.has_classes:
            classifier.save(model, place, task.answer_names, threshold, background, dataset.images)
        else:
            regressor.save(model, place, task.answer_names[0], background, interval)
        logged = mlflow.pyfunc.log_model(
            name=trained.candidate.name,
            loader_module=module.__name__,
            data_path=str(place),
            code_paths=[str(Path(str(module.__file__)).parent)],
            signature=signature,
            input_example=example,
            # Named, because finding them out takes MLflow seven seconds a model.
            pip_requirements=[
                *(f"{name}=={installed[name]}" for name in ("tensorflow", "keras", "scikit-learn", "pandas", "numpy")),
                f"pyarrow=={pa.__version__}",
                *_decoder(dataset),
                *requirements(trained.candidate.needs),
            ],
        )
    return logged.model_uri


def _decoder(dataset: "Dataset") -> list[str]:
    """Returns what decodes image files, where a model takes some."""
    if dataset.images is None:
        return []
    import PIL

    return [f"pillow=={PIL.__version__}"]


def raw_table(dataset: "Dataset", rows: Any) -> pd.DataFrame:
    """Returns rows as they came, a named column for each feature."""
    if dataset.columns is not None:
        return dataset.columns.frame(dataset.X[rows])
    return pd.DataFrame(dataset.X[rows], columns=list(dataset.feature_names))


def _inputs(columns: Columns) -> Schema:
    """Returns what a model asks for: no whole numbers, because a gap would make them fractions."""
    return Schema([ColSpec(column.served_as, column.name, required=not column.missing) for column in columns.used])


@dataclass(frozen=True, kw_only=True)
class ServedModel:
    """A logged model of tables, or of image files.

    Attributes:
        input_names: Its columns; none of images.
        predict: A table of these to a table of probabilities, a column for each class, or of one column of numbers,
            with an interval three: the number, its lower and its upper end. With a contract, the raw table.
        columns: The contract of the table it was trained on; ``None`` without one.
        images: What image files are made into; ``predict`` then takes an array of them. ``None`` of tables.
        class_names: Of its probabilities, in order; empty where it predicts a number.
        target: Name of the number that it predicts; ``None`` of classes.
        threshold: From which probability on a row is raised; ``None`` where nothing is decided.
        interval: How far from a predicted number the truth may lie; ``None`` where that was not calibrated.
        effects: What each column adds to an answer; ``None`` of a model that was logged without training rows.
    """

    input_names: tuple[str, ...]
    predict: Callable[[Any], pd.DataFrame]
    columns: Columns | None = None
    images: "Images | None" = None
    class_names: tuple[str, ...] = ()
    target: str | None = None
    threshold: Threshold | None = None
    interval: PredictionInterval | None = None
    effects: Effects | None = None

    def decided_at(self, value: float) -> "ServedModel":
        """Returns the same model with another threshold: on the class of its own one, else on the second of two.

        Raises:
            ValueError: The threshold is no probability, it is not known of which class, or the model predicts a number.
        """
        expected = "a model of classes for a threshold"
        remedy = "Leave it out: what the model says is a number, and no probability."
        require(self.target is None, "predict", expected, remedy, target=self.target)
        remedy = "It is compared with a probability."
        require(0 <= value <= 1, "predict", "a threshold of 0 to 1", remedy, threshold=value)
        if self.threshold is not None:
            return replace(self, threshold=Threshold(positive_class=self.threshold.positive_class, value=value))
        require(
            len(self.class_names) == 2,
            "predict",
            "a model of two classes for a threshold",
            "Leave it out: of several classes none is the one that is raised.",
            class_names=self.class_names,
        )
        return replace(self, threshold=Threshold(positive_class=self.class_names[1], value=value))


def load_model(model_uri: str, tracking_uri: str | None = None) -> ServedModel:
    """Loads what ``log_model`` logged.

    To load a model is to run code: its own, and what its pickles ask for. Whoever may write to a store, or made the
    folder, may do here what the caller may.

    Args:
        model_uri: ``models:/name@alias``, ``models:/id``, or a folder.
        tracking_uri: The store of an address that begins with ``models:``; ``None`` as for a run.

    Raises:
        ValueError: There is no such model or store, or its rows are images that came from no files.
    """
    in_a_store = model_uri.startswith(("models:", "runs:"))
    with readable(existing(tracking_uri)) if in_a_store else nullcontext():
        model = _loaded(model_uri)
    inputs = model.metadata.get_input_schema()
    images = _carried(model, "images")
    known = images is not None or (inputs is not None and not inputs.is_tensor_spec())
    remedy = "Arrays of pixels go to a server, or to the notebook."
    require(known, "predict", "a model of tables or of image files", remedy, model_uri=model_uri)
    outputs = model.metadata.get_output_schema()
    carried = {
        name: _carried(model, name) for name in ("columns", "threshold", "interval", "background", "effects", "target")
    }
    columns, background, target = carried["columns"], carried["background"], carried["target"]
    return ServedModel(
        input_names=tuple(inputs.input_names()) if images is None else (),
        predict=model.predict if columns is None else lambda table: model.predict(columns.typed(table)),
        columns=columns,
        images=images,
        class_names=() if outputs is None or target is not None else tuple(outputs.input_names()),
        target=target,
        threshold=carried["threshold"],
        interval=carried["interval"],
        effects=None if background is None else carried["effects"],
    )


def _loaded(model_uri: str) -> PyFuncModel:
    try:
        # Its warnings are of versions, are not shown, and take half a second to look through all that is installed.
        return mlflow.pyfunc.load_model(model_uri, suppress_warnings=True)
    except (MlflowException, OSError) as error:
        if as_gone(error) is not None:
            raise
        remedy = _not_there(model_uri) or f"MLflow says: {str(error).strip().splitlines()[0]}"
        raise ValueError(mistake("predict", "a model that can be loaded", remedy, model_uri=model_uri)) from error


def _not_there(model_uri: str) -> str:
    """Says what is probably meant, or where the files of a stored model should lie; nothing where neither is known."""
    if not model_uri.startswith("models:"):
        known = ":" in model_uri or Path(model_uri).exists()
        return "" if known else f"There is no such folder. What is registered is models:/{model_uri}@{ALIAS}."
    try:
        uri = ModelsArtifactRepository.get_underlying_uri(model_uri)
    except (MlflowException, OSError):
        return _registered(model_uri)
    file = Path(place(uri, "MLmodel"))
    if urlsplit(uri).scheme not in ("", "file") or file.exists():
        return ""
    moved = "They were moved or removed: put them back, or tell the store where they are (docs/operations.md)."
    return f"Its files are not at {str(file.parent)!r}, where the store says. {moved}"


def _registered(model_uri: str) -> str:
    """Returns what a registered model can be asked for by, or the closest of them to one that is none."""
    name = model_uri.removeprefix("models:").lstrip("/").partition("@")[0].partition("/")[0]
    try:
        found = {one.name: one for one in MlflowClient().search_registered_models()}
    except (MlflowException, OSError):
        return ""
    if name in found:
        return _versions_of(found[name])
    if name.startswith(_LOGGED):
        return ""
    return closest(name, list(found)) if found else "None is registered in this store: the last run says why."


def _versions_of(model: RegisteredModel) -> str:
    """Returns which versions of a registered model can be asked for, the champion where there is one."""
    versions = [int(one.version) for one in model.latest_versions]
    if not versions:
        return f"{model.name!r} is registered and has no version: a run whose champion passes its gate makes one."
    last = f"models:/{model.name}/{max(versions)}"
    if ALIAS in model.aliases:
        return f"What is served is models:/{model.name}@{ALIAS}, the last one {last}."
    return f"No version of {model.name!r} is the champion: ask for one by its number, the last one is {last}."


def _carried(model: PyFuncModel, name: str) -> Any:
    """Returns what a model carries beside its answers; ``None`` of one that was logged before it could."""
    try:
        return getattr(model.get_raw_model(), name, None)
    except NotImplementedError:
        return None
