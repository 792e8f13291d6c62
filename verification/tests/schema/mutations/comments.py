"""Comments and security labels."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import LARGE_OBJECT
from verification.tests.schema.mutations.cases import Mutation as M

ORDER, MERCHANT = "public.payments_order", "public.payments_merchant"


def comment(what: str, sql: str, target: str, *, since: int = 14, given: str = "", blind: str = "") -> M:
    """Return a first comment on an object."""
    return M(f"comment on {what}", f"COMMENT ON {sql} IS 'said'", "comment", target, "comment", change="added",
             since=since, given=given, pg_dump_blind=blind)


LABEL: Final = "INSERT INTO pg_seclabel VALUES ('{}'::regclass, 'pg_class'::regclass, {}, 'guard', '{}')"

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
    comment("publication", "PUBLICATION inserts", "publication inserts"),
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
    M("schema comment", "COMMENT ON SCHEMA audit IS 'who'", "comment", "schema audit", "comment"),
    M("table comment dropped", "COMMENT ON TABLE payments.merchant IS NULL", "comment", "table payments.merchant",
      "comment", change="removed"),
    M("column comment", "COMMENT ON COLUMN payments.merchant.code IS 'other'", "comment",
      "column payments.merchant.code", "comment"),
    M("function comment", "COMMENT ON FUNCTION payments.fee IS 'x'", "comment",
      "function payments.fee(numeric,numeric)", "comment", change="added"),
    M("procedure comment", "COMMENT ON PROCEDURE payments.settle IS 'x'", "comment",
      "procedure payments.settle(date)", "comment", change="added"),
    M("policy comment", "COMMENT ON POLICY device_own ON payments.device IS 'x'", "comment",
      "policy payments.device.device_own", "comment"),
    M("subscription comment", "COMMENT ON SUBSCRIPTION inbox IS 'x'", "comment", "subscription inbox", "comment",
      change="added"),
    M("operator comment", "COMMENT ON OPERATOR payments.=== (numeric, numeric) IS 'x'", "comment",
      "operator payments.===(numeric,numeric)", "comment", change="added"),
    M("operator class comment", "COMMENT ON OPERATOR CLASS payments.amount_class USING btree IS 'x'", "comment",
      "operator_class payments.amount_class using btree", "comment", change="added"),
)
LABELS: Final = (
    M("security label", LABEL.format(ORDER, 0, "secret"), "security_label", f"table {ORDER} for guard", "label",
      change="added"),
    M("security label of a column", LABEL.format(ORDER, 2, "secret"), "security_label", f"column {ORDER}.number for guard",
      "label", change="added"),
    M("another security label", f"UPDATE pg_seclabel SET label = 'public' WHERE objoid = '{ORDER}'::regclass",
      "security_label", f"table {ORDER} for guard", "label", given=LABEL.format(ORDER, 0, "secret")),
)
CASES: Final = (*COMMENTS, *LABELS)
