"""Schemas, and what is moved to another schema."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M


def moved(kind: str, name: str) -> M:
    words = kind.replace("_", " ")
    return M(f"{words} {name} moved", f"ALTER {words.upper()} payments.{name} SET SCHEMA audit", kind, f"payments.{name}",
             "schema", mirrored=f"audit.{name}")


CASES: Final = (
    M("add a schema", "CREATE SCHEMA extra", "schema", "extra", change="added"),
    M("drop a schema", "DROP SCHEMA spare", "schema", "spare", change="removed"),
    M("drop a schema with its objects", "DROP SCHEMA spare CASCADE", "schema", "spare", change="removed",
      given="CREATE TABLE spare.t (id serial PRIMARY KEY); CREATE FUNCTION spare.f() RETURNS integer "
      "LANGUAGE sql AS 'SELECT 1'; CREATE TYPE spare.e AS ENUM ('a')"),
    M("schema replaced by one that holds something else", "DROP SCHEMA spare", "schema", "spare", change="removed",
      given="CREATE SCHEMA other; CREATE TABLE other.thing (n integer)"),
    M("rename a schema", "ALTER SCHEMA spare RENAME TO spare_too", "schema", "spare", "name", mirrored="spare_too"),
    M("schema of everything renamed", "ALTER SCHEMA payments RENAME TO billing", "schema", "payments", "name",
      mirrored="billing"),
    M("schema of extensions renamed", "ALTER SCHEMA extensions RENAME TO contrib", "schema", "extensions", "name",
      mirrored="contrib"),
    M("schema with default privileges, in a publication, renamed", "ALTER SCHEMA audit RENAME TO journal", "schema",
      "audit", "name", since=15, mirrored="journal",
      given="ALTER PUBLICATION feed ADD TABLES IN SCHEMA audit; GRANT USAGE ON SCHEMA audit TO pg_monitor"),
    M("schema renamed that an alias is named after", "ALTER SCHEMA audit RENAME TO journal", "schema", "audit",
      "name", mirrored="journal", given="CREATE TABLE audit.line (n integer); CREATE VIEW payments.lines AS SELECT "
      "audit.n FROM audit.line audit"),
    M("owner of a schema", "ALTER SCHEMA spare OWNER TO mutation_owner", "schema", "spare", "owner"),
    moved("table", "booking"),
    moved("table", "device"),
    moved("table", "merchant"),
    moved("table", "orders"),
    moved("table", "ledger"),
    moved("table", "ledger_2025"),
    M("table moved beside one of its name", "ALTER TABLE payments.booking SET SCHEMA audit", "table",
      "payments.booking", "schema", mirrored="audit.booking",
      given="CREATE SCHEMA third; CREATE TABLE third.booking (LIKE payments.booking)"),
    moved("sequence", "receipt_number"),
    moved("view", "open_orders"),
    moved("materialized_view", "turnover"),
    moved("foreign_table", "old_orders"),
    moved("type", "status"),
    moved("type", "address"),
    moved("type", "amount"),
    moved("collation", "plain"),
    moved("function", "fee(numeric,numeric)"),
    moved("function", "as_text(payments.address)"),
    M("one of two overloaded functions moved", "ALTER FUNCTION payments.fee(numeric, numeric) SET SCHEMA audit",
      "function", "payments.fee(numeric,numeric)", "schema", mirrored="audit.fee(numeric,numeric)",
      given="CREATE FUNCTION payments.fee(total text) RETURNS text LANGUAGE sql AS 'SELECT total'"),
    moved("procedure", "settle(date)"),
    moved("aggregate", "product(numeric)"),
    moved("conversion", "latin"),
    moved("statistics", "order_statistics"),
    moved("text_search_configuration", "search"),
    moved("text_search_dictionary", "words"),
    moved("text_search_parser", "reader"),
    moved("text_search_template", "plain_template"),
)
