"""One thread is what ``threadpool_limits`` gives; libraries are looked for again once something was imported."""

import sys
from types import ModuleType

import pytest
from threadpoolctl import ThreadpoolController, threadpool_info, threadpool_limits

from models import pools


def threads(of):
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == of}


@pytest.fixture
def two_threads():
    """As on two cores, whatever the machine has."""
    with threadpool_limits(2):
        yield


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize(
    ("of", "blas", "openmp"), [(None, {1}, {1}), ("blas", {1}, {2}), ("openmp", {2}, {1})], ids=str
)
def test_within_one_thread_is_left_and_outside_as_many_as_before(of, blas, openmp):
    import sklearn.ensemble  # noqa: F401  it loads a library of OpenMP

    with pools.one_thread(of):
        assert (threads("blas"), threads("openmp")) == (blas, openmp)
        with pools.one_thread():
            assert (threads("blas"), threads("openmp")) == ({1}, {1})
        assert (threads("blas"), threads("openmp")) == (blas, openmp)
    assert (threads("blas"), threads("openmp")) == ({2}, {2})


def test_libraries_are_looked_for_again_only_where_something_was_imported(monkeypatch):
    looked = []
    monkeypatch.setattr(pools, "ThreadpoolController", lambda: looked.append(1) or ThreadpoolController())
    pools._found.cache_clear()
    for _ in range(3):
        with pools.one_thread():
            pass
    assert len(looked) == 1
    monkeypatch.setitem(sys.modules, "just_imported", ModuleType("just_imported"))
    with pools.one_thread():
        pass
    assert len(looked) == 2
    pools._found.cache_clear()
