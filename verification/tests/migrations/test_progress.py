"""What a command shows while it works, and to whom."""

import os
import pty
import subprocess
import sys
import threading
from typing import Final

import pytest

from verification.postgres.server import Server
from verification.tests.migrations.project_copies import HARNESS, PROJECTS, command, variables

CURSOR_IS_SHOWN: Final = "\x1b[?25h"
"""What rich writes when it ends a display."""


@pytest.mark.parametrize("piped", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_a_terminal_is_shown_the_migration_that_runs(server: Server, piped: bool) -> None:
    """Each step is named while it runs; a pipe gets the verdict alone, and a terminal when nothing more is drawn."""
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
        stdout=subprocess.PIPE if piped else theirs,
        stderr=theirs,
        text=True,
        timeout=120,
        check=False,
    )
    os.close(theirs)
    reader.join()
    os.close(ours)

    shown = b"".join(seen).decode()
    assert done.returncode == 0, shown
    assert "stock.0004_item_seen" in shown
    drawn, _, after = shown.rpartition(CURSOR_IS_SHOWN)
    assert "stock.0004_item_seen" in drawn
    assert "equal" not in drawn
    assert "equal" in (done.stdout if piped else after)


def test_a_pipe_is_shown_nothing(server: Server) -> None:
    """Where nobody looks, standard error stays empty."""
    done = command(PROJECTS / "tiers", server, "squash")

    assert (done.returncode, done.stderr) == (0, "")
