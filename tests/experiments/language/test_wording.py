import pytest

from experiments.language.wording import listing


@pytest.mark.parametrize(("words", "sentence"), [([], ""), (["a"], "a"), (["a", "b"], "a and b")])
def test_lists_read_as_in_a_sentence(words, sentence):
    assert listing(words) == sentence
