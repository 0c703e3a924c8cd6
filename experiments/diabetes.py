"""Numbers instead of classes: how far diabetes has come in a year, by nets with a linear output and by regressors."""

from experiments.language import Baseline, Comparison, DenseNet, Ensemble, Gate, Splitting, Training

_FEW_ROWS = Training(epochs=100, learning_rate=0.01, batch_size=16, optimizer="adam", schedule="cosine")

DIABETES = Comparison(
    name="diabetes",
    title="Diabetes: its progression from ten measures",
    where="Regression, beyond the lecture: the same nets with a linear output",
    data="diabetes",
    splitting=Splitting(kind="k_fold", n_splits=5, n_folds=10),
    candidates=(
        DenseNet(
            name="one_neuron",
            hidden_units=(),
            training=_FEW_ROWS,
            reason="A single linear neuron: linear regression by gradient descent.",
            chosen_on="nothing",
        ),
        DenseNet(
            name="sigmoid_10",
            hidden_units=(10,),
            training=_FEW_ROWS,
            l2=0.01,
            reason="The lecture's net; 353 training rows ask for few neurons and a penalty.",
            chosen_on="tested_rows",
        ),
        Ensemble(
            name="tanh_10_vote",
            net=DenseNet(name="tanh_10", hidden_units=(10,), activation="tanh", training=_FEW_ROWS, l2=0.01),
            n_members=5,
            reason="The mean of five nets, so that no single training decides.",
            chosen_on="tested_rows",
        ),
        Baseline(name="mean", algorithm="mean", reason="Looks at no column."),
        Baseline(
            name="linear_regression",
            algorithm="linear_regression",
            reason="Least squares; its coefficients can be read.",
            chosen_on="nothing",
        ),
        Baseline(name="ridge", algorithm="ridge", inputs="standardize", chosen_on="nothing"),
        Baseline(
            name="k_nearest_neighbors",
            algorithm="k_nearest_neighbors",
            inputs="standardize",
            settings={"n_neighbors": 20},
            chosen_on="nothing",
        ),
        Baseline(
            name="random_forest",
            algorithm="random_forest",
            settings={"n_estimators": 200, "min_samples_leaf": 3},
            chosen_on="nothing",
        ),
        Baseline(
            name="gradient_boosting",
            algorithm="hist_gradient_boosting",
            settings={"learning_rate": 0.05, "max_iter": 100},
            chosen_on="nothing",
        ),
        Baseline(
            name="support_vector_machine",
            algorithm="support_vector_machine",
            inputs="standardize",
            settings={"C": 30.0},
            reason="C is in the unit of the target: the default of 1 hardly bends.",
            chosen_on="tested_rows",
        ),
    ),
    metrics=("r2", "rmse", "mae", "median_absolute_error"),
    primary_metric="r2",
    gate=Gate(simplest="linear_regression"),
    notes="The set on which least angle regression was shown: 442 patients, ten measures of each. About half of the "
    "variance is explained by none: look at the intervals before the means.",
)
