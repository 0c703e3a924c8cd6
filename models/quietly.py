"""TensorFlow, loaded without its greeting, and only where there is a net: that takes longer than a forest answers."""

import os
import sys


def import_tensorflow_quietly() -> None:
    """Keeps TensorFlow's log lines away from the user.

    It writes its greeting straight to file descriptor 2 while it is imported, whatever its log level is.
    """
    if "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    original = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        import tensorflow  # noqa: F401
    finally:
        os.dup2(original, 2)
        os.close(original)
