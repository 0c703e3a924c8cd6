"""What a registered model serves, as those see it who cannot change it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Served:
    """What the alias names.

    Attributes:
        address: Of the version, which stays when the alias moves.
        tags: Of the version, as it was registered or as somebody changed them.
    """

    address: str
    tags: Mapping[str, str]

    @property
    def candidate(self) -> str:
        """Name of the candidate; empty where nobody knows which."""
        return self.tags.get("candidate", "")
