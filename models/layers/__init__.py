"""Layers of our own: what a saved net names. To import this package registers all of them with Keras."""

from models.layers import (
    augmentation,
    categories,
    features,
    members,
    pooling,
    preprocessing,
    subspace,
    target,
    weighted,
)

__all__ = [
    "augmentation",
    "categories",
    "features",
    "members",
    "pooling",
    "preprocessing",
    "subspace",
    "target",
    "weighted",
]
