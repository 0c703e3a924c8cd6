"""One thread for the libraries below NumPy and scikit-learn."""

import sys
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Literal

from threadpoolctl import ThreadpoolController

Library = Literal["blas", "openmp"]


def one_thread(of: Library | None = None) -> AbstractContextManager[object]:
    """Within it matrix products, or what is parallel by OpenMP, are computed on one thread; outside as before.

    To find the libraries takes longer (4 ms where TensorFlow is loaded) than many a fit and most answers, so they are
    looked for again only where something was imported since.

    Args:
        of: Which libraries; ``None`` is both.
    """
    return _found(len(sys.modules)).limit(limits=1, user_api=of)


@lru_cache(maxsize=1)
def _found(n_imported: int) -> ThreadpoolController:
    """Returns the libraries with threads of their own, as of so many imported modules."""
    return ThreadpoolController()
