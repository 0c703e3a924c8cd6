"""The reworkings are tested on every processor, also where they do not pay."""

import pytest

from models.engine import ways
from models.engine.ways import Ways


@pytest.fixture(autouse=True)
def limits(monkeypatch):
    """Limits that make each reworking pay somewhere."""
    limits = Ways(lanes=16, most_added=1 / 8, rows=((500, 16),), least_weights=5_000, halved_from=100)
    monkeypatch.setattr(ways, "of", lambda threads: limits)
    return limits
