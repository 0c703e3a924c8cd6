"""On which rows a candidate's settings were chosen: whoever reads its score must know."""

from types import MappingProxyType
from typing import Literal

ChosenOn = Literal["not_said", "nothing", "training_rows", "other_rows", "tested_rows"]

CHOSEN_ON_IN_WORDS = MappingProxyType(
    {
        "not_said": "on which rows its settings were chosen is not said",
        "nothing": "its settings were fixed before any score was seen",
        "training_rows": "its settings were chosen inside the training rows of one split, which flatters it a "
        "little where these are test rows of another",
        "other_rows": "its settings were chosen on other sets than this one, which flatters it if these rows are "
        "among them",
        "tested_rows": "its settings were chosen by scores on these test rows, which flatters it",
    }
)
"""What a report says of each."""
