"""What the labelled cases share: the base's second migration, functions for RunPython, and words for codes.

The kinds are those of squawk, strong_migrations, django-migration-linter, django-safe-migrations, zdm, pgfence and
MigrationPilot; the code is our own. ``codes``: a dangerous one is found if one of them is reported.
"""

from collections.abc import Mapping
from typing import Final

from verification.tests.deploy.store import Case, migration

MORE: Final = '''
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("goods", "0001_initial")]
    operations = [
        migrations.AddIndex("item", models.Index(fields=["title"], name="item_title")),
        migrations.RunSQL("""
            ALTER TABLE goods_item ADD COLUMN legacy integer;
            ALTER TABLE goods_item ADD CONSTRAINT item_priced CHECK (price IS NOT NULL) NOT VALID;
            CREATE TABLE goods_old AS SELECT n AS id, n % 7 AS kind FROM generate_series(1, 3000) n;
            CREATE TYPE mood AS ENUM ('good', 'bad');
            CREATE TABLE goods_log (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
            CREATE TABLE goods_log_2025 PARTITION OF goods_log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
            CREATE TABLE goods_log_2026 PARTITION OF goods_log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
            INSERT INTO goods_log SELECT n, date '2025-01-01' + n % 700 FROM generate_series(1, 6000) n;
            CREATE TABLE goods_log_2027 (LIKE goods_log);
            INSERT INTO goods_log_2027 SELECT n, date '2027-01-01' + n % 300 FROM generate_series(1, 3000) n;
            CREATE TABLE goods_event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
            CREATE TABLE goods_event_rest PARTITION OF goods_event DEFAULT;
            INSERT INTO goods_event SELECT n, date '2025-01-01' + n % 700 FROM generate_series(1, 3000) n;
            CREATE MATERIALIZED VIEW goods_numbers AS SELECT n AS id, n % 9 AS kind FROM generate_series(1, 3000) n;
            CREATE UNIQUE INDEX goods_numbers_id ON goods_numbers (id);
        """, ""),
    ]
'''
AFTER: Final = "0002_more"
FUNCTIONS: Final = """
FILLED = models.functions.Coalesce("note", models.Value("x"))


def nothing(apps, schema_editor):
    pass


def all_at_once(apps, schema_editor):
    items(apps).update(note="x")


def one_by_one(apps, schema_editor):
    for item in items(apps).iterator():
        item.note = "x"
        item.save()


def longer(apps, schema_editor):
    for item in items(apps).filter(pk__lte=20):
        item.title = "!" + item.title[:49]
        item.save()


def detached(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = 'goods_log_2025'::regclass")
        for (pending,) in cursor.fetchall():
            how = "FINALIZE" if pending else "CONCURRENTLY"
            cursor.execute("ALTER TABLE goods_log DETACH PARTITION goods_log_2025 " + how)


def attached(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE goods_log ATTACH PARTITION goods_log_2025 "
                       "FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")
        cursor.execute("ALTER TABLE goods_log_2025 DROP CONSTRAINT IF EXISTS goods_log_2025_at_check")


def in_batches(apps, schema_editor):
    for start in range(0, 3000, 500):
        with transaction.atomic():
            items(apps).filter(pk__gt=start, pk__lte=start + 500).update(note=FILLED)


def slow(apps, schema_editor):
    import time

    time.sleep(0.8)


def broken(apps, schema_editor):
    apps.get_model("goods", "Nobody")


def same(apps, schema_editor):
    items(apps).filter(pk__lte=10).update(note=F("note"))


def shorter(apps, schema_editor):
    for item in items(apps).filter(pk__lte=20):
        item.title = item.title[1:]
        item.save()


def few(apps, schema_editor):
    items(apps).filter(pk__lte=10).update(note=FILLED)


def only_one(apps, schema_editor):
    items(apps).get(shop__isnull=True)


def delete_all(apps, schema_editor):
    items(apps).all().delete()


def doubled(apps, schema_editor):
    for item in items(apps).filter(pk__lte=5):
        item.pk = None
        item.save()


def index(apps, schema_editor):
    schema_editor.execute("CREATE INDEX i ON goods_item (price)")


def column(apps, schema_editor):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE goods_item ADD COLUMN x integer")


def no_column(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE goods_item DROP COLUMN x")


def empty_ones(apps, schema_editor):
    for start in range(0, 3000, 500):
        with transaction.atomic():
            items(apps).filter(pk__gt=start, pk__lte=start + 500, note__isnull=True).update(note="x")


def lines(apps, schema_editor):
    line = apps.get_model("goods", "Line")
    line.objects.bulk_create([line(item_id=pk) for pk in items(apps).values_list("pk", flat=True)])
"""
SHOP: Final = "    shop = models.BigIntegerField(null=True)\n"
PRICE: Final = "    price = models.IntegerField()\n"
TAG: Final = "class Tag(models.Model):\n    name = models.CharField(max_length=20, null=True)\n"
SEEN: Final = 'migrations.AddField("item", "seen", models.BooleanField(null=True))'
LINE: Final = """migrations.CreateModel("Line", [
    ("id", models.BigAutoField(primary_key=True)), ("item", models.ForeignKey("goods.{}", models.CASCADE))])"""
BUILT, SCANNED, REWRITTEN = ("index-built-under-lock",), ("scanned-under-lock",), ("table-rewritten",)
HELD, BACKFILL, FAILS = ("lock-held-while-working",), ("unbatched-backfill",), ("fails-on-rows",)
BREAKS: Final = ("old-code-breaks", "release-must-be-split")
SPLIT: Final = ("release-must-be-split",)
WAITS, RETRY, INVALID = ("waits-without-lock-timeout",), ("not-retry-safe",), ("invalid-index-left",)
OTHER: Final = ("other-table-locked",)
NOT_VALID: Final = "ALTER TABLE goods_item ADD CONSTRAINT c CHECK (length(title) < 60) NOT VALID"
LINK: Final = (
    "ALTER TABLE goods_item ADD CONSTRAINT f FOREIGN KEY (buyer_id) REFERENCES goods_buyer NOT VALID"
)


def case(
    name: str,
    operations: str,
    codes: tuple[str, ...] = (),
    *,
    atomic: bool = True,
    model: tuple[str, str] = ("", ""),
    further: Mapping[str, str | None] | None = None,
) -> Case:
    """Return a case of the corpus."""
    return Case(name, operations, codes, FUNCTIONS, atomic, further or {}, model, AFTER)


def sql(*statements: str) -> str:
    """Return RunSQL operations, one for each statement."""
    return ", ".join(f'sql("""{each}""", "")' for each in statements)


def reversed_sql(*statements: str) -> str:
    """Return RunSQL operations of pairs: a statement, and the one of its way back."""
    return ", ".join(
        f'sql("""{forth}""", """{back}""")'
        for forth, back in zip(statements[::2], statements[1::2], strict=True)
    )


def following(operations: str) -> str:
    """Return the text of a migration after the case's own."""
    return migration(Case("next", operations, after="0003_change"))
