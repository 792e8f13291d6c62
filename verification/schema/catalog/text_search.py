"""Text search parsers, dictionaries, templates and configurations; extended statistics."""

from typing import Final

from .query import Query, named, user_objects

PARSERS: Final = Query(
    "text_search_parser",
    "pg_ts_parser",
    f"""
SELECT o.oid, o.prsnamespace AS parent, {named("o.prsname")}, o.prsstart::regprocedure::text AS start,
    o.prstoken::regprocedure::text AS token, o.prsend::regprocedure::text AS end,
    NULLIF(o.prsheadline, 0)::regprocedure::text AS headline, o.prslextype::regprocedure::text AS lextypes
FROM pg_ts_parser o JOIN pg_namespace n ON n.oid = o.prsnamespace WHERE {user_objects()}
""",
)

TEMPLATES: Final = Query(
    "text_search_template",
    "pg_ts_template",
    f"""
SELECT o.oid, o.tmplnamespace AS parent, {named("o.tmplname")}, NULLIF(o.tmplinit, 0)::regprocedure::text AS init,
    o.tmpllexize::regprocedure::text AS lexize
FROM pg_ts_template o JOIN pg_namespace n ON n.oid = o.tmplnamespace WHERE {user_objects()}
""",
)

DICTIONARIES: Final = Query(
    "text_search_dictionary",
    "pg_ts_dict",
    f"""
SELECT o.oid, o.dictnamespace AS parent, {named("o.dictname")}, pg_get_userbyid(o.dictowner) AS owner,
    t.tmplnamespace::regnamespace::text || '.' || quote_ident(t.tmplname) AS template, o.dictinitoption AS options
FROM pg_ts_dict o JOIN pg_namespace n ON n.oid = o.dictnamespace JOIN pg_ts_template t ON t.oid = o.dicttemplate
WHERE {user_objects()}
""",
)

CONFIGURATIONS: Final = Query(
    "text_search_configuration",
    "pg_ts_config",
    f"""
SELECT o.oid, o.cfgnamespace AS parent, {named("o.cfgname")}, pg_get_userbyid(o.cfgowner) AS owner,
    p.prsnamespace::regnamespace::text || '.' || quote_ident(p.prsname) AS parser,
    (SELECT json_object_agg(m.token, m.dictionaries ORDER BY m.token) FROM (
        SELECT (SELECT t.alias FROM ts_token_type(o.cfgparser) t WHERE t.tokid = c.maptokentype) AS token,
            array_agg(c.mapdict::regdictionary::text ORDER BY c.mapseqno) AS dictionaries
        FROM pg_ts_config_map c WHERE c.mapcfg = o.oid GROUP BY c.maptokentype) m) AS mappings
FROM pg_ts_config o JOIN pg_namespace n ON n.oid = o.cfgnamespace JOIN pg_ts_parser p ON p.oid = o.cfgparser
WHERE {user_objects()}
""",
)

STATISTICS: Final = Query(
    "statistics",
    "pg_statistic_ext",
    f"""
SELECT o.oid, o.stxrelid AS parent, {named("o.stxname")}, pg_get_userbyid(o.stxowner) AS owner,
    o.stxrelid::regclass::text AS table,
    ARRAY(SELECT CASE k WHEN 'd' THEN 'ndistinct' WHEN 'f' THEN 'dependencies' WHEN 'm' THEN 'mcv'
        ELSE k END FROM unnest(o.stxkind::text[]) k
        WHERE k <> 'e' ORDER BY 1) AS kinds,
    ARRAY(SELECT quote_ident(a.attname) FROM unnest(o.stxkeys::int2[]) k
        JOIN pg_attribute a ON a.attrelid = o.stxrelid AND a.attnum = k ORDER BY 1) AS columns,
    ARRAY(SELECT e FROM unnest(pg_get_statisticsobjdef_expressions(o.oid)) e ORDER BY 1) AS expressions,
    NULLIF(o.stxstattarget, -1) AS target
FROM pg_statistic_ext o JOIN pg_namespace n ON n.oid = o.stxnamespace WHERE {user_objects()}
""",
    parent="pg_class",
)

QUERIES: Final = (PARSERS, TEMPLATES, DICTIONARIES, CONFIGURATIONS, STATISTICS)
