"""What happens to a net's output where it predicts numbers: the scale that it learned on is undone inside the model."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="chalktape")
class Unstandardize(keras.layers.Layer):
    """Standardized numbers to the unit of the target: ``mean + deviation * z``, in float64.

    A net learns numbers of any size with the same rate and penalty once they are standardized. In float32 a target such
    as 1,700,000,000.5 would lose its digits on the way back.

    Args:
        mean: Of the target over the training rows.
        deviation: Its standard deviation there.

    Example:
        >>> float(Unstandardize(mean=1e9, deviation=10.0)(keras.ops.convert_to_tensor([[0.05]], "float64"))[0, 0])
        1000000000.5
    """

    def __init__(self, mean: float, deviation: float, **options: Any) -> None:
        super().__init__(**{"dtype": "float64", "trainable": False, **options})
        self.mean = float(mean)
        self.deviation = float(deviation)

    def call(self, inputs: Any) -> Any:
        """Returns numbers of the shape of ``inputs``."""
        return self.mean + self.deviation * inputs

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        return {**super().get_config(), "mean": self.mean, "deviation": self.deviation}
