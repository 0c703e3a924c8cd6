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
        ("70", (), "-"),
    ],
)
def test_two_decimals_more_than_printed_show_the_rounding(printed, values, shown):
    (row,) = ledger([checked(printed=printed, by_hand=values)])["by_hand"]
    assert row == shown


def test_a_misprint_stands_out_and_words_are_words():
    table = ledger([checked(), checked(verdict="not_comparable"), checked(verdict="agrees", why="")])
    assert table["verdict"].tolist() == ["MISPRINT", "not comparable", "agrees"]
    assert table["why"].tolist() == ["A slip.", "A slip.", ""]
