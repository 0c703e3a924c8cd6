"""What is done to raw rows before anything learns from them; fitted on training rows."""

from typing import Literal

Inputs = Literal["raw", "standardize", "quantile_normal", "robust_clip", "piecewise_linear", "rescale", "thumbnail"]

INPUTS_IN_WORDS: dict[Inputs, str] = {
    "raw": "inputs as they come",
    "standardize": "inputs as z-scores",
    "quantile_normal": "each input mapped to normal quantiles",
    "robust_clip": "each input by its middle half, bent to lie within -3 and 3",
    "piecewise_linear": "each input as ramps between 16 quantiles",
    "rescale": "pixels divided by the largest value",
    "thumbnail": "pixels averaged over blocks, to at most 16 by 16, and divided by the largest value",
}

Categories = Literal["by_target", "embedding"]
"""What each level of a category of more than nine becomes: the mean of the target, or numbers that the net learns."""
