import numpy as np

from models.blackboard.perceptron import learn_perceptron, perceptron


def test_the_learning_rule_stops_without_mistakes_on_separable_rows():
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    wanted = np.array([0.0, 0.0, 0.0, 1.0])

    path, mistakes = learn_perceptron(X, wanted, learning_rate=1.0, max_epochs=50)

    assert mistakes[-1] == 0
    assert len(mistakes) < 50
    np.testing.assert_array_equal(perceptron(path[-1, :-1], path[-1, -1], X), wanted)


def test_the_learning_rule_never_learns_exclusive_or():
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])

    _, mistakes = learn_perceptron(X, np.array([0.0, 1.0, 1.0, 0.0]), learning_rate=1.0, max_epochs=100)

    assert len(mistakes) == 100
    assert mistakes.min() > 0


def test_exactly_at_the_border_a_perceptron_does_not_fire():
    # w . x + b = 2 * 1 - 2 = 0: the slide's rule says 0 where it is not more than 0.
    answers = perceptron(np.array([2.0]), -2.0, np.array([[0.5], [1.0], [1.5]]))

    assert answers.tolist() == [0.0, 0.0, 1.0]


def test_one_mistake_moves_the_weights_by_alpha_times_the_input_and_the_bias_by_alpha():
    # From 0 the row (2, -1) gets 0 where 1 is wanted: w moves by 0.25 * (2, -1), b by 0.25; then it is right.
    path, mistakes = learn_perceptron(np.array([[2.0, -1.0]]), np.array([1.0]), learning_rate=0.25, max_epochs=5)

    assert path.tolist() == [[0.0, 0.0, 0.0], [0.5, -0.25, 0.25], [0.5, -0.25, 0.25]]
    assert mistakes.tolist() == [1.0, 0.0]
