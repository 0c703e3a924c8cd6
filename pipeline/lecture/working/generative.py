"""A variational autoencoder: its loss and slopes by hand against the tape, then trained on digits.

Drawn from the result: ``arrays["plane"]``, ``(n_side * n_side, height, width)``, what the decoder draws across the
plane; ``arrays["drawn"]``, from random points; ``arrays["codes"]``, ``(n_test, n_code)``, and ``arrays["answers"]`` of
unseen digits; ``curves["loss"]`` by epoch.
"""

from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf
from scipy.stats import norm

from experiments.language.printed import WorkedExample
from models.blackboard import variational
from models.blackboard.trace import Array
from pipeline.lecture.values import Agreement, Worked
from pipeline.lecture.working.data import digits

ALLOWED = 1e-12
BRIGHTEST = 16.0


def work_generative(example: WorkedExample) -> Worked:
    """Checks loss and slopes on some digits, trains, and draws."""
    g = example.givens
    images, answers = digits()
    X, side = images.reshape(len(images), -1) / BRIGHTEST, images.shape[1:]
    n_train = int(g["train_share"] * len(X))
    start = variational.initialize(X.shape[1], g["n_hidden"], g["n_code"], seed=g["seed"])
    learning = {name: g[name] for name in ("learning_rate", "epochs", "batch_size", "seed")}
    weights, losses = variational.train(start, X[:n_train], **learning)
    generator = np.random.default_rng(g["seed"])
    noise = generator.normal(size=(len(X) - n_train, g["n_code"]))
    unseen = variational.forward(weights, X[n_train:], noise)
    places = norm.ppf((np.arange(g["n_side"]) + 0.5) / g["n_side"])  # as many digits lie between any two of them
    plane = np.array([(x, y) for y in places[::-1] for x in places])
    return Worked(
        example=example,
        by_hand={},
        curves={"loss": losses},
        arrays={
            "plane": variational.decode(weights, plane).reshape(-1, *side),
            "drawn": variational.decode(weights, generator.normal(size=(g["n_drawn"], g["n_code"]))).reshape(-1, *side),
            "codes": unseen.m,
            "answers": answers[n_train:],
        },
        tables={"loss": _table(losses, unseen, X[n_train:])},
        captions={"loss": "Loss of a digit: what giving back costs and what the cloud costs, in nats."},
        agreements=tuple(_agreements(start, X[: g["n_checked"]], g)),
    )


def _table(losses: Array, unseen: variational.Pass, X: Array) -> pd.DataFrame:
    cloud = float(variational.divergence(unseen.m, unseen.s).mean())
    whole = variational.loss(unseen, X)
    rows = [("training digits, last epoch", losses[-1], np.nan, np.nan), ("unseen digits", whole, whole - cloud, cloud)]
    return pd.DataFrame(rows, columns=["of", "loss", "giving back", "cloud"]).replace(np.nan, "–")


def _agreements(w: variational.Weights, X: Array, g: Any) -> list[Agreement]:
    noise = np.random.default_rng(g["seed"]).normal(size=(len(X), g["n_code"]))
    seen = variational.forward(w, X, noise)
    ours = variational.gradient(w, seen, X, noise)
    taped, slopes = by_tape(w, X, noise)
    return [
        _agreement("the loss", variational.loss(seen, X), taped),
        *(_agreement(f"slopes by {name}", ours[name], slope) for name, slope in slopes.items()),
    ]


def by_tape(w: variational.Weights, X: Array, noise: Array) -> tuple[float, dict[str, Array]]:
    """Returns the same loss, its parts written by TensorFlow's own functions, and its slopes by the tape."""
    v = {name: tf.constant(value) for name, value in w.items()}
    with tf.GradientTape() as recorded:
        recorded.watch(v)
        e = tf.tanh(X @ v["W_e"] + v["b_e"])
        m, s = e @ v["W_m"] + v["b_m"], e @ v["W_s"] + v["b_s"]
        d = tf.tanh((m + tf.exp(s / 2) * noise) @ v["W_d"] + v["b_d"])
        o = d @ v["W_o"] + v["b_o"]
        given_back = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.constant(X), logits=o), axis=1)
        cloud = -0.5 * tf.reduce_sum(1 + s - tf.square(m) - tf.exp(s), axis=1)
        cost = tf.reduce_mean(given_back + cloud)
    return float(cost), {name: slope.numpy() for name, slope in recorded.gradient(cost, v).items()}


def _agreement(what: str, ours: Any, theirs: Any) -> Agreement:
    difference = float(np.abs(np.asarray(ours) - np.asarray(theirs)).max())
    return Agreement(what=what, peer="the tape", difference=difference, allowed=ALLOWED)
