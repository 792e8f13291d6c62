"""Findings of the family traffic, and the controls of what it measures."""

import re
from collections.abc import Iterator
from typing import Final

import pytest

from verification.deploy import traffic
from verification.deploy.finding import FAMILIES
from verification.postgres import providers
from verification.tests.deploy.store import Case, Store, migration, store

pytestmark = pytest.mark.slow

HELD_MS: Final = 300
SLEEP: Final = 'sql("SELECT pg_sleep(0.3)", "")'
LOCK: Final = 'sql("LOCK TABLE goods_{} IN {} MODE", "")'
LONG: Final = 'sql("SELECT pg_sleep(0.8)", "")'
WAITED: Final = re.compile(r"acquired (\w+) on relation \d+ of database \d+ after ([\d.]+) ms")
CASES: Final = (
    Case("read", f"{LOCK.format('item', 'ACCESS EXCLUSIVE')}, {LONG}", ("reads-blocked",)),
    Case("write", f"{LOCK.format('item', 'SHARE')}, {LONG}", ("writes-blocked",)),
    Case("good lock", f"{LONG}, {LOCK.format('item', 'ACCESS EXCLUSIVE')}"),
    Case(
        "rows", f"""sql("UPDATE goods_item SET note = 'x' WHERE id <= 60", ""), {LONG}""", ("writes-blocked",)
    ),
    Case(
        "good rows that nobody writes",
        f"""sql("UPDATE goods_item SET note = 'x' WHERE id > 2000", ""), {LONG}""",
    ),
    Case("good wait", LONG),
)


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The store on a server that logs how long a session waited for a lock."""
    with providers.start("embedded") as server:
        server.configure({"log_lock_waits": "on", "deadlock_timeout": "20ms"})
        with store(server, tmp_path_factory.mktemp("logged")) as made:
            yield made


@pytest.mark.parametrize(
    ("operations", "kinds"),
    [
        (SLEEP, ()),
        (f"{LOCK.format('item', 'ACCESS EXCLUSIVE')}, {SLEEP}", ("read", "write")),
        (f"{LOCK.format('item', 'SHARE')}, {SLEEP}", ("write",)),
        ('migrations.AddField("tag", "seen", models.BooleanField(null=True))', ()),
    ],
    ids=["waits", "locks", "locks against writes", "none"],
)
def test_blocked_milliseconds_are_those_of_the_server(
    logged: Store, operations: str, kinds: tuple[str, ...]
) -> None:
    """Within a fifth of what PostgreSQL logs; a migration that only waits blocks nobody."""
    server = logged.head.server
    begun = len(server.log())
    with logged.files({"goods/migrations/0002_change.py": migration(Case("control", operations))}):
        found = traffic.measure(
            logged.base, logged.head, logged.bases.filled.databases, "default", ["goods_item"]
        )
    waits = WAITED.findall(server.log()[begun:])

    for kind, mode in (("read", "AccessShareLock"), ("write", "RowExclusiveLock")):
        shown = max((float(waited) for locked, waited in waits if locked == mode), default=0.0)
        assert bool(shown) == (kind in kinds)
        assert found.blocked("goods_item", kind) == pytest.approx(shown, rel=0.2), waits
        assert not shown or shown >= 0.9 * HELD_MS


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


DEADLOCKS: Final = (
    Case("child, then parent", 'migrations.AddField("item", "seen", models.BooleanField(null=True)),'
         'migrations.AddField("buyer", "seen", models.BooleanField(null=True))', ("deadlock",)),
    Case("parent, then child", 'migrations.AddField("buyer", "seen", models.BooleanField(null=True)),'
         'migrations.AddField("item", "seen", models.BooleanField(null=True))', ("deadlock",)),
    Case("indexes", 'migrations.AddIndex("item", models.Index(fields=["price"], name="i")),'
         'migrations.AddIndex("buyer", models.Index(fields=["name"], name="b"))', ("deadlock",)),
    Case("good one table", 'migrations.AddField("item", "seen", models.BooleanField(null=True)),'
         'migrations.AddField("item", "heard", models.BooleanField(null=True))'),
    Case("good without a link", 'migrations.AddField("item", "seen", models.BooleanField(null=True)),'
         'migrations.AddField("tag", "seen", models.BooleanField(null=True))'),
    Case("good without a transaction", 'migrations.AddField("item", "seen", models.BooleanField(null=True)),'
         'migrations.AddField("buyer", "seen", models.BooleanField(null=True))', atomic=False),
    Case("good timeout", """sql("SET LOCAL lock_timeout = '50ms'", ""),
         migrations.AddField("item", "seen", models.BooleanField(null=True)),
         migrations.AddField("buyer", "seen", models.BooleanField(null=True))"""),
)  # fmt: skip


@pytest.mark.parametrize("case", DEADLOCKS, ids=lambda case: case.name)
def test_transactions_of_several_statements(case: Case, shop: Store) -> None:
    found = [each for each in shop.judge(case, "deadlock").findings if each.code in FAMILIES["traffic"]]

    assert tuple(each.code for each in found if not each.notice) == case.codes, found


def test_a_statement_that_locks_two_tables_is_a_notice(shop: Store) -> None:
    """No form of a new foreign key locks one alone."""
    link = "ALTER TABLE goods_item ADD CONSTRAINT f FOREIGN KEY (shop) REFERENCES goods_buyer NOT VALID"
    found = shop.judge(Case("foreign key", f'sql("{link}")'), "deadlock").findings

    assert [(each.code, each.notice) for each in found] == [("deadlock", True)]
