"""Findings of the family compatibility: the code that runs and the code that comes, on both schemas."""

from typing import Final

import pytest

from verification.deploy.finding import FAMILIES
from verification.tests.deploy.store import Case, Store

SHOP: Final = "    shop = models.BigIntegerField(null=True)\n"
PRICE: Final = "    price = models.IntegerField()\n"
FILL: Final = """sql("UPDATE goods_item SET shop = 0 WHERE shop IS NULL", ""), """
NO_PRICE: Final = 'migrations.RemoveField("item", "price")'
CASES: Final = (
    Case("removed", 'migrations.RemoveField("item", "shop")', ("old-code-breaks",), model=(SHOP, "")),
    Case("required", FILL + 'migrations.AlterField("item", "shop", models.BigIntegerField())', ("old-code-breaks",),
         model=(SHOP, SHOP.replace("null=True", ""))),
    Case("deleted", 'migrations.DeleteModel("Tag")', ("old-code-breaks",),
         model=("class Tag(models.Model):\n    name = models.CharField(max_length=20, null=True)\n", "")),
    Case("removed and required", 'migrations.RemoveField("item", "price")', ("release-must-be-split",),
         model=(PRICE, "")),
    Case("renamed", 'migrations.RenameField("item", "shop", "place")', ("release-must-be-split",),
         model=("    shop =", "    place =")),
    Case("renamed table", 'migrations.AlterModelTable("tag", "labels")', ("release-must-be-split",),
         model=("class Tag(models.Model):\n",
                "class Tag(models.Model):\n    class Meta:\n        db_table = 'labels'\n\n")),
    Case("new and required", 'migrations.AddField("item", "size", models.IntegerField(default=1))',
         ("release-must-be-split",), model=(PRICE, PRICE + "    size = models.IntegerField(default=1)\n")),
    Case("new", 'migrations.AddField("item", "size", models.IntegerField(null=True))', ("new-code-needs-migration",),
         model=(PRICE, PRICE + "    size = models.IntegerField(null=True)\n")),
    Case("new with a default", 'migrations.AddField("item", "size", models.IntegerField(db_default=1))',
         ("new-code-needs-migration",), model=(PRICE, PRICE + "    size = models.IntegerField(db_default=1)\n")),
    Case("new table", 'migrations.CreateModel("Line", [("id", models.BigAutoField(primary_key=True))])',
         ("new-code-needs-migration",),
         model=("class Tag(", "class Line(models.Model):\n    pass\n\n\nclass Tag(")),
    Case("primary key", 'sql("ALTER TABLE goods_item DROP CONSTRAINT goods_item_pkey")', ("old-code-breaks",)),
    Case("no more keys", 'sql("ALTER TABLE goods_item ALTER id DROP IDENTITY")', ("old-code-breaks",)),
    Case("keys begun anew", 'sql("ALTER SEQUENCE goods_item_id_seq RESTART WITH 1")', ("old-code-breaks",)),
    Case("good rows deleted", 'sql("DELETE FROM goods_item WHERE id <= 20")', ()),
    Case("type that no field takes", 'sql("ALTER TABLE goods_item ALTER price TYPE numeric(12, 2)")', ()),
    Case("good other primary key", """sql("ALTER TABLE goods_item DROP CONSTRAINT goods_item_pkey"),
         sql("ALTER TABLE goods_item ADD PRIMARY KEY (id, price)")""", ()),
    Case("good foreign key of SQL",
         'sql("ALTER TABLE goods_item ADD CONSTRAINT f FOREIGN KEY (buyer_id) REFERENCES goods_buyer NOT VALID")', ()),
    Case("good wider", 'migrations.AlterField("item", "title", models.CharField(max_length=90))', (),
         model=("title = models.CharField(max_length=50)", "title = models.CharField(max_length=90)")),
    Case("good state", 'migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("item", "shop")])',
         (), model=(SHOP, "")),
    # getsentry/sentry#40755, PostHog/posthog#98147, charettes/django-syzygy#4: the column stays, and no model fills it.
    Case("required, state", f"migrations.SeparateDatabaseAndState(state_operations=[{NO_PRICE}])", ("new-code-breaks",),
         model=(PRICE, "")),
    Case("good required, state", f"""migrations.AlterField("item", "price", models.IntegerField(null=True)),
         migrations.SeparateDatabaseAndState(state_operations=[{NO_PRICE}])""",
         ("new-code-needs-migration",), model=(PRICE, "")),
    Case("column that never came", """migrations.SeparateDatabaseAndState(state_operations=[
         migrations.AddField("item", "size", models.IntegerField(null=True))])""", ("new-code-breaks",),
         model=(PRICE, PRICE + "    size = models.IntegerField(null=True)\n")),
    Case("good index", 'migrations.AddIndex("tag", models.Index(fields=["name"], name="i"))', ()),
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_codes_run_on_both_schemas(case: Case, shop: Store) -> None:
    """Only what a migration made impossible counts, with the migration's operation."""
    release = shop.judge(case, "compatibility")
    findings = [each for each in release.findings if each.code in FAMILIES["compatibility"]]

    assert tuple(each.code for each in findings) == case.codes, findings
    for finding in findings:
        assert finding.notice == (finding.code == "new-code-needs-migration")
        assert finding.migration == "goods.0002_change" or finding.notice
