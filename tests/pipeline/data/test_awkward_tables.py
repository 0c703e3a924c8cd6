"""Twelve awkward tables, each with the lines that are printed before anything is trained, or the one that refuses it.

What is done with them further on is tested where it is done; whole runs of the two large ones are ``make bench``.
"""

import numpy as np
import pandas as pd
import pytest

from experiments.language import Splitting
from pipeline.data.inferred import describe
from pipeline.data.split import split
from pipeline.data.table import Table

N = 60
LEFT = ["no", "no", "yes"] * 20
TARGET = "Target left: 2 classes (two values): no 40, yes 20."
AGE = [20 + 2 * ((7 * k) % 60) for k in range(N)]  # each once, with gaps between them


@pytest.fixture
def table(tmp_path):
    """Writes columns as CSV and returns it as a table of one's own."""

    def write(target: str = "left", *, options=None, **columns) -> Table:
        names, file = list(columns), tmp_path / "own.csv"
        lines = [",".join(names), *(",".join(map(str, cells)) for cells in zip(*columns.values(), strict=True))]
        file.write_text("\n".join(lines) + "\n")
        return Table(source=file, target=target, **(options or {}))

    return write


def told(table: Table) -> list[str]:
    """The printed lines, blanks between the cells of a line made one."""
    return [" ".join(line.split()) for line in describe(table.inferred)]


def refused(table: Table) -> str:
    with pytest.raises(ValueError, match="expected ") as caught:
        table.load()
    (line,) = str(caught.value).splitlines()
    return line.partition("own.csv: ")[2]


def test_1_leading_zeros_are_codes(table):
    zips = table(zip=[f"{1000 + k % 7:05d}" for k in range(N)], age=AGE, left=LEFT)
    assert told(zips)[1:] == [
        "column kind missing distinct example why what is done",
        "zip category - 7 01000 codes with leading zeros a 0 or 1 for each of 7",
        "age number - 60 20 every cell is a number a number",
        TARGET,
        "Positive class: yes (it says yes); --positive overrules.",
        "Metric: roc_auc (two classes, none of them rare).",
    ]
    assert zips.load().columns.used[0].levels[0] == "01000"


def test_2_namibia_is_a_country_and_na_a_gap_among_numbers(table):
    countries = ["NA", "DE", "FR", "NA"] * 15
    lines = told(table(country=countries, income=["NA" if k % 6 == 5 else AGE[k] for k in range(N)], left=LEFT))
    assert lines[2:4] == [
        "country category - 3 NA text of few values a 0 or 1 for each of 3",
        "income number 16.7 % 50 20 every cell is a number a number; median, flag",
    ]


def test_3_ids_of_three_kinds_are_not_used(table):
    lines = told(
        table(
            customer=[f"C{k:03d}" for k in range(N)],
            line=range(1, N + 1),
            row_id=[(k * 7919) % 100_003 for k in range(N)],
            age=AGE,
            left=LEFT,
        )
    )
    assert lines[0].endswith("60 rows, 1 of 4 columns used, commas between the cells.")
    assert lines[2:5] == [
        "customer id - 60 C000 every cell is another text not used",
        "line id - 60 1 whole numbers without a gap, each once not used",
        "row_id id - 60 0 each number once, and the name says so not used",
    ]


def test_4_the_fifth_of_march_may_be_the_third_of_may(table):
    days = [f"{1 + k % 12:02d}.{1 + k % 11:02d}.2022" for k in range(N)]
    assert refused(table(day=days, left=LEFT)) == (
        "expected dates that can be read in one way. Received: line=2, column='day', cell='01.01.2022', "
        "formats=['%d.%m.%Y', '%m.%d.%Y']. Give --date-format %d.%m.%Y if that is meant, or --ignore day."
    )
    answered = told(table(day=days, left=LEFT, options={"date_format": "%d.%m.%Y"}))
    taken = "day date - 60 01.01.2022 every cell is a date as %d.%m.%Y"
    assert answered[2] == f"{taken} days, month, weekday, hour if any"


def test_4_one_of_two_ambiguous_columns_may_be_answered_by_itself(table):
    days = [f"{1 + k % 12:02d}.{1 + k % 11:02d}.2022" for k in range(N)]
    both = {"day": days, "month": days, "left": LEFT}
    assert "column='month'" in refused(table(**both, options={"date_format": {"day": "%d.%m.%Y"}}))
    formats = {"day": "%d.%m.%Y", "month": "%m.%d.%Y"}
    dataset = table(**both, options={"date_format": formats}).load()
    assert [column.date_format for column in dataset.columns.used] == [*formats.values()]
    assert not np.array_equal(dataset.X[:, 0], dataset.X[:, 1])


def test_5_whole_numbers_with_a_gap_are_numbers_in_a_frame_and_a_file(tmp_path):
    visits = pd.array([AGE[k] if k % 5 else None for k in range(N)], dtype="Int64")
    frame = pd.DataFrame({"visits": visits, "left": LEFT})
    frame.to_csv(tmp_path / "own.csv", index=False)
    of_frame, of_file = Table(source=frame, target="left"), Table(source=tmp_path / "own.csv", target="left")
    assert told(of_frame)[2] == "visits number 20.0 % 48 34 the frame's own type a number; median, flag"
    assert told(of_file)[2] == "visits number 20.0 % 48 34 every cell is a number a number; median, flag"
    np.testing.assert_array_equal(of_frame.load().X, of_file.load().X)


def test_6_ratings_are_asked_about(table):
    ratings = {"size": AGE, "rating": [1 + k % 5 for k in range(N)]}
    assert refused(table("rating", **ratings)) == (
        "expected to be told what few numbers mean. Received: target='rating', distinct=5, values=[1.0, 2.0, 3.0]. "
        "Give --task classification if these are classes, --task regression if they are a quantity."
    )
    classes = told(table("rating", **ratings, options={"task": "classification"}))
    assert classes[3:] == [
        "Target rating: 5 classes (as you say): 1 12, 2 12, 3 12, 4 12, 5 12.",
        "Metric: accuracy (more than two classes, none of them rare).",
    ]
    assert told(table("rating", **ratings, options={"task": "regression"}))[3] == (
        "Target rating: a number (as you say)."
    )


def test_7_a_column_that_tells_the_target_alone_is_told(table):
    lines = told(table(age=AGE, status=["kept" if left == "no" else "gone" for left in LEFT], left=LEFT))
    assert [line for line in lines if line.startswith("Warning")] == [
        "Warning: status: tells the target alone (leaves 0.0 % of the dummy's error). Is it known before the target "
        "is? If not, --ignore status."
    ]


def test_8_rows_that_are_there_twice_stay_on_one_side(table):
    random = np.random.default_rng(0)
    sizes, left = random.normal(size=30).round(3).tolist(), random.choice(["no", "yes"], 30).tolist()
    twice = table(age=AGE[:30] * 2, size=sizes * 2, left=left * 2)
    assert told(twice)[-1] == (
        "Warning: 30 rows repeat another in every used column and the target, the first one line 32 (line 2): they "
        "stay on one side of every split."
    )
    for fold in split(twice.load(), Splitting(kind="random", test_share=0.3, n_folds=3), seed=1):
        assert not set(fold.train_rows % 30) & set(fold.test_rows % 30)


def test_9_a_group_stays_together_and_is_no_feature(table):
    patients = table(patient=[f"P{k // 4}" for k in range(N)], age=AGE, left=LEFT, options={"group": "patient"})
    lines = told(patients)
    assert lines[0].endswith("60 rows, 1 of 2 columns used, commas between the cells.")
    assert "patient group - 15 P0 as you say its rows stay together; not used" in lines
    dataset = patients.load()
    assert dataset.feature_names == ("age",)
    for fold in split(dataset, Splitting(kind="random", test_share=0.3, n_folds=3, group="patient"), seed=1):
        assert not set(fold.train_rows // 4) & set(fold.test_rows // 4)


def test_10_three_rows_of_a_class_are_fewer_than_the_split_needs(table):
    three = table(age=AGE, left=["a"] * 30 + ["b"] * 27 + ["c"] * 3)
    assert told(three)[3:] == [
        "Target left: 3 classes (text of few values): a 30, b 27, c 3.",
        "Metric: balanced_accuracy (a class is rare, 5.0 % of the rows).",
    ]
    with pytest.raises(ValueError, match=r"n_splits rows of each class or more.*Received.*3"):
        split(three.load(), Splitting(kind="stratified_k_fold", n_splits=5, n_folds=5), seed=1)


def test_11_of_3000_columns_each_has_its_line(tmp_path):
    random = np.random.default_rng(0)
    frame = pd.DataFrame({f"x{place}": random.normal(size=N).round(3) for place in range(3000)}).assign(left=LEFT)
    frame.to_csv(tmp_path / "own.csv", index=False)
    lines = told(Table(source=tmp_path / "own.csv", target="left"))
    assert lines[0].endswith("60 rows, 3000 of 3000 columns used, commas between the cells.")
    assert len([line for line in lines if line.endswith("every cell is a number a number")]) == 3000
    assert lines[-1] == "Warning: 60 rows for 3000 columns are very few: intervals will be wide."


def test_12_a_million_rows_are_decided_on_to_the_last(tmp_path):
    """Reading and kinds, of few columns that each have something odd in their last row."""
    n = 1_000_000
    codes, numbers = np.resize(["7", "8", "9"], n).astype(object), np.resize(np.arange(1000), n).astype(object)
    codes[-1], numbers[-1] = "07", ""
    file = tmp_path / "own.csv"
    left = np.resize(["no", "no", "yes", "no"], n)
    file.write_text("code,size,left\n" + "\n".join(map(",".join, zip(codes, map(str, numbers), left, strict=True))))
    lines = told(Table(source=file, target="left"))
    assert lines[0].endswith("1000000 rows, 2 of 2 columns used, commas between the cells.")
    assert lines[2:4] == [
        "code category - 4 7 codes with leading zeros a 0 or 1 for each of 4",
        "size number < 0.1 % 1000 0 every cell is a number a number; median, flag",
    ]
