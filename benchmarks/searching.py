"""A search of 200 trials in one program, beside 30 calls of Keras's `fit`: whole seconds, compiling included.

    python -m benchmarks.searching [--trials 200] [--fits 30]

The homework's net of 30 sigmoid neurons on the training rows of the first fold; each trial is trained on three inner
folds and scored on what they leave out. `fit` trains the same net, compiled once, with as many epochs of as large
batches on as many rows as an inner fold has; it is timed as it comes, and with as many steps in one call as was fastest
on one epoch. Needs the data's folder in ``PIPELINE_DATA_DIR``.
"""

import argparse
import time
from collections.abc import Callable

import keras
import numpy as np

from experiments.bankruptcy import BANKRUPTCY
from experiments.language import DenseNet, Search
from models.layers.preprocessing import fit_inputs
from models.nets import dense
from pipeline.data.ingest import ingest
from pipeline.data.split import parts, split
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.evaluate import judge_by
from pipeline.training.train import train

N_INNER, STEPS = 3, (1, 8, 32)
SPACE = {
    "l2": (0.00003, 0.0001, 0.0003, 0.001, 0.002, 0.004, 0.008),
    "training.learning_rate": (0.0003, 0.001, 0.002, 0.003, 0.005, 0.01),
    "dropout": (0.05, 0.1, 0.2, 0.3, 0.4),
}

Fit = Callable[[int], None]


def searched(net: DenseNet, dataset: Dataset, fold: Fold, n_trials: int) -> float:
    """Returns the seconds of a search and of the training with what it chose."""
    search = Search(name="searched", candidate=net, space=SPACE, n_trials=n_trials, n_inner=N_INNER)
    began = time.perf_counter()
    (trained,) = train(search, dataset, [fold], judge=judge_by(BANKRUPTCY))
    seconds = time.perf_counter() - began
    print(
        f"{len(trained.trials)} trials x {N_INNER} inner folds: {seconds:.1f} s; chosen: {dict(trained.chosen or {})}"
    )
    return seconds


def fitter(net: DenseNet, dataset: Dataset, fold: Fold, steps: int) -> Fit:
    """Returns what calls `fit` for so many epochs on the training rows of the first inner fold."""
    rows = parts(dataset, fold, N_INNER)[0].train_rows
    X = np.asarray(fit_inputs(net.inputs, dataset.X[rows])(dataset.X[rows]), np.float32)
    y = dataset.y[rows, None].astype(np.float32)
    model = dense.build((X.shape[1],), 1, net.hidden_units, activation=net.activation, l2=net.l2)
    adam = keras.optimizers.Adam(net.training.learning_rate)
    model.compile(optimizer=adam, loss="binary_crossentropy", steps_per_execution=steps)

    def fit(epochs: int) -> None:
        model.fit(X, y, epochs=epochs, batch_size=net.training.batch_size, verbose=0)

    return fit


def seconds_of(fit: Fit, epochs: int) -> float:
    """Returns what a call takes."""
    began = time.perf_counter()
    fit(epochs)
    return time.perf_counter() - began


def main() -> None:
    """Prints what the search and the calls take."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--fits", type=int, default=30)
    given = parser.parse_args()
    dataset = ingest("bankruptcy")
    (fold,) = split(dataset, BANKRUPTCY.splitting, seed=1)[:1]
    net = next(one for one in BANKRUPTCY.candidates if isinstance(one, DenseNet) and one.name == "sigmoid_30")
    whole = searched(net, dataset, fold, given.trials)
    fits = {steps: fitter(net, dataset, fold, steps) for steps in STEPS}
    warm = {steps: (seconds_of(fit, 1), seconds_of(fit, 1))[1] for steps, fit in fits.items()}
    best = min(warm, key=lambda steps: warm[steps])
    for words, steps in (("as it comes", 1), (f"with {best} steps in one call", best)):
        took = sum(seconds_of(fits[steps], net.training.epochs) for _ in range(given.fits))
        print(f"{given.fits} fits {words}: {took:.1f} s; the search took {whole / took:.2f} of that")


if __name__ == "__main__":
    main()
