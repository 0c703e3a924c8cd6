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


def counted(n: int, one: str, more: str = "") -> str:
    """Returns a number with what it counts, in the plural but for one.

    Args:
        n: How many.
        one: Of what, in the singular.
        more: The same in the plural; by default with an s.

    Example:
        >>> counted(1, "test row"), counted(12345, "test row"), counted(0, "class", "classes")
        ('1 test row', '12,345 test rows', '0 classes')
    """
    return f"{n:,} {one if n == 1 else more or f'{one}s'}"
