"""Reads through libraries, defaults beside a read, and what the parser cannot follow."""

from pathlib import Path

import pytest

from verification.environment import readme
from verification.environment.documentation import examine
from verification.environment.settings_source import parse
from verification.errors import CannotRun

TABLE = "| Variable Name | Description | Default Value |\n|---|---|---|\n"
ENVIRON = "import environ\nenv = environ.Env(DEBUG=(bool, False))\n"
ENVIRONS = "from environs import Env\nenv = Env()\n"
DECOUPLE = "from decouple import Csv, config\n"
PYDANTIC = "from pydantic import Field\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n"
OS = "import os\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # django-environ: its README, and cookiecutter-django's config/settings/base.py.
        (ENVIRON + "A = env('DEBUG')", {"DEBUG": "False"}),
        (ENVIRON + "A = env('A', default='x')\nB = env.list('B', default=['x', 'y'])", {"A": "x", "B": "x,y"}),
        (ENVIRON + "A = env.int('A', 5)\nB = env('B', bool, True)", {"A": "5", "B": "True"}),
        (ENVIRON + "A = env.db()\nB = env.cache_url('REDIS_URL', default='redis://h/1')", {"DATABASE_URL": None, "REDIS_URL": "redis://h/1"}),
        ("from environ import Env as E\nread = E()\nA = read.str('A')\nread.read_env('.env')", {"A": None}),
        ("import environ\nA = environ.Env()('A', default='x')\nenv = environ.Env(**{'B': (int, 3)})\nB = env('B')", {"A": "x", "B": "3"}),
        # joke2k/django-environ#414: a class of the project's own, with more schemes.
        ("import environ\nclass E(environ.Env):\n    pass\nenv = E(DEBUG=(bool, False))\nA = env('DEBUG')\nB = env.int('B', 1)", {"DEBUG": "False", "B": "1"}),
        # joke2k/django-environ#362: one prefix for all.
        (ENVIRON + "env.prefix = 'SHOP_'\nA = env('A', default='x')\nB = env.db()", {"SHOP_A": "x", "SHOP_DATABASE_URL": None}),
        # environs: its README.
        (ENVIRONS + "A = env.str('A', 'x')\nB = env.bool('B', default=False)\nenv.read_env()", {"A": "x", "B": "False"}),
        (ENVIRONS + "with env.prefixed('S_'):\n    A = env('A')\n    with env.prefixed('T_'):\n        B = env.int('B', 3)", {"S_A": None, "S_T_B": "3"}),
        ("from environs import env\nA = env.dj_db_url('DATABASE_URL', default='sqlite://')", {"DATABASE_URL": "sqlite://"}),
        # sloria/environs#384: the same, given to the constructor.
        ("from environs import Env\nenv: Env = Env(prefix='SHOP_')\nA = env.int('A', 3)\nwith env.prefixed('T_'):\n    B = env('B')", {"SHOP_A": "3", "SHOP_T_B": None}),
        # python-decouple: its README.
        (DECOUPLE + "A = config('A', default=25, cast=int)\nB = config('B', cast=Csv())", {"A": "25", "B": None}),
        ("import decouple\nread = decouple.AutoConfig('/etc')\nA = read('A', 'x')\nB = decouple.config('B')", {"A": "x", "B": None}),
        ("from decouple import Config, RepositoryEnv\nc = Config(RepositoryEnv('.env'))\nA = c('A', default='x')\nB = c.get('B', 'y')", {"A": "x", "B": "y"}),
        (DECOUPLE + "from functools import partial\nflag = partial(config, cast=bool)\nA = flag('A', default=True)", {"A": "True"}),
        # dj-database-url: its README; jazzband/dj-database-url#264.
        ("import dj_database_url\nD = dj_database_url.config(conn_max_age=600)", {"DATABASE_URL": None}),
        ("import dj_database_url\nD = dj_database_url.config(env='REPLICA', default='postgres:///r')", {"REPLICA": "postgres:///r"}),
        ("from dj_database_url import config as url\nD = url('OTHER', 'sqlite://')", {"OTHER": "sqlite://"}),
        ("import dj_email_url as mail\nimport django_cache_url\nM = mail.config(default='smtp://h')\nC = django_cache_url.config()", {"EMAIL_URL": "smtp://h", "CACHE_URL": None}),
        # pydantic-settings: its documentation, "Settings management".
        (PYDANTIC + "class S(BaseSettings):\n    debug: bool = False\n    key: str\n    _own: int = 1", {"DEBUG": "False", "KEY": None}),
        (PYDANTIC + "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='A_')\n    size: int = 2\n    u: str = Field('x', validation_alias='URL')", {"A_SIZE": "2", "URL": "x"}),
        ("import pydantic\nclass B(pydantic.BaseSettings):\n    x: int = 1\n    class Config:\n        env_prefix = 'b_'\nclass C(B):\n    y: str = pydantic.Field(..., env='Y_')", {"B_X": "1", "Y_": None}),
        (PYDANTIC + "from typing import Annotated\nclass S(BaseSettings, env_prefix='A_'):\n    u: Annotated[str, Field(validation_alias='URL')] = 'x'\n    b: list = Field(default_factory=list)", {"URL": "x", "A_B": "list"}),
        # pydantic/pydantic#1091: a class that only sets the prefix; pydantic/pydantic-settings#93: a class that inherits it.
        (PYDANTIC + "class B(BaseSettings):\n    a: int = 1\nclass S(B):\n    class Config:\n        env_prefix = 'P_'", {"P_A": "1"}),
        (PYDANTIC + "PREFIX = 'P_'\nclass B(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix=PREFIX)\n    a: int = 1\nclass S(B):\n    b: int = 2\nB(), S()", {"P_A": "1", "P_B": "2"}),
        # Docker secrets: the images' own helpers, FileAwareEnv of django-environ.
        (OS + "def s(n, d=None):\n    f = os.environ.get(f'{n}_FILE')\n    if f:\n        return open(f).read()\n    return os.environ.get(n, d)\nA = s('A', 'd')", {"A": "d", "A_FILE": None}),
        ("from environ import FileAwareEnv\nenv = FileAwareEnv()\nA = env('A')", {"A": None, "A_FILE": None}),
        # Names that are put together.
        (OS + "P = 'S_'\nA = os.environ[P + 'A']\nB = os.getenv(f'{P}B', 'x')\nC = os.getenv('%sC' % P)\nD = os.getenv('{}D'.format(P))", {"S_A": None, "S_B": "x", "S_C": None, "S_D": None}),
        (OS + "def s(n):\n    return os.environ['SHOP_' + n]\nA = s('A')", {"SHOP_A": None}),
        # Defaults beside the read.
        (OS + "A = os.environ['A'] if 'A' in os.environ else 'd'", {"A": "d"}),
        (OS + "A = 'd' if os.getenv('A') is None else os.getenv('A')", {"A": "d"}),
        (OS + "A = int(os.getenv('A') or 5)", {"A": "5"}),
        (OS + "try:\n    A = os.environ['A']\nexcept KeyError:\n    A = 'd'", {"A": "d"}),
        (OS + "if 'A' in os.environ:\n    A = os.environ['A']\nelse:\n    A = 'd'", {"A": "d"}),
        (OS + "A = os.getenv('A')\nif not A:\n    A = 'd'", {"A": "d"}),
        (OS + "A = os.getenv('A')\nif A is None:\n    A = 'd'", {"A": "d"}),
        (OS + "A = os.getenv('A', 60 * 60 * 24)", {"A": "86400"}),
        (OS + "def b(name, otherwise):\n    try:\n        return os.environ[name]\n    except KeyError:\n        return otherwise\nA = b('A', 'd')", {"A": "d"}),
        (OS + "A = 'd'\nif os.environ.get('A'):\n    A = os.environ['A']", {"A": "d"}),
        (OS + "v = os.getenv('A')\nA = v if v is not None else 'd'", {"A": "d"}),
        (OS + "def g(n, d=None):\n    return os.environ.get(n) or d\nA = g('A', 'x')", {"A": "x"}),
        (OS + "def g(n, d):\n    return os.environ[n] if n in os.environ else d\nA = g('A', 'x')", {"A": "x"}),
        (OS + "class R:\n    def get(self, n, d=None):\n        return os.environ.get(n, d)\n    @staticmethod\n    def flag(n):\n        return os.environ[n] == '1'\nr = R()\nA = r.get('A', 'x')\nB = R.flag('B')", {"A": "x", "B": None}),
        # carpentries/amy#200, saleor/saleor#2514: a condition of another kind than whether the variable is set.
        (OS + "A = 'd'\nif not DEBUG:\n    A = os.environ.get('A', None)\nB = os.environ['B'] if not DEBUG else 'd'", {"A": None, "B": None}),
        (OS + "HAS = 'A' in os.environ\nA = os.environ['A'] if HAS else 'd'", {"A": "d"}),
        # jpadilla/django-dotenv#20: what the project itself sets before.
        (OS + "os.environ.setdefault('A', 'd')\nA = os.environ['A']\nos.environ.setdefault('C', 'd')", {"A": "d"}),
        # theskumar/python-dotenv#352: a copy, with the values of a file below it.
        (OS + "c = {**dotenv_values('.env'), **os.environ}\nA = c.get('A', 'x')\ne = os.environ.copy()\nB = e['B']\nd = dict(os.environ)\nC = d['C']", {"A": "x", "B": None, "C": None}),
        # hotosm/tasking-manager#360: names in a list, asked for or read in a loop.
        (OS + "NEEDED = ['A', 'B']\nmissing = [n for n in NEEDED if n not in os.environ]\nB = os.environ['B']", {"A": None, "B": None}),
        (OS + "for n, d in [('A', 'x'), ('B', None)]:\n    globals()[n] = os.getenv(n, d)\nC = {k: os.environ[f'S_{k}'] for k in ('C', 'D')}", {"A": "x", "B": None, "S_C": None, "S_D": None}),
        (OS + "for n, d in {'A': 'x'}.items():\n    globals()[n] = os.getenv(n, d)", {"A": "x"}),
        (OS + "if os.getenv('N'):\n    D = {'u': os.getenv('U')}\nelse:\n    D = {}", {"N": None, "U": None}),
    ],
)  # fmt: skip
def test_reads_as_projects_write_them(tmp_path: Path, source: str, expected: dict[str, str | None]) -> None:
    """Each documented form of the libraries, and each place in which a default may stand."""
    (tmp_path / "settings.py").write_text(source)
    found: dict[str, str | None] = {}
    for read in parse(tmp_path / "settings.py").reads:
        found[read.variable] = found.get(read.variable) or read.default

    assert found == expected


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            "from dynaconf import DjangoDynaconf\nsettings = DjangoDynaconf(__name__)",
            "settings.py:1: dynaconf reads",
        ),
        ("from configurations import values\nA = values.Value()", "settings.py:1: configurations reads"),
        ("from ourcompany.env import read\nA = read('A')", r"settings.py:2: read\(...\) is given A"),
        ("from ourcompany import env\nA = env.vars['A']", r"settings.py:2: env.vars\[...\] is given A"),
        (
            OS + "def f():\n    tasks = [{'env': 'A'}]\n    return [os.getenv(t['env'], 'x') for t in tasks]",
            r"settings.py:\d: os.getenv\(t\['env'\], 'x'\) is given A",
        ),
        (PYDANTIC + "class S(BaseSettings, env_nested_delimiter='__'):\n    b: dict", "env_nested_delimiter"),
    ],
)
def test_what_is_not_followed_is_said(tmp_path: Path, source: str, words: str) -> None:
    """A documented variable that may be read in an unknown way is not called unread."""
    (tmp_path / "settings.py").write_text(source)
    (tmp_path / "README.md").write_text(TABLE + "| `A` | a | — |\n")

    with pytest.raises(CannotRun, match=words):
        examine(tmp_path / "settings.py", tmp_path / "README.md", root=tmp_path)


@pytest.mark.parametrize(
    ("header", "cell", "expected"),
    [
        ("Variable Name | Description | Default Value", "Required", None),
        ("Variable | Meaning | Default", "N/A", None),
        ("Environment variable | Purpose | Default", "(none)", None),
        ("Env var | Notes | Defaults", "*unset*", None),
        ("Variable | Description | Default", "(empty string)", ""),
        ("Variable | Description | Default", '`["a", "b"]`', '["a", "b"]'),
        ("Variable | Description | Default", "`60` (seconds)", "60"),
        ("Variable | Description | Default (optional)", "60 seconds", "60"),
        ("Name | Description | Default", "`False` (`True` beside Docker)", "False"),
        ("Key | Description | Default", "`a`, `b`", "a,b"),
        ("Key | Description | Default", "localhost,*", "localhost,*"),
        ("Key | Description | Default", "required-tls", "required-tls"),
        ("Key | Description | Default", "60 (seconds)", "60"),
        ("Key | Description | Default", "now()", "now()"),
        ("Env | Required? | Default", "required in production", None),
        ("Environment variables | Description | Default if unset", "**Must be set**", None),
        ("Option | Description | Default", "none (the mail goes to the console)", None),
        ("Setting | Description | Default", "❌", None),
        ("Setting | Description | Default", "Optional", None),
    ],
)
def test_tables_as_people_write_them(header: str, cell: str, expected: str | None) -> None:
    """Other headers, and other words for "no default"."""
    (row,), tables = readme.parse(f"| {header} |\n|---|---|---|\n| `A` | text | {cell} |\n")

    assert (row.variable, row.default, tables) == ("A", expected, 1)


def test_list_in_json_is_the_list_of_the_source(tmp_path: Path) -> None:
    """The notation does not matter, nor whether a number is whole; another value does."""
    (tmp_path / "settings.py").write_text(OS + "A = os.getenv('A', 'a,b')\nB = os.getenv('B', '5')")
    for a, b, count in (('["a", "b"]', "5.0", 0), ('["a"]', "5", 1), ("a, b", "6", 1)):
        (tmp_path / "README.md").write_text(f"{TABLE}| `A` | a | `{a}` |\n| `B` | b | `{b}` |\n")
        found = examine(tmp_path / "settings.py", tmp_path / "README.md", root=tmp_path)
        assert len(found.findings) == count


def test_what_stands_in_place_of_a_variable_may_be_its_documented_default(tmp_path: Path) -> None:
    """carpentries/amy#204: with DEBUG the variable is not read; no default and that value are both right."""
    (tmp_path / "settings.py").write_text(OS + "A = 'd'\nif not DEBUG:\n    A = os.environ['A']")
    for default, count in (("—", 0), ("`d`", 0), ("`e`", 1)):
        (tmp_path / "README.md").write_text(f"{TABLE}| `A` | a | {default} |\n")
        assert len(examine(tmp_path / "settings.py", tmp_path / "README.md", root=tmp_path).findings) == count


def test_variables_that_must_be_set_have_a_table_without_defaults(tmp_path: Path) -> None:
    """jacebrowning/template-django#15: two tables; what nobody reads in the first may be of the pipeline."""
    required = "| Variable | Description |\n|---|---|\n| `A` | a |\n| `CI_NAME` | of the pipeline |\n\n"
    (tmp_path / "README.md").write_text(f"{required}{TABLE}| `B` | b | `x` |\n")
    for default, findings in (("", []), (", 'y'", ["README.md:3: A: default differs"])):
        source = f"{OS}A = os.getenv('A'{default})\nB = os.getenv('B', 'x')"
        (tmp_path / "settings.py").write_text(source)
        found = examine(tmp_path / "settings.py", tmp_path / "README.md", root=tmp_path).findings
        assert [each.line.rpartition(": README")[0] for each in found] == findings


def test_a_secret_from_a_file_needs_no_row_of_its_own(tmp_path: Path) -> None:
    """NAME_FILE may be documented beside NAME, and need not be; alone it must be."""
    helper = (
        "def s(n):\n    f = os.environ.get(n + '_FILE')\n    return open(f).read() if f else os.environ[n]\n"
    )
    (tmp_path / "settings.py").write_text(OS + helper + "A = s('A')\nB = os.getenv('B_FILE')\n")
    both = TABLE + "| `A` | a | — |\n| `A_FILE` | a | — |\n"
    for text, undocumented in (
        (both, ["B_FILE"]),
        (both + "| `B_FILE` | b | — |\n", []),
        (TABLE + "| `B_FILE` | b | — |\n", ["A", "A_FILE"]),
    ):
        (tmp_path / "README.md").write_text(text)
        found = examine(tmp_path / "settings.py", tmp_path / "README.md", root=tmp_path)
        assert [each.variable for each in found.findings] == undocumented


FILES = {
    "the reader comes with a star": (
        {"base.py": "import os, environ\nenv = environ.Env(B=(int, 3))\n", "settings.py": "from base import *\nA = env('A')\nB = env('B')\nC = os.getenv('C', 'x')\n"},
        {"A": None, "B": "3", "C": "x"},
    ),
    "passed on twice": (
        {"tools/__init__.py": "from .read import text\n", "tools/read.py": "import os\ndef text(n, d=None):\n    return os.environ.get(n, d)\n", "settings.py": "from tools import text\nA = text('A', 'x')\n"},
        {"A": "x"},
    ),
    "a function of a library, from a module of the project": (
        {"config.py": "from decouple import config\nimport dj_database_url\n", "settings.py": "from config import config, dj_database_url as db\nA = config('A', default='x')\nD = db.config()\n"},
        {"A": "x", "DATABASE_URL": None},
    ),
    "constants of another module": (
        {"names.py": "PREFIX = 'S_'\nHOST = 'h'\n", "settings.py": "import os\nfrom names import PREFIX, HOST\nA = os.getenv(PREFIX + 'A', HOST)\n"},
        {"S_A": "h"},
    ),
    "a base class of another module": (
        {"own.py": "from pydantic_settings import BaseSettings\nclass Own(BaseSettings):\n    class Config:\n        env_prefix = 'P_'\n", "settings.py": "from own import Own\nclass S(Own):\n    a: int = 1\n"},
        {"P_A": "1"},
    ),
    # heroku/heroku-django-template#65.
    "django-split-settings": (
        {"settings/components/base.py": "import os\nA = os.getenv('A', 'x')\n", "settings/environments/live.py": "import os\nB = os.environ['B']\n", "settings/__init__.py": "from os import environ\nfrom split_settings.tools import include, optional\nENV = environ.get('DJANGO_ENV') or 'live'\ninclude('components/*.py', f'environments/{ENV}.py', optional('local.py'))\n"},
        {"A": "x", "B": None, "DJANGO_ENV": "live"},
    ),
    # 9akashnp8/mini-ERP#6, codeeu/coding-events#320: the module for a variable's value.
    "the module that a variable names": (
        {"settings/live.py": "import os\nB = os.environ['B']\n", "settings/__init__.py": "import os\nfrom importlib import import_module\nENV = os.getenv('ENVIRONMENT', 'live')\nglobals().update(vars(import_module('settings.' + ENV)))\n"},
        {"B": None, "ENVIRONMENT": "live"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), FILES.values(), ids=FILES)
def test_settings_in_several_files(
    tmp_path: Path, files: dict[str, str], expected: dict[str, str | None]
) -> None:
    """What reads is known by whatever name it is imported under, and files that no import statement names are read."""
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    source = parse(tmp_path / [*files][-1], root=tmp_path)

    assert {read.variable: read.default for read in source.reads} == expected
    assert not source.findings


def test_a_table_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    """Names in small letters, as of options of a command, are no variables."""
    rows, tables = readme.parse("| Name | Default |\n|---|---|\n| `--verbose` | no |\n| `size` | 3 |\n")

    assert (rows, tables) == ([], 0)


def test_a_package_of_settings_is_followed(tmp_path: Path) -> None:
    """``from .base import *`` in the package, and the package imported from elsewhere."""
    package = tmp_path / "shop/settings"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("import os\nfrom .base import *\nA = os.environ['A']\n")
    (package / "base.py").write_text("import os\nB = os.environ['B']\n")
    (tmp_path / "shop/local.py").write_text("from .settings import *\n")

    for file in (package / "__init__.py", tmp_path / "shop/local.py"):
        assert {read.variable for read in parse(file).reads} == {"A", "B"}
