"""Whole tables, timed: a table that there is not is one line, before anything is made."""

from benchmarks import tables


def test_an_unknown_table_is_one_line(tmp_path, capsys):
    output = tmp_path / "page.md"
    assert tables.main(["wide", "lonk", "--output", str(output)]) == 2
    told = capsys.readouterr()
    assert told.err == ("benchmarks.tables: expected a known table. Received: table='lonk'. Did you mean 'long'?\n")
    assert told.out == ""
    assert not output.exists()
