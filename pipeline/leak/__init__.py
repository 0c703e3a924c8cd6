"""The leak: the same candidates with rows made up before the split, inside the training rows, and not at all."""
