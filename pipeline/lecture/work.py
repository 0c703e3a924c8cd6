"""The stage that works an example of the lecture: by hand, by tape, and against other ways to the same result."""

from experiments.language.printed import WorkedExample
from models.checks import closest, require
from pipeline.data.values import Dataset
from pipeline.lecture.values import Worked
from pipeline.lecture.working import WORKINGS


def work(example: WorkedExample, dataset: Dataset | None = None) -> Worked:
    """Computes every value of a worked example that is checked or drawn.

    Args:
        example: As declared in ``experiments.worked``, or a copy that starts from other numbers.
        dataset: What it learns from, where it declares a whole data set.

    Raises:
        ValueError: There is no working of this name.

    Example:
        >>> from experiments.worked.backpropagation import BACKPROPAGATION
        >>> worked = work(BACKPROPAGATION)
        >>> round(worked.by_hand["example8"]["a_o1"], 4), round(worked.by_tape["example8"]["a_o1"], 4)
        (0.7514, 0.7514)
    """
    known = example.name in WORKINGS
    require(known, "work", "the name of a worked example", closest(example.name, WORKINGS), name=example.name)
    return WORKINGS[example.name](example) if dataset is None else WORKINGS[example.name](example, dataset)
