"""What makes no practical difference."""

import numpy as np

from experiments.language import Comparison
from experiments.language.metric import metric


def equivalence(name: str, guess: float, comparison: Comparison) -> float:
    """Returns the largest difference in a metric that makes no practical difference.

    It is the comparison's own, where that declares one, else the metric's: a fixed one, or a share of what guessing
    leaves to be gained, whichever is less.

    Args:
        name: Of the metric.
        guess: The mean of the candidate that looks at no input; where it is NaN, only a fixed difference is known.
        comparison: The declaration.

    Returns:
        NaN where nothing is known.
    """
    if comparison.practical_equivalence is not None:
        return comparison.practical_equivalence
    declared = metric(name)
    perfect = declared.bounds[0 if declared.lower_is_better else 1]
    share = declared.equivalence_share * abs(perfect - guess) if np.isfinite(declared.equivalence_share) else np.nan
    fixed = declared.equivalence if np.isfinite(declared.equivalence) else np.nan
    return float(np.fmin(fixed, share))
