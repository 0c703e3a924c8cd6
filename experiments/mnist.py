"""The MNIST lab: the lecture's 784-15-10 net and a conv net on the canonical 60,000 and 10,000 digits."""

from experiments.language import Baseline, Comparison, ConvNet, Convolution, DenseNet, Gate, Splitting, Training

MNIST = Comparison(
    name="mnist",
    title="MNIST: ten digits from 28 x 28 pixels",
    where="Lab 1 and 3; example 10",
    data="mnist",
    splitting=Splitting(kind="canonical", n_folds=1),
    candidates=(
        DenseNet(
            name="sigmoid_15",
            hidden_units=(15,),
            inputs="rescale",
            training=Training(epochs=30, learning_rate=0.003, batch_size=32, optimizer="adam", schedule="cosine"),
            reason="Lab 1: 784-15-10, 11,935 parameters.",
            chosen_on="nothing",
        ),
        ConvNet(
            name="conv_20_40",
            convolutions=(Convolution(feature_maps=20), Convolution(feature_maps=40)),
            hidden_units=(100,),
            dropout=0.3,
            training=Training(epochs=6, learning_rate=0.002, batch_size=128, optimizer="adam", schedule="cosine"),
            reason="Example 10's 20 maps of 5 x 5 and pooling, twice.",
        ),
        Baseline(name="majority_class", algorithm="majority_class"),
        Baseline(
            name="logistic_regression",
            algorithm="logistic_regression",
            inputs="rescale",
            settings={"max_iter": 200, "tol": 0.001},
            reason="The last thousandth of the loss takes minutes and moves no third digit of the accuracy.",
        ),
        Baseline(name="k_nearest_neighbors", algorithm="k_nearest_neighbors", inputs="rescale"),
        Baseline(name="random_forest", algorithm="random_forest", settings={"n_jobs": -1}),
    ),
    metrics=("accuracy", "balanced_accuracy", "f1", "log_loss", "brier_score"),
    primary_metric="accuracy",
    gate=Gate(simplest="logistic_regression"),
)
