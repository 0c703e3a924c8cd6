"""Autoencoders on real digits: a linear one against the review's principal components, a deep one against both.

Shown from the result: ``tables["errors"]``. Drawn: ``arrays["labels"]``, and of test rows ``arrays["images"]``,
``arrays["pca.images"]``, ``arrays["deep.images"]``, ``(n, height, width)`` of 0 to 1, and ``arrays["pca.codes"]``,
``arrays["deep.codes"]``, ``(n, 2)``. ``curves["linear.loss"]`` and ``curves["deep.loss"]`` are by epoch.
"""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import pandas as pd
from scipy.linalg import subspace_angles

from experiments.language.printed import WorkedExample
from models.blackboard.trace import Array
from models.blackboard.unsupervised import principal_components
from models.engine import one_net
from models.nets import autoencoder
from models.nets.autoencoder import Autoencoder
from pipeline.lecture.values import Agreement, Worked
from pipeline.lecture.working.data import digits

ANGLE = 0.002  # radians between subspaces, a tenth of a degree: what is left to go after the declared epochs
EXCESS = 1e-4  # of the least squared error, as a share of it


def work_autoencoder(example: WorkedExample) -> Worked:
    """Trains a linear and a deep autoencoder and compares both with principal components."""
    g = example.givens
    images, labels = digits()
    pixels = images.reshape(len(images), -1) / images.max()
    n_train = int(g["train_share"] * len(pixels))
    mean = pixels[:n_train].mean(axis=0)
    train, test = pixels[:n_train] - mean, pixels[n_train:] - mean
    linear, linear_loss = _linear(train, g)
    deep, deep_loss = _deep(train, g)
    loadings = principal_components(train)[1][:, : g["n_code"]]
    components = (test @ loadings) @ loadings.T
    return Worked(
        example=example,
        by_hand={},
        curves={"linear.loss": linear_loss, "deep.loss": deep_loss},
        arrays={
            "labels": labels[n_train:],
            **{name: _pictures(rows + mean, images.shape[1:]) for name, rows in _drawn(test, components, deep).items()},
            "pca.codes": test @ loadings,
            "deep.codes": _values(deep.encoder, test),
        },
        tables={"errors": _errors(test, components, linear, deep, g["n_code"])},
        captions={
            "errors": "Squared error of unseen digits, mean over pixels of 0 to 1.",
        },
        agreements=_agreements(train, linear, loadings),
    )


def _linear(train: Array, g: Mapping[str, Any]) -> tuple[Autoencoder, Array]:
    """The trained linear autoencoder and its loss by epoch."""
    net = autoencoder.build(train.shape[1], g["n_code"], seed=g["seed"])
    return net, _train(net, train, g["linear_epochs"], None, g["learning_rate"])


def _deep(train: Array, g: Mapping[str, Any]) -> tuple[Autoencoder, Array]:
    """The trained deep autoencoder and its loss by epoch."""
    net = autoencoder.build(train.shape[1], g["n_code"], g["hidden_units"], seed=g["seed"])
    return net, _train(net, train, g["deep_epochs"], g["batch_size"], g["learning_rate"] / 2)


def _train(net: Autoencoder, X: Array, epochs: int, batch_size: int | None, learning_rate: float) -> Array:
    n_steps = epochs * -(-len(X) // (batch_size or len(X)))
    history = one_net.train(
        net.model,
        X,
        X,
        loss=keras.losses.MeanSquaredError(),
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(learning_rate, n_steps)),
        epochs=epochs,
        batch_size=batch_size,
        seed=0,
    )
    return history.train_loss


def _drawn(test: Array, components: Array, deep: Autoencoder) -> dict[str, Array]:
    return {"images": test, "pca.images": components, "deep.images": _values(deep.model, test)}


def _errors(test: Array, components: Array, linear: Autoencoder, deep: Autoencoder, n_code: int) -> pd.DataFrame:
    """What each code loses of unseen digits."""
    returned = {
        "the mean digit, no code": np.zeros_like(test),
        f"{n_code} principal components": components,
        f"linear autoencoder, code of {n_code}": _values(linear.model, test),
        f"deep autoencoder, code of {n_code}": _values(deep.model, test),
    }
    return pd.DataFrame(
        [{"given_back_by": name, "error_on_test_rows": _error(test, back)} for name, back in returned.items()]
    )


def _agreements(train: Array, linear: Autoencoder, loadings: Array) -> tuple[Agreement, ...]:
    n_code = loadings.shape[1]
    directions = linear.decoder.get_weights()[0].T
    least = _error(train, (train @ loadings) @ loadings.T)
    return (
        Agreement(
            what=f"angle of the subspace of {n_code} linear code neurons, in radians",
            peer=f"the review's first {n_code} principal components",
            difference=float(subspace_angles(directions, loadings).max()),
            allowed=ANGLE,
        ),
        Agreement(
            what="squared error of the linear autoencoder on its training rows, as a share",
            peer="the least that any linear code can have",
            difference=_error(train, _values(linear.model, train)) / least - 1,
            allowed=EXCESS,
        ),
    )


def _values(model: keras.Model, X: Array) -> Array:
    return np.asarray(model(X.astype(np.float32)), np.float64)


def _pictures(pixels: Array, shape: tuple[int, ...]) -> Array:
    return np.clip(pixels, 0, 1).reshape(-1, *shape)


def _error(X: Array, back: Array) -> float:
    return float(np.square(X - back).mean())
