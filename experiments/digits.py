"""The offline stand-in for MNIST: 1,797 real handwritten digits of 8 x 8 pixels."""

from experiments.language import Baseline, Comparison, ConvNet, Convolution, DenseNet, Gate, Splitting, Training

DIGITS = Comparison(
    name="digits",
    title="Digits: ten classes from 8 x 8 pixels",
    where="Lab 1 to 3, on a set that needs no network",
    data="digits",
    splitting=Splitting(test_share=0.2, n_folds=5),
    candidates=(
        DenseNet(
            name="sigmoid_30",
            hidden_units=(30,),
            inputs="rescale",
            training=Training(epochs=100, learning_rate=0.01, batch_size=32, optimizer="adam", schedule="cosine"),
        ),
        ConvNet(
            name="conv_16_32",
            convolutions=(
                Convolution(feature_maps=16, kernel_size=3, padding="same"),
                Convolution(feature_maps=32, kernel_size=3, padding="same"),
            ),
            hidden_units=(64,),
            dropout=0.25,
            training=Training(
                epochs=40, learning_rate=0.003, batch_size=32, optimizer="adam", patience=8, validation_share=0.1
            ),
            reason="8 x 8 pixels leave room for two poolings: 8, 4, 2.",
        ),
        Baseline(name="majority_class", algorithm="majority_class"),
        Baseline(name="logistic_regression", algorithm="logistic_regression", inputs="rescale", settings={"C": 1.0}),
        Baseline(name="k_nearest_neighbors", algorithm="k_nearest_neighbors", inputs="rescale"),
        Baseline(name="decision_tree", algorithm="decision_tree"),
        Baseline(name="random_forest", algorithm="random_forest"),
        Baseline(name="gradient_boosting", algorithm="hist_gradient_boosting", settings={"max_iter": 50}),
        Baseline(name="support_vector_machine", algorithm="support_vector_machine", inputs="rescale"),
    ),
    metrics=("accuracy", "balanced_accuracy", "f1", "roc_auc", "average_precision", "log_loss", "brier_score"),
    primary_metric="accuracy",
    gate=Gate(simplest="logistic_regression"),
)
