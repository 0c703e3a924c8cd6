"""What happened, into MLflow and out of it again: the only package that imports it.

One MLflow experiment for each declaration, one parent run for each invocation, one nested run for each candidate.
"""

from pipeline.tracking.tracker import Tracker

__all__ = ["Tracker"]
