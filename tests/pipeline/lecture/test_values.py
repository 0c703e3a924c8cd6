import numpy as np
import pandas as pd
import pytest

from experiments.language.printed import WorkedExample
from pipeline.lecture.values import Worked

EXAMPLE = WorkedExample(name="a", title="A", where="Example", story="")


def test_what_is_worked_cannot_be_changed_and_the_callers_arrays_can():
    own = np.zeros(3)
    worked = Worked(example=EXAMPLE, by_hand={}, curves={"cost": own})

    with pytest.raises(ValueError, match="read-only"):
        worked.curves["cost"][0] = 1.0
    own[1] = 2.0
    assert own.flags.writeable


def test_a_caption_needs_its_table():
    tables = {"rows": pd.DataFrame({"x": [1]})}

    with pytest.raises(ValueError, match=r"Worked 'a': expected captions of tables. Received: captions={'row'}"):
        Worked(example=EXAMPLE, by_hand={}, tables=tables, captions={"row": "Rows."})
