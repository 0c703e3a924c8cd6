import pytest

from pipeline.lecture.ledger import ledger
from pipeline.lecture.values import Check


def checked(**changes):
    row = {
        "example": "example",
        "item": "example8",
        "symbol": "w5_new",
        "where": "Example 8",
        "printed": "0.3590",
        "by_hand": (0.35892,),
        "by_tape": (0.35892,),
        "verdict": "misprint",
        "why": "A slip.",
        "by_library": (),
        "library": "",
    }
    return Check(**{**row, **changes})


@pytest.mark.parametrize(
    ("printed", "values", "shown"),
    [
        ("0.3590", (0.35892,), "0.358920"),
        ("a*x", (6.0,), "6"),
        ("a*x", (0.5,), "0.50000000"),
        ("0.40", (0.4,), "0.4000"),
        ("5;3", (5.0, 3.0), "5; 3"),
        ("70", (), ""),
        ("x", (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0), "1; 2; 3; 4; 5; 6; and 2 more"),
    ],
)
def test_two_decimals_more_than_printed_show_the_rounding(printed, values, shown):
    (row,) = ledger([checked(printed=printed, by_hand=values)])["by_hand"]
    assert row == shown


def test_a_misprint_stands_out_and_words_are_words():
    table = ledger([checked(), checked(verdict="not_recomputable"), checked(verdict="agrees", why="")])
    assert table["verdict"].tolist() == ["MISPRINT", "cannot be recomputed", "agrees"]
    assert table["why"].tolist() == ["A slip.", "A slip.", ""]


def test_a_library_is_named_beside_its_values_and_a_way_that_nobody_went_is_empty():
    (by_keras, alone) = ledger([checked(by_library=(0.3589,), library="Keras"), checked(by_tape=())]).itertuples()

    assert (by_keras.by_library, by_keras.by_tape) == ("0.358900 (Keras)", "0.358920")
    assert (alone.by_library, alone.by_tape) == ("", "")
