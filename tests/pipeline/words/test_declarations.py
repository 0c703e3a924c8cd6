from pipeline.words.declarations import tell_choices


def test_choices_are_counted_the_most_frequent_first():
    chosen = [{"l2": 0.1, "cell": "lstm"}, {"l2": 0.2, "cell": "lstm"}, {"l2": 0.2, "cell": "lstm"}]

    assert tell_choices(chosen) == "chosen: l2 = 0.2 on 2 and 0.1 on 1; cell = lstm on 3 of 3 folds"
