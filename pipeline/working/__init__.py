"""One module for each part of the lecture: how its values are computed."""

from collections.abc import Callable, Mapping

from experiments.printed import WorkedExample
from pipeline.values import Worked
from pipeline.working.backpropagation import work_backpropagation

WORKINGS: Mapping[str, Callable[[WorkedExample], Worked]] = {
    "backpropagation": work_backpropagation,
}
