"""Releases that cost others something, and releases that do not, for each code of the family."""

from typing import Final

from verification.tests.deploy.store import Case

ADD_COLUMN: Final = 'migrations.AddField("item", "seen", models.BooleanField(null=True))'
FILL: Final = """
def fill(apps, schema_editor):
    items(apps).update(note="x")
"""
ONE_ROW: Final = """
def fill(apps, schema_editor):
    items(apps).{}()
"""
BATCHES: Final = """
def fill(apps, schema_editor):
    rows = items(apps)
    for start in range(0, 3000, 500):
        with transaction.atomic():
            rows.filter(pk__gt=start, pk__lte=start + 500).update(note="x")
"""
NOT_VALID: Final = "ALTER TABLE goods_item ADD CONSTRAINT c CHECK (price IS NOT NULL) NOT VALID"
VALIDATE: Final = "ALTER TABLE goods_item VALIDATE CONSTRAINT c"
CHILD: Final = """migrations.CreateModel("Line", [
    ("id", models.BigAutoField(primary_key=True)), ("item", models.ForeignKey("goods.Item", models.CASCADE)),
])"""
FILL_CHILD: Final = """
def fill(apps, schema_editor):
    line = apps.get_model("goods", "Line")
    line.objects.bulk_create([line(item_id=pk) for pk in items(apps).values_list("pk", flat=True)])
"""

BAD: Final = (
    Case("type", 'migrations.AlterField("item", "price", models.BigIntegerField())', ("table-rewritten",)),
    Case("volatile default", 'sql("ALTER TABLE goods_item ADD COLUMN made timestamptz DEFAULT clock_timestamp()")',
         ("table-rewritten",)),
    Case("vacuum full", 'sql("VACUUM FULL goods_item")', ("table-rewritten",), atomic=False),
    Case("identity", 'sql("ALTER TABLE goods_item ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY")',
         ("table-rewritten",)),
    Case("not null", """sql("UPDATE goods_item SET note = '' WHERE id < 10"),
         sql("ALTER TABLE goods_item ADD CONSTRAINT c CHECK (price IS NOT NULL)")""", ("scanned-under-lock",)),
    Case("check",
         'migrations.AddConstraint("item", models.CheckConstraint(condition=Q(price__isnull=False), name="c"))',
         ("scanned-under-lock",)),
    Case("set not null", 'sql("ALTER TABLE goods_item ALTER shop SET DEFAULT 1"),'
         'sql("ALTER TABLE goods_item ALTER COLUMN title DROP NOT NULL"),'
         'sql("ALTER TABLE goods_item ALTER COLUMN title SET NOT NULL")', ("scanned-under-lock",)),
    Case("foreign key", 'sql("ALTER TABLE goods_item ADD CONSTRAINT f FOREIGN KEY (buyer_id) REFERENCES goods_buyer")',
         ("scanned-under-lock",)),
    Case("index", 'migrations.AddIndex("item", models.Index(fields=["price"], name="i"))', ("index-built-under-lock",)),
    Case("db_index", 'migrations.AlterField("item", "price", models.IntegerField(db_index=True))',
         ("index-built-under-lock",)),
    Case("unique", 'migrations.AddConstraint("item", models.UniqueConstraint(fields=["id", "price"], name="u"))',
         ("index-built-under-lock",)),
    Case("partial index", 'sql("CREATE INDEX i ON goods_item (price) WHERE price < 0")', ("index-built-under-lock",)),
    Case("unique column", 'migrations.AlterField("item", "title", models.CharField(max_length=50, unique=True))',
         ("index-built-under-lock",)),
    Case("key that others point to", 'migrations.AlterField("buyer", "id", models.AutoField(primary_key=True))',
         ("table-rewritten",)),
    Case("column, then two statements", ADD_COLUMN + """, sql("SELECT count(*) FROM goods_item WHERE note = 'x'"),
         sql("UPDATE goods_item SET note = 'x'")""", ("lock-held-while-working",)),
    Case("column and rows", f"{ADD_COLUMN}, python(fill)", ("lock-held-while-working",), FILL),
    Case("column and SQL rows", ADD_COLUMN + """, sql("UPDATE goods_item SET seen = true")""",
         ("lock-held-while-working",)),
    Case("column and rows in one text", 'sql("-- why\\nALTER TABLE goods_item ADD a int; UPDATE goods_item SET a = 1")',
         ("lock-held-while-working",)),
    Case("column and rows in a block", 'sql("DO $$ BEGIN ALTER TABLE goods_item ADD a int; UPDATE goods_item SET a = 1;'
         'END $$")', ("lock-held-while-working",)),
    Case("validated at once", f'sql("{NOT_VALID}"), sql("{VALIDATE}")', ("lock-held-while-working",)),
    Case("column and other rows", ADD_COLUMN + """, sql("UPDATE goods_buyer SET name = ''")""",
         ("lock-held-while-working",)),
    Case("new table filled", f"{CHILD}, python(fill)", ("other-table-locked",), FILL_CHILD),
    Case("rows", "python(fill)", ("unbatched-backfill",), FILL),
    Case("rows without a transaction", "python(fill)", ("unbatched-backfill",), FILL, atomic=False),
    Case("rows in batches of one transaction", "python(fill)", ("unbatched-backfill",), BATCHES),
    Case("truncate", 'sql("TRUNCATE goods_item")', ("rows-lost",)),
    Case("truncate cascade", 'sql("TRUNCATE goods_buyer CASCADE")', ("rows-lost",)),
    Case("truncate restart", 'sql("TRUNCATE ONLY goods_item RESTART IDENTITY")', ("rows-lost",)),
    Case("reindex", 'sql("REINDEX TABLE goods_item")', ("index-built-under-lock",)),
    Case("deleted rows", 'sql("DELETE FROM goods_item")', ("unbatched-backfill",)),
    Case("unique that is not",
         'migrations.AlterField("item", "buyer", models.OneToOneField("goods.Buyer", models.CASCADE))',
         ("fails-on-rows",)),
    Case("null", 'migrations.AlterField("item", "note", models.TextField())', ("fails-on-rows",)),
    Case("cast", 'sql("ALTER TABLE goods_item ALTER title TYPE integer USING title::integer")', ("fails-on-rows",)),
    Case("python", "python(fill)", ("fails-on-rows",), ONE_ROW.format("get")),
)  # fmt: skip
GOOD: Final = (
    Case("wider", 'migrations.AlterField("item", "title", models.CharField(max_length=200))'),
    Case("text", 'migrations.AlterField("item", "title", models.TextField())'),
    Case("small type", 'sql("ALTER TABLE goods_tag ALTER name TYPE text USING upper(name)")'),
    Case("wider with an index", 'AddIndexConcurrently("item", models.Index(fields=["title"], name="i")),'
         'migrations.AlterField("item", "title", models.CharField(max_length=200))', atomic=False),
    Case("copy, then lock", 'sql("CREATE TABLE goods_copy AS SELECT id FROM goods_item"),'
         'sql("ALTER TABLE goods_item ADD made date")'),
    Case("small truncate", 'sql("TRUNCATE goods_tag")'),
    Case("new table emptied", f'{CHILD.replace("goods.Item", "goods.Tag")}, sql("TRUNCATE goods_line")'),
    Case("table removed", 'migrations.DeleteModel("Item")'),
    Case("reindex concurrently", 'sql("REINDEX TABLE CONCURRENTLY goods_item")', atomic=False),
    Case("emptied", 'migrations.DeleteModel("Tag")'),
    Case("default", 'migrations.AddField("item", "count", models.IntegerField(default=0))'),
    Case("column", ADD_COLUMN),
    Case("check of a small table",
         'migrations.AddConstraint("tag", models.CheckConstraint(condition=~Q(name="?"), name="c"))'),
    Case("not valid", f'sql("{NOT_VALID}")'),
    Case("validated later", f'sql("{NOT_VALID}"), sql("{VALIDATE}")', atomic=False),
    Case("concurrently", 'AddIndexConcurrently("item", models.Index(fields=["price"], name="i"))', atomic=False),
    Case("small index", 'migrations.AddIndex("tag", models.Index(fields=["name"], name="i"))'),
    Case("unique using index",
         'sql("CREATE UNIQUE INDEX CONCURRENTLY u ON goods_item (id, price)"),'
         'sql("ALTER TABLE goods_item ADD CONSTRAINT u UNIQUE USING INDEX u")', atomic=False),
    Case("index of a new table", CHILD),
    Case("new table", CHILD.replace("goods.Item", "goods.Tag")
         + ', migrations.AddIndex("line", models.Index(fields=["item", "id"], name="i"))'),
    Case("few rows", ADD_COLUMN + ', sql("UPDATE goods_item SET seen = true WHERE id < 10")'),
    Case("rows in batches", "python(fill)", (), BATCHES, atomic=False),
    Case("column, rows in batches", f"{ADD_COLUMN}, python(fill)", (), BATCHES, atomic=False),
    Case("small rows", """sql("UPDATE goods_tag SET name = 'x'")"""),
    Case("one to one of a small table",
         'migrations.AddField("tag", "item", models.OneToOneField("goods.Item", models.CASCADE, null=True))'),
    Case("null allowed", 'migrations.AlterField("item", "title", models.CharField(max_length=50, null=True))'),
    Case("python", "python(fill)", (), ONE_ROW.format("first")),
)  # fmt: skip
