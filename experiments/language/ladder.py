"""Nets in rising order, each against a figure that somebody printed."""

from dataclasses import dataclass
from typing import Literal

from experiments.language.nets import Net
from models.checks import require, require_name, require_one_of

Rows = Literal["test", "validation"]


@dataclass(frozen=True, kw_only=True)
class Rung:
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

    def __post_init__(self) -> None:
        who = f"Rung {self.net.name!r}"
        for figure in (self.figure, *((self.vote,) if self.vote else ())):
            is_percent = figure.replace(".", "", 1).isdigit() and 0 < float(figure) <= 100
            require(is_percent, who, "figures in percent, as printed", "Write '95.42'.", figure=figure)
        require(self.n_seeds >= 1, who, "n_seeds of 1 or more", "3 give a mean.", n_seeds=self.n_seeds)
        require_one_of(who, "measured_on", self.measured_on, Rows)
        require(
            self.vote is None or self.n_seeds >= 2,
            who,
            "several seeds for a vote",
            "One net does not vote.",
            n_seeds=self.n_seeds,
        )
        require(
            self.measured_on == "test" or self.net.training.patience is not None,
            who,
            "patience with a figure of validation rows",
            "Without it no rows are held out.",
            measured_on=self.measured_on,
        )


@dataclass(frozen=True, kw_only=True)
class Ladder:
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

    def __post_init__(self) -> None:
        require_name("Ladder", self.name)
        names = [rung.net.name for rung in self.rungs]
        require(
            0 < len(names) == len(set(names)),
            f"Ladder {self.name!r}",
            "one rung or more, with nets of different names",
            "Rename one.",
            rungs=names,
        )
