"""Activation functions and their slopes.

Drawn from the result: ``arrays["z"]``, ``arrays["<name>"]`` and ``arrays["<name>.slope"]``, all ``(n_points,)``, for
step, sigmoid, tanh, relu and identity.
"""

import numpy as np
import tensorflow as tf

from experiments.language.printed import WorkedExample
from models.blackboard import tape
from models.blackboard.activations import ACTIVATIONS, SLOPES, step_function
from models.blackboard.trace import Activation, Array
from pipeline.lecture.values import Agreement, Worked

NUDGE = 1e-6


def work_activations(example: WorkedExample) -> Worked:
    """Computes each function and its slope, and compares the slope with the tape's and with a numeric one."""
    g = example.givens
    z = np.linspace(g["z_low"], g["z_high"], g["n_points"])
    arrays: dict[str, Array] = {"z": z, "step": step_function(z), "step.slope": np.zeros_like(z)}
    agreements = []
    for name, function in ACTIVATIONS.items():
        arrays[name] = function(z)
        arrays[f"{name}.slope"] = SLOPES[name](z, arrays[name])
        agreements += _agreements(name, z, arrays[f"{name}.slope"])
    return Worked(example=example, by_hand={}, arrays=arrays, agreements=tuple(agreements))


def _agreements(name: Activation, z: Array, slope: Array) -> list[Agreement]:
    watched = tf.constant(z)
    with tf.GradientTape() as recorded:
        recorded.watch(watched)
        a = tape.ACTIVATIONS[name](watched)
    smooth = np.abs(z) > NUDGE  # ReLU has no slope at 0
    function = ACTIVATIONS[name]
    numeric = (function(z + NUDGE) - function(z - NUDGE)) / (2 * NUDGE)
    what = f"slope of {name}"
    return [
        Agreement(
            what=what,
            peer="the tape",
            difference=float(np.abs(recorded.gradient(a, watched).numpy() - slope).max()),
            allowed=1e-12,
        ),
        Agreement(
            what=what,
            peer="a numeric derivative",
            difference=float(np.abs(numeric - slope)[smooth].max()),
            allowed=1e-8,
        ),
    ]
