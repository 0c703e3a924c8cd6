"""Declared names as words, and words in a sentence."""

from experiments.language.wording import counted, listing, title

__all__ = ["counted", "heading", "listing", "title"]


def heading(words: str) -> str:
    """Returns the words with a capital first letter, the others as they are."""
    return words[:1].upper() + words[1:]
