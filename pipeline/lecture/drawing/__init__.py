"""One module for each part of the lecture: how its values are drawn."""

from collections.abc import Callable, Mapping

from pipeline.lecture.drawing.activations import draw_activations
from pipeline.lecture.drawing.architecture import draw_architecture
from pipeline.lecture.drawing.autoencoder import draw_autoencoder
from pipeline.lecture.drawing.backpropagation import draw_backpropagation
from pipeline.lecture.drawing.boltzmann import draw_boltzmann
from pipeline.lecture.drawing.computation_graph import draw_computation_graph
from pipeline.lecture.drawing.convolution import draw_convolution
from pipeline.lecture.drawing.descent_flavours import draw_descent_flavours
from pipeline.lecture.drawing.generative import draw_generative
from pipeline.lecture.drawing.gradient_descent import draw_gradient_descent
from pipeline.lecture.drawing.history import draw_history
from pipeline.lecture.drawing.labs import draw_labs
from pipeline.lecture.drawing.logistic_regression import draw_logistic_regression
from pipeline.lecture.drawing.perceptron import draw_perceptron
from pipeline.lecture.drawing.recurrent import draw_recurrent
from pipeline.lecture.drawing.review import draw_review
from pipeline.lecture.drawing.rprop import draw_rprop
from pipeline.lecture.drawing.scale import draw_scale
from pipeline.lecture.values import Worked
from pipeline.telling.figure import Figure

DRAWINGS: Mapping[str, Callable[[Worked], tuple[Figure, ...]]] = {
    "history": draw_history,
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
    "rprop": draw_rprop,
    "boltzmann": draw_boltzmann,
    "generative": draw_generative,
    "recurrent": draw_recurrent,
    "scale": draw_scale,
    "mnist_scale": draw_scale,
}


def draw(worked: Worked) -> tuple[Figure, ...]:
    """Draws a worked example; the parts of the lecture without numbers to work have no pictures.

    Example:
        >>> from experiments.worked.activations import ACTIVATIONS
        >>> from pipeline.lecture.work import work
        >>> [figure.title for figure in draw(work(ACTIVATIONS))]
        ['Step', 'Sigmoid', 'Hyperbolic tangent', 'ReLU', 'Identity']
    """
    paint = DRAWINGS.get(worked.example.name)
    return paint(worked) if paint else ()
