"""The report's sections on differences: each candidate to the best, every two of them, and their ranks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isfinite

from markupsafe import Markup

from pipeline.comparison.figures.rows import difference_plot, rank_plot
from pipeline.scoring.result import Result
from pipeline.scoring.values import Contrast, Ranks
from pipeline.telling.figure import Figure
from pipeline.telling.section import Section
from pipeline.words.names import title
from pipeline.words.numbers import number, p_value, signed

_ASKED = {"guess": "to guessing", "exploratory": "exploratory"}


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One paired difference, the candidate's score minus the reference's, as the page shows it."""

    candidate: str
    role: str
    reference: str
    difference: str
    rounded: str
    interval: str
    p: str
    judgment: str
    probabilities: str
    asked: str


@dataclass(frozen=True, kw_only=True)
class MatrixRow:
    """One candidate minus each; ``None`` minus itself."""

    title: str
    role: str
    pairs: tuple[Pair | None, ...]


def differences_section(result: Result) -> Section:
    """Draws and words the differences in the primary metric: to the best, of every two, and as ranks."""
    roles = {candidate.name: result.role(candidate.name) for candidate in result.order}
    found = {(c.candidate, c.reference): c for c in result.contrasts if c.metric == result.primary.name}
    pairs = {names: _pair(contrast, roles[contrast.candidate]) for names, contrast in found.items()}
    best, *others = roles
    once = list(combinations(roles, 2))
    figure = _difference_plot(result, [found[name, best] for name in others])
    rank_plot = _rank_plot(result.ranks, roles)
    return Section(
        template="differences.html",
        values={
            "result": result,
            "best": title(best),
            "question": _question(result),
            "equivalence": _written(result.equivalence(result.primary.name)),
            "plot": Markup(figure.svg) if figure else None,
            "to_best": [pairs[name, best] for name in others],
            "matrix": [
                MatrixRow(title=title(name), role=role, pairs=tuple(pairs.get((name, other)) for other in roles))
                for name, role in roles.items()
            ],
            "pairs": [pairs[names] for names in once],
            "counts": _counts([found[names] for names in once]),
            "rank_plot": rank_plot,
        },
        anchors={"noise": "Differences"} | ({"ranks": "Ranks"} if rank_plot else {}),
        figures=(figure,) if figure else (),
    )


def _question(result: Result) -> str:
    """Says what the comparison is about."""
    if result.comparison.primary is not None:
        net, baseline = result.comparison.primary
        return f"{title(net)} against {title(baseline)}, which was declared before anything was trained"
    families = {one.family for one in result.ranked if one.candidate != result.reference.candidate}
    return "every net against every baseline" if len(families) > 1 else "every two candidates"


def _written(equivalence: float) -> str:
    """Returns what makes no practical difference, to two significant digits."""
    return f"{equivalence:.2g}" if isfinite(equivalence) else "what is not known"


def _pair(contrast: Contrast, role: str) -> Pair:
    shares = [f"{100 * probability:.0f}" for probability in (contrast.better, contrast.equal, contrast.worse)]
    known = contrast.has_interval
    return Pair(
        candidate=title(contrast.candidate),
        role=role,
        reference=title(contrast.reference),
        difference=number(contrast.difference),
        rounded=signed(contrast.difference),
        interval=f"{number(contrast.low)} to {number(contrast.high)}" if known else "",
        p=p_value(contrast.p_corrected),
        judgment=title(contrast.judgment),
        probabilities=f"{' / '.join(shares)} %" if known else "",
        asked="" if contrast.question == "primary" else _ASKED[contrast.question],
    )


def _counts(once: Sequence[Contrast]) -> dict[str, int]:
    """Counts the pairs that are told apart, practically equal or not to be judged, and those of each question."""
    judgments, questions = [contrast.judgment for contrast in once], [contrast.question for contrast in once]
    return {
        "apart": sum(judgment in {"better", "worse"} for judgment in judgments),
        "practically_equal": judgments.count("practically_equal"),
        "cannot_say": judgments.count("cannot_say"),
        "primary": questions.count("primary"),
        "guess": questions.count("guess"),
        "exploratory": questions.count("exploratory"),
    }


def _difference_plot(result: Result, to_best: Sequence[Contrast]) -> Figure | None:
    """Draws the differences to the best, ``None`` where there is only guessing to compare."""
    shown = [contrast for contrast in to_best if contrast.candidate != result.reference.candidate]
    if not shown:
        return None
    labels = {contrast.candidate: title(contrast.candidate) for contrast in shown}
    words = f"Difference in {result.primary.words}"
    best = title(result.ranked[0].candidate)
    return Figure(
        title="Differences to the best",
        caption=f"Paired differences to {best} with their 95 % intervals; the band makes no difference.",
        svg=difference_plot(shown, labels, equivalence=result.equivalence(result.primary.name), title=words),
    )


def _rank_plot(ranks: Ranks | None, roles: Mapping[str, str]) -> Markup | None:
    """Draws average ranks, ``None`` where none could be given."""
    if ranks is None or not all(map(isfinite, ranks.average.values())):
        return None
    return Markup(rank_plot(ranks, roles, {name: title(name) for name in roles}))
