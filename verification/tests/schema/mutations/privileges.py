"""Privileges and default privileges."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import LARGE_OBJECT
from verification.tests.schema.mutations.cases import Mutation as M

ORDER, MERCHANT = "public.payments_order", "public.payments_merchant"


def grant(what: str, sql: str, target: str, *, change: str = "added", since: int = 14, given: str = "") -> M:
    return M(what, sql, "grant", target, "privileges", change=change, since=since, given=given)


def to_reader(what: str, target: str, *, blind: str = "") -> M:
    return M(f"grant on {what}", f"GRANT ALL ON {what} TO mutation_reader", "grant", f"{target} to mutation_reader",
             "privileges", change="added", pg_dump_blind=blind)


CASES: Final = (
    to_reader("TABLE public.payments_device", "table public.payments_device"),
    to_reader("TABLE public.payments_cheap", "view public.payments_cheap"),
    to_reader("TABLE public.payments_daily", "materialized_view public.payments_daily"),
    to_reader("TABLE public.bank_entry", "foreign_table public.bank_entry"),
    to_reader("SEQUENCE public.free_number", "sequence public.free_number"),
    to_reader("SCHEMA spare", "schema spare"),
    to_reader("FUNCTION public.touch()", "function public.touch()"),
    to_reader("PROCEDURE public.settle(date)", "procedure public.settle(date)"),
    to_reader("TYPE public.currency", "type public.currency"),
    to_reader("DOMAIN public.short_text", "type public.short_text"),
    to_reader("LANGUAGE little", "language little"),
    to_reader("FOREIGN DATA WRAPPER ledger", "foreign_data_wrapper ledger"),
    to_reader("FOREIGN SERVER bank", "server bank"),
    to_reader("LARGE OBJECT 4242", "large_object 4242", blind=LARGE_OBJECT),
    grant("grant on a column", f"GRANT UPDATE (status) ON {ORDER} TO mutation_reader",
          f"column {ORDER}.status to mutation_reader"),
    grant("grant more on a column", f"GRANT UPDATE (name) ON {MERCHANT} TO mutation_reader",
          f"column {MERCHANT}.name to mutation_reader", change="changed"),
    grant("revoke from a column", f"REVOKE SELECT (inn) ON {MERCHANT} FROM mutation_reader",
          f"column {MERCHANT}.inn to mutation_reader", change="removed"),
    grant("another privilege on a table", f"GRANT INSERT ON {ORDER} TO mutation_reader", f"table {ORDER} to mutation_reader",
          change="changed"),
    grant("with grant option", f"GRANT SELECT ON {ORDER} TO mutation_reader WITH GRANT OPTION",
          f"table {ORDER} to mutation_reader", change="changed"),
    grant("revoke from a table", f"REVOKE ALL ON {ORDER} FROM mutation_reader", f"table {ORDER} to mutation_reader",
          change="removed"),
    grant("grant to another role", f"GRANT SELECT ON {ORDER} TO mutation_owner", f"table {ORDER} to mutation_owner"),
    grant("grant to everybody", f"GRANT SELECT ON {ORDER} TO PUBLIC", f"table {ORDER} to PUBLIC"),
    grant("revoke from everybody", "REVOKE EXECUTE ON FUNCTION public.touch() FROM PUBLIC",
          "function public.touch() to PUBLIC", change="added"),
    grant("maintain", f"GRANT MAINTAIN ON {ORDER} TO mutation_reader", f"table {ORDER} to mutation_reader",
          change="changed", since=17),
    grant("revoke usage of the schema public", "REVOKE USAGE ON SCHEMA public FROM PUBLIC", "schema public to PUBLIC",
          change="removed", given="REVOKE CREATE ON SCHEMA public FROM PUBLIC"),
    grant("grant on a system's function", "GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO mutation_reader",
          "function pg_catalog.pg_read_file(pg_catalog.text) to mutation_reader"),
    M("schema grant", "GRANT USAGE ON SCHEMA audit TO pg_monitor", "grant", "schema audit to pg_monitor",
      "privileges", change="added"),
    M("schema grant widened", "GRANT CREATE ON SCHEMA payments TO pg_monitor", "grant",
      "schema payments to pg_monitor", "privileges"),
    M("table grant added", "GRANT INSERT ON payments.device TO pg_monitor", "grant",
      "table payments.device to pg_monitor", "privileges", change="added"),
    M("table grant taken", "REVOKE SELECT ON payments.merchant FROM pg_monitor", "grant",
      "table payments.merchant to pg_monitor", "privileges", change="removed"),
    M("table grant of the owner taken", "REVOKE TRUNCATE ON payments.device FROM CURRENT_USER", "grant",
      "table payments.device to {user}", "privileges", change="added"),
    M("sequence grant", "GRANT USAGE ON SEQUENCE payments.receipt_number TO pg_monitor", "grant",
      "sequence payments.receipt_number to pg_monitor", "privileges", change="added"),
    M("type grant", "REVOKE USAGE ON TYPE payments.status FROM PUBLIC", "grant", "type payments.status to PUBLIC",
      "privileges", change="added"),
    M("view grant", "GRANT SELECT ON payments.dear_orders TO pg_monitor", "grant",
      "view payments.dear_orders to pg_monitor", "privileges", change="added"),
    M("materialized view grant", "GRANT SELECT ON payments.turnover TO pg_monitor", "grant",
      "materialized_view payments.turnover to pg_monitor", "privileges", change="added"),
    M("function grant", "REVOKE EXECUTE ON FUNCTION payments.fee FROM PUBLIC", "grant",
      "function payments.fee(numeric,numeric) to PUBLIC", "privileges", change="added"),
    M("foreign data wrapper grant", "GRANT USAGE ON FOREIGN DATA WRAPPER archive TO pg_monitor", "grant",
      "foreign_data_wrapper archive to pg_monitor", "privileges", change="added"),
    M("foreign server grant", "GRANT USAGE ON FOREIGN SERVER archive_server TO pg_monitor", "grant",
      "server archive_server to pg_monitor", "privileges", change="added"),
    M("large object grant", "GRANT SELECT ON LARGE OBJECT 4711 TO pg_monitor", "grant",
      "large_object 4711 to pg_monitor", "privileges", change="added", pg_dump_blind=LARGE_OBJECT),
    M("default privileges in a schema", "ALTER DEFAULT PRIVILEGES IN SCHEMA audit GRANT INSERT ON TABLES TO mutation_reader",
      "default_privileges", "tables of {user} in audit to mutation_reader", "privileges"),
    M("no default privileges", "ALTER DEFAULT PRIVILEGES IN SCHEMA audit REVOKE SELECT ON TABLES FROM mutation_reader",
      "default_privileges", "tables of {user} in audit to mutation_reader", "privileges", change="removed"),
    M("default privileges everywhere", "ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO mutation_reader",
      "default_privileges", "sequences of {user} to mutation_reader", "privileges", change="added"),
    M("default privileges less", "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC", "default_privileges",
      "functions of {user} to PUBLIC", "privileges", change="added"),
    M("default privileges", "ALTER DEFAULT PRIVILEGES IN SCHEMA audit GRANT UPDATE ON TABLES TO pg_monitor",
      "default_privileges", "tables of {user} in audit to pg_monitor", "privileges"),
    M("default privileges of another role",
      "ALTER DEFAULT PRIVILEGES FOR ROLE pg_monitor GRANT USAGE ON SEQUENCES TO pg_read_all_data",
      "default_privileges", "sequences of pg_monitor to pg_read_all_data", "privileges", change="added"),
)
