"""Two migrators at once: what they leave, and what keeps them apart."""

from typing import Final

import pytest

from verification.deploy.finding import FAMILIES
from verification.tests.deploy.store import Case, Store

pytestmark = pytest.mark.slow

DOUBLED: Final = """
def doubled(apps, schema_editor):
    for item in items(apps).filter(pk__lte=5):
        item.pk = None
        item.save()


def same(apps, schema_editor):
    items(apps).filter(pk__lte=5).update(note="x")
"""
BAD: Final = (
    Case("rows", "python(doubled)", functions=DOUBLED),
    Case("SQL", """sql("INSERT INTO goods_tag (name) VALUES ('new')")"""),
    Case("sum", 'sql("UPDATE goods_item SET price = price + 1")'),
    Case("no transaction", 'python(doubled), sql("ALTER TABLE goods_tag ADD IF NOT EXISTS a date")',
         functions=DOUBLED, atomic=False),
)  # fmt: skip
ONE_FAILS: Final = (
    Case("column", 'migrations.AddField("item", "seen", models.BooleanField(null=True))'),
    Case("table", 'migrations.CreateModel("Line", [("id", models.BigAutoField(primary_key=True))])'),
    Case("removed", 'migrations.RemoveField("item", "note")'),
)
GOOD: Final = (
    Case("same values", "python(same)", functions=DOUBLED),
    Case("if not exists", 'sql("ALTER TABLE goods_tag ADD IF NOT EXISTS a date")'),
    Case("state", 'migrations.AlterModelOptions("tag", {"ordering": ["name"]})'),
)


@pytest.mark.parametrize("case", [*BAD, *ONE_FAILS, *GOOD], ids=lambda case: case.name)
def test_two_migrators_leave_what_one_does(case: Case, shop: Store) -> None:
    """A finding if they leave something else, a notice if one fails, nothing if a command lets one in."""
    plain, guarded = (
        [
            (each.code, each.notice)
            for each in shop.judge(case, "race", command=command).findings
            if each.code in FAMILIES["concurrency"]
        ]
        for command in ("", "migrate_alone")
    )

    assert guarded == []
    if case in GOOD:
        assert plain == []
    else:
        assert plain == [("migrators-race", case in ONE_FAILS)]


def test_a_command_that_lets_two_in_is_a_finding(shop: Store) -> None:
    """Whoever names the command that its processes start has several of them."""
    release = shop.judge(ONE_FAILS[0], "race", command="migrate")

    assert [(each.code, each.notice) for each in release.findings] == [("migrators-race", False)]
