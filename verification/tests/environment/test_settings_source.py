"""The parser of settings files: every form of a read is found, with its default and line."""

from pathlib import Path

import pytest

from verification.environment.model import Problem
from verification.environment.settings_source import parse
from verification.environment.shell_source import parse_shell
from verification.errors import CannotRun

WRAPPERS = """
def text(name, default="none given"):
    return os.getenv(name, default)
def number(name, default=3):
    raw = os.environ.get(name)
    return default if raw is None else int(raw)
def deep(key, fallback):
    return number(key, fallback)
quick = lambda key, default="fast": os.environ.get(key, default)
"""


def reads(tmp_path: Path, source: str) -> dict[str, str | None]:
    """Return variable -> default of a settings file."""
    file = tmp_path / "settings.py"
    file.write_text(source)
    return {read.variable: read.default for read in parse(file).reads}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import os\nA = os.getenv('A')", {"A": None}),
        ("import os\nA = os.getenv('A', '5')", {"A": "5"}),
        ("import os\nA = os.getenv(key='A', default='5')", {"A": "5"}),
        ("import os as system\nA = system.environ.get('A', 'x')", {"A": "x"}),
        ("import os\nA = os.environ['A']", {"A": None}),
        ("import os\nA = 'A' in os.environ", {"A": None}),
        ("from os import getenv\nA = getenv('A', 'x')", {"A": "x"}),
        (
            "from os import getenv as read, environ as all\nA = read('A', all['B'])",
            {"A": "all['B']", "B": None},
        ),
        ("import os\nread = os.getenv\nA = read('A', '1')", {"A": "1"}),
        ("import os\nread = os.environ.get\nA = read('A', '1')", {"A": "1"}),
        ("import os\nhere = os.environ\nA = here['A']", {"A": None}),
        ("import os\nA = os.getenv('A') or 'fallen back'", {"A": "fallen back"}),
        (
            "import os\nH = os.getenv('H', 'host')\nU = os.getenv('U') or f'https://{H}'",
            {"H": "host", "U": "https://H"},
        ),
        ("import os\nPORT = '80'\nA = os.getenv('A', PORT)", {"A": "80"}),
        ("import os\nA = os.getenv('A', ['x', 'y'])", {"A": "x,y"}),
        ("import os\nA = os.getenv('A', 'one ' 'two')", {"A": "one two"}),
        ("import os\nA = os.getenv('A', 'x' + 'y')", {"A": "xy"}),
        ("import os\nA = os.getenv('A') or (key() if DEBUG else '')", {"A": "key() if DEBUG else ''"}),
        ("import os\nA = os.getenv('A') or ('dev' if DEBUG else '')", {"A": "dev"}),
        ("import os" + WRAPPERS + "A = text('A')", {"A": "none given"}),
        ("import os" + WRAPPERS + "A = text(default='x', name='A')", {"A": "x"}),
        ("import os" + WRAPPERS + "A = number('A', 5)", {"A": "5"}),
        ("import os" + WRAPPERS + "A = number('A')", {"A": "3"}),
        ("import os" + WRAPPERS + "A = deep('A', 7)", {"A": "7"}),
        ("import os" + WRAPPERS + "A = quick('A')", {"A": "fast"}),
        ("import os\nos.environ['A'] = 'written'\nos.environ.setdefault('B', 'x')", {}),
        ("A = 'os.getenv(\"A\")'  # os.getenv('B')", {}),
        ("def getenv(name): ...\nA = getenv('A')", {}),
    ],
)
def test_every_form_of_a_read_is_found_with_its_default(
    tmp_path: Path, source: str, expected: dict[str, str | None]
) -> None:
    """Imports, aliases, wrappers and fallbacks are followed; text that only looks like a read is not."""
    assert reads(tmp_path, source) == expected


def test_wrappers_of_another_module_of_the_project_are_followed(tmp_path: Path) -> None:
    """A wrapper imported from beside the settings reads on their behalf."""
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "reading.py").write_text("import os" + WRAPPERS + "OWN = os.getenv('OWN', '1')\n")
    settings = package / "settings.py"
    settings.write_text(
        "from shop.reading import number\nfrom . import reading\n"
        "A = number('A', 5)\nB = reading.text('B', 'b')"
    )

    found = {read.variable: (read.default, read.where) for read in parse(settings, root=tmp_path).reads}

    assert found == {
        "A": ("5", "shop/settings.py:3"),
        "B": ("b", "shop/settings.py:4"),
        "OWN": ("1", "shop/reading.py:10"),
    }


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("import os\nfor name in names():\n    os.getenv(name)", Problem.NAME_NOT_LITERAL),
        ("import os\nos.getenv('A' + suffix)", Problem.NAME_NOT_LITERAL),
        ("import os\nos.environ[f'{prefix}_A']", Problem.NAME_NOT_LITERAL),
        ("import os" + WRAPPERS + "text(PREFIX + 'A')", Problem.NAME_NOT_LITERAL),
        ("import os\nconfiguration = dict(os.environ)", Problem.WHOLE_ENVIRONMENT),
        ("import os\nfor name in os.environ: ...", Problem.WHOLE_ENVIRONMENT),
        ("import os\nall = {**os.environ}", Problem.WHOLE_ENVIRONMENT),
        ("import os\nrun(env=os.environ.copy())", Problem.WHOLE_ENVIRONMENT),
    ],
)
def test_what_cannot_be_followed_is_a_finding(tmp_path: Path, source: str, problem: Problem) -> None:
    """A name that is not a literal, and a read of the whole environment, are findings with a line."""
    file = tmp_path / "settings.py"
    file.write_text(source)

    (finding,) = parse(file).findings

    assert finding.problem == problem
    assert finding.where.startswith("settings.py:")


@pytest.mark.parametrize(
    ("content", "words"), [("def", "settings.py:1: is not valid Python"), (None, "cannot be read")]
)
def test_a_settings_file_that_cannot_be_parsed_ends_in_one_line(
    tmp_path: Path, content: str | None, words: str
) -> None:
    """A missing or broken file says what, where and what to do."""
    file = tmp_path / "settings.py"
    if content is not None:
        file.write_text(content)

    with pytest.raises(CannotRun, match=words):
        parse(file)


def test_shell_reads_are_distinguished_from_the_scripts_own_variables(tmp_path: Path) -> None:
    """Expansions count with their defaults; locals, comments and single quotes do not."""
    file = tmp_path / "entrypoint.sh"
    file.write_text(
        "#!/bin/sh\n"
        'MODE="${RUN_MODE:-production}"  # not $COMMENTED\n'
        'if [ "${SKIP:-false}" != true ] && [ -n "${USER_NAME:-}" ]; then\n'
        '  echo \'$QUOTED\' "\\$ESCAPED" "$MODE on $PORT"\n'
        'fi\nWORKERS="${WORKERS:-4}"\nexec "$@" "$WORKERS" "$HOME" $lower\n'
    )

    found = {read.variable: (read.default, read.line) for read in parse_shell(file)}

    assert found == {
        "RUN_MODE": ("production", 2),
        "SKIP": ("false", 3),
        "USER_NAME": (None, 3),
        "PORT": (None, 4),
        "WORKERS": ("4", 6),
    }
