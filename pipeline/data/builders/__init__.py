"""TensorFlow Datasets builders of the sets that the experiments name; one module each, and what they share."""
