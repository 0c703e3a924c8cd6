"""A trained candidate as an MLflow model, and back."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import pyarrow as pa
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from mlflow.pyfunc import PyFuncModel
from mlflow.types.schema import ColSpec, Schema

from models.checks import require
from models.encoding.columns import Columns
from pipeline.data.values import Dataset
from pipeline.process.provenance import versions
from pipeline.tracking.store import existing
from pipeline.training.values import Trained


def log_model(dataset: Dataset, trained: Trained) -> str:
    """Logs the model of one fold with its signature: raw rows in, one column of probabilities for each class out.

    Of a table with a contract, raw rows are the table's own: numbers, dates and categories as text; a column in which
    a cell was missing is optional, so that one may be missing again.

    Returns:
        Its address in the store.
    """
    from models import classifier  # brings TensorFlow, which reading a store does not need

    rows = trained.train_rows[:3]
    example = dataset.X[rows] if dataset.is_image else raw_table(dataset, rows)
    y_proba = trained.model.predict_proba(dataset.X[rows])
    signature = infer_signature(example, pd.DataFrame(y_proba, columns=list(dataset.class_names)))
    if dataset.columns is not None:
        signature.inputs = _inputs(dataset.columns)
    installed = versions()
    with tempfile.TemporaryDirectory() as folder:
        classifier.save(trained.model, Path(folder) / "classifier", dataset.class_names)  # type: ignore[arg-type]
        logged = mlflow.pyfunc.log_model(
            name=trained.candidate.name,
            loader_module=classifier.__name__,
            data_path=str(Path(folder) / "classifier"),
            code_paths=[str(Path(classifier.__file__).parent)],
            signature=signature,
            input_example=example,
            # Named, because finding them out takes MLflow seven seconds a model.
            pip_requirements=[
                *(f"{name}=={installed[name]}" for name in ("tensorflow", "keras", "scikit-learn", "pandas", "numpy")),
                f"pyarrow=={pa.__version__}",
            ],
        )
    return logged.model_uri


def raw_table(dataset: Dataset, rows: Any) -> pd.DataFrame:
    """Returns rows as they came, a named column for each feature."""
    if dataset.columns is not None:
        return dataset.columns.frame(dataset.X[rows])
    return pd.DataFrame(dataset.X[rows], columns=list(dataset.feature_names))


def _inputs(columns: Columns) -> Schema:
    """Returns what a model asks for: no whole numbers, because a gap would make them fractions."""
    return Schema([ColSpec(column.served_as, column.name, required=not column.missing) for column in columns.used])


@dataclass(frozen=True, kw_only=True)
class ServedModel:
    """A logged model of tables.

    Attributes:
        input_names: Its columns.
        predict: A table of these to a table of probabilities, a column for each class; with a contract, the raw table.
        columns: The contract of the table it was trained on; ``None`` without one.
    """

    input_names: tuple[str, ...]
    predict: Callable[[pd.DataFrame], pd.DataFrame]
    columns: Columns | None = None


def load_model(model_uri: str, tracking_uri: str | None = None) -> ServedModel:
    """Loads what ``log_model`` logged.

    Args:
        model_uri: ``models:/name@alias``, ``models:/id``, or a folder.
        tracking_uri: The store of an address that begins with ``models:``; ``None`` as for a run.

    Raises:
        ValueError: There is no such model or store, or its rows are images.
    """
    if model_uri.startswith(("models:", "runs:")):
        mlflow.set_tracking_uri(existing(tracking_uri))
    try:
        model = mlflow.pyfunc.load_model(model_uri)
    except (MlflowException, OSError) as error:
        raise ValueError(
            f"predict: expected a model that can be loaded. Received: model_uri={model_uri!r}. "
            f"MLflow says: {str(error).strip().splitlines()[0]}"
        ) from error
    inputs = model.metadata.get_input_schema()
    table = inputs is not None and not inputs.is_tensor_spec()
    require(table, "predict", "a model of tables", "Images go to a server, or to the notebook.", model_uri=model_uri)
    columns = _contract(model)
    return ServedModel(
        input_names=tuple(inputs.input_names()),
        predict=model.predict if columns is None else lambda table: model.predict(columns.typed(table)),
        columns=columns,
    )


def _contract(model: PyFuncModel) -> Columns | None:
    try:
        return model.get_raw_model().columns
    except NotImplementedError:  # logged before there were contracts
        return None
