"""Builders of untrained nets, one module a kind, found by the kind's name.

A builder takes the shape of a row and the number of output neurons, and then by name what a declaration of its kind
says. A kind of one's own is a builder of this form, given to `register`.

Example:
    >>> net = build("dense_net", (784,), 10, seed=0, hidden_units=(15,))
    >>> net.count_params()
    11935
    >>> build("dense", (784,), 10, seed=0, hidden_units=(15,))
    Traceback (most recent call last):
    ...
    ValueError: nets.build: expected a known kind. Received: kind='dense'. Did you mean 'dense_net'?
"""

from collections.abc import Callable
from typing import Any

import keras

from models.checks import require_known, require_new
from models.nets import conv, dense, real_mlp, recurrent, tabm

Builder = Callable[..., keras.Model]

_BUILDERS: dict[str, Builder] = {
    "dense_net": dense.build,
    "conv_net": conv.build,
    "recurrent_net": recurrent.build,
    "tabm": tabm.build,
    "real_mlp": real_mlp.build,
}


def register(kind: str, build: Builder) -> None:
    """Adds a kind of net.

    Args:
        kind: Its name, as declarations give it.
        build: Takes ``(shape, n_outputs, *, output_activation, seed, name, **settings)`` as `build` does, and refuses
            an ``output_activation`` that it does not have.

    Raises:
        ValueError: The name is taken.
    """
    require_new("nets.register", "kind", kind, _BUILDERS)
    _BUILDERS[kind] = build


def build(
    kind: str,
    shape: tuple[int, ...],
    n_outputs: int,
    *,
    output_activation: str | None = None,
    seed: int,
    name: str | None = None,
    **settings: Any,
) -> keras.Model:
    """Returns an untrained net of a kind.

    Args:
        kind: ``"dense_net"``, ``"conv_net"``, ``"recurrent_net"``, ``"tabm"``, ``"real_mlp"`` or one that was
            registered.
        shape: Of a row.
        n_outputs: Output neurons: 1 for two classes, else one for each class.
        output_activation: Where the cost wants another than the kind's own.
        seed: Of the initial weights and all that is random in the net.
        name: Of the model.
        **settings: What the kind has besides, by the names of its declaration.

    Raises:
        ValueError: Nobody has registered the kind, or it does not have the output.
    """
    require_known("nets.build", "kind", kind, _BUILDERS)
    common = {"output_activation": output_activation, "seed": seed, "name": name}
    return _BUILDERS[kind](shape, n_outputs, **common, **settings)
