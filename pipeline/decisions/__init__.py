"""What decisions on the probabilities of the positive class lead to."""
