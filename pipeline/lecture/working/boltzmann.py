"""A restricted Boltzmann machine: exact for a few units, trained on digits, and two as a deep belief net.

Drawn from the result: ``arrays["fields"]`` (what each hidden unit looks for, ``(n_hidden, height, width)``),
``arrays["dreams"]``, ``(n, height, width)``; ``curves["changed"]`` by epoch; ``curves["stacked"]`` and
``curves["random"]``, the share of unseen digits that are right, before fine-tuning and after each of its epochs.
"""

from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf
from numpy.typing import NDArray

from experiments.language.printed import WorkedExample
from models.blackboard import belief_net, boltzmann
from models.blackboard.boltzmann import Machine
from models.blackboard.trace import Array, Descent, initialize
from pipeline.lecture.values import Agreement, Worked
from pipeline.lecture.working.data import digits
from pipeline.scoring.significance import corrected_interval


def work_boltzmann(example: WorkedExample) -> Worked:
    """Checks a small machine exactly, and lets a larger one learn digits and dream."""
    g = example.givens
    images, answers = digits()
    V = (images.reshape(len(images), -1) >= images.max() / 2).astype(np.float64)
    n_train = int(g["train_share"] * len(V))
    start = boltzmann.initialize(V.shape[1], g["n_hidden_of_digits"], seed=g["seed"])
    learning = {name: g[name] for name in ("learning_rate", "epochs", "batch_size", "seed")}
    machine, changed = boltzmann.train(start, V[:n_train], **learning)
    noise = np.random.default_rng(g["seed"]).integers(2, size=(g["n_dreams"], V.shape[1])).astype(np.float64)
    dreams = boltzmann.sample(machine, noise, n_steps=g["dream_steps"], seed=g["seed"])
    stacked, random = _compared(g, V, answers)
    back = boltzmann.visible_probability(machine, boltzmann.hidden_probability(machine, V[n_train:]))
    return Worked(
        example=example,
        by_hand={"digits": {"changed_of_unseen": float(np.abs(back - V[n_train:]).mean())}},
        curves={"changed": changed, "stacked": stacked.mean(axis=0), "random": random.mean(axis=0)},
        tables={"belief_net": _table(g, len(V), stacked[:, -1], random[:, -1])},
        captions={
            "belief_net": f"Unseen digits that are right, mean over {g['n_splits']} random splits with its 95 % "
            "interval (corrected resampled t): fine-tuned from the stack, from random weights, and the difference."
        },
        arrays={
            "fields": machine.weights.T.reshape(-1, *images.shape[1:]),
            "dreams": dreams.reshape(-1, *images.shape[1:]),
        },
        agreements=tuple(_exact(g)),
    )


def _compared(g: Any, V: Array, answers: NDArray[np.int64]) -> tuple[Array, Array]:
    """Fine-tunes stacks and nets from random weights; returns ``(n_splits, 1 + epochs)`` shares of each."""
    wanted = np.eye(answers.max() + 1)[answers]
    stacked: list[Array] = []
    random: list[Array] = []
    for split in range(g["n_splits"]):
        seed = g["seed"] + split
        train, test = np.split(np.random.default_rng(seed).permutation(len(V)), [int(g["train_share"] * len(V))])
        how = {"learning_rate": g["learning_rate"], "epochs": g["stack_epochs"], "batch_size": g["batch_size"]}
        machines = belief_net.stack(V[train], g["stacked_units"], **how, seed=seed)
        start = belief_net.unfold(machines, wanted.shape[1], seed=seed)
        descent = Descent(
            cost="cross_entropy",
            learning_rate=g["fine_tuning_rate"],
            epochs=g["fine_tuning_epochs"],
            batch_size=g["batch_size"],
            shuffle_seed=seed,
        )
        for net, found in ((start, stacked), (initialize(start.sizes, seed=seed), random)):
            found.append(belief_net.fine_tune(net, V[train], wanted[train], descent, V[test], answers[test]))
    return np.array(stacked), np.array(random)


def _table(g: Any, n_rows: int, stacked: Array, random: Array) -> pd.DataFrame:
    n_train = int(g["train_share"] * n_rows)
    ways = {"from the stack": stacked, "from random weights": random, "difference": stacked - random}
    found = {way: corrected_interval(shares, n_train=n_train, n_test=n_rows - n_train) for way, shares in ways.items()}
    return pd.DataFrame(
        [{"net": way, "mean": one.mean, "low": one.low, "high": one.high} for way, one in found.items()]
    )


def _exact(g: Any) -> list[Agreement]:
    generator = np.random.default_rng(g["seed"])
    machine = Machine(
        weights=generator.normal(size=(g["n_visible"], g["n_hidden"])),
        visible=generator.normal(size=g["n_visible"]),
        hidden=generator.normal(size=g["n_hidden"]),
    )
    V = generator.integers(2, size=(g["n_rows"], g["n_visible"])).astype(np.float64)
    exact = boltzmann.gradient(machine, V)
    taped = _by_tape(machine, V)
    names = ("weights", "visible", "hidden")
    return [
        _agreement(
            "log of the partition function",
            "the sum over all visible and hidden states, by TensorFlow",
            boltzmann.log_partition(machine),
            taped["log_partition"],
        ),
        *(
            _agreement(f"gradient of the likelihood by the {name}", "the tape", getattr(exact, name), taped[name])
            for name in names
        ),
    ]


def _by_tape(machine: Machine, V: Array) -> dict[str, Any]:
    """The same from the energies of all states of both layers."""
    weights, visible, hidden = (tf.constant(value) for value in (machine.weights, machine.visible, machine.hidden))
    v, h = (tf.constant(_states(len(biases))) for biases in (machine.visible, machine.hidden))
    with tf.GradientTape() as recorded:
        recorded.watch([weights, visible, hidden])

        def minus_energy(rows: Any) -> Any:
            return (
                tf.matmul(tf.matmul(rows, weights), h, transpose_b=True)
                + tf.linalg.matvec(rows, visible)[:, None]
                + tf.linalg.matvec(h, hidden)[None]
            )

        log_partition = tf.reduce_logsumexp(minus_energy(v))
        likelihood = tf.reduce_mean(tf.reduce_logsumexp(minus_energy(tf.constant(V)), axis=1)) - log_partition
    slopes = recorded.gradient(likelihood, [weights, visible, hidden])
    found = dict(zip(("weights", "visible", "hidden"), (slope.numpy() for slope in slopes), strict=True))
    return found | {"log_partition": float(log_partition)}


def _states(n: int) -> Array:
    return ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(np.float64)


def _agreement(what: str, peer: str, ours: Any, theirs: Any) -> Agreement:
    return Agreement(what=what, peer=peer, difference=float(np.abs(ours - theirs).max()), allowed=1e-12)
