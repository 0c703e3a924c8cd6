"""Files of rows in every form give the same answers; a damaged one is told by its line; what is kept stays as it is."""

import gzip
import json
import zipfile
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from pipeline.predict import rows as rows_module
from pipeline.predict.rows import rows_of


def probability(scored):
    return scored["probability_yes"].astype(float).to_numpy()


def as_csv(table, **how):
    return lambda path: table.to_csv(path, index=False, **how)


def in_gzip(table):
    return lambda path: path.write_bytes(gzip.compress(table.to_csv(index=False, sep="\t").encode("utf-16")))


def in_zip(table):
    def write(path):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.csv", table.to_csv(index=False, sep="|"))
            archive.writestr("__MACOSX/a.csv", "nothing")

    return write


def as_json(table):
    return lambda path: table.to_json(path, orient="records", lines=True)


def as_parquet(table, **how):
    return lambda path: table.to_parquet(path, index=False, **how)


def typed(table):
    return table.assign(
        age=table["age"].astype("Int64"),
        balance=[None if np.isnan(cell) else Decimal(str(cell)) for cell in table["balance"]],
        country=table["country"].astype("category"),
        joined=pd.to_datetime(table["joined"]),
    )


FORMS = {
    "semicolons": lambda table: as_csv(table, sep=";", lineterminator="\r\n"),
    "tabs, UTF-16, gzip": in_gzip,
    "bars in a zip archive": in_zip,
    "JSON": as_json,
    "Parquet": lambda table: as_parquet(table, row_group_size=70),
    "Parquet with types": lambda table: as_parquet(typed(table)),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_table_gives_the_models_own_probabilities(form, scored, store, table, monkeypatch):
    monkeypatch.setattr(rows_module, "ROWS_AT_ONCE", 128)
    turned = table[table.columns[::-1]].assign(remark='a; "quoted"\n,\t|remark')
    code, answers = scored(FORMS[form](turned), "--keep", "customerID", name="rows.dat")
    assert code == 0
    y_proba = store.trained["linear"].model.predict_proba(store.dataset.X)
    np.testing.assert_allclose(probability(answers), y_proba[:, 1], atol=1e-12)
    assert list(answers) == ["customerID", "predicted_class", "probability_no", "probability_yes"]
    assert answers["customerID"].tolist() == table["customerID"].tolist()


def test_a_cell_that_goes_on_after_its_quotes_is_what_pyarrow_makes_of_it(scored, table):
    told = table[:2].to_csv(index=False).replace(",NA,", ',"N"A,').replace(",DE,", ',"D"E,').replace(",FR,", ',"F"R,')
    code, answers = scored(lambda path: path.write_text(told))
    assert code == 0
    assert probability(answers).tolist() == probability(scored(as_csv(table[:2]))[1]).tolist()


def lines(table, at, line):
    """Writes JSON in which one line is another."""
    written = table.to_json(orient="records", lines=True).splitlines()
    return lambda path: path.write_text("\n".join([*written[: at - 1], line, *written[at:]]))


def without(table, name):
    return json.dumps({key: value for key, value in table.iloc[1].to_dict().items() if key != name}, default=int)


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda t: as_csv(t.assign(age="wide")), "Column 'age': expected a finite number"),
        (lambda t: as_csv(t.replace({"age": {t["age"][2]: "1e999"}})), "Received: line="),
        (lambda t: as_csv(t.drop(columns="country").assign(contry="DE")), "Did you mean 'contry'?"),
        (lambda t: lambda p: p.write_text(t.to_csv(index=False) + "\n1,2\n"), "Received: line=303, cells=2"),
        (lambda t: lambda p: p.write_text(t.to_csv(index=False) + '"1,2\n'), "Received: line=302, error="),
        (lambda t: lines(t, 3, "{"), "an object of JSON in each line. Received: line=3, error="),
        (lambda t: lines(t, 3, "[1]"), "Received: line=3, value=[1]"),
        (lambda t: lines(t, 3, '{"age": 1, "age": 2}'), "Received: line=3, error='a name stands twice'"),
        (lambda t: lines(t, 3, '{"age": NaN}'), "Received: line=3, error='NaN is no JSON'"),
        (lambda t: lines(t, 3, without(t, "member")), "Received: line=3, missing='member'"),
        (lambda t: lines(t, 3, without(t, "member")[:-1] + ', "member": [1]}'), "line=3, column='member', value=[1]"),
        (lambda t: as_parquet(t.assign(age=[[1]] * len(t))), "Column 'age': expected a finite number"),
        (lambda t: lambda p: p.write_bytes(b"PAR1 and no more"), "expected a whole Parquet file"),
        (lambda t: as_csv(t[:0]), "expected rows below the header"),
        (lambda t: as_parquet(t[:0]), "expected rows below the header"),
    ],
)
def test_what_is_damaged_is_one_line_and_leaves_no_file(write, said, scored, table, capfd):
    assert scored(write(table)) == (2, None)
    error = capfd.readouterr().err
    assert said in error
    assert len(error.strip().splitlines()) == 1


def test_a_list_of_json_is_told_from_a_table(tmp_path):
    (tmp_path / "rows.json").write_text('[{"age": 1}]')
    with pytest.raises(ValueError, match=r"expected JSON with an object a line.*lines=True"):
        rows_of(tmp_path / "rows.json")


def test_what_is_kept_stands_first_as_it_is_in_the_file(scored, table):
    extra = table.assign(remark='a, "b"\nc', code="007", **{"a, b": " x "})
    keep = ["--keep", "code,remark", "--keep", "a, b", "--keep", "age"]
    code, answers = scored(as_csv(extra), *keep)
    assert code == 0
    assert list(answers)[:5] == ["code", "remark", "a, b", "age", "predicted_class"]
    assert answers.iloc[0, :4].tolist() == ["007", 'a, "b"\nc', " x ", str(table["age"][0])]
    code, answers = scored(as_csv(extra), "--keep", "all")
    assert list(answers)[: len(list(extra))] == list(extra)


def test_large_ids_beside_gaps_keep_their_digits(scored, table):
    ids = pd.Series([2**60 + 1, None, *range(len(table) - 2)], dtype="Int64")
    for write in (as_parquet(table.assign(key=ids)), as_json(table.assign(key=ids))):
        code, answers = scored(write, "--keep", "key", name="rows.dat")
        assert (code, answers["key"].tolist()[:3]) == (0, [str(2**60 + 1), "", "0"])


@pytest.mark.parametrize(
    ("keep", "change", "said"),
    [
        (
            "customer",
            {},
            "expected a column of the file for --keep. Received: keep='customer'. Did you mean 'customerID'?",
        ),
        ("age,bal", {}, "keep='bal'. Did you mean 'balance'?"),
        ("all", {"predicted_class": 1}, "Received: keep=['predicted_class']. Rename it"),
    ],
)
def test_what_cannot_be_kept_is_refused(keep, change, said, scored, table, capfd):
    assert scored(as_csv(table.assign(**change)), "--keep", keep) == (2, None)
    assert said in capfd.readouterr().err
