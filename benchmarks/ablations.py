"""What each part of a recipe is worth: a net with it beside the same net without, on the same folds.

    python -m benchmarks.ablations [--tables wine ...] [--parts embedding ...] [--epochs 60] [--repeats 2]
    python -m benchmarks.ablations --tables flights more_flights --parts levels    # with 'chalktape[bench]'

Three folds of each table, dealt anew as often as ``--repeats`` says; nothing is searched, so that all else is alike. A
positive difference is in favor of the part, in the table's own metric. The interval of a table is that of the corrected
resampled t-test: of several parts on several tables some exclude 0 by chance. Writes a row for each fold to a file and
goes on with it; the table in Markdown is printed.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.flights import FLIGHTS
from benchmarks.ranks.candidates import comparison_of
from benchmarks.ranks.tables import N_FOLDS
from benchmarks.ranks.tables import TABLES as RANKED
from experiments.language import Candidate, DenseNet, Ensemble, Rates, RealMLP, TabM, Training
from experiments.language.nets.real_mlp import RECIPE
from models.engine.devices import choose
from pipeline.data.split import split
from pipeline.data.values import Dataset, Fold
from pipeline.process.options import whole
from pipeline.scoring.evaluate import judge_by
from pipeline.scoring.significance import Difference, corrected_difference
from pipeline.telling.files import to_csv, write
from pipeline.training.train import train
from pipeline.training.values import Judge

FILE = Path(__file__).parents[1] / "docs" / "ablations.csv"
TABLES = {**RANKED, **FLIGHTS}
SEED = 1
BATCH, MEMBERS = 32, 8
WORDS = {"roc_auc": "ROC-AUC", "log_loss": "log loss", "rmse": "RMSE"}


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a recipe.

    Attributes:
        words: What it is, and what takes its place.
        has: The candidate with it.
        lacks: The same without.
        of_classes: Whether it is one of classes only.
        of_categories: Whether it is one of tables with categories only.
    """

    words: str
    has: Candidate
    lacks: Candidate
    of_classes: bool = False
    of_categories: bool = False


def parts(task: str, epochs: int) -> dict[str, Part]:
    """Returns the parts of all recipes.

    Args:
        task: ``"classification"`` or ``"regression"``.
        epochs: Of each net.
    """
    recipe = replace(RECIPE, epochs=epochs, patience=epochs, batch_size=BATCH, learning_rate=0.02)
    mlp = RealMLP(
        name="mlp",
        hidden_units=(64, 64),
        training=recipe,
        activation="selu" if task == "classification" else "mish",
    )
    plain = Training(epochs=epochs, learning_rate=0.003, batch_size=BATCH, optimizer="adam", schedule="cosine")
    tabm = TabM(
        name="tabm",
        hidden_units=(32, 32),
        n_members=MEMBERS,
        training=replace(plain, optimizer="adamw", weight_decay=0.0003),
    )
    dense = DenseNet(name="dense", hidden_units=(32, 32), activation="relu", training=tabm.training)
    ramps = replace(dense, hidden_units=(32,), inputs="piecewise_linear", training=plain, l2=0.001)
    tanh = replace(ramps, hidden_units=(30,), activation="tanh", inputs="quantile_normal")
    vote = Ensemble(name="vote", net=tanh, n_members=MEMBERS)
    unembedded = replace(recipe, rates=Rates(bias=0.1, scale=6.0, slope=0.1))
    return {
        "embedding": Part(
            words="`real_mlp`: PBLD embedding; numbers as they are",
            has=mlp,
            lacks=replace(mlp, n_embedded=1, training=unembedded),
        ),
        "levels": Part(
            words="`real_mlp`: 8 learnt numbers for each level; its mean of the target",
            has=mlp,
            lacks=replace(mlp, categories="by_target"),
            of_categories=True,
        ),
        "smoothing": Part(
            words="`real_mlp`: labels smoothed by 0.1; not smoothed",
            has=replace(mlp, training=replace(recipe, label_smoothing=0.1)),
            lacks=mlp,
            of_classes=True,
        ),
        "clip": Part(
            words="`real_mlp`: robust scale and smooth clip; z-scores",
            has=mlp,
            lacks=replace(mlp, inputs="standardize"),
        ),
        "schedule": Part(
            words="`real_mlp`: rate by `coslog4`; by one cosine",
            has=mlp,
            lacks=replace(mlp, training=replace(recipe, schedule="cosine")),
        ),
        "sharing": Part(
            words=f"`tabm`: {MEMBERS} members that share kernels; one dense net",
            has=tabm,
            lacks=dense,
        ),
        "adapters": Part(
            words="`tabm`: adapters in every layer; in front alone",
            has=tabm,
            lacks=replace(tabm, adapters="mini"),
        ),
        "apart": Part(
            words=f"`tabm`: {MEMBERS} members; a vote of {MEMBERS} nets that share nothing",
            has=tabm,
            lacks=Ensemble(name="apart", net=dense, n_members=MEMBERS),
        ),
        "ramps": Part(
            words="ramps between quantiles; z-scores",
            has=ramps,
            lacks=replace(ramps, inputs="standardize"),
        ),
        "diversity": Part(
            words=f"vote of {MEMBERS}: members that see half of the columns; all",
            has=replace(vote, column_share=0.5),
            lacks=vote,
        ),
        "bagging": Part(
            words=f"vote of {MEMBERS}: members of drawn rows; of all",
            has=replace(vote, bagging=True),
            lacks=vote,
        ),
        "caruana": Part(
            words=f"vote of {MEMBERS}, half of the columns: Caruana's weights; equal ones",
            has=replace(vote, column_share=0.5, weights="caruana"),
            lacks=replace(vote, column_share=0.5),
        ),
    }


def measure(table: str, name: str, epochs: int, repeats: int) -> list[dict[str, object]]:
    """Returns a row for each fold: the score with a part, and without; nothing where it is not of the task."""
    known = TABLES[table]
    dataset = known.load()
    part = parts(dataset.task.name, epochs)[name]
    has_categories = dataset.columns is not None and any(one.kind == "category" for one in dataset.columns.used)
    if (part.of_classes and not dataset.task.has_classes) or (part.of_categories and not has_categories):
        return []
    folds = split(dataset, replace(known.splitting, n_folds=repeats * N_FOLDS), seed=SEED)
    judge = judge_by(comparison_of(table, known, dataset.task.name))
    scores = [_scores(candidate, dataset, folds, judge) for candidate in (part.has, part.lacks)]
    sign = -1 if judge.lower_is_better else 1
    return [
        {
            "table": table,
            "part": name,
            "epochs": epochs,
            "fold": fold.index,
            "n_train": len(fold.train_rows),
            "n_test": len(fold.test_rows),
            "has": with_it,
            "lacks": without,
            "better_by": sign * (with_it - without),
        }
        for fold, with_it, without in zip(folds, *scores, strict=True)
    ]


def _scores(candidate: Candidate, dataset: Dataset, folds: Sequence[Fold], judge: Judge) -> list[float]:
    """Returns the score on the test rows of each fold."""
    trained = train(candidate, dataset, folds, judge=judge, placement=choose("cpu"))
    rows = [fold.test_rows for fold in folds]
    said = [dataset.task.predictions(one.model, dataset.X[own]) for one, own in zip(trained, rows, strict=True)]
    return [judge.score(dataset.y[own], predicted, None) for own, predicted in zip(rows, said, strict=True)]


def told(measured: pd.DataFrame) -> list[str]:
    """Returns the table in Markdown, a line for each part on each table."""
    lines = ["| part; without it | table, metric | with | without | better by |", "| --- | --- | --- | --- | --- |"]
    for (name, table), own in measured.groupby(["part", "table"], sort=False):
        words = parts("classification", 1)[str(name)].words
        found = difference(own)
        interval = f"{found.mean:+.4f} [{found.low:+.4f}, {found.high:+.4f}]"
        means = f"{own['has'].mean():.4f} | {own['lacks'].mean():.4f}"
        lines.append(f"| {words} | {table}, {WORDS[TABLES[str(table)].metric]} | {means} | {interval} |")
    return lines


def difference(own: pd.DataFrame) -> Difference:
    """Returns what the folds of one part on one table tell."""
    n_train, n_test = int(own["n_train"].min()), int(own["n_test"].max())
    return corrected_difference(np.asarray(own["better_by"]), n_train=n_train, n_test=n_test, equivalence=0.0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures what is missing and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = list(parts("classification", 1))
    parser.add_argument("--tables", nargs="+", default=["wine", "breast_cancer", "diabetes"], choices=TABLES)
    parser.add_argument("--parts", nargs="+", default=known, choices=known, metavar="PART")
    parser.add_argument("--epochs", type=whole(1), default=60)
    parser.add_argument("--repeats", type=whole(1), default=2)
    parser.add_argument("--file", type=Path, default=FILE)
    given = parser.parse_args(arguments)
    rows: list[Any] = pd.read_csv(given.file).to_dict(orient="records") if given.file.exists() else []
    done = {(row["table"], row["part"], row["epochs"]) for row in rows}
    for name in given.parts:
        for table in given.tables:
            if (table, name, given.epochs) not in done:
                rows += measure(table, name, given.epochs, given.repeats)
                write(given.file, to_csv(pd.DataFrame(rows)))
                print(f"{name} on {table}", flush=True)
    print("\n".join(told(pd.DataFrame(rows))))


if __name__ == "__main__":
    main()
