"""Nets of dense layers."""

from typing import ClassVar, Literal

from experiments.language.inputs import INPUTS_IN_WORDS, Inputs
from experiments.language.nets.net import LayeredNet
from experiments.language.wording import title

Initializer = Literal[
    "standard_normal",
    "scaled_normal",
    "steep_uniform",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]
"""Three of our own, as in Nielsen's book and for sigmoid neurons, then Keras's for a kernel or a bias."""


class DenseNet(LayeredNet):
    """A net of dense layers: the lecture's architecture, from a single neuron to deep stacks.

    Attributes:
        name: Of the candidate, in tables and MLflow.
        hidden_units: Neurons of each hidden layer, input side first; ``()`` is logistic regression, of a
            number linear regression.
        training: How it is trained.
        activation: Of the hidden layers. The output is a sigmoid (two classes), softmax (more) or linear (a number).
        inputs: What the first layer does to raw rows: nothing; z-scores; each feature to normal quantiles, or by
            its middle half and bent; division by the largest pixel.
        kernel_initializer: A Keras name. Glorot's keeps a sigmoid's signal alive over one or two layers, not over
            many. Besides, ``"standard_normal"`` draws from N(0, 1), ``"scaled_normal"`` from N(0, 1 / inputs), and
            ``"steep_uniform"`` from four times Glorot's range.
        bias_initializer: Likewise.
        batch_normalization: Before each hidden activation: centres what enters a sigmoid, where its slope is largest.
        dropout: Share of hidden outputs set to 0 during training.
        l2: Penalty on the kernels, as in Keras: ``l2 * sum(kernel ** 2)`` is added to the mean loss.
        style: How the Keras model is built; the function is the same.
        reason: Why these settings, where it is not obvious.
    """

    hidden_units: tuple[int, ...]
    inputs: Inputs = "standardize"
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: Initializer = "zeros"

    flattens: ClassVar[bool] = True

    def words(self) -> str:
        """Tells the net in words; what is not used is not told.

        Example:
            >>> from experiments.language import Training
            >>> training = Training(epochs=5, learning_rate=0.1, batch_size=None)
            >>> DenseNet(name="example", hidden_units=(5, 3), training=training).words()
            'hidden layers of 5 and 3 sigmoid neurons; inputs as z-scores; glorot uniform kernels; sgd at rate 0.1; all
            rows in one batch; 5 epochs'
        """
        told = (
            self._hidden_in_words(),
            INPUTS_IN_WORDS[self.inputs],
            f"{title(self.kernel_initializer)} kernels",
            self.bias_initializer != "zeros" and f"{title(self.bias_initializer)} biases",
            self.batch_normalization and "batch normalization",
            self.dropout and f"dropout {self.dropout:g}",
            self.l2 and f"L2 penalty {self.l2:g}",
            self.training.words(),
        )
        return "; ".join(part for part in told if part)
