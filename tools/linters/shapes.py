"""Cases that no linter can judge, since nothing in one migration's text tells: traffic, order, history, acceptance."""

from datetime import date
from typing import Final

from verification.tests.deploy.store import FIRST, Case
from verification.tests.migrations.project_copies import PROJECTS

from .cases import AFTER, MORE, PRICE, SEEN, case, following, sql

INITIAL: Final = (PROJECTS / "store/goods/migrations" / FIRST).read_text(encoding="utf-8")
SECOND: Final = f"{AFTER}.py"
NOTHING: Final = "migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop)"
INDEX: Final = 'migrations.AddIndex("item", models.Index(fields=["price"], name="i"))'
BIGGER: Final = 'migrations.AlterField("item", "price", models.BigIntegerField())'
CHECK: Final = sql("ALTER TABLE goods_item ADD CONSTRAINT c CHECK (length(title) < 60)")
SLEEP: Final = sql("SELECT pg_sleep(0.8)")
NEW_TABLE: Final = 'migrations.CreateModel("Line", [("id", models.BigAutoField(primary_key=True))])'
TRIGGER: Final = sql(
    "CREATE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "CREATE TRIGGER same BEFORE INSERT ON goods_item FOR EACH ROW EXECUTE FUNCTION same()",
)
READS, WRITES, ORDER = ("reads-blocked",), ("writes-blocked",), ("new-code-needs-migration",)
BROKEN: Final = ("new-code-breaks",)
EDITED, DELETED, LEAVES = (
    ("applied-migration-edited",),
    ("applied-migration-deleted",),
    ("several-leaf-nodes",),
)
EXPIRED, UNUSED = ("suppression-expired",), ("suppression-unused",)


def after(*names: str) -> str:
    """Return a migration without operations that depends on these."""
    dependencies = ", ".join(f'("goods", "{name}")' for name in names)
    return (
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        f"    dependencies = [{dependencies}]\n    operations = []\n"
    )


def state(operation: str) -> str:
    """Return an operation that the database does not see."""
    return f"migrations.SeparateDatabaseAndState(state_operations=[{operation}])"


def history(name: str, codes: tuple[str, ...] = (), operations: str = NOTHING, **files: str | None) -> Case:
    """Return a case with other files; ``_0003_merge`` stands for ``0003_merge.py``."""
    return case(name, operations, codes, further={f"{file[1:]}.py": text for file, text in files.items()})


def edited(old: str, new: str) -> str:
    """Return the first migration with one change."""
    if old not in INITIAL:
        raise ValueError(f"{FIRST} has no {old!r}")
    return INITIAL.replace(old, new, 1)


SQUASH: Final = edited("    operations", "    replaces = [('goods', '0001_initial')]\n    operations")
WITH_SEEN: Final = (PRICE, PRICE + "    seen = models.BooleanField(null=True)\n")
WITH_SIZE: Final = (PRICE, PRICE + "    size = models.IntegerField(db_default=1)\n")
WITH_LINE: Final = ("class Tag(", "class Line(models.Model):\n    pass\n\n\nclass Tag(")

BAD: Final = (
    case("lock, then sleep", sql("LOCK TABLE goods_item IN ACCESS EXCLUSIVE MODE") + ", " + SLEEP, READS),
    case("column, then sleep", f"{SEEN}, {SLEEP}", READS),
    case("column, then slow Python", f"{SEEN}, python(slow, nothing)", READS),
    case("share lock, then sleep", sql("LOCK TABLE goods_item IN SHARE MODE") + ", " + SLEEP, WRITES),
    case("trigger, then sleep", f"{TRIGGER}, {SLEEP}", WRITES),
    case("rows, then sleep", sql("UPDATE goods_item SET note = 'x' WHERE id <= 60") + ", " + SLEEP, WRITES),
    case("exclusive lock, then sleep in a block", sql("LOCK TABLE goods_item IN EXCLUSIVE MODE",
                                                      "DO $$ BEGIN PERFORM pg_sleep(0.8); END $$"), WRITES),
    case("column of the new code", SEEN, ORDER, model=WITH_SEEN),
    case("column with a default of the new code", 'migrations.AddField("item", "size", models.IntegerField(db_default=1))',
         ORDER, model=WITH_SIZE),
    case("table of the new code", NEW_TABLE, ORDER, model=WITH_LINE),
    case("required field removed from the state alone", state('migrations.RemoveField("item", "price")'), BROKEN,
         model=(PRICE, "")),
    case("column of the state alone", state(SEEN), BROKEN, model=WITH_SEEN),
    case("table of the state alone", state(NEW_TABLE), BROKEN, model=WITH_LINE),
    history("field edited", EDITED, _0001_initial=edited("max_length=50))],", "max_length=60))],")),
    history("name edited", EDITED, _0001_initial=edited('"Tag",', '"Label",')),
    history("operation added", EDITED,
            _0001_initial=edited("operations = [", "operations = [\n        migrations.RunSQL('SELECT 1'),")),
    history("last one deleted", DELETED, "", _0002_more=None),
    history("first one deleted", DELETED, _0001_initial=None),
    history("last one under another name", DELETED, "", _0002_more=None, _0002_renamed=MORE),
    history("two ends", LEAVES, _0003_other=after(AFTER)),
    history("three ends", LEAVES, _0003_other=after(AFTER), _0003_third=after(AFTER)),
    history("end of an old branch", LEAVES, _0002_other=after("0001_initial")),
    case("index, accepted too long", INDEX, EXPIRED),
    case("type, accepted too long", BIGGER, EXPIRED),
    case("check, accepted too long", CHECK, EXPIRED),
    case("another code accepted", INDEX, UNUSED),
    case("unknown migration accepted", INDEX, UNUSED),
    case("acceptance that has gone out", SEEN, UNUSED),
)  # fmt: skip
GOOD: Final = (
    case("sleep alone", SLEEP),
    case("rows that nobody writes, then sleep", sql("UPDATE goods_item SET note = 'x' WHERE id > 2000") + ", " + SLEEP),
    case("sleep, then column", f"{SLEEP}, {SEEN}"),
    case("column, then sleep in the next migration", SEEN, further={"0004_next.py": following(SLEEP)}),
    case("trigger, then sleep in the next migration", TRIGGER, further={"0004_next.py": following(SLEEP)}),
    history("a remark", _0001_initial=edited("class Migration", "# a remark\n\n\nclass Migration")),
    history("another form", _0001_initial=edited("primary_key=True", "primary_key = bool(1)")),
    history("a label", _0001_initial=edited("max_length=50))],", 'max_length=50, verbose_name="title"))],')),
    history("a name without effect", _0001_initial=edited("    initial = True\n", "")),
    history("squash in its place", (), "", _0001_initial=None, _0001_squashed_0001_initial=SQUASH),
    history("squash beside it", (), "", _0001_squashed_0001_initial=SQUASH),
    history("squash and a new one", _0001_initial=None, _0001_squashed_0001_initial=SQUASH),
    history("two ends merged", _0003_other=after(AFTER), _0004_merge=after("0003_change", "0003_other")),
    history("three ends merged", _0003_other=after(AFTER), _0003_third=after(AFTER),
            _0004_merge=after("0003_change", "0003_other", "0003_third")),
    history("one after the other", _0004_next=after("0003_change")),
    case("index, accepted", INDEX),
    case("type, accepted", BIGGER),
    case("check, accepted until today", CHECK),
)  # fmt: skip

TODAY: Final = date(2027, 1, 15)
CHANGED, FIRST_ONE = "goods.0003_change", "goods.0001_initial"
ACCEPTED: Final = {
    "index, accepted too long": ("index-built-under-lock", CHANGED, date(2027, 1, 14)),
    "type, accepted too long": ("table-rewritten", CHANGED, date(2026, 12, 31)),
    "check, accepted too long": ("scanned-under-lock", CHANGED, date(2020, 1, 1)),
    "another code accepted": ("table-rewritten", CHANGED, date(2027, 2, 1)),
    "unknown migration accepted": ("index-built-under-lock", "goods.0009_other", date(2027, 2, 1)),
    "acceptance that has gone out": ("index-built-under-lock", FIRST_ONE, date(2027, 2, 1)),
    "index, accepted": ("index-built-under-lock", CHANGED, date(2027, 2, 1)),
    "type, accepted": ("table-rewritten", CHANGED, date(2028, 1, 1)),
    "check, accepted until today": ("scanned-under-lock", CHANGED, TODAY),
}
"""Case -> code, migration and last day of the entry in pyproject.toml."""

NEAR: Final = {
    "table-rewritten": ("longer varchar", "varchar to text", "type of a small table", "column with a constant default",
                        "column with the time as default", "enum value in a transaction"),
    "scanned-under-lock": ("not valid", "not valid, then validated", "required after a valid check",
                           "check of a small table", "partition attached after a valid check"),
    "index-built-under-lock": ("index concurrently", "index of a small table", "unique by an index", "index renamed",
                               "new table with indexes and constraints"),
    "lock-held-while-working": ("column and few rows", "not valid, then validated", "two columns in one statement",
                                "table copied"),
    "other-table-locked": ("new table that points to a large one", "many to many", "new table filled from a small one",
                           "foreign key not valid, then validated"),
    "unbatched-backfill": ("rows in batches", "rows in batches by SQL", "few rows", "rows of a small table"),
    "fails-on-rows": ("null allowed", "unique of a small table", "enum value in a transaction", "some rows deleted"),
    "rows-lost": ("small table emptied", "new table emptied", "some rows deleted", "unused table dropped"),
    "reads-blocked": ("sleep alone", "sleep, then column", "column, then sleep in the next migration"),
    "writes-blocked": ("rows that nobody writes, then sleep", "sleep alone", "sleep, then column", "trigger, then sleep in the next migration"),
    "waits-without-lock-timeout": ("column with a short lock timeout", "index concurrently", "validated", "new table"),
    "deadlock": ("two tables in two migrations", "two tables that no link connects", "two columns in one statement"),
    "old-code-breaks": ("column", "column with a constant default", "state alone", "unused column dropped",
                        "trigger that fills a new column", "model renamed, table kept"),
    "new-code-breaks": ("state alone", "column renamed in Python alone", "unused column dropped"),
    "new-code-needs-migration": ("state alone", "index concurrently", "help text and choices", "longer varchar"),
    "release-must-be-split": ("model renamed, table kept", "column renamed in Python alone",
                              "column with a constant default"),
    "not-reversible": ("few rows", "column", "SQL with its reverse"),
    "reverse-differs": ("reverse that restores", "SQL with its reverse", "column", "same values"),
    "not-retry-safe": ("column if not exists", "index removed and made again", "rows in batches",
                       "index concurrently by SQL"),
    "invalid-index-left": ("index removed and made again", "index concurrently by SQL", "index concurrently",
                           "index removed concurrently"),
    "migrators-race": ("same values", "column if not exists", "options of a model"),
    "applied-migration-edited": ("a label", "a remark", "another form", "a name without effect"),
    "applied-migration-deleted": ("squash in its place", "squash beside it", "squash and a new one"),
    "several-leaf-nodes": ("two ends merged", "three ends merged", "one after the other"),
    "suppression-expired": ("index, accepted", "type, accepted", "check, accepted until today"),
    "suppression-unused": ("index, accepted", "type, accepted", "check, accepted until today"),
}  # fmt: skip
"""Code -> harmless cases that come near it, on which it must be silent."""
