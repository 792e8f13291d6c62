"""Findings of the family recovery: the way back on rows, and migrations that are interrupted."""

from typing import Final

import pytest

from verification.deploy.finding import FAMILIES
from verification.tests.deploy.store import Case, Store, migration

pytestmark = pytest.mark.slow

FUNCTIONS: Final = """
def longer(apps, schema_editor):
    for item in items(apps).all():
        item.title = item.title + "!"
        item.save()


def shorter(apps, schema_editor):
    for item in items(apps).all():
        item.title = item.title[:-1]
        item.save()


def at_random(apps, schema_editor):
    import secrets

    for item in items(apps).all():
        item.title = secrets.token_hex(8)
        item.save()


def nothing(apps, schema_editor):
    pass


def all_notes(apps, schema_editor):
    items(apps).update(note="x")


def empty_notes(apps, schema_editor):
    items(apps).filter(note__isnull=True).update(note="x")


def seeded(apps, schema_editor):
    apps.get_model("goods", "Tag").objects.get_or_create(name="of the migration")


def raised(apps, schema_editor):
    with transaction.atomic():
        items(apps).filter(pk__lte=5).update(price=F("price") + 1)


def refused(apps, schema_editor):
    from django.db.migrations.exceptions import IrreversibleError

    raise IrreversibleError("rows like these")


def broken(apps, schema_editor):
    apps.get_model("goods", "Nobody")


def doubled(apps, schema_editor):
    for item in items(apps).filter(pk__lte=5):
        item.pk = None
        item.save()
"""
INDEX: Final = "CREATE INDEX CONCURRENTLY {} i ON goods_item (price)"
CASES: Final = (
    Case("noop", "python(longer, nothing)", ("reverse-differs",), FUNCTIONS),
    Case("noop beside a removed column", 'migrations.RemoveField("item", "shop"), python(longer, nothing)',
         ("reverse-differs",), FUNCTIONS),
    Case("removed column that must be filled", 'migrations.RemoveField("item", "price")', ("reverse-differs",)),
    Case("rows twice", "python(doubled, nothing)", ("reverse-differs",), FUNCTIONS),
    Case("fails", "python(nothing, broken)", ("reverse-differs",), FUNCTIONS),
    Case("NULL filled, others changed", "python(all_notes, nothing)", ("reverse-differs",), FUNCTIONS),
    Case("other schema", 'sql("ALTER TABLE goods_item ADD made date", "ALTER TABLE goods_item DROP shop")',
         ("reverse-differs",)),
    Case("two steps", 'sql("ALTER TABLE goods_tag ADD a date", "ALTER TABLE goods_tag DROP a"),'
         'migrations.AddField("tag", "b", models.DateField(null=True))', ("not-retry-safe",), atomic=False),
    Case("rows added", "python(doubled, nothing)", ("not-retry-safe",), FUNCTIONS, atomic=False),
    Case("rows in a transaction of their own", "python(raised, nothing)", ("not-retry-safe",), FUNCTIONS, atomic=False),
    Case("index and column", 'AddIndexConcurrently("item", models.Index(fields=["price"], name="i")),'
         'migrations.AddField("tag", "b", models.DateField(null=True))', ("not-retry-safe",), atomic=False),
    Case("if not exists", f'sql("{INDEX.format("IF NOT EXISTS")}", "DROP INDEX i")', ("invalid-index-left",),
         atomic=False),
    Case("unique if not exists", 'sql("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON goods_item (id, price)",'
         '"DROP INDEX i")', ("invalid-index-left",), atomic=False),
    Case("commit in a transaction", 'sql("ALTER TABLE goods_tag ADD a date", ""), sql("COMMIT", ""),'
         'sql("ALTER TABLE goods_tag ADD b date", "")', ("not-retry-safe",)),
    Case("constraint and column", 'sql("ALTER TABLE goods_tag ADD CONSTRAINT c CHECK (id > 0) NOT VALID", ""),'
         'sql("ALTER TABLE goods_tag ADD b date", "")', ("not-retry-safe",), atomic=False),
    Case("good constraint", 'sql("ALTER TABLE goods_tag ADD CONSTRAINT c CHECK (id > 0) NOT VALID", ""),'
         'sql("ALTER TABLE goods_tag VALIDATE CONSTRAINT c", "")', (), atomic=False),
    Case("good noop", "python(nothing, nothing)", (), FUNCTIONS),
    Case("good way back", "python(longer, shorter)", (), FUNCTIONS),
    Case("good random", "python(at_random, at_random)", (), FUNCTIONS),
    Case("good column", 'migrations.AddField("item", "made", models.DateTimeField(default=timezone.now))'),
    Case("good type", 'migrations.AlterField("item", "price", models.BigIntegerField())'),
    Case("good rename", 'migrations.RenameField("item", "shop", "place")'),
    Case("good repeated", 'sql("ALTER TABLE goods_tag ADD IF NOT EXISTS a date", "ALTER TABLE goods_tag DROP a")',
         atomic=False),
    Case("good index", f'sql("DROP INDEX CONCURRENTLY IF EXISTS i", ""), sql("{INDEX.format("")}", "DROP INDEX i")',
         atomic=False),
    Case("good update", """sql("UPDATE goods_tag SET name = name", "")""", atomic=False),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_recovery_from_a_release(case: Case, shop: Store) -> None:
    release = shop.judge(
        case, "interruption" if "not-retry-safe" in case.codes or not case.atomic else "way back"
    )
    findings = [each for each in release.findings if each.code in FAMILIES["recovery"]]

    assert tuple(each.code for each in findings if not each.notice) == case.codes
    assert not case.codes or not release.may_go_out


NOTICES: Final = (
    Case("python", "python(nothing)", ("not-reversible",), FUNCTIONS),
    Case("sql", """sql("UPDATE goods_tag SET name = ''")""", ("not-reversible",)),
    Case("second operation", 'migrations.AddField("tag", "seen", models.BooleanField(null=True)), sql("SELECT 1")',
         ("not-reversible",)),
    Case("inside another", """migrations.SeparateDatabaseAndState(database_operations=[sql("SELECT 1")])""",
         ("not-reversible",)),
    Case("refused", "python(nothing, refused)", ("not-reversible",), FUNCTIONS),
    Case("column left", 'sql("ALTER TABLE goods_item ADD made date", "SELECT 1")', ("reverse-differs",)),
    Case("index left, and again", 'sql("CREATE INDEX ON goods_tag (name)", "")', ("reverse-differs",)),
    Case("NULL filled", "python(empty_notes, nothing)", ("reverse-differs",), FUNCTIONS),
    Case("row added", "python(seeded, nothing)", ("reverse-differs",), FUNCTIONS),
)  # fmt: skip


@pytest.mark.parametrize("case", NOTICES, ids=lambda case: case.name)
def test_what_the_way_back_leaves_or_says_that_it_cannot_undo_is_a_notice(case: Case, shop: Store) -> None:
    """No value is lost, and nothing is said that is not so."""
    release = shop.judge(case, "way back")
    findings = [(each.code, each.notice) for each in release.findings if each.code in FAMILIES["recovery"]]

    assert findings == [(code, True) for code in case.codes]


def test_the_way_back_of_a_migration_is_tried_though_the_one_before_it_has_none(shop: Store) -> None:
    later = Case("later", "python(longer, nothing)", functions=FUNCTIONS, after="0002_change")
    case = Case("index", 'sql("CREATE INDEX i ON goods_tag (name)", "")',
                further={"0003_later.py": migration(later)})  # fmt: skip
    release = shop.judge(case, "way back")

    found = [(each.migration, each.notice) for each in release.findings if each.code == "reverse-differs"]
    assert found == [("goods.0002_change", True), ("goods.0003_later", False)]


GONE: Final = (
    Case("column", 'migrations.RemoveField("item", "shop")', ("public.goods_item.shop",)),
    Case("column with a default", """sql("UPDATE goods_item SET shop = 1 WHERE id = 1", ""),
         migrations.AlterField("item", "shop", models.BigIntegerField(null=True, default=7)),
         migrations.RemoveField("item", "shop")""", ("public.goods_item.shop",)),
    Case("table", 'migrations.DeleteModel("Tag")', ("public.goods_tag",)),
    Case("SQL", 'sql("ALTER TABLE goods_item DROP note", "ALTER TABLE goods_item ADD note text")',
         ("public.goods_item.note",)),
)  # fmt: skip


@pytest.mark.parametrize("case", GONE, ids=lambda case: case.name)
def test_what_a_removed_column_held_is_a_notice(case: Case, shop: Store) -> None:
    """Whoever removes it knows; the way back itself works."""
    (found,) = [each for each in shop.judge(case, "way back").findings if each.code in FAMILIES["recovery"]]

    assert (found.code, found.notice) == ("reverse-differs", True)
    assert found.evidence == (f"rows of {', '.join(case.codes)} are gone",)


def test_an_index_that_is_built_concurrently_is_a_notice(shop: Store) -> None:
    """A second run names the index that the first one left; every such migration has that."""
    index = 'AddIndexConcurrently("item", models.Index(fields=["price"], name="i"))'
    release = shop.judge(Case("index", index, atomic=False), "way back", "interruption")

    assert [(each.code, each.notice) for each in release.findings] == [("not-retry-safe", True)]
    assert release.may_go_out
