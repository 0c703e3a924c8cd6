"""A question of the lecture that a comparison answers."""

from experiments.language.declaration import Declaration
from experiments.language.expect import Expect


class Exercise(Declaration):
    """A question that the lecture leaves to its audience, and the candidates whose scores answer it.

    Attributes:
        name: As the lecture numbers it: ``"Q2"``.
        text: What is asked, in a sentence.
        candidates: Names of those that answer, besides guessing; empty where it is about how rows are divided.
    """

    name: str
    text: str
    candidates: tuple[str, ...] = ()

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        expect("a name of letters and digits", lambda: self.name.isalnum(), "Write it like Q2.", of="name")
        expect("a text", lambda: bool(self.text.strip()), "Write what is asked.", of="text")
        expect(
            "each candidate once",
            lambda: len(self.candidates) == len(set(self.candidates)),
            "Take one out.",
            of="candidates",
        )
