"""One change of an object class that few schemas have."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import LANGUAGE, MEMBER
from verification.tests.schema.mutations.cases import Mutation as M

ORDER: Final = "public.payments_order"
STATISTICS, EXPRESSIONS = "public.order_statistics", "public.order_expressions"
CONFIGURATION, DICTIONARY = "public.search", "public.plain_words"
SUBSCRIBE: Final = (
    "CREATE SUBSCRIPTION mutation_feed CONNECTION 'host=nowhere.invalid password=hidden' PUBLICATION feed "
    "WITH (connect = false, slot_name = NONE, enabled = false)"
)
FREE_OPERATOR: Final = "CREATE OPERATOR public.=~= (LEFTARG = integer, RIGHTARG = integer, FUNCTION = public.same"
PROVIDE: Final = "CREATE FUNCTION public.provide(internal, oid, internal, integer) RETURNS float8 LANGUAGE internal AS 'eqsel'"


def owner(statement: str, kind: str, name: str) -> M:
    return M(f"owner of a {kind.replace('_', ' ')}", f"ALTER {statement} OWNER TO mutation_owner", kind, name, "owner")


def subscription(name: str, action: str, attribute: str, *, since: int = 14) -> M:
    return M(name, f"ALTER SUBSCRIPTION mutation_feed {action}", "subscription", "mutation_feed", attribute,
             since=since, given=SUBSCRIBE)


def operator(name: str, option: str, attribute: str) -> M:
    return M(name, f"DROP OPERATOR public.=~= (integer, integer); {FREE_OPERATOR}, {option})", "operator",
             "public.=~=(integer,integer)", attribute, given=f"{FREE_OPERATOR})")


def operator_class(name: str, before: str, after: str, attribute: str, kind: str = "FOR TYPE integer USING btree") -> M:
    statement = f"CREATE OPERATOR CLASS public.own_ops {kind} FAMILY public.own_family AS"
    return M(name, f"DROP OPERATOR CLASS public.own_ops USING btree; {statement} {after}", "operator_class",
             "public.own_ops using btree", attribute,
             given=f"CREATE OPERATOR FAMILY public.own_family USING btree; {statement} {before}")


EXTENSIONS: Final = (
    M("add an extension", "CREATE EXTENSION cube WITH SCHEMA extensions", "extension", "cube", change="added"),
    M("drop an extension", "DROP EXTENSION postgres_fdw", "extension", "postgres_fdw", change="removed"),
    M("version of an extension", "ALTER EXTENSION hstore UPDATE TO '1.8'", "extension", "hstore", "version",
      pg_dump_blind="it writes CREATE EXTENSION without a version"),
    M("schema of an extension", "ALTER EXTENSION pg_trgm SET SCHEMA spare", "extension", "pg_trgm", "schema",
      given="DROP INDEX public.payments_order_trgm_idx"),
    M("a member altered afterwards", "ALTER FUNCTION extensions.similarity(text, text) COST 77", "function",
      "extensions.similarity(text,text)", "cost", pg_dump_blind=MEMBER),
    M("owner of a member", "ALTER FUNCTION extensions.similarity(text, text) OWNER TO mutation_owner", "function",
      "extensions.similarity(text,text)", "owner", pg_dump_blind=MEMBER),
    M("grant on a member", "GRANT EXECUTE ON FUNCTION extensions.similarity(text, text) TO mutation_reader", "grant",
      "function extensions.similarity(text,text) to mutation_reader", "privileges", change="added"),
    M("an object given to an extension", "ALTER EXTENSION pg_trgm ADD FUNCTION public.add_one(integer)", "function",
      "public.add_one(integer)", "extension"),
)
STATISTICS_OBJECTS: Final = (
    M("add statistics", f"CREATE STATISTICS public.more ON status, tax FROM {ORDER}", "statistics", "public.more",
      change="added"),
    M("drop statistics", f"DROP STATISTICS {STATISTICS}", "statistics", STATISTICS, change="removed"),
    M("rename statistics", f"ALTER STATISTICS {STATISTICS} RENAME TO kept", "statistics", STATISTICS, "name",
      mirrored="public.kept"),
    M("kinds of statistics", f"DROP STATISTICS {STATISTICS}; CREATE STATISTICS {STATISTICS} (ndistinct) ON status, currency "
      f"FROM {ORDER}", "statistics", STATISTICS, "kinds"),
    M("columns of statistics", f"DROP STATISTICS {STATISTICS}; CREATE STATISTICS {STATISTICS} (ndistinct, dependencies) "
      f"ON status, tax FROM {ORDER}", "statistics", STATISTICS, "columns"),
    M("expressions of statistics", f"DROP STATISTICS {EXPRESSIONS}; CREATE STATISTICS {EXPRESSIONS} ON (lower(number)), "
      f"(amount - tax) FROM {ORDER}", "statistics", EXPRESSIONS, "expressions"),
    M("table of statistics", f"DROP STATISTICS {STATISTICS}; CREATE STATISTICS {STATISTICS} (ndistinct, dependencies) "
      "ON status, currency FROM public.twin", "statistics", STATISTICS, "table",
      given=f"CREATE TABLE public.twin (LIKE {ORDER})"),
    M("target of statistics", f"ALTER STATISTICS {STATISTICS} SET STATISTICS 200", "statistics", STATISTICS, "target"),
    owner(f"STATISTICS {STATISTICS}", "statistics", STATISTICS),
)
PUBLICATIONS: Final = (
    M("add a publication", "CREATE PUBLICATION other", "publication", "other", change="added"),
    M("drop a publication", "DROP PUBLICATION feed", "publication", "feed", change="removed"),
    M("rename a publication", "ALTER PUBLICATION feed RENAME TO fed", "publication", "feed", "name", mirrored="fed"),
    M("operations", "ALTER PUBLICATION feed SET (publish = 'insert')", "publication", "feed", "operations"),
    M("by the root's name", "ALTER PUBLICATION feed SET (publish_via_partition_root = true)", "publication", "feed",
      "via_root"),
    M("all tables", "DROP PUBLICATION other; CREATE PUBLICATION other FOR ALL TABLES", "publication", "other", "all_tables",
      given="CREATE PUBLICATION other"),
    M("a table more", "ALTER PUBLICATION feed ADD TABLE public.payments_device", "publication_table",
      "feed.public.payments_device", change="added"),
    M("a table less", "ALTER PUBLICATION feed DROP TABLE public.payments_merchant", "publication_table",
      "feed.public.payments_merchant", change="removed"),
    M("a schema less", "ALTER PUBLICATION since_15_schema DROP TABLES IN SCHEMA audit", "publication_schema",
      "since_15_schema.audit", change="removed", since=15),
    M("column list", "ALTER PUBLICATION since_15_rows SET TABLE public.since_15 (id, a, b) WHERE (a > 0)",
      "publication_table", "since_15_rows.public.since_15", "columns", since=15),
    M("no column list", "ALTER PUBLICATION since_15_rows SET TABLE public.since_15 WHERE (a > 0)", "publication_table",
      "since_15_rows.public.since_15", "columns", since=15),
    M("row filter", "ALTER PUBLICATION since_15_rows SET TABLE public.since_15 (id, a) WHERE (a > 1)",
      "publication_table", "since_15_rows.public.since_15", "filter", since=15),
    M("generated columns", "ALTER PUBLICATION since_18_generated SET (publish_generated_columns = none)", "publication",
      "since_18_generated", "generated_columns", since=18),
    owner("PUBLICATION feed", "publication", "feed"),
)
SUBSCRIPTIONS: Final = (
    M("add a subscription", SUBSCRIBE, "subscription", "mutation_feed", change="added"),
    subscription("publications of a subscription", "SET PUBLICATION other WITH (refresh = false)", "publications"),
    subscription("slot", "SET (slot_name = 'other')", "slot"),
    subscription("synchronous commit", "SET (synchronous_commit = 'local')", "synchronous_commit"),
    subscription("binary", "SET (binary = true)", "binary"),
    M("streaming", "ALTER SUBSCRIPTION mutation_feed SET (streaming = on)", "subscription", "mutation_feed", "streaming",
      given=SUBSCRIBE.replace("WITH (", "WITH (streaming = off, ")),
    subscription("disabled on an error", "SET (disable_on_error = true)", "disable_on_error", since=15),
    subscription("origin", "SET (origin = none)", "origin", since=16),
    subscription("password required", "SET (password_required = false)", "password_required", since=16),
    subscription("run as owner", "SET (run_as_owner = true)", "run_as_owner", since=16),
    M("failover", "UPDATE pg_subscription SET subfailover = true WHERE subname = 'mutation_feed'", "subscription",
      "mutation_feed", "failover", since=17, given=SUBSCRIBE),
    M("two phases", "UPDATE pg_subscription SET subtwophasestate = 'p' WHERE subname = 'mutation_feed'", "subscription",
      "mutation_feed", "two_phase", since=15, given=SUBSCRIBE),
    M("subscription enabled", "UPDATE pg_subscription SET subenabled = true WHERE subname = 'mutation_feed'", "subscription",
      "mutation_feed", "enabled", given=SUBSCRIBE,
      pg_dump_blind="it writes every subscription with connect = false, hence disabled"),
    M("owner of a subscription", "ALTER SUBSCRIPTION mutation_feed OWNER TO mutation_owner", "subscription", "mutation_feed",
      "owner", given=f"ALTER ROLE mutation_owner SUPERUSER; {SUBSCRIBE}"),
)
FOREIGN: Final = (
    M("add a wrapper", "CREATE FOREIGN DATA WRAPPER other", "foreign_data_wrapper", "other", change="added"),
    M("handler", "ALTER FOREIGN DATA WRAPPER ledger HANDLER extensions.postgres_fdw_handler", "foreign_data_wrapper",
      "ledger", "handler"),
    M("validator", "ALTER FOREIGN DATA WRAPPER ledger VALIDATOR pg_catalog.postgresql_fdw_validator",
      "foreign_data_wrapper", "ledger", "validator", given="ALTER FOREIGN DATA WRAPPER ledger OPTIONS (DROP debug)"),
    M("options of a wrapper", "ALTER FOREIGN DATA WRAPPER ledger OPTIONS (SET debug 'false')", "foreign_data_wrapper",
      "ledger", "options"),
    M("owner of a wrapper", "ALTER FOREIGN DATA WRAPPER ledger OWNER TO mutation_owner", "foreign_data_wrapper", "ledger",
      "owner", given="ALTER ROLE mutation_owner SUPERUSER"),
    M("add a server", "CREATE SERVER other FOREIGN DATA WRAPPER ledger", "server", "other", change="added"),
    M("version of a server", "ALTER SERVER bank VERSION '2'", "server", "bank", "version"),
    M("type of a server", "DROP SERVER other; CREATE SERVER other TYPE 'b' FOREIGN DATA WRAPPER ledger", "server", "other",
      "type", given="CREATE SERVER other TYPE 'a' FOREIGN DATA WRAPPER ledger"),
    M("wrapper of a server", "DROP SERVER other; CREATE SERVER other FOREIGN DATA WRAPPER second", "server", "other",
      "wrapper", given="CREATE FOREIGN DATA WRAPPER second; CREATE SERVER other FOREIGN DATA WRAPPER ledger"),
    M("options of a server", "ALTER SERVER bank OPTIONS (SET port '5433')", "server", "bank", "options"),
    M("owner of a server", "ALTER SERVER bank OWNER TO mutation_owner", "server", "bank", "owner"),
    M("add a user mapping", "CREATE USER MAPPING FOR mutation_owner SERVER bank", "user_mapping", "mutation_owner on bank",
      change="added"),
    M("option of a user mapping", "ALTER USER MAPPING FOR mutation_reader SERVER bank OPTIONS (SET username 'other')",
      "user_mapping", "mutation_reader on bank", "options"),
    M("a secret less in a user mapping", "ALTER USER MAPPING FOR mutation_reader SERVER bank OPTIONS (DROP password)",
      "user_mapping", "mutation_reader on bank", "options"),
    M("add a foreign table", "CREATE FOREIGN TABLE public.other_entry (id integer) SERVER bank", "foreign_table",
      "public.other_entry", change="added"),
    M("options of a foreign table", "ALTER FOREIGN TABLE public.bank_entry OPTIONS (SET table_name 'lines')",
      "foreign_table", "public.bank_entry", "options"),
    M("server of a foreign table", "DROP FOREIGN TABLE public.other_entry; CREATE FOREIGN TABLE public.other_entry "
      "(id integer) SERVER other", "foreign_table", "public.other_entry", "server", given="CREATE SERVER other FOREIGN DATA "
      "WRAPPER ledger; CREATE FOREIGN TABLE public.other_entry (id integer) SERVER bank"),
    M("owner of a foreign table", "ALTER FOREIGN TABLE public.bank_entry OWNER TO mutation_owner", "foreign_table",
      "public.bank_entry", "owner"),
)
COLLATIONS: Final = (
    M("add a collation", "CREATE COLLATION public.more (provider = libc, locale = 'C')", "collation", "public.more",
      change="added"),
    M("locale of a collation", "DROP COLLATION public.plain; CREATE COLLATION public.plain (provider = libc, "
      "locale = 'POSIX')", "collation", "public.plain", "locale"),
    M("provider of a collation", "UPDATE pg_collation SET collprovider = 'i' WHERE collname = 'plain'", "collation",
      "public.plain", "provider", needs="never"),
    M("collation that is not deterministic", "DROP COLLATION public.loose; CREATE COLLATION public.loose (provider = icu, "
      "locale = 'und', deterministic = false)", "collation", "public.loose", "deterministic", needs="icu",
      given="CREATE COLLATION public.loose (provider = icu, locale = 'und')"),
    M("locale of an ICU collation", "DROP COLLATION public.loose; CREATE COLLATION public.loose (provider = icu, "
      "locale = 'de')", "collation", "public.loose", "locale", needs="icu",
      given="CREATE COLLATION public.loose (provider = icu, locale = 'sv')"),
    M("rules of a collation", "DROP COLLATION public.loose; CREATE COLLATION public.loose (provider = icu, "
      "locale = 'und', rules = '&a < g')", "collation", "public.loose", "rules", needs="icu", since=16,
      given="CREATE COLLATION public.loose (provider = icu, locale = 'und')"),
    M("version of a collation", "UPDATE pg_collation SET collversion = '0' WHERE collname = 'plain'", "collation",
      "public.plain", "version", pg_dump_blind="it writes versions of collations for pg_upgrade only"),
    owner("COLLATION public.plain", "collation", "public.plain"),
)
OPERATORS: Final = (
    M("add a cast", "CREATE CAST (text AS public.tiny) WITH FUNCTION public.text_tiny(text)", "cast",
      "(text AS public.tiny)", change="added"),
    M("context of a cast", "DROP CAST (public.tiny AS text); CREATE CAST (public.tiny AS text) WITH FUNCTION "
      "public.tiny_text(public.tiny) AS ASSIGNMENT", "cast", "(public.tiny AS text)", "context"),
    M("function of a cast", "DROP CAST (public.tiny AS text); CREATE CAST (public.tiny AS text) WITH FUNCTION "
      "public.tiny_words(public.tiny)", "cast", "(public.tiny AS text)", "function", given="CREATE FUNCTION "
      "public.tiny_words(public.tiny) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ''x''::text'"),
    M("method of a cast", "DROP CAST (public.tiny AS integer); CREATE CAST (public.tiny AS integer) WITHOUT FUNCTION",
      "cast", "(public.tiny AS integer)", "method", given="CREATE CAST (public.tiny AS integer) WITH INOUT"),
    M("add an operator", f"{FREE_OPERATOR})", "operator", "public.=~=(integer,integer)", change="added"),
    M("drop an operator", "DROP OPERATOR public.<<>> (integer, integer)", "operator", "public.<<>>(integer,integer)",
      change="removed"),
    operator("commutator", "COMMUTATOR = OPERATOR(public.=~=)", "commutator"),
    M("negator", "UPDATE pg_operator SET oprnegate = 'public.<<>>(integer,integer)'::regoperator WHERE oprname = '==='",
      "operator", "public.===(integer,integer)", "negator"),
    operator("restriction", "RESTRICT = eqsel", "restriction"),
    operator("join", "JOIN = eqjoinsel", "join"),
    operator("hashes", "HASHES", "hashes"),
    operator("merges", "MERGES", "merges"),
    M("function of an operator", "DROP OPERATOR public.<<>> (integer, integer); CREATE OPERATOR public.<<>> (LEFTARG = "
      "integer, RIGHTARG = integer, FUNCTION = public.same)", "operator", "public.<<>>(integer,integer)", "function"),
    M("result of an operator", "UPDATE pg_operator SET oprresult = 'integer'::regtype WHERE oprname = '<<>>'", "operator",
      "public.<<>>(integer,integer)", "result",
      pg_dump_blind="it leaves an operator's result to its function"),
    M("owner of an operator", "ALTER OPERATOR public.=== (integer, integer) OWNER TO mutation_owner", "operator",
      "public.===(integer,integer)", "owner"),
    operator_class("an operator of a class", "OPERATOR 1 <, OPERATOR 3 =, FUNCTION 1 btint4cmp(integer, integer)",
                   "OPERATOR 1 <, OPERATOR 3 public.===, FUNCTION 1 btint4cmp(integer, integer)", "operators"),
    operator_class("a function of a class", "OPERATOR 3 =, FUNCTION 1 btint4cmp(integer, integer)",
                   "OPERATOR 3 =, FUNCTION 1 public.ordered(integer, integer)", "functions"),
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
    M("an operator more in a family", "ALTER OPERATOR FAMILY public.ids USING hash ADD OPERATOR 1 = (bigint, bigint)",
      "operator_family", "public.ids using hash", "operators"),
    M("a function more in a family", "ALTER OPERATOR FAMILY public.ids USING hash ADD FUNCTION 1 (bigint, bigint) "
      "hashint8(bigint)", "operator_family", "public.ids using hash", "functions"),
    M("owner of an operator class", "ALTER OPERATOR CLASS public.id_ops USING hash OWNER TO mutation_owner",
      "operator_class", "public.id_ops using hash", "owner"),
    M("owner of an operator family", "ALTER OPERATOR FAMILY public.ids USING hash OWNER TO mutation_owner",
      "operator_family", "public.ids using hash", "owner"),
    M("add a conversion", "CREATE CONVERSION public.more FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8", "conversion",
      "public.more", change="added"),
    M("default conversion", "DROP CONVERSION public.latin; CREATE DEFAULT CONVERSION public.latin FOR 'LATIN1' TO 'UTF8' "
      "FROM iso8859_1_to_utf8", "conversion", "public.latin", "default"),
    M("source of a conversion", "UPDATE pg_conversion SET conforencoding = 9 WHERE conname = 'latin'", "conversion",
      "public.latin", "source"),
    M("target of a conversion", "UPDATE pg_conversion SET contoencoding = 9 WHERE conname = 'latin'", "conversion",
      "public.latin", "target"),
    M("function of a conversion", "UPDATE pg_conversion SET conproc = 'utf8_to_iso8859_1'::regproc WHERE conname = 'latin'",
      "conversion", "public.latin", "function"),
    owner("CONVERSION public.latin", "conversion", "public.latin"),
)
SEARCH: Final = (
    M("add a search configuration", 'CREATE TEXT SEARCH CONFIGURATION public.more (PARSER = pg_catalog."default")',
      "text_search_configuration", "public.more", change="added"),
    M("a mapping more", f"ALTER TEXT SEARCH CONFIGURATION {CONFIGURATION} ADD MAPPING FOR email WITH simple",
      "text_search_configuration", CONFIGURATION, "mappings"),
    M("a mapping less", f"ALTER TEXT SEARCH CONFIGURATION {CONFIGURATION} DROP MAPPING FOR word",
      "text_search_configuration", CONFIGURATION, "mappings"),
    M("order of dictionaries", f"ALTER TEXT SEARCH CONFIGURATION {CONFIGURATION} ALTER MAPPING FOR word WITH "
      f"simple, {DICTIONARY}", "text_search_configuration", CONFIGURATION, "mappings",
      given=f"ALTER TEXT SEARCH CONFIGURATION {CONFIGURATION} ALTER MAPPING FOR word WITH {DICTIONARY}, simple"),
    M("parser of a configuration", "DROP TEXT SEARCH CONFIGURATION public.free; CREATE TEXT SEARCH CONFIGURATION public.free "
      "(PARSER = public.words)", "text_search_configuration", "public.free", "parser",
      given='CREATE TEXT SEARCH CONFIGURATION public.free (PARSER = pg_catalog."default")'),
    owner(f"TEXT SEARCH CONFIGURATION {CONFIGURATION}", "text_search_configuration", CONFIGURATION),
    M("options of a dictionary", f"ALTER TEXT SEARCH DICTIONARY {DICTIONARY} (ACCEPT = true)", "text_search_dictionary",
      DICTIONARY, "options"),
    M("template of a dictionary", "DROP TEXT SEARCH DICTIONARY public.free; CREATE TEXT SEARCH DICTIONARY public.free "
      "(TEMPLATE = public.plain_template)", "text_search_dictionary", "public.free", "template",
      given="CREATE TEXT SEARCH DICTIONARY public.free (TEMPLATE = simple)"),
    owner(f"TEXT SEARCH DICTIONARY {DICTIONARY}", "text_search_dictionary", DICTIONARY),
    *(M(f"{part} of a parser", f"UPDATE pg_ts_parser SET {column} = '{function}'::regproc WHERE prsname = 'words'",
        "text_search_parser", "public.words", part)
      for part, column, function in (
          ("start", "prsstart", "prsd_nexttoken"), ("token", "prstoken", "prsd_start"), ("end", "prsend", "prsd_lextype"),
          ("headline", "prsheadline", "prsd_headline"), ("lextypes", "prslextype", "prsd_end"))),
    M("add a parser", "CREATE TEXT SEARCH PARSER public.more (START = prsd_start, GETTOKEN = prsd_nexttoken, "
      "END = prsd_end, LEXTYPES = prsd_lextype)", "text_search_parser", "public.more", change="added"),
    M("a template's function", "UPDATE pg_ts_template SET tmpllexize = 'dsynonym_lexize'::regproc WHERE tmplname = "
      "'plain_template'", "text_search_template", "public.plain_template", "lexize"),
    M("no function to initialise a template", "DROP TEXT SEARCH TEMPLATE public.plain_template; CREATE TEXT SEARCH TEMPLATE "
      "public.plain_template (LEXIZE = dsimple_lexize)", "text_search_template", "public.plain_template", "init"),
)
LANGUAGES: Final = (
    M("add a language", "CREATE LANGUAGE less HANDLER plpgsql_call_handler", "language", "less", change="added"),
    M("a language that is not trusted", "CREATE OR REPLACE LANGUAGE little HANDLER plpgsql_call_handler", "language",
      "little", "trusted", pg_dump_blind=LANGUAGE),
    M("inline handler", "CREATE OR REPLACE TRUSTED LANGUAGE little HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler",
      "language", "little", "inline", pg_dump_blind=LANGUAGE),
    M("validator of a language", "CREATE OR REPLACE TRUSTED LANGUAGE little HANDLER plpgsql_call_handler "
      "VALIDATOR plpgsql_validator", "language", "little", "validator", pg_dump_blind=LANGUAGE),
    M("handler of a language", "CREATE OR REPLACE TRUSTED LANGUAGE little HANDLER public.handler", "language", "little",
      "handler", given="CREATE FUNCTION public.handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', "
      "'plpgsql_call_handler'"),
    owner("LANGUAGE little", "language", "little"),
    M("add an access method", "CREATE ACCESS METHOD tree TYPE INDEX HANDLER bthandler", "access_method", "tree",
      change="added"),
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
MUTATIONS: Final = (
    *EXTENSIONS, *STATISTICS_OBJECTS, *PUBLICATIONS, *SUBSCRIPTIONS, *FOREIGN, *COLLATIONS, *OPERATORS, *SEARCH, *LANGUAGES,
)
