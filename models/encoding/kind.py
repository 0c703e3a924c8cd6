"""What a column of a raw table can be. Without a library, so that a command can name the kinds at once."""

from typing import Literal

Kind = Literal["number", "yes/no", "date", "category", "text", "id", "constant"]
Role = Literal["group", "time", "weight"]
"""What a column says of its rows instead of being looked at: with which they belong together, when they were, how much
each counts."""
USED: tuple[Kind, ...] = ("number", "yes/no", "date", "category")
"""The kinds that models look at."""
