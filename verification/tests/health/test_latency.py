"""Latency: the figures, and the verdicts that they allow."""

import gc
import json
from pathlib import Path
from statistics import NormalDist

import pytest

from verification.errors import CannotRun
from verification.health.latency import baseline, distribution, sampling
from verification.health.latency.distribution import Distribution
from verification.report.result import Verdict

FAST = NormalDist(1.0, 0.1).samples(200, seed=20251123)
SLOWER = [value * 1.5 for value in FAST]
SLIGHTLY = [value * 1.1 for value in FAST]


@pytest.mark.parametrize(
    ("left", "right", "p"),
    [
        # scipy.stats.mannwhitneyu(left, right, method="asymptotic"), SciPy 1.17.1
        ([19, 22, 16, 29, 24], [20, 11, 17, 12], 0.11134688653314041),
        ([1, 2, 3, 4, 5, 6, 7, 8], [5, 6, 7, 8, 9, 10, 11, 12], 0.013313002763816655),
        ([1, 1, 1, 2, 2], [1, 2, 2, 2, 3], 0.2040238704744366),
        ([3, 3, 3], [3, 3, 3], 1.0),
    ],
)
def test_mann_whitney(left: list[float], right: list[float], p: float) -> None:
    """The U test agrees with a reference implementation, ties included."""
    assert distribution.mann_whitney(left, right) == pytest.approx(p, abs=1e-8)
    assert distribution.mann_whitney(right, left) == pytest.approx(p, abs=1e-8)


def test_distribution() -> None:
    """Percentiles are those of the samples, and the maximum is one of them."""
    figures = Distribution.of([float(value) for value in range(101)])

    assert (figures.count, figures.p50, figures.p95, figures.p99, figures.maximum) == (101, 50, 95, 99, 100)


@pytest.mark.parametrize("samples", [[], [1.0]])
def test_distribution_of_nothing(samples: list[float]) -> None:
    """Without samples there are no percentiles: that is an error, not a zero."""
    with pytest.raises(ValueError, match="too few"):
        Distribution.of(samples)


@pytest.mark.parametrize(
    ("now", "before", "verdict", "words"),
    [
        (FAST, FAST, Verdict.PASSED, "1.00 times"),
        (SLIGHTLY, FAST, Verdict.PASSED, "1.10 times"),
        (FAST, SLOWER, Verdict.PASSED, "0.67 times"),
        (SLOWER, FAST, Verdict.FAILED, "slower: the median is 1.50 times the baseline's"),
        (SLOWER[:4], FAST[:4], Verdict.INCONCLUSIVE, "take more of them"),
        ([], FAST, Verdict.ERROR, "no samples"),
        (FAST, [], Verdict.ERROR, "no samples"),
    ],
)
def test_comparison(now: list[float], before: list[float], verdict: Verdict, words: str) -> None:
    """Only a difference that is both significant and large is a failure."""
    judgement = distribution.compare(now, before)

    assert judgement.verdict is verdict
    assert words in judgement.reason


@pytest.mark.parametrize(
    ("samples", "reference", "waits", "verdict", "words"),
    [
        ([1.0, 99.9], [1.0], [], Verdict.PASSED, ""),
        ([1.0, 100.0], [1.0], [], Verdict.FAILED, "1 of 2 answers took 100 ms or more, the slowest 100.0 ms"),
        ([1.0, 120.0], [130.0], [], Verdict.INCONCLUSIVE, "so did the reference"),
        ([1.0, 120.0], [], [], Verdict.FAILED, "120.0 ms"),
        ([1.0, 120.0], [], [0.1, 30.0], Verdict.INCONCLUSIVE, "for up to 30.0 ms of an answer"),
        ([1.0, 120.0], [], [30.0, 0.1], Verdict.FAILED, "120.0 ms"),
        ([110.0, 120.0], [], [0.1, 30.0], Verdict.FAILED, "120.0 ms"),
        ([], [1.0], [], Verdict.ERROR, "no samples"),
    ],
)
def test_limit(
    samples: list[float], reference: list[float], waits: list[float], verdict: Verdict, words: str
) -> None:
    """One answer above the limit fails, unless the reference was as slow or each such answer waited for a processor."""
    judgement = distribution.check_limit(samples, reference, waits)

    assert judgement.verdict is verdict
    assert words in judgement.reason


def test_baseline_returns_what_was_saved(tmp_path: Path) -> None:
    """A saved baseline is read back metric by metric."""
    file = tmp_path / baseline.NAME
    baseline.save(file, {"fresh connection": [1.0, 1.25], "persistent connection": [2.0]})

    assert baseline.load(file, "fresh connection") == [1.0, 1.25]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no such baseline"),
        ("{", "not a baseline"),
        ("[]", "not a baseline of format 1"),
        (json.dumps({"format": 2}), "not a baseline of format 1"),
        (json.dumps({"format": 1, "metrics": {"other": [1]}}), "has no metric 'fresh', only other"),
        (json.dumps({"format": 1, "metrics": {"fresh": []}}), "no samples of 'fresh'"),
    ],
)
def test_unusable_baseline(tmp_path: Path, content: str | None, words: str) -> None:
    """A baseline that is missing, broken or of other metrics is an error."""
    file = tmp_path / "baseline.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")

    with pytest.raises(CannotRun, match=r"baseline\.json: ") as caught:
        baseline.load(file, "fresh")

    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_existing_objects_are_not_collected_during_a_measurement() -> None:
    """Within the block a full collection examines new objects only; afterwards all of them."""
    before = gc.get_freeze_count()

    with sampling.gc_frozen():
        frozen, examined = gc.get_freeze_count(), len(gc.get_objects())

    assert frozen > 10 * examined
    assert gc.get_freeze_count() == before
