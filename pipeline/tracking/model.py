"""A trained candidate as an MLflow model."""

import tempfile
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.models import infer_signature

from pipeline.provenance import versions
from pipeline.values import Dataset, Trained


def log_model(dataset: Dataset, trained: Trained) -> str:
    """Logs the model of one fold with its signature: raw rows in, one column of probabilities for each class out.

    Returns:
        Its address in the store.
    """
    from models import classifier  # brings TensorFlow, which reading a store does not need

    rows = trained.train_rows[:3]
    example = dataset.X[rows] if dataset.is_image else raw_table(dataset, rows)
    y_proba = trained.model.predict_proba(dataset.X[rows])
    probabilities = pd.DataFrame(y_proba, columns=list(dataset.class_names))
    installed = versions()
    with tempfile.TemporaryDirectory() as folder:
        classifier.save(trained.model, Path(folder) / "classifier", dataset.class_names)  # type: ignore[arg-type]
        logged = mlflow.pyfunc.log_model(
            name=trained.candidate.name,
            loader_module=classifier.__name__,
            data_path=str(Path(folder) / "classifier"),
            code_paths=[str(Path(classifier.__file__).parent)],
            signature=infer_signature(example, probabilities),
            input_example=example,
            # Named, because finding them out takes MLflow seven seconds a model.
            pip_requirements=[
                f"{name}=={installed[name]}" for name in ("tensorflow", "keras", "scikit-learn", "pandas", "numpy")
            ],
        )
    return logged.model_uri


def raw_table(dataset: Dataset, rows: Any) -> pd.DataFrame:
    """Returns rows as they came, a named column for each feature."""
    return pd.DataFrame(dataset.X[rows], columns=list(dataset.feature_names))
