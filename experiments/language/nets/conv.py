"""Convolutional nets."""

from typing import Literal

from experiments.language.declaration import Declaration
from experiments.language.expect import Expect
from experiments.language.nets.net import Activation, LayeredNet, Style
from experiments.language.wording import listing

Padding = Literal["valid", "same"]


class Convolution(Declaration):
    """One convolutional layer and its pooling.

    Attributes:
        feature_maps: Kernels of the layer.
        kernel_size: Side of the local receptive field, in pixels.
        pool_size: Side of the max pooling that follows, in pixels; 1 is none.
        padding: ``"valid"`` shrinks the map by ``kernel_size - 1`` pixels, as on the slides; ``"same"`` keeps its
            size.
    """

    feature_maps: int
    kernel_size: int = 5
    pool_size: int = 2
    padding: Padding = "valid"

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        expect(
            "sizes of 1 or more",
            lambda: min(self.feature_maps, self.kernel_size, self.pool_size) >= 1,
            "Pooling of 1 is none.",
            of=("feature_maps", "kernel_size", "pool_size"),
        )

    def words(self) -> str:
        """Tells the layer in words.

        Example:
            >>> Convolution(feature_maps=20).words()
            '20 maps of 5 × 5 pixels (valid), max pooling 2 × 2'
        """
        pooling = f", max pooling {self.pool_size} × {self.pool_size}" if self.pool_size > 1 else ""
        return f"{self.feature_maps} maps of {self.kernel_size} × {self.kernel_size} pixels ({self.padding}){pooling}"


class Augmentation(Declaration):
    """Each image moved, turned and mirrored at random whenever it is trained on.

    Attributes:
        shift: At most so many pixels, in either direction.
        rotation: At most so many degrees, either way.
        stretch: At most so much longer or shorter, each direction by itself; 0.1 is a tenth.
        flip: Whether left and right are exchanged in every second image: no class may change by it.
    """

    shift: float = 0.0
    rotation: float = 0.0
    stretch: float = 0.0
    flip: bool = False

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        expect(
            "sizes of 0 or more, not all 0, and stretch below 1",
            lambda: min(self._sizes) >= 0 < max(*self._sizes, self.flip) and self.stretch < 1,
            "None is no augmentation.",
            of=("shift", "rotation", "stretch", "flip"),
        )

    def words(self) -> str:
        """Tells in words what images go through.

        Example:
            >>> Augmentation(shift=2, stretch=0.1).words()
            'training images moved by up to 2 pixels and stretched by up to 10 %'
        """
        told = (
            self.shift and f"moved by up to {self.shift:g} pixels",
            self.rotation and f"turned by up to {self.rotation:g} degrees",
            self.stretch and f"stretched by up to {100 * self.stretch:g} %",
            self.flip and "mirrored left to right by chance",
        )
        return f"training images {listing([part for part in told if part])}"

    @property
    def _sizes(self) -> tuple[float, float, float]:
        return self.shift, self.rotation, self.stretch


class ConvNet(LayeredNet):
    """A convolutional net: convolutions with pooling, then dense layers.

    Attributes:
        name: Of the candidate.
        convolutions: Input side first.
        training: How it is trained.
        hidden_units: Dense neurons after the last pooling.
        activation: Of convolutions and dense hidden layers.
        batch_normalization: After each convolution and its pooling.
        dropout: Share of the dense hidden outputs set to 0 during training.
        map_dropout: The same of what the last maps hand to the dense layers.
        l2: Penalty on the kernels, as in Keras.
        augmentation: Of training images; ``None`` shows them as they are.
        style: How the Keras model is built.
        reason: Why these settings.
    """

    convolutions: tuple[Convolution, ...]
    activation: Activation = "relu"
    map_dropout: float = 0.0
    augmentation: Augmentation | None = None
    style: Style = "functional"

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        super().check(expect)
        expect.share("map_dropout")
        expect("at least one Convolution", lambda: bool(self.convolutions), "Use DenseNet without.", of="convolutions")

    def words(self) -> str:
        """Tells the net in words; what is not used is not told."""
        told = (
            *(layer.words() for layer in self.convolutions),
            self._hidden_in_words(),
            self.augmentation and self.augmentation.words(),
            self.batch_normalization and "batch normalization",
            self.map_dropout and f"dropout {self.map_dropout:g} of maps",
            self.dropout and f"dropout {self.dropout:g}",
            self.l2 and f"L2 penalty {self.l2:g}",
            self.training.words(),
        )
        return "; ".join(part for part in told if part)
