"""An open store: where runs are begun."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from mlflow.tracking import MlflowClient

from pipeline.process import interrupts
from pipeline.tracking.abandoned import close_abandoned
from pipeline.tracking.reading import StoredComparison, StoredSection, last_comparison, last_section
from pipeline.tracking.runs import ParentRun, opened
from pipeline.tracking.store import address, database, readable, require_answer, writable_artifacts


class Tracker:
    """An open MLflow store.

    Args:
        uri: ``sqlite:///file``, ``http://server`` or ``https://server``; ``None`` takes ``MLFLOW_TRACKING_URI``, else
            ``mlruns/mlflow.db`` in the working directory.

    Raises:
        ValueError: The store cannot be opened: an address of another kind, a server that does not answer, a folder that
            cannot be written, a database of another MLflow.
    """

    def __init__(self, uri: str | None = None) -> None:
        self.uri = address(uri)
        file = database(self.uri)
        self._artifacts = writable_artifacts(file) if file else None
        if not file:
            require_answer(self.uri)
        with readable(self.uri):
            self._client = MlflowClient()
            close_abandoned(self._client)

    @contextmanager
    def run(self, experiment: str, *, name: str, tags: Mapping[str, str]) -> Iterator["ParentRun"]:
        """Opens the parent run of one invocation and closes it with the status that its end deserves.

        An error leaves FAILED and its text in the tag ``reason``; an interrupt leaves KILLED.

        Args:
            experiment: Name of the MLflow experiment; made when it is new.
            name: Of the run.
            tags: To filter by.
        """
        with opened(self._experiment(experiment), name, tags) as run:
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
        if found is not None:
            return found.experiment_id
        # Without an explicit place MLflow writes artifacts to ./mlruns of whoever runs next.
        place = (self._artifacts / name).as_uri() if self._artifacts else None
        # The kind opens the UI at training runs instead of its pages for language models.
        kind = {"mlflow.experimentKind": "custom_model_development"}
        return self._client.create_experiment(name, artifact_location=place, tags=kind)
