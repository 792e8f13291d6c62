"""One change of one function, procedure or aggregate."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M

TOTAL, COUNT, RECENT = (
    "public.order_total(numeric,numeric)",
    "public.order_count(bigint)",
    "public.recent(timestamp with time zone)",
)
TOTAL_ARGUMENTS: Final = "public.order_total(amount numeric, tax numeric DEFAULT 0)"
AVERAGE: Final = "public.mean(double precision)"
PLAIN_AVERAGE: Final = "SFUNC = float8_accum, STYPE = float8[], FINALFUNC = float8_avg, INITCOND = '{0,0,0}'"
SERIAL: Final = "SFUNC = numeric_avg_accum, STYPE = internal, FINALFUNC = numeric_avg"


def altered(name: str, action: str, attribute: str, function: str = TOTAL) -> M:
    return M(name, f"ALTER FUNCTION {function} {action}", "function", function, attribute)


def remade(name: str, after: str, attribute: str, before: str = "RETURNS integer LANGUAGE sql AS 'SELECT 1'") -> M:
    """Give a function of one integer that was dropped and made again."""
    return M(name, f"DROP FUNCTION public.free(integer); CREATE FUNCTION public.free(a integer) {after}", "function",
             "public.free(integer)", attribute, given=f"CREATE FUNCTION public.free(a integer) {before}")


def aggregate(name: str, before: str, after: str, signature: str = "double precision", attribute: str = "aggregate") -> M:
    return M(name, f"DROP AGGREGATE public.mean({signature}); CREATE AGGREGATE public.mean({signature}) ({after})",
             "aggregate", f"public.mean({signature})", attribute,
             given=f"CREATE AGGREGATE public.mean({signature}) ({before})")


WHOLE: Final = (
    M("add a function", "CREATE FUNCTION public.seven() RETURNS integer LANGUAGE sql AS 'SELECT 7'", "function",
      "public.seven()", change="added"),
    M("add a function of the same name", "CREATE FUNCTION public.add_one(bigint) RETURNS bigint LANGUAGE sql AS "
      "'SELECT $1 + 1'", "function", "public.add_one(bigint)", change="added"),
    M("drop a function", "DROP FUNCTION public.add_one(integer)", "function", "public.add_one(integer)", change="removed"),
    M("rename a function", "ALTER FUNCTION public.add_one(integer) RENAME TO plus_one", "function",
      "public.add_one(integer)", "name", mirrored="public.plus_one(integer)"),
    M("add a procedure", "CREATE PROCEDURE public.nothing() LANGUAGE sql AS ''", "procedure", "public.nothing()",
      change="added"),
    M("drop an aggregate", "DROP AGGREGATE public.last_of(integer)", "aggregate", "public.last_of(integer)",
      change="removed"),
)
FUNCTIONS: Final = (
    remade("result", "RETURNS bigint LANGUAGE sql AS 'SELECT 1'", "result"),
    M("result table", "DROP FUNCTION public.pairs(); CREATE FUNCTION public.pairs() RETURNS TABLE (a integer, c text) "
        "LANGUAGE sql AS 'SELECT 1, ''x'''", "function", "public.pairs()", "result",
        given="CREATE FUNCTION public.pairs() RETURNS TABLE (a integer, b text) LANGUAGE sql AS 'SELECT 1, ''x'''"),
    M("language", "DROP FUNCTION public.free(); CREATE FUNCTION public.free() RETURNS integer LANGUAGE little AS "
        "'BEGIN RETURN 1; END'", "function", "public.free()", "language",
        given="CREATE FUNCTION public.free() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'"),
    M("body", f"CREATE OR REPLACE FUNCTION {TOTAL_ARGUMENTS} RETURNS numeric LANGUAGE sql IMMUTABLE AS "
      "'SELECT amount - tax'", "function", TOTAL, "body"),
    M("body of a trigger function", "CREATE OR REPLACE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN RETURN OLD; END'", "function", "public.touch()", "body"),
    M("SQL body", "CREATE OR REPLACE FUNCTION public.order_count(merchant bigint) RETURNS bigint LANGUAGE sql STABLE "
      "BEGIN ATOMIC SELECT count(id) FROM public.payments_order WHERE merchant_id = merchant; END", "function", COUNT,
      "sql_body"),
    altered("volatility", "VOLATILE", "volatility"),
    altered("volatility stable", "STABLE", "volatility"),
    altered("strictness", "STRICT", "strict"),
    altered("leakproof", "LEAKPROOF", "leakproof"),
    altered("parallel safety", "PARALLEL SAFE", "parallel"),
    altered("parallel restricted", "PARALLEL RESTRICTED", "parallel"),
    altered("security definer", "SECURITY DEFINER", "security_definer"),
    altered("cost", "COST 7", "cost"),
    altered("rows", "ROWS 51", "rows", RECENT),
    altered("support function", "SUPPORT numeric_support", "support", "public.doubled(numeric)"),
    altered("a setting", "SET work_mem = '8MB'", "settings"),
    altered("search path of a function", "SET search_path = public, pg_temp", "settings"),
    altered("owner of a function", "OWNER TO mutation_owner", "owner"),
    M("name of an argument", "DROP FUNCTION public.free(integer); CREATE FUNCTION public.free(b integer) RETURNS integer "
        "LANGUAGE sql AS 'SELECT 1'", "function", "public.free(integer)", "argument_names",
        given="CREATE FUNCTION public.free(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
    M("default of an argument", "CREATE OR REPLACE FUNCTION public.order_total(amount numeric, tax numeric DEFAULT 1) "
      "RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT amount + tax'", "function", TOTAL, "argument_defaults"),
    M("no default of an argument", f"DROP FUNCTION {TOTAL}; CREATE FUNCTION public.order_total(amount numeric, tax numeric) "
      "RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT amount + tax'", "function", TOTAL, "argument_defaults",
      given=f"COMMENT ON FUNCTION {TOTAL} IS NULL"),
    M("mode of an argument", "DROP FUNCTION public.free(integer[]); CREATE FUNCTION public.free(a integer[]) "
      "RETURNS integer LANGUAGE sql AS 'SELECT 1'", "function", "public.free(integer[])", "argument_modes",
      given="CREATE FUNCTION public.free(VARIADIC a integer[]) RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
    remade("transform types", "RETURNS integer TRANSFORM FOR TYPE integer LANGUAGE sql AS 'SELECT 1'", "transform_types"),
    M("window function", "DROP FUNCTION public.third(); CREATE FUNCTION public.third() RETURNS bigint LANGUAGE internal "
      "IMMUTABLE STRICT AS 'window_row_number'", "function", "public.third()", "window"),
    M("library", "CREATE OR REPLACE FUNCTION public.linked(text) RETURNS integer LANGUAGE c IMMUTABLE STRICT AS "
      "'pg_trgm', 'show_limit'", "function", "public.linked(text)", "library"),
    M("symbol in a library", "CREATE OR REPLACE FUNCTION public.linked(text) RETURNS integer LANGUAGE c IMMUTABLE STRICT AS "
      "'$libdir/pg_trgm', 'set_limit'", "function", "public.linked(text)", "body"),
    M("body of a procedure", "CREATE OR REPLACE PROCEDURE public.settle(day date) LANGUAGE sql AS 'SELECT 2'", "procedure",
      "public.settle(date)", "body"),
    M("security of a procedure", "ALTER PROCEDURE public.settle(date) SECURITY DEFINER", "procedure", "public.settle(date)",
      "security_definer"),
)
AGGREGATES: Final = (
    aggregate("transition function", "SFUNC = int4pl, STYPE = integer", "SFUNC = int4mul, STYPE = integer", "integer"),
    aggregate("initial value", PLAIN_AVERAGE, PLAIN_AVERAGE.replace("{0,0,0}", "{1,0,0}")),
    aggregate("no final function", "SFUNC = int4pl, STYPE = integer, FINALFUNC = int4abs", "SFUNC = int4pl, STYPE = integer",
              "integer"),
    aggregate("final function may modify", PLAIN_AVERAGE, f"{PLAIN_AVERAGE}, FINALFUNC_MODIFY = SHAREABLE"),
    M("extra arguments of the final function", "DROP AGGREGATE public.extra(integer); CREATE AGGREGATE public.extra(integer) "
      "(SFUNC = int4pl, STYPE = integer, FINALFUNC = public.finish, FINALFUNC_EXTRA)", "aggregate", "public.extra(integer)",
      "aggregate", given="CREATE FUNCTION public.finish(integer, integer DEFAULT 0) RETURNS integer LANGUAGE sql AS "
      "'SELECT $1'; CREATE FUNCTION public.finish(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';"
      "CREATE AGGREGATE public.extra(integer) (SFUNC = int4pl, STYPE = integer, FINALFUNC = public.finish)"),
    aggregate("combine function", PLAIN_AVERAGE, f"{PLAIN_AVERAGE}, COMBINEFUNC = float8_combine"),
    aggregate("serial functions", f"{SERIAL}, COMBINEFUNC = numeric_avg_combine",
              f"{SERIAL}, COMBINEFUNC = numeric_avg_combine, SERIALFUNC = numeric_avg_serialize, "
              "DESERIALFUNC = numeric_avg_deserialize", "numeric"),
    aggregate("size of the state", f"{SERIAL}, SSPACE = 64", f"{SERIAL}, SSPACE = 128", "numeric"),
    aggregate("sort operator", "SFUNC = int4larger, STYPE = integer, SORTOP = >", "SFUNC = int4larger, STYPE = integer",
              "integer"),
    aggregate("moving functions", "SFUNC = int4pl, STYPE = integer",
              "SFUNC = int4pl, STYPE = integer, MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = integer", "integer"),
    aggregate("moving initial value",
              "SFUNC = int4pl, STYPE = integer, MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = integer, MINITCOND = '0'",
              "SFUNC = int4pl, STYPE = integer, MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = integer, MINITCOND = '1'",
              "integer"),
    aggregate("parallel safety of an aggregate", PLAIN_AVERAGE, f"{PLAIN_AVERAGE}, PARALLEL = SAFE", attribute="parallel"),
    M("final function of an ordered-set aggregate", "DROP AGGREGATE public.share(double precision ORDER BY double precision);"
      "CREATE AGGREGATE public.share(double precision ORDER BY double precision) (SFUNC = ordered_set_transition, "
      "STYPE = internal, FINALFUNC = percentile_cont_float8_final, FINALFUNC_MODIFY = READ_ONLY)", "aggregate",
      "public.share(double precision,double precision)", "aggregate",
      given="CREATE AGGREGATE public.share(double precision ORDER BY double precision) (SFUNC = ordered_set_transition, "
      "STYPE = internal, FINALFUNC = percentile_cont_float8_final)"),
    M("owner of an aggregate", "ALTER AGGREGATE public.sum_of(integer) OWNER TO mutation_owner", "aggregate",
      "public.sum_of(integer)", "owner"),
)
MUTATIONS: Final = (*WHOLE, *FUNCTIONS, *AGGREGATES)
