"""One comment, grant, default privilege or label more, less or other."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import LARGE_OBJECT, ONLY_WITH_CREATE
from verification.tests.schema.mutations.cases import Mutation as M

ORDER, MERCHANT = "public.payments_order", "public.payments_merchant"


def comment(what: str, sql: str, target: str, *, since: int = 14, given: str = "", blind: str = "") -> M:
    """Give a first comment on an object."""
    return M(f"comment on {what}", f"COMMENT ON {sql} IS 'said'", "comment", target, "comment", change="added",
             since=since, given=given, pg_dump_blind=blind)


def grant(what: str, sql: str, target: str, *, change: str = "added", since: int = 14, given: str = "") -> M:
    return M(what, sql, "grant", target, "privileges", change=change, since=since, given=given)


def to_reader(what: str, target: str, *, blind: str = "") -> M:
    return M(f"grant on {what}", f"GRANT ALL ON {what} TO mutation_reader", "grant", f"{target} to mutation_reader",
             "privileges", change="added", pg_dump_blind=blind)


COMMENTS: Final = (
    comment("schema", "SCHEMA spare", "schema spare"),
    comment("table", f"TABLE {ORDER}", f"table {ORDER}"),
    comment("partition", "TABLE public.payments_payment_2024", "table public.payments_payment_2024"),
    comment("column", f"COLUMN {ORDER}.status", f"column {ORDER}.status"),
    comment("column of a view", "COLUMN public.payments_paid.amount", "column public.payments_paid.amount"),
    comment("check", f"CONSTRAINT payments_order_amount_check ON {ORDER}", f"constraint {ORDER}.payments_order_amount_check"),
    comment("primary key", f"CONSTRAINT payments_order_pkey ON {ORDER}", f"constraint {ORDER}.payments_order_pkey"),
    comment("foreign key", f"CONSTRAINT payments_order_device_fk ON {ORDER}", f"constraint {ORDER}.payments_order_device_fk"),
    comment("NOT NULL constraint", "CONSTRAINT since_18_a_required ON public.since_18",
            "constraint public.since_18.since_18_a_required", since=18),
    comment("domain's constraint", "CONSTRAINT money_amount_positive ON DOMAIN public.money_amount",
            "constraint public.money_amount.money_amount_positive"),
    comment("index", "INDEX public.payments_order_expired_idx", f"index {ORDER}.payments_order_expired_idx"),
    comment("a constraint's index", "INDEX public.payments_order_pkey", f"index {ORDER}.payments_order_pkey"),
    comment("sequence", "SEQUENCE public.free_number", "sequence public.free_number"),
    comment("identity's sequence", "SEQUENCE public.payments_order_id_seq", "sequence public.payments_order_id_seq"),
    comment("view", "VIEW public.payments_cheap", "view public.payments_cheap"),
    comment("materialized view", "MATERIALIZED VIEW public.payments_daily", "materialized_view public.payments_daily"),
    comment("foreign table", "FOREIGN TABLE public.bank_entry", "foreign_table public.bank_entry"),
    comment("enum", "TYPE public.currency", "type public.currency"),
    comment("domain", "DOMAIN public.short_text", "type public.short_text"),
    comment("composite", "TYPE public.address", "type public.address"),
    comment("attribute of a composite", "COLUMN public.address.street", "column public.address.street"),
    comment("function", "FUNCTION public.touch()", "function public.touch()"),
    comment("procedure", "PROCEDURE public.settle(date)", "procedure public.settle(date)"),
    comment("aggregate", "AGGREGATE public.sum_of(integer)", "aggregate public.sum_of(integer)"),
    comment("trigger", f"TRIGGER touch ON {ORDER}", f"trigger {ORDER}.touch"),
    comment("rule", f"RULE no_delete ON {MERCHANT}", f"rule {MERCHANT}.no_delete"),
    comment("event trigger", "EVENT TRIGGER noticed", "event_trigger noticed"),
    comment("policy", f"POLICY own_rows ON {MERCHANT}", f"policy {MERCHANT}.own_rows"),
    M("comment on extension", "COMMENT ON EXTENSION hstore IS 'said'", "comment", "extension hstore", "comment"),
    comment("statistics", "STATISTICS public.order_statistics", "statistics public.order_statistics"),
    comment("publication", "PUBLICATION feed", "publication feed"),
    comment("wrapper", "FOREIGN DATA WRAPPER ledger", "foreign_data_wrapper ledger"),
    comment("server", "SERVER bank", "server bank"),
    comment("collation", "COLLATION public.plain", "collation public.plain"),
    comment("cast", "CAST (public.tiny AS text)", "cast (public.tiny AS text)"),
    comment("operator", "OPERATOR public.=== (integer, integer)", "operator public.===(integer,integer)"),
    comment("operator class", "OPERATOR CLASS public.id_ops USING hash", "operator_class public.id_ops using hash"),
    comment("operator family", "OPERATOR FAMILY public.ids USING hash", "operator_family public.ids using hash"),
    comment("conversion", "CONVERSION public.latin", "conversion public.latin"),
    comment("search parser", "TEXT SEARCH PARSER public.words", "text_search_parser public.words"),
    comment("search template", "TEXT SEARCH TEMPLATE public.plain_template", "text_search_template public.plain_template"),
    comment("search dictionary", "TEXT SEARCH DICTIONARY public.plain_words", "text_search_dictionary public.plain_words"),
    comment("search configuration", "TEXT SEARCH CONFIGURATION public.search", "text_search_configuration public.search"),
    comment("language", "LANGUAGE little", "language little"),
    comment("access method", "ACCESS METHOD heap_again", "access_method heap_again"),
    comment("transform", "TRANSFORM FOR integer LANGUAGE sql", "transform integer for sql"),
    comment("large object", "LARGE OBJECT 4242", "large_object 4242", blind=LARGE_OBJECT),
    M("another comment on a table", f"COMMENT ON TABLE {MERCHANT} IS 'who sells now'", "comment", f"table {MERCHANT}",
      "comment"),
    M("no comment on a column", f"COMMENT ON COLUMN {MERCHANT}.inn IS NULL", "comment", f"column {MERCHANT}.inn",
      "comment", change="removed"),
    M("another comment on a constraint", f"COMMENT ON CONSTRAINT payments_merchant_inn_key ON {MERCHANT} IS 'one'",
      "comment", f"constraint {MERCHANT}.payments_merchant_inn_key", "comment"),
    M("another comment on an index", "COMMENT ON INDEX public.payments_order_status_idx IS 'for nobody'", "comment",
      f"index {ORDER}.payments_order_status_idx", "comment"),
)
GRANTS: Final = (
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
    M("default privileges in a schema", "ALTER DEFAULT PRIVILEGES IN SCHEMA audit GRANT INSERT ON TABLES TO mutation_reader",
      "default_privileges", "tables of {user} in audit to mutation_reader", "privileges"),
    M("no default privileges", "ALTER DEFAULT PRIVILEGES IN SCHEMA audit REVOKE SELECT ON TABLES FROM mutation_reader",
      "default_privileges", "tables of {user} in audit to mutation_reader", "privileges", change="removed"),
    M("default privileges everywhere", "ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO mutation_reader",
      "default_privileges", "sequences of {user} to mutation_reader", "privileges", change="added"),
    M("default privileges less", "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC", "default_privileges",
      "functions of {user} to PUBLIC", "privileges", change="added"),
)
LABEL: Final = "INSERT INTO pg_seclabel VALUES ('{}'::regclass, 'pg_class'::regclass, {}, 'guard', '{}')"
LABELS: Final = (
    M("security label", LABEL.format(ORDER, 0, "secret"), "security_label", f"table {ORDER} for guard", "label",
      change="added"),
    M("security label of a column", LABEL.format(ORDER, 2, "secret"), "security_label", f"column {ORDER}.number for guard",
      "label", change="added"),
    M("another security label", f"UPDATE pg_seclabel SET label = 'public' WHERE objoid = '{ORDER}'::regclass",
      "security_label", f"table {ORDER} for guard", "label", given=LABEL.format(ORDER, 0, "secret")),
)


def of_database(statement: str) -> str:
    """Give a statement that names its own database at %I."""
    quoted = statement.replace("'", "''")
    return f"DO $$ BEGIN EXECUTE format('{quoted}', current_database()); END $$"


DATABASE: Final = (
    M("setting of the database", of_database("ALTER DATABASE %I SET work_mem = '8MB'"), "database",
      "settings for everyone", change="added", pg_dump_blind=ONLY_WITH_CREATE),
    M("another setting of the database", of_database("ALTER DATABASE %I SET work_mem = '9MB'"), "database",
      "settings for everyone", "settings", given=of_database("ALTER DATABASE %I SET work_mem = '8MB'"),
      pg_dump_blind=ONLY_WITH_CREATE),
    M("setting of a role in the database", of_database("ALTER ROLE mutation_reader IN DATABASE %I SET search_path = audit"),
      "database", "settings for mutation_reader", change="added", pg_dump_blind=ONLY_WITH_CREATE),
    M("comment on the database", of_database("COMMENT ON DATABASE %I IS 'said'"), "comment", "database", "comment",
      change="added", given=of_database("COMMENT ON DATABASE %I IS NULL"), pg_dump_blind=ONLY_WITH_CREATE),
    M("grant on the database", of_database("GRANT CREATE ON DATABASE %I TO mutation_reader"), "grant",
      "database to mutation_reader", "privileges", change="added", pg_dump_blind=ONLY_WITH_CREATE),
)
MUTATIONS: Final = (*COMMENTS, *GRANTS, *LABELS, *DATABASE)
