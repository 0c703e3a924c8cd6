"""The MLflow UI on the default store: ``python -m pipeline.ui [--port N]``."""

import argparse
import os
import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Serves the UI on 127.0.0.1 until Ctrl-C, and returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.ui", description="Shows what was run in the MLflow UI.")
    parser.add_argument("--port", type=int, default=5000, metavar="N", help="of the UI (default: 5000)")
    options = parser.parse_args()
    uri = os.environ.get("MLFLOW_TRACKING_URI", f"sqlite:///{Path('mlruns/mlflow.db').absolute()}")
    print(f"MLflow UI of {uri}: http://127.0.0.1:{options.port}  (Ctrl-C ends it)", flush=True)
    command = [sys.executable, "-m", "mlflow", "ui", "--backend-store-uri", uri, "--host", "127.0.0.1"]
    try:
        return subprocess.call([*command, "--port", str(options.port)])
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
