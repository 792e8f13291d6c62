"""Sequences."""

# ruff: noqa: N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M

NUMBER, FREE = "public.receipt_number", "public.free_number"

CASES: Final = (
    M("add a sequence", "CREATE SEQUENCE public.ticket", "sequence", "public.ticket", change="added"),
    M("drop a sequence", f"DROP SEQUENCE {FREE}", "sequence", FREE, change="removed"),
    M("rename a sequence", f"ALTER SEQUENCE {FREE} RENAME TO freed", "sequence", FREE, "name", mirrored="public.freed"),
    M("sequence renamed", "ALTER SEQUENCE payments.receipt_number RENAME TO receipt_numbers", "sequence",
      "payments.receipt_number", "name", mirrored="payments.receipt_numbers"),
    M("type of a sequence", f"ALTER SEQUENCE {NUMBER} AS bigint", "sequence", NUMBER, "type"),
    M("sequence type", "ALTER SEQUENCE payments.receipt_number AS integer", "sequence", "payments.receipt_number",
      "type"),
    M("start", f"ALTER SEQUENCE {NUMBER} START 9", "sequence", NUMBER, "start"),
    M("increment", f"ALTER SEQUENCE {NUMBER} INCREMENT 3", "sequence", NUMBER, "increment"),
    M("minimum", f"ALTER SEQUENCE {NUMBER} MINVALUE 3", "sequence", NUMBER, "minimum"),
    M("sequence minimum", "ALTER SEQUENCE payments.receipt_number MINVALUE -10", "sequence",
      "payments.receipt_number", "minimum"),
    M("maximum", f"ALTER SEQUENCE {NUMBER} MAXVALUE 99999", "sequence", NUMBER, "maximum"),
    M("no maximum", f"ALTER SEQUENCE {NUMBER} NO MAXVALUE", "sequence", NUMBER, "maximum"),
    M("sequence maximum", "ALTER SEQUENCE payments.receipt_number MAXVALUE 1000", "sequence",
      "payments.receipt_number", "maximum"),
    M("cache", f"ALTER SEQUENCE {NUMBER} CACHE 4", "sequence", NUMBER, "cache"),
    M("cycle", f"ALTER SEQUENCE {NUMBER} CYCLE", "sequence", NUMBER, "cycle"),
    M("owned by a column", f"ALTER SEQUENCE {FREE} OWNED BY public.strange.wide", "sequence", FREE, "owned_by"),
    M("owned by none", "ALTER SEQUENCE public.payments_booking_id_seq OWNED BY NONE", "sequence",
      "public.payments_booking_id_seq", "owned_by"),
    M("increment of a serial", "ALTER SEQUENCE public.payments_booking_id_seq INCREMENT 5", "sequence",
      "public.payments_booking_id_seq", "increment"),
    M("sequence logged", "ALTER SEQUENCE public.since_15_sequence SET LOGGED", "sequence", "public.since_15_sequence",
      "persistence", since=15),
    M("sequence unlogged", "ALTER SEQUENCE payments.receipt_number SET UNLOGGED", "sequence",
      "payments.receipt_number", "persistence", since=15),
    M("owner of a sequence", f"ALTER SEQUENCE {FREE} OWNER TO mutation_owner", "sequence", FREE, "owner"),
)
