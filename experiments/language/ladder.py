"""Nets in rising order, each against a figure that somebody printed."""

from typing import Literal

from experiments.language.declaration import Declaration
from experiments.language.expect import Expect
from experiments.language.nets import Net

Rows = Literal["test", "validation"]


class Rung(Declaration):
    """A net, trained with several seeds, and what was printed of it.

    Attributes:
        net: It holds rows out where the best epoch is to be chosen.
        figure: Percent of right rows as printed, such as ``"95.42"``; its decimals count.
        where: Its place.
        n_seeds: Nets that are trained.
        measured_on: The rows of the figure; ``"validation"`` means those that the net held out.
        vote: The printed figure of all seeds' nets voting; ``None`` where there is no vote.
        departures: Where net or training differ from what was printed, and why; ``""`` for nowhere.
    """

    net: Net
    figure: str
    where: str
    n_seeds: int
    measured_on: Rows = "test"
    vote: str | None = None
    departures: str = ""

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        percent = ("figures in percent, as printed", "Write '95.42'.")
        expect(percent[0], lambda: _is_percent(self.figure), percent[1], of="figure")
        expect(percent[0], lambda: self.vote is None or _is_percent(self.vote), percent[1], of="vote")
        expect.least("n_seeds", 1, "3 give a mean.")
        expect(
            "several seeds for a vote",
            lambda: self.vote is None or self.n_seeds >= 2,
            "One net does not vote.",
            of=("n_seeds", "vote"),
        )
        expect(
            "patience with a figure of validation rows",
            lambda: self.measured_on == "test" or self.net.training.patience is not None,
            "Without it no rows are held out.",
            of=("net", "measured_on"),
            received=lambda: {"measured_on": self.measured_on},
        )

    @property
    def owner(self) -> str:
        """Who is named in front of an error."""
        return f"Rung {self.net.name!r}" if isinstance(self.net, Net) else "Rung"


class Ladder(Declaration):
    """Rungs on the canonical split of one data set.

    Attributes:
        name: Of the experiment, on the command line and in MLflow.
        title: For people.
        where: The place of the figures.
        data: Name of a data set that comes with test rows.
        rungs: In rising order.
        notes: What a reader must know before believing the table.
    """

    name: str
    title: str
    where: str
    data: str
    rungs: tuple[Rung, ...]
    notes: str = ""

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        expect.name()
        expect(
            "one rung or more, with nets of different names",
            lambda: 0 < len(self._names) == len(set(self._names)),
            "Rename one.",
            of="rungs",
            received=lambda: {"rungs": self._names},
        )

    @property
    def owner(self) -> str:
        """Who is named in front of an error."""
        return f"Ladder {self.name!r}"

    @property
    def _names(self) -> list[str]:
        return [rung.net.name for rung in self.rungs]


def _is_percent(figure: str) -> bool:
    return figure.replace(".", "", 1).isdigit() and 0 < float(figure) <= 100
