"""Rows that do not fit on the device: brought there in chunks of several batches, the next while one is trained on."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from models.engine.calls import Call, in_batches

CHUNKS_ALIVE = 3  # one is trained on, one waits, one is being gathered


def streamed_calls(
    data: tuple[NDArray[Any], ...], orders: Iterator[NDArray[np.int32]], *, batch_size: int, epochs: int, bound: int
) -> Iterator[Call]:
    """Yields one call for each chunk; the compiled loop and the order of rows are those of resident data.

    Args:
        data: Arrays on the host, memory-mapped ones included: only the rows of a chunk are read.
        orders: Row numbers ``(n_rows,)`` of one epoch after the other.
        batch_size: Rows per update, at most ``n_rows``.
        epochs: In total.
        bound: Bytes that the chunks alive at one time may take; a single batch may take more.
    """
    n_rows = len(data[0])
    n_steps, n_rest = divmod(n_rows, batch_size)
    row_bytes = sum(array[:1].nbytes for array in data)
    chunk_steps = min(max(1, (bound // CHUNKS_ALIVE // row_bytes - n_rest) // batch_size), n_steps)
    n_full = chunk_steps * batch_size

    def chunks() -> Iterator[tuple[Any, ...]]:
        for _ in range(epochs):
            full, rest = in_batches(next(orders), batch_size)
            for first in range(0, n_steps, chunk_steps):
                last = min(first + chunk_steps, n_steps)
                rows = np.zeros(n_full + n_rest, np.int32)  # chunks keep their shape, or XLA would compile again
                rows[: (last - first) * batch_size] = full[first:last].ravel()
                rows[n_full:] = rest
                yield *(array[rows] for array in data), last - first, last / n_steps

    specs = [tf.TensorSpec((n_full + n_rest, *array.shape[1:]), array.dtype) for array in data]
    numbers = [tf.TensorSpec((), tf.int32), tf.TensorSpec((), tf.float64)]
    queue = tf.data.Dataset.from_generator(chunks, output_signature=(*specs, *numbers)).prefetch(1)
    full = tf.constant(np.arange(n_full, dtype=np.int32).reshape(1, chunk_steps, batch_size))
    rest = tf.constant(np.arange(n_full, n_full + n_rest, dtype=np.int32)[None])
    for *chunk, last, share in queue:
        yield Call(data=tuple(chunk), full=full, rest=rest, first=0, last=int(last), n_epochs=1, share=float(share))
