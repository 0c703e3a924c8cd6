"""What came of declarations, in words, for people who do not read the code."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.words.names import counted, listing


def tell_choices(chosen: Sequence[Mapping[str, Any]]) -> str:
    """Tells the settings that a search chose on each fold, the most frequent value first.

    Example:
        >>> tell_choices([{"l2": 0.1}, {"l2": 1.0}, {"l2": 0.1}])
        'chosen: l2 = 0.1 on 2 and 1.0 on 1 of 3 folds'
    """
    told = []
    for path in chosen[0]:
        counts = Counter(str(settings[path]) for settings in chosen).most_common()
        told.append(f"{path} = {listing([f'{value} on {count}' for value, count in counts])}")
    return f"chosen: {'; '.join(told)} of {counted(len(chosen), 'fold')}"
