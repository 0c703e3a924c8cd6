"""Declared names as words, and words in a sentence."""

from collections.abc import Sequence


def title(name: str) -> str:
    """Returns a declared name as words."""
    return name.replace("_", " ")


def listing(words: Sequence[str]) -> str:
    """Returns the words as a list in a sentence.

    Example:
        >>> listing(["64", "32", "16"])
        '64, 32 and 16'
    """
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
