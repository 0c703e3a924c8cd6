"""The course of ``fit``: what happens before, between and after epochs, in Keras's order."""

from collections.abc import Iterator, Sequence
from typing import Any

import keras

from models.engine.course import Course
from models.engine.fitting.asked import Asked
from models.engine.fitting.keras_step import KerasStep, rest_of_epoch, shares_done
from models.engine.fitting.refusals import require_monitors
from models.engine.fitting.rows import Rows


class Epochs:
    """The epochs of one model.

    Args:
        model: Compiled and built.
        asked: How long and how often.
        rows: To train on.
        held_out: To judge, or ``None``.
        seed: Of the order of rows.
        xla: Whether XLA compiles the batches.
        device_bytes: Rows that take more are brought to the device in chunks.
    """

    def __init__(
        self,
        model: keras.Model,
        asked: Asked,
        rows: Rows,
        held_out: Rows | None,
        *,
        seed: int,
        xla: bool,
        device_bytes: int,
    ) -> None:
        self.model = model
        self.asked = asked
        self.n_batches = -(-len(rows) // asked.rows_at_once)
        self.step = KerasStep(model, rows, model.train_step, asked.rows_at_once)
        training = Course(
            data=rows.arrays,
            shape=(),
            n_rows=len(rows),
            batch_size=asked.rows_at_once,
            epochs=asked.epochs - asked.initial_epoch,
            seeds=[seed],
            shuffle=asked.shuffle,
            device_bytes=device_bytes,
            first_epoch=asked.initial_epoch,
            epoch_by_epoch=True,
        )
        self.training = shares_done(self.step, training, xla=xla)
        self.judge: KerasStep | None = None
        self.judging: Iterator[float] = iter(())
        if held_out is not None and asked.n_judged:
            self.judge = KerasStep(model, held_out, model.test_step, asked.judged_at_once)
            judging = Course(
                data=held_out.arrays,
                shape=(),
                n_rows=len(held_out),
                batch_size=asked.judged_at_once,
                epochs=asked.n_judged,
                seeds=[seed],
                shuffle=False,
                device_bytes=device_bytes,
                epoch_by_epoch=True,
            )
            self.judging = shares_done(self.judge, judging, xla=xla)

    def run(self, called: Sequence[keras.callbacks.Callback], verbose: str | int) -> keras.callbacks.History:
        """Trains, and returns Keras's history.

        Raises:
            ValueError: A callback watches what is not told.
        """
        model = self.model
        if type(model).train_step is keras.Model.train_step:  # another one tells what it likes
            require_monitors(called, self._told())
        callbacks = keras.callbacks.CallbackList(
            list(called),
            add_history=True,
            add_progbar=verbose != 0,
            verbose=verbose,
            epochs=self.asked.epochs,
            steps=self.n_batches,
            model=model,
        )
        model.stop_training = False
        callbacks.on_train_begin()
        logs: dict[str, Any] = {}
        for epoch in range(self.asked.initial_epoch, self.asked.epochs):
            callbacks.on_epoch_begin(epoch)
            logs = self._trained(callbacks, tells=verbose != 0)
            if self.judge is not None and self.asked.judges(epoch):
                logs |= {f"val_{name}": value for name, value in self._judged(callbacks).items()}
            callbacks.on_epoch_end(epoch, logs)
            if model.stop_training:
                break
        if isinstance(model.optimizer, keras.optimizers.Optimizer):
            model.optimizer.finalize_variable_values(model.trainable_weights)  # averages, where it keeps them
        callbacks.on_train_end(logs)
        return model.history

    def _trained(self, callbacks: keras.callbacks.CallbackList, *, tells: bool) -> dict[str, Any]:
        """Trains for an epoch, and returns what it tells."""
        self.model.reset_metrics()
        for share in rest_of_epoch(self.training):
            if tells:
                callbacks.on_train_batch_end(max(0, int(share * self.n_batches) - 1), self.step.logs())
        return self.step.logs()

    def _judged(self, callbacks: keras.callbacks.CallbackList) -> dict[str, Any]:
        """Judges the validation rows, and returns what that tells."""
        assert self.judge is not None
        self.model.reset_metrics()
        callbacks.on_test_begin()
        for _ in rest_of_epoch(self.judging):
            pass
        logs = self.judge.logs()
        callbacks.on_test_end(logs)
        return logs

    def _told(self) -> list[str]:
        names = list(self.model.get_metrics_result())
        return [*names, *(f"val_{name}" for name in names)] if self.judge is not None else names
