"""What a command shows while it works, and to whom."""

import os
import pty
import subprocess
import sys
import threading

from verification.postgres.server import Server
from verification.tests.migrations.project_copies import HARNESS, PROJECTS, command, variables


def test_a_terminal_is_shown_the_migration_that_runs(server: Server) -> None:
    """On a terminal each step is named while it runs; standard output has the verdict alone."""
    ours, theirs = pty.openpty()
    seen: list[bytes] = []

    def read() -> None:
        try:
            while piece := os.read(ours, 4096):
                seen.append(piece)
        except OSError:  # the other end is closed
            pass

    reader = threading.Thread(target=read)
    reader.start()
    done = subprocess.run(
        [*(sys.executable, "-m", "verification", "squash", "--settings", "settings"), "--dsn", server.url()],
        cwd=PROJECTS / "tiers",
        env={**variables(), "PYTHONPATH": str(HARNESS), "TERM": "xterm", "COLUMNS": "120"},
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        timeout=120,
        check=False,
    )
    os.close(theirs)
    reader.join()
    os.close(ours)

    assert done.returncode == 0, b"".join(seen).decode()
    assert "stock.0004_item_seen" in b"".join(seen).decode()
    assert "0004_item_seen" not in done.stdout


def test_a_pipe_is_shown_nothing(server: Server) -> None:
    """Where nobody looks, standard error stays empty."""
    done = command(PROJECTS / "tiers", server, "squash")

    assert (done.returncode, done.stderr) == (0, "")
