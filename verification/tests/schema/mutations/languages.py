"""Procedural languages, access methods and transforms."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import LANGUAGE, owner
from verification.tests.schema.mutations.cases import Mutation as M

CASES: Final = (
    M("add a language", "CREATE LANGUAGE less HANDLER plpgsql_call_handler", "language", "less", change="added"),
    M("language dropped", "DROP LANGUAGE ledgerscript", "language", "ledgerscript", change="removed"),
    M("a language that is not trusted", "CREATE OR REPLACE LANGUAGE little HANDLER plpgsql_call_handler", "language",
      "little", "trusted", pg_dump_blind=LANGUAGE),
    M("language trusted",
      "DROP LANGUAGE ledgerscript; CREATE TRUSTED LANGUAGE ledgerscript HANDLER plpgsql_call_handler", "language",
      "ledgerscript", "trusted", pg_dump_blind=LANGUAGE),
    M("inline handler", "CREATE OR REPLACE TRUSTED LANGUAGE little HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler",
      "language", "little", "inline", pg_dump_blind=LANGUAGE),
    M("language handler", "DROP LANGUAGE ledgerscript; CREATE LANGUAGE ledgerscript HANDLER plpgsql_call_handler "
      "INLINE plpgsql_inline_handler", "language", "ledgerscript", "inline", pg_dump_blind=LANGUAGE),
    M("validator of a language", "CREATE OR REPLACE TRUSTED LANGUAGE little HANDLER plpgsql_call_handler "
      "VALIDATOR plpgsql_validator", "language", "little", "validator", pg_dump_blind=LANGUAGE),
    M("language validator", "DROP LANGUAGE ledgerscript; CREATE LANGUAGE ledgerscript HANDLER plpgsql_call_handler "
      "VALIDATOR plpgsql_validator", "language", "ledgerscript", "validator", pg_dump_blind=LANGUAGE),
    M("handler of a language", "CREATE OR REPLACE TRUSTED LANGUAGE little HANDLER public.handler", "language", "little",
      "handler", given="CREATE FUNCTION public.handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', "
      "'plpgsql_call_handler'"),
    owner("LANGUAGE little", "language", "little"),
    M("add an access method", "CREATE ACCESS METHOD tree TYPE INDEX HANDLER bthandler", "access_method", "tree",
      change="added"),
    M("access method dropped", "DROP ACCESS METHOD heap_again", "access_method", "heap_again", change="removed"),
    M("handler of an access method", "DROP ACCESS METHOD heap_again; CREATE ACCESS METHOD heap_again TYPE TABLE HANDLER "
      "public.heap_handler", "access_method", "heap_again", "handler", given="CREATE FUNCTION public.heap_handler(internal) "
      "RETURNS table_am_handler LANGUAGE internal AS 'heap_tableam_handler'"),
    M("type of an access method", "UPDATE pg_am SET amtype = 'i' WHERE amname = 'heap_again'", "access_method", "heap_again",
      "type"),
    M("drop a transform", "DROP TRANSFORM FOR integer LANGUAGE sql", "transform", "integer for sql", change="removed"),
    M("from SQL", "CREATE OR REPLACE TRANSFORM FOR integer LANGUAGE sql (TO SQL WITH FUNCTION int4recv(internal))",
      "transform", "integer for sql", "from_sql"),
    M("to SQL", "CREATE OR REPLACE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal))",
      "transform", "integer for sql", "to_sql"),
)
