"""Operators, their classes and families, casts, conversions, collations, languages, access methods, transforms."""

from typing import Final

from .query import Query, arguments, named, user_objects
from .reader import FIRST_USER_OID

MEMBERS: Final = """
ARRAY(SELECT m.amopstrategy || ' ' || m.amopopr::regoperator::text
        || CASE WHEN m.amopsortfamily <> 0 THEN ' order by ' || (SELECT s.opfnamespace::regnamespace::text || '.'
            || quote_ident(s.opfname) FROM pg_opfamily s WHERE s.oid = m.amopsortfamily) ELSE '' END
    FROM pg_amop m WHERE m.amopfamily = {family} AND o.oid = ANY (ARRAY(
        SELECT d.refobjid FROM pg_depend d WHERE d.classid = 'pg_amop'::regclass AND d.objid = m.oid
            AND d.refclassid = '{catalog}'::regclass)) ORDER BY 1) AS operators,
ARRAY(SELECT m.amprocnum || ' (' || format_type(m.amproclefttype, NULL) || ', '
        || format_type(m.amprocrighttype, NULL) || ') ' || m.amproc::regprocedure::text
    FROM pg_amproc m WHERE m.amprocfamily = {family} AND o.oid = ANY (ARRAY(
        SELECT d.refobjid FROM pg_depend d WHERE d.classid = 'pg_amproc'::regclass AND d.objid = m.oid
            AND d.refclassid = '{catalog}'::regclass)) ORDER BY 1) AS functions
"""
"""Members created with an operator class belong to the class, members added later to the family.

The subquery selects the family's members before their dependencies: in the other order the planner reads
all of pg_depend for each class.
"""

OPERATORS: Final = Query(
    "operator",
    "pg_operator",
    f"""
SELECT o.oid, o.oprnamespace AS parent, quote_ident(n.nspname) AS id_schema, o.oprname AS id_name,
    {arguments("o.oprname::text", "o.oid::regoperator::text")}, pg_get_userbyid(o.oprowner) AS owner,
    CASE WHEN o.oprcode = 0 THEN true END AS shell,
    format_type(NULLIF(o.oprresult, 0), NULL) AS result,
    NULLIF(o.oprcode, 0)::regprocedure::text AS function,
    NULLIF(o.oprcom, 0)::regoperator::text AS commutator,
    NULLIF(o.oprnegate, 0)::regoperator::text AS negator,
    NULLIF(o.oprrest, 0)::regproc::text AS restriction,
    NULLIF(o.oprjoin, 0)::regproc::text AS join,
    NULLIF(o.oprcanhash, false) AS hashes, NULLIF(o.oprcanmerge, false) AS merges
FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE {user_objects()}
""",
)

FAMILIES: Final = Query(
    "operator_family",
    "pg_opfamily",
    f"""
SELECT o.oid, o.opfnamespace AS parent, {named("o.opfname")}, ' using ' || a.amname AS id_arguments, pg_get_userbyid(o.opfowner) AS owner,
    {MEMBERS.format(catalog="pg_opfamily", family="o.oid")}
FROM pg_opfamily o JOIN pg_namespace n ON n.oid = o.opfnamespace JOIN pg_am a ON a.oid = o.opfmethod
WHERE {user_objects()}
""",
)

CLASSES: Final = Query(
    "operator_class",
    "pg_opclass",
    f"""
SELECT o.oid, o.opcfamily AS parent, {named("o.opcname")}, ' using ' || a.amname AS id_arguments, pg_get_userbyid(o.opcowner) AS owner,
    f.opfnamespace::regnamespace::text || '.' || quote_ident(f.opfname) AS family,
    format_type(o.opcintype, NULL) AS input_type, format_type(NULLIF(o.opckeytype, 0), NULL) AS storage_type,
    NULLIF(o.opcdefault, false) AS default,
    {MEMBERS.format(catalog="pg_opclass", family="o.opcfamily")}
FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace JOIN pg_am a ON a.oid = o.opcmethod
JOIN pg_opfamily f ON f.oid = o.opcfamily
WHERE {user_objects()}
""",
    parent="pg_opfamily",
)

CASTS: Final = Query(
    "cast",
    "pg_cast",
    f"""
SELECT o.oid, '(' || format_type(o.castsource, NULL) || ' AS ' || format_type(o.casttarget, NULL) || ')' AS id_arguments,
    (SELECT d.refobjid FROM pg_depend d WHERE d.classid = 'pg_cast'::regclass AND d.objid = o.oid
        AND d.refclassid = 'pg_type'::regclass AND d.deptype = 'i' LIMIT 1) AS part_of,
    o.castsource AS "parent pg_type", o.casttarget AS "parent pg_type 2",
    CASE o.castmethod WHEN 'f' THEN 'function' WHEN 'i' THEN 'inout' ELSE 'binary' END AS method,
    NULLIF(o.castfunc, 0)::regprocedure::text AS function,
    CASE o.castcontext WHEN 'i' THEN 'implicit' WHEN 'a' THEN 'assignment' ELSE 'explicit' END AS context
FROM pg_cast o WHERE o.oid >= {FIRST_USER_OID}
""",
)

CONVERSIONS: Final = Query(
    "conversion",
    "pg_conversion",
    f"""
SELECT o.oid, o.connamespace AS parent, {named("o.conname")}, pg_get_userbyid(o.conowner) AS owner,
    pg_encoding_to_char(o.conforencoding)::text AS source, pg_encoding_to_char(o.contoencoding)::text AS target,
    o.conproc::regprocedure::text AS function, NULLIF(o.condefault, false) AS default
FROM pg_conversion o JOIN pg_namespace n ON n.oid = o.connamespace WHERE {user_objects()}
""",
)

COLLATIONS: Final = Query(
    "collation",
    "pg_collation",
    f"""
SELECT o.oid, o.collnamespace AS parent, {named("o.collname")},
    CASE WHEN o.collencoding >= 0 AND o.collencoding <> (
            SELECT d.encoding FROM pg_database d WHERE d.datname = current_database()) THEN ' for ' || pg_encoding_to_char(o.collencoding) END AS id_arguments,
    pg_get_userbyid(o.collowner) AS owner,
    CASE o.collprovider WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin'
        ELSE o.collprovider::text END AS provider,
    COALESCE(to_jsonb(o) ->> 'colllocale', to_jsonb(o) ->> 'colliculocale',
        NULLIF(concat_ws(', ', o.collcollate, NULLIF(o.collctype, o.collcollate)), '')) AS locale,
    NULLIF(o.collisdeterministic, true) AS deterministic,
    to_jsonb(o) ->> 'collicurules' AS rules, o.collversion AS version
FROM pg_collation o JOIN pg_namespace n ON n.oid = o.collnamespace WHERE {user_objects()}
""",
)

LANGUAGES: Final = Query(
    "language",
    "pg_language",
    f"""
SELECT o.oid, quote_ident(o.lanname) AS id_name, pg_get_userbyid(o.lanowner) AS owner,
    NULLIF(o.lanpltrusted, false) AS trusted, NULLIF(o.lanplcallfoid, 0)::regprocedure::text AS handler,
    NULLIF(o.laninline, 0)::regprocedure::text AS inline, NULLIF(o.lanvalidator, 0)::regprocedure::text AS validator
FROM pg_language o WHERE o.oid >= {FIRST_USER_OID}
""",
)

ACCESS_METHODS: Final = Query(
    "access_method",
    "pg_am",
    f"""
SELECT o.oid, quote_ident(o.amname) AS id_name, o.amhandler::regproc::text AS handler,
    CASE o.amtype WHEN 'i' THEN 'index' WHEN 't' THEN 'table' ELSE o.amtype::text END AS type
FROM pg_am o WHERE o.oid >= {FIRST_USER_OID}
""",
)

TRANSFORMS: Final = Query(
    "transform",
    "pg_transform",
    f"""
SELECT o.oid, format_type(o.trftype, NULL) || ' for ' || quote_ident(l.lanname) AS id_arguments,
    NULLIF(o.trffromsql, 0)::regprocedure::text AS from_sql, NULLIF(o.trftosql, 0)::regprocedure::text AS to_sql
FROM pg_transform o JOIN pg_language l ON l.oid = o.trflang WHERE o.oid >= {FIRST_USER_OID}
""",
)

QUERIES: Final = (
    OPERATORS,
    FAMILIES,
    CLASSES,
    CASTS,
    CONVERSIONS,
    COLLATIONS,
    LANGUAGES,
    ACCESS_METHODS,
    TRANSFORMS,
)
