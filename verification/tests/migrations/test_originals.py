"""The original chain is what plain Django makes of a tree in which the squash never was.

For each fixture project, and for trees of the kinds that were reported, a copy without the squashes is written by hand;
Django's own loader reads it, the worker's reads the whole tree: same graph, same order, same models after each step.
"""

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from verification.migrations.equivalence.partial_states import build_partial_states
from verification.migrations.equivalence.prune import refused_history
from verification.migrations.equivalence.upgrade import RowVolume, upgrade
from verification.migrations.execution.migration_runner import MigrationRunner
from verification.migrations.execution.tree_reader import original_chain
from verification.postgres.server import Server
from verification.tests.migrations.project_copies import HARNESS, PROJECTS, copy, project, variables

SCRIPT: Final = Path(__file__).parent / "plain_django.py"
Key = tuple[str, str]
SETTINGS: Final = """
SECRET_KEY = "not-a-secret"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = {apps}
DATABASES = {{"default": {{"ENGINE": "django.db.backends.postgresql", "NAME": "none"}}}}
"""
MIGRATION: Final = """
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = {dependencies}
    run_before = {run_before}
    replaces = {replaces}
    operations = {operations}
"""
MODEL: Final = '[migrations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True)){fields}])]'
FIELD: Final = '[migrations.AddField("Thing", "{name}", models.IntegerField(null=True))]'


@dataclass(frozen=True)
class File:
    """One migration."""

    after: tuple[str, ...] = ()
    """``app.name`` of what it depends on."""
    before: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    empty: bool = False

    def text(self, app: str, name: str) -> str:
        """Write the file: it creates the app's model, adds a column, or nothing."""
        first = self.replaces or not any(each.startswith(f"{app}.") for each in self.after)
        added = [each.partition(".")[2] for each in self.replaces[1:]]
        fields = "".join(f', ("f{each}", models.IntegerField(null=True))' for each in added)
        operations = (
            "[]" if self.empty else MODEL.format(fields=fields) if first else FIELD.format(name=f"f{name}")
        )
        return MIGRATION.format(
            dependencies=_keys(self.after),
            run_before=_keys(self.before),
            replaces=_keys(self.replaces),
            operations=operations,
        )


def _keys(names: tuple[str, ...]) -> list[Key]:
    return [(app, name) for app, _, name in (each.partition(".") for each in names)]


Tree = Mapping[str, File]


def write(tree: Tree, folder: Path) -> Path:
    """Write a project with these migrations."""
    apps = sorted({name.partition(".")[0] for name in tree})
    for app in apps:
        (folder / app / "migrations").mkdir(parents=True)
        (folder / app / "__init__.py").touch()
        (folder / app / "migrations" / "__init__.py").touch()
    for key, file in tree.items():
        app, _, name = key.partition(".")
        (folder / app / "migrations" / f"{name}.py").write_text(file.text(app, name), encoding="utf-8")
    (folder / "settings.py").write_text(SETTINGS.format(apps=apps), encoding="utf-8")
    return folder


ORIGINALS: Final = {
    "shop.0001": File(),
    "shop.0002": File(("shop.0001",)),
    "shop.0003": File(("shop.0002",)),
}
SQUASH: Final = {"shop.0001_squashed_0002": File(replaces=("shop.0001", "shop.0002"))}


@dataclass(frozen=True)
class Case:
    """A tree with a squash; ``plain``: the files that another dependency has where the squash never was."""

    name: str
    tree: Tree
    without: tuple[str, ...] = ("shop.0001_squashed_0002",)
    plain: Tree = field(default_factory=dict)
    stray: tuple[str, ...] = ()
    """What came with the squash."""


CASES: Final = (
    # PostHog/posthog#99932, first bullet: another app's first migration "is applied before its dependency".
    Case(
        "the squash runs before another app",
        {
            **ORIGINALS,
            "shop.0001_squashed_0002": File(before=("tokens.0001",), replaces=("shop.0001", "shop.0002")),
            "tokens.0001": File(),
        },
    ),
    # PostHog/posthog#99932, second bullet: "multiple leaf nodes (0000_squash_stub, ...)".
    Case(
        "a stub that only the squash depends on",
        {
            **ORIGINALS,
            "shop.0000_stub": File(empty=True),
            "shop.0001_squashed_0002": File(("shop.0000_stub",), replaces=("shop.0001", "shop.0002")),
        },
        stray=("shop.0000_stub",),
    ),
    # ospc-org/ospc.org#211: other apps were pointed at the squash before the originals went.
    Case(
        "another app and the next migration depend on the squash",
        {
            **ORIGINALS,
            **SQUASH,
            "shop.0003": File(("shop.0001_squashed_0002",)),
            "cart.0001": File(("shop.0001_squashed_0002",)),
            "cart.0002": File(("cart.0001", "shop.0001")),
        },
        plain={"shop.0003": File(("shop.0002",)), "cart.0001": File(("shop.0002",))},
    ),
    # netbox-community/netbox#13647: one app squashed in two parts, the second of which depends on the first.
    Case(
        "two squashes in a row",
        {
            **ORIGINALS,
            **SQUASH,
            "shop.0004": File(("shop.0003",)),
            "shop.0003_squashed_0004": File(
                ("shop.0001_squashed_0002",), replaces=("shop.0003", "shop.0004")
            ),
            "cart.0001": File(("shop.0003_squashed_0004",)),
        },
        without=("shop.0001_squashed_0002", "shop.0003_squashed_0004"),
        plain={"cart.0001": File(("shop.0004",))},
    ),
    # Django ticket 25945: a dependency on what is replaced, and one on the squash, from the same migration.
    Case(
        "others run before the squash, and after __first__",
        {
            **ORIGINALS,
            **SQUASH,
            "roles.0001": File(before=("shop.0001_squashed_0002",)),
            "cart.0001": File(("shop.__first__",)),
        },
        plain={"roles.0001": File(before=("shop.0001",))},
    ),
    # rapidpro/rapidpro#654: dependencies that the squash added and no original has.
    Case(
        "the squash depends on what its originals do not need",
        {
            **ORIGINALS,
            "tokens.0001": File(),
            "tokens.0002": File(("tokens.0001",)),
            "shop.0001_squashed_0002": File(("tokens.0002",), replaces=("shop.0001", "shop.0002")),
        },
    ),
    # Django ticket 25945 again: what follows a squash of two branches depends on both of their ends.
    Case(
        "the originals have two ends",
        {
            "shop.0001": File(),
            "shop.0002": File(("shop.0001",)),
            "shop.0002_other": File(("shop.0001",)),
            "shop.0001_squashed_0002": File(replaces=("shop.0001", "shop.0002", "shop.0002_other")),
            "shop.0003": File(("shop.0001_squashed_0002",)),
        },
        plain={"shop.0003": File(("shop.0002", "shop.0002_other"))},
    ),
    # Django's "squash of a squash" (6.0 release notes): the inner one is withdrawn with the outer one.
    Case(
        "a squash of a squash, on which another app depends",
        {
            **ORIGINALS,
            **SQUASH,
            "shop.0001_squashed_0003": File(replaces=("shop.0001_squashed_0002", "shop.0003")),
            "cart.0001": File(("shop.0001_squashed_0003",)),
            "cart.0002": File(("cart.0001", "shop.0001_squashed_0002")),
        },
        without=("shop.0001_squashed_0003", "shop.0001_squashed_0002"),
        plain={"cart.0001": File(("shop.0003",)), "cart.0002": File(("cart.0001", "shop.0002"))},
    ),
    # mdn/kuma#4827, django-cms/django-cms#6227 and djangocms-picture#124: __latest__, which grows with each release.
    Case(
        "the squash, and another app, depend on __latest__",
        {
            **ORIGINALS,
            "tokens.0001": File(),
            "tokens.0002": File(("tokens.0001",)),
            "shop.0001": File(("tokens.0001",)),
            "shop.0001_squashed_0002": File(("tokens.__latest__",), replaces=("shop.0001", "shop.0002")),
            "cart.0001": File(("shop.__latest__",)),
        },
    ),
    # bihealth/sodar-core#1868, netbox-community/netbox#18808: a squash that names what another squash replaces.
    Case(
        "squashes of two apps, one of which depends on an original of the other",
        {
            **ORIGINALS,
            **SQUASH,
            "cart.0001": File(("shop.0001",)),
            "cart.0002": File(("cart.0001", "shop.0002")),
            "cart.0001_squashed_0002": File(("shop.0002",), replaces=("cart.0001", "cart.0002")),
        },
        without=("shop.0001_squashed_0002", "cart.0001_squashed_0002"),
    ),
    # zimmerman-team/IATI.cloud#359: a migration that was renamed.
    Case(
        "a name that replaces another one",
        {
            **ORIGINALS,
            "shop.0002_named": File(("shop.0001",), replaces=("shop.0002",)),
            "shop.0003": File(("shop.0002_named",)),
        },
        without=("shop.0002_named",),
        plain={"shop.0003": File(("shop.0002",))},
    ),
    # nautobot/nautobot-app-device-lifecycle-mgmt#236: run_before of an original, which the squash does not repeat.
    Case(
        "an original runs before another app",
        {
            **ORIGINALS,
            **SQUASH,
            "shop.0002": File(("shop.0001",), before=("tokens.0001",)),
            "tokens.0001": File(),
        },
    ),
)


class Loaders:
    """The script, as it waits for trees."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(SCRIPT)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**variables(), "PYTHONPATH": str(HARNESS)},
        )  # fmt: skip

    def load(self, folder: Path, without: list[str] | None = None) -> dict[str, Any]:
        """Load a tree: as Django does, or without some squashes."""
        keys = None if without is None else [each.split(".", 1) for each in without]
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"folder": str(folder), "without": keys}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End the script."""
        self._process.communicate(timeout=10)


@pytest.fixture(scope="module")
def loaders() -> Iterator[Loaders]:
    """Django imported once, for all trees."""
    started = Loaders()
    yield started
    started.close()


def same(ours: dict[str, Any], plain: dict[str, Any]) -> None:
    """Compare what the two loaders say."""
    # Django walks a cycle from any of its migrations.
    assert sorted(re.findall(r"[\w.]+", ours.get("error", ""))) == sorted(
        re.findall(r"[\w.]+", plain.get("error", ""))
    )
    if "error" in plain:
        return
    assert ours["graph"] == plain["graph"]
    assert ours["plan"] == plain["plan"]
    for name, mine, theirs in zip(ours["plan"], ours["states"], plain["states"], strict=True):
        assert mine == theirs, f"the models after {name}"
    assert ours["conflicts"] == plain["conflicts"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_originals_of_a_reported_tree_are_plain_djangos(
    case: Case, loaders: Loaders, tmp_path: Path
) -> None:
    """The graph has nothing of the squash, and whatever depended on it depends on its originals."""
    whole = write(case.tree, tmp_path / "whole")
    kept = {name: file for name, file in case.tree.items() if name not in {*case.without, *case.stray}}
    plain = write({**kept, **case.plain}, tmp_path / "plain")

    expected = loaders.load(plain)
    assert "error" not in expected, expected["error"]
    same(loaders.load(whole, list(case.without)), expected)


@st.composite
def trees(draw: st.DrawFn) -> Case:
    """A squash of the first originals of an app, and another app that depends on anything, or runs before it."""
    length = draw(st.integers(2, 5))
    covered = draw(st.integers(1, length))
    names = [f"shop.{number:04}" for number in range(1, length + 1)]
    squash = f"shop.0001_squashed_{covered:04}"
    others = draw(st.integers(0, 2))

    def some(choices: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
        return st.lists(st.sampled_from(choices), max_size=2, unique=True).map(tuple)

    targets = [*names, squash, "shop.__first__"]
    tree = {name: File((names[number - 1],) if number else ()) for number, name in enumerate(names)}
    if covered < length and draw(st.booleans()):
        tree[names[covered]] = File((squash,))
    for number in range(others):
        tree[f"cart.{number + 1:04}"] = File(
            (*((f"cart.{number:04}",) if number else ()), *draw(some(targets))),
            before=draw(some(targets[:-1])),
        )
    plain = {
        name: File(
            tuple(names[covered - 1] if each == squash else each for each in file.after),
            before=tuple(names[0] if each == squash else each for each in file.before),
        )
        for name, file in tree.items()
    }
    tree[squash] = File(
        before=draw(st.sampled_from([(), ("cart.0001",)])) if others else (), replaces=tuple(names[:covered])
    )
    return Case("drawn", tree, without=(squash,), plain=plain)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(case=trees())
def test_the_originals_of_any_tree_are_plain_djangos(
    case: Case, loaders: Loaders, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever leans on the squash or on what it replaces, the original chain is that of a tree without it."""
    folder = tmp_path_factory.mktemp("drawn")
    try:
        expected = loaders.load(write(case.plain, folder / "plain"))
        assume("error" not in expected)
        same(loaders.load(write(case.tree, folder / "whole"), list(case.without)), expected)
    finally:
        shutil.rmtree(folder)


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("case", "words"),
    [
        (CASES[0], "tokens.0001 is applied before its dependency shop.000"),
        (CASES[1], "more than one end (shop: 0000_stub, 0003)"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_what_migrate_refuses_in_a_partial_state_is_found(
    case: Case, words: str, server: Server, tmp_path: Path
) -> None:
    """Both chains give the same from nothing; a database in the middle would meet this."""
    folder = write(case.tree, tmp_path / "whole")
    with MigrationRunner(project(folder), server, max_workers=1) as runner:
        squash = runner.tree.chosen(["shop"])[0]
        with runner.worker() as worker:
            chain = original_chain(worker, runner.tree, [squash])
        partial = build_partial_states(runner, squash, chain)
        found = upgrade(runner, partial, partial.states[1], RowVolume(0)).differences
    assert [each.object for each in found] == ["from shop.0001"]
    assert words in str(found[0].right)


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("the squash depends on what its originals do not need", ""),
        ("the squash, and another app, depend on __latest__", "before its dependency tokens.0002"),
        ("squashes of two apps, one of which depends on an original of the other", ""),
        ("an original runs before another app", ""),
    ],
)
def test_what_migrate_refuses_where_other_apps_are_behind_is_found(
    name: str, words: str, server: Server, tmp_path: Path
) -> None:
    """A squash is recorded, and the migration that is now the latest of another app is not there yet."""
    case = next(each for each in CASES if each.name == name)
    with MigrationRunner(project(write(case.tree, tmp_path / "whole")), server, max_workers=1) as runner:
        squash = runner.tree.chosen(["shop"])[0]
        with runner.worker() as worker:
            chain = original_chain(worker, runner.tree, [squash])
        found = refused_history(runner, squash, chain)
    assert [each.object for each in found] == ([str(squash)] if words else [])
    assert all(words in str(each.right) for each in found)


@pytest.mark.parametrize(
    "name", sorted(each.name for each in PROJECTS.iterdir() if (each / "settings.py").exists())
)
def test_the_originals_of_each_fixture_project_are_plain_djangos(
    name: str, loaders: Loaders, tmp_path: Path
) -> None:
    """A copy without the files that replace something, state by state."""
    plain = copy(name, tmp_path)
    removed = {}
    for file in sorted(plain.glob("*/migrations/*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "replaces":
                removed[file.parent.parent.name, file.stem] = ast.literal_eval(node.value)[-1]
                file.unlink()
    for file in plain.glob("*/migrations/*.py"):
        text = file.read_text(encoding="utf-8")
        for squash, end in removed.items():
            last = end
            while last in removed:
                last = removed[last]
            text = text.replace(f'("{squash[0]}", "{squash[1]}")', repr(last))
        file.write_text(text, encoding="utf-8")

    same(loaders.load(PROJECTS / name, [".".join(key) for key in removed]), loaders.load(plain))
