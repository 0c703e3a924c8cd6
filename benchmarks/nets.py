"""Which share of the machine's matrix rate the conv nets of MNIST reach, each as it is declared."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.engines import timed
from benchmarks.problems import flops
from experiments.mnist_best import MNIST_BEST, MNIST_QUICK
from experiments.mnist_ladder import MNIST_LADDER
from pipeline.data.ingest import ingest
from pipeline.training import keras_net

N_IMAGES = 6_000
N_EPOCHS = 3


@dataclass(frozen=True, kw_only=True)
class Reached:
    """One net.

    Attributes:
        net: Its declared name.
        operations: Of matrix products for one image, forward and back.
        seconds: Of 1,000 images: all of training, augmentation and optimizer included.
        share: Of the machine's matrix rate.
    """

    net: str
    operations: float
    seconds: float
    share: float


def measure(rate: float) -> Iterator[Reached]:
    """Yields what every declared conv net reaches, in order of the declarations."""
    dataset = ingest("mnist")
    X, y = (dataset.X[:N_IMAGES] / np.float32(255)).astype(np.float32), dataset.y[:N_IMAGES]
    for rung in (*MNIST_LADDER.rungs, *MNIST_BEST.rungs, *MNIST_QUICK.rungs):
        net = rung.net
        if net.kind != "conv_net":
            continue
        model = keras_net.core_model(net, dataset, X.shape[1:], seed=0)
        timing = timed(
            model,
            X,
            y,
            loss=keras_net.loss(dataset.task, net.training),
            optimizer=keras_net.optimizer(net.training, N_EPOCHS, N_IMAGES),
            epochs=N_EPOCHS,
            batch_size=net.training.batch_size,
        )
        seconds = timing.epoch / N_IMAGES
        yield Reached(
            net=net.name, operations=flops(model), seconds=1000 * seconds, share=flops(model) / seconds / rate
        )
