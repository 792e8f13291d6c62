"""manage.py migrate_safely, as containers start it: together, and while others use the tables."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg2
import pytest
from django.db import connections

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
MANAGE: Final = Path(__file__).parents[1] / "manage.py"
SECONDS: Final = 120
LAST: Final = "0026_add_status_check_type"


class Deployed:
    """A database of its own, and processes that migrate it."""

    def __init__(self, settings: dict[str, Any], name: str) -> None:
        self.name = name
        self._where = {"host": settings["HOST"], "port": settings["PORT"], "user": settings["USER"]}
        self._password = settings["PASSWORD"]

    def connect(self, database: str = "") -> Any:
        connection = psycopg2.connect(dbname=database or self.name, password=self._password, **self._where)
        connection.autocommit = True
        return connection

    def execute(self, statement: str) -> list[Any]:
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        variables = {f"DB_{name.upper()}": str(value) for name, value in self._where.items()}
        variables |= {"DB_NAME": self.name, "DB_PASSWORD": self._password, "SECRET_KEY": "a-key-for-tests"}
        variables["CREDENTIALS_ENCRYPTION_KEY"] = os.environ["CREDENTIALS_ENCRYPTION_KEY"]
        return subprocess.Popen(
            [sys.executable, str(MANAGE), *arguments],
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def end(process: subprocess.Popen[str]) -> tuple[int, list[dict[str, Any]], str]:
    """Return exit status, log lines and standard error."""
    output, errors = process.communicate(timeout=SECONDS)
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return process.returncode, lines, errors


def migrations(lines: list[dict[str, Any]]) -> list[str]:
    return [line["migration"] for line in lines if line["message"] == "Migration applied"]


@pytest.fixture(scope="module")
def deployed(django_db_setup: None, django_db_blocker: Any) -> Iterator[Deployed]:
    """An empty database on the tests' server."""
    database = Deployed(connections["default"].settings_dict, f"deployed_{uuid.uuid4().hex[:12]}")
    server = database.connect("postgres")
    with server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {database.name}")
        yield database
        cursor.execute(f"DROP DATABASE {database.name} WITH (FORCE)")
    server.close()


def test_two_started_together_migrate_once(deployed: Deployed) -> None:
    """The chain builds indexes concurrently, which would wait for ever for one that waits with a snapshot."""
    results = [end(process) for process in [deployed.start("migrate_safely") for _ in range(2)]]

    assert [status for status, _, _ in results] == [0, 0], results
    applied = sorted((migrations(lines) for _, lines, _ in results), key=len)
    assert applied[0] == []
    assert "payments.0028_add_follow_up_indexes" in applied[1]
    assert any(line["message"] == "No migrations to apply" for _, lines, _ in results for line in lines)
    assert deployed.execute("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [(0,)]


def test_a_table_in_use_is_waited_for_in_short_tries(deployed: Deployed) -> None:
    """The migration gives up and leaves the queue, so that others can read, and succeeds once the table is free."""
    back = end(deployed.start("migrate", "payments", LAST))
    assert back[0] == 0, back
    reader = deployed.connect()
    reader.autocommit = False
    with reader.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM payments_order")
    process = deployed.start("migrate_safely", "--lock-timeout", "100")
    assert process.stdout is not None
    gave_up = any("A lock was not free; trying again" in line for line in process.stdout)
    others = deployed.execute("SET lock_timeout = '5s'; SELECT count(*) FROM payments_order")
    reader.close()
    status, lines, errors = end(process)

    assert gave_up
    assert others == [(0,)]
    assert status == 0, errors
    assert migrations(lines)[0] == "payments.0027_add_payment_follow_up_and_make_evidence"


def test_columns_of_a_run_that_broke_off_are_no_obstacle(deployed: Deployed) -> None:
    """0027 is not atomic: whatever it has added, or dropped on the way back, the next run does the rest."""
    back = end(deployed.start("migrate", "payments", LAST))
    deployed.execute("ALTER TABLE payments_order ADD COLUMN make_claimed_at timestamptz")
    deployed.execute("ALTER TABLE payments_payment ADD COLUMN scenario varchar(50)")
    forwards = end(deployed.start("migrate_safely"))
    followed = end(deployed.start("migrate", "payments", "0027"))
    deployed.execute("ALTER TABLE payments_payment DROP COLUMN closed_at")
    again = end(deployed.start("migrate", "payments", LAST))
    left = deployed.execute(
        "SELECT 1 FROM pg_attribute WHERE attname IN ('make_claimed_at', 'refunded_amount')"
    )
    there = end(deployed.start("migrate_safely"))

    assert [each[0] for each in (back, forwards, followed, again, there)] == [0] * 5, forwards
    assert left == []


def test_it_gives_up_with_one_line(deployed: Deployed) -> None:
    """Another migrator that does not end, and a database that a newer release has migrated."""
    other = deployed.connect()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [0x6D6967726174])
        waiting = end(deployed.start("migrate_safely", "--wait", "0.1"))
    other.close()
    deployed.execute(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('payments', '9999_later', now())"
    )
    ahead = end(deployed.start("migrate_safely"))

    assert (waiting[0], ahead[0]) == (1, 1)
    assert "Another process has been migrating" in waiting[2].splitlines()[-1]
    assert "payments.9999_later" in ahead[2].strip().splitlines()[-1], ahead
