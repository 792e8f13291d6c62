"""A restored copy, and statistics of a live database, in the place of generated rows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from verification.deploy.dump import read
from verification.migrations.execution.migration_runner import MigrationRunner
from verification.migrations.plan.chains import Chain
from verification.postgres import providers
from verification.postgres.server import Database, Server
from verification.tests.deploy.repository import write
from verification.tests.migrations.project_copies import PROJECTS, command, databases
from verification.tests.migrations.project_copies import project as described

pytestmark = pytest.mark.slow

ROWS: Final = """
    CREATE ROLE shopkeeper; ALTER TABLE goods_tag OWNER TO shopkeeper; GRANT SELECT ON goods_tag TO shopkeeper;
    INSERT INTO goods_buyer (name) SELECT 'secret ' || n FROM generate_series(1, 20) n;
    INSERT INTO goods_item (title, price, buyer_id, note)
        SELECT 'secret ' || n % 1997, n, 1 + n % 20, CASE WHEN n % 1000 > 0 THEN 'secret' END
        FROM generate_series(1, 2000) n;
    UPDATE goods_item SET price = -1 WHERE id IN (7, 9);
    INSERT INTO goods_tag (name) VALUES ('secret'), ('secret'), (NULL);
    ANALYZE;
"""
FORMATS: Final = ("plain", "custom", "directory")
OFFENDED: Final = (
    ('migrations.AddConstraint("item", models.CheckConstraint(condition=Q(price__gte=0), name="c"))',
     "2 rows of public.goods_item, with the keys (id): 7, 9"),
    ('migrations.AlterField("item", "note", models.TextField())',
     "2 rows of public.goods_item, with the keys (id): 1000, 2000"),
    ('migrations.AddConstraint("item", models.UniqueConstraint(fields=["title"], name="u"))',
     "6 rows of public.goods_item, with the keys (id): 1, 2, 3, 1998, 1999, ..."),
    ("""sql("CREATE UNIQUE INDEX u ON goods_tag (upper(name)) WHERE id < 9")""",
     "2 rows of public.goods_tag, with the keys (id): 1, 2"),
    ("""sql("ALTER TABLE goods_item ADD CONSTRAINT f FOREIGN KEY (price) REFERENCES goods_buyer")""",
     "1,982 rows of public.goods_item, with the keys (id): 7, 9, 21, 22, 23, ..."),
    ("""sql("ALTER TABLE goods_item ALTER title TYPE integer USING title::integer")""", '"..."'),
)  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with providers.start("embedded") as own:
        yield own


@pytest.fixture(scope="module")
def live(server: Server) -> Iterator[Database]:
    """A database of the store, with rows that are nobody's business."""
    with MigrationRunner(described(PROJECTS / "store"), server, max_workers=1) as runner:
        made = runner.fresh()
        runner.forward(made, Chain())
        database = Database(server, made.names["default"])
        database.execute(ROWS)
        yield database


@pytest.fixture(scope="module")
def dumps(live: Database, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("dumps")
    for form in FORMATS:
        live.server.run_tool(
            "pg_dump", f"--format={form}", f"--file={folder / form}", f"--dbname={live.name}"
        )
    return {form: folder / form for form in FORMATS}


@pytest.mark.parametrize("form", FORMATS)
def test_a_restored_copy_is_judged(
    form: str,
    dumps: dict[str, Path],
    server: Server,
    project: Path,
) -> None:
    """What its rows offend is named by keys; what they allow may go out; the server is as before."""
    before = databases(server)
    places = range(len(OFFENDED)) if form == "custom" else [0]
    for place in places:
        operations, sample = OFFENDED[place]
        write(project, operations)
        said = command(project, server, "deploy", "--since", "main", "--dump", str(dumps[form]))
        assert said.returncode == 1, said.stderr
        assert "fails-on-rows" in said.stdout
        assert sample in " ".join(said.stdout.split()), said.stdout
        assert "secret" not in said.stdout + said.stderr
    write(project, 'migrations.AddIndex("tag", models.Index(fields=["name"], name="i"))')
    good = command(project, server, "deploy", "--since", "main", "--dump", f"default={dumps[form]}")

    assert good.returncode == 0, good.stdout + good.stderr
    assert "2,023 rows" in good.stdout
    assert databases(server) == before


def broken(name: str, dumps: dict[str, Path], folder: Path) -> Path:
    """Make a dump that cannot be restored."""
    path = folder / name
    if name == "nothing":
        return path
    text = dumps["plain"].read_bytes()
    archive = dumps["custom"].read_bytes()
    version = read(dumps["custom"]).version.encode()
    path.write_bytes(
        {
            "text": b"SELECT 1;\n",
            "cut plain": text[: len(text) // 2],
            "cut custom": archive[: len(archive) // 2],
            "cut header": archive[:30],
            "other plain": text.replace(version, b"14.2", 1),
            "other custom": archive.replace(version, b"99" + version[2:], 1),
            "error": text.replace(b"COPY public.goods_item (id,", b"COPY public.goods_item (it,"),
            "--create": text.replace(
                b"SET statement_timeout", b"CREATE DATABASE x;\nSET statement_timeout", 1
            ),
            "another project": text.replace(b"public.django_migrations", b"public.other"),
            "ahead": text.replace(b"0001_initial\t", b"0002_change\t"),
        }[name]
    )
    return path


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nothing", "No such file"),
        ("text", "no dump of pg_dump"),
        ("cut plain", "cut off"),
        ("cut custom", "pg_restore"),
        ("cut header", "header"),
        ("other plain", "PostgreSQL 14.2"),
        ("other custom", "PostgreSQL 99"),
        ("error", 'column "it"'),
        ("--create", "--create"),
        ("another project", "no table django_migrations"),
        ("ahead", "goods.0002_change"),
    ],
)
def test_a_dump_that_cannot_be_used_is_one_line(
    name: str,
    reason: str,
    dumps: dict[str, Path],
    server: Server,
    project: Path,
    tmp_path: Path,
) -> None:
    before = databases(server)
    write(project, 'sql("SELECT 1")')
    path = broken(name, dumps, tmp_path)
    said = command(project, server, "deploy", "--since", "main", "--dump", str(path))

    assert (said.returncode, said.stderr.count("\n")) == (2, 1), said.stdout + said.stderr
    assert f"--dump {path}" in said.stderr
    assert reason in said.stderr
    assert "secret" not in said.stderr
    assert databases(server) == before


def test_an_alias_that_the_project_has_not_is_one_line(
    dumps: dict[str, Path],
    server: Server,
    project: Path,
) -> None:
    write(project, 'sql("SELECT 1")')
    said = command(project, server, "deploy", "--since", "main", "--dump", f"logs={dumps['custom']}")

    assert (said.returncode, said.stderr.count("\n")) == (2, 1)
    assert "no such database" in said.stderr


def test_rows_get_sizes_and_frequencies_of_a_live_database(
    live: Database,
    server: Server,
    project: Path,
) -> None:
    """Nothing of a table is read, and a session that could write is not opened."""
    seen = "SELECT sum(seq_scan + coalesce(idx_scan, 0)) FROM pg_stat_user_tables"
    live.execute(f"ALTER DATABASE {live.name} SET log_statement = 'all'")
    read_before = live.execute(seen)
    length = len(server.log())
    write(project, 'migrations.AddIndex("item", models.Index(fields=["price"], name="i"))')
    found = command(project, server, "deploy", "--since", "main", "--rows", "1500", "--statistics", live.url)
    logged = server.log()[length:]

    assert found.returncode == 1, found.stdout + found.stderr
    text = " ".join(found.stdout.split())
    assert "public.goods_item: 1,500 rows here, 2,000 in the live database" in text
    assert live.execute(seen) == read_before
    asked = [line for line in logged.splitlines() if "statement:" in line]
    assert asked
    assert not [line for line in asked if "goods_" in line and "pg_stats" not in line]


def test_a_live_database_without_statistics_is_one_line(server: Server, project: Path) -> None:
    write(project, 'sql("SELECT 1")')
    with server.database() as empty:
        said = command(project, server, "deploy", "--since", "main", "--statistics", empty.url)

    assert (said.returncode, said.stderr.count("\n")) == (2, 1)
    assert "--statistics" in said.stderr
    assert server.password not in said.stderr
