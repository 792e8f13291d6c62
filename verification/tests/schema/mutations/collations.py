"""Collations."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M
from verification.tests.schema.mutations.cases import owner

CASES: Final = (
    M("add a collation", "CREATE COLLATION public.more (provider = libc, locale = 'C')", "collation", "public.more",
      change="added"),
    M("collation dropped", "DROP COLLATION payments.plain", "collation", "payments.plain", change="removed"),
    M("locale of a collation", "DROP COLLATION public.plain; CREATE COLLATION public.plain (provider = libc, "
      "locale = 'POSIX')", "collation", "public.plain", "locale"),
    M("collation that is not deterministic", "DROP COLLATION public.loose; CREATE COLLATION public.loose (provider = icu, "
      "locale = 'und', deterministic = false)", "collation", "public.loose", "deterministic", needs="icu",
      given="CREATE COLLATION public.loose (provider = icu, locale = 'und')"),
    M("locale of an ICU collation", "DROP COLLATION public.loose; CREATE COLLATION public.loose (provider = icu, "
      "locale = 'de')", "collation", "public.loose", "locale", needs="icu",
      given="CREATE COLLATION public.loose (provider = icu, locale = 'sv')"),
    M("rules of a collation", "DROP COLLATION public.loose; CREATE COLLATION public.loose (provider = icu, "
      "locale = 'und', rules = '&a < g')", "collation", "public.loose", "rules", needs="icu", since=16,
      given="CREATE COLLATION public.loose (provider = icu, locale = 'und')"),
    M("version of a collation", "UPDATE pg_collation SET collversion = '0' WHERE oid = 'public.plain'::regcollation", "collation",
      "public.plain", "version", pg_dump_blind="it writes versions of collations for pg_upgrade only"),
    owner("COLLATION public.plain", "collation", "public.plain"),
    M("collation provider",
      "DROP COLLATION payments.plain; CREATE COLLATION payments.plain (provider = builtin, locale = 'C')",
      "collation", "payments.plain", "provider", since=17),
)
