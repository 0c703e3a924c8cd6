"""How ``old_store.tar.xz`` was made, with the code of commit 0b264f8: the last one before stages became folders.

In a checkout of that commit, in its environment, this file beside the folder ``pipeline``::

    python old_store.py FOLDER

It runs small comparisons under catalogued names, into a store in ``FOLDER``. What its models say of
raw rows is written beside this file: ``old_store_champion.csv`` by the old command ``pipeline.predict``, for all
flowers, and ``old_store_models.csv`` for the first rows of each set. Then it packs database and artifacts; name of
machine, user and script are not ours to keep, and are taken out of the database first.
"""

import sqlite3
import sys
import tarfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

N_ROWS = 12  # of each set, for every model


def comparisons():
    """Few candidates, and of each kind of what is saved one: all layers of our own, a vote, pipelines."""
    from experiments.digits import DIGITS
    from experiments.iris import IRIS
    from experiments.spec import (
        Augmentation,
        Baseline,
        ConvNet,
        Convolution,
        DenseNet,
        Ensemble,
        Gate,
        RecurrentNet,
        Search,
        Splitting,
        Training,
    )

    training = Training(epochs=40, learning_rate=0.05, batch_size=16, optimizer="adam")
    net = DenseNet(name="sigmoid_10", hidden_units=(10,), training=training)
    logistic = Baseline(name="logistic_regression", algorithm="logistic_regression", inputs="standardize")
    majority = Baseline(name="majority_class", algorithm="majority_class")
    yield replace(
        IRIS,
        splitting=Splitting(test_share=0.2, n_folds=5),
        candidates=(
            net,
            replace(net, name="quantiles", inputs="quantile_normal"),
            Ensemble(name="vote", net=net, n_members=2),
            majority,
            Search(name="searched", candidate=logistic, space={"settings.C": (0.1, 1.0)}, n_trials=2),
        ),
        gate=Gate(simplest="sigmoid_10"),
    )
    training = Training(epochs=4, learning_rate=0.01, optimizer="adam")
    yield replace(
        DIGITS,
        splitting=Splitting(test_share=0.2, n_folds=2),
        candidates=(
            ConvNet(
                name="conv",
                convolutions=(Convolution(feature_maps=4, kernel_size=3),),
                augmentation=Augmentation(shift=1),
                training=training,
            ),
            RecurrentNet(name="lstm", units=(8,), training=training),
            majority,
            replace(logistic, inputs="rescale"),
        ),
        gate=Gate(simplest="logistic_regression"),
    )


def main(folder: Path) -> None:
    sys.path.insert(0, str(Path.cwd()))  # before whatever version is installed
    from pipeline import flow
    from pipeline.command import quieten_mlflow
    from pipeline.terminal import Terminal

    quieten_mlflow()
    uri = f"sqlite:///{folder.absolute()}/mlflow.db"
    plan = flow.plan([], list(comparisons()), leave_out_unavailable=False, tracking_uri=uri)
    flow.carry_out(plan, Terminal())
    datasets = {job.comparison.name: job.dataset for job in plan.jobs}
    beside = Path(__file__).parent
    write_champion(datasets["iris"], folder, uri, beside / "old_store_champion.csv")
    write_models(datasets, folder, beside / "old_store_models.csv")
    take_names_out(folder / "mlflow.db")
    with tarfile.open(beside / "old_store.tar.xz", "w:xz", preset=9) as archive:
        for name in ("mlflow.db", "artifacts"):
            archive.add(folder / name, name, filter=plain)


def write_champion(iris, folder: Path, uri: str, target: Path) -> None:
    import pandas as pd

    from pipeline import predict

    rows = folder / "rows.csv"
    pd.DataFrame(iris.X, columns=list(iris.feature_names)).to_csv(rows, index=False)
    assert predict.main(["models:/iris@champion", str(rows), "-o", str(target), "--tracking-uri", uri]) == 0


def write_models(datasets, folder: Path, target: Path) -> None:
    import pandas as pd

    from models import classifier

    with closing(sqlite3.connect(folder / "mlflow.db")) as connection:
        names = dict(connection.execute("SELECT model_id, name FROM logged_models"))
    said = []
    for saved in sorted(folder.glob("artifacts/*/models/*/artifacts/data/classifier")):
        _, experiment, _, model, *_ = saved.relative_to(folder).parts
        loaded, class_names = classifier.load(saved)
        for row, y_proba in enumerate(loaded.predict_proba(datasets[experiment].X[:N_ROWS])):
            said += [(experiment, names[model], row, *pair) for pair in zip(class_names, y_proba, strict=True)]
    pd.DataFrame(said, columns=["experiment", "candidate", "row", "class", "probability"]).to_csv(target, index=False)


def take_names_out(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        with connection:
            for table in ("tags", "logged_model_tags"):
                connection.execute(f"UPDATE {table} SET value = 'machine:1' WHERE key = 'process'")
                connection.execute(f"UPDATE {table} SET value = 'somebody' WHERE key = 'mlflow.user'")
                connection.execute(f"UPDATE {table} SET value = 'old_store.py' WHERE key = 'mlflow.source.name'")
            connection.execute("UPDATE runs SET user_id = 'somebody', source_name = 'old_store.py'")
        connection.execute("VACUUM")


def plain(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leaves out compiled files, and who owns what."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return None if "__pycache__" in member.name else member


if __name__ == "__main__":
    main(Path(sys.argv[1]))
