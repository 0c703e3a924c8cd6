"""What tests of the scoring share: scores that no training made."""

import numpy as np
import pytest

from pipeline.scoring.values import Scores


@pytest.fixture(scope="session")
def invented():
    """Scores of two classes that tell one metric from another: nobody has the same in two of them."""
    random = np.random.default_rng(0)
    y_true = (np.arange(80) < 30).astype(np.int64)
    skills = {"sigmoid_4": 1.0, "stopped_early": 0.7, "majority_class": 0.0, "logistic_regression": 1.2}

    def score(name, fold_index):
        state = random.normal(skills[name] * (2 * y_true - 1), 1.0) if skills[name] else np.full(80, -1.0)
        positive = 1 / (1 + np.exp(-state))
        return Scores(
            candidate=name,
            family="net" if name in {"sigmoid_4", "stopped_early"} else "baseline",
            fold_index=fold_index,
            seed=fold_index,
            metrics={
                "accuracy": float(((state > 0) == y_true).mean()),
                "roc_auc": 0.5 + 0.3 * skills[name] + 0.01 * random.normal(),
                "log_loss": float(-np.log(np.where(y_true, positive, 1 - positive)).mean()),
            },
            y_true=y_true,
            predicted=np.stack([1 - positive, positive], axis=1),
            confusion=np.zeros((2, 2), dtype=np.int64),
        )

    return [score(name, fold) for name in skills for fold in range(5)]
