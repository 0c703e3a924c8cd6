"""What a column of a raw table can be. Without a library, so that a command can name the kinds at once."""

from typing import Literal

Kind = Literal["number", "yes/no", "date", "category", "text", "id", "constant"]
USED: tuple[Kind, ...] = ("number", "yes/no", "date", "category")
"""The kinds that models look at."""
