"""How a training is made faster, decided in one place for one net and for many."""

from dataclasses import replace

import keras
import tensorflow as tf

from models.engine import ways as measured
from models.engine.compilation import Compilation, use_xla, use_xla_for_ends
from models.engine.course import Course
from models.engine.devices import threads
from models.engine.faster import columns, convolutions, halves, lanes, small_batches
from models.engine.faster.reworking import Case, Reworked, Reworking

REWORKINGS: tuple[Reworking, ...] = (lanes, small_batches, convolutions, halves, columns)


def plan_of(
    model: keras.Model,
    loss: keras.Loss,
    optimizer: keras.Optimizer,
    course: Course,
    *,
    compilation: Compilation = "auto",
    strategy: tf.distribute.Strategy | None = None,
    ways: measured.Ways | None = None,
) -> Reworked:
    """Returns how a net is trained: whether under XLA, and with which reworkings.

    Args:
        model: As it was built; of many nets the first.
        loss: Of its outputs.
        optimizer: Of its weights.
        course: Through the rows.
        compilation: ``"xla"``, ``"graph"`` or ``"auto"``, as of `use_xla`.
        strategy: Of several devices, which are given nets and batches as they are.
        ways: Within which limits reworkings pay; by default as measured on a processor like this.

    Raises:
        ValueError: If ``compilation`` is unknown, or asks for XLA under a strategy.
    """
    xla = use_xla(
        model,
        compilation,
        n_steps=course.n_steps,
        together=bool(course.shape),
        optimizer=optimizer,
        strategy=strategy,
    )
    reworked = Reworked(xla=xla, ends_under_xla=xla and use_xla_for_ends(model, course.epochs))
    if strategy is not None:
        return reworked
    case = Case(
        model=model,
        loss=loss,
        optimizer=optimizer,
        batch_size=course.rows_at_once,
        nets=course.shape,
        xla=xla,
        ways=ways or measured.of(threads()),
    )
    for reworking in REWORKINGS:
        if reworking.pays(case, reworked):
            reworked = replace(reworking.put_in(reworked, case), taken=(*reworked.taken, reworking.NAME))
    return reworked
