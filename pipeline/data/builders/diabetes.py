"""The diabetes study of Efron et al. (2004), from the copy that scikit-learn ships, in the units that were measured."""

from importlib import resources
from pathlib import Path

from sklearn.datasets import load_diabetes

from pipeline.data.builders.rows import Rows, RowsBuilder


class Diabetes(RowsBuilder):
    """442 patients, ten measures of each, and how far the disease had come a year later.

    Not the columns that scikit-learn gives by default: those were scaled by all rows, test rows among them.
    """

    DESCRIPTION = "The diabetes study of Efron, Hastie, Johnstone and Tibshirani, scikit-learn's copy, columns unscaled"
    HOMEPAGE = "https://scikit-learn.org/stable/datasets/toy_dataset.html#diabetes-dataset"
    CITATION = (
        "Efron, B., Hastie, T., Johnstone, I., & Tibshirani, R. (2004). Least angle regression. Annals of Statistics "
        "32, 407-499."
    )
    TARGET = "disease progression"
    FEATURE_NAMES = (
        "age (years)",
        "sex",
        "body mass index",
        "blood pressure",
        "total cholesterol",
        "low-density lipoproteins",
        "high-density lipoproteins",
        "cholesterol ratio",
        "log triglycerides",
        "blood sugar",
    )

    @classmethod
    def locate(cls, data_dir: Path) -> tuple[Path, ...]:
        """Returns scikit-learn's files, wherever the data folder is."""
        folder = Path(str(resources.files("sklearn.datasets.data")))
        return folder / "diabetes_data_raw.csv.gz", folder / "diabetes_target.csv.gz"

    @classmethod
    def read(cls, files: tuple[Path, ...]) -> Rows:
        """Returns 442 rows."""
        diabetes = load_diabetes(scaled=False)
        return Rows(X=diabetes.data, y=diabetes.target)
