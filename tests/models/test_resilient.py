"""rprop+ as an optimizer: the net by hand, alone and many at once, saved and refused."""

import keras
import numpy as np
import pytest
from sklearn.datasets import load_iris

from models.blackboard import rprop
from models.blackboard.rprop import Rprop
from models.blackboard.trace import initialize
from models.engine import one_net
from models.engine.many_nets import train_replicates
from models.losses import QuadraticCost
from models.nets import dense
from models.resilient import RpropPlus

N_STEPS = 60


@pytest.mark.parametrize("sizes", [(4, 10, 3), (4, 5, 3, 3)])
def test_a_net_trained_by_the_engine_is_the_net_by_hand(sizes, float64):
    """Example 9's nets on all flowers; the engine's cost is a mean, whose slopes have the signs of the sum's."""
    X, kinds = load_iris(return_X_y=True)
    y, net = np.eye(3)[kinds], initialize(sizes, seed=2)
    model = dense.build(sizes[:1], sizes[-1], sizes[1:-1], output_activation="sigmoid")
    model.set_weights([part for w, b in zip(net.weights, net.biases, strict=True) for part in (w.T, b)])

    one_net.train(
        model, X, y, loss=QuadraticCost(dtype="float64"), optimizer=RpropPlus(), epochs=N_STEPS, batch_size=None, seed=0
    )
    trained, _, _ = rprop.train(net, X, y, Rprop(threshold=1e-12, max_steps=N_STEPS))

    ours = [weight.T for weight in model.get_weights() if weight.ndim == 2]
    for weight, by_hand in zip(ours, trained.weights, strict=True):
        np.testing.assert_allclose(weight, by_hand, atol=1e-10)
    for bias, by_hand in zip([one for one in model.get_weights() if one.ndim == 1], trained.biases, strict=True):
        np.testing.assert_allclose(bias, by_hand, atol=1e-10)


def test_it_rests_where_the_net_by_hand_has_converged(float64):
    """The threshold of R's is of half the sum of squares, the engine's of its mean."""
    X, kinds = load_iris(return_X_y=True)
    y, net, n = np.eye(3)[kinds], initialize((4, 3, 3), seed=1), len(X)
    trained, errors, converged = rprop.train(net, X, y, Rprop(threshold=5.0, max_steps=400))
    assert converged
    model = dense.build((4,), 3, (3,), output_activation="sigmoid")
    model.set_weights([part for w, b in zip(net.weights, net.biases, strict=True) for part in (w.T, b)])

    how = {"loss": QuadraticCost(dtype="float64"), "epochs": 400, "batch_size": None, "seed": 0}
    history = one_net.train(model, X, y, optimizer=RpropPlus(threshold=5.0 / n), **how)

    np.testing.assert_allclose(history.train_loss * n, errors, atol=1e-8)
    for weight, by_hand in zip(model.get_weights()[::2], trained.weights, strict=True):
        np.testing.assert_allclose(weight.T, by_hand, atol=1e-10)


def test_many_nets_rest_each_by_itself(float64):
    X, kinds = load_iris(return_X_y=True)
    rows, y = np.stack([X, X]), np.stack([np.eye(3)[kinds]] * 2)
    how = {"epochs": 300, "batch_size": None, "loss": QuadraticCost(dtype="float64")}
    together, alone = (
        [dense.build((4,), 3, [3], output_activation="sigmoid", seed=seed) for seed in (1, 2)] for _ in range(2)
    )

    def optimizer():
        return RpropPlus(threshold=0.03)

    histories = train_replicates(together, rows, y, make_optimizer=optimizer, seeds=(0, 1), **how)

    lengths = [len(history.train_loss) for history in histories]
    assert len(set(lengths)) == 2
    assert max(lengths) < 300
    for model, other, history in zip(together, alone, histories, strict=True):
        lone = one_net.train(other, X, y[0], optimizer=optimizer(), seed=0, **how)
        np.testing.assert_allclose(history.train_loss, lone.train_loss, atol=1e-10)
        for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-8)


def test_keras_own_fit_rests_too_and_goes_on_counting(float64):
    X, kinds = load_iris(return_X_y=True)
    model = dense.build((4,), 3, (3,), output_activation="sigmoid", seed=1)
    model.compile(optimizer=RpropPlus(threshold=0.03), loss=QuadraticCost(dtype="float64"))
    loss = model.fit(X, np.eye(3)[kinds], batch_size=len(X), epochs=120, verbose=0, shuffle=False).history["loss"]
    assert len(loss) == 120
    assert loss[-1] == loss[-2] == min(loss)


def test_many_nets_at_once_are_each_alone():
    random = np.random.default_rng(0)
    X, y = random.normal(size=(2, 80, 3)).astype("float32"), random.integers(0, 2, size=(2, 80))
    how = {"epochs": 25, "batch_size": None, "loss": keras.losses.SparseCategoricalCrossentropy()}
    together, alone = ([dense.build((3,), 2, [4], seed=seed) for seed in range(2)] for _ in range(2))

    train_replicates(together, X, y, make_optimizer=RpropPlus, seeds=(0, 1), **how)
    for model, rows, kinds, seed in zip(alone, X, y, range(2), strict=True):
        one_net.train(model, rows, kinds, optimizer=RpropPlus(), seed=seed, **how)

    for one, other in zip(together, alone, strict=True):
        for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-4)


def test_a_saved_one_goes_by_the_same_rule():
    own = RpropPlus(0.05, grow=1.3, shrink=0.4, least=1e-6, most=0.2, threshold=0.5)

    back = keras.optimizers.deserialize(keras.optimizers.serialize(own))

    assert isinstance(back, RpropPlus)
    assert back.get_config() == own.get_config()
    assert (back.first, back.grow, back.shrink, back.least, back.most, back.threshold) == (
        0.05,
        1.3,
        0.4,
        1e-6,
        0.2,
        0.5,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"learning_rate": 0.2},
        {"learning_rate": keras.optimizers.schedules.CosineDecay(0.1, 9)},
        {"grow": 1.0},
        {"shrink": 1.0},
        {"least": 0.0},
        {"threshold": 0.0},
    ],
)
def test_what_cannot_be_a_step_is_refused(wrong):
    expected = r"RpropPlus: expected a (first step from least to most|positive threshold, or none)"
    with pytest.raises(ValueError, match=expected):
        RpropPlus(**wrong)
