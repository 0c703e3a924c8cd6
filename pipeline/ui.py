"""The MLflow UI on the default store: ``python -m pipeline.ui [--port N]``."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.process.door import through
from pipeline.process.options import DONE, TRACKING_URI_HELP, Parser, quieten_mlflow, whole
from pipeline.process.resuming import without_password


def main(arguments: Sequence[str] | None = None, *, prog: str = "python -m pipeline.ui") -> int:
    """Serves the UI on 127.0.0.1 until Ctrl-C, and returns its exit code."""
    options = _parser(prog).parse_args(arguments)
    usual = os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{Path('mlruns/mlflow.db').absolute()}"
    uri = options.tracking_uri or usual
    if uri.startswith("postgresql:"):
        from pipeline.tracking.address import with_driver

        uri = with_driver(uri)
    print(f"MLflow UI of {without_password(uri)}: http://127.0.0.1:{options.port}  (Ctrl-C ends it)", flush=True)
    command = [sys.executable, "-m", "mlflow", "ui", "--host", "127.0.0.1", "--port", str(options.port)]
    # Everybody on this machine can read a command line, and the address may hold a password.
    with subprocess.Popen(command, env={**os.environ, "MLFLOW_BACKEND_STORE_URI": uri}) as server:
        try:
            if told := _newest(uri, options.port):
                print(told, flush=True)
            return server.wait()
        except KeyboardInterrupt:
            server.terminate()
            server.wait()
            return DONE


def _newest(uri: str, port: int) -> str:
    """Says where the newest run is seen, rather than the UI's first page; nothing where there is none."""
    quieten_mlflow()
    from pipeline.tracking.reading import newest_run

    try:
        found = newest_run(uri)
    except (ValueError, OSError):
        return ""  # the server tells what is wrong with its store
    if found is None:
        return ""
    # By the last word the UI opens for training, and not for language models.
    place = f"experiments/{found.experiment}/runs/{found.run}?workflowType=machine_learning"
    return f"Newest run, {found.name}: http://127.0.0.1:{port}/#/{place}"


def _parser(prog: str) -> Parser:
    parser = Parser(prog=prog, description="Shows what was run in the MLflow UI.", allow_abbrev=False)
    parser.add_argument("--tracking-uri", metavar="URI", help=TRACKING_URI_HELP)
    parser.add_argument("--port", type=whole(0, 65_535), default=5000, metavar="N", help="of the UI (default: 5000)")
    return parser


if __name__ == "__main__":
    sys.exit(through(main))
