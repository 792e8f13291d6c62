"""Extensions and their members."""

# ruff: noqa: N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import MEMBER
from verification.tests.schema.mutations.cases import Mutation as M

CASES: Final = (
    M("add an extension", "CREATE EXTENSION cube WITH SCHEMA extensions", "extension", "cube", change="added"),
    M("drop an extension", "DROP EXTENSION postgres_fdw", "extension", "postgres_fdw", change="removed"),
    M("extension dropped", "DROP EXTENSION hstore", "extension", "hstore", change="removed",
      given="ALTER TABLE public.payments_order DROP COLUMN attributes"),
    M("extension added", "CREATE EXTENSION citext SCHEMA extensions", "extension", "citext", change="added"),
    M("version of an extension", "ALTER EXTENSION hstore UPDATE TO '1.8'", "extension", "hstore", "version",
      pg_dump_blind="it writes CREATE EXTENSION without a version"),
    M("schema of an extension", "ALTER EXTENSION pg_trgm SET SCHEMA spare", "extension", "pg_trgm", "schema",
      given="DROP INDEX public.payments_order_trgm_idx"),
    M("extension schema", "ALTER EXTENSION hstore SET SCHEMA audit", "extension", "hstore", "schema"),
    M("a member altered afterwards", "ALTER FUNCTION extensions.similarity(text, text) COST 77", "function",
      "extensions.similarity(text,text)", "cost", pg_dump_blind=MEMBER),
    M("owner of a member", "ALTER FUNCTION extensions.similarity(text, text) OWNER TO mutation_owner", "function",
      "extensions.similarity(text,text)", "owner", pg_dump_blind=MEMBER),
    M("grant on a member", "GRANT EXECUTE ON FUNCTION extensions.similarity(text, text) TO mutation_reader", "grant",
      "function extensions.similarity(text,text) to mutation_reader", "privileges", change="added"),
    M("member of an extension granted", "REVOKE EXECUTE ON FUNCTION extensions.similarity(text, text) FROM PUBLIC",
      "grant", "function extensions.similarity(text,text) to PUBLIC", "privileges", change="added"),
    M("an object given to an extension", "ALTER EXTENSION pg_trgm ADD FUNCTION public.add_one(integer)", "function",
      "public.add_one(integer)", "extension"),
    M("member of an extension left it", "ALTER EXTENSION pg_trgm DROP FUNCTION extensions.similarity(text, text)",
      "function", "extensions.similarity(text,text)", "extension"),
)
