"""Example 10: sizes of feature maps, and how few parameters they share.

Shown from the result: ``tables["counts"]`` (layer, by formula, by Keras).
"""

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from experiments.printed import WorkedExample
from pipeline.values import Agreement, Worked


def work_convolution(example: WorkedExample) -> Worked:
    """Computes sizes and parameter counts by formula, and has TensorFlow convolve and pool."""
    g = example.givens
    picture, field, pool = (np.array(g[name]) for name in ("input", "receptive_field", "pool"))
    feature_map = picture - field + 1
    maps = tf.nn.conv2d(tf.ones((1, *g["input"], 1)), tf.ones((*g["receptive_field"], 1, 1)), 1, "VALID")
    pooled = tf.nn.max_pool2d(maps, g["pool"], g["pool"], "VALID")
    layers = pd.DataFrame(
        [
            (
                "convolution",
                g["n_feature_maps"] * (int(field.prod()) + 1),
                _count(keras.layers.Conv2D(g["n_feature_maps"], g["receptive_field"]), (*g["input"], 1)),
            ),
            (
                "dense",
                g["dense_units"] * (int(picture.prod()) + 1),
                _count(keras.layers.Dense(g["dense_units"]), (int(picture.prod()),)),
            ),
        ],
        columns=["layer", "by_formula", "keras"],
    )
    return Worked(
        example=example,
        by_hand={"example10": {"feature_map": feature_map, "pooled": feature_map // pool}},
        by_tape={"example10": {"feature_map": np.array(maps.shape[1:3]), "pooled": np.array(pooled.shape[1:3])}},
        tables={"counts": layers},
        agreements=(
            Agreement(
                what="number of parameters, convolution against dense",
                peer="Keras",
                difference=float((layers["by_formula"] - layers["keras"]).abs().max()),
                allowed=0.0,
            ),
        ),
    )


def _count(layer: keras.Layer, shape: tuple[int, ...]) -> int:
    return keras.Sequential([keras.Input(shape), layer]).count_params()
