"""Recurrent nets worked by hand: NumPy float64, formula by formula; the feedback loop is rolled out in time.

=============== ============================== =====================================
lecture, papers here                           Keras
=============== ============================== =====================================
W               ``kernel``, (inputs, units)    ``SimpleRNN.cell.kernel``
U, the loop     ``loop``, (units, units)       ``SimpleRNN.cell.recurrent_kernel``
b               ``bias``, (units,)             ``SimpleRNN.cell.bias``
gates i f g o   side by side in (., 4 units)   ``LSTM``, in the same order
=============== ============================== =====================================

Example:
    >>> pulse = np.array([[[1.0], [0.0], [0.0]]])
    >>> simple_rnn(pulse, np.array([[2.0]]), np.array([[0.5]]), np.zeros(1))[0, :, 0].round(4)
    array([0.964 , 0.4479, 0.2203])
"""

from dataclasses import dataclass

import numpy as np

from models.blackboard.activations import sigmoid, tanh, tanh_slope
from models.blackboard.trace import Array


def simple_rnn(X: Array, kernel: Array, loop: Array, bias: Array) -> Array:
    """Returns what the neurons say at every time, ``(n, times, units)``; before the first time they are quiet.

    Formula:
        h_t = tanh(x_t W + h_(t-1) U + b).

    Args:
        X: ``(n, times, inputs)``.
        kernel: ``(inputs, units)``.
        loop: ``(units, units)``: what each neuron hears of all neurons a moment before.
        bias: ``(units,)``.

    Source:
        The architecture | Recurrent neural networks; Elman (1990), Finding structure in time.
    """
    h = np.zeros((len(X), X.shape[1] + 1, len(bias)))
    for t in range(X.shape[1]):
        h[:, t + 1] = tanh(X[:, t] @ kernel + h[:, t] @ loop + bias)
    return h[:, 1:]


@dataclass(frozen=True, kw_only=True, eq=False)
class Slopes:
    """The slopes of the cost by the inputs (``dX``) and by what is learned."""

    dX: Array
    dkernel: Array
    dloop: Array
    dbias: Array


def simple_rnn_back(X: Array, h: Array, kernel: Array, loop: Array, dh: Array) -> Slopes:
    """Back-propagation through time: from the last moment to the first, each handing its slope to the one before.

    Formula:
        dh_t <- dh_t + dz_(t+1) U^T;  dz_t = dh_t (1 - h_t²);
        dW = sum_t x_t^T dz_t;  dU = sum_t h_(t-1)^T dz_t;  db = sum_t dz_t;  dx_t = dz_t W^T.

    Args:
        X: As of ``simple_rnn``.
        h: What ``simple_rnn`` returned.
        kernel: As of ``simple_rnn``.
        loop: As of ``simple_rnn``.
        dh: Slope of the cost by every ``h``, as if there were no loop; 0 where the cost does not look.
    """
    dz = np.zeros_like(h)
    after = np.zeros_like(h[:, 0])
    for t in reversed(range(X.shape[1])):
        dz[:, t] = (dh[:, t] + after) * tanh_slope(h[:, t], h[:, t])
        after = dz[:, t] @ loop.T
    return _slopes(X, _a_moment_before(h), kernel, dz)


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """What LSTM cells did at every time, each ``(n, times, units)``.

    Attributes:
        i: Input gates: how much of the new goes in.
        f: Forget gates: how much of the old stays.
        g: The new.
        o: Output gates: how much of the cell is said.
        c: The cells' memory.
        h: What they say.
    """

    i: Array
    f: Array
    g: Array
    o: Array
    c: Array
    h: Array


def lstm(X: Array, kernel: Array, loop: Array, bias: Array) -> Cells:
    """Returns gates, memory and output of long short-term memory cells at every time.

    Formula:
        i, f, o = sigmoid(x_t W + h_(t-1) U + b), g = tanh(...), each with its own W, U and b;
        c_t = f c_(t-1) + i g;  h_t = o tanh(c_t).

    Args:
        X: ``(n, times, inputs)``.
        kernel: ``(inputs, 4 units)``: of i, f, g and o side by side.
        loop: ``(units, 4 units)``.
        bias: ``(4 units,)``.

    Source:
        Others | Long short-term memory units; Hochreiter and Schmidhuber (1997), Gers et al. (2000) for f.
    """
    n, times, units = len(X), X.shape[1], loop.shape[0]
    seen = np.zeros((6, n, times, units))
    c, h = np.zeros((n, units)), np.zeros((n, units))
    for t in range(times):
        z_i, z_f, z_g, z_o = np.split(X[:, t] @ kernel + h @ loop + bias, 4, axis=1)
        i, f, g, o = sigmoid(z_i), sigmoid(z_f), tanh(z_g), sigmoid(z_o)
        c = f * c + i * g
        h = o * tanh(c)
        seen[:, :, t] = i, f, g, o, c, h
    return Cells(i=seen[0], f=seen[1], g=seen[2], o=seen[3], c=seen[4], h=seen[5])


def lstm_back(X: Array, cells: Cells, kernel: Array, loop: Array, dh: Array) -> Slopes:
    """Returns the slopes of a cost through cells and time: two ways back, by what is said and by what is kept.

    Formula:
        dh_t <- dh_t + dz_(t+1) U^T;  do = dh tanh(c);  dc_t <- dh o (1 - tanh(c)²) + dc_(t+1) f_(t+1);
        di = dc g;  df = dc c_(t-1);  dg = dc i;  dz = (di i (1 - i), df f (1 - f), dg (1 - g²), do o (1 - o));
        dW, dU, db and dx as of ``simple_rnn_back``.

    Args:
        X: As of ``lstm``.
        cells: What ``lstm`` returned.
        kernel: As of ``lstm``.
        loop: As of ``lstm``.
        dh: Slope of the cost by every ``h``, as if there were no loop; 0 where the cost does not look.

    Source:
        Others | Long short-term memory units; Hochreiter and Schmidhuber (1997): the memory's way back is multiplied by
        f alone.
    """
    n, times, units = cells.h.shape
    dz = np.zeros((n, times, 4 * units))
    said, kept = np.zeros((n, units)), np.zeros((n, units))
    before_c, before_h = (_a_moment_before(value) for value in (cells.c, cells.h))
    for t in reversed(range(times)):
        i, f, g, o = cells.i[:, t], cells.f[:, t], cells.g[:, t], cells.o[:, t]
        shown, slope = tanh(cells.c[:, t]), dh[:, t] + said
        dc = slope * o * (1 - shown**2) + kept
        gates = (
            dc * g * i * (1 - i),
            dc * before_c[:, t] * f * (1 - f),
            dc * i * (1 - g**2),
            slope * shown * o * (1 - o),
        )
        dz[:, t] = np.concatenate(gates, axis=1)
        said, kept = dz[:, t] @ loop.T, dc * f
    return _slopes(X, before_h, kernel, dz)


def _a_moment_before(values: Array) -> Array:
    return np.concatenate([np.zeros_like(values[:, :1]), values[:, :-1]], axis=1)


def _slopes(X: Array, before: Array, kernel: Array, dz: Array) -> Slopes:
    """Every moment has a say in the shared weights."""
    return Slopes(
        dX=dz @ kernel.T,
        dkernel=np.einsum("nti,ntu->iu", X, dz),
        dloop=np.einsum("ntv,ntu->vu", before, dz),
        dbias=dz.sum(axis=(0, 1)),
    )
