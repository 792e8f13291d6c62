"""Views, materialized views and rules."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import NO_ROWS
from verification.tests.schema.mutations.cases import Mutation as M

PAID, CHEAP, DAILY = "public.payments_paid", "public.payments_cheap", "public.payments_daily"
PAID_QUERY: Final = "SELECT id, number, amount FROM public.payments_order WHERE status = 'paid'"
DAILY_QUERY: Final = (
    "SELECT date_trunc('day', created_at AT TIME ZONE 'UTC') AS day, count(*) AS orders FROM public.payments_order GROUP BY 1"
)


def daily(definition: str) -> str:
    return (
        f"DROP MATERIALIZED VIEW {DAILY}; CREATE MATERIALIZED VIEW {DAILY} {definition};"
        f"CREATE UNIQUE INDEX payments_daily_day_idx ON {DAILY} (day)"
    )


CASES: Final = (
    M("add a view", f"CREATE VIEW public.all_orders AS {PAID_QUERY}", "view", "public.all_orders", change="added"),
    M("drop a view", f"DROP VIEW {CHEAP}", "view", CHEAP, change="removed"),
    M("drop a view with its trigger", f"DROP VIEW {PAID}", "view", PAID, change="removed"),
    M("view added", "CREATE VIEW payments.v AS SELECT 1 AS one", "view", "payments.v", change="added"),
    M("rename a view", f"ALTER VIEW {CHEAP} RENAME TO cheap", "view", CHEAP, "name", mirrored="public.cheap"),
    M("view renamed", "ALTER VIEW payments.dear_orders RENAME TO costly_orders", "view", "payments.dear_orders",
      "name", mirrored="payments.costly_orders"),
    M("condition of a view", f"CREATE OR REPLACE VIEW {PAID} WITH (security_barrier) AS "
      "SELECT id, number, amount FROM public.payments_order WHERE status = 'failed'", "view", PAID, "definition"),
    M("a view's column more", f"CREATE OR REPLACE VIEW {PAID} WITH (security_barrier) AS "
      "SELECT id, number, amount, tax FROM public.payments_order WHERE status = 'paid'", "view", PAID, "definition"),
    M("order of a view's columns", f"DROP VIEW {CHEAP}; CREATE VIEW {CHEAP} AS SELECT amount, id FROM "
      "public.payments_order WHERE amount < 100 WITH LOCAL CHECK OPTION", "view", CHEAP, "definition"),
    M("name of a view's column", f"ALTER VIEW {CHEAP} RENAME COLUMN amount TO price", "column", f"{CHEAP}.amount", "name",
      mirrored=f"{CHEAP}.price"),
    M("security barrier", f"ALTER VIEW {PAID} RESET (security_barrier)", "view", PAID, "options"),
    M("security invoker", "ALTER VIEW public.since_15_view RESET (security_invoker)", "view", "public.since_15_view",
      "options", since=15),
    M("check option", f"ALTER VIEW {CHEAP} SET (check_option = cascaded)", "view", CHEAP, "options"),
    M("no check option", f"ALTER VIEW {CHEAP} RESET (check_option)", "view", CHEAP, "options"),
    M("view security barrier", "ALTER VIEW payments.dear_orders RESET (security_barrier)", "view",
      "payments.dear_orders", "options"),
    M("view security invoker", "ALTER VIEW payments.open_orders SET (security_invoker = true)", "view",
      "payments.open_orders", "options", since=15),
    M("view check option", "ALTER VIEW payments.dear_orders SET (check_option = cascaded)", "view",
      "payments.dear_orders", "options"),
    M("owner of a view", f"ALTER VIEW {CHEAP} OWNER TO mutation_owner", "view", CHEAP, "owner"),
    M("a view that reads a view", "CREATE OR REPLACE VIEW public.over AS SELECT id FROM public.payments_cheap WHERE id > 1",
      "view", "public.over", "definition", given="CREATE VIEW public.over AS SELECT id FROM public.payments_cheap"),
    M("view condition",
      "CREATE OR REPLACE VIEW payments.open_orders AS SELECT id, total FROM payments.orders WHERE status = 'paid'",
      "view", "payments.open_orders", "definition"),
    M("view column added", "CREATE OR REPLACE VIEW payments.open_orders AS SELECT id, total, created FROM "
      "payments.orders WHERE status = 'new'", "view", "payments.open_orders", "definition"),
    M("view column computed otherwise", "CREATE OR REPLACE VIEW payments.open_orders AS SELECT id, (total + "
      "1)::numeric(10, 2) AS total FROM payments.orders WHERE status = 'new'", "view", "payments.open_orders",
      "definition"),
    M("add a materialized view", "CREATE MATERIALIZED VIEW public.one AS SELECT 1 AS one", "materialized_view",
      "public.one", change="added"),
    M("drop a materialized view", f"DROP MATERIALIZED VIEW {DAILY}", "materialized_view", DAILY, change="removed"),
    M("rename a materialized view", f"ALTER MATERIALIZED VIEW {DAILY} RENAME TO by_day", "materialized_view", DAILY,
      "name", mirrored="public.by_day"),
    M("query of a materialized view", daily("WITH (fillfactor = 90) AS " + DAILY_QUERY.replace("UTC", "Asia/Tokyo")),
      "materialized_view", DAILY, "definition"),
    M("materialized view definition", "DROP MATERIALIZED VIEW payments.turnover; CREATE MATERIALIZED VIEW "
      "payments.turnover AS SELECT merchant_id, sum(total) AS total FROM payments.orders WHERE total > 1 GROUP BY "
      "merchant_id; CREATE INDEX turnover_idx ON payments.turnover (merchant_id)", "materialized_view",
      "payments.turnover", "definition"),
    M("a materialized view without data", f"REFRESH MATERIALIZED VIEW {DAILY} WITH NO DATA", "materialized_view",
      DAILY, "populated", pg_dump_blind=NO_ROWS),
    M("fillfactor of a materialized view", f"ALTER MATERIALIZED VIEW {DAILY} SET (fillfactor = 50)",
      "materialized_view", DAILY, "storage_parameters"),
    M("materialized view parameter", "ALTER MATERIALIZED VIEW payments.turnover SET (fillfactor = 70)",
      "materialized_view", "payments.turnover", "storage_parameters"),
    M("tablespace of a materialized view", f"ALTER MATERIALIZED VIEW {DAILY} SET TABLESPACE mutation_space",
      "materialized_view", DAILY, "tablespace"),
    M("access method of a materialized view", daily(f"USING heap_again WITH (fillfactor = 90) AS {DAILY_QUERY}"),
      "materialized_view", DAILY, "access_method"),
    M("materialized view access method", "ALTER MATERIALIZED VIEW payments.turnover SET ACCESS METHOD heap_again",
      "materialized_view", "payments.turnover", "access_method", since=15),
    M("owner of a materialized view", f"ALTER MATERIALIZED VIEW {DAILY} OWNER TO mutation_owner", "materialized_view",
      DAILY, "owner"),
    M("clustered materialized view", f"ALTER MATERIALIZED VIEW {DAILY} CLUSTER ON payments_daily_day_idx",
      "materialized_view", DAILY, "clustered_index"),
    M("statistics target in a materialized view", f"ALTER MATERIALIZED VIEW {DAILY} ALTER COLUMN orders SET STATISTICS 5",
      "column", f"{DAILY}.orders", "statistics_target"),
    M("storage in a materialized view", "ALTER MATERIALIZED VIEW public.texts ALTER COLUMN t SET STORAGE PLAIN", "column",
      "public.texts.t", "storage", given="CREATE MATERIALIZED VIEW public.texts AS SELECT 'x'::text AS t"),
    M("index of a materialized view", f"CREATE INDEX daily_orders_idx ON {DAILY} (orders)", "index",
      f"{DAILY}.daily_orders_idx", change="added"),
    M("add a rule", "CREATE RULE no_update AS ON UPDATE TO public.payments_link DO INSTEAD NOTHING", "rule",
      "public.payments_link.no_update", change="added"),
    M("add a rule to a view", f"CREATE RULE noted AS ON UPDATE TO {CHEAP} DO ALSO NOTHING", "rule", f"{CHEAP}.noted",
      change="added"),
    M("drop a rule", "DROP RULE no_delete ON public.payments_merchant", "rule", "public.payments_merchant.no_delete",
      change="removed"),
    M("view rule", "CREATE RULE r AS ON INSERT TO payments.dear_orders DO INSTEAD NOTHING", "rule",
      "payments.dear_orders.r", change="added"),
    M("rename a rule", "ALTER RULE no_delete ON public.payments_merchant RENAME TO kept", "rule",
      "public.payments_merchant.no_delete", "name", mirrored="public.payments_merchant.kept"),
    M("rule renamed", "ALTER RULE no_delete ON payments.counter RENAME TO keep", "rule", "payments.counter.no_delete",
      "name", mirrored="payments.counter.keep"),
    M("what a rule does", "CREATE OR REPLACE RULE no_delete AS ON DELETE TO public.payments_merchant DO ALSO NOTHING",
      "rule", "public.payments_merchant.no_delete", "definition"),
    M("condition of a rule", "CREATE OR REPLACE RULE no_delete AS ON DELETE TO public.payments_merchant "
      "WHERE OLD.is_active DO INSTEAD NOTHING", "rule", "public.payments_merchant.no_delete", "definition"),
    M("rule event", "CREATE OR REPLACE RULE no_delete AS ON UPDATE TO payments.counter DO INSTEAD NOTHING", "rule",
      "payments.counter.no_delete", "definition"),
    M("rule disabled", "ALTER TABLE public.payments_merchant DISABLE RULE no_delete", "rule",
      "public.payments_merchant.no_delete", "enabled"),
    M("rule always", "ALTER TABLE public.payments_merchant ENABLE ALWAYS RULE no_delete", "rule",
      "public.payments_merchant.no_delete", "enabled"),
)
