"""What was measured as Markdown."""

import os
from collections.abc import Iterator

from benchmarks.ranks.candidates import BOOSTING, N_INNER, NETS, USUAL
from benchmarks.ranks.standing import CONFIDENCE, Standing, lower_is_better
from benchmarks.ranks.tables import N_FOLDS, TABLES
from pipeline.scoring.one_test_set import wilson_interval
from pipeline.words.names import counted, listing, title
from pipeline.words.numbers import signed

_METRICS = {"roc_auc": "ROC-AUC", "log_loss": "log loss", "rmse": "RMSE"}


def page(standing: Standing, n_trials: int, note: str = "") -> str:
    """Returns the page; of what is not measured on all candidates yet, only that it is not.

    Args:
        standing: What was measured.
        n_trials: Of each candidate on each fold.
        note: What a reader of these numbers must know.
    """
    budget = f"{n_trials} combinations of its settings"
    budget += f" (the usual {USUAL} were not tried)" if n_trials < USUAL else ""
    lines = [
        "# Ranks over tables",
        "",
        f"Nets beside boosting on real tables, as `python -m benchmarks.ranks --trials {n_trials}` measured them on "
        f"{counted(_n_cores(), 'core')}: {counted(N_FOLDS, 'fold')}, every row a test row once; on each fold "
        f"every candidate draws {budget} and tries them by {N_INNER}-fold "
        "cross-validation inside the training rows. Spaces are in `benchmarks/ranks/candidates.py`; what was chosen, "
        "and each score, is in `docs/ranks.csv`.",
        "",
        *([note, ""] if note else []),
        *_sources(standing),
    ]
    if not standing.tables:
        return "\n".join([*lines, "", "No table is measured on all candidates yet."]) + "\n"
    both = all(set(family) & {*standing.candidates} for family in (NETS, BOOSTING))
    for part in (_scores, _ranks, *((_families,) if both else ()), _seconds):
        lines += ["", *part(standing)]
    return "\n".join(lines) + "\n"


def _n_cores() -> int:
    """Returns how many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _sources(standing: Standing) -> Iterator[str]:
    yield "| table | what is predicted | metric | source |"
    yield "| --- | --- | --- | --- |"
    for name, table in TABLES.items():
        there = "" if name in standing.tables else " (not measured)"
        yield f"| {title(name)}{there} | {table.about} | {_METRICS[table.metric]} | {table.source} |"


def _head(standing: Standing, last: str = "") -> Iterator[str]:
    columns = [*map(title, standing.candidates), *([last] if last else [])]
    yield f"| table | {' | '.join(columns)} |"
    yield f"| --- |{' --- |' * len(columns)}"


def _scores(standing: Standing) -> Iterator[str]:
    yield "## Scores"
    yield ""
    yield "Mean over the folds, on test rows; the best of a table in bold. ROC-AUC is better higher, the others lower."
    yield ""
    yield from _head(standing)
    for table in standing.tables:
        means = [float(standing.scores(table, name).mean()) for name in standing.candidates]
        best = min(means) if lower_is_better(table) else max(means)
        told = [f"**{_told(mean)}**" if mean == best else _told(mean) for mean in means]
        yield f"| {title(table)}, {_METRICS[TABLES[table].metric]} | {' | '.join(told)} |"


def _ranks(standing: Standing) -> Iterator[str]:
    n = len(standing.tables)
    yield "## Ranks"
    yield ""
    yield (
        f"1 is the best of {len(standing.candidates)}; the mean over the folds of a table. Of the mean over the tables "
        f"the 95 % interval is Student's, of other tables like these {n}."
    )
    yield ""
    yield from _head(standing)
    for table in standing.tables:
        yield f"| {title(table)} | {' | '.join(f'{rank:.2f}' for rank in standing.ranks(table))} |"
    means = [standing.mean_rank(name) for name in standing.candidates]
    told = [f"{one.mean:.2f} [{one.low:.2f}, {one.high:.2f}]" if n > 1 else f"{one.mean:.2f}" for one in means]
    yield f"| mean | {' | '.join(told)} |"


def _families(standing: Standing) -> Iterator[str]:
    boosting = [name for name in BOOSTING if name in standing.candidates]
    nets = [name for name in NETS if name in standing.candidates]
    yield "## The best net beside the best boosting"
    yield ""
    yield (
        f"Which of {listing([title(name) for name in nets])} is the best net is chosen on each fold by its score "
        f"inside the training rows, and so is boosting ({listing([title(name) for name in boosting])})."
    )
    yield ""
    yield "| table | chosen nets | chosen boosting | net is better by |"
    yield "| --- | --- | --- | --- |"
    won = 0
    for table in standing.tables:
        own, others = standing.picked(table, NETS), standing.picked(table, BOOSTING)
        gain = standing.gain(table, own, others)
        won += gain > 0
        chosen = [listing(sorted({title(one.candidate) for one in side})) for side in (own, others)]
        metric = _METRICS[TABLES[table].metric]
        yield f"| {title(table)}, {metric} | {chosen[0]} | {chosen[1]} | {signed(gain, 4)} |"
    share = wilson_of(won, len(standing.tables))
    yield ""
    yield f"The chosen net is ahead on {won} of {counted(len(standing.tables), 'table')} (Wilson: {share} of tables)."
    yield ""
    yield "Each net beside each boosting, tables on which its mean is the better one:"
    yield ""
    yield f"| net | {' | '.join(title(name) for name in boosting)} |"
    yield f"| --- |{' --- |' * len(boosting)}"
    for net in nets:
        cells = []
        for other in boosting:
            n, found = standing.wins(net, other)
            cells.append(f"{n} of {len(standing.tables)} [{100 * found.low:.0f} %, {100 * found.high:.0f} %]")
        yield f"| {title(net)} | {' | '.join(cells)} |"


def _seconds(standing: Standing) -> Iterator[str]:
    yield "## Time"
    yield ""
    yield "Seconds of the search and of the training with what it chose, all folds together, compiling included."
    yield ""
    yield from _head(standing)
    total = dict.fromkeys(standing.candidates, 0.0)
    for table in standing.tables:
        seconds = {name: standing.of(table, name)[0].seconds for name in standing.candidates}
        total = {name: total[name] + seconds[name] for name in seconds}
        yield f"| {title(table)} | {' | '.join(f'{one:.0f}' for one in seconds.values())} |"
    yield f"| all | {' | '.join(f'{one:.0f}' for one in total.values())} |"


def wilson_of(won: int, n: int) -> str:
    """Returns Wilson's interval of a share in words.

    Example:
        >>> wilson_of(3, 6)
        '19 % to 81 %'
    """
    found = wilson_interval(won, n, CONFIDENCE)
    return f"{100 * found.low:.0f} % to {100 * found.high:.0f} %"


def _told(value: float) -> str:
    return f"{value:.4f}" if value < 10 else f"{value:.2f}"
