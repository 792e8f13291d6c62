"""The project ``store`` with rows in it, shared by the cases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from verification.postgres.server import Server
from verification.tests.deploy.repository import git
from verification.tests.deploy.store import Store, store
from verification.tests.migrations.project_copies import copy


@pytest.fixture(scope="package")
def shop(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The store, filled once."""
    with store(server, tmp_path_factory.mktemp("store")) as made:
        yield made


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with the store in a folder of it, committed."""
    folder = copy("store", tmp_path)
    ratios = "goods_item = 1\ngoods_buyer = 0.1\ngoods_tag = 0.001\n"
    (folder / "pyproject.toml").write_text(f"[tool.verification.rows]\n{ratios}", encoding="utf-8")
    (tmp_path / ".gitignore").write_text("__pycache__/\n", encoding="utf-8")
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message=base")
    return folder
