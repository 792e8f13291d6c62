"""The cheap ones of the trials of ``tools/trials``, and that a trial which ends otherwise is told."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tools.leftovers import left
from tools.trials import run as trials
from tools.trials.table import TRIALS, Trial

pytestmark = pytest.mark.slow

CHEAP = [trial for trial in TRIALS if trial.cheap]


@pytest.mark.parametrize("trial", CHEAP, ids=lambda trial: trial.name)
def test_a_trial_ends_as_it_must(trial: Trial) -> None:
    """Its status, its words, and nothing left."""
    assert trials.run(trial).problems == ()


def test_a_trial_that_ends_otherwise_is_told() -> None:
    """Another status and other words are two problems."""
    problems = trials.run(replace(CHEAP[0], status=0, words="all is well")).problems

    assert [problem.split(":")[0] for problem in problems] == [
        "status 2, not 0",
        "nothing is said of 'all is well'",
    ]


def test_what_is_left_is_seen(tmp_path: Path) -> None:
    """A file in the temporary folder, and a process that was given it."""
    (tmp_path / "tmp").mkdir()
    assert left(tmp_path, 0.0) == []
    (tmp_path / "tmp" / "forgotten").touch()
    with subprocess.Popen(
        [sys.executable, "-c", "input()"],
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        stdin=subprocess.PIPE,
    ) as process:
        found = left(tmp_path, 0.0)
        process.kill()

    assert found[0].endswith("forgotten")
    assert found[1].startswith(f"process {process.pid}: ")
