"""Extended statistics."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M
from verification.tests.schema.mutations.cases import owner

ORDER: Final = "public.payments_order"
STATISTICS, EXPRESSIONS = "public.order_statistics", "public.order_expressions"

CASES: Final = (
    M("add statistics", f"CREATE STATISTICS public.more ON status, tax FROM {ORDER}", "statistics", "public.more",
      change="added"),
    M("drop statistics", f"DROP STATISTICS {STATISTICS}", "statistics", STATISTICS, change="removed"),
    M("rename statistics", f"ALTER STATISTICS {STATISTICS} RENAME TO kept", "statistics", STATISTICS, "name",
      mirrored="public.kept"),
    M("kinds of statistics", f"DROP STATISTICS {STATISTICS}; CREATE STATISTICS {STATISTICS} (ndistinct) ON status, currency "
      f"FROM {ORDER}", "statistics", STATISTICS, "kinds"),
    M("statistics kind added", "DROP STATISTICS payments.order_statistics; CREATE STATISTICS "
      "payments.order_statistics (ndistinct, dependencies, mcv) ON merchant_id, device_id FROM payments.orders",
      "statistics", "payments.order_statistics", "kinds"),
    M("columns of statistics", f"DROP STATISTICS {STATISTICS}; CREATE STATISTICS {STATISTICS} (ndistinct, dependencies) "
      f"ON status, tax FROM {ORDER}", "statistics", STATISTICS, "columns"),
    M("expressions of statistics", f"DROP STATISTICS {EXPRESSIONS}; CREATE STATISTICS {EXPRESSIONS} ON (lower(number)), "
      f"(amount - tax) FROM {ORDER}", "statistics", EXPRESSIONS, "expressions"),
    M("statistics expressions", "DROP STATISTICS payments.order_statistics; CREATE STATISTICS "
      "payments.order_statistics (ndistinct, dependencies) ON merchant_id, device_id, lower(email) FROM "
      "payments.orders", "statistics", "payments.order_statistics", "expressions"),
    M("table of statistics", f"DROP STATISTICS {STATISTICS}; CREATE STATISTICS {STATISTICS} (ndistinct, dependencies) "
      "ON status, currency FROM public.twin", "statistics", STATISTICS, "table",
      given=f"CREATE TABLE public.twin (LIKE {ORDER})"),
    M("target of statistics", f"ALTER STATISTICS {STATISTICS} SET STATISTICS 200", "statistics", STATISTICS, "target"),
    owner(f"STATISTICS {STATISTICS}", "statistics", STATISTICS),
)
