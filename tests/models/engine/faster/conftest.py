"""The reworkings are tested on every processor, also where they do not pay."""

import pytest

from models.engine import one_net, ways
from models.engine.program import Kept
from models.engine.ways import Ways


@pytest.fixture(autouse=True)
def limits(monkeypatch):
    """Limits that make each reworking pay somewhere."""
    limits = Ways(lanes=16, most_added=1 / 8, rows=((500, 16),), least_weights=5_000, halved_from=100)
    monkeypatch.setattr(ways, "of", lambda threads: limits)
    return limits


@pytest.fixture(autouse=True)
def programs(monkeypatch):
    """Each training compiles one of its own: what is watched is seen while a program is made."""
    monkeypatch.setattr(one_net, "_KEPT", Kept(0))
