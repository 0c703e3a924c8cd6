"""What a model does, as far as its layers tell it."""

import keras

from models.engine.structure import chain, operations
from models.nets import dense

Dense = keras.layers.Dense


class Own(keras.Sequential):
    """A call of its own."""

    def call(self, inputs, training=None):
        return super().call(2 * inputs, training=training)


def test_a_call_of_ones_own_hides_what_a_model_does():
    assert operations(Own([keras.Input((4,)), Dense(3)])) == []
    for style in ("sequential", "functional"):
        model = dense.build((4,), 3, [5], style=style)
        assert [layer for layer in operations(model) if layer in model.layers] == model.layers


def test_operations_outside_of_layers_are_seen():
    X = keras.Input((4,))
    model = keras.Model(X, keras.ops.mean(Dense(3)(X), axis=0, keepdims=True))
    assert len(operations(model)) == len(model.layers) + 1


def test_a_chain_has_neither_branches_nor_gaps():
    X = keras.Input((4,))
    first = Dense(4)(X)
    assert [layer.units for layer in chain(keras.Model(X, Dense(3)(first)))] == [4, 3]
    assert chain(keras.Model(X, Dense(3)(2 * first))) is None
    assert chain(keras.Model(X, keras.layers.Add()([first, Dense(4)(first), X]))) is None


def test_a_chain_is_all_that_happens_between_input_and_output():
    X, twice = keras.Input((4,)), Dense(4)
    for what, outputs in {
        "before the first layer": Dense(3)(Dense(4)(2 * X)),
        "behind the last one": 10 * Dense(3)(Dense(4)(X)),
        "a layer once more": twice(twice(Dense(4)(X))),
    }.items():
        assert chain(keras.Model(X, outputs)) is None, what
    assert chain(keras.Model(X, [Dense(3)(X)])) is not None
    other = keras.Input((4,))
    assert chain(keras.Model([X, other], Dense(3)(other))) is None
