"""What a run left out, in sentences: the reader of a table must know it before believing the table."""

from math import isfinite

from experiments.language import Comparison, Search, Splitting
from experiments.language.metric import metric
from pipeline.scoring.power import Findable
from pipeline.words.names import counted, listing, title


def limits(comparison: Comparison, *, n_folds: int, epochs: int | None = None) -> tuple[str, ...]:
    """Returns what was not done, a sentence each.

    Args:
        comparison: The declaration.
        n_folds: How many were run.
        epochs: Of nets, where the run was told another number than declared.
    """
    sentences = []
    if comparison.tried is not None:
        sentences.append(f"This is a quick try: {comparison.tried.words}.")
    if epochs is not None:
        sentences.append(f"Nets were not trained for their declared epochs but for {epochs} at the most.")
    if n_folds < comparison.splitting.n_folds:
        sentences.append(
            f"Of the {comparison.splitting.n_folds} declared folds {n_folds} {'was' if n_folds == 1 else 'were'} run."
        )
    if n_folds == 1:
        sentences.append(
            "Every candidate was trained once: what other training rows or another seed would change is not in the "
            "intervals."
        )
    else:
        trained = "Every candidate was trained once on each fold"
        if comparison.n_seeds > 1:
            trained = "The means, intervals and differences rest on one training of each candidate on each fold"
        sentences.append(
            f"{trained}: the chance of the rows and the chance of the training are in the intervals together"
            f"{' and were not told apart' if comparison.n_seeds == 1 else ''}."
        )
    searched = [title(candidate.name) for candidate in comparison.candidates if isinstance(candidate, Search)]
    if searched:
        sentences.append(f"Settings were searched by {listing(searched)} alone; all others are as declared.")
    else:
        sentences.append("No settings were searched in this run: all are as declared.")
    sentences.append(_collection(comparison.splitting))
    return tuple(sentences)


def _collection(splitting: Splitting) -> str:
    """Says to which rows the scores do not speak."""
    if splitting.time is not None:
        return (
            "Each block of time was predicted by what had learned from all before it: how well any candidate does long "
            "after the last rows, or on rows from another place, was not tried."
        )
    where = "Training and test rows come from one collection"
    if splitting.group is not None:
        where = f"Test rows are of a {splitting.group!r} that was not learned from, and yet of the same collection"
    return f"{where}: how well any candidate does on rows of a later time or from another place was not tried."


def too_small(found: Findable | None) -> tuple[str, ...]:
    """Returns the sentence that says which differences such a run may miss; none where that is not known.

    Args:
        found: The smallest difference that three of four runs find.
    """
    if found is None or not isfinite(found.difference):
        return ()
    words, (lowest, highest) = metric(found.metric).words, metric(found.metric).bounds
    between = f"in {words} between {title(found.candidate)} and {title(found.reference)}"
    between += f", one of {found.n_pairs} pairs that are tested together," if found.n_pairs > 1 else ""
    if found.difference > (highest - lowest) / 2:  # two candidates that are of any use are never farther apart
        return (f"With {_rests_on(found)}, no difference {between} is found in three of four such runs.",)
    return (
        f"With {_rests_on(found)}, a difference {between} is found in three of four such runs only from about "
        f"{found.difference:.2g} on: smaller ones may be missed.",
    )


def _rests_on(found: Findable) -> str:
    """Returns the rows on which a difference rests."""
    about = "" if float(found.n_rows).is_integer() else "about "
    of = f"{found.of} " if found.of else ""
    rows = f"{about}{counted(round(found.n_rows), f'{of}test row')}"
    return rows if found.n_folds == 1 else f"{found.n_folds} folds of {rows} each"
