"""Many rows through a logged model: ``chalktape predict MODEL_URI rows.csv -o scored.csv``."""

from pipeline.predict.command import main

__all__ = ["main"]
