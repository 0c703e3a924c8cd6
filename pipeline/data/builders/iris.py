"""Fisher's iris flowers, from the copy that scikit-learn ships."""

from importlib import resources
from pathlib import Path

from sklearn.datasets import load_iris

from pipeline.data.builders.rows import Rows, RowsBuilder


class Iris(RowsBuilder):
    """150 flowers, four lengths in centimeters, three species of 50."""

    DESCRIPTION = (
        "Fisher's iris flowers, scikit-learn's copy (Fisher's paper and R agree with it; UCI's copy has two slips)"
    )
    HOMEPAGE = "https://scikit-learn.org/stable/datasets/toy_dataset.html#iris-plants-dataset"
    CITATION = (
        "Fisher, R. A. (1936). The use of multiple measurements in taxonomic problems. Annals of Eugenics 7, 179-188."
    )
    CLASS_NAMES = ("setosa", "versicolor", "virginica")
    FEATURE_NAMES = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")

    @classmethod
    def locate(cls, data_dir: Path) -> tuple[Path, ...]:
        """Returns scikit-learn's file, wherever the data folder is."""
        return (Path(str(resources.files("sklearn.datasets.data") / "iris.csv")),)

    @classmethod
    def read(cls, files: tuple[Path, ...]) -> Rows:
        """Returns 150 rows, 50 of each species."""
        iris = load_iris()
        return Rows(X=iris.data, y=iris.target)
