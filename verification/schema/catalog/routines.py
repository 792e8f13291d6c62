"""Functions, procedures, aggregates, event triggers, rules: pg_proc, pg_aggregate, pg_event_trigger, pg_rewrite."""

from typing import Final

from .query import Query, arguments, named, user_objects
from .reader import FIRST_USER_OID

FUNCTIONS: Final = Query(
    "function",
    "pg_proc",
    f"""
SELECT o.oid, o.pronamespace AS parent, {named("o.proname")},
    {arguments("quote_ident(o.proname)", "o.oid::regprocedure::text")},
    CASE o.prokind WHEN 'f' THEN NULL WHEN 'w' THEN NULL WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate'
        ELSE 'not_compared' END AS kind,
    (SELECT d.refobjid FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = o.oid
        AND d.refclassid = 'pg_type'::regclass AND d.deptype = 'i' LIMIT 1) AS part_of,
    CASE o.prokind WHEN 'w' THEN true END AS window,
    pg_get_userbyid(o.proowner) AS owner,
    CASE WHEN o.prokind <> 'p' THEN pg_get_function_result(o.oid) END AS result,
    l.lanname::text AS language,
    CASE WHEN o.prokind <> 'a' AND o.prosqlbody IS NULL THEN o.prosrc END AS body,
    CASE WHEN o.prosqlbody IS NOT NULL THEN pg_get_function_sqlbody(o.oid) END AS sql_body,
    o.probin AS library,
    CASE o.provolatile WHEN 'v' THEN 'volatile' WHEN 's' THEN 'stable' ELSE 'immutable' END AS volatility,
    NULLIF(o.proisstrict, false) AS strict,
    NULLIF(o.proleakproof, false) AS leakproof,
    CASE o.proparallel WHEN 'r' THEN 'restricted' WHEN 's' THEN 'safe' END AS parallel,
    NULLIF(o.prosecdef, false) AS security_definer,
    o.procost AS cost, NULLIF(o.prorows, 0) AS rows,
    CASE WHEN o.prosupport <> 0 THEN o.prosupport::regproc::text END AS support,
    o.proconfig AS settings,
    CASE WHEN o.proargmodes IS NULL THEN o.proargnames ELSE (
        SELECT array_agg(a.name ORDER BY a.n) FROM unnest(o.proargnames, o.proargmodes::text[])
            WITH ORDINALITY a(name, mode, n) WHERE a.mode <> 't') END AS argument_names,
    CASE WHEN o.proargmodes IS NOT NULL THEN (
        SELECT array_agg(CASE m WHEN 'i' THEN 'in' WHEN 'o' THEN 'out' WHEN 'b' THEN 'inout'
            WHEN 'v' THEN 'variadic' ELSE 'table' END || ' ' || format_type(t, NULL) ORDER BY n)
        FROM unnest(o.proargmodes::text[], o.proallargtypes) WITH ORDINALITY u(m, t, n)) END AS argument_modes,
    CASE WHEN o.pronargdefaults > 0 THEN pg_get_expr(o.proargdefaults, 0) END AS argument_defaults,
    CASE WHEN o.protrftypes IS NOT NULL THEN ARRAY(
        SELECT format_type(t, NULL) FROM unnest(o.protrftypes) t ORDER BY 1) END AS transform_types,
    CASE WHEN o.prokind = 'a' THEN (
        SELECT json_strip_nulls(json_build_object(
            'kind', g.aggkind, 'direct_arguments', NULLIF(g.aggnumdirectargs, 0),
            'transition', g.aggtransfn::regprocedure::text, 'final', NULLIF(g.aggfinalfn, 0)::regprocedure::text,
            'combine', NULLIF(g.aggcombinefn, 0)::regprocedure::text,
            'serialize', NULLIF(g.aggserialfn, 0)::regprocedure::text,
            'deserialize', NULLIF(g.aggdeserialfn, 0)::regprocedure::text,
            'moving_transition', NULLIF(g.aggmtransfn, 0)::regprocedure::text,
            'moving_inverse', NULLIF(g.aggminvtransfn, 0)::regprocedure::text,
            'moving_final', NULLIF(g.aggmfinalfn, 0)::regprocedure::text,
            'final_extra', g.aggfinalextra, 'moving_final_extra', g.aggmfinalextra,
            'final_modify', g.aggfinalmodify, 'moving_final_modify', g.aggmfinalmodify,
            'sort_operator', NULLIF(g.aggsortop, 0)::regoperator::text,
            'state', format_type(g.aggtranstype, NULL), 'state_size', NULLIF(g.aggtransspace, 0),
            'moving_state', format_type(NULLIF(g.aggmtranstype, 0), NULL),
            'moving_state_size', NULLIF(g.aggmtransspace, 0),
            'initial', g.agginitval, 'moving_initial', g.aggminitval))
        FROM pg_aggregate g WHERE g.aggfnoid = o.oid) END AS aggregate
FROM pg_proc o
JOIN pg_namespace n ON n.oid = o.pronamespace
JOIN pg_language l ON l.oid = o.prolang
WHERE {user_objects()}
""",
)

RULES: Final = Query(
    "rule",
    "pg_rewrite",
    f"""
SELECT o.oid, o.ev_class AS parent, quote_ident(n.nspname) AS id_schema, quote_ident(c.relname) AS id_relation,
    quote_ident(o.rulename) AS id_name,
    substring(pg_get_ruledef(o.oid) FROM length('CREATE RULE ' || quote_ident(o.rulename) || ' ') + 1) AS definition,
    CASE o.ev_enabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled
FROM pg_rewrite o JOIN pg_class c ON c.oid = o.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {user_objects()} AND NOT (o.ev_type = '1' AND o.rulename = '_RETURN')
""",
    parent="pg_class",
)

EVENT_TRIGGERS: Final = Query(
    "event_trigger",
    "pg_event_trigger",
    f"""
SELECT o.oid, quote_ident(o.evtname) AS id_name, pg_get_userbyid(o.evtowner) AS owner, o.evtevent::text AS event,
    o.evtfoid::regprocedure::text AS function,
    ARRAY(SELECT unnest(o.evttags) ORDER BY 1) AS tags,
    CASE o.evtenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled
FROM pg_event_trigger o WHERE o.oid >= {FIRST_USER_OID}
""",
)

QUERIES: Final = (FUNCTIONS, RULES, EVENT_TRIGGERS)
