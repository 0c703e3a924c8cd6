"""One module for each part of the lecture: how its values are computed."""

from collections.abc import Callable, Mapping

from pipeline.lecture.values import Worked
from pipeline.lecture.working.activations import work_activations
from pipeline.lecture.working.architecture import work_architecture
from pipeline.lecture.working.autoencoder import work_autoencoder
from pipeline.lecture.working.backpropagation import work_backpropagation
from pipeline.lecture.working.boltzmann import work_boltzmann
from pipeline.lecture.working.computation_graph import work_computation_graph
from pipeline.lecture.working.convolution import work_convolution
from pipeline.lecture.working.declared import work_declared
from pipeline.lecture.working.descent_flavours import work_descent_flavours
from pipeline.lecture.working.dropout import work_dropout
from pipeline.lecture.working.generative import work_generative
from pipeline.lecture.working.gradient_descent import work_gradient_descent
from pipeline.lecture.working.labs import work_labs
from pipeline.lecture.working.logistic_regression import work_logistic_regression
from pipeline.lecture.working.perceptron import work_perceptron
from pipeline.lecture.working.recurrent import work_recurrent
from pipeline.lecture.working.review import work_review
from pipeline.lecture.working.rprop import work_rprop
from pipeline.lecture.working.scale import work_scale

WORKINGS: Mapping[str, Callable[..., Worked]] = {
    "review": work_review,
    "history": work_declared,
    "perceptron": work_perceptron,
    "activations": work_activations,
    "architecture": work_architecture,
    "gradient_descent": work_gradient_descent,
    "logistic_regression": work_logistic_regression,
    "computation_graph": work_computation_graph,
    "backpropagation": work_backpropagation,
    "descent_flavours": work_descent_flavours,
    "example_9": work_declared,
    "convolution": work_convolution,
    "labs": work_labs,
    "mnist_labs": work_labs,
    "autoencoder": work_autoencoder,
    "rprop": work_rprop,
    "scale": work_scale,
    "mnist_scale": work_scale,
    "boltzmann": work_boltzmann,
    "generative": work_generative,
    "recurrent": work_recurrent,
    "dropout": work_dropout,
    "homework": work_declared,
}
