"""Conv nets are timed as they are declared, on real digits."""

from dataclasses import replace

import pytest

from benchmarks import nets
from benchmarks.problems import flops
from pipeline.data.ingest import ingest
from pipeline.training.keras_net import core_model


@pytest.fixture
def few(monkeypatch, real_data_dir):
    """A dense net and a conv net of the ladder, and few images of them."""
    monkeypatch.setenv("PIPELINE_DATA_DIR", str(real_data_dir))
    monkeypatch.setattr(nets, "N_IMAGES", 200)
    rungs = {rung.net.kind: rung for rung in nets.MNIST_LADDER.rungs}
    monkeypatch.setattr(nets, "MNIST_LADDER", replace(nets.MNIST_LADDER, rungs=tuple(rungs.values())))
    for name in ("MNIST_BEST", "MNIST_QUICK"):
        monkeypatch.setattr(nets, name, replace(nets.MNIST_LADDER, rungs=(rungs["dense_net"],)))
    return rungs


def test_what_a_conv_net_reaches_is_its_operations_over_its_time(few):
    net = few["conv_net"].net
    (reached,) = nets.measure(rate=1e9)
    assert reached.net == net.name
    assert reached.operations == flops(core_model(net, ingest("mnist"), (28, 28), seed=0))
    assert reached.share == pytest.approx(reached.operations / (reached.seconds / 1000) / 1e9)
