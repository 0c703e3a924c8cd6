import pytest

from experiments.language.printed import Erratum, Formula, Printed, WorkedExample

HERE = {"item": "example8", "symbol": "w5", "where": "Example 8"}
EXAMPLE = {"name": "a", "title": "A", "where": "Example 8", "story": ""}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (".0820", (0.082,)),
        ("-0.0190", (-0.019,)),
        ("24x24", (24, 24)),
        ("784;15;10", (784, 15, 10)),
        ("80/20", (80, 20)),
    ],
)
def test_the_numbers_are_read_from_the_printed_text(text, numbers):
    assert Printed(text, **HERE).numbers == numbers


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": "sigmoid"}, "expected a number in the text"),
        ({"text": "", "kind": "given"}, "expected a given that is printed"),
        ({"text": "70", "kind": "not_recomputable"}, "expected why there is nothing to compare"),
        ({"text": "70", "givens": ("w5",)}, "expected givens with kind='given' only"),
        ({"text": "70", "kind": "given", "reference": "70"}, "expected R's numbers for a figure"),
        ({"text": "", "kind": "figure"}, "expected R's numbers for a figure"),
    ],
)
def test_a_row_that_could_not_be_checked_is_refused(row, message):
    with pytest.raises(ValueError, match=message):
        Printed(row.pop("text"), **HERE, **row)


def test_a_formula_without_text_is_refused():
    with pytest.raises(ValueError, match="expected a text"):
        Formula("", **HERE)


def test_an_erratum_that_changes_nothing_is_refused():
    with pytest.raises(ValueError, match="expected computed to differ from printed"):
        Erratum(item="example8", symbol="w5", printed="0.3590", computed="0.3590", why="")


def test_a_row_stands_once():
    row = Printed("0.40", **HERE)

    with pytest.raises(ValueError, match="expected each row once"):
        WorkedExample(**EXAMPLE, printed=(row, row))


def test_an_erratum_belongs_to_a_row():
    erratum = Erratum(item="example8", symbol="w6", printed="0.3590", computed="0.3589", why="")

    with pytest.raises(ValueError, match=r"expected errata of printed rows. Received: symbol='w6'. Did you mean 'w5'"):
        WorkedExample(**EXAMPLE, printed=(Printed("0.40", **HERE),), errata=(erratum,))


def test_a_printed_given_is_among_the_givens():
    with pytest.raises(ValueError, match=r"expected every printed given among givens. Received: name='w5'"):
        WorkedExample(**EXAMPLE, printed=(Printed("0.40", **HERE, kind="given"),))


def test_only_a_given_can_be_changed():
    example = WorkedExample(**EXAMPLE, givens={"w5": 0.4})

    assert example.with_givens(w5=0.5).givens == {"w5": 0.5}
    assert example.givens == {"w5": 0.4}
    with pytest.raises(ValueError, match=r"expected a given. Received: name='w55'. Did you mean 'w5'"):
        example.with_givens(w55=0.5)
