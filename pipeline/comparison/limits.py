"""What a run left out, in sentences: the reader of a table must know it before believing the table."""

from experiments.language import Comparison, Search
from pipeline.words.names import listing, title


def limits(comparison: Comparison, *, n_folds: int, epochs: int | None = None) -> tuple[str, ...]:
    """Returns what was not done, a sentence each.

    Args:
        comparison: The declaration.
        n_folds: How many were run.
        epochs: Of nets, where the run was told another number than declared.
    """
    sentences = []
    if epochs is not None:
        sentences.append(f"Nets were not trained for their declared epochs but for {epochs} at the most.")
    if n_folds < comparison.splitting.n_folds:
        sentences.append(f"Of the {comparison.splitting.n_folds} declared folds {n_folds} were run.")
    if n_folds == 1:
        sentences.append(
            "Every candidate was trained once: what other training rows or another seed would change is not in the "
            "intervals."
        )
    else:
        sentences.append(
            "Every candidate was trained once on each fold: the chance of the rows and the chance of the training are "
            "in the intervals together and were not told apart."
        )
    searched = [title(candidate.name) for candidate in comparison.candidates if isinstance(candidate, Search)]
    if searched:
        sentences.append(f"Settings were searched by {listing(searched)} alone; all others are as declared.")
    else:
        sentences.append("No settings were searched in this run: all are as declared.")
    sentences.append(
        "Training and test rows come from one collection: how well any candidate does on rows of a later time or from "
        "another place was not tried."
    )
    return tuple(sentences)
