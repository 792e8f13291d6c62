"""Harmless migrations of the same kinds, and of forms that look like dangerous ones."""

from typing import Final

from .cases import LINE, NOT_VALID, PRICE, SEEN, SHOP, case, sql

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
    case("model renamed, table kept", 'migrations.AlterModelTable("tag", "goods_tag"), '
         'migrations.RenameModel("Tag", "Label")',
         model=("class Tag(models.Model):\n", "class Label(models.Model):\n    class Meta:\n        db_table = 'goods_tag'\n")),
    case("column renamed in Python alone", 'migrations.AlterField("item", "shop", models.BigIntegerField(null=True, '
         'db_column="shop")), migrations.RenameField("item", "shop", "place")',
         model=(SHOP, SHOP.replace("shop =", "place =").replace("null", 'db_column="shop", null'))),
    case("enum value in a transaction", sql("ALTER TYPE mood ADD VALUE 'odd'")),
    case("collation of a column without an index", sql('ALTER TABLE goods_item ALTER note TYPE text COLLATE "C" ')),
    case("materialized view refreshed concurrently", sql("REFRESH MATERIALIZED VIEW CONCURRENTLY goods_numbers")),
    case("materialized view made", sql("CREATE MATERIALIZED VIEW prices AS SELECT id, price FROM goods_item")),
    case("table copied", sql("CREATE TABLE goods_copy AS SELECT id, price FROM goods_item")),
    case("rows inserted", sql("INSERT INTO goods_old SELECT n, 1 FROM generate_series(1, 5000) n")),
    case("some rows deleted", sql("DELETE FROM goods_item WHERE id <= 200")),
    case("small table emptied", sql("TRUNCATE goods_tag")),
    case("new table emptied", LINE.format("Tag") + ", " + sql("TRUNCATE goods_line")),
    case("new table filled a little", LINE.format("Item") + ", " + sql(
        "INSERT INTO goods_line (item_id) SELECT id FROM goods_item WHERE id <= 10")),
    case("check dropped", sql("ALTER TABLE goods_item DROP CONSTRAINT item_priced")),
    case("constraint renamed", sql("ALTER TABLE goods_item RENAME CONSTRAINT item_priced TO priced")),
    case("storage parameters", sql("ALTER TABLE goods_item SET (fillfactor = 70)")),
    case("storage of a column", sql("ALTER TABLE goods_item ALTER note SET STORAGE EXTERNAL")),
    case("replica identity", sql("ALTER TABLE goods_item REPLICA IDENTITY FULL")),
    case("sequence with larger steps", sql("ALTER SEQUENCE goods_item_id_seq INCREMENT BY 50")),
    case("vacuum", sql("VACUUM goods_item"), atomic=False),
    case("privileges", sql("GRANT SELECT ON goods_item TO PUBLIC")),
    case("trigger that fills a new column", sql(
        "ALTER TABLE goods_item ADD COLUMN seen_at timestamptz",
        "CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.seen_at = now(); RETURN NEW; END $$",
        "CREATE TRIGGER seen BEFORE INSERT ON goods_item FOR EACH ROW EXECUTE FUNCTION seen()")),
    case("column with a short lock timeout", sql("SET LOCAL lock_timeout = '100ms'", "ALTER TABLE goods_item ADD a date")),
    case("two tables without a transaction", f'{SEEN}, migrations.AddField("buyer", "seen", '
         'models.BooleanField(null=True))', atomic=False),
    case("two tables that no link connects",
         f'{SEEN}, migrations.AddField("tag", "seen", models.BooleanField(null=True))'),
    case("column if not exists", sql("ALTER TABLE goods_tag ADD IF NOT EXISTS a date"), atomic=False),
    case("index removed and made again", sql("DROP INDEX CONCURRENTLY IF EXISTS i",
                                             "CREATE UNIQUE INDEX CONCURRENTLY i ON goods_item (price, id)"), atomic=False),
    case("same values", "python(same, nothing)"),
    case("reverse that restores", "python(longer, shorter)"),
    case("SQL with its reverse", """sql("CREATE INDEX i ON goods_tag (name)", "DROP INDEX i")"""),
    case("options of a model", 'migrations.AlterModelOptions("tag", {"ordering": ["name"]})'),
    case("partition made", sql("CREATE TABLE goods_log_2028 PARTITION OF goods_log "
                               "FOR VALUES FROM ('2028-01-01') TO ('2029-01-01')")),
)  # fmt: skip
"""None keeps anybody from their work for longer than a moment."""
