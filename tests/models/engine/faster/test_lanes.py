"""A net trained with silent neurons learns what it learns without them, and ends without them."""

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits

from models.engine import one_net
from models.engine.diary import Interrupted
from models.engine.faster import lanes
from models.engine.faster.padding import Padding
from models.engine.many_nets import train_replicates
from models.nets import dense

SGD, Adam, RMSprop = keras.optimizers.SGD, keras.optimizers.Adam, keras.optimizers.RMSprop
OPTIMIZERS = {
    "momentum": lambda: SGD(0.1, momentum=0.9, nesterov=True),
    "Adam": lambda: Adam(0.01),
    "Adam, clipped": lambda: Adam(0.01, amsgrad=True, global_clipnorm=0.1),
    "RMSprop": lambda: RMSprop(0.01, centered=True),
}


def digits(n_samples=67):
    X, y = load_digits(return_X_y=True)
    return X[:n_samples] / 16, y[:n_samples]


def net(hidden_units=(30, 15), **settings):
    """64-30-15-10 is trained as 64-32-16-10."""
    return dense.build((64,), 10, hidden_units, **settings)


def how(**change):
    """Arguments; the loss is made anew, since it takes the precision of the moment."""
    loss = keras.losses.SparseCategoricalCrossentropy()
    return {"loss": loss, "epochs": 3, "batch_size": 20, "shuffle": False, "compilation": "xla", **change}


def train(model, optimizer, **change):
    return one_net.train(model, *digits(), optimizer=optimizer, seed=0, **how(**change))


@pytest.fixture
def trained_wide(monkeypatch):
    """The nets that were trained in the place of others."""
    found, original = [], lanes.widened

    def noted(model, reworked):
        wide = original(model, reworked)
        found.extend([] if wide is model else [wide])
        return wide

    monkeypatch.setattr(lanes, "widened", noted)
    return found


def same(one, other, atol=1e-10):
    for ours, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=atol)


@pytest.mark.parametrize(
    ("activation", "optimizer", "style"),
    [
        ("tanh", "momentum", "sequential"),
        ("relu", "Adam", "functional"),
        ("elu", "RMSprop", "sequential"),
        ("leaky_relu", "Adam, clipped", "functional"),
        ("softplus", "Adam", "sequential"),
        ("sigmoid", "momentum", "functional"),
    ],
)
def test_a_net_has_the_weights_and_losses_of_fit(activation, optimizer, style, trained_wide, float64):
    ours, theirs = (net(activation=activation, style=style, l2=0.01) for _ in range(2))
    history = train(ours, OPTIMIZERS[optimizer]())
    theirs.compile(OPTIMIZERS[optimizer](), keras.losses.SparseCategoricalCrossentropy())
    expected = theirs.fit(*digits(), batch_size=20, epochs=3, shuffle=False, verbose=0).history["loss"]
    same(ours, theirs)
    np.testing.assert_allclose(history.train_loss, expected, rtol=1e-10)
    (wide,) = trained_wide
    assert [layer.units for layer in wide.layers if hasattr(layer, "units")] == [32, 16, 10]


@pytest.mark.parametrize("activation", ["tanh", "softplus"])
def test_silent_neurons_stay_silent(activation, trained_wide):
    train(net(activation=activation), Adam(0.05), epochs=20)
    (wide,) = trained_wide
    first, first_bias, second, second_bias, output, _ = wide.get_weights()
    for added in (first[:, 30:], second[30:], second[:, 15:], output[15:]):
        assert added.size
        np.testing.assert_array_equal(added, 0)
    for added in (first_bias[30:], second_bias[15:]):
        np.testing.assert_array_equal(added, 0 if activation == "tanh" else -1e4)
    assert np.abs(first[:, :30]).min() > 0


def test_the_best_weights_return(trained_wide, float64):
    X, y = load_digits(return_X_y=True)
    stopping = {"validation_data": (X[67:200] / 16, y[67:200]), "patience": 2, "epochs": 40}
    ours, theirs = net(), net()
    one = train(ours, Adam(0.1), **stopping)
    other = train(theirs, Adam(0.1), **stopping, compilation="graph")
    assert len(trained_wide) == 1
    assert len(one.train_loss) == len(other.train_loss) < 40
    same(ours, theirs)


def test_what_was_trained_until_ctrl_c_is_kept(trained_wide):
    model = net()
    before = model.get_weights()

    def interrupt(*_):
        raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        train(model, Adam(0.05), epochs=500, progress=interrupt)
    assert len(trained_wide) == 1
    assert all((ours != theirs).any() for ours, theirs in zip(model.get_weights(), before, strict=True))


def test_replicates_are_the_nets_trained_alone(trained_wide, float64):
    X, y = digits()
    together, alone = ([net(seed=seed) for seed in range(3)] for _ in range(2))
    train_replicates(
        together, np.stack([X] * 3), np.stack([y] * 3), make_optimizer=OPTIMIZERS["Adam"], seeds=range(3), **how()
    )
    for model in alone:
        train(model, OPTIMIZERS["Adam"](), compilation="graph")
    assert trained_wide == []
    for one, other in zip(together, alone, strict=True):
        same(one, other)


def test_replicates_are_trained_with_silent_neurons(monkeypatch):
    widened, original = [], lanes.Padding.widen
    monkeypatch.setattr(
        Padding,
        "widen",
        lambda self, weight: widened.append(original(self, weight).shape) or original(self, weight),
    )
    X, y = digits()
    train_replicates(
        [net((30,), seed=seed) for seed in range(3)],
        np.stack([X] * 3),
        np.stack([y] * 3),
        make_optimizer=OPTIMIZERS["Adam"],
        seeds=range(3),
        **how(),
    )
    assert widened == [(3, 64, 32), (3, 32), (3, 32, 10), (3, 10)]


def test_the_model_stays_as_it_was_built_and_can_be_trained_again_and_saved(tmp_path):
    model = net(style="functional", activation="relu")
    before = model.get_config()
    for _ in range(2):
        train(model, Adam(0.01))
    assert model.get_config() == before
    model.save(tmp_path / "net.keras")
    loaded = keras.models.load_model(tmp_path / "net.keras")
    np.testing.assert_array_equal(loaded.predict(digits()[0], verbose=0), model.predict(digits()[0], verbose=0))


def layers(*hidden):
    return keras.Sequential([keras.Input((64,)), *hidden, keras.layers.Dense(10, "softmax")])


def own_call():
    class Doubled(keras.Sequential):
        def call(self, inputs, training=None):
            return super().call(2 * inputs, training=training)

    return Doubled([keras.Input((64,)), keras.layers.Dense(30, "sigmoid"), keras.layers.Dense(10, "softmax")])


Dense = keras.layers.Dense
REFUSED = {
    "graph": (net, {"compilation": "graph"}),
    "whole already": (lambda: net((32, 48)), {}),
    "too many more": (lambda: net((10, 50)), {}),
    "no hidden layer": (lambda: net(()), {}),
    "dropout": (lambda: net(dropout=0.5), {}),
    "batch normalization": (lambda: net(batch_normalization=True), {}),
    "decay": (net, {"optimizer": keras.optimizers.AdamW(0.01)}),
    "decay of another": (net, {"optimizer": SGD(0.01, weight_decay=0.1)}),
    "averages": (net, {"optimizer": SGD(0.01, use_ema=True)}),
    "softmax inside": (lambda: layers(Dense(30, "softmax")), {}),
    "two activations": (lambda: layers(Dense(30, "tanh"), keras.layers.Activation("softplus")), {}),
    "no bias": (lambda: layers(Dense(30, "sigmoid", use_bias=False)), {}),
    "penalty on outputs": (lambda: layers(Dense(30, "sigmoid", activity_regularizer="l2")), {}),
    "penalty on biases": (lambda: layers(Dense(30, "sigmoid", bias_regularizer="l2")), {}),
    "other penalty": (lambda: layers(Dense(30, "sigmoid", kernel_regularizer="orthogonal_regularizer")), {}),
    "constraint": (lambda: layers(Dense(30, "sigmoid", kernel_constraint="unit_norm")), {}),
    "own call": (own_call, {}),
}


class Decided(Exception):
    """It was decided which net is trained: whether the one that was given."""


@pytest.fixture
def until_decided(monkeypatch):
    """Trainings end where it is decided: whether a net is compiled and trained takes seconds, and is told elsewhere."""
    original = lanes.widened

    def noted(model, reworked):
        raise Decided(original(model, reworked) is model)

    monkeypatch.setattr(lanes, "widened", noted)


@pytest.mark.parametrize("case", REFUSED)
def test_other_nets_are_trained_as_they_are(case, until_decided):
    build, change = REFUSED[case]
    settings = {"optimizer": SGD(0.01), **change}
    with pytest.raises(Decided) as decided:
        train(build(), settings.pop("optimizer"), epochs=1, **settings)
    assert decided.value.args == (True,)


def test_a_net_that_is_trained_wide_is_seen_to_be(until_decided):
    with pytest.raises(Decided) as decided:
        train(net(), SGD(0.01), epochs=1)
    assert decided.value.args == (False,)


def test_layers_without_an_activation_are_trained_as_they_are(trained_wide):
    train(layers(Dense(30), Dense(30, "tanh")), SGD(0.01), epochs=1)
    assert trained_wide == []
