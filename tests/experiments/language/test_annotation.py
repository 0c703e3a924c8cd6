import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pytest

from experiments.language import Net, Splitting
from experiments.language.annotation import Unbounded, fits, require_annotated

TAKEN = [
    (3, int),
    (3, float),
    (-0.5, float),
    (math.inf, Unbounded),
    (2, Annotated[int, "of anything"]),
    ("text", str),
    (None, int | None),
    ("a", Literal["a", "b"]),
    ((), tuple[int, ...]),
    ((1, "a"), tuple[int, str]),
    ({"a": (1, "b")}, Mapping[str, tuple[Any, ...]]),
    (Splitting(), Splitting),
    ([1], Any),
    ([1], list[str]),  # not known here
]
REFUSED = [
    (3.0, int, "n as a whole number. Received: n=3.0. Write it like 3."),
    (True, int, "n as a whole number. Received: n=True. Write it like 3."),
    ("3", float, "n as a finite number. Received: n='3'. Write it like 0.5."),
    (math.inf, float, "n as a finite number. Received: n=inf. Write it like 0.5."),
    (False, float, "n as a finite number. Received: n=False. Write it like 0.5."),
    (math.nan, Unbounded, "n as a number. Received: n=nan. Write it like 0.5."),
    (2.5, Annotated[int, "of anything"], "n as a whole number. Received: n=2.5. Write it like 3."),
    (3, str, "n as text. Received: n=3. Write it like 'text'."),
    (0, bool, "n as True or False. Received: n=0. Write it like True."),
    (None, int, "n as a whole number. Received: n=None. Write it like 3."),
    ("3", int | None, "n as a whole number or None. Received: n='3'. Write it like 3."),
    ("lef", Literal["left", "right"], "a known n. Received: n='lef'. Did you mean 'left'?"),
    ("lef", Literal["left"] | None, "n as 'left' or None. Received: n='lef'. Write it like 'left'."),
    ([1], tuple[int, ...], "n as a tuple of whole numbers. Received: n=[1]. Write it like (3,)."),
    ((1, 2.5), tuple[int, ...], "n as a tuple of whole numbers. Received: n=(1, 2.5). Write it like (3,)."),
    ((1.0,), tuple[float, float], "n as a tuple of 2 finite numbers. Received: n=(1.0,). Write it like (0.5, 0.5)."),
    ((1,), tuple[int, str], "n as a tuple of a whole number, text. Received: n=(1,). Write it like (3, 'text')."),
    ("ab", tuple[Any, ...], "n as a tuple. Received: n='ab'. Write it like (1.0,)."),
    ({1: "a"}, Mapping[str, Any], "n as a mapping. Received: n={1: 'a'}. Write it like {'name': 1.0}."),
    (3, Net, "n as a Net. Received: n=3. Declare a Net."),
    (3, tuple[Net, ...], "n as a tuple of Nets. Received: n=3. Write it like (Net(...),)."),
]


@pytest.mark.parametrize(("value", "annotation"), TAKEN)
def test_what_an_annotation_says_is_taken(value, annotation):
    assert fits(value, annotation)
    require_annotated("owner", "n", value, annotation)


@pytest.mark.parametrize(("value", "annotation", "message"), REFUSED)
def test_what_it_does_not_say_is_refused_and_told(value, annotation, message):
    with pytest.raises(ValueError, match="owner") as error:
        require_annotated("owner", "n", value, annotation)
    assert str(error.value) == f"owner: expected {message}"
