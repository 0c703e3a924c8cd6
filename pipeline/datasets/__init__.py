"""TensorFlow Datasets builders of the sets that the experiments name."""
