"""One module for each part of the lecture: how its values are drawn."""

from collections.abc import Callable, Mapping

from pipeline.drawing.activations import draw_activations
from pipeline.drawing.architecture import draw_architecture
from pipeline.drawing.autoencoder import draw_autoencoder
from pipeline.drawing.backpropagation import draw_backpropagation
from pipeline.drawing.computation_graph import draw_computation_graph
from pipeline.drawing.convolution import draw_convolution
from pipeline.drawing.descent_flavours import draw_descent_flavours
from pipeline.drawing.figure import Figure
from pipeline.drawing.gradient_descent import draw_gradient_descent
from pipeline.drawing.labs import draw_labs
from pipeline.drawing.logistic_regression import draw_logistic_regression
from pipeline.drawing.perceptron import draw_perceptron
from pipeline.drawing.review import draw_review
from pipeline.values import Worked

DRAWINGS: Mapping[str, Callable[[Worked], tuple[Figure, ...]]] = {
    "review": draw_review,
    "perceptron": draw_perceptron,
    "activations": draw_activations,
    "architecture": draw_architecture,
    "gradient_descent": draw_gradient_descent,
    "logistic_regression": draw_logistic_regression,
    "computation_graph": draw_computation_graph,
    "backpropagation": draw_backpropagation,
    "descent_flavours": draw_descent_flavours,
    "convolution": draw_convolution,
    "labs": draw_labs,
    "mnist_labs": draw_labs,
    "autoencoder": draw_autoencoder,
}


def draw(worked: Worked) -> tuple[Figure, ...]:
    """Draws a worked example; the parts of the lecture without numbers to work have no pictures.

    Example:
        >>> from experiments.worked.activations import ACTIVATIONS
        >>> from pipeline.work import work
        >>> [figure.title for figure in draw(work(ACTIVATIONS))]
        ['Step', 'Sigmoid', 'Hyperbolic tangent', 'ReLU', 'Identity']
    """
    paint = DRAWINGS.get(worked.example.name)
    return paint(worked) if paint else ()
