"""What a worker does: it takes a group as declarations and row numbers, and gives back what came out as bytes.

TensorFlow is imported once there is something to do, so that its greeting can be kept away from whoever waits.
"""

import pickle
from typing import Any

from models.checks import mistake
from models.quietly import import_tensorflow_quietly


def surroundings_there(device: str) -> dict[str, Any]:
    """Returns what decides the last bits in this process; see ``pipeline.training.work.surroundings``."""
    import_tensorflow_quietly()
    from pipeline.training.work import surroundings

    return surroundings(device)


def train_there(order: bytes, data: bytes) -> bytes:
    """Trains a group in this process.

    Args:
        order: Of ``pipeline.training.cluster``: works without their rows, threads, and what must be alike here.
        data: The pickled data set.

    Returns:
        What came out, packed.

    Raises:
        ValueError: This process would compute other bits than the one that sent the group.
    """
    import_tensorflow_quietly()
    from models.engine.devices import choose
    from pipeline.training.executors import Here
    from pipeline.training.packing import pack
    from pipeline.training.train import trainer_of
    from pipeline.training.work import Group, Means, Work, surroundings

    asked: dict[str, Any] = pickle.loads(order)
    executor, trainer = Here(), trainer_of(asked["candidates"][0])
    if not trainer.apart:  # what is trained apart limits itself to its threads
        executor.threads = _on_threads(asked["threads"], executor.threads)
    dataset = pickle.loads(data)
    works = tuple(
        Work(candidate=candidate, dataset=dataset, fold=fold, epochs=asked["epochs"])
        for candidate, fold in zip(asked["candidates"], asked["folds"], strict=True)
    )
    group = Group(works=works, threads=asked["threads"], device=asked["device"])
    require_alike(asked["surroundings"], {**surroundings(asked["device"]), "libraries": group.libraries})
    means = Means(placement=choose(asked["device"]), executor=executor)
    return pack(trainer.train(group, means, lambda where, share: None))


def require_alike(here: dict[str, Any], there: dict[str, Any]) -> None:
    """Checks that a worker computes the same bits.

    Raises:
        ValueError: It has another program, other libraries or another processor.
    """
    differ = [name for name in here if here[name] != there[name]]
    if differ:
        remedy = "Install the same commit and constraints there, and start this on a machine of the same kind."
        expected = "workers with the same program, libraries and processor as here"
        raise ValueError(mistake("cluster", expected, remedy, differ=differ))


def _on_threads(wanted: int, now: int) -> int:
    """Sees to it that nets are computed on as many threads as where they were declared."""
    import tensorflow as tf

    if wanted != now:
        try:
            tf.config.threading.set_intra_op_parallelism_threads(wanted)
        except RuntimeError:
            remedy = "Start the workers anew: each has computed on another number already."
            raise ValueError(mistake("cluster", "workers on the same threads", remedy, threads=wanted)) from None
    return wanted
