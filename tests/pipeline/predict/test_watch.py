"""What is unlike the training table is told by column with its first place; strict refuses it there."""

import numpy as np
import pytest


def written(table):
    return lambda path: table.to_csv(path, index=False)


def with_cells(table, **cells):
    """Puts cells into the third row, which is line 4."""
    table = table.astype(object).copy()
    for name, value in cells.items():
        table.loc[2, name] = value
    return table


def test_the_training_rows_themselves_are_like_the_training_table(scored, table, capfd):
    assert scored(written(table), "--strict")[0] == 0
    assert "no level is new, no number beyond the range, no column has more gaps." in capfd.readouterr().err


def test_all_that_is_unlike_is_told_by_column_and_scored(scored, table, capfd):
    new = with_cells(table, country="Italy", age=95, member="perhaps", joined="2036-01-01", noise="")
    new.loc[5, "country"] = "Spain"
    new.loc[6, "age"] = 900
    new["balance"] = np.where(np.arange(len(new)) % 2, new["balance"], None)
    code, answers = scored(written(new))
    assert (code, len(answers)) == (0, 300)
    low, high, gaps = table["age"].min(), table["age"].max(), new["balance"].isna().mean()
    told = capfd.readouterr().err
    for line in (
        "Unlike the training table, by column:",
        "country: 2 of 300 cells are no known level, first 'Italy' on line 4.",
        f"age: 2 of 300 cells are beyond {low} to {high}, 1 further than that is wide, first '95' on line 4.",
        "member: 1 of 300 cells are no known level, first 'perhaps' on line 4.",
        "joined: 1 of 300 cells are beyond 2021-01-01 to 2021-04-10, 1 further than that is wide",
        f"balance: {100 * gaps:.3g} % of the cells are missing, {100 * table['balance'].isna().mean():.3g} % before.",
        "noise: 0.333 % of the cells are missing, 0 % before.",
    ):
        assert line in told


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"country": "DEE"}, "a level of the training table. Received: line=4, column='country', value='DEE'. Did you"),
        ({"age": "900"}, "than that is wide. Received: line=4, column='age', value='900'."),
        ({"joined": "2036-01-01"}, "beyond 2021-01-01 to 2021-04-10 than that is wide. Received: line=4"),
        ({"noise": ""}, "a value, as in all rows of the training table. Received: line=4, column='noise', value=''"),
        ({"member": "perhaps"}, "a level of the training table. Received: line=4, column='member'"),
    ],
)
def test_strict_refuses_the_first_cell_that_is_unlike(cells, said, scored, table, capfd):
    new = with_cells(table, **cells)
    new.loc[100, "country"] = "Spain"
    assert scored(written(new), "--strict") == (2, None)
    error = capfd.readouterr().err
    assert said in error
    assert len(error.strip().splitlines()) == 1


def test_strict_lets_pass_what_is_a_little_beyond_and_gaps_as_before(scored, table):
    assert scored(written(with_cells(table, age=table["age"].max() + 5, balance="")), "--strict")[0] == 0


def test_strict_refuses_more_gaps_than_chance_makes(scored, table, capfd):
    new = table.assign(balance=table["balance"].where(np.arange(len(table)) % 4 > 0))
    assert scored(written(new), "--strict") == (2, None)
    error = capfd.readouterr().err
    share, before = round(new["balance"].isna().mean(), 4), round(table["balance"].isna().mean(), 4)
    assert f"Received: column='balance', missing={share}, in_training={before}." in error


def test_a_model_of_plain_numbers_knows_no_table(flowers, tmp_path, capfd):
    from pipeline import predict

    flowers.rows.to_csv(tmp_path / "rows.csv", index=False)
    arguments = ["models:/flowers@champion", str(tmp_path / "rows.csv"), "--tracking-uri", flowers.uri, "--strict"]
    assert predict.main(arguments) == 2
    assert "expected a model of a table with a contract for --strict" in capfd.readouterr().err
