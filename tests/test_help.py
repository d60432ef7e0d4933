"""Help that teaches: every command has examples, the examples are right, completion works."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from corpus_norm.cli import app

COMMAND = typer.main.get_command(app)


def walk(command, path=()):
    for name, inner in getattr(command, "commands", {}).items():
        yield from walk(inner, (*path, name))
    if not hasattr(command, "commands"):
        yield path, command


def walk_groups(command, path=()):
    if hasattr(command, "commands"):
        yield path, command
        for name, inner in command.commands.items():
            yield from walk_groups(inner, (*path, name))


COMMANDS = dict(walk(COMMAND))
GROUPS = dict(walk_groups(COMMAND))
PREFIX = "python -m corpus_norm "


def examples(command):
    text = (command.epilog or "").partition("Examples:")[2]
    return [line for line in text.split("\n\n") if line.strip()]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_examples_of_itself(path):
    found = examples(COMMANDS[path])
    assert found, "add an epilog with Examples"
    assert any(" ".join((PREFIX.strip(), *path)) in line for line in found)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_examples_use_options_that_exist(path):
    for line in examples(COMMANDS[path]):
        call = re.split(r" [|>] ", line[line.index(PREFIX) + len(PREFIX) :])[0]
        words = shlex.split(call)
        assert tuple(words[: len(path)]) == path
        command = COMMANDS[path]
        command.make_context("example", words[len(path) :])  # raises on a wrong option


@pytest.mark.parametrize("path", GROUPS, ids=lambda path: " ".join(path) or "all")
def test_every_group_has_examples_of_commands_in_it(path):
    found = examples(GROUPS[path])
    assert found, "add an epilog with Examples"
    for line in found:
        words = shlex.split(line[line.index(PREFIX) + len(PREFIX) :])
        [name] = [name for name in COMMANDS if tuple(words[: len(name)]) == name]
        assert name[: len(path)] == path
        COMMANDS[name].make_context("example", words[len(name) :])


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_option_says_what_it_does(path):
    silent = [
        parameter.name for parameter in COMMANDS[path].params if not getattr(parameter, "help", "")
    ]
    assert silent == []


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_can_be_read_in_80_columns(path):
    result = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "80"})
    assert result.exit_code == 0
    assert max(map(len, result.output.splitlines())) <= 80
    assert "Examples" in result.output


@pytest.mark.parametrize(
    ("shell", "words", "expected"),
    [("bash", "corpus-norm ins", "inspect"), ("zsh", "corpus-norm models ver", "verify")],
)
def test_the_shell_completes_commands(shell, words, expected):
    variables = {
        "_CORPUS_NORM_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
        "_TYPER_COMPLETE_ARGS": words,
    }
    code = "from corpus_norm.cli import app; app(prog_name='corpus-norm')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert expected in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["inspcet", "a.txt"], "no such command 'inspcet'"),
        (["report"], "missing argument 'dataset'"),
        (["report", "out", "--samples", "many"], "valid integer"),
        (["inspect", "a.txt", "--limit", "0"], "invalid value for '--limit'"),
        (["browse", "out", "--port", "0"], "invalid value for '--port'"),
        (["memory"], "usage: "),
    ],
)
def test_wrong_usage_is_told_in_words(arguments, says):
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    assert result.exit_code == 2
    assert says in " ".join(result.output.lower().split())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["report", "nowhere"],
            "not a dataset: nowhere holds no manifest.json; name the folder that convert wrote to",
        ),
        (["inspect", "nowhere.txt"], "input nowhere.txt does not exist; check the path"),
        (["convert", "nowhere", "-o", "out"], "input nowhere does not exist; check the path"),
        (
            ["inspect", "a.txt", "--json", "--html"],
            "--json and --html exclude each other; choose one",
        ),
        (
            ["models", "install", "xx"],
            (
                "'xx' is no .argosmodel file and no language with a known model; "
                "choose one of fr, zh, or give the path of a file"
            ),
        ),
    ],
)
def test_an_error_is_one_line_that_says_what_to_do(tmp_path, arguments, says):
    done = subprocess.run(
        [sys.executable, "-m", "corpus_norm", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"error: {says}\n")


def test_the_help_of_convert_fits_two_screens_with_the_examples_first():
    result = CliRunner().invoke(app, ["convert", "--help"], env={"COLUMNS": "100"})
    lines = result.output.splitlines()
    assert len(lines) <= 100
    assert max(map(len, lines)) <= 100
    headings = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
    assert headings[:3] == ["Examples:", "Arguments:", "Options:"]


@pytest.mark.parametrize("call", [["--help"], ["convert", "--help"]], ids=" ".join)
def test_the_help_loads_nothing_heavy(call):
    heavy = ["pyarrow", "numpy", "rich", "lxml", "corpus_norm.pipeline", "corpus_norm.dataset"]
    code = (
        "import sys; from corpus_norm.cli import main\n"
        f"sys.argv = ['corpus-norm', *{call}]\n"
        "try: main()\n"
        f"except SystemExit: print([n for n in {heavy} if n in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr.strip() == "[]"
