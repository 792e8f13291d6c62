"""`manage.py migrate_safely`: migrate while other processes work, and other deploys start."""

import time
from typing import Any, Final

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import OperationalError

from payments.management.one_migrator import LockTimeouts, logger, only_migrator

WAIT_S: Final = 600.0
LOCK_TIMEOUT_MS: Final = 2000
RETRIES: Final = 8


class Command(BaseCommand):
    """Of several processes that are started together one migrates, and the others find nothing left to do.

    A statement that does not get its lock within the limit gives up, so that those who queue behind it go on, and
    is tried again later. Each migration is a log line. Exit status 1: refused or failed, with the reason in one line.
    """

    help = "Apply the migrations: one process at a time, without keeping others waiting for locks."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the limits."""
        parser.add_argument("--database", default="default", help="alias (default: default)")
        parser.add_argument(
            "--wait",
            type=float,
            default=WAIT_S,
            help=f"seconds to wait for another migrator (default {WAIT_S:.0f})",
        )
        parser.add_argument(
            "--lock-timeout",
            type=int,
            default=LOCK_TIMEOUT_MS,
            help=f"milliseconds that a statement waits for a lock (default {LOCK_TIMEOUT_MS})",
        )
        parser.add_argument(
            "--retries", type=int, default=RETRIES, help=f"tries after the first (default {RETRIES})"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Migrate under the lock; on another database than PostgreSQL as `migrate` does."""
        connection = connections[options["database"]]
        if connection.vendor != "postgresql":
            call_command(_Logged(), database=options["database"], interactive=False, verbosity=0)
            return
        with only_migrator(options["database"], options["wait"]) as held:
            _refuse_if_ahead(connection)
            timeouts = LockTimeouts(options["lock_timeout"], options["retries"])
            timeouts.apply(connection)
            with connection.execute_wrapper(timeouts):
                while True:
                    held()
                    try:
                        call_command(_Logged(), database=options["database"], interactive=False, verbosity=0)
                    except OperationalError as error:
                        if not timeouts.again(error):
                            raise
                    else:
                        break
            held()


class _Logged(Migrate):
    """Django's command, which tells the log about each migration."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._began = 0.0
        self._applied = 0

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        """Write one line for each migration that was applied."""
        if action == "apply_start":
            self._began = time.monotonic()
        elif action == "apply_success":
            self._applied += 1
            logger.info(
                "Migration applied",
                extra={
                    "migration": str(migration),
                    "seconds": round(time.monotonic() - self._began, 3),
                    "fake": fake,
                },
            )

    def handle(self, *args: Any, **options: Any) -> None:
        """Apply what is left, and say when that is nothing."""
        super().handle(*args, **options)
        if not self._applied:
            logger.info("No migrations to apply")


def _refuse_if_ahead(connection: BaseDatabaseWrapper) -> None:
    """Raise `CommandError` if a newer release has migrated this database.

    What a squash has replaced stays recorded from before the squash; what is ahead was recorded after all that
    this code knows of the app.
    """
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    recorder = MigrationRecorder(connection)
    if not recorder.has_table():
        return
    rows = list(recorder.migration_qs.order_by("id").values_list("app", "name"))
    last_known = {
        app: place for place, (app, name) in enumerate(rows) if (app, name) in loader.disk_migrations
    }
    ahead = [
        f"{app}.{name}" for place, (app, name) in enumerate(rows) if place > last_known.get(app, len(rows))
    ]
    if ahead:
        raise CommandError(
            f"The database is ahead of this code: it has {', '.join(ahead)}. Deploy the newer release, or set "
            "SKIP_MIGRATIONS=true to start this one on it."
        )
