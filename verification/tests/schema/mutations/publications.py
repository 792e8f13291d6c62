"""Publications, their tables and schemas."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M
from verification.tests.schema.mutations.cases import owner

CASES: Final = (
    M("add a publication", "CREATE PUBLICATION other", "publication", "other", change="added"),
    M("drop a publication", "DROP PUBLICATION inserts", "publication", "inserts", change="removed"),
    M("publication of all tables", "CREATE PUBLICATION everything FOR ALL TABLES", "publication", "everything",
      change="added"),
    M("publication dropped", "DROP PUBLICATION feed", "publication", "feed", change="removed"),
    M("rename a publication", "ALTER PUBLICATION inserts RENAME TO fed", "publication", "inserts", "name", mirrored="fed"),
    M("publication renamed", "ALTER PUBLICATION feed RENAME TO stream", "publication", "feed", "name",
      mirrored="stream"),
    M("operations", "ALTER PUBLICATION inserts SET (publish = 'insert')", "publication", "inserts", "operations"),
    M("publication operations", "ALTER PUBLICATION feed SET (publish = 'insert')", "publication", "feed",
      "operations"),
    M("by the root's name", "ALTER PUBLICATION inserts SET (publish_via_partition_root = true)", "publication", "inserts",
      "via_root"),
    M("all tables", "DROP PUBLICATION other; CREATE PUBLICATION other FOR ALL TABLES", "publication", "other", "all_tables",
      given="CREATE PUBLICATION other"),
    M("a table more", "ALTER PUBLICATION inserts ADD TABLE public.payments_device", "publication_table",
      "inserts.public.payments_device", change="added"),
    M("a table less", "ALTER PUBLICATION inserts DROP TABLE public.payments_merchant", "publication_table",
      "inserts.public.payments_merchant", change="removed"),
    M("a schema less", "ALTER PUBLICATION since_15_schema DROP TABLES IN SCHEMA audit", "publication_schema",
      "since_15_schema.audit", change="removed", since=15),
    M("publication schema", "ALTER PUBLICATION feed ADD TABLES IN SCHEMA audit", "publication_schema", "feed.audit",
      change="added", since=15),
    M("column list", "ALTER PUBLICATION since_15_rows SET TABLE public.since_15 (id, a, b) WHERE (a > 0)",
      "publication_table", "since_15_rows.public.since_15", "columns", since=15),
    M("no column list", "ALTER PUBLICATION since_15_rows SET TABLE public.since_15 WHERE (a > 0)", "publication_table",
      "since_15_rows.public.since_15", "columns", since=15),
    M("publication columns", "ALTER PUBLICATION feed SET TABLE payments.merchant (id, name), payments.orders",
      "publication_table", "feed.payments.merchant", "columns", since=15),
    M("row filter", "ALTER PUBLICATION since_15_rows SET TABLE public.since_15 (id, a) WHERE (a > 1)",
      "publication_table", "since_15_rows.public.since_15", "filter", since=15),
    M("publication row filter", "ALTER PUBLICATION feed SET TABLE payments.merchant WHERE (id > 5), payments.orders",
      "publication_table", "feed.payments.merchant", "filter", since=15),
    M("generated columns", "ALTER PUBLICATION since_18_generated SET (publish_generated_columns = none)", "publication",
      "since_18_generated", "generated_columns", since=18),
    M("publication of generated columns", "ALTER PUBLICATION feed SET (publish_generated_columns = stored)",
      "publication", "feed", "generated_columns", since=18),
    owner("PUBLICATION inserts", "publication", "inserts"),
)
