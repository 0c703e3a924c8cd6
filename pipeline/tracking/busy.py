"""How busy the machine was while a run went on, where the UI looks for it: its tab of system metrics.

MLflow's own monitor is a thread that writes every few seconds, also to a server that has gone away; here the run itself
says it whenever it logs.
"""

from contextlib import suppress

import psutil  # type: ignore[import-untyped]
from mlflow.entities import Metric

from pipeline.tracking.logged_values import metric

_MEGABYTE = 1e6


class Busy:
    """Measures since it was last asked."""

    def __init__(self) -> None:
        self._n_asked = 0
        self.metrics()  # of what was before

    def metrics(self) -> list[Metric]:
        """Returns the use of processors since the last call, in percent, and of memory now; nothing where unknown.

        The step is 1 for the first call.
        """
        with suppress(psutil.Error, OSError, NotImplementedError):
            memory = psutil.virtual_memory()
            values = {
                "cpu_utilization_percentage": psutil.cpu_percent(),
                "system_memory_usage_percentage": memory.percent,
                "system_memory_usage_megabytes": memory.used / _MEGABYTE,
                "process_memory_megabytes": psutil.Process().memory_info().rss / _MEGABYTE,
            }
            self._n_asked += 1
            return [metric(f"system/{name}", value, self._n_asked - 1) for name, value in values.items()]
        return []
