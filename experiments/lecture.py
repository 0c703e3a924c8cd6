"""The lecture's worked examples, in its order."""

from experiments.language.printed import WorkedExample
from experiments.worked.activations import ACTIVATIONS
from experiments.worked.architecture import ARCHITECTURE
from experiments.worked.autoencoder import AUTOENCODER
from experiments.worked.backpropagation import BACKPROPAGATION
from experiments.worked.boltzmann import BOLTZMANN
from experiments.worked.computation_graph import COMPUTATION_GRAPH
from experiments.worked.convolution import CONVOLUTION
from experiments.worked.descent_flavours import DESCENT_FLAVOURS
from experiments.worked.example_9 import EXAMPLE_9
from experiments.worked.generative import GENERATIVE
from experiments.worked.gradient_descent import GRADIENT_DESCENT
from experiments.worked.history import HISTORY
from experiments.worked.homework import HOMEWORK
from experiments.worked.labs import LABS, MNIST_LABS
from experiments.worked.logistic_regression import LOGISTIC_REGRESSION
from experiments.worked.perceptron import PERCEPTRON
from experiments.worked.recurrent import DROPOUT, RECURRENT
from experiments.worked.review import REVIEW
from experiments.worked.rprop import RPROP
from experiments.worked.scale import SCALE, SCALE_MNIST

EXAMPLES: tuple[WorkedExample, ...] = (
    REVIEW,
    HISTORY,
    PERCEPTRON,
    ACTIVATIONS,
    ARCHITECTURE,
    GRADIENT_DESCENT,
    LOGISTIC_REGRESSION,
    COMPUTATION_GRAPH,
    BACKPROPAGATION,
    DESCENT_FLAVOURS,
    EXAMPLE_9,
    CONVOLUTION,
    RECURRENT,
    DROPOUT,
    LABS,
    AUTOENCODER,
    HOMEWORK,
)

ON_REQUEST: tuple[WorkedExample, ...] = (MNIST_LABS, RPROP, BOLTZMANN, GENERATIVE, SCALE, SCALE_MNIST)
"""What takes its time, or needs data that may have to be fetched: worked when it is named."""
