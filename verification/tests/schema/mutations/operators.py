"""Operators, operator classes and families, casts and conversions."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M
from verification.tests.schema.mutations.cases import owner

FREE_OPERATOR: Final = "CREATE OPERATOR public.=~= (LEFTARG = integer, RIGHTARG = integer, FUNCTION = public.same"


def operator(name: str, option: str, attribute: str) -> M:
    return M(name, f"DROP OPERATOR public.=~= (integer, integer); {FREE_OPERATOR}, {option})", "operator",
             "public.=~=(integer,integer)", attribute, given=f"{FREE_OPERATOR})")


def operator_class(name: str, before: str, after: str, attribute: str, kind: str = "FOR TYPE integer USING btree") -> M:
    statement = f"CREATE OPERATOR CLASS public.own_ops {kind} FAMILY public.own_family AS"
    return M(name, f"DROP OPERATOR CLASS public.own_ops USING btree; {statement} {after}", "operator_class",
             "public.own_ops using btree", attribute,
             given=f"CREATE OPERATOR FAMILY public.own_family USING btree; {statement} {before}")


CASES: Final = (
    M("add a cast", "CREATE CAST (text AS public.tiny) WITH FUNCTION public.text_tiny(text)", "cast",
      "(text AS public.tiny)", change="added"),
    M("cast dropped", "DROP CAST (payments.address AS text)", "cast", "(payments.address AS text)", change="removed"),
    M("context of a cast", "DROP CAST (public.tiny AS text); CREATE CAST (public.tiny AS text) WITH FUNCTION "
      "public.tiny_text(public.tiny) AS ASSIGNMENT", "cast", "(public.tiny AS text)", "context"),
    M("cast context", "DROP CAST (payments.address AS text); CREATE CAST (payments.address AS text) WITH FUNCTION "
      "payments.as_text(payments.address)", "cast", "(payments.address AS text)", "context"),
    M("function of a cast", "DROP CAST (public.tiny AS text); CREATE CAST (public.tiny AS text) WITH FUNCTION "
      "public.tiny_words(public.tiny)", "cast", "(public.tiny AS text)", "function", given="CREATE FUNCTION "
      "public.tiny_words(public.tiny) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ''x''::text'"),
    M("cast function", "DROP CAST (payments.address AS text); CREATE CAST (payments.address AS text) WITH FUNCTION "
      "payments.as_label(payments.address) AS ASSIGNMENT", "cast", "(payments.address AS text)", "function"),
    M("method of a cast", "DROP CAST (public.tiny AS integer); CREATE CAST (public.tiny AS integer) WITHOUT FUNCTION",
      "cast", "(public.tiny AS integer)", "method", given="CREATE CAST (public.tiny AS integer) WITH INOUT"),
    M("add an operator", f"{FREE_OPERATOR})", "operator", "public.=~=(integer,integer)", change="added"),
    M("drop an operator", "DROP OPERATOR public.<<>> (integer, integer)", "operator", "public.<<>>(integer,integer)",
      change="removed"),
    M("operator dropped", "DROP OPERATOR payments.=== (numeric, numeric)", "operator",
      "payments.===(numeric,numeric)", change="removed"),
    operator("commutator", "COMMUTATOR = OPERATOR(public.=~=)", "commutator"),
    M("operator commutator", "DROP OPERATOR payments.=== (numeric, numeric); CREATE OPERATOR payments.=== (LEFTARG "
      "= numeric, RIGHTARG = numeric, FUNCTION = payments.same_amount, COMMUTATOR = OPERATOR(payments.===))",
      "operator", "payments.===(numeric,numeric)", "commutator"),
    M("negator", "UPDATE pg_operator SET oprnegate = 'public.<<>>(integer,integer)'::regoperator WHERE oid = 'public.===(integer,integer)'::regoperator",
      "operator", "public.===(integer,integer)", "negator"),
    operator("restriction", "RESTRICT = eqsel", "restriction"),
    M("operator restriction", "ALTER OPERATOR payments.=== (numeric, numeric) SET (RESTRICT = eqsel)", "operator",
      "payments.===(numeric,numeric)", "restriction"),
    operator("join", "JOIN = eqjoinsel", "join"),
    M("operator join", "ALTER OPERATOR payments.=== (numeric, numeric) SET (JOIN = eqjoinsel)", "operator",
      "payments.===(numeric,numeric)", "join"),
    operator("hashes", "HASHES", "hashes"),
    M("operator hashes", "DROP OPERATOR payments.=== (numeric, numeric); CREATE OPERATOR payments.=== (LEFTARG = "
      "numeric, RIGHTARG = numeric, FUNCTION = payments.same_amount, HASHES)", "operator",
      "payments.===(numeric,numeric)", "hashes"),
    operator("merges", "MERGES", "merges"),
    M("function of an operator", "DROP OPERATOR public.<<>> (integer, integer); CREATE OPERATOR public.<<>> (LEFTARG = "
      "integer, RIGHTARG = integer, FUNCTION = public.same)", "operator", "public.<<>>(integer,integer)", "function"),
    M("operator function", "DROP OPERATOR payments.=== (numeric, numeric); CREATE OPERATOR payments.=== (LEFTARG = "
      "numeric, RIGHTARG = numeric, FUNCTION = numeric_eq)", "operator", "payments.===(numeric,numeric)", "function"),
    M("result of an operator", "UPDATE pg_operator SET oprresult = 'integer'::regtype WHERE oprname = '<<>>'", "operator",
      "public.<<>>(integer,integer)", "result",
      pg_dump_blind="it leaves an operator's result to its function"),
    M("owner of an operator", "ALTER OPERATOR public.=== (integer, integer) OWNER TO mutation_owner", "operator",
      "public.===(integer,integer)", "owner"),
    M("operator owner", "ALTER OPERATOR payments.=== (numeric, numeric) OWNER TO pg_monitor", "operator",
      "payments.===(numeric,numeric)", "owner"),
    operator_class("an operator of a class", "OPERATOR 1 <, OPERATOR 3 =, FUNCTION 1 btint4cmp(integer, integer)",
                   "OPERATOR 1 <, OPERATOR 3 public.===, FUNCTION 1 btint4cmp(integer, integer)", "operators"),
    M("operator class operators", "DROP OPERATOR CLASS payments.amount_class USING btree; CREATE OPERATOR CLASS "
      "payments.amount_class FOR TYPE numeric USING btree FAMILY payments.amounts AS OPERATOR 1 <, OPERATOR 3 =, "
      "OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 numeric_cmp(numeric, numeric)", "operator_class",
      "payments.amount_class using btree", "operators"),
    operator_class("a function of a class", "OPERATOR 3 =, FUNCTION 1 btint4cmp(integer, integer)",
                   "OPERATOR 3 =, FUNCTION 1 public.ordered(integer, integer)", "functions"),
    M("operator class function", "DROP OPERATOR CLASS payments.amount_class USING btree; CREATE OPERATOR CLASS "
      "payments.amount_class FOR TYPE numeric USING btree FAMILY payments.amounts AS OPERATOR 1 <, OPERATOR 2 <=, "
      "OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 payments.compared(numeric, numeric)", "operator_class",
      "payments.amount_class using btree", "functions"),
    M("default operator class", "DROP OPERATOR CLASS public.own_ops USING hash; CREATE OPERATOR CLASS public.own_ops DEFAULT "
      "FOR TYPE public.person USING hash FAMILY public.free_family AS STORAGE public.person", "operator_class",
      "public.own_ops using hash", "default", given="CREATE OPERATOR FAMILY public.free_family USING hash; CREATE OPERATOR "
      "CLASS public.own_ops FOR TYPE public.person USING hash FAMILY public.free_family AS STORAGE public.person"),
    M("family of an operator class", "DROP OPERATOR CLASS public.own_ops USING btree; CREATE OPERATOR CLASS public.own_ops "
      "FOR TYPE integer USING btree FAMILY public.b AS OPERATOR 3 =", "operator_class", "public.own_ops using btree",
      "family", given="CREATE OPERATOR FAMILY public.a USING btree; CREATE OPERATOR FAMILY public.b USING btree; "
      "CREATE OPERATOR CLASS public.own_ops FOR TYPE integer USING btree FAMILY public.a AS OPERATOR 3 ="),
    M("input type of an operator class", "UPDATE pg_opclass SET opcintype = 'bigint'::regtype WHERE opcname = 'id_ops'",
      "operator_class", "public.id_ops using hash", "input_type"),
    M("storage type of an operator class", "UPDATE pg_opclass SET opckeytype = 'bigint'::regtype WHERE opcname = 'id_ops'",
      "operator_class", "public.id_ops using hash", "storage_type"),
    M("add an operator family", "CREATE OPERATOR FAMILY public.more USING btree", "operator_family",
      "public.more using btree", change="added"),
    M("operator family dropped with its class", "DROP OPERATOR FAMILY payments.amounts USING btree",
      "operator_family", "payments.amounts using btree", change="removed"),
    M("an operator more in a family", "ALTER OPERATOR FAMILY public.ids USING hash ADD OPERATOR 1 = (bigint, bigint)",
      "operator_family", "public.ids using hash", "operators"),
    M("operator family member",
      "ALTER OPERATOR FAMILY payments.amounts USING btree ADD OPERATOR 3 = (integer, bigint)", "operator_family",
      "payments.amounts using btree", "operators"),
    M("a function more in a family", "ALTER OPERATOR FAMILY public.ids USING hash ADD FUNCTION 1 (bigint, bigint) "
      "hashint8(bigint)", "operator_family", "public.ids using hash", "functions"),
    M("operator family function", "ALTER OPERATOR FAMILY payments.amounts USING btree ADD FUNCTION 1 (integer, "
      "bigint) btint48cmp(integer, bigint)", "operator_family", "payments.amounts using btree", "functions"),
    M("owner of an operator class", "ALTER OPERATOR CLASS public.id_ops USING hash OWNER TO mutation_owner",
      "operator_class", "public.id_ops using hash", "owner"),
    M("operator class owner", "ALTER OPERATOR CLASS payments.amount_class USING btree OWNER TO pg_monitor",
      "operator_class", "payments.amount_class using btree", "owner"),
    M("owner of an operator family", "ALTER OPERATOR FAMILY public.ids USING hash OWNER TO mutation_owner",
      "operator_family", "public.ids using hash", "owner"),
    M("add a conversion", "CREATE CONVERSION public.more FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8", "conversion",
      "public.more", change="added"),
    M("conversion dropped", "DROP CONVERSION payments.latin", "conversion", "payments.latin", change="removed"),
    M("default conversion", "DROP CONVERSION public.latin; CREATE DEFAULT CONVERSION public.latin FOR 'LATIN1' TO 'UTF8' "
      "FROM iso8859_1_to_utf8", "conversion", "public.latin", "default"),
    M("source of a conversion", "UPDATE pg_conversion SET conforencoding = 9 WHERE conname = 'latin' AND connamespace = 'public'::regnamespace", "conversion",
      "public.latin", "source"),
    M("target of a conversion", "UPDATE pg_conversion SET contoencoding = 9 WHERE conname = 'latin' AND connamespace = 'public'::regnamespace", "conversion",
      "public.latin", "target"),
    M("function of a conversion", "UPDATE pg_conversion SET conproc = 'utf8_to_iso8859_1'::regproc WHERE conname = 'latin' AND connamespace = 'public'::regnamespace",
      "conversion", "public.latin", "function"),
    owner("CONVERSION public.latin", "conversion", "public.latin"),
    M("operator class dropped", "DROP OPERATOR CLASS payments.amount_class USING btree", "operator_class",
      "payments.amount_class using btree", change="removed"),
)
