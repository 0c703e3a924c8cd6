"""A point of a learning curve over rows."""

from dataclasses import dataclass

from pipeline.scoring.significance import Interval


@dataclass(frozen=True, kw_only=True)
class Point:
    """A candidate trained on a share of the training rows.

    Attributes:
        candidate: Its name.
        family: ``"net"`` or ``"baseline"``.
        share: Of the training rows of each fold.
        n_rows: How many, on the average over folds.
        interval: Mean of the primary metric with its 95 % interval.
    """

    candidate: str
    family: str
    share: float
    n_rows: float
    interval: Interval
