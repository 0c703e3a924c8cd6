"""What the training of a comparison took."""

from dataclasses import dataclass

from pipeline.scoring.result import Result


@dataclass(frozen=True, kw_only=True)
class Spent:
    """How many nets and baselines there are, and how long they took in words, all folds together."""

    n_nets: int
    n_baselines: int
    nets: str
    baselines: str


def spent(result: Result) -> Spent:
    """Returns how long nets and baselines took."""
    n_nets = sum(candidate.family == "net" for candidate in result.order)
    seconds = {
        family: sum(run.seconds for run in result.trained if run.candidate.family == family)
        for family in ("net", "baseline")
    }
    return Spent(
        n_nets=n_nets,
        n_baselines=len(result.order) - n_nets,
        nets=in_words(seconds["net"]),
        baselines=in_words(seconds["baseline"]),
    )


def in_words(seconds: float) -> str:
    """Returns a time as people read it.

    Example:
        >>> in_words(0.004), in_words(3.14159), in_words(1234.5)
        ('< 0.01 s', '3.14 s', '1,234 s')
    """
    if seconds < 0.01:
        return "< 0.01 s"
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:,.0f} s"
