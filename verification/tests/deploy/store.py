"""The project ``store``: its base filled once, and one release after the other judged against it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from verification.deploy import base_rows
from verification.deploy.old_tests import Command
from verification.deploy.release import FEW_ROWS, Bases, Release, Trees
from verification.deploy.tree import read_files
from verification.deploy.trials import judge_trees
from verification.migrations.equivalence.upgrade import RowVolume
from verification.migrations.execution.migration_runner import MigrationRunner
from verification.migrations.execution.worker_process import Project
from verification.postgres.server import Server
from verification.project.configuration import Configuration
from verification.tests.migrations.project_copies import copy, variables

ROWS: Final = RowVolume(3000, {"goods_item": 1, "goods_buyer": 0.5, "goods_tag": 0.001})
FIRST: Final = "0001_initial.py"
CHANGE = "0002_change.py"
LOADED: Final = frozenset({"goods/models.py", f"goods/migrations/{FIRST}"})
HEADER: Final = """
from django.contrib.postgres.operations import *
from django.db import connection, migrations, models, transaction
from django.db.models import F, Q
from django.utils import timezone
import uuid


def sql(text, back=None):
    return migrations.RunSQL(text, back)


def python(run, back=None):
    return migrations.RunPython(run, back)


def items(apps):
    return apps.get_model("goods", "Item").objects

"""


@dataclass(frozen=True)
class Case:
    """One release: a migration after 0001, and the codes that it must lead to."""

    name: str
    operations: str
    codes: tuple[str, ...] = ()
    functions: str = ""
    atomic: bool = True
    further: Mapping[str, str | None] = field(default_factory=dict)
    """More files of the folder of migrations; None: one that is taken away."""
    model: tuple[str, str] = ("", "")
    """A text of ``models.py``, and what takes its place in the head."""
    after: str = "0001_initial"
    """The last migration of the base."""


def migration(case: Case) -> str:
    """Return the text of its migration."""
    body = f"    atomic = {case.atomic}\n    dependencies = [('goods', '{case.after}')]\n"
    operations = f"    operations = [\n{case.operations}\n    ]\n"
    return f"{HEADER}\n{case.functions}\n\nclass Migration(migrations.Migration):\n{body}{operations}"


class Store:
    """The base with rows, and a head that changes from case to case."""

    def __init__(self, base: MigrationRunner, head: MigrationRunner, folder: Path) -> None:
        self.base, self.head, self.folder = base, head, folder
        empty = base_rows.migrate(base)
        self.bases = Bases(
            empty.databases,
            base_rows.fill(base, empty, ROWS),
            base_rows.fill(base, empty, replace(ROWS, size=FEW_ROWS)).databases,
        )
        self.base_files = read_files(base, "the base")
        self.configuration = Configuration(root=folder, settings="settings")
        self.tests: Command | None = None

    @contextmanager
    def files(self, texts: Mapping[str, str | None]) -> Iterator[None]:
        """Put files into the head for the length of the block; None: take one away."""
        kept = {name: path.read_text() for name in texts if (path := self.folder / name).exists()}
        for name, text in texts.items():
            if text is None:
                (self.folder / name).unlink()
            else:
                (self.folder / name).write_text(text, encoding="utf-8")
        try:
            yield
        finally:
            for name in texts:
                if name in kept:
                    (self.folder / name).write_text(kept[name], encoding="utf-8")
                else:
                    (self.folder / name).unlink(missing_ok=True)

    def judge(self, case: Case, *parts: str, command: str = "", tests: str = "") -> Release:
        """Judge one release: plan and cost, and the parts that are named; ``tests``: those of the base."""
        self.tests = Command.parse(tests) if tests else None
        self.configuration = replace(self.configuration, migrate_command=command)
        migrations = {CHANGE: migration(case)} if case.operations else {}
        texts: dict[str, str | None] = {
            f"goods/migrations/{name}": text for name, text in {**migrations, **case.further}.items()
        }
        if case.model[0]:
            models = (self.folder / "goods/models.py").read_text()
            assert case.model[0] in models
            texts["goods/models.py"] = models.replace(*case.model)
        return self.judge_files(texts, *parts)

    def judge_files(self, texts: Mapping[str, str | None], *parts: str) -> Release:
        """Judge the release that these files make."""
        with self.files(texts):
            if not texts.keys() & LOADED:
                return self._judge(self.head, parts)
            # The running process has loaded that file.
            with MigrationRunner(self.head.project, self.head.server, max_workers=2) as head:
                return self._judge(head, parts)

    def _judge(self, head: MigrationRunner, parts: Sequence[str]) -> Release:
        trees = Trees(self.base, head, self.base_files, read_files(head, "the head"))
        release = Release("base", head.server.version)
        judge_trees(release, trees, self.bases, self.configuration, parts=frozenset(parts), tests=self.tests)
        return release


@contextmanager
def store(server: Server, directory: Path, more: Mapping[str, str] | None = None) -> Iterator[Store]:
    """Fill the base on a server; ``more``: files of both trees."""
    folders = [copy("store", directory / name) for name in ("base", "head")]
    for folder in folders:
        for name, text in (more or {}).items():
            (folder / name).write_text(text, encoding="utf-8")
    projects = [
        Project(
            settings="settings",
            directory=folder,
            paths=(str(folder),),
            # A file that changes within a second must not be taken from a cache.
            variables={**variables(), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        for folder in folders
    ]
    with (
        MigrationRunner(projects[0], server, max_workers=1) as base,
        MigrationRunner(projects[1], server, max_workers=2) as head,
    ):
        with head.worker(), head.worker():
            pass  # both have started now, and have loaded no migration of a case
        yield Store(base, head, folders[1])
