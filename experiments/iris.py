"""Example 9: small sigmoid nets that tell three species of Iris apart, against ordinary classifiers."""

from experiments.language import Baseline, Comparison, DenseNet, Exercise, Gate, Splitting, Training

_SMALL_SET = Training(epochs=300, learning_rate=0.05, batch_size=16, optimizer="adam", schedule="cosine")

IRIS = Comparison(
    name="iris",
    title="Iris: three species from four lengths",
    where="Example 9, Q1 to Q3",
    data="iris",
    splitting=Splitting(test_share=0.2, n_folds=10),
    candidates=(
        DenseNet(
            name="sigmoid_10",
            hidden_units=(10,),
            training=_SMALL_SET,
            l2=0.001,
            reason="Q1: one hidden layer of 10 sigmoid neurons.",
        ),
        DenseNet(
            name="sigmoid_5_3",
            hidden_units=(5, 3),
            training=_SMALL_SET,
            l2=0.001,
            reason="Q2: hidden layers of 5 and 3 sigmoid neurons.",
        ),
        DenseNet(
            name="own_tanh_16",
            hidden_units=(16,),
            activation="tanh",
            style="functional",
            training=_SMALL_SET,
            l2=0.01,
            reason="Q3: tanh is centered on 0, and the stronger penalty keeps the borders between 120 rows nearly "
            "straight, as Fisher's discriminant has them.",
        ),
        Baseline(name="majority_class", algorithm="majority_class"),
        Baseline(name="linear_discriminant", algorithm="linear_discriminant_analysis", reason="Fisher's own, of 1936."),
        Baseline(name="logistic_regression", algorithm="logistic_regression", inputs="standardize"),
        Baseline(name="k_nearest_neighbors", algorithm="k_nearest_neighbors", inputs="standardize"),
        Baseline(name="decision_tree", algorithm="decision_tree"),
        Baseline(name="random_forest", algorithm="random_forest"),
        Baseline(
            name="gradient_boosting",
            algorithm="hist_gradient_boosting",
            settings={"min_samples_leaf": 5, "max_iter": 50},
            reason="The default leaf of 20 rows is a fifth of this training set.",
        ),
        Baseline(name="support_vector_machine", algorithm="support_vector_machine", inputs="standardize"),
    ),
    metrics=("accuracy", "balanced_accuracy", "f1", "roc_auc", "average_precision", "log_loss", "brier_score"),
    primary_metric="accuracy",
    gate=Gate(simplest="linear_discriminant"),
    exercises=(
        Exercise(name="Q1", text="One hidden layer of 10 sigmoid neurons", candidates=("sigmoid_10",)),
        Exercise(name="Q2", text="Hidden layers of 5 and 3 sigmoid neurons", candidates=("sigmoid_5_3",)),
        Exercise(name="Q3", text="Your own net", candidates=("own_tanh_16",)),
    ),
    notes="The linear discriminant is Fisher's, made for these flowers. 30 test rows a fold: one flower is 3.3 points "
    "of accuracy. Look at the intervals before the means.",
)
