"""A short storm, as `tools/storm` runs it, and the proof that it notices a server that forgets."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def storm(*arguments: str) -> "subprocess.CompletedProcess[str]":
    from django.db import connection

    database = connection.settings_dict
    address = {f"DB_{name}": str(database[name]) for name in ("HOST", "PORT", "USER", "PASSWORD")}
    return subprocess.run(
        [sys.executable, "-m", "tools.storm", *arguments],
        cwd=ROOT,
        env={**os.environ, **address},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.postgres
@pytest.mark.timeout(150)
def test_no_paid_order_is_lost(db: None) -> None:
    """Faults, kills and cuts: nothing lost, stuck, made twice or made unpaid; ledger and journal agree."""
    result = storm("--seed", "7", "--orders", "25")

    assert result.returncode == 0, result.stdout + result.stderr
