"""How a run departs from what is declared."""

from experiments.language.declaration import Declaration
from experiments.language.expect import Expect


class QuickTry(Declaration):
    """Less than a comparison declares, or other: worth a look, and nothing to serve.

    Attributes:
        words: How it departs.
        options: Of the command line that do it again.
    """

    words: str
    options: str

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        expect("words that tell how it departs", lambda: bool(self.words), "Say what was changed.", of="words")
