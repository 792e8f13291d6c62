"""Functions, procedures and aggregates."""

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
PLAIN_AVERAGE: Final = "SFUNC = float8_accum, STYPE = float8[], FINALFUNC = float8_avg, INITCOND = '{0,0,0}'"
SERIAL: Final = "SFUNC = numeric_avg_accum, STYPE = internal, FINALFUNC = numeric_avg"


def altered(name: str, action: str, attribute: str, function: str = TOTAL) -> M:
    return M(name, f"ALTER FUNCTION {function} {action}", "function", function, attribute)


def remade(name: str, after: str, attribute: str, before: str = "RETURNS integer LANGUAGE sql AS 'SELECT 1'") -> M:
    """Return a function of one integer that was dropped and made again."""
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
    M("function dropped", "DROP FUNCTION payments.doubled", "function", "payments.doubled(integer)",
      change="removed"),
    M("function overloaded", "CREATE FUNCTION payments.doubled(n bigint) RETURNS bigint LANGUAGE sql AS 'SELECT n'",
      "function", "payments.doubled(bigint)", change="added"),
    M("function window",
      "CREATE FUNCTION payments.w() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number'", "function",
      "payments.w()", change="added"),
    M("rename a function", "ALTER FUNCTION public.add_one(integer) RENAME TO plus_one", "function",
      "public.add_one(integer)", "name", mirrored="public.plus_one(integer)"),
    M("function renamed", "ALTER FUNCTION payments.doubled RENAME TO twice", "function", "payments.doubled(integer)",
      "name", mirrored="payments.twice(integer)"),
    M("add a procedure", "CREATE PROCEDURE public.nothing() LANGUAGE sql AS ''", "procedure", "public.nothing()",
      change="added"),
    M("procedure dropped", "DROP PROCEDURE payments.settle", "procedure", "payments.settle(date)", change="removed"),
    M("drop an aggregate", "DROP AGGREGATE public.last_of(integer)", "aggregate", "public.last_of(integer)",
      change="removed"),
    M("aggregate dropped", "DROP AGGREGATE payments.product(numeric)", "aggregate", "payments.product(numeric)",
      change="removed"),
)
FUNCTIONS: Final = (
    remade("result", "RETURNS bigint LANGUAGE sql AS 'SELECT 1'", "result"),
    M("result table", "DROP FUNCTION public.pairs(); CREATE FUNCTION public.pairs() RETURNS TABLE (a integer, c text) "
        "LANGUAGE sql AS 'SELECT 1, ''x'''", "function", "public.pairs()", "result",
        given="CREATE FUNCTION public.pairs() RETURNS TABLE (a integer, b text) LANGUAGE sql AS 'SELECT 1, ''x'''"),
    M("function result", "DROP FUNCTION payments.doubled; CREATE FUNCTION payments.doubled(n integer) RETURNS "
      "bigint LANGUAGE sql IMMUTABLE AS 'SELECT n * 2'", "function", "payments.doubled(integer)", "result"),
    M("language", "DROP FUNCTION public.free(); CREATE FUNCTION public.free() RETURNS integer LANGUAGE little AS "
        "'BEGIN RETURN 1; END'", "function", "public.free()", "language",
        given="CREATE FUNCTION public.free() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'"),
    M("function language", "SET LOCAL check_function_bodies = off; CREATE OR REPLACE FUNCTION payments.fee(total "
      "numeric, rate numeric DEFAULT 0.02) RETURNS numeric LANGUAGE sql AS 'BEGIN RETURN total * rate; END'",
      "function", "payments.fee(numeric,numeric)", "language"),
    M("body", f"CREATE OR REPLACE FUNCTION {TOTAL_ARGUMENTS} RETURNS numeric LANGUAGE sql IMMUTABLE AS "
      "'SELECT amount - tax'", "function", TOTAL, "body"),
    M("body of a trigger function", "CREATE OR REPLACE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN RETURN OLD; END'", "function", "public.touch()", "body"),
    M("SQL body", "CREATE OR REPLACE FUNCTION public.order_count(merchant bigint) RETURNS bigint LANGUAGE sql STABLE "
      "BEGIN ATOMIC SELECT count(id) FROM public.payments_order WHERE merchant_id = merchant; END", "function", COUNT,
      "sql_body"),
    M("function SQL body",
      "CREATE OR REPLACE FUNCTION payments.tripled(n integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN n * 4",
      "function", "payments.tripled(integer)", "sql_body"),
    altered("volatility", "VOLATILE", "volatility"),
    altered("volatility stable", "STABLE", "volatility"),
    M("function volatility", "ALTER FUNCTION payments.fee STABLE", "function", "payments.fee(numeric,numeric)",
      "volatility"),
    altered("strictness", "STRICT", "strict"),
    M("function strict", "ALTER FUNCTION payments.fee STRICT", "function", "payments.fee(numeric,numeric)", "strict"),
    altered("leakproof", "LEAKPROOF", "leakproof"),
    M("function leakproof", "ALTER FUNCTION payments.fee LEAKPROOF", "function", "payments.fee(numeric,numeric)",
      "leakproof"),
    altered("parallel safety", "PARALLEL SAFE", "parallel"),
    altered("parallel restricted", "PARALLEL RESTRICTED", "parallel"),
    M("function parallel safe", "ALTER FUNCTION payments.fee PARALLEL SAFE", "function",
      "payments.fee(numeric,numeric)", "parallel"),
    M("function parallel restricted", "ALTER FUNCTION payments.fee PARALLEL RESTRICTED", "function",
      "payments.fee(numeric,numeric)", "parallel"),
    altered("security definer", "SECURITY DEFINER", "security_definer"),
    M("function security definer", "ALTER FUNCTION payments.fee SECURITY DEFINER", "function",
      "payments.fee(numeric,numeric)", "security_definer"),
    altered("cost", "COST 7", "cost"),
    M("function cost", "ALTER FUNCTION payments.fee COST 7", "function", "payments.fee(numeric,numeric)", "cost"),
    altered("rows", "ROWS 51", "rows", RECENT),
    M("function rows", "ALTER FUNCTION payments.months ROWS 7", "function", "payments.months(date)", "rows"),
    altered("support function", "SUPPORT numeric_support", "support", "public.doubled(numeric)"),
    M("function support", "ALTER FUNCTION payments.months SUPPORT generate_series_int4_support", "function",
      "payments.months(date)", "support"),
    altered("a setting", "SET work_mem = '8MB'", "settings"),
    altered("search path of a function", "SET search_path = public, pg_temp", "settings"),
    M("function setting", "ALTER FUNCTION payments.fee SET work_mem = '1MB'", "function",
      "payments.fee(numeric,numeric)", "settings"),
    M("function search path", "ALTER FUNCTION payments.fee SET search_path = ''", "function",
      "payments.fee(numeric,numeric)", "settings"),
    altered("owner of a function", "OWNER TO mutation_owner", "owner"),
    M("function owner", "ALTER FUNCTION payments.fee OWNER TO pg_monitor", "function",
      "payments.fee(numeric,numeric)", "owner"),
    M("name of an argument", "DROP FUNCTION public.free(integer); CREATE FUNCTION public.free(b integer) RETURNS integer "
        "LANGUAGE sql AS 'SELECT 1'", "function", "public.free(integer)", "argument_names",
        given="CREATE FUNCTION public.free(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
    M("function argument name", "SET LOCAL check_function_bodies = off; DROP FUNCTION payments.doubled; CREATE "
      "FUNCTION payments.doubled(m integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT n * 2'", "function",
      "payments.doubled(integer)", "argument_names"),
    M("default of an argument", "CREATE OR REPLACE FUNCTION public.order_total(amount numeric, tax numeric DEFAULT 1) "
      "RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT amount + tax'", "function", TOTAL, "argument_defaults"),
    M("no default of an argument", f"DROP FUNCTION {TOTAL}; CREATE FUNCTION public.order_total(amount numeric, tax numeric) "
      "RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT amount + tax'", "function", TOTAL, "argument_defaults",
      given=f"COMMENT ON FUNCTION {TOTAL} IS NULL"),
    M("function argument default", "CREATE OR REPLACE FUNCTION payments.fee(total numeric, rate numeric DEFAULT "
      "0.03) RETURNS numeric LANGUAGE plpgsql AS 'BEGIN RETURN total * rate; END'", "function",
      "payments.fee(numeric,numeric)", "argument_defaults"),
    M("function argument default dropped", "DROP FUNCTION payments.fee; CREATE FUNCTION payments.fee(total "
      "numeric, rate numeric) RETURNS numeric LANGUAGE plpgsql AS 'BEGIN RETURN total * rate; END'", "function",
      "payments.fee(numeric,numeric)", "argument_defaults"),
    M("mode of an argument", "DROP FUNCTION public.free(integer[]); CREATE FUNCTION public.free(a integer[]) "
      "RETURNS integer LANGUAGE sql AS 'SELECT 1'", "function", "public.free(integer[])", "argument_modes",
      given="CREATE FUNCTION public.free(VARIADIC a integer[]) RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
    M("function argument mode inout", "DROP FUNCTION payments.doubled; CREATE FUNCTION payments.doubled(INOUT n "
      "integer) LANGUAGE sql IMMUTABLE AS 'SELECT n * 2'", "function", "payments.doubled(integer)", "argument_modes"),
    remade("transform types", "RETURNS integer TRANSFORM FOR TYPE integer LANGUAGE sql AS 'SELECT 1'", "transform_types"),
    M("window function", "DROP FUNCTION public.third(); CREATE FUNCTION public.third() RETURNS bigint LANGUAGE internal "
      "IMMUTABLE STRICT AS 'window_row_number'", "function", "public.third()", "window"),
    M("library", "CREATE OR REPLACE FUNCTION public.linked(text) RETURNS integer LANGUAGE c IMMUTABLE STRICT AS "
      "'pg_trgm', 'show_limit'", "function", "public.linked(text)", "library"),
    M("symbol in a library", "CREATE OR REPLACE FUNCTION public.linked(text) RETURNS integer LANGUAGE c IMMUTABLE STRICT AS "
      "'$libdir/pg_trgm', 'set_limit'", "function", "public.linked(text)", "body"),
    M("function body", "CREATE OR REPLACE FUNCTION payments.fee(total numeric, rate numeric DEFAULT 0.02) RETURNS "
      "numeric LANGUAGE plpgsql AS 'BEGIN RETURN total; END'", "function", "payments.fee(numeric,numeric)", "body"),
    M("function body white space", "CREATE OR REPLACE FUNCTION payments.fee(total numeric, rate numeric DEFAULT "
      "0.02) RETURNS numeric LANGUAGE plpgsql AS 'BEGIN  RETURN total * rate; END'", "function",
      "payments.fee(numeric,numeric)", "body"),
    M("body of a procedure", "CREATE OR REPLACE PROCEDURE public.settle(day date) LANGUAGE sql AS 'SELECT 2'", "procedure",
      "public.settle(date)", "body"),
    M("procedure body",
      "CREATE OR REPLACE PROCEDURE payments.settle(day date) LANGUAGE plpgsql AS 'BEGIN RETURN; END'", "procedure",
      "payments.settle(date)", "body"),
    M("security of a procedure", "ALTER PROCEDURE public.settle(date) SECURITY DEFINER", "procedure", "public.settle(date)",
      "security_definer"),
    M("procedure security definer", "ALTER PROCEDURE payments.settle SECURITY DEFINER", "procedure",
      "payments.settle(date)", "security_definer"),
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
    M("aggregate parallel", "DROP AGGREGATE payments.product(numeric); CREATE AGGREGATE payments.product(numeric) "
      "(SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1', PARALLEL = SAFE)", "aggregate",
      "payments.product(numeric)", "parallel"),
    M("final function of an ordered-set aggregate", "DROP AGGREGATE public.share(double precision ORDER BY double precision);"
      "CREATE AGGREGATE public.share(double precision ORDER BY double precision) (SFUNC = ordered_set_transition, "
      "STYPE = internal, FINALFUNC = percentile_cont_float8_final, FINALFUNC_MODIFY = READ_ONLY)", "aggregate",
      "public.share(double precision,double precision)", "aggregate",
      given="CREATE AGGREGATE public.share(double precision ORDER BY double precision) (SFUNC = ordered_set_transition, "
      "STYPE = internal, FINALFUNC = percentile_cont_float8_final)"),
    M("aggregate initial value", "DROP AGGREGATE payments.product(numeric); CREATE AGGREGATE "
      "payments.product(numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = '2')", "aggregate",
      "payments.product(numeric)", "aggregate"),
    M("aggregate transition function", "DROP AGGREGATE payments.product(numeric); CREATE AGGREGATE "
      "payments.product(numeric) (SFUNC = numeric_add, STYPE = numeric, INITCOND = '1')", "aggregate",
      "payments.product(numeric)", "aggregate"),
    M("aggregate final function", "DROP AGGREGATE payments.product(numeric); CREATE AGGREGATE "
      "payments.product(numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1', FINALFUNC = numeric_uminus)",
      "aggregate", "payments.product(numeric)", "aggregate"),
    M("aggregate combine function", "DROP AGGREGATE payments.product(numeric); CREATE AGGREGATE "
      "payments.product(numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1', COMBINEFUNC = numeric_mul)",
      "aggregate", "payments.product(numeric)", "aggregate"),
    M("aggregate moving", "DROP AGGREGATE payments.product(numeric); CREATE AGGREGATE payments.product(numeric) "
      "(SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1', MSFUNC = numeric_mul, MINVFUNC = numeric_div, MSTYPE "
      "= numeric)", "aggregate", "payments.product(numeric)", "aggregate"),
    M("aggregate sort operator", "DROP AGGREGATE payments.product(numeric); CREATE AGGREGATE "
      "payments.product(numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1', SORTOP = <)", "aggregate",
      "payments.product(numeric)", "aggregate"),
    M("owner of an aggregate", "ALTER AGGREGATE public.sum_of(integer) OWNER TO mutation_owner", "aggregate",
      "public.sum_of(integer)", "owner"),
)
CASES: Final = (*WHOLE, *FUNCTIONS, *AGGREGATES)
