"""The command and its commands: what each is told, and that whoever only asks does not wait for libraries."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import chalktape
from chalktape import command
from pipeline import predict, rerun, run, stored, ui
from pipeline.data.table import Table
from pipeline.process.options import Parser
from pipeline.process.provenance import versions

ROOT = Path(__file__).parents[2]
SLOW = ("tensorflow", "mlflow", "keras", "sklearn", "pandas")


def ended(call, *arguments):
    """Returns the exit code, however the command ends."""
    try:
        return call(list(arguments))
    except SystemExit as end:
        return end.code


@pytest.fixture
def calls(monkeypatch):
    """What every command hands on, instead of doing it."""
    remembered = []
    for module, name in ((module, "main") for module in (run, rerun, stored, predict, ui)):
        monkeypatch.setattr(module, name, lambda *given, at=module, prog: remembered.append((at, *given, prog)) or 0)
    return remembered


@pytest.mark.parametrize(
    ("name", "module"),
    [("run", run), ("show", stored), ("compare", stored), ("predict", predict), ("ui", ui), ("rerun", rerun)],
)
def test_a_command_gets_its_arguments_and_is_told_its_name(calls, name, module):
    assert command.main([name, "iris", "--folds", "3", "--", "-x"]) == 0
    assert calls == [(module, ["iris", "--folds", "3", "--", "-x"], f"chalktape {name}")]


def test_the_exit_code_is_the_commands(monkeypatch):
    monkeypatch.setattr(run, "main", lambda arguments, prog: 130)
    assert command.main(["run"]) == 130


def test_list_is_the_list_of_run(capsys):
    assert command.main(["list"]) == 0
    listed = capsys.readouterr().out
    assert run.main(["--list"]) == 0
    assert listed == capsys.readouterr().out
    assert len(listed.splitlines()) > 20


def test_without_a_command_all_are_shown(capsys):
    assert command.main([]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n    {name} " in shown for name in ("run", "show", "predict", "ui", "list"))


def test_the_version_is_told_recorded_and_the_doors(capsys):
    assert ended(command.main, "--version") == 0
    assert capsys.readouterr().out == f"chalktape {chalktape.__version__}\n"
    assert versions()["chalktape"] == chalktape.__version__


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rnu"], "chalktape: expected a known command. Received: command='rnu'. Did you mean 'run'?"),
        (["--verison"], "chalktape: unrecognized arguments: --verison. Did you mean --version? See --help."),
        (
            ["run", "irsi"],
            "chalktape run: expected a known experiment, a table, or a folder of images. "
            "Received: name='irsi'. Did you mean 'iris'?",
        ),
        (["run", "iris", "--fold"], "chalktape run: unrecognized arguments: --fold. Did you mean --folds? See --help."),
        (
            ["show", "irsi"],
            "chalktape show: expected the name of a comparison. Received: name='irsi'. Did you mean 'iris'?",
        ),
        (
            ["show", "iris", "--run", "2"],
            "chalktape show: unrecognized arguments: --run 2. Did you mean --runs? See --help.",
        ),
        (
            ["compare", "irsi"],
            "chalktape compare: expected the name of a comparison. Received: name='irsi'. Did you mean 'iris'?",
        ),
        (["predict"], "chalktape predict: the following arguments are required: MODEL_URI, ROWS. See --help."),
        (
            ["predict", "m", "r.csv", "--out", "x"],
            "chalktape predict: unrecognized arguments: --out x. Did you mean --output? See --help.",
        ),
        (["ui", "--prot", "1"], "chalktape ui: unrecognized arguments: --prot 1. Did you mean --port? See --help."),
        (["list", "iris"], "chalktape list: unrecognized arguments: iris. See --help."),
    ],
)
def test_what_is_wrong_is_answered_with_2_in_one_line(capsys, arguments, message):
    assert ended(command.main, *arguments) == 2
    output = capsys.readouterr()
    assert (output.out, output.err) == ("", f"{message}\n")


def asks(arguments, place):
    """A process of its own, where nothing was run, that tells at last what slow libraries it has loaded."""
    module, *asked = arguments
    code = f"""
import sys
from {module} import main
try:
    main({asked})
except SystemExit:
    pass
print(*sorted(set({SLOW}) & set(sys.modules)), file=sys.stderr)
"""
    here = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}  # of another test
    here["PYTHONPATH"] = str(ROOT)
    return subprocess.run([sys.executable, "-c", code], cwd=place, env=here, capture_output=True, text=True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["chalktape.command", "--help"],
        ["chalktape.command", "--version"],
        ["chalktape.command", "--nothing"],
        ["chalktape.command", "rnu"],
        ["chalktape.command", "list"],
        ["chalktape.command", "list", "--help"],
        *[
            ["chalktape.command", name, *asked]
            for name in ("run", "rerun", "show", "predict", "ui")
            for asked in (["--help"], ["--nothing"])
        ],
        ["chalktape.command", "run", "irsi"],
        ["chalktape.command", "run", "--list"],
        ["chalktape.command", "show", "irsi"],
        ["chalktape.command", "predict", "models:/iris@champion", "nowhere.csv"],
        ["pipeline.run", "--help"],
        ["pipeline.run", "--list"],
        ["pipeline.run", "--nothing"],
        ["pipeline.run", "irsi"],
        ["pipeline.run", "compare", "--help"],
        ["pipeline.run", "compare", "irsi"],
        ["pipeline.predict", "--help"],
        ["pipeline.ui", "--help"],
    ],
    ids=" ".join,
)
def test_who_only_asks_waits_for_no_library(arguments, tmp_path):
    done = asks(arguments, tmp_path)
    assert done.stderr.splitlines()[-1] == ""
    assert done.stdout or len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize(
    ("options", "declared"),
    [
        ([], {"target": "z"}),
        (["--group", "q"], {"group": "q"}),
        (["--group", ""], {"group": ""}),
        (["--time", "q"], {"time": "q"}),
        (["--weight", "q"], {"weight": "q"}),
        (["--ignore", "q"], {"ignore": ("q",)}),
        (["--kind", "q=number"], {"kinds": {"q": "number"}}),
    ],
)
def test_a_column_that_is_not_there_is_told_before_libraries_are_loaded_and_as_the_table_tells_it(
    options, declared, tmp_path, monkeypatch
):
    (tmp_path / "t.csv").write_text("a;b;y\n1;2;x\n")
    monkeypatch.chdir(tmp_path)
    named = {"target": "y", **declared}
    with pytest.raises(ValueError, match="Received: ") as refused:
        Table(source="t.csv", **named).load()
    done = asks(["pipeline.run", "t.csv", "--target", named["target"], *options], tmp_path)
    assert done.stderr.splitlines() == [str(refused.value), ""]


def test_json_is_told_by_the_command_and_an_empty_name_is_none(tmp_path):
    (tmp_path / "t.csv").write_text('{"a": 1, "y": "x"}\n')
    told = asks(["pipeline.run", "t.csv", "--target", "y"], tmp_path).stderr
    assert "t.csv: expected a table as CSV or Parquet. Received: found='JSON'." in told
    named = asks(["pipeline.run", "t.csv", "--target", "y", "--name", " "], tmp_path).stderr
    assert "argument --name: expected a name. Received: ' '" in named


def test_an_unknown_kind_is_answered_by_all_there_are(tmp_path):
    (tmp_path / "t.csv").write_text("a;b;y\n1;2;x\n")
    told = asks(["pipeline.run", "t.csv", "--target", "y", "--kind", "a=integer"], tmp_path).stderr
    assert "Received: kind='integer'. Known: number, " in told


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ('id,"a,y\n1,2,x\n2,3,z\n', []),  # a quotation mark that stands open
        ("a,b,y\n1,2,x\n2,3,z\n", ["--time", "y"]),
    ],
)
def test_what_only_the_whole_table_can_tell_is_left_to_it(text, options, tmp_path, monkeypatch, capsys):
    (tmp_path / "t.csv").write_text(text)
    monkeypatch.chdir(tmp_path)
    roles = {name.strip("-"): value for name, value in zip(options[::2], options[1::2], strict=True)}
    with pytest.raises(ValueError, match="expected") as refused:
        Table(source="t.csv", target="y", **roles).load()
    assert run.main(["t.csv", "--target", "y", *options]) == 2
    assert capsys.readouterr().err.splitlines() == [str(refused.value)]


@pytest.fixture
def parsers(monkeypatch):
    """Every parser that is built, and nothing is done."""
    seen = []

    def parse_args(self, *_):
        seen.append(self)
        self.exit(0)

    monkeypatch.setattr(Parser, "parse_args", parse_args)
    return seen


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        *[(command.main, [name]) for name in command._COMMANDS],
        *[(module.main, []) for module in (command, run, predict, ui)],
        (run.main, ["compare"]),
    ],
)
def test_help_names_and_explains_every_option(parsers, call, arguments):
    ended(call, *arguments)
    (parser,) = parsers
    text = parser.format_help()
    for action in parser._actions:
        for name in action.option_strings or [action.metavar]:
            assert name in text
        assert action.help or action.choices, action
    assert text.startswith(f"usage: {parser.prog} ")


def test_every_option_is_explained_where_it_is_used():
    """The parsers above are all there are: no other file of the packages makes one."""
    makers = [
        str(file.relative_to(ROOT))
        for package in ("chalktape", "pipeline")
        for file in sorted((ROOT / package).rglob("*.py"))
        if "Parser(" in file.read_text(encoding="utf-8").replace("class Parser(", "")
    ]
    assert makers == [
        "chalktape/command.py",
        *(
            f"pipeline/{name}.py"
            for name in ("device", "pending", "predict/command", "rerun", "run", "stored", "ui", "usage")
        ),
    ]
