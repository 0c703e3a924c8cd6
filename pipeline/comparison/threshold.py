"""The threshold that a champion is served with: chosen on rows that the model which predicts them has not seen."""

from collections.abc import Sequence

import numpy as np

from experiments.language import Decision
from models.threshold import Threshold
from pipeline.data.values import Fold
from pipeline.decisions.costs import cheapest_thresholds, recall_threshold
from pipeline.scoring.values import Scores
from pipeline.words.names import counted


def choose(
    decision: Decision, positive_class: int, class_name: str, scores: Sequence[Scores], folds: Sequence[Fold]
) -> Threshold:
    """Returns the lower of the cheapest threshold and, where a recall is asked for, the highest that reaches it.

    So as much is found on these rows as was asked for, or more; where the recall's is the lower, some threshold below
    it may cost less than it does. Predictions of all folds are pooled. A row that several folds test stands there
    several times, each time with what one model says of a row that it has not seen, and one model is what is served:
    the mean over models would be another predictor, a vote, whose probabilities scatter less.

    Args:
        decision: Costs and wanted recall.
        positive_class: Index of the class that is raised.
        class_name: Its name.
        scores: Of the champion on each fold.
        folds: Whose test rows were scored, in the same order.
    """
    positive = np.concatenate([one.y_true == positive_class for one in scores])
    probability = np.concatenate([one.y_proba[:, positive_class] for one in scores])
    (cheapest,) = cheapest_thresholds(positive, probability, np.array([decision.cost_ratio]))
    by_rule = {"cheapest": float(cheapest)}
    if decision.recall is not None:
        by_rule["recall"] = recall_threshold(positive, probability, decision.recall)
    rule = min(by_rule, key=lambda name: by_rule[name])
    return Threshold(
        positive_class=class_name,
        value=by_rule[rule],
        rule=rule,
        by_rule=by_rule,
        cost_ratio=decision.cost_ratio,
        recall=decision.recall,
        chosen_on=_rows(folds),
    )


def _rows(folds: Sequence[Fold]) -> str:
    tested = np.concatenate([fold.test_rows for fold in folds])
    n_rows = len(np.unique(tested))
    if n_rows == len(tested):
        return f"{counted(n_rows, 'row')}, each predicted by a model that had not seen it"
    return f"{counted(len(tested), 'prediction')} of {counted(n_rows, 'row')} by models that had not seen the row"
