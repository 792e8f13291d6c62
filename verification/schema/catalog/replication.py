"""Publications and subscriptions; a subscription's connection string is never read."""

from dataclasses import replace
from typing import Final

from .query import Query
from .reader import FIRST_USER_OID

PUBLICATIONS: Final = Query(
    "publication",
    "pg_publication",
    f"""
SELECT o.oid, quote_ident(o.pubname) AS id_name, pg_get_userbyid(o.pubowner) AS owner,
    NULLIF(o.puballtables, false) AS all_tables,
    array_remove(ARRAY[CASE WHEN o.pubinsert THEN 'insert' END, CASE WHEN o.pubupdate THEN 'update' END,
        CASE WHEN o.pubdelete THEN 'delete' END, CASE WHEN o.pubtruncate THEN 'truncate' END], NULL) AS operations,
    NULLIF(o.pubviaroot, false) AS via_root,
    CASE to_jsonb(o) ->> 'pubgencols' WHEN 's' THEN 'stored' WHEN 'n' THEN NULL
        ELSE to_jsonb(o) ->> 'pubgencols' END AS generated_columns
FROM pg_publication o WHERE o.oid >= {FIRST_USER_OID}
""",
)

PUBLICATION_TABLES: Final = Query(
    "publication_table",
    "pg_publication_rel",
    """
SELECT o.oid, o.prpubid AS parent, quote_ident(p.pubname) AS id_name,
    o.prrelid AS "parent pg_class"{details}
FROM pg_publication_rel o JOIN pg_publication p ON p.oid = o.prpubid
""",
    parent="pg_publication",
    targeted=True,
)
PUBLICATION_DETAILS: Final = """,
    CASE WHEN o.prattrs IS NOT NULL THEN ARRAY(SELECT quote_ident(a.attname) FROM unnest(o.prattrs::int2[]) k
        JOIN pg_attribute a ON a.attrelid = o.prrelid AND a.attnum = k ORDER BY 1) END AS columns,
    pg_get_expr(o.prqual, o.prrelid) AS filter
"""
"""Properties of a table in a publication that exist from PostgreSQL 15 on."""

PUBLICATION_SCHEMAS: Final = Query(
    "publication_schema",
    "pg_publication_namespace",
    """
SELECT o.oid, o.pnpubid AS parent, quote_ident(p.pubname) AS id_name,
    o.pnnspid AS "parent pg_namespace"
FROM pg_publication_namespace o JOIN pg_publication p ON p.oid = o.pnpubid
""",
    parent="pg_publication",
    targeted=True,
    since=15,
)

SUBSCRIPTIONS: Final = Query(
    "subscription",
    "pg_subscription",
    """
SELECT o.oid, quote_ident(o.subname) AS id_name, pg_get_userbyid(o.subowner) AS owner,
    NULLIF(o.subenabled, true) AS enabled, o.subpublications AS publications, o.subslotname::text AS slot,
    o.subsynccommit AS synchronous_commit, {options}
FROM pg_subscription o WHERE o.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
""",
)

SUBSCRIPTION_OPTIONS: Final = (
    (14, "subbinary", "binary"),
    (14, "substream", "streaming"),
    (15, "subtwophasestate", "two_phase"),
    (15, "subdisableonerr", "disable_on_error"),
    (16, "suborigin", "origin"),
    (16, "subpasswordrequired", "password_required"),
    (16, "subrunasowner", "run_as_owner"),
    (17, "subfailover", "failover"),
)
"""First major version, column, attribute. Columns are listed because subconninfo is a secret."""


def queries(version: int) -> tuple[Query, ...]:
    """Return the queries for a major version."""
    options = ", ".join(
        f"o.{column} AS {name}" for since, column, name in SUBSCRIPTION_OPTIONS if version >= since
    )
    details = PUBLICATION_DETAILS if version >= 15 else ""  # noqa: PLR2004 - see its docstring
    return (
        PUBLICATIONS,
        replace(PUBLICATION_TABLES, statement=PUBLICATION_TABLES.statement.replace("{details}", details)),
        PUBLICATION_SCHEMAS,
        replace(SUBSCRIPTIONS, statement=SUBSCRIPTIONS.statement.replace("{options}", options)),
    )
