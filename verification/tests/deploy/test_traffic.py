"""Findings of the family traffic, and the controls of what it measures."""

from typing import Final

import pytest

from verification.deploy import traffic
from verification.deploy.finding import FAMILIES
from verification.tests.deploy.store import Case, Store, migration

pytestmark = pytest.mark.slow

HELD_MS: Final = 300
SLEEP: Final = 'sql("SELECT pg_sleep(0.3)", "")'
LOCK: Final = 'sql("LOCK TABLE goods_{} IN {} MODE", "")'
LONG: Final = 'sql("SELECT pg_sleep(0.8)", "")'
TURNS: Final = 4
"""A busy machine can keep any process waiting: the figure counts in which it did not."""
CASES: Final = (
    Case("read", f"{LOCK.format('item', 'ACCESS EXCLUSIVE')}, {LONG}", ("reads-blocked",)),
    Case("write", f"{LOCK.format('item', 'SHARE')}, {LONG}", ("writes-blocked",)),
    Case("good lock", f"{LONG}, {LOCK.format('item', 'ACCESS EXCLUSIVE')}"),
    Case("good wait", LONG),
)


@pytest.mark.parametrize(
    ("operations", "reads", "writes"),
    [
        (SLEEP, 0, 0),
        (f"{LOCK.format('item', 'ACCESS EXCLUSIVE')}, {SLEEP}", HELD_MS, HELD_MS),
        (f"{LOCK.format('item', 'SHARE')}, {SLEEP}", 0, HELD_MS),
        ('migrations.AddField("tag", "seen", models.BooleanField(null=True))', 0, 0),
    ],
    ids=["waits", "locks", "locks against writes", "none"],
)
def test_blocked_milliseconds_are_those_of_the_control(
    shop: Store, operations: str, reads: int, writes: int
) -> None:
    """A control that holds a lock for 300 ms is measured within a fifth; one that only waits blocks nobody."""
    seen = []
    with shop.files({"goods/migrations/0002_change.py": migration(Case("control", operations))}):
        for _ in range(TURNS):
            found = traffic.measure(
                shop.base, shop.head, shop.bases.filled.databases, "default", ["goods_item"]
            )
            seen.append([found.longest("goods_item", kind) for kind in ("read", "write")])
            if all(_as(figure, held) for figure, held in zip(seen[-1], (reads, writes), strict=True)):
                return
    pytest.fail(f"{seen} ms, not {reads} and {writes}")


def _as(figure: float, held: int) -> bool:
    return 0.8 * held <= figure <= 1.2 * held if held else 0 < figure < 0.2 * HELD_MS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_only_traffic_shows(case: Case, shop: Store) -> None:
    found = [each for each in shop.judge(case, "traffic").findings if each.code in FAMILIES["traffic"]]

    assert tuple(each.code for each in found if not each.notice) == case.codes, found


@pytest.mark.parametrize(
    "timeout", ["", """sql("SET LOCAL lock_timeout = '100ms'", ""), """], ids=["none", "short"]
)
def test_a_queue_behind_a_waiting_migration(timeout: str, shop: Store) -> None:
    """With a lock_timeout the migration gives up, and nobody queues for long."""
    operations = timeout + 'migrations.AddField("item", "seen", models.BooleanField(null=True))'
    found = shop.judge(Case("queue", operations), "traffic").findings

    codes = [(each.code, each.notice) for each in found]
    assert codes == ([] if timeout else [("waits-without-lock-timeout", True)])
