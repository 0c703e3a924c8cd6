"""An open store: where runs are begun."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from pipeline.process import interrupts
from pipeline.tracking.abandoned import close_abandoned
from pipeline.tracking.address import address
from pipeline.tracking.reading import (
    StoredComparison,
    StoredSection,
    last_comparison,
    last_section,
    require_not_deleted,
)
from pipeline.tracking.runs import ParentRun, opened
from pipeline.tracking.store import artifacts_of, readable, talking_to, writable


class Tracker:
    """An open MLflow store.

    Args:
        uri: ``sqlite:///file``, ``postgresql://server/database``, ``http://server`` or ``https://server``; ``None``
            takes ``MLFLOW_TRACKING_URI``, else ``mlruns/mlflow.db`` in the working directory. A database that is not
            there yet is made.

    Raises:
        ValueError: The store cannot be opened: an address of another kind, a server that does not answer, a folder or
            a database that cannot be written, a database of another MLflow.
    """

    def __init__(self, uri: str | None = None) -> None:
        self.uri = address(uri)
        self._artifacts = artifacts_of(self.uri)
        with writable(self.uri):
            self._client = MlflowClient()
            close_abandoned(self._client)

    def require_usable(self, experiments: Iterable[str]) -> None:
        """Checks that runs can be begun in experiments of these names.

        Raises:
            ValueError: One was deleted in the store, where it keeps its name.
        """
        with readable(self.uri):
            for name in experiments:
                require_not_deleted(self._client.get_experiment_by_name(name), self.uri)

    @contextmanager
    def run(self, experiment: str, *, name: str, tags: Mapping[str, str]) -> Iterator["ParentRun"]:
        """Opens the parent run of one invocation and closes it with the status that its end deserves.

        An error leaves FAILED and its text in the tag ``reason``; an interrupt leaves KILLED.

        Args:
            experiment: Name of the MLflow experiment; made when it is new.
            name: Of the run.
            tags: To filter by.
        """
        with talking_to(self.uri), opened(self._experiment(experiment), name, tags) as run:
            interrupts.check()
            yield ParentRun(run, tags)

    def last_comparison(self, name: str) -> StoredComparison | None:
        """Returns the last finished run of a comparison; ``None`` where the store has none."""
        with readable(self.uri):
            return last_comparison(name)

    def last_section(self, experiment: str, name: str) -> StoredSection | None:
        """Returns the last section of this name that a finished run left; ``None`` where the store has none."""
        with readable(self.uri):
            return last_section(experiment, name)

    @interrupts.held_back()
    def _experiment(self, name: str) -> str:
        found = self._client.get_experiment_by_name(name)
        if found is None:
            return self._new_experiment(name)
        require_not_deleted(found, self.uri)
        return found.experiment_id

    def _new_experiment(self, name: str) -> str:
        # Without an explicit place MLflow writes artifacts to ./mlruns of whoever runs next.
        place = (self._artifacts / name).as_uri() if self._artifacts else None
        # The kind opens the UI at training runs instead of its pages for language models.
        kind = {"mlflow.experimentKind": "custom_model_development"}
        try:
            return self._client.create_experiment(name, artifact_location=place, tags=kind)
        except MlflowException:
            made = self._client.get_experiment_by_name(name)  # somebody else was faster
            if made is None:
                raise
            return made.experiment_id
