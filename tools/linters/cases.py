"""Dangerous and harmless migrations of the kinds that linters document, over tables with rows.

The kinds are those of squawk, strong_migrations, django-migration-linter, django-safe-migrations, zdm, pgfence and
MigrationPilot; the code is our own. ``codes``: a dangerous one is found if one of them is reported.
"""

from typing import Final

from verification.tests.deploy.store import Case

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
        """, ""),
    ]
'''
AFTER: Final = "0002_more"
FUNCTIONS: Final = """
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


def in_batches(apps, schema_editor):
    for start in range(0, 3000, 500):
        with transaction.atomic():
            items(apps).filter(pk__gt=start, pk__lte=start + 500).update(note="x")


def few(apps, schema_editor):
    items(apps).filter(pk__lte=10).update(note="x")


def only_one(apps, schema_editor):
    items(apps).get(shop__isnull=True)


def delete_all(apps, schema_editor):
    items(apps).all().delete()


def doubled(apps, schema_editor):
    for item in items(apps).filter(pk__lte=5):
        item.pk = None
        item.save()


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


def case(
    name: str,
    operations: str,
    codes: tuple[str, ...] = (),
    *,
    atomic: bool = True,
    model: tuple[str, str] = ("", ""),
    further: dict[str, str] | None = None,
) -> Case:
    """Return a case of the corpus."""
    return Case(name, operations, codes, FUNCTIONS, atomic, further or {}, model, AFTER)


def sql(*statements: str) -> str:
    """Return RunSQL operations, one for each statement."""
    return ", ".join(f'sql("""{each}""", "")' for each in statements)


DANGEROUS: Final = (
    case("index", 'migrations.AddIndex("item", models.Index(fields=["price"], name="i"))', BUILT),
    case("index by SQL", sql("CREATE INDEX i ON goods_item (price)"), BUILT),
    case("index by SQL with timeouts", sql("SET lock_timeout = '2s'", "CREATE INDEX i ON goods_item (price)"), BUILT),
    case("unique index by SQL", sql("CREATE UNIQUE INDEX i ON goods_item (id, price)"), BUILT),
    case("index of an expression", sql("CREATE INDEX i ON goods_item (upper(title))"), BUILT),
    case("db_index", 'migrations.AlterField("item", "price", models.IntegerField(db_index=True))', BUILT),
    case("indexed column", 'migrations.AddField("item", "size", models.IntegerField(null=True, db_index=True))', BUILT),
    case("unique constraint",
         'migrations.AddConstraint("item", models.UniqueConstraint(fields=["id", "price"], name="u"))', BUILT),
    case("unique_together", 'migrations.AlterUniqueTogether("item", {("id", "price")})', BUILT),
    case("unique constraint by SQL", sql("ALTER TABLE goods_item ADD CONSTRAINT u UNIQUE (id, price)"), BUILT),
    case("exclusion constraint", sql("ALTER TABLE goods_item ADD CONSTRAINT x EXCLUDE (id WITH =)"), BUILT),
    case("other primary key", sql("ALTER TABLE goods_item DROP CONSTRAINT goods_item_pkey",
                                  "ALTER TABLE goods_item ADD PRIMARY KEY (id, price)"), BUILT),
    case("reindex", sql("REINDEX TABLE goods_item"), BUILT),
    case("foreign key column",
         'migrations.AddField("item", "other", models.ForeignKey("goods.Buyer", models.CASCADE, null=True, '
         'related_name="+"))', (*BUILT, *SCANNED, "other-table-locked")),
    case("wider integer", 'migrations.AlterField("item", "price", models.BigIntegerField())', REWRITTEN),
    case("integer to text", 'migrations.AlterField("item", "price", models.TextField())', (*REWRITTEN, *BREAKS)),
    case("text to jsonb", sql("ALTER TABLE goods_item ALTER note TYPE jsonb USING to_jsonb(note)"), REWRITTEN),
    case("integer to numeric", sql("ALTER TABLE goods_item ALTER price TYPE numeric(12, 2)"), REWRITTEN),
    case("shorter text", 'migrations.AlterField("item", "title", models.CharField(max_length=3))',
         (*REWRITTEN, *FAILS)),
    case("cast that fails", sql("ALTER TABLE goods_item ALTER title TYPE integer USING title::integer"), FAILS),
    case("volatile default", sql("ALTER TABLE goods_item ADD COLUMN token uuid DEFAULT gen_random_uuid()"), REWRITTEN),
    case("clock as default", sql("ALTER TABLE goods_item ADD COLUMN made timestamptz DEFAULT clock_timestamp()"),
         REWRITTEN),
    case("unique uuid", 'migrations.AddField("item", "token", models.UUIDField(default=uuid.uuid4, unique=True))',
         FAILS),
    case("generated column", 'migrations.AddField("item", "twice", models.GeneratedField(expression=F("price") * 2, '
         'output_field=models.IntegerField(), db_persist=True))', REWRITTEN),
    case("identity column", sql("ALTER TABLE goods_item ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY"),
         REWRITTEN),
    case("serial column", sql("ALTER TABLE goods_item ADD COLUMN number bigserial"), REWRITTEN),
    case("not null", sql("ALTER TABLE goods_item DROP CONSTRAINT item_priced",
                         "ALTER TABLE goods_item ALTER price DROP NOT NULL",
                         "ALTER TABLE goods_item ALTER price SET NOT NULL"), SCANNED),
    case("not null where there is null", 'migrations.AlterField("item", "note", models.TextField())', FAILS),
    case("not null with a default", 'migrations.AlterField("item", "note", models.TextField(default=""))',
         (*HELD, *SCANNED, *BACKFILL)),
    case("required column by SQL", sql("ALTER TABLE goods_item ADD COLUMN size integer NOT NULL"), FAILS),
    case("required column", 'migrations.AddField("item", "size", models.IntegerField(default=1))', BREAKS,
         model=(PRICE, PRICE + "    size = models.IntegerField(default=1)\n")),
    case("check", 'migrations.AddConstraint("item", models.CheckConstraint(condition=Q(price__isnull=False), name="c"))',
         SCANNED),
    case("check by SQL", sql("ALTER TABLE goods_item ADD CONSTRAINT c CHECK (length(title) < 60)"), SCANNED),
    case("foreign key by SQL",
         sql("ALTER TABLE goods_item ADD CONSTRAINT f FOREIGN KEY (buyer_id) REFERENCES goods_buyer"),
         (*SCANNED, "other-table-locked")),
    case("validated at once", sql("ALTER TABLE goods_item ADD CONSTRAINT c CHECK (price IS NOT NULL) NOT VALID",
                                  "ALTER TABLE goods_item VALIDATE CONSTRAINT c"), HELD),
    case("attached partition",
         sql("ALTER TABLE goods_log ATTACH PARTITION goods_log_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')"),
         SCANNED),
    case("column of use removed", 'migrations.RemoveField("item", "shop")', BREAKS, model=(SHOP, "")),
    case("column of use dropped by SQL", sql("ALTER TABLE goods_item DROP COLUMN shop"), BREAKS),
    case("table of use removed", 'migrations.DeleteModel("Tag")', BREAKS, model=(TAG, "")),
    case("table of use dropped by SQL", sql("DROP TABLE goods_tag CASCADE"), BREAKS),
    case("column renamed", 'migrations.RenameField("item", "shop", "place")', BREAKS,
         model=("    shop =", "    place =")),
    case("column renamed by SQL", sql("ALTER TABLE goods_item RENAME COLUMN shop TO place"), BREAKS),
    case("table renamed", 'migrations.AlterModelTable("tag", "labels")', BREAKS,
         model=("class Tag(models.Model):\n", "class Tag(models.Model):\n    class Meta:\n        db_table = 'labels'\n")),
    case("model renamed", 'migrations.RenameModel("Tag", "Label")', BREAKS, model=("class Tag(", "class Label(")),
    case("table renamed by SQL", sql("ALTER TABLE goods_item RENAME TO goods_article"), BREAKS),
    case("schema changed by SQL", sql("CREATE SCHEMA shop", "ALTER TABLE goods_item SET SCHEMA shop"), BREAKS),
    case("primary key dropped", sql("ALTER TABLE goods_item DROP CONSTRAINT goods_item_pkey"), BREAKS),
    case("default of the key dropped", sql("ALTER TABLE goods_item ALTER id DROP IDENTITY"), BREAKS),
    case("column and rows", f"{SEEN}, python(all_at_once, nothing)", HELD),
    case("column and rows by SQL", SEEN + ", " + sql("UPDATE goods_item SET seen = true"), HELD),
    case("column and rows of another table", SEEN + ", " + sql("UPDATE goods_buyer SET name = ''"), HELD),
    case("all rows", "python(all_at_once, nothing)", BACKFILL),
    case("all rows by SQL", sql("UPDATE goods_item SET note = 'x'"), BACKFILL),
    case("all rows without a transaction", "python(all_at_once, nothing)", BACKFILL, atomic=False),
    case("all rows one by one", "python(one_by_one, nothing)", BACKFILL),
    case("batches in one transaction", "python(in_batches, nothing)", BACKFILL),
    case("all rows deleted", "python(delete_all, nothing)", (*BACKFILL, "rows-lost")),
    case("all rows deleted by SQL", sql("DELETE FROM goods_item"), (*BACKFILL, "rows-lost")),
    case("truncate", sql("TRUNCATE goods_buyer CASCADE"), ("rows-lost",)),
    case("locked table", sql("LOCK TABLE goods_item IN EXCLUSIVE MODE", "UPDATE goods_item SET note = 'x'"), HELD),
    case("triggers off", sql("ALTER TABLE goods_item DISABLE TRIGGER ALL",
                             "UPDATE goods_item SET note = 'x'", "ALTER TABLE goods_item ENABLE TRIGGER ALL"), HELD),
    case("vacuum full", sql("VACUUM FULL goods_item"), REWRITTEN, atomic=False),
    case("cluster", sql("CLUSTER goods_item USING goods_item_pkey"), REWRITTEN),
    case("unlogged", sql("ALTER TABLE goods_item SET UNLOGGED"), REWRITTEN),
    case("concurrently in a transaction", sql("CREATE INDEX CONCURRENTLY i ON goods_item (price)"), FAILS),
    case("new enum value used", sql("ALTER TYPE mood ADD VALUE 'odd'", "CREATE TABLE t AS SELECT 'odd'::mood"), FAILS),
    case("rows that nobody thought of", "python(only_one, nothing)", FAILS),
    case("concurrently if not exists", sql("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON goods_item (price)"),
         ("invalid-index-left",), atomic=False),
    case("reindex concurrently, interrupted", sql("REINDEX TABLE CONCURRENTLY goods_item"), ("invalid-index-left",),
         atomic=False),
    case("two steps without a transaction", sql("ALTER TABLE goods_tag ADD a date", "ALTER TABLE goods_tag ADD b date"),
         ("not-retry-safe",), atomic=False),
    case("rows without a transaction", "python(doubled, nothing)", ("not-retry-safe",), atomic=False),
    case("RunPython without reverse", "python(few)", ("not-reversible",)),
    case("RunSQL without reverse", """sql("UPDATE goods_tag SET name = 'x' WHERE id = 1")""", ("not-reversible",)),
    case("reverse that does nothing", "python(longer, nothing)", ("reverse-differs",)),
    case("no lock timeout", SEEN, ("waits-without-lock-timeout",)),
    case("two tables in one transaction",
         f'{SEEN}, migrations.AddField("buyer", "seen", models.BooleanField(null=True))', ("deadlock",)),
    case("row added by two", """sql("INSERT INTO goods_tag (name) VALUES ('new')", "")""", ("migrators-race",)),
    case("new table filled", LINE.format("Item") + ", python(lines, nothing)", ("other-table-locked", *HELD)),
)  # fmt: skip
"""Each stops somebody, breaks the code that runs, or cannot be undone or repeated."""

NOT_VALID: Final = "ALTER TABLE goods_item ADD CONSTRAINT c CHECK (length(title) < 60) NOT VALID"
HARMLESS: Final = (
    case("new table", LINE.format("Tag")),
    case("new table that points to a large one", LINE.format("Item")),
    case("new table with indexes and constraints",
         LINE.format("Item") + ', migrations.AddIndex("line", models.Index(fields=["item", "id"], name="i")), '
         'migrations.AddConstraint("line", models.CheckConstraint(condition=Q(id__gt=0), name="c"))'),
    case("column of a new table made required", sql("CREATE TABLE goods_new (id bigint PRIMARY KEY, n integer)",
                                                    "ALTER TABLE goods_new ALTER n SET NOT NULL",
                                                    "ALTER TABLE goods_new ADD CHECK (n > 0)")),
    case("many to many", 'migrations.AddField("tag", "items", models.ManyToManyField("goods.Item"))'),
    case("column", SEEN),
    case("column with a constant default", 'migrations.AddField("item", "size", models.IntegerField(db_default=1))',
         model=(PRICE, PRICE + "    size = models.IntegerField(db_default=1)\n")),
    case("required column with a constant default by SQL",
         sql("ALTER TABLE goods_item ADD COLUMN size integer NOT NULL DEFAULT 0")),
    case("column with the time as default", sql("ALTER TABLE goods_item ADD COLUMN made timestamptz DEFAULT now()")),
    case("two columns in one statement", sql("ALTER TABLE goods_item ADD COLUMN a integer, ADD COLUMN b text")),
    case("column with a lock timeout", sql("SET LOCAL lock_timeout = '2s'", "ALTER TABLE goods_item ADD COLUMN a date")),
    case("longer varchar", 'migrations.AlterField("item", "title", models.CharField(max_length=90))'),
    case("varchar to text", 'migrations.AlterField("item", "title", models.TextField())'),
    case("null allowed", 'migrations.AlterField("item", "price", models.IntegerField(null=True))'),
    case("help text and choices",
         'migrations.AlterField("item", "note", models.TextField(null=True, help_text="?", choices=[("a", "A")]))'),
    case("verbose name", 'migrations.AlterModelOptions("item", {"verbose_name": "thing"})'),
    case("default set", sql("ALTER TABLE goods_item ALTER shop SET DEFAULT 1")),
    case("index concurrently", 'AddIndexConcurrently("item", models.Index(fields=["price"], name="i"))', atomic=False),
    case("index concurrently by SQL", sql("DROP INDEX CONCURRENTLY IF EXISTS i",
                                          "CREATE INDEX CONCURRENTLY i ON goods_item (price)"), atomic=False),
    case("index removed concurrently", 'RemoveIndexConcurrently("item", "item_title")', atomic=False),
    case("index dropped concurrently by SQL", sql("DROP INDEX CONCURRENTLY IF EXISTS item_title"), atomic=False),
    case("index renamed", 'migrations.RenameIndex("item", new_name="item_named", old_name="item_title")'),
    case("unique by an index",
         sql("DROP INDEX CONCURRENTLY IF EXISTS u", "CREATE UNIQUE INDEX CONCURRENTLY u ON goods_item (id, price)"),
         atomic=False, further={"0004_constraint.py": """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("goods", "0003_change")]
    operations = [migrations.RunSQL("ALTER TABLE goods_item ADD CONSTRAINT u UNIQUE USING INDEX u", "")]
"""}),
    case("index of a small table", 'migrations.AddIndex("tag", models.Index(fields=["name"], name="i"))'),
    case("unique of a small table", sql("CREATE UNIQUE INDEX u ON goods_tag (id, name)")),
    case("type of a small table", sql("ALTER TABLE goods_tag ALTER name TYPE text USING upper(name)")),
    case("check of a small table", sql("ALTER TABLE goods_tag ADD CHECK (length(name) < 99)")),
    case("rows of a small table", sql("UPDATE goods_tag SET name = name")),
    case("not valid", sql(NOT_VALID)),
    case("not valid by Django", """AddConstraintNotValid("item",
        models.CheckConstraint(condition=Q(price__isnull=False), name="c"))"""),
    case("not valid, then validated", sql(NOT_VALID, "ALTER TABLE goods_item VALIDATE CONSTRAINT c"), atomic=False),
    case("validated", sql("ALTER TABLE goods_item VALIDATE CONSTRAINT item_priced")),
    case("foreign key not valid, then validated",
         sql("ALTER TABLE goods_item ADD CONSTRAINT f FOREIGN KEY (buyer_id) REFERENCES goods_buyer NOT VALID",
             "ALTER TABLE goods_item VALIDATE CONSTRAINT f"), atomic=False),
    case("required after a valid check", sql(
        "ALTER TABLE goods_item ADD CONSTRAINT n CHECK (title IS NOT NULL) NOT VALID",
        "ALTER TABLE goods_item VALIDATE CONSTRAINT n", "ALTER TABLE goods_item ALTER title DROP NOT NULL",
        "ALTER TABLE goods_item ALTER title SET NOT NULL", "ALTER TABLE goods_item DROP CONSTRAINT n"), atomic=False),
    case("foreign key without constraint", 'migrations.AddField("item", "other", models.ForeignKey("goods.Buyer", '
         'models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"))'),
    case("enum value", sql("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'odd'"), atomic=False),
    case("view and comment", sql("CREATE VIEW cheap AS SELECT id FROM goods_item WHERE price < 9",
                                 "COMMENT ON TABLE goods_item IS 'things'")),
    case("statistics", sql("ALTER TABLE goods_item ALTER title SET STATISTICS 500", "ANALYZE goods_item")),
    case("state alone",
         'migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("item", "shop")])',
         model=(SHOP, "")),
    case("unused column dropped", sql("ALTER TABLE goods_item DROP COLUMN legacy")),
    case("unused table dropped", sql("DROP TABLE goods_old")),
    case("column added and removed", f'{SEEN}, migrations.RemoveField("item", "seen")'),
    case("rows in batches", "python(in_batches, nothing)", atomic=False),
    case("rows in batches by SQL", sql("""DO $$ BEGIN FOR start IN 0..2500 BY 500 LOOP
        UPDATE goods_item SET note = 'x' WHERE id > start AND id <= start + 500; COMMIT; END LOOP; END $$"""),
         atomic=False),
    case("few rows", "python(few, nothing)"),
    case("column and few rows", f"{SEEN}, python(few, nothing)"),
    case("partition detached concurrently", sql("ALTER TABLE goods_log DETACH PARTITION goods_log_2025 CONCURRENTLY"),
         atomic=False),
    case("partition attached after a valid check", sql(
        "ALTER TABLE goods_log_2027 ADD CONSTRAINT p CHECK (at >= '2027-01-01' AND at < '2028-01-01') NOT VALID",
        "ALTER TABLE goods_log_2027 VALIDATE CONSTRAINT p", "ALTER TABLE goods_log ATTACH PARTITION goods_log_2027 "
        "FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')"), atomic=False),
    case("partition made", sql("CREATE TABLE goods_log_2028 PARTITION OF goods_log "
                               "FOR VALUES FROM ('2028-01-01') TO ('2029-01-01')")),
)  # fmt: skip
"""None keeps anybody from their work for longer than a moment."""
