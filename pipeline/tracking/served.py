"""What a registered model serves, as those see it who cannot change it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

ALIAS = "champion"
"""Of the version that is served."""

CHAMPION_FILE = "champion.json"
"""Of the run that registered it: how the champion was declared."""


@dataclass(frozen=True, kw_only=True)
class Served:
    """What the alias names.

    Attributes:
        address: Of the version, which stays when the alias moves.
        candidate: Its name; empty where nobody knows which.
        declared: The text that the run which registered it left in ``CHAMPION_FILE``; empty where it left none.
        tags: Of the version.
    """

    address: str
    candidate: str
    declared: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
